#include "gateway/relay.h"

#include <optional>

namespace vitrine {
namespace {

// Who sends a type past the ordered ranges; nothing for one that nobody knows yet.
template <class... M>
std::optional<LinkRole> sender_of(uint32_t type, MessageList<M...>) {
  std::optional<LinkRole> sender;
  const auto look = [&](uint32_t known, Direction direction) {
    if (known == type) sender = direction == Direction::kAgentToViewer ? LinkRole::kAgent : LinkRole::kViewer;
  };
  (look(M::kType, M::kDirection), ...);
  return sender;
}

// What a right covers, by type number, so that the gateway enforces it without reading a body.
bool granted(LinkRole from, uint32_t type, uint32_t rights) {
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
    case SnapshotKey::kType:
    case SnapshotSaved::kType: return (rights & kMayKeepOnDevice) != 0;
    default: break;
  }
  // An agent's other messages are pictures and what goes with them; a viewer that may not look was never let in.
  return from == LinkRole::kAgent || (rights & kMayView) != 0;
}

}  // namespace

Verdict judge(LinkRole from, uint32_t type, uint32_t rights) {
  if (type == Ping::kType || type == Pong::kType || type == Close::kType) return Verdict::kForGateway;
  if (type == SessionReport::kType) return from == LinkRole::kAgent ? Verdict::kForGateway : Verdict::kOutOfPlace;
  if (type >= ViewerHello::kType && type <= ViewerJoined::kType) return Verdict::kOutOfPlace;
  if (type == ViewerOpening::kType || type == OpeningAnswer::kType) return Verdict::kOutOfPlace;
  if (type <= kLastGatewayType) return Verdict::kSkip;
  std::optional<LinkRole> sender = type <= kLastAgentType ? LinkRole::kAgent : LinkRole::kViewer;
  if (type > kLastViewerType) sender = sender_of(type, AllMessages{});
  if (!sender) return Verdict::kSkip;
  if (*sender != from) return Verdict::kOutOfPlace;
  return granted(from, type, rights) ? Verdict::kRelay : Verdict::kNotGranted;
}

}  // namespace vitrine
