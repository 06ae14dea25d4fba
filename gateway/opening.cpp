#include "gateway/opening.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "protocol/ticket.h"
#include "protocol/wire.h"

namespace vitrine {
namespace {

using Json = nlohmann::json;

std::string_view text_of(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

// One name of the offer.
Result<void> read_name(std::string_view name, SubprotocolOffer& offer) {
  if (name == kSubprotocol) offer.ours = true;
  if (!name.starts_with(kOpeningPrefix)) return {};
  if (offer.opening) return Error{ErrorCode::kMalformed, "The upgrade brings two openings; one is meant."};
  name.remove_prefix(kOpeningPrefix.size());
  // Three bytes are four characters.
  if (name.size() / 4 * 3 > kMaxOpening) {
    return Error{ErrorCode::kTooLarge, "The opening in the upgrade passes its limit of " + std::to_string(kMaxOpening) +
                                           " bytes; send it as the link's first message."};
  }
  const Bytes message = TRY(base64url_decode(name));
  offer.opening = TRY(read_opening(message));
  return {};
}

// What ids and tokens are made of.
bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

Bytes answer_message(uint32_t status, std::string body) {
  // One that does not fit is none; the page then asks by itself.
  if (body.size() > kMaxOpeningAnswer) body.clear();
  return serialize(OpeningAnswer{.status = status, .body = std::move(body)});
}

}  // namespace

Result<Opening> read_opening(std::span<const uint8_t> message) {
  Opening opening{.wish = TRY(parse<ViewerOpening>(message)), .hello = {}};
  if (opening.wish.resource.empty() == opening.wish.session.empty()) {
    return Error{ErrorCode::kInvalidArgument, "An opening names a resource or a session, and not both."};
  }
  // One becomes a part of a path, the other a header.
  if (!std::ranges::all_of(opening.wish.session, is_plain)) {
    return Error{ErrorCode::kInvalidArgument, "The opening's session is no id of this server."};
  }
  if (!std::ranges::all_of(opening.wish.csrf, is_plain)) {
    return Error{ErrorCode::kInvalidArgument, "The opening's csrf is no token of this server."};
  }
  opening.hello = TRY(parse<ViewerHello>(opening.wish.hello));
  opening.wish.hello.clear();
  if (!opening.hello.ticket.empty()) {
    return Error{ErrorCode::kInvalidArgument, "The hello of an opening has no ticket; who has one says hello."};
  }
  return opening;
}

UpgradeCredentials credentials_of(const http::request_header<>& upgrade) {
  return {.host = std::string(text_of(upgrade[http::field::host])),
          .origin = std::string(text_of(upgrade[http::field::origin])),
          .cookie = std::string(text_of(upgrade[http::field::cookie]))};
}

Result<SubprotocolOffer> read_subprotocols(const http::request_header<>& upgrade) {
  SubprotocolOffer offer;
  const auto [begin, end] = upgrade.equal_range(http::field::sec_websocket_protocol);
  for (auto it = begin; it != end; ++it) {
    std::string_view rest = text_of(it->value());
    while (!rest.empty()) {
      const size_t comma = rest.find(',');
      TRY(read_name(trimmed(rest.substr(0, comma)), offer));
      rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    }
  }
  if (offer.opening && !offer.ours) {
    return Error{ErrorCode::kInvalidArgument, "An opening is offered beside the subprotocol \"vitrine\"."};
  }
  return offer;
}

http::request<http::string_body> request_of(const Opening& opening, const UpgradeCredentials& from,
                                            const std::string& peer_address) {
  const ViewerHello& hello = opening.hello;
  http::request<http::string_body> request{http::verb::post, "/api/sessions", 11};
  Json body = Json::object();
  if (!opening.wish.session.empty()) {
    request.target("/api/sessions/" + opening.wish.session + "/ticket");
  } else {
    body = {{"resource", opening.wish.resource},
            {"width", hello.width},
            {"height", hello.height},
            {"scale_percent", hello.scale_percent},
            {"time_zone", hello.time_zone},
            {"language", hello.locale},
            {"wait", true}};
  }
  request.set(http::field::host, from.host);
  request.set(http::field::origin, from.origin);
  request.set(http::field::accept, "application/json");
  request.set(http::field::content_type, "application/json");
  if (!from.cookie.empty()) request.set(http::field::cookie, from.cookie);
  if (!opening.wish.csrf.empty()) request.set("X-CSRF-Token", opening.wish.csrf);
  request.body() = body.dump();
  return request_for_broker(request, peer_address);
}

OpeningOutcome outcome_of(Opening opening, const http::response<http::string_body>& response) {
  const uint32_t status = response.result_int();
  Json body = Json::parse(response.body(), nullptr, false);
  if (status != 200) return {answer_message(status, body.is_object() ? response.body() : ""), std::nullopt};
  const auto given = body.is_object() ? body.find("ticket") : body.end();
  if (!body.is_object() || given == body.end() || !given->is_string()) {
    return {answer_message(502, ""), std::nullopt};
  }
  auto ticket = base64url_decode(given->get<std::string>());
  if (!ticket.ok() || ticket.value().size() > kMaxTicket) return {answer_message(502, ""), std::nullopt};
  body.erase(given);
  opening.hello.ticket = ticket.take();
  return {answer_message(status, body.dump()), serialize(opening.hello)};
}

}  // namespace vitrine
