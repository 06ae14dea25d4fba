// What administrators decide about second factors: who must have one, and whose are forgotten.
#include "broker/api/account.h"
#include "broker/api/path_user.h"

namespace vitrine::broker {

namespace {

Result<HttpResponse> get_user_factors(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  const User user = TRY(user_of_path(request, *connection));
  return json_response(200, {{"user", user.name}, {"second_factor", factors_json(TRY(factors_of(*connection, user)))}});
}

Result<HttpResponse> delete_user_factors(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  const User user = TRY(user_of_path(request, *connection));
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  TRY(remove_all_factors(*connection, user.id));
  // Whoever holds what was lost may be signed in with it.
  TRY(close_web_sessions_of(*connection, user.id));
  TRY(transaction.commit());
  return empty_response();
}

Result<HttpResponse> get_required(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  Json list = Json::array();
  for (const RequiredFor& one : TRY(second_factor_required_for(*connection))) {
    list.push_back({{one.group ? "group" : "user", one.name}});
  }
  return json_response(200, {{"required", list}});
}

Result<HttpResponse> set_required(ApiRequest& request, bool required) {
  const std::string& kind = request.path["kind"];
  if (kind != "user" && kind != "group") {
    return Error{ErrorCode::kInvalidArgument, "A second factor is required for a user or for a group."};
  }
  const Database::Lease connection = TRY(request.services.database.lease());
  TRY(require_second_factor(*connection, kind == "group", normal_name(request.path["subject"]), required));
  return empty_response();
}

Result<HttpResponse> put_required(ApiRequest& request) {
  return set_required(request, true);
}
Result<HttpResponse> delete_required(ApiRequest& request) {
  return set_required(request, false);
}

constexpr Route kFactorAdminRoutes[] = {
    {"GET", "/api/admin/users/:name/factors", Access::kAdmin, nullptr, get_user_factors},
    {"DELETE", "/api/admin/users/:name/factors", Access::kAdmin, "user.reset-factors", delete_user_factors},
    {"GET", "/api/admin/second-factor", Access::kAdmin, nullptr, get_required},
    {"PUT", "/api/admin/second-factor/:kind/:subject", Access::kAdmin, "second-factor.require", put_required},
    {"DELETE", "/api/admin/second-factor/:kind/:subject", Access::kAdmin, "second-factor.release", delete_required},
};

}  // namespace

std::span<const Route> factor_admin_routes() {
  return kFactorAdminRoutes;
}

}  // namespace vitrine::broker
