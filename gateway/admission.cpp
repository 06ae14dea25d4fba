#include "gateway/admission.h"

#include <algorithm>
#include <optional>

#include "protocol/wire.h"

namespace vitrine {
namespace {

Refused refuse(Refusal refusal, CloseCode code, std::string text) {
  return {refusal, {code, std::move(text)}};
}

template <class Hello>
std::optional<Refused> choose_version(const Hello& hello, uint32_t& version) {
  version = std::min(hello.newest_version, kProtocolVersion);
  if (hello.oldest_version <= hello.newest_version &&
      version >= std::max(hello.oldest_version, kOldestProtocolVersion)) {
    return std::nullopt;
  }
  return refuse(Refusal::kVersion, CloseCode::kUnsupported,
                "This server speaks protocol versions " + std::to_string(kOldestProtocolVersion) + " to " +
                    std::to_string(kProtocolVersion) + ", the other side " + std::to_string(hello.oldest_version) +
                    " to " + std::to_string(hello.newest_version) + "; reload the page or update the agent.");
}

Refused refuse_ticket(const Error& error) {
  switch (error.code) {
    case ErrorCode::kTimeout:
      return refuse(Refusal::kExpired, CloseCode::kBadTicket, "The ticket has expired; ask for a new one.");
    case ErrorCode::kUnauthenticated:
      return refuse(Refusal::kSignature, CloseCode::kBadTicket,
                    "The ticket was not signed by this server's broker, or not for this use.");
    default: return refuse(Refusal::kMalformed, CloseCode::kBadTicket, "The ticket cannot be read.");
  }
}

}  // namespace

std::variant<ViewerAdmission, Refused> admit_viewer(std::span<const uint8_t> message, const TicketVerifier& verifier,
                                                    const LinkSource& source, uint64_t now_s) {
  auto hello = parse<ViewerHello>(message);
  if (!hello.ok()) return refuse(Refusal::kMalformed, CloseCode::kProtocolError, hello.error().message);
  ViewerAdmission admission{.ticket = {}, .hello = hello.take()};
  if (auto refused = choose_version(admission.hello, admission.version)) return *refused;
  auto ticket = verifier.verify(admission.hello.ticket, TicketKind::kViewer, now_s);
  if (!ticket.ok()) return refuse_ticket(ticket.error());
  admission.ticket = ticket.take();
  if (admission.ticket.origin != source.origin) {
    return refuse(Refusal::kOrigin, CloseCode::kBadTicket, "The ticket was given to a page of another origin.");
  }
  if (!admission.ticket.address.empty() && admission.ticket.address != source.address) {
    return refuse(Refusal::kAddress, CloseCode::kBadTicket, "The ticket was given to a page at another address.");
  }
  if ((admission.ticket.rights & kMayView) == 0) {
    return refuse(Refusal::kRights, CloseCode::kForbidden, "The ticket does not allow viewing.");
  }
  admission.hello.ticket.clear();
  return admission;
}

std::variant<AgentAdmission, Refused> admit_agent(std::span<const uint8_t> message, const TicketVerifier& verifier,
                                                  uint64_t now_s) {
  auto hello = parse<AgentHello>(message);
  if (!hello.ok()) return refuse(Refusal::kMalformed, CloseCode::kProtocolError, hello.error().message);
  AgentAdmission admission;
  if (auto refused = choose_version(hello.value(), admission.version)) return *refused;
  auto ticket = verifier.verify(hello.value().credential, TicketKind::kAgent, now_s);
  if (!ticket.ok()) return refuse_ticket(ticket.error());
  admission.ticket = ticket.take();
  return admission;
}

bool same_origin(std::string_view origin, std::string_view host) {
  constexpr std::string_view kScheme = "https://";
  if (host.empty() || !origin.starts_with(kScheme)) return false;
  origin.remove_prefix(kScheme.size());
  // A browser leaves out the scheme's own port in both headers; tolerate a Host that names it.
  constexpr std::string_view kDefaultPort = ":443";
  if (host.ends_with(kDefaultPort)) host.remove_suffix(kDefaultPort.size());
  return std::ranges::equal(origin, host, [](char a, char b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return lower(a) == lower(b);
  });
}

}  // namespace vitrine
