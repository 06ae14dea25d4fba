#include "broker/session/session_rights.h"

namespace vitrine::broker {

Result<SessionRights> rights_of(SqlConnection& connection, const std::string& session) {
  const SqlResult found =
      TRY(connection.run("SELECT generation, granted, viewer_address FROM sessions WHERE id = $1", {session}));
  if (found.rows.empty()) return SessionRights();
  const SqlRow& row = found.rows.front();
  return SessionRights{.generation = row.integer(0), .granted = row.text(1), .viewer_address = row.text(2)};
}

Result<int64_t> renew_generation(SqlConnection& connection, const std::string& session, const std::string& print) {
  SessionRights rights = TRY(rights_of(connection, session));
  if (rights.granted == print) return rights.generation;  // nothing is written for most tickets
  TRY(connection.run("UPDATE sessions SET generation = generation + 1, granted = $2 WHERE id = $1 AND granted <> $2",
                     {session, print}));
  rights = TRY(rights_of(connection, session));
  return rights.generation;
}

Result<void> note_viewer_address(SqlConnection& connection, const std::string& session, const std::string& address) {
  TRY(connection.run("UPDATE sessions SET viewer_address = $2 WHERE id = $1 AND viewer_address <> $2",
                     {session, address}));
  return {};
}

}  // namespace vitrine::broker
