#include "broker/api/query.h"

#include <fmt/format.h>

#include <charconv>

namespace vitrine::broker {

std::string_view query_value(std::string_view target, std::string_view name) {
  const size_t start = target.find('?');
  if (start == std::string_view::npos) return {};
  std::string_view rest = target.substr(start + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) return pair.substr(name.size() + 1);
    rest.remove_prefix(pair.size() == rest.size() ? pair.size() : pair.size() + 1);
  }
  return {};
}

Result<int64_t> query_number(std::string_view target, std::string_view name, int64_t otherwise, int64_t least,
                             int64_t most) {
  const std::string_view text = query_value(target, name);
  if (text.empty()) return otherwise;
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("{} is a number from {} to {}.", name, least, most)};
  }
  return number;
}

}  // namespace vitrine::broker
