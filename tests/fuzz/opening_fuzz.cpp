// Any bytes as an opening, and as the offer of an upgrade. What is read becomes one request for the broker whose path
// and headers hold nothing but what may stand there, and a hello that only an answer of the broker gives a ticket.
#include <algorithm>
#include <cstdint>

#include "gateway/opening.h"
#include "protocol/base/check.h"
#include "protocol/wire.h"

namespace {

using namespace vitrine;

bool is_plain_header(boost::beast::string_view text) {
  return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

void check(const Opening& opening) {
  CHECK(opening.hello.ticket.empty());
  CHECK(opening.wish.resource.empty() != opening.wish.session.empty());
  const UpgradeCredentials from{.host = "desk.example", .origin = "https://desk.example", .cookie = "a=b"};
  const auto request = request_of(opening, from, "192.0.2.1");
  CHECK(!request_fault(request));
  CHECK(may_be_repeated(request));
  for (const auto& field : request) CHECK(is_plain_header(field.value()));

  http::response<http::string_body> response{http::status::forbidden, 11};
  response.body() = "{}";
  CHECK(!outcome_of(opening, response).hello);
  response.result(http::status::ok);
  response.body() = R"({"ticket":"YWJj"})";
  const auto outcome = outcome_of(opening, response);
  CHECK(outcome.hello && parse<ViewerHello>(*outcome.hello).value().ticket == Bytes({'a', 'b', 'c'}));
}

void fuzz(std::span<const uint8_t> bytes) {
  if (const auto opening = read_opening(bytes); opening.ok()) check(opening.value());
  http::request<http::string_body> upgrade{http::verb::get, "/ws/view", 11};
  const boost::beast::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  // What a parser of HTTP lets through as a header's value.
  if (!is_plain_header(text)) return;
  upgrade.set(http::field::sec_websocket_protocol, text);
  const auto offer = read_subprotocols(upgrade);
  if (offer.ok() && offer.value().opening) check(*offer.value().opening);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz({data, size});
  return 0;
}
