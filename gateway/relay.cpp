#include "gateway/relay.h"

namespace vitrine {
namespace {

// What a right covers, by type number, so that the gateway enforces it without reading a body.
bool granted(uint32_t type, uint32_t rights) {
  const bool pointer = type == RelativePointer::kType || type == Pen::kType;
  if (pointer || (type >= Key::kType && type <= ReleaseAll::kType)) return (rights & kMayInput) != 0;
  switch (type) {
    case Resize::kType: return (rights & kMayResize) != 0;
    case CopiedText::kType: return (rights & kMayCopyText) != 0;
    case CopiedHtml::kType: return (rights & kMayCopyHtml) != 0;
    case CopiedImage::kType: return (rights & kMayCopyImage) != 0;
    case PastedText::kType: return (rights & kMayPasteText) != 0;
    case PastedHtml::kType: return (rights & kMayPasteHtml) != 0;
    case PastedImage::kType: return (rights & kMayPasteImage) != 0;
    default: break;
  }
  // An agent's other messages are pictures and what goes with them; a viewer that may not look was never let in.
  return type <= kLastAgentType || (rights & kMayView) != 0;
}

}  // namespace

Verdict judge(LinkRole from, uint32_t type, uint32_t rights) {
  if (type == Ping::kType || type == Pong::kType || type == Close::kType) return Verdict::kForGateway;
  if (type == SessionReport::kType) return from == LinkRole::kAgent ? Verdict::kForGateway : Verdict::kOutOfPlace;
  if (type >= ViewerHello::kType && type <= ViewerJoined::kType) return Verdict::kOutOfPlace;
  if (type <= kLastGatewayType || type > kLastViewerType) return Verdict::kSkip;
  const bool from_agent_side = type <= kLastAgentType;
  if (from_agent_side != (from == LinkRole::kAgent)) return Verdict::kOutOfPlace;
  return granted(type, rights) ? Verdict::kRelay : Verdict::kNotGranted;
}

}  // namespace vitrine
