#include "broker/session/sessions.h"

#include "broker/identity/secrets.h"

namespace vitrine::broker {

namespace {

constexpr std::string_view kSelectSessions =
    "SELECT sessions.id, user_id, user_name, sessions.resource, resource_name, desktop_id, started_s, ended_s, "
    "end_reason, state, detail, changed_s FROM sessions JOIN desktops ON desktops.id = sessions.desktop_id ";
constexpr size_t kMaxCode = 64;  // ours have 43 characters

Session session_from(const SqlRow& row) {
  return {.id = row.text(0),
          .user_id = row.text(1),
          .user = row.text(2),
          .resource = row.text(3),
          .name = row.text(4),
          .desktop = row.text(5),
          .started_s = row.integer(6),
          .ended_s = row.integer(7),
          .end_reason = row.text(8),
          .life = life_from_name(row.text(9)),
          .desktop_detail = row.text(10),
          .changed_s = row.integer(11)};
}

Result<std::optional<Session>> one_session(SqlConnection& connection, std::string_view where, const SqlValues& values) {
  const SqlResult result = TRY(connection.run(std::string(kSelectSessions).append(where), values));
  if (result.rows.empty()) return std::optional<Session>();
  return std::optional(session_from(result.rows.front()));
}

}  // namespace

DesktopLife Session::state() const {
  if (ended_s == 0 || life == DesktopLife::kFailed) return life;
  return DesktopLife::kEnded;
}

std::string Session::detail() const {
  return ended_s != 0 ? end_reason : desktop_detail;
}

Result<void> insert_session(SqlConnection& connection, const Session& session) {
  TRY(connection.run(
      "INSERT INTO sessions(id, user_id, user_name, resource, resource_name, desktop_id, started_s, "
      "ended_s, end_reason) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, '')",
      {session.id, session.user_id, session.user, session.resource, session.name, session.desktop, session.started_s}));
  return {};
}

Result<std::optional<Session>> find_session(SqlConnection& connection, const std::string& id) {
  return one_session(connection, "WHERE sessions.id = $1", {id});
}

Result<std::optional<Session>> find_running_session(SqlConnection& connection, const std::string& user_id,
                                                    const std::string& resource) {
  return one_session(connection, "WHERE user_id = $1 AND sessions.resource = $2 AND ended_s IS NULL",
                     {user_id, resource});
}

Result<std::optional<Session>> find_session_of_desktop(SqlConnection& connection, const std::string& desktop) {
  return one_session(connection, "WHERE desktop_id = $1 ORDER BY started_s DESC LIMIT 1", {desktop});
}

Result<std::vector<Session>> running_sessions(SqlConnection& connection, const std::string& user_id, const Page& page) {
  const bool all = user_id.empty();
  const PagedQuery query =
      TRY(paged(kSelectSessions, all ? "ended_s IS NULL" : "ended_s IS NULL AND user_id = $1",
                all ? SqlValues{} : SqlValues{user_id},
                {{"started_s", SqlKey::kInteger}, {"sessions.id", SqlKey::kText}}, SqlOrder::kUp, page));
  const SqlResult result = TRY(connection.run(query.sql, query.values));
  std::vector<Session> sessions;
  for (const SqlRow& row : result.rows) sessions.push_back(session_from(row));
  return sessions;
}

SqlValues running_sessions_key(const Session& session) {
  return {session.started_s, session.id};
}

Result<bool> end_session(SqlConnection& connection, const std::string& id, const std::string& reason, int64_t now_s) {
  const SqlResult result = TRY(connection.run(
      "UPDATE sessions SET ended_s = $2, end_reason = $3 WHERE id = $1 AND ended_s IS NULL", {id, now_s, reason}));
  return result.changed > 0;
}

Result<void> remove_old_sessions(SqlConnection& connection, int64_t ended_before_s) {
  TRY(
      connection.run("DELETE FROM sessions WHERE ended_s IS NOT NULL AND ended_s < $1 AND desktop_id IN "
                     "(SELECT id FROM desktops WHERE state IN ('ended', 'failed'))",
                     {ended_before_s}));
  TRY(
      connection.run("DELETE FROM desktops WHERE state IN ('ended', 'failed') AND changed_s < $1 AND id NOT IN "
                     "(SELECT desktop_id FROM sessions)",
                     {ended_before_s}));
  return {};
}

Result<std::string> make_one_time_code(SqlConnection& connection, const std::string& user_id,
                                       const std::string& session, int64_t now_s) {
  std::string code = random_token();
  TRY(connection.run("INSERT INTO one_time_codes(code_hash, user_id, session_id, expires_s) VALUES ($1, $2, $3, $4)",
                     {sha256_hex(code), user_id, session, now_s + kOneTimeCodeLifetimeS}));
  return code;
}

Result<std::optional<RedeemedCode>> redeem_one_time_code(SqlConnection& connection, const std::string& code,
                                                         int64_t now_s) {
  if (code.size() > kMaxCode) return std::optional<RedeemedCode>();
  // One statement: of two that come with the same code, one finds it gone.
  const SqlResult result = TRY(
      connection.run("DELETE FROM one_time_codes WHERE code_hash = $1 AND expires_s > $2 RETURNING user_id, session_id",
                     {sha256_hex(code), now_s}));
  if (result.rows.empty()) return std::optional<RedeemedCode>();
  return std::optional(RedeemedCode{result.rows.front().text(0), result.rows.front().text(1)});
}

Result<void> remove_expired_codes(SqlConnection& connection, int64_t now_s) {
  TRY(connection.run("DELETE FROM one_time_codes WHERE expires_s <= $1", {now_s}));
  return {};
}

}  // namespace vitrine::broker
