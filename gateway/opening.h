// A session that a viewer's link opens by itself: what its upgrade or its first message says, the request that asks the
// broker for it, and what the broker's answer comes to. No sockets; the worker carries the request.
//
// The broker judges the request as if the page had sent it: by the cookie, the Origin and the CSRF token. Nothing of it
// is known to be true before that.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/http_rules.h"
#include "protocol/base/result.h"
#include "protocol/messages.h"

namespace vitrine {

struct Opening {
  ViewerOpening wish;
  ViewerHello hello;
};

// Errors: malformed, too_large, invalid_argument.
Result<Opening> read_opening(std::span<const uint8_t> message);

// What the upgrade says of itself, kept for asking the broker.
struct UpgradeCredentials {
  std::string host;
  std::string origin;
  std::string cookie;
};
UpgradeCredentials credentials_of(const http::request_header<>& upgrade);

struct SubprotocolOffer {
  bool ours = false;  // the answer has to choose it: a browser ends a link whose offer was passed over
  std::optional<Opening> opening;
};
// Of the upgrade's Sec-WebSocket-Protocol headers. Errors: those of read_opening.
Result<SubprotocolOffer> read_subprotocols(const http::request_header<>& upgrade);

// As the page would ask for a session and its ticket.
http::request<http::string_body> request_of(const Opening& opening, const UpgradeCredentials& from,
                                            const std::string& peer_address);

struct OpeningOutcome {
  Bytes answer;                // an OpeningAnswer
  std::optional<Bytes> hello;  // a ViewerHello with the ticket; none: the broker gave none
};
OpeningOutcome outcome_of(Opening opening, const http::response<http::string_body>& response);

}  // namespace vitrine
