#include "gateway/http_rules.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

namespace vitrine {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array<Pair, 8> kSecurityHeaders = {{
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
     "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
     "frame-ancestors 'none'"},
    {"Strict-Transport-Security", "max-age=31536000"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Embedder-Policy", "require-corp"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Permissions-Policy",
     "fullscreen=(self), clipboard-read=(self), clipboard-write=(self), keyboard-map=(self), screen-wake-lock=(self), "
     "autoplay=(self), camera=(), microphone=(), geolocation=(), display-capture=(), payment=(), usb=(), serial=(), "
     "hid=()"},
}};

// RFC 9110 section 7.6.1, and what only this gateway may say to the broker.
constexpr std::array<std::string_view, 17> kNeverForwarded = {"connection",
                                                              "keep-alive",
                                                              "proxy-connection",
                                                              "proxy-authenticate",
                                                              "proxy-authorization",
                                                              "te",
                                                              "trailer",
                                                              "transfer-encoding",
                                                              "upgrade",
                                                              "content-length",
                                                              "expect",
                                                              "forwarded",
                                                              "x-forwarded-for",
                                                              "x-forwarded-host",
                                                              "x-forwarded-proto",
                                                              "x-real-ip",
                                                              "x-forwarded-port"};

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

// Header names that a Connection header declares to be for this hop only.
std::set<std::string> named_by_connection(const http::fields& headers) {
  std::set<std::string> names;
  const auto [begin, end] = headers.equal_range(http::field::connection);
  for (auto it = begin; it != end; ++it) {
    std::string_view rest(it->value().data(), it->value().size());
    while (!rest.empty()) {
      const auto comma = rest.find(',');
      std::string name = lower(rest.substr(0, comma));
      std::erase_if(name, [](char c) { return c == ' ' || c == '\t'; });
      names.insert(name);
      rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    }
  }
  return names;
}

void copy_end_to_end(const http::fields& from, http::fields& to) {
  const auto for_this_hop = named_by_connection(from);
  for (const auto& field : from) {
    const std::string name = lower({field.name_string().data(), field.name_string().size()});
    if (std::ranges::find(kNeverForwarded, name) != kNeverForwarded.end() || for_this_hop.contains(name)) continue;
    // "Cookie_x" and the like: CGI-style servers cannot tell an underscore from a dash, so none may pass.
    if (name.find('_') != std::string::npos) continue;
    to.insert(field.name_string(), field.value());
  }
}

bool valid_host(std::string_view host) {
  return !host.empty() && host.size() <= 255 && std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == ':' || c == '[' || c == ']' || c == '_';
  });
}

// "." and ".." as path segments, also in percent form: no honest client sends them, browsers resolve them before.
bool has_dot_segment(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto slash = path.find('/');
    const std::string segment = lower(path.substr(0, slash));
    for (const std::string_view dots : {".", "..", "%2e", ".%2e", "%2e.", "%2e%2e"}) {
      if (segment == dots) return true;
    }
    for (const std::string_view hidden : {"%2f", "%5c", "%00"}) {
      if (segment.find(hidden) != std::string::npos) return true;
    }
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash);
  }
  return false;
}

std::optional<std::string_view> target_fault(std::string_view target) {
  constexpr size_t kMaxTarget = 4096;
  if (target.empty() || target.front() != '/') return "The request target must be a path.";
  if (target.size() > kMaxTarget) return "The request target is too long.";
  const bool odd = std::ranges::any_of(
      target, [](char c) { return c <= ' ' || c > '~' || c == '\\' || c == '"' || c == '<' || c == '>' || c == '#'; });
  if (odd) return "The request target holds characters that a path must not hold.";
  const auto path = target.substr(0, target.find('?'));
  if (path.starts_with("//") || has_dot_segment(path)) return "The request target is not a normal path.";
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> request_fault(const http::request_header<>& request) {
  if (request.version() != 11 && request.version() != 10) return "Only HTTP/1.1 is spoken here.";
  if (request.count(http::field::host) != 1) return "A request needs exactly one Host header.";
  const auto host = request[http::field::host];
  if (!valid_host({host.data(), host.size()})) return "The Host header is not a host.";
  const size_t lengths = request.count(http::field::content_length);
  const size_t codings = request.count(http::field::transfer_encoding);
  if (lengths > 1 || codings > 1 || (lengths != 0 && codings != 0)) {
    return "The length of the request is given in two ways.";
  }
  if (codings == 1) {
    const auto coding = request[http::field::transfer_encoding];
    if (request.version() == 10 || lower({coding.data(), coding.size()}) != "chunked") {
      return "The only transfer coding taken is chunked.";
    }
  }
  return target_fault({request.target().data(), request.target().size()});
}

void add_security_headers(http::fields& headers) {
  for (const auto& [name, value] : kSecurityHeaders) {
    if (headers.count({name.data(), name.size()}) == 0) {
      headers.set(boost::beast::string_view(name.data(), name.size()),
                  boost::beast::string_view(value.data(), value.size()));
    }
  }
}

http::request<http::string_body> request_for_broker(const http::request<http::string_body>& request,
                                                    const std::string& peer_address) {
  http::request<http::string_body> out{request.method(), request.target(), 11};
  copy_end_to_end(request, out);
  out.set("X-Forwarded-For", peer_address);
  out.set("X-Forwarded-Host", request[http::field::host]);
  out.set("X-Forwarded-Proto", "https");
  out.body() = request.body();
  if (!out.body().empty() || (request.method() != http::verb::get && request.method() != http::verb::head)) {
    out.content_length(out.body().size());
  }
  return out;
}

bool may_be_repeated(const http::request_header<>& request) {
  switch (request.method()) {
    case http::verb::get:
    case http::verb::head:
    case http::verb::put:
    case http::verb::delete_: return true;
    case http::verb::post: break;
    default: return false;
  }
  constexpr std::string_view kSessions = "/api/sessions";
  constexpr std::string_view kTicket = "/ticket";
  std::string_view path(request.target().data(), request.target().size());
  path = path.substr(0, path.find('?'));
  if (path == kSessions) return true;
  if (!path.starts_with(kSessions) || !path.ends_with(kTicket)) return false;
  // Exactly one part, which is not empty, between the two.
  if (path.size() < kSessions.size() + kTicket.size()) return false;
  const auto id = path.substr(kSessions.size(), path.size() - kSessions.size() - kTicket.size());
  return id.size() > 1 && id.rfind('/') == 0;
}

http::response<http::string_body> response_from_broker(http::response<http::string_body> response) {
  http::response<http::string_body> out{response.result(), 11};
  copy_end_to_end(response, out);
  out.erase(http::field::server);
  if (out.count(http::field::cache_control) == 0) out.set(http::field::cache_control, "no-store");
  out.body() = std::move(response.body());
  return out;
}

http::response<http::string_body> problem(http::status status, std::string_view code, std::string_view title,
                                          std::string_view detail) {
  http::response<http::string_body> response{status, 11};
  response.set(http::field::content_type, "application/problem+json");
  response.set(http::field::cache_control, "no-store");
  response.body() = nlohmann::json{
      {"type", "about:blank"},
      {"title", title},
      {"status", static_cast<int>(status)},
      {"detail", detail},
      {"code", code}}.dump();
  return response;
}

http::response<http::string_body> plain_text(http::status status, std::string_view text) {
  http::response<http::string_body> response{status, 11};
  response.set(http::field::content_type, "text/plain; charset=utf-8");
  response.set(http::field::cache_control, "no-store");
  response.body() = std::string(text) + "\n";
  return response;
}

}  // namespace vitrine
