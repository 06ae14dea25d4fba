// A user's own second factors and passkeys. Changing any of them needs a fresh proof of who sits there: the second
// factor where there is one, else the password; so that an unlocked screen is not enough to take an account over.
#include "broker/api/account.h"
#include "broker/identity/challenges.h"
#include "broker/identity/cose_key.h"
#include "broker/identity/passkeys.h"

namespace vitrine::broker {

namespace {

constexpr const char* kNewPasskey = "new passkey";
constexpr int64_t kProofAgeS = 15 * 60;  // time to look around the account page

// The user's factors, if the proof is fresh enough to change them.
Result<FactorSummary> changeable_factors(ApiRequest& request, SqlConnection& connection) {
  const FactorSummary factors = TRY(factors_of(connection, request.web.user));
  if (factors.any() && !fresh_second_factor(request.web, request.now_s, kProofAgeS)) {
    return Error{ErrorCode::kStepUpRequired, "Give your second factor again to change this."};
  }
  if (!factors.any() && request.now_s - request.web.proved_s > kProofAgeS) {
    return Error{ErrorCode::kPasswordRequired, "Give your password again to change this."};
  }
  return factors;
}

// With the first second factor come recovery codes; the answer then holds them.
Result<HttpResponse> factor_added(ApiRequest& request, SqlConnection& connection, const FactorSummary& before) {
  Json body = Json::object();
  if (!before.any()) {
    body["recovery_codes"] = TRY(make_recovery_codes(connection, request.services.sealer, request.web.user.id));
  }
  return json_response(201, body);
}

// The last factor takes the recovery codes with it, unless an administrator wants one to stay.
Result<void> factor_removed(ApiRequest& request, SqlConnection& connection) {
  const FactorSummary left = TRY(factors_of(connection, request.web.user));
  if (left.any()) return {};
  if (left.required) {
    return Error{ErrorCode::kConflict,
                 "A second factor is required for you, and this is the last one. Set up another one first."};
  }
  return remove_recovery_codes(connection, request.web.user.id);
}

Result<HttpResponse> post_totp(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  TRY(changeable_factors(request, *connection));
  return json_response(200, TRY(totp_offer(request, request.web.user, request.web.id)));
}

Result<HttpResponse> put_totp(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  const FactorSummary before = TRY(changeable_factors(request, *connection));
  const ConfirmedTotp totp = TRY(confirmed_totp(request, request.web.user, request.web.id));
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  TRY(set_totp(*connection, request.services.sealer, request.web.user.id, totp.secret, totp.step, request.now_s));
  HttpResponse response = TRY(factor_added(request, *connection, before));
  TRY(transaction.commit());
  return response;
}

Result<HttpResponse> delete_totp(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  TRY(changeable_factors(request, *connection));
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  TRY(remove_totp(*connection, request.web.user.id));
  TRY(factor_removed(request, *connection));
  TRY(transaction.commit());
  return empty_response();
}

Result<HttpResponse> post_recovery_codes(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  if (!TRY(changeable_factors(request, *connection)).any()) {
    return Error{ErrorCode::kConflict, "Set up a second factor first. Recovery codes are for when it is lost."};
  }
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  const auto codes = TRY(make_recovery_codes(*connection, request.services.sealer, request.web.user.id));
  TRY(transaction.commit());
  return json_response(201, {{"recovery_codes", codes}});
}

// Section 5.4 of WebAuthn, as far as the page cannot know it.
Result<HttpResponse> post_passkey_question(ApiRequest& request) {
  const RelyingParty party = TRY(relying_party_of(request.services.public_url));
  const Database::Lease connection = TRY(request.services.database.lease());
  TRY(changeable_factors(request, *connection));
  const User& user = request.web.user;
  Json ids = Json::array();
  for (const Passkey& passkey : TRY(passkeys_of(*connection, user.id))) ids.push_back(passkey.id);
  Json algorithms = Json::array();
  for (const CoseAlgorithm algorithm : kCoseAlgorithms) algorithms.push_back(static_cast<int64_t>(algorithm));
  const std::string token = TRY(open_challenge(*connection,
                                               {.purpose = kNewPasskey,
                                                .bound_to = request.web.token_hash,
                                                .user_id = user.id,
                                                .provider = user.provider,
                                                .address = request.asker.address},
                                               request.now_s));
  return json_response(200, {{"challenge", token},
                             {"rp_id", party.id},
                             {"user_handle", user.id},
                             {"user_name", user.name},
                             {"display_name", user.display_name},
                             {"algorithms", algorithms},
                             {"ids", ids}});
}

Result<HttpResponse> post_passkey(ApiRequest& request) {
  const RelyingParty party = TRY(relying_party_of(request.services.public_url));
  const std::string token = text_field(request.body, "challenge");
  const std::string name = text_field(request.body, "name");
  request.audit_target = name;
  TRY(check_passkey_name(name));
  const Json credential = object_field(request.body, "credential");
  const RegistrationAnswer answer{.client_data = TRY(bytes_field(credential, "client_data")),
                                  .attestation_object = TRY(bytes_field(credential, "attestation_object"))};
  const Database::Lease connection = TRY(request.services.database.lease());
  const FactorSummary before = TRY(changeable_factors(request, *connection));
  TRY(attempt_challenge(*connection, token, kNewPasskey, request.web.token_hash, request.now_s));
  const NewPasskey made = TRY(verify_registration(party, token, answer));
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  TRY(use_up_challenge(*connection, token));
  TRY(add_passkey(*connection, {.id = made.id,
                                .user_id = request.web.user.id,
                                .name = name,
                                .known = {.public_key = made.public_key, .sign_count = made.sign_count},
                                .created_s = request.now_s,
                                .used_s = 0}));
  HttpResponse response = TRY(factor_added(request, *connection, before));
  TRY(transaction.commit());
  return response;
}

Result<HttpResponse> put_passkey(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  TRY(rename_passkey(*connection, request.web.user.id, request.path["id"], text_field(request.body, "name")));
  return empty_response();
}

Result<HttpResponse> delete_passkey(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  TRY(changeable_factors(request, *connection));
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  TRY(remove_passkey(*connection, request.web.user.id, request.path["id"]));
  TRY(factor_removed(request, *connection));
  TRY(transaction.commit());
  return empty_response();
}

constexpr Route kFactorRoutes[] = {
    {"POST", "/api/me/totp", Access::kUser, nullptr, post_totp},
    {"PUT", "/api/me/totp", Access::kUser, "totp.set", put_totp},
    {"DELETE", "/api/me/totp", Access::kUser, "totp.remove", delete_totp},
    {"POST", "/api/me/recovery-codes", Access::kUser, "recovery-codes.make", post_recovery_codes},
    {"POST", "/api/me/passkeys/question", Access::kUser, nullptr, post_passkey_question},
    {"POST", "/api/me/passkeys", Access::kUser, "passkey.add", post_passkey},
    {"PUT", "/api/me/passkeys/:id", Access::kUser, "passkey.rename", put_passkey},
    {"DELETE", "/api/me/passkeys/:id", Access::kUser, "passkey.remove", delete_passkey},
};

}  // namespace

std::span<const Route> factor_routes() {
  return kFactorRoutes;
}

}  // namespace vitrine::broker
