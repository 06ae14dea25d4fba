// A user's own account: password, signed-in browsers, and proving anew who sits there (step-up).
#include "broker/api/account.h"
#include "broker/identity/browser_name.h"
#include "broker/identity/challenges.h"
#include "broker/identity/passkeys.h"
#include "broker/store/audit.h"

namespace vitrine::broker {

namespace {

constexpr const char* kStepUp = "step-up";

Json passkey_json(const Passkey& passkey) {
  return {{"id", passkey.id},
          {"name", passkey.name},
          {"created_s", passkey.created_s},
          {"used_s", passkey.used_s == 0 ? Json() : Json(passkey.used_s)}};
}

Result<HttpResponse> get_account(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  const User& user = request.web.user;
  const FactorSummary factors = TRY(factors_of(*connection, user));
  Json passkeys = Json::array();
  for (const Passkey& passkey : TRY(passkeys_of(*connection, user.id))) passkeys.push_back(passkey_json(passkey));
  const auto party = relying_party_of(request.services.public_url);
  const Json possible = party.ok() ? Json{{"possible", true}, {"origin", party.value().origin}}
                                   : Json{{"possible", false}, {"why", party.error().message}};
  return json_response(200, {{"user", user_json(user)},
                             {"provider", user.provider},
                             {"has_password", !user.password.empty()},
                             {"second_factor", factors_json(factors)},
                             {"passkeys", passkeys},
                             {"passkey_use", possible}});
}

// Through the sign-in's own throttle, so that a stolen browser is no way to guess the password quicker.
Result<FactorCheck> check_own_password(ApiRequest& request, const std::string& password) {
  const SignInResult result =
      TRY(request.services.sign_in.sign_in(request.web.user.name, password, request.asker.address, request.now_s));
  return FactorCheck{.right = result.user.has_value() && result.user->id == request.web.user.id,
                     .wait_s = result.wait_s,
                     .method = "password",
                     .why = "The password is not right."};
}

// A new token for the browser, and the CSRF token that goes with it.
Result<HttpResponse> rotated(ApiRequest& request, SqlConnection& connection, bool second_factor) {
  const std::string token = TRY(rotate_web_session(connection, request.web, second_factor, request.now_s));
  HttpResponse response = json_response(200, {{"csrf", csrf_token(token)}});
  response.headers.emplace_back("Set-Cookie", session_cookie(token));
  return response;
}

Result<HttpResponse> put_password(ApiRequest& request) {
  const User& user = request.web.user;
  if (user.password.empty()) {
    return Error{ErrorCode::kConflict, "Your password is kept where you signed in. Change it there."};
  }
  const std::string wanted = text_field(request.body, "new");
  TRY(check_password_rules(user.name, wanted));
  const FactorCheck old = TRY(check_own_password(request, text_field(request.body, "old")));
  if (!old.right) {
    TRY(record_account(request, "password.change", "refused", old.method));
    if (old.wait_s > 0) return throttled_response(old.wait_s);
    return Error{ErrorCode::kForbidden, "The old password is not right."};
  }
  const std::string phc = TRY(request.services.hasher.hash(wanted));
  const Database::Lease connection = TRY(request.services.database.lease());
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  TRY(set_password(*connection, user.id, phc));
  // Whoever knew the old password is out, also with a copy of this browser's cookie.
  TRY(close_other_web_sessions(*connection, request.web));
  HttpResponse response = TRY(rotated(request, *connection, false));
  TRY(append_audit(*connection, account_entry(request, "password.change", "ok", ""), request.now_s));
  TRY(transaction.commit());
  return response;
}

Result<HttpResponse> post_step_up_question(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  const User& user = request.web.user;
  const FactorSummary factors = TRY(factors_of(*connection, user));
  Json body = TRY(factor_question(request, *connection, user, factors));
  if (!factors.any() && !user.password.empty()) body["methods"].push_back("password");
  body["challenge"] = TRY(open_challenge(*connection,
                                         {.purpose = kStepUp,
                                          .bound_to = request.web.token_hash,
                                          .user_id = user.id,
                                          .provider = user.provider,
                                          .address = request.asker.address},
                                         request.now_s));
  return json_response(200, body);
}

// With a second factor for a user who has one. Another one's password proves who sits there, but is no second factor.
Result<HttpResponse> post_step_up(ApiRequest& request) {
  const std::string token = text_field(request.body, "challenge");
  const bool by_password = text_field(request.body, "method") == "password";
  FactorCheck check;
  if (by_password) check = TRY(check_own_password(request, text_field(request.body, "password")));
  const Database::Lease connection = TRY(request.services.database.lease());
  if (by_password && TRY(factors_of(*connection, request.web.user)).any()) {
    return Error{ErrorCode::kForbidden, "Give your second factor."};
  }
  TRY(attempt_challenge(*connection, token, kStepUp, request.web.token_hash, request.now_s));
  if (!by_password) check = TRY(check_factor(request, *connection, request.web.user));
  if (!check.right) {
    TRY(append_audit_alone(*connection, account_entry(request, "step-up", "refused", check.method), request.now_s));
    if (check.wait_s > 0) return throttled_response(check.wait_s);
    return Error{ErrorCode::kForbidden, check.why};
  }
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  TRY(use_up_challenge(*connection, token));
  HttpResponse response = TRY(rotated(request, *connection, !by_password));
  TRY(append_audit(*connection, account_entry(request, "step-up", "ok", check.method), request.now_s));
  TRY(transaction.commit());
  return response;
}

Result<HttpResponse> get_web_sessions(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  Json list = Json::array();
  for (const WebSession& session : TRY(web_sessions_of(*connection, request.web.user.id, request.now_s))) {
    list.push_back(web_session_json(session, request.web.token_hash));
  }
  return json_response(200, {{"web_sessions", list}});
}

Result<HttpResponse> delete_web_session(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  TRY(close_web_session_of(*connection, request.web.user.id, request.path["id"]));
  return empty_response();
}

// All but this browser, or this one too; then what runs ends, as it does with signing out here.
Result<HttpResponse> post_sign_out_everywhere(ApiRequest& request) {
  const bool keep_this = truth_field(request.body, "keep_this");
  request.audit_target = keep_this ? "other browsers" : "all browsers";
  {
    const Database::Lease connection = TRY(request.services.database.lease());
    if (keep_this) {
      TRY(close_other_web_sessions(*connection, request.web));
      return empty_response();
    }
    TRY(close_web_sessions_of(*connection, request.web.user.id));
  }
  TRY(request.services.sessions.end_all_of(request.web.user.id, "You signed out.", request.asker, request.now_s));
  HttpResponse response = empty_response();
  response.headers.emplace_back("Set-Cookie", session_cookie(""));
  return response;
}

constexpr Route kAccountRoutes[] = {
    {"GET", "/api/me/account", Access::kUser, nullptr, get_account},
    {"PUT", "/api/me/password", Access::kUser, nullptr, put_password},
    {"POST", "/api/me/step-up/question", Access::kUser, nullptr, post_step_up_question},
    {"POST", "/api/me/step-up", Access::kUser, nullptr, post_step_up},
    {"GET", "/api/me/web-sessions", Access::kUser, nullptr, get_web_sessions},
    {"DELETE", "/api/me/web-sessions/:id", Access::kUser, "web-session.end", delete_web_session},
    {"POST", "/api/me/web-sessions/sign-out", Access::kUser, "web-session.end-all", post_sign_out_everywhere},
};

}  // namespace

Json web_session_json(const WebSession& session, const std::string& own_hash) {
  const int64_t factor_s = session.proof.second_factor_s;
  return {{"id", session.id},
          {"this_one", session.token_hash == own_hash},
          {"browser", browser_name(session.proof.browser)},
          {"address", session.proof.address},
          {"provider", session.proof.provider},
          {"by_link", !session.only_session.empty()},
          {"created_s", session.created_s},
          {"seen_s", session.seen_s},
          {"second_factor_s", factor_s == 0 ? Json() : Json(factor_s)}};
}

Json factors_json(const FactorSummary& factors) {
  return {{"on", factors.any()},
          {"required", factors.required},
          {"totp_since_s", factors.totp_since_s == 0 ? Json() : Json(factors.totp_since_s)},
          {"recovery_codes", factors.recovery_codes},
          {"passkeys", factors.passkeys}};
}

AuditEntry account_entry(const ApiRequest& request, const std::string& action, const std::string& outcome,
                         const std::string& detail) {
  return {.actor = request.asker.name,
          .address = request.asker.address,
          .action = action,
          .target = "",
          .outcome = outcome,
          .detail = detail};
}

Result<void> record_account(ApiRequest& request, const std::string& action, const std::string& outcome,
                            const std::string& detail) {
  const Database::Lease connection = TRY(request.services.database.lease());
  return append_audit_alone(*connection, account_entry(request, action, outcome, detail), request.now_s);
}

std::span<const Route> account_routes() {
  return kAccountRoutes;
}

}  // namespace vitrine::broker
