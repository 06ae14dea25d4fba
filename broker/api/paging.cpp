#include "broker/api/paging.h"

#include <fmt/format.h>

#include <charconv>

#include "protocol/ticket.h"

namespace vitrine::broker {

std::string cursor_of(const SqlValues& key) {
  Json json = Json::array();
  for (const SqlValue& value : key) {
    if (const auto* number = std::get_if<int64_t>(&value)) json.push_back(*number);
    if (const auto* text = std::get_if<std::string>(&value)) json.push_back(*text);
  }
  const std::string line = to_line(json);
  return base64url_encode(Bytes(line.begin(), line.end()));
}

Result<Page> page_of(const ApiRequest& request, int64_t otherwise) {
  const auto given = [&](const char* name) {
    const auto found = request.query.find(name);
    return found == request.query.end() ? std::string() : found->second;
  };
  Page page{.after = {}, .limit = otherwise};
  if (const std::string limit = given("limit"); !limit.empty()) {
    const auto [end, failed] = std::from_chars(limit.data(), limit.data() + limit.size(), page.limit);
    if (failed != std::errc() || end != limit.data() + limit.size() || page.limit < 1 || page.limit > kMostOnAPage) {
      return Error{ErrorCode::kInvalidArgument, fmt::format("\"limit\" is a number from 1 to {}.", kMostOnAPage)};
    }
  }
  ++page.limit;
  const std::string after = given("after");
  if (after.empty()) return page;
  const auto bytes = base64url_decode(after);
  const Json key = !bytes.ok() ? Json() : Json::parse(bytes.value().begin(), bytes.value().end(), nullptr, false);
  if (!key.is_array() || key.empty()) {
    return Error{ErrorCode::kInvalidArgument, "\"after\" is not from an answer of this list."};
  }
  for (const Json& value : key) {
    if (value.is_number_integer()) {
      page.after.emplace_back(value.get<int64_t>());
    } else {
      page.after.emplace_back(value.is_string() ? value.get<std::string>() : std::string());
    }
  }
  return page;
}

}  // namespace vitrine::broker
