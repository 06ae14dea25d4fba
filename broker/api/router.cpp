#include "broker/api/router.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <ctime>
#include <optional>

#include "broker/api/openapi.h"
#include "broker/api/query.h"
#include "broker/identity/api_tokens.h"
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

bool changes_something(const std::string& method) {
  return method != "GET";
}

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kMalformed: return 400;
    case ErrorCode::kUnauthenticated: return 401;
    case ErrorCode::kForbidden:
    case ErrorCode::kStepUpRequired:
    case ErrorCode::kPasswordRequired: return 403;
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

// The secret of "Authorization: Bearer ..."; nothing when there is none.
std::optional<std::string> bearer(const HttpRequest& request) {
  constexpr std::string_view kScheme = "bearer ";
  const std::string& header = request.header("authorization");
  if (header.size() < kScheme.size() || normal_name(header.substr(0, kScheme.size())) != kScheme) return std::nullopt;
  return header.substr(kScheme.size());
}

// A token is for programs: it comes in a header of its own, which no other site's page can make a browser send.
Result<void> check_token(const Route& route, ApiRequest& request, const std::string& secret) {
  const Database::Lease connection = TRY(request.services.database.lease());
  const auto token = TRY(find_token(*connection, secret, request.asker.address, request.now_s));
  if (!token) return Error{ErrorCode::kUnauthenticated, "This token is unknown, has expired or was removed."};
  const RouteDoc* doc = find_doc(route.method, route.pattern);
  const std::string_view scope = route.access == Access::kAdmin && doc != nullptr ? doc->scope : "";
  if (!token->allows(scope, changes_something(request.http.method))) {
    return Error{ErrorCode::kForbidden, scope.empty()
                                            ? std::string("This is not for tokens.")
                                            : fmt::format("The token \"{}\" lacks the scope {}.", token->name, scope)};
  }
  request.asker.name = "token " + token->name;
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
  if (const auto secret = bearer(request.http)) return check_token(route, request, *secret);
  {
    const Database::Lease connection = TRY(request.services.database.lease());
    auto web = TRY(find_web_session(*connection, request.token, request.now_s));
    if (!web) return Error{ErrorCode::kUnauthenticated, "Please sign in."};
    request.web = std::move(*web);
  }
  request.asker.name = request.web.user.name;
  request.asker.second_factor_s = request.web.proof.second_factor_s;
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

// What somebody who is known tried and may not. Requests of strangers leave no row: anybody could fill the log.
Result<void> record_refused(ApiRequest& request, const Route& route, const Error& error) {
  if (request.web.token_hash.empty() || error.code != ErrorCode::kForbidden) return {};
  const Database::Lease connection = TRY(request.services.database.lease());
  return append_audit_alone(*connection,
                            {.actor = request.asker.name,
                             .address = request.asker.address,
                             .action = route.action != nullptr ? route.action : "request",
                             .target = fmt::format("{} {}", route.method, route.pattern),
                             .outcome = std::string(error_code_name(error.code)),
                             .detail = error.message},
                            request.now_s);
}

}  // namespace

Router::Router(Services& services) : services_(services) {
  routes_.assign(live_routes().begin(), live_routes().end());
  routes_.insert(routes_.end(), publish_routes().begin(), publish_routes().end());
  routes_.insert(routes_.end(), settings_routes().begin(), settings_routes().end());
  routes_.insert(routes_.end(), user_routes().begin(), user_routes().end());
  routes_.insert(routes_.end(), manifest_routes().begin(), manifest_routes().end());
  routes_.insert(routes_.end(), admin_routes().begin(), admin_routes().end());
  for (const auto& more : {policy_routes(), audit_routes(), sign_in_routes(), provider_routes(), second_step_routes(),
                           account_routes(), factor_routes(), factor_admin_routes(), token_routes(), site_routes(),
                           openapi_routes(), pool_routes(), web_session_routes()}) {
    routes_.insert(routes_.end(), more.begin(), more.end());
  }
  for (const RouteDoc& doc : route_docs()) {
    if (!doc.body.empty()) bodies_[&doc] = schema_of(doc.body).take();
  }
  openapi_ = to_line(openapi_document(routes_));
}

Result<void> Router::check_shape(const Route& route, const ApiRequest& request) const {
  const RouteDoc* doc = find_doc(route.method, route.pattern);
  if (doc == nullptr) return {};
  if (const auto schema = bodies_.find(doc); schema != bodies_.end()) {
    TRY(check_schema(request.body, schema->second, Json::object()));
  }
  if (request.query.empty()) return {};
  const Json known = doc->query.empty() ? Json::object() : schema_of(doc->query).take();
  if (known.contains("additionalProperties")) return {};  // whatever others add to it
  for (const auto& [name, value] : request.query) {
    if (object_field(known, "properties").contains(name)) continue;
    return Error{ErrorCode::kInvalidArgument, fmt::format("\"{}\" is not known in this address.", name)};
  }
  return {};
}

const Route* Router::route_of(const HttpRequest& request) const {
  const auto found = std::ranges::find_if(routes_, [&](const Route& route) {
    return request.method == route.method && match(route.pattern, request.target);
  });
  return found == routes_.end() ? nullptr : &*found;
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
  ApiRequest request{.http = http,
                     .services = services_,
                     .path = std::move(path),
                     .query = {},
                     .body = Json::object(),
                     .web = {},
                     .token = cookie_value(http.header("cookie"), kCookie),
                     .origin = own_origin(http),
                     .asker = {.name = http.local_admin ? "admin socket" : "",
                               .address = http.header("x-forwarded-for"),
                               .second_factor_s = 0},
                     .now_s = std::time(nullptr),
                     .audit_target = audit_target,
                     .audit_detail = "",
                     .openapi = openapi_};
  if (const auto allowed = check_access(route, request); !allowed.ok()) {
    TRY(record_refused(request, route, allowed.error()));
    return allowed.error();
  }
  // An open route may be an address that others come back to, with whatever they add.
  auto query = query_of(http.target);
  if (query.ok()) request.query = query.take();
  if (!query.ok() && route.access != Access::kOpen) return query.error();
  if (route.access != Access::kOpen && changes_something(http.method) && !http.body.empty())
    request.body = TRY(parse_object(http.body));
  TRY(check_shape(route, request));
  auto response = route.handler(request);
  if (route.action != nullptr && changes_something(http.method)) {
    const AuditEntry entry{.actor = request.asker.name,
                           .address = request.asker.address,
                           .action = route.action,
                           .target = audit_target,
                           .outcome = response.ok() ? "ok" : std::string(error_code_name(response.error().code)),
                           .detail = response.ok() ? request.audit_detail : response.error().message};
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

std::string cookie_value(const std::string& header, std::string_view name) {
  for (const std::string& part : split(header, ';')) {
    std::string_view pair = part;
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) {
      return std::string(pair.substr(name.size() + 1));
    }
  }
  return "";
}

std::string session_cookie(const std::string& token) {
  return fmt::format("{}={}; Path=/; Secure; HttpOnly; SameSite=Strict{}", kCookie, token,
                     token.empty() ? "; Max-Age=0" : "");
}

}  // namespace vitrine::broker
