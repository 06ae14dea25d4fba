#include "broker/identity/user_state.h"

#include <fmt/format.h>

#include "broker/identity/web_sessions.h"
#include "broker/store/change_mark.h"

namespace vitrine::broker {

namespace {
constexpr std::string_view kDirectory = "directory";
constexpr std::string_view kAdministrator = "administrator";
}  // namespace

Result<void> disable_user(SqlConnection& connection, const User& user, DisabledBy by) {
  if (by == DisabledBy::kAdministrator && user.admin) {
    const SqlResult others =
        TRY(connection.run("SELECT 1 FROM users WHERE admin = 1 AND disabled = 0 AND id <> $1 LIMIT 1", {user.id}));
    if (others.rows.empty()) {
      return Error{ErrorCode::kConflict, fmt::format("{} is the last administrator. Make another one first: "
                                                     "vitrine user add NAME --admin",
                                                     user.name)};
    }
  }
  TRY(connection.run("UPDATE users SET disabled = 1, disabled_by = $2 WHERE id = $1",
                     {user.id, std::string(by == DisabledBy::kDirectory ? kDirectory : kAdministrator)}));
  TRY(note_change(connection));
  return close_web_sessions_of(connection, user.id);
}

Result<void> enable_user(SqlConnection& connection, const User& user) {
  TRY(connection.run("UPDATE users SET disabled = 0, disabled_by = '' WHERE id = $1", {user.id}));
  return {};
}

Result<bool> disabled_by_directory(SqlConnection& connection, const User& user) {
  const SqlResult result = TRY(connection.run("SELECT disabled_by FROM users WHERE id = $1", {user.id}));
  return !result.rows.empty() && result.rows.front().text(0) == kDirectory;
}

}  // namespace vitrine::broker
