#include "broker/store/change_mark.h"

namespace vitrine::broker {

Result<void> note_change(SqlConnection& connection) {
  TRY(connection.run("UPDATE policy_mark SET version = version + 1 WHERE id = 1", {}));
  return {};
}

Result<int64_t> change_mark(SqlConnection& connection) {
  const SqlResult found = TRY(connection.run("SELECT version FROM policy_mark WHERE id = 1", {}));
  return found.rows.empty() ? 0 : found.rows.front().integer(0);
}

}  // namespace vitrine::broker
