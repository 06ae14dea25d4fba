// Whether a link's first message lets it in: form, protocol version, signature, time, kind and origin of the ticket.
// Pure; the clock is an argument. Single use is checked after this by the Switchboard that owns the desktop, because
// only there all uses of a ticket meet.
#pragma once

#include <array>
#include <span>
#include <string>
#include <variant>

#include "gateway/links.h"
#include "protocol/ticket.h"

namespace vitrine {

struct ViewerAdmission {
  Ticket ticket;
  ViewerHello hello;
  uint32_t version = kProtocolVersion;
};

struct AgentAdmission {
  Ticket ticket;
  uint32_t version = kProtocolVersion;
};

// Why a hello was refused, for the metrics.
enum class Refusal : uint8_t {
  kMalformed,
  kVersion,
  kSignature,  // or a ticket of the other kind
  kExpired,
  kRights,
  kOrigin,
  kUsed,
  kLimit,
  kTimeout,
};
inline constexpr std::array<std::string_view, 9> kRefusalNames = {
    "malformed", "version", "signature", "expired", "rights", "origin", "used", "limit", "timeout"};

struct Refused {
  Refusal refusal = Refusal::kMalformed;
  CloseReason reason;
};

// `origin` is the Origin header of the WebSocket's request, already known to be this host's.
std::variant<ViewerAdmission, Refused> admit_viewer(std::span<const uint8_t> message, const TicketVerifier& verifier,
                                                    const std::string& origin, uint64_t now_s);
std::variant<AgentAdmission, Refused> admit_agent(std::span<const uint8_t> message, const TicketVerifier& verifier,
                                                  uint64_t now_s);

// True when `origin` ("https://host[:port]") is the page of the host that the Host header names.
bool same_origin(std::string_view origin, std::string_view host);

}  // namespace vitrine
