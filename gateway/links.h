// Names shared by the gateway's sans-IO core: who is at the other end of a link and how the core refers to it.
#pragma once

#include <cstdint>
#include <string>

#include "protocol/messages.h"

namespace vitrine {

// Number of a link at this gateway; never used twice in a process. Also ViewerJoined::viewer.
using LinkId = uint64_t;

enum class LinkRole : uint8_t { kViewer, kAgent };

// Why a link is refused or ended, as it goes into a Close message.
struct CloseReason {
  CloseCode code = CloseCode::kNormal;
  std::string text;
};

// Where a link comes from.
struct LinkSource {
  std::string origin;   // the Origin header of the WebSocket's request, already known to be this host's
  std::string address;  // the peer's, as the broker is told it
};

}  // namespace vitrine
