#include "broker/api/router.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <ctime>
#include <optional>

#include "broker/identity/secrets.h"
#include "broker/store/audit.h"

namespace vitrine::broker {

namespace {

constexpr std::string_view kCookie = "__Host-vitrine";

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  while (true) {
    const size_t end = text.find(at);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// RFC 3986 section 2.1; nothing when an escape is not one.
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

std::optional<std::map<std::string, std::string>> match(std::string_view pattern, std::string_view target) {
  const auto wanted = split(pattern, '/');
  const auto given = split(target.substr(0, target.find('?')), '/');
  if (wanted.size() != given.size()) return std::nullopt;
  std::map<std::string, std::string> path;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (!wanted[i].starts_with(':')) {
      if (wanted[i] != given[i]) return std::nullopt;
      continue;
    }
    auto value = unescaped(given[i]);
    if (!value || value->empty()) return std::nullopt;
    path[wanted[i].substr(1)] = std::move(*value);
  }
  return path;
}

std::string cookie_token(const std::string& header) {
  for (std::string_view pair : split(header, ';')) {
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    if (pair.starts_with(kCookie) && pair.substr(kCookie.size()).starts_with('=')) {
      return std::string(pair.substr(kCookie.size() + 1));
    }
  }
  return "";
}

bool changes_something(const std::string& method) {
  return method != "GET";
}

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kMalformed: return 400;
    case ErrorCode::kUnauthenticated: return 401;
    case ErrorCode::kForbidden: return 403;
    case ErrorCode::kNotFound: return 404;
    case ErrorCode::kConflict: return 409;
    case ErrorCode::kTooLarge: return 413;
    case ErrorCode::kUnsupported: return 422;
    case ErrorCode::kExhausted:
    case ErrorCode::kUnavailable:
    case ErrorCode::kClosed: return 503;
    case ErrorCode::kTimeout: return 504;
    case ErrorCode::kIo:
    case ErrorCode::kInternal: return 500;
  }
  return 500;
}

const char* title_of(int status) {
  switch (status) {
    case 400: return "Bad request";
    case 401: return "Not signed in";
    case 403: return "Not allowed";
    case 404: return "Not found";
    case 405: return "Method not allowed";
    case 409: return "Not possible now";
    case 413: return "Too large";
    case 422: return "Not supported";
    case 429: return "Too many attempts";
    case 503: return "Not available";
    case 504: return "Took too long";
    default: return "Server problem";
  }
}

// Where the request's page comes from, as the browser would say it.
std::string own_origin(const HttpRequest& request) {
  const std::string& proto = request.header("x-forwarded-proto");
  const std::string& host = request.header("x-forwarded-host");
  return (proto.empty() ? "https" : proto) + "://" + (host.empty() ? request.header("host") : host);
}

// Requests of other sites' pages. The cookie is SameSite=Strict; this holds where a browser does not keep to it.
Result<void> check_origin(const Route& route, const HttpRequest& request, const std::string& own) {
  const std::string& given = request.header("origin");
  if (!given.empty() && given != own) return Error{ErrorCode::kForbidden, "The request comes from another site."};
  if (route.access != Access::kSignIn) return {};
  if (given.empty() || request.header("x-vitrine") != "1") {
    return Error{ErrorCode::kForbidden, "Signing in needs the headers Origin and X-Vitrine."};
  }
  return {};
}

// Fills in who asks, or says why the route is not for them.
Result<void> check_access(const Route& route, ApiRequest& request) {
  if (request.http.local_admin) {
    if (route.access == Access::kAdmin || route.access == Access::kOpen) return {};
    return Error{ErrorCode::kUnauthenticated, "On the administrator's socket nobody is signed in."};
  }
  TRY(check_origin(route, request.http, request.origin));
  if (route.access == Access::kOpen || route.access == Access::kSignIn) return {};
  {
    const Database::Lease connection = TRY(request.services.database.lease());
    auto web = TRY(find_web_session(*connection, request.token, request.now_s));
    if (!web) return Error{ErrorCode::kUnauthenticated, "Please sign in."};
    request.web = std::move(*web);
  }
  request.asker.name = request.web.user.name;
  if (changes_something(request.http.method) &&
      !constant_time_equal(request.http.header("x-csrf-token"), csrf_token(request.token))) {
    return Error{ErrorCode::kForbidden, "The page is out of date. Load it again."};
  }
  if (!request.web.only_session.empty() && route.access != Access::kUserOrLink) {
    return Error{ErrorCode::kForbidden, "The link you came by opens one session only. Sign in for more."};
  }
  if (route.access == Access::kAdmin && !request.web.user.admin) {
    return Error{ErrorCode::kForbidden, "This is for administrators."};
  }
  return {};
}

}  // namespace

Router::Router(Services& services) : services_(services) {
  routes_.assign(user_routes().begin(), user_routes().end());
  routes_.insert(routes_.end(), admin_routes().begin(), admin_routes().end());
  routes_.insert(routes_.end(), pool_routes().begin(), pool_routes().end());
}

HttpResponse Router::answer(const HttpRequest& request) const {
  std::string allowed;
  for (const Route& route : routes_) {
    auto path = match(route.pattern, request.target);
    if (!path) continue;
    if (request.method != route.method) {
      allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
      continue;
    }
    const auto response = run(route, request, std::move(*path));
    HttpResponse answered = response.ok() ? response.value() : problem_response(response.error());
    answered.headers.emplace_back("X-Content-Type-Options", "nosniff");
    if (std::ranges::none_of(answered.headers, [](const auto& header) { return header.first == "Cache-Control"; })) {
      answered.headers.emplace_back("Cache-Control", "no-store");
    }
    return answered;
  }
  if (allowed.empty()) return problem_response(404, "not_found", "There is no such address.");
  HttpResponse response = problem_response(405, "method_not_allowed", "This address answers to " + allowed + ".");
  response.headers.emplace_back("Allow", allowed);
  return response;
}

Result<HttpResponse> Router::run(const Route& route, const HttpRequest& http,
                                 std::map<std::string, std::string> path) const {
  std::string audit_target;
  for (const auto& [name, value] : path) audit_target += (audit_target.empty() ? "" : "/") + value;
  ApiRequest request{
      .http = http,
      .services = services_,
      .path = std::move(path),
      .body = Json::object(),
      .web = {},
      .token = cookie_token(http.header("cookie")),
      .origin = own_origin(http),
      .asker = {.name = http.local_admin ? "admin socket" : "", .address = http.header("x-forwarded-for")},
      .now_s = std::time(nullptr),
      .audit_target = audit_target};
  TRY(check_access(route, request));
  if (changes_something(http.method) && !http.body.empty()) request.body = TRY(parse_object(http.body));
  auto response = route.handler(request);
  if (route.action != nullptr && changes_something(http.method)) {
    const AuditEntry entry{.actor = request.asker.name,
                           .address = request.asker.address,
                           .action = route.action,
                           .target = audit_target,
                           .outcome = response.ok() ? "ok" : std::string(error_code_name(response.error().code)),
                           .detail = response.ok() ? "" : response.error().message};
    const Database::Lease connection = TRY(services_.database.lease());
    TRY(append_audit_alone(*connection, entry, request.now_s));
  }
  if (!response.ok() && (response.error().code == ErrorCode::kInternal || response.error().code == ErrorCode::kIo)) {
    spdlog::error("{} {}: {}", http.method, route.pattern, response.error().message);
    // Paths and SQL are for the administrator, not for whoever asks.
    if (!http.local_admin) return Error{ErrorCode::kInternal, "The server has a problem; its log says more."};
  }
  return response;
}

HttpResponse json_response(int status, const Json& body) {
  return {.status = status, .content_type = "application/json", .body = to_line(body), .headers = {}};
}

HttpResponse empty_response() {
  return {.status = 204, .content_type = "", .body = "", .headers = {}};
}

HttpResponse problem_response(int status, std::string_view code, std::string_view detail) {
  const Json body = {
      {"type", "about:blank"}, {"title", title_of(status)}, {"status", status}, {"detail", detail}, {"code", code}};
  return {.status = status, .content_type = "application/problem+json", .body = to_line(body), .headers = {}};
}

HttpResponse problem_response(const Error& error) {
  return problem_response(status_of(error.code), error_code_name(error.code), error.message);
}

std::string session_cookie(const std::string& token) {
  return fmt::format("{}={}; Path=/; Secure; HttpOnly; SameSite=Strict{}", kCookie, token,
                     token.empty() ? "; Max-Age=0" : "");
}

}  // namespace vitrine::broker
