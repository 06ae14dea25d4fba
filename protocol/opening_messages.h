// How a viewer's link opens its session by itself; a part of messages.h. The page offers its ViewerOpening with the
// WebSocket's upgrade where it fits, else it is the link's first message. The gateway asks the broker with the cookie
// of the upgrade, as the page would with POST /api/sessions or /api/sessions/ID/ticket, puts the ticket into the hello
// and goes on as with any hello: so the first picture comes right behind the answer to the upgrade.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/limits.h"
#include "protocol/message.h"

namespace vitrine {

// The subprotocol of every upgrade that brings an opening, and what stands before the opening's base64url (RFC 4648,
// 5) in another one. A header is neither in an address bar nor in a log, and an opening holds no secret that would open
// anything without the cookie.
inline constexpr std::string_view kSubprotocol = "vitrine";
inline constexpr std::string_view kOpeningPrefix = "vitrine-open.";

struct ViewerOpening {
  VITRINE_MESSAGE(10, ViewerOpening, kViewerToGateway,
                  "Instead of a viewer's hello: which session it wants. In the upgrade's Sec-WebSocket-Protocol as "
                  "\"vitrine, vitrine-open.BASE64URL\", or as the link's first message.");
  std::string resource;
  std::string session;
  std::string csrf;
  Bytes hello;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("resource", self.resource, kMaxName, "of the catalogue: the user's session of it, or a new one; or empty");
    v.field("session", self.session, kMaxName, "one that is known; exactly one of the two is given");
    v.field("csrf", self.csrf, kMaxName, "the page's token, as in X-CSRF-Token");
    v.field("hello", self.hello, kMaxOpeningHello, "its ViewerHello, without a ticket");
  }
};

struct OpeningAnswer {
  VITRINE_MESSAGE(11, OpeningAnswer, kGatewayToPeer,
                  "What the broker said to an opening. After 200 comes Welcome; after anything else the gateway waits "
                  "for a ViewerHello with a ticket, as on any link.");
  uint32_t status = 0;
  std::string body;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("status", self.status, "of the answer in HTTP");
    v.field("body", self.body, kMaxOpeningAnswer, "its JSON, without the ticket");
  }
};

}  // namespace vitrine
