// The second step of signing in, and the same proof given again later (step-up).
//
//   first factor right ─▶ first_factor_passed() ─┬─ no second factor set up or required ─▶ signed_in()
//                                                └─ {"next": ...}: a challenge and a cookie, no web session yet
//   POST /api/login/second-step ─▶ check_factor() ─▶ signed_in() with the time of the second factor
#pragma once

#include "broker/api/signed_in.h"
#include "broker/identity/second_factors.h"

namespace vitrine::broker {

// After a password was right, whoever checked it: signs in, or asks for the second step. It writes the audit record.
// For users whose provider asks for second factors itself, call signed_in() instead.
Result<HttpResponse> first_factor_passed(ApiRequest& request, SqlConnection& connection, const User& user,
                                         const std::string& provider);

// What the page needs to ask for a factor that the user has: {"methods": [...], "passkeys": {...}}.
Result<Json> factor_question(ApiRequest& request, SqlConnection& connection, const User& user,
                             const FactorSummary& factors);

// Whether request.body holds one of the user's second factors ("method": "totp", "recovery" or "passkey"; "challenge"
// is what a passkey has signed), and uses it up.
struct FactorCheck {
  bool right = false;
  int64_t wait_s = 0;  // above 0: not looked at, come back later
  std::string method;  // for the audit log
  std::string why;     // the sentence for the page when it was not right
};
Result<FactorCheck> check_factor(ApiRequest& request, SqlConnection& connection, const User& user);
// A passkey's answer, of anybody when `user` is nullptr; then it also proves that its user was verified. Gives the
// user's id. Errors: forbidden, malformed, conflict.
Result<std::string> check_passkey(ApiRequest& request, SqlConnection& connection, const User* user);

// 429 for `wait_s`.
HttpResponse throttled_response(int64_t wait_s);

// A new authenticator app: its secret travels to the page and back under seal, so nothing is kept until a code has
// confirmed it. `bound_to` is the challenge or web session it belongs to.
Result<Json> totp_offer(ApiRequest& request, const User& user, const std::string& bound_to);
struct ConfirmedTotp {
  std::string secret;
  int64_t step = 0;
};
// From "enrolment" and "code" of the body. Errors: forbidden (the code does not fit), conflict (too old, not ours).
Result<ConfirmedTotp> confirmed_totp(ApiRequest& request, const User& user, const std::string& bound_to);

// Bytes of the body's object, given in base64url. Errors: malformed.
Result<Bytes> bytes_field(const Json& object, const char* key);

}  // namespace vitrine::broker
