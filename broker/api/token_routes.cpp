// API tokens: made, listed and removed by administrators, never by a token.
#include <algorithm>

#include "broker/api/paging.h"
#include "broker/identity/api_tokens.h"

namespace vitrine::broker {

namespace {

constexpr int64_t kDayS = 24 * 3600;

Json token_json(const ApiToken& token) {
  return {{"name", token.name},           {"owner", token.owner.empty() ? Json() : Json(token.owner)},
          {"scopes", token.scopes},       {"created_s", token.created_s},
          {"expires_s", token.expires_s}, {"used_s", token.used_s == 0 ? Json() : Json(token.used_s)},
          {"used_from", token.used_from}};
}

Result<HttpResponse> get_tokens(ApiRequest& request) {
  const Page page = TRY(page_of(request));
  const Database::Lease connection = TRY(request.services.database.lease());
  std::vector<ApiToken> tokens = TRY(list_tokens(*connection, page));
  const Json next = cut_page(tokens, page, [](const ApiToken& token) { return SqlValues{token.name}; });
  Json list = Json::array();
  for (const ApiToken& token : tokens) list.push_back(token_json(token));
  return json_response(200, {{"tokens", list}, {"next", next}});
}

Result<HttpResponse> post_token(ApiRequest& request) {
  ApiToken token{.name = normal_name(text_field(request.body, "name")),
                 .owner_id = request.web.user.id,
                 .owner = request.web.user.name,
                 .scopes = text_list_field(request.body, "scopes").value_or(std::vector<std::string>()),
                 .created_s = request.now_s,
                 .expires_s = 0,
                 .used_s = 0,
                 .used_from = ""};
  request.audit_target = token.name;
  TRY(check_name("token", token.name));
  const int64_t days = number_field(request.body, "days", kTokenDays);
  if (days < 1 || days > kTokenLongestDays) {
    return Error{ErrorCode::kInvalidArgument, "A token is good for 1 to 3660 days."};
  }
  token.expires_s = request.now_s + days * kDayS;
  const Database::Lease connection = TRY(request.services.database.lease());
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  const std::string secret = TRY(add_token(*connection, token));
  TRY(transaction.commit());
  return json_response(201, {{"token", token_json(token)}, {"secret", secret}});
}

Result<HttpResponse> delete_token(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  TRY(remove_token(*connection, request.path["name"]));
  return empty_response();
}

constexpr Route kTokenRoutes[] = {
    {"GET", "/api/admin/tokens", Access::kAdmin, nullptr, get_tokens},
    {"POST", "/api/admin/tokens", Access::kAdmin, "token.add", post_token},
    {"DELETE", "/api/admin/tokens/:name", Access::kAdmin, "token.remove", delete_token},
};

}  // namespace

std::span<const Route> token_routes() {
  return kTokenRoutes;
}

}  // namespace vitrine::broker
