// The signed-in browsers of users, for administrators.
#include "broker/api/account.h"
#include "broker/api/path_user.h"

namespace vitrine::broker {

namespace {

Result<HttpResponse> get_browsers(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  const User user = TRY(user_of_path(request, *connection));
  Json list = Json::array();
  for (const WebSession& session : TRY(web_sessions_of(*connection, user.id, request.now_s))) {
    list.push_back(web_session_json(session, request.web.token_hash));
  }
  return json_response(200, {{"user", user.name}, {"web_sessions", list}});
}

// What runs goes on, as when its user signs that browser out elsewhere: it may be shown in another.
Result<HttpResponse> delete_browser(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  const User user = TRY(user_of_path(request, *connection));
  TRY(close_web_session_of(*connection, user.id, request.path["id"]));
  return empty_response();
}

Result<HttpResponse> post_sign_out(ApiRequest& request) {
  std::optional<User> user;
  {
    const Database::Lease connection = TRY(request.services.database.lease());
    user = TRY(user_of_path(request, *connection));
    TRY(close_web_sessions_of(*connection, user->id));
  }
  TRY(request.services.sessions.end_all_of(user->id, "An administrator signed you out.", request.asker, request.now_s));
  return empty_response();
}

constexpr Route kRoutes[] = {
    {"GET", "/api/admin/users/:name/web-sessions", Access::kAdmin, nullptr, get_browsers},
    {"DELETE", "/api/admin/users/:name/web-sessions/:id", Access::kAdmin, "web-session.end", delete_browser},
    {"POST", "/api/admin/users/:name/sign-out", Access::kAdmin, "web-session.end-all", post_sign_out},
};

}  // namespace

std::span<const Route> web_session_routes() {
  return kRoutes;
}

}  // namespace vitrine::broker
