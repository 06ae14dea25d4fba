// The API as a table of routes. Everything that keeps strangers out is here, before any handler: which routes there
// are, who may use them, where a request may come from.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "broker/api/http_server.h"
#include "broker/api/route_docs.h"
#include "broker/api/shape.h"
#include "broker/identity/sealed.h"
#include "broker/identity/sign_in.h"
#include "broker/identity/web_sessions.h"
#include "broker/json_fields.h"
#include "broker/session/session_service.h"
#include "broker/store/audit_keeper.h"

namespace vitrine::broker {

class SignInProviders;

enum class Access : uint8_t {
  kOpen,        // anybody
  kSignIn,      // anybody, from our own page only
  kUserOrLink,  // a signed-in user, also one who came by a one-time link
  kUser,        // a signed-in user
  kAdmin,       // an administrator, or the administrator's socket
};

// What handlers work with. All of it outlives the server.
struct Services {
  Database& database;
  PasswordHasher& hasher;
  PasswordSignIn& sign_in;
  SessionService& sessions;
  const Sealer& sealer;
  SignInProviders& providers;
  std::string public_url;        // "https://host:port", for links
  AuditKeeper* audit = nullptr;  // without one the log is checked by its chain alone
};

// A request that has passed its route's checks.
struct ApiRequest {
  const HttpRequest& http;
  Services& services;
  std::map<std::string, std::string> path;  // by the names in the pattern
  std::map<std::string, std::string> query;
  Json body;           // stays empty on kOpen routes, whose callers may not speak JSON
  WebSession web;      // of kUser, kUserOrLink, and kAdmin unless local
  std::string token;   // the cookie's, also when nobody is signed in
  std::string origin;  // "https://host:port", as the page sees it
  Asker asker;
  int64_t now_s = 0;
  std::string& audit_target;   // a handler that changes something says what
  std::string audit_detail;    // and, where the target does not tell, how
  const std::string& openapi;  // the document of all routes
};

using ApiHandler = Result<HttpResponse> (*)(ApiRequest&);

struct Route {
  const char* method;
  const char* pattern;  // "/api/sessions/:id"
  Access access;
  const char* action;  // for the audit log; nullptr: not recorded there, or by the handler itself
  ApiHandler handler;
};

std::span<const Route> live_routes();
std::span<const Route> publish_routes();
std::span<const Route> settings_routes();
std::span<const Route> user_routes();
std::span<const Route> manifest_routes();
std::span<const Route> admin_routes();
std::span<const Route> policy_routes();
std::span<const Route> audit_routes();
std::span<const Route> second_step_routes();
std::span<const Route> account_routes();
std::span<const Route> factor_routes();
std::span<const Route> factor_admin_routes();
std::span<const Route> sign_in_routes();
std::span<const Route> provider_routes();
std::span<const Route> token_routes();
std::span<const Route> openapi_routes();
std::span<const Route> site_routes();
std::span<const Route> pool_routes();
std::span<const Route> web_session_routes();

class Router {
 public:
  explicit Router(Services& services);
  // Any thread.
  HttpResponse answer(const HttpRequest& request) const;
  [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }
  // Which of them answers the request; nullptr: none.
  [[nodiscard]] const Route* route_of(const HttpRequest& request) const;

 private:
  Result<HttpResponse> run(const Route& route, const HttpRequest& request,
                           std::map<std::string, std::string> path) const;
  // The checks of a request's query and body against what is said of its route. Errors: invalid_argument.
  Result<void> check_shape(const Route& route, const ApiRequest& request) const;

  Services& services_;
  std::vector<Route> routes_;
  std::map<const RouteDoc*, Json> bodies_;  // schemas of what routes take
  std::string openapi_;
};

HttpResponse json_response(int status, const Json& body);
HttpResponse empty_response();
// RFC 9457.
HttpResponse problem_response(int status, std::string_view code, std::string_view detail);
HttpResponse problem_response(const Error& error);

// The value of one cookie of a Cookie header; empty when it is not there.
std::string cookie_value(const std::string& header, std::string_view name);
// The cookie that holds a web session's token.
std::string session_cookie(const std::string& token);

}  // namespace vitrine::broker
