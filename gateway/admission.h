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
  Bytes told;  // goes to the viewer before its Welcome; may be empty
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
  kAddress,
};
inline constexpr std::array<std::string_view, 10> kRefusalNames = {
    "malformed", "version", "signature", "expired", "rights", "origin", "used", "limit", "timeout", "address"};

struct Refused {
  Refusal refusal = Refusal::kMalformed;
  CloseReason reason;
};

std::variant<ViewerAdmission, Refused> admit_viewer(std::span<const uint8_t> message, const TicketVerifier& verifier,
                                                    const LinkSource& source, uint64_t now_s);
std::variant<AgentAdmission, Refused> admit_agent(std::span<const uint8_t> message, const TicketVerifier& verifier,
                                                  uint64_t now_s);

// True when `origin` ("https://host[:port]") is the page of the host that the Host header names.
bool same_origin(std::string_view origin, std::string_view host);

}  // namespace vitrine
