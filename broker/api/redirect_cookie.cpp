#include "broker/api/redirect_cookie.h"

#include <fmt/format.h>

namespace vitrine::broker {

namespace {
constexpr std::string_view kName = "__Host-vitrine-return";
}

std::string redirect_cookie(const std::string& memory, int64_t lifetime_s) {
  // Strict, as the page itself brings it back and not the way from the other site.
  return fmt::format("{}={}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={}", kName, memory,
                     memory.empty() ? 0 : lifetime_s);
}

std::string redirect_memory(const std::string& cookie_header) {
  std::string_view rest = cookie_header;
  while (!rest.empty()) {
    const size_t end = rest.find(';');
    std::string_view pair = rest.substr(0, end);
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    if (pair.starts_with(kName) && pair.substr(kName.size()).starts_with('=')) {
      return std::string(pair.substr(kName.size() + 1));
    }
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return "";
}

}  // namespace vitrine::broker
