// What a new store starts with: the group everyone, the desktop, some apps, an administrator.
#pragma once

#include <optional>
#include <string>

#include "broker/identity/password.h"
#include "broker/store/sql.h"

namespace vitrine::broker {

inline constexpr std::string_view kFirstAdministrator = "admin";

// The administrator's password while nobody can know it: at the first start, and again at the next one when the first
// did not live to pass it on. Nothing otherwise. Call administrator_was_told() once it has been passed on.
Result<std::optional<std::string>> prepare_first_start(SqlConnection& connection, PasswordHasher& hasher,
                                                       int64_t now_s);
Result<void> administrator_was_told(SqlConnection& connection);

}  // namespace vitrine::broker
