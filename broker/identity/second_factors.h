// Second factors of users in the store: authenticator apps, recovery codes, how often wrong codes were given, and for
// whom a second factor is required. Passkeys (passkeys.h) are second factors too.
//
// A user who has set up an app or a passkey is asked for it after the password from then on; the recovery codes made
// with the first of them are for when it is lost.
#pragma once

#include <string>
#include <vector>

#include "broker/identity/sealed.h"
#include "broker/identity/users.h"

namespace vitrine::broker {

inline constexpr int kRecoveryCodes = 10;

struct FactorSummary {
  int64_t totp_since_s = 0;  // 0: no authenticator app
  int64_t recovery_codes = 0;
  int64_t passkeys = 0;
  bool required = false;  // by an administrator, for the user or a group
  [[nodiscard]] bool any() const { return totp_since_s != 0 || passkeys > 0; }
};
Result<FactorSummary> factors_of(SqlConnection& connection, const User& user);

// `used_step` is that of the code that confirmed the app: it counts as used.
Result<void> set_totp(SqlConnection& connection, const Sealer& sealer, const std::string& user_id,
                      const std::string& secret, int64_t used_step, int64_t now_s);
Result<void> remove_totp(SqlConnection& connection, const std::string& user_id);
// Whether the code is right, and uses it up. Of two at once with the same code one gets false.
Result<bool> use_totp_code(SqlConnection& connection, const Sealer& sealer, const std::string& user_id,
                           const std::string& code, int64_t now_s);

// Codes to show once, in place of those from before. Only their fingerprints are kept. Run it in a transaction.
Result<std::vector<std::string>> make_recovery_codes(SqlConnection& connection, const Sealer& sealer,
                                                     const std::string& user_id);
// Whether it was a code of this user's, and uses it up. Blanks, dashes and case do not matter.
Result<bool> use_recovery_code(SqlConnection& connection, const Sealer& sealer, const std::string& user_id,
                               const std::string& typed);
// For a user without any other factor, codes are of no use.
Result<void> remove_recovery_codes(SqlConnection& connection, const std::string& user_id);

// Codes are short, so guessing is slowed down for each user by itself, whatever the address: five free attempts, then
// waits that double up to an hour. Strangers cannot cause it: the first factor comes before.
// Takes one attempt: 0 when the code may be looked at now, else the seconds to wait.
Result<int64_t> begin_code_attempt(SqlConnection& connection, const std::string& user_id, int64_t now_s);
Result<void> code_was_right(SqlConnection& connection, const std::string& user_id);

// Everything of a user's, for one who lost it all.
Result<void> remove_all_factors(SqlConnection& connection, const std::string& user_id);

// Errors: not_found.
Result<void> require_second_factor(SqlConnection& connection, bool of_group, const std::string& name, bool required);
struct RequiredFor {
  bool group = false;
  std::string name;
};
Result<std::vector<RequiredFor>> second_factor_required_for(SqlConnection& connection);

}  // namespace vitrine::broker
