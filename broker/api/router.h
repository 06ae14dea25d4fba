// The API as a table of routes. Everything that keeps strangers out is here, before any handler: which routes there
// are, who may use them, where a request may come from.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "broker/api/http_server.h"
#include "broker/identity/sign_in.h"
#include "broker/identity/web_sessions.h"
#include "broker/json_fields.h"
#include "broker/session/session_service.h"

namespace vitrine::broker {

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
  std::string public_url;  // "https://host:port", for links
};

// A request that has passed its route's checks.
struct ApiRequest {
  const HttpRequest& http;
  Services& services;
  std::map<std::string, std::string> path;  // by the names in the pattern
  Json body;
  WebSession web;      // of kUser, kUserOrLink, and kAdmin unless local
  std::string token;   // the cookie's, also when nobody is signed in
  std::string origin;  // "https://host:port", as the page sees it
  Asker asker;
  int64_t now_s = 0;
  std::string& audit_target;  // a handler that changes something says what
};

using ApiHandler = Result<HttpResponse> (*)(ApiRequest&);

struct Route {
  const char* method;
  const char* pattern;  // "/api/sessions/:id"
  Access access;
  const char* action;  // for the audit log; nullptr: not recorded there, or by the handler itself
  ApiHandler handler;
};

std::span<const Route> user_routes();
std::span<const Route> admin_routes();
std::span<const Route> pool_routes();

class Router {
 public:
  explicit Router(Services& services);
  // Any thread.
  HttpResponse answer(const HttpRequest& request) const;
  [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }

 private:
  Result<HttpResponse> run(const Route& route, const HttpRequest& request,
                           std::map<std::string, std::string> path) const;
  Services& services_;
  std::vector<Route> routes_;
};

HttpResponse json_response(int status, const Json& body);
HttpResponse empty_response();
// RFC 9457.
HttpResponse problem_response(int status, std::string_view code, std::string_view detail);
HttpResponse problem_response(const Error& error);

// The cookie that holds a web session's token.
std::string session_cookie(const std::string& token);

}  // namespace vitrine::broker
