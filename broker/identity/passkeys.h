// Users' passkeys in the store.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/identity/webauthn.h"
#include "broker/store/sql.h"

namespace vitrine::broker {

inline constexpr int64_t kMaxPasskeys = 20;  // of one user; more than anybody carries

struct Passkey {
  std::string id;  // the credential's, base64url
  std::string user_id;
  std::string name;  // what its user calls it
  KnownPasskey known;
  int64_t created_s = 0;
  int64_t used_s = 0;  // 0: never
};

// 1 to 60 characters. Errors: invalid_argument.
Result<void> check_passkey_name(const std::string& name);

// Errors: conflict (it is registered already, or the user has kMaxPasskeys).
Result<void> add_passkey(SqlConnection& connection, const Passkey& passkey);
Result<std::optional<Passkey>> find_passkey(SqlConnection& connection, const std::string& id);
Result<std::vector<Passkey>> passkeys_of(SqlConnection& connection, const std::string& user_id);
// Errors of both: not_found when it is not this user's.
Result<void> rename_passkey(SqlConnection& connection, const std::string& user_id, const std::string& id,
                            const std::string& name);
Result<void> remove_passkey(SqlConnection& connection, const std::string& user_id, const std::string& id);
// After verify_assertion gave `sign_count`. Errors: conflict when another use of it came between.
Result<void> passkey_was_used(SqlConnection& connection, const Passkey& passkey, uint32_t sign_count, int64_t now_s);

}  // namespace vitrine::broker
