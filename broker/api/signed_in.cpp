#include "broker/api/signed_in.h"

namespace vitrine::broker {

Json user_json(const User& user) {
  return {{"name", user.name}, {"display_name", user.display_name}, {"admin", user.admin}};
}

SignInProof proof_of(const ApiRequest& request, const std::string& provider, int64_t second_factor_s) {
  return {.provider = provider,
          .second_factor_s = second_factor_s,
          .address = request.asker.address,
          .browser = request.http.header("user-agent")};
}

Result<HttpResponse> signed_in(ApiRequest& request, SqlConnection& connection, const User& user,
                               const SignInProof& proof, const std::string& only_session, const Json& extra) {
  if (const auto old = TRY(find_web_session(connection, request.token, request.now_s))) {
    TRY(close_web_session(connection, old->token_hash));
  }
  const std::string token = TRY(open_web_session(connection, user.id, only_session, proof, request.now_s));
  Json body = {{"user", user_json(user)}, {"csrf", csrf_token(token)}};
  body.update(extra);
  HttpResponse response = json_response(200, body);
  response.headers.emplace_back("Set-Cookie", session_cookie(token));
  return response;
}

}  // namespace vitrine::broker
