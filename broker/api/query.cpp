#include "broker/api/query.h"

#include <date/date.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <sstream>

namespace vitrine::broker {

namespace {

constexpr int64_t kLatest = 253'402'300'799;  // the year 9999

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::optional<int64_t> whole_number(const std::string& text) {
  int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

std::optional<int64_t> calendar_time(std::string text) {
  if (text.ends_with('Z')) text.pop_back();
  for (const char* form : {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"}) {
    std::istringstream in(text);
    date::sys_seconds time;
    in >> date::parse(form, time);
    if (!in.fail() && in.peek() == std::char_traits<char>::eof()) return time.time_since_epoch().count();
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> unescaped(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    plain += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return plain;
}

Result<std::map<std::string, std::string>> query_of(std::string_view target) {
  std::map<std::string, std::string> query;
  const size_t mark = target.find('?');
  std::string_view rest = mark == std::string_view::npos ? "" : target.substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    const size_t equals = pair.find('=');
    const auto name = unescaped(pair.substr(0, equals));
    const auto value = unescaped(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
    if (!name || !value) return Error{ErrorCode::kInvalidArgument, "The address has a % without two digits."};
    if (!name->empty()) query.emplace(*name, *value);
  }
  return query;
}

Result<std::map<std::string, std::string>> query_of(std::string_view target,
                                                    const std::vector<std::string_view>& known) {
  auto query = TRY(query_of(target));
  for (const auto& [name, value] : query) {
    if (std::ranges::find(known, name) != known.end()) continue;
    return Error{ErrorCode::kInvalidArgument, fmt::format("\"{}\" cannot be asked for here; what can: {}.",
                                                          name.substr(0, 64), fmt::join(known, ", "))};
  }
  return query;
}

Result<std::optional<int64_t>> number_in(const std::map<std::string, std::string>& query, const std::string& name,
                                         int64_t least, int64_t most) {
  const auto found = query.find(name);
  if (found == query.end()) return std::optional<int64_t>();
  const auto number = whole_number(found->second);
  if (number && *number >= least && *number <= most) return number;
  return Error{ErrorCode::kInvalidArgument, fmt::format("{} is a number from {} to {}.", name, least, most)};
}

Result<std::optional<int64_t>> time_in(const std::map<std::string, std::string>& query, const std::string& name) {
  const auto found = query.find(name);
  if (found == query.end()) return std::optional<int64_t>();
  auto time = whole_number(found->second);
  if (!time) time = calendar_time(found->second);
  if (time && *time >= 0 && *time <= kLatest) return time;
  return Error{ErrorCode::kInvalidArgument,
               fmt::format("{} is a time in UTC like 2026-01-31 or 2026-01-31T08:00, or Unix seconds.", name)};
}

}  // namespace vitrine::broker
