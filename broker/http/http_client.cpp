#include "broker/http/http_client.h"

#include <fmt/format.h>

#include <algorithm>

namespace vitrine::broker {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string decoded(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high < 0 ? -1 : hex_digit(text[i + 2]);
    if (low < 0) return "";
    plain += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return plain;
}

bool is_loopback(std::string_view authority) {
  for (const std::string_view host : {"localhost", "127.0.0.1", "[::1]"}) {
    if (authority == host || (authority.starts_with(host) && authority[host.size()] == ':')) return true;
  }
  return false;
}

}  // namespace

Result<void> check_web_url(std::string_view url) {
  const Error wrong{ErrorCode::kInvalidArgument,
                    fmt::format("\"{}\" is no address like https://login.example.org/realm (http only for a server "
                                "on this machine).",
                                url.substr(0, 200))};
  const bool plain = std::ranges::all_of(url, [](char c) { return c > ' ' && c < 127 && c != '\\' && c != '"'; });
  const bool secure = url.starts_with("https://");
  if (!plain || url.size() > 2000 || (!secure && !url.starts_with("http://"))) return wrong;
  const std::string_view rest = url.substr(secure ? 8 : 7);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  if (authority.empty() || url.find('#') != std::string_view::npos || authority.find('@') != std::string_view::npos) {
    return wrong;
  }
  if (!secure && !is_loopback(authority)) return wrong;
  return {};
}

std::string form_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

std::string form_of(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string form;
  for (const auto& [name, value] : fields) {
    form += (form.empty() ? "" : "&") + form_encoded(name) + "=" + form_encoded(value);
  }
  return form;
}

std::string form_field(std::string_view form, std::string_view name) {
  while (!form.empty()) {
    const size_t end = form.find('&');
    const std::string_view pair = form.substr(0, end);
    const size_t equals = pair.find('=');
    if (equals != std::string_view::npos && decoded(pair.substr(0, equals)) == name) {
      return decoded(pair.substr(equals + 1));
    }
    form = end == std::string_view::npos ? std::string_view() : form.substr(end + 1);
  }
  return "";
}

}  // namespace vitrine::broker
