// Keeping a user out, and letting them in again. What an administrator did no directory undoes.
#pragma once

#include <string>

#include "broker/identity/users.h"

namespace vitrine::broker {

enum class DisabledBy : uint8_t { kAdministrator, kDirectory };

// With it goes every web session. Errors: conflict for the last administrator. Run it in a transaction.
Result<void> disable_user(SqlConnection& connection, const User& user, DisabledBy by);
Result<void> enable_user(SqlConnection& connection, const User& user);
Result<bool> disabled_by_directory(SqlConnection& connection, const User& user);

}  // namespace vitrine::broker
