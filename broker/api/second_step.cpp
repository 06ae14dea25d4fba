#include "broker/api/second_step.h"

#include <fmt/format.h>

#include "broker/identity/challenges.h"
#include "broker/identity/passkeys.h"
#include "broker/identity/qr_code.h"
#include "broker/identity/secrets.h"
#include "broker/identity/totp.h"
#include "broker/store/audit.h"
#include "protocol/ticket.h"

namespace vitrine::broker {

namespace {

constexpr std::string_view kStepCookie = "__Host-vitrine-step";
constexpr const char* kSecondStepPurpose = "second step";
constexpr const char* kPasskeySignIn = "passkey sign-in";
constexpr const char* kIssuer = "Vitrine";
constexpr int64_t kOfferLifetimeS = 900;  // installing an app takes minutes

std::string step_cookie(const std::string& token) {
  return fmt::format("{}={}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={}", kStepCookie, token,
                     kChallengeLifetimeS);
}

std::string step_token(const ApiRequest& request) {
  return cookie_value(request.http.header("cookie"), kStepCookie);
}

// A challenge for a browser that is not signed in, with the cookie that binds it.
Result<HttpResponse> ask_browser(ApiRequest& request, SqlConnection& connection, Challenge challenge, Json body) {
  challenge.bound_to = random_token();
  challenge.address = request.asker.address;
  body["challenge"] = TRY(open_challenge(connection, challenge, request.now_s));
  body["expires_s"] = kChallengeLifetimeS;
  HttpResponse response = json_response(200, body);
  response.headers.emplace_back("Set-Cookie", step_cookie(challenge.bound_to));
  return response;
}

Result<void> record_login(ApiRequest& request, SqlConnection& connection, const std::string& actor,
                          const std::string& outcome, const std::string& detail) {
  return append_audit_alone(connection,
                            {.actor = actor,
                             .address = request.asker.address,
                             .action = "login",
                             .target = "",
                             .outcome = outcome,
                             .detail = detail},
                            request.now_s);
}

Result<User> user_of_challenge(SqlConnection& connection, const std::string& user_id) {
  auto user = TRY(find_user_by_id(connection, user_id));
  if (!user || user->disabled) return Error{ErrorCode::kConflict, "This took too long. Start again."};
  return std::move(*user);
}

// The end of a second step: the challenge is used up with the sign-in, or neither is.
Result<HttpResponse> finish(ApiRequest& request, SqlConnection& connection, const User& user,
                            const std::string& provider, const std::string& how, const Json& extra) {
  TRY(append_audit(connection,
                   {.actor = user.name,
                    .address = request.asker.address,
                    .action = "login",
                    .target = "",
                    .outcome = "ok",
                    .detail = how},
                   request.now_s));
  return signed_in(request, connection, user, proof_of(request, provider, request.now_s), "", extra);
}

// The first authenticator app of somebody who must have one before being let in.
Result<HttpResponse> enrol_and_sign_in(ApiRequest& request, SqlConnection& connection, const User& user,
                                       const std::string& token, const std::string& provider) {
  if (TRY(factors_of(connection, user)).any()) return Error{ErrorCode::kConflict, "Give the second factor you have."};
  const ConfirmedTotp totp = TRY(confirmed_totp(request, user, token));
  SqlTransaction transaction = TRY(SqlTransaction::begin(connection));
  TRY(use_up_challenge(connection, token));
  TRY(set_totp(connection, request.services.sealer, user.id, totp.secret, totp.step, request.now_s));
  const auto codes = TRY(make_recovery_codes(connection, request.services.sealer, user.id));
  HttpResponse response =
      TRY(finish(request, connection, user, provider, "second factor set up", {{"recovery_codes", codes}}));
  TRY(transaction.commit());
  return response;
}

Result<HttpResponse> post_second_step(ApiRequest& request) {
  const std::string token = text_field(request.body, "challenge");
  const Database::Lease connection = TRY(request.services.database.lease());
  const Challenge challenge =
      TRY(attempt_challenge(*connection, token, kSecondStepPurpose, step_token(request), request.now_s));
  const User user = TRY(user_of_challenge(*connection, challenge.user_id));
  if (text_field(request.body, "method") == "enrol") {
    return enrol_and_sign_in(request, *connection, user, token, challenge.provider);
  }
  const FactorCheck check = TRY(check_factor(request, *connection, user));
  if (!check.right) {
    TRY(record_login(request, *connection, user.name, "refused", "second factor: " + check.method));
    if (check.wait_s > 0) return throttled_response(check.wait_s);
    return Error{ErrorCode::kForbidden, check.why};
  }
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  TRY(use_up_challenge(*connection, token));
  HttpResponse response =
      TRY(finish(request, *connection, user, challenge.provider, "second factor: " + check.method, Json::object()));
  TRY(transaction.commit());
  return response;
}

Result<HttpResponse> post_enrolment(ApiRequest& request) {
  const std::string token = text_field(request.body, "challenge");
  const Database::Lease connection = TRY(request.services.database.lease());
  const Challenge challenge =
      TRY(attempt_challenge(*connection, token, kSecondStepPurpose, step_token(request), request.now_s));
  const User user = TRY(user_of_challenge(*connection, challenge.user_id));
  if (TRY(factors_of(*connection, user)).any()) return Error{ErrorCode::kConflict, "Give the second factor you have."};
  return json_response(200, TRY(totp_offer(request, user, token)));
}

Result<HttpResponse> get_passkey_sign_in(ApiRequest& request) {
  const auto party = relying_party_of(request.services.public_url);
  if (!party.ok()) return json_response(200, {{"possible", false}, {"why", party.error().message}});
  return json_response(200, {{"possible", true}, {"origin", party.value().origin}});
}

Result<HttpResponse> post_sign_in_question(ApiRequest& request) {
  const RelyingParty party = TRY(relying_party_of(request.services.public_url));
  const Database::Lease connection = TRY(request.services.database.lease());
  return ask_browser(request, *connection,
                     {.purpose = kPasskeySignIn, .bound_to = "", .user_id = "", .provider = "passkey", .address = ""},
                     {{"passkeys", {{"rp_id", party.id}, {"ids", Json::array()}, {"verify", true}}}});
}

Result<HttpResponse> post_passkey_sign_in(ApiRequest& request) {
  const std::string token = text_field(request.body, "challenge");
  const Database::Lease connection = TRY(request.services.database.lease());
  TRY(attempt_challenge(*connection, token, kPasskeySignIn, step_token(request), request.now_s));
  const auto owner = check_passkey(request, *connection, nullptr);
  if (!owner.ok()) {
    TRY(record_login(request, *connection, "", "refused", "passkey: " + owner.error().message));
    return owner.error();
  }
  const auto user = TRY(find_user_by_id(*connection, owner.value()));
  if (!user || user->disabled) {
    TRY(record_login(request, *connection, user ? user->name : "", "refused", "passkey of a disabled user"));
    return Error{ErrorCode::kForbidden, "The passkey was not accepted: its user cannot sign in."};
  }
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  TRY(use_up_challenge(*connection, token));
  HttpResponse response = TRY(finish(request, *connection, *user, user->provider, "passkey", Json::object()));
  TRY(transaction.commit());
  return response;
}

std::string offer_words(const User& user, const std::string& bound_to) {
  return "totp offer:" + user.id + ":" + bound_to;
}

constexpr Route kSecondStepRoutes[] = {
    {"POST", "/api/login/second-step", Access::kSignIn, nullptr, post_second_step},
    {"POST", "/api/login/enrolment", Access::kSignIn, nullptr, post_enrolment},
    {"GET", "/api/login/passkey", Access::kOpen, nullptr, get_passkey_sign_in},
    {"POST", "/api/login/passkey", Access::kSignIn, nullptr, post_sign_in_question},
    {"POST", "/api/login/passkey/answer", Access::kSignIn, nullptr, post_passkey_sign_in},
};

}  // namespace

Result<HttpResponse> first_factor_passed(ApiRequest& request, SqlConnection& connection, const User& user,
                                         const std::string& provider) {
  const FactorSummary factors = TRY(factors_of(connection, user));
  if (!factors.any() && !factors.required) {
    TRY(record_login(request, connection, user.name, "ok", ""));
    return signed_in(request, connection, user, proof_of(request, provider, 0));
  }
  TRY(record_login(request, connection, user.name, "second_factor", ""));
  Json body = {{"next", "enrolment"}};
  if (factors.any()) {
    body = TRY(factor_question(request, connection, user, factors));
    body["next"] = "second_factor";
  }
  return ask_browser(
      request, connection,
      {.purpose = kSecondStepPurpose, .bound_to = "", .user_id = user.id, .provider = provider, .address = ""},
      std::move(body));
}

Result<Json> factor_question(ApiRequest& request, SqlConnection& connection, const User& user,
                             const FactorSummary& factors) {
  Json methods = Json::array();
  Json body = Json::object();
  const auto party = relying_party_of(request.services.public_url);
  if (factors.passkeys > 0 && party.ok()) {
    Json ids = Json::array();
    for (const Passkey& passkey : TRY(passkeys_of(connection, user.id))) ids.push_back(passkey.id);
    body["passkeys"] = {{"rp_id", party.value().id}, {"ids", ids}, {"verify", false}};
    methods.push_back("passkey");
  }
  if (factors.totp_since_s != 0) methods.push_back("totp");
  if (factors.recovery_codes > 0) methods.push_back("recovery");
  body["methods"] = std::move(methods);
  return body;
}

Result<std::string> check_passkey(ApiRequest& request, SqlConnection& connection, const User* user) {
  const RelyingParty party = TRY(relying_party_of(request.services.public_url));
  const Json credential = object_field(request.body, "credential");
  const AssertionAnswer answer{.client_data = TRY(bytes_field(credential, "client_data")),
                               .authenticator_data = TRY(bytes_field(credential, "authenticator_data")),
                               .signature = TRY(bytes_field(credential, "signature"))};
  const auto passkey = TRY(find_passkey(connection, text_field(credential, "id")));
  if (!passkey || (user != nullptr && passkey->user_id != user->id)) {
    return Error{ErrorCode::kForbidden, "The passkey was not accepted: it is not registered here, or not yours."};
  }
  if (user == nullptr) {
    const Bytes handle = TRY(bytes_field(credential, "user_handle"));
    if (std::string(handle.begin(), handle.end()) != passkey->user_id) {
      return Error{ErrorCode::kForbidden, "The passkey was not accepted: it names another user."};
    }
  }
  const std::string challenge = text_field(request.body, "challenge");
  const uint32_t count = TRY(verify_assertion(party, challenge, passkey->known, answer, user == nullptr));
  TRY(passkey_was_used(connection, *passkey, count, request.now_s));
  return passkey->user_id;
}

Result<FactorCheck> check_factor(ApiRequest& request, SqlConnection& connection, const User& user) {
  FactorCheck check{.right = false, .wait_s = 0, .method = text_field(request.body, "method"), .why = ""};
  if (check.method == "passkey") {
    const auto owner = check_passkey(request, connection, &user);
    check.right = owner.ok();
    if (owner.ok()) return check;
    // A store that fails is no wrong answer.
    if (owner.error().code == ErrorCode::kIo || owner.error().code == ErrorCode::kInternal ||
        owner.error().code == ErrorCode::kUnavailable) {
      return owner.error();
    }
    check.why = owner.error().message;
    return check;
  }
  if (check.method != "totp" && check.method != "recovery") {
    return Error{ErrorCode::kInvalidArgument, "The method is \"totp\", \"recovery\" or \"passkey\"."};
  }
  check.wait_s = TRY(begin_code_attempt(connection, user.id, request.now_s));
  if (check.wait_s > 0) return check;
  const std::string code = text_field(request.body, "code");
  const Sealer& sealer = request.services.sealer;
  check.right = check.method == "totp" ? TRY(use_totp_code(connection, sealer, user.id, code, request.now_s))
                                       : TRY(use_recovery_code(connection, sealer, user.id, code));
  if (check.right) {
    TRY(code_was_right(connection, user.id));
  } else {
    check.why = check.method == "totp" ? "The code is not right, or was used already. Type the one your app shows now."
                                       : "This recovery code is not right, or was used already.";
  }
  return check;
}

HttpResponse throttled_response(int64_t wait_s) {
  HttpResponse response =
      problem_response(429, "throttled", fmt::format("Too many failed attempts. Try again in {} seconds.", wait_s));
  response.headers.emplace_back("Retry-After", std::to_string(wait_s));
  return response;
}

Result<Json> totp_offer(ApiRequest& request, const User& user, const std::string& bound_to) {
  const std::string secret = new_totp_secret();
  const std::string uri = totp_uri(kIssuer, user.name, secret);
  const QrCode drawn = TRY(qr_code(uri));
  const Json offer = {{"secret", base64url_encode({reinterpret_cast<const uint8_t*>(secret.data()), secret.size()})},
                      {"until_s", request.now_s + kOfferLifetimeS}};
  return Json{{"enrolment", request.services.sealer.seal(to_line(offer), offer_words(user, bound_to))},
              {"secret", base32_encode(secret)},
              {"uri", uri},
              {"qr", {{"modules", drawn.modules}, {"path", drawn.path}}}};
}

Result<ConfirmedTotp> confirmed_totp(ApiRequest& request, const User& user, const std::string& bound_to) {
  const Error too_old{ErrorCode::kConflict, "Setting up the app took too long. Start again with a new QR code."};
  const auto opened =
      request.services.sealer.unseal(text_field(request.body, "enrolment"), offer_words(user, bound_to));
  if (!opened.ok()) return too_old;
  const Json offer = TRY(parse_object(opened.value()));
  if (number_field(offer, "until_s") < request.now_s) return too_old;
  const Bytes secret = TRY(bytes_field(offer, "secret"));
  ConfirmedTotp totp{.secret = std::string(secret.begin(), secret.end()), .step = 0};
  const auto step = matching_totp_step(totp.secret, text_field(request.body, "code"), request.now_s, 0);
  if (!step) {
    return Error{
        ErrorCode::kForbidden,
        "The code does not fit. Type the six digits the app shows now, and see that the clock of its device is "
        "right."};
  }
  totp.step = *step;
  return totp;
}

Result<Bytes> bytes_field(const Json& object, const char* key) {
  return base64url_decode(text_field(object, key));
}

std::span<const Route> second_step_routes() {
  return kSecondStepRoutes;
}

}  // namespace vitrine::broker
