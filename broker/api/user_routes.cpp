// What a user's page asks for.
#include <fmt/format.h>

#include "broker/api/second_step.h"
#include "broker/api/sign_out.h"
#include "broker/catalogue/icons.h"
#include "broker/catalogue/policy_store.h"
#include "broker/catalogue/terms.h"
#include "broker/session/live_sessions.h"
#include "broker/store/audit.h"

namespace vitrine::broker {

namespace {

Json session_json(const Session& session) {
  return {{"id", session.id},           {"resource", session.resource},
          {"name", session.name},       {"state", life_name(session.state())},
          {"detail", session.detail()}, {"started_s", session.started_s}};
}

// With the session's ticket: what the resource starts with, and what the user chose, null when nothing.
Result<Json> ticket_json(ApiRequest& request, const Session& session, const std::string& ticket) {
  const Database::Lease connection = TRY(request.services.database.lease());
  TRY(note_place(*connection, session.id, {.address = request.asker.address, .browser = request.web.proof.browser},
                 request.now_s));
  const Terms resource = TRY(resource_terms(*connection, session.resource));
  const auto user = TRY(user_terms(*connection, session.user_id));
  return Json{{"session", session_json(session)},
              {"ticket", ticket},
              {"expires_s", kTicketLifetimeSeconds},
              {"terms", {{"resource", terms_to_json(resource)}, {"user", user ? terms_to_json(*user) : Json()}}}};
}

// The session of the path if it is this user's; else the same answer as for one that does not exist.
Result<Session> own_session(ApiRequest& request) {
  const std::string& id = request.path["id"];
  const Database::Lease connection = TRY(request.services.database.lease());
  auto session = TRY(find_session(*connection, id));
  const std::string& only = request.web.only_session;
  if (!session || session->user_id != request.web.user.id || (!only.empty() && only != id)) {
    return Error{ErrorCode::kNotFound, "There is no such session."};
  }
  return std::move(*session);
}

Result<HttpResponse> get_health(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  TRY(connection->run("SELECT 1", {}));
  return json_response(200, {{"ok", true}});
}

Result<HttpResponse> post_login(ApiRequest& request) {
  const std::string name = text_field(request.body, "username");
  const std::string password = text_field(request.body, "password");
  if (name.empty() || password.empty()) return Error{ErrorCode::kInvalidArgument, "Type your user name and password."};
  const SignInResult result =
      TRY(request.services.sign_in.sign_in(name, password, request.asker.address, request.now_s));
  if (result.wait_s > 0) return throttled_response(result.wait_s);
  const Database::Lease connection = TRY(request.services.database.lease());
  if (result.user) return first_factor_passed(request, *connection, *result.user, result.user->provider);
  TRY(append_audit_alone(*connection,
                         {.actor = normal_name(name).substr(0, 64),
                          .address = request.asker.address,
                          .action = "login",
                          .target = "",
                          .outcome = "refused",
                          .detail = ""},
                         request.now_s));
  return Error{ErrorCode::kUnauthenticated, "The user name or the password is wrong."};
}

Result<HttpResponse> post_redeem(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  const auto redeemed = TRY(redeem_one_time_code(*connection, text_field(request.body, "code"), request.now_s));
  const auto user = redeemed ? TRY(find_user_by_id(*connection, redeemed->user_id)) : std::optional<User>();
  TRY(append_audit_alone(*connection,
                         {.actor = user ? user->name : "",
                          .address = request.asker.address,
                          .action = "link.redeem",
                          .target = redeemed ? redeemed->session : "",
                          .outcome = user ? "ok" : "refused",
                          .detail = ""},
                         request.now_s));
  if (!user) {
    return Error{ErrorCode::kUnauthenticated, "This link was used already or has expired. Ask for a new one."};
  }
  return signed_in(request, *connection, *user, proof_of(request, "link", 0), redeemed->session,
                   {{"session", redeemed->session}});
}

Result<HttpResponse> get_me(ApiRequest& request) {
  Json body = {{"user", user_json(request.web.user)}, {"csrf", csrf_token(request.token)}};
  if (!request.web.only_session.empty()) body["session"] = request.web.only_session;
  return json_response(200, body);
}

Result<HttpResponse> put_terms(ApiRequest& request) {
  const Terms terms = TRY(change_terms({}, request.body));
  const Database::Lease connection = TRY(request.services.database.lease());
  TRY(set_user_terms(*connection, request.web.user.id, terms));
  return json_response(200, {{"terms", terms_to_json(terms)}});
}

Result<HttpResponse> post_logout(ApiRequest& request) {
  {
    const Database::Lease connection = TRY(request.services.database.lease());
    TRY(close_web_session(*connection, request.web.token_hash));
  }
  // A guest by link leaves; the session stays its owner's.
  if (request.web.only_session.empty()) {
    TRY(request.services.sessions.end_all_of(request.web.user.id, "You signed out.", request.asker, request.now_s));
  }
  const std::string elsewhere = sign_out_elsewhere(request);
  HttpResponse response = elsewhere.empty() ? empty_response() : json_response(200, {{"location", elsewhere}});
  response.headers.emplace_back("Set-Cookie", session_cookie(""));
  return response;
}

// Why the policy lets the asker not open it now, as {code, detail}; null when it does.
Json refused_now(const ApiRequest& request, const Standing& standing) {
  const auto refused = refusal(
      standing.rules,
      {.now_s = request.now_s, .address = request.asker.address, .second_factor_s = request.asker.second_factor_s});
  if (!refused) return Json();
  return Json{{"code", error_code_name(refused->code)}, {"detail", refused->message}};
}

// By pool, why a desktop of it cannot be had at once: {"code": "full", "in_use": 4, "most": 4} or
// {"code": "draining", "message": "..."}; null when one can.
Result<std::map<std::string, Json>> busy_pools(SqlConnection& connection, const std::vector<Resource>& resources) {
  std::map<std::string, Json> busy;
  for (const Resource& resource : resources) busy[resource.pool] = Json();
  for (const PoolSettings& pool : TRY(list_pools(connection))) {
    const auto found = busy.find(pool.id);
    if (found == busy.end()) continue;
    if (pool.draining) found->second = {{"code", "draining"}, {"message", pool.message}};
    if (pool.draining || pool.max_desktops == 0) continue;
    const PoolCount count = TRY(count_pool(connection, pool.id));
    if (count.living - count.ready - count.coming < pool.max_desktops) continue;
    found->second = {{"code", "full"}, {"in_use", count.living}, {"most", pool.max_desktops}};
  }
  return busy;
}

Result<HttpResponse> get_catalogue(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  const std::vector<Resource> resources = TRY(resources_of(*connection, request.web.user));
  const std::vector<Session> sessions = TRY(running_sessions(*connection, request.web.user.id));
  Json list = Json::array();
  const std::map<std::string, Json> busy = TRY(busy_pools(*connection, resources));
  const std::vector<Standing> standings = TRY(standings_of(*connection, request.web.user, resources));
  for (size_t i = 0; i < resources.size(); ++i) {
    const Resource& resource = resources[i];
    Json session;
    for (const Session& running : sessions) {
      if (running.resource != resource.id) continue;
      const std::string& only = request.web.only_session;
      if (only.empty() || only == running.id) session = {{"id", running.id}, {"state", life_name(running.state())}};
    }
    if (!request.web.only_session.empty() && session.is_null()) continue;
    const auto installed = check_installed(resource);
    if (!installed.ok() && !request.web.user.admin) continue;
    const Json refused = refused_now(request, standings[i]);
    Json item = {{"id", resource.id},
                 {"kind", resource.app ? "app" : "desktop"},
                 {"name", resource.name},
                 {"description", resource.description},
                 {"icon", "/api/icons/" + resource.id},
                 {"session", session},
                 {"refused", refused},
                 {"busy", session.is_null() ? busy.at(resource.pool) : Json()}};
    if (!installed.ok()) item["unavailable"] = installed.error().message;
    list.push_back(std::move(item));
  }
  return json_response(200, {{"resources", list}});
}

Result<HttpResponse> get_icon(ApiRequest& request) {
  std::optional<Resource> resource;
  {
    const Database::Lease connection = TRY(request.services.database.lease());
    resource = TRY(find_resource_of(*connection, request.web.user, request.path["id"]));
  }
  if (!resource) return Error{ErrorCode::kNotFound, "There is no such icon."};
  Icon icon = icon_of(*resource);
  return HttpResponse{.status = 200,
                      .content_type = std::move(icon.content_type),
                      .body = std::move(icon.bytes),
                      .headers = {{"Cache-Control", "private, max-age=3600"},
                                  // A drawing opened by itself must not be a page of this site.
                                  {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"}}};
}

Json waiting_json(const Waiting& waiting) {
  return {{"place", waiting.place.place},
          {"of", waiting.place.of},
          {"reason", waiting.reason},
          {"in_use", waiting.in_use},
          {"most", waiting.most}};
}

Result<HttpResponse> delete_waiting(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  TRY(leave_line(*connection, request.web.user.id, request.path["resource"]));
  return empty_response();
}

Result<HttpResponse> post_session(ApiRequest& request) {
  const std::string resource = text_field(request.body, "resource");
  const ViewerDevice device{.width = number_field(request.body, "width"),
                            .height = number_field(request.body, "height"),
                            .scale_percent = number_field(request.body, "scale_percent"),
                            .time_zone = text_field(request.body, "time_zone"),
                            .language = text_field(request.body, "language")};
  if (!request.web.only_session.empty()) {
    // By a link one gets back to its session, to nothing else.
    const Database::Lease connection = TRY(request.services.database.lease());
    const auto linked = TRY(find_session(*connection, request.web.only_session));
    if (!linked || linked->resource != resource || linked->ended_s != 0) {
      return Error{ErrorCode::kForbidden, "The link you came by opens one session only. Sign in for more."};
    }
    const std::string ticket =
        TRY(request.services.sessions.ticket(*linked, request.origin, request.asker, request.now_s));
    return json_response(200, TRY(ticket_json(request, *linked, ticket)));
  }
  SessionService& sessions = request.services.sessions;
  const User& user = request.web.user;
  const Opening opened =
      truth_field(request.body, "wait")
          ? TRY(sessions.open_or_wait(user, resource, device, request.asker, request.now_s))
          : Opening{TRY(sessions.open(user, resource, device, request.asker, request.now_s)), std::nullopt};
  if (opened.waiting) return json_response(202, {{"waiting", waiting_json(*opened.waiting)}});
  const Session& session = *opened.session;
  const std::string ticket =
      TRY(request.services.sessions.ticket(session, request.origin, request.asker, request.now_s));
  return json_response(200, TRY(ticket_json(request, session, ticket)));
}

Result<HttpResponse> get_sessions(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  const std::vector<Session> sessions = TRY(running_sessions(*connection, request.web.user.id));
  Json list = Json::array();
  for (const Session& session : sessions) {
    const std::string& only = request.web.only_session;
    if (only.empty() || only == session.id) list.push_back(session_json(session));
  }
  return json_response(200, {{"sessions", list}});
}

Result<HttpResponse> get_session(ApiRequest& request) {
  const Session session = TRY(own_session(request));
  return json_response(200, {{"session", session_json(session)}});
}

Result<HttpResponse> post_ticket(ApiRequest& request) {
  const Session session = TRY(own_session(request));
  const std::string ticket =
      TRY(request.services.sessions.ticket(session, request.origin, request.asker, request.now_s));
  return json_response(200, TRY(ticket_json(request, session, ticket)));
}

Result<HttpResponse> delete_session(ApiRequest& request) {
  const Session session = TRY(own_session(request));
  TRY(request.services.sessions.end(session, "You ended this session.", request.asker, request.now_s));
  return empty_response();
}

// Opening, ending and signing in are recorded where they happen, with what they led to.
constexpr Route kUserRoutes[] = {
    {"GET", "/api/health", Access::kOpen, nullptr, get_health},
    {"POST", "/api/login", Access::kSignIn, nullptr, post_login},
    {"POST", "/api/redeem", Access::kSignIn, nullptr, post_redeem},
    {"GET", "/api/me", Access::kUserOrLink, nullptr, get_me},
    {"PUT", "/api/me/terms", Access::kUser, nullptr, put_terms},
    {"POST", "/api/logout", Access::kUserOrLink, "logout", post_logout},
    {"GET", "/api/catalogue", Access::kUserOrLink, nullptr, get_catalogue},
    {"GET", "/api/icons/:id", Access::kUserOrLink, nullptr, get_icon},
    {"GET", "/api/sessions", Access::kUserOrLink, nullptr, get_sessions},
    {"POST", "/api/sessions", Access::kUserOrLink, nullptr, post_session},
    {"DELETE", "/api/waiting/:resource", Access::kUser, nullptr, delete_waiting},
    {"GET", "/api/sessions/:id", Access::kUserOrLink, nullptr, get_session},
    {"DELETE", "/api/sessions/:id", Access::kUserOrLink, nullptr, delete_session},
    {"POST", "/api/sessions/:id/ticket", Access::kUserOrLink, nullptr, post_ticket},
};

}  // namespace

std::span<const Route> user_routes() {
  return kUserRoutes;
}

}  // namespace vitrine::broker
