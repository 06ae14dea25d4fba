#include "broker/identity/web_sessions.h"

#include "broker/identity/secrets.h"

namespace vitrine::broker {

namespace {
constexpr int64_t kNoteSessionUseEveryS = 60;  // a write for each request would be wasted
constexpr size_t kMaxSessionToken = 64;        // ours have 43 characters
constexpr size_t kMaxBrowser = 256;            // what browsers say of themselves, as far as people want to see it

constexpr std::string_view kWebSessionColumns =
    "SELECT token_hash, user_id, id, only_session, created_s, seen_s, proved_s, provider, second_factor_s, address, "
    "browser, sid, id_token FROM web_sessions ";

// All but the user.
WebSession session_from(const SqlRow& row) {
  return {.token_hash = row.text(0),
          .id = row.text(2),
          .proof = {.provider = row.text(7),
                    .second_factor_s = row.integer(8),
                    .address = row.text(9),
                    .browser = row.text(10),
                    .sid = row.text(11),
                    .id_token = row.text(12)},
          .created_s = row.integer(4),
          .seen_s = row.integer(5),
          .proved_s = row.integer(6),
          .only_session = row.text(3),
          .user = {}};
}
}  // namespace

Result<std::string> open_web_session(SqlConnection& connection, const std::string& user_id,
                                     const std::string& only_session, const SignInProof& proof, int64_t now_s) {
  std::string token = random_token();
  TRY(
      connection.run("INSERT INTO web_sessions(token_hash, user_id, only_session, created_s, seen_s, expires_s, "
                     "provider, second_factor_s, address, browser, id, proved_s, "
                     "sid, id_token) "
                     "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
                     {sha256_hex(token), user_id, only_session, now_s, now_s, now_s + kWebSessionLongestS,
                      proof.provider, proof.second_factor_s, proof.address, proof.browser.substr(0, kMaxBrowser),
                      random_id(), now_s, proof.sid, proof.id_token}));
  return token;
}

Result<std::optional<WebSession>> find_web_session(SqlConnection& connection, const std::string& token, int64_t now_s) {
  if (token.empty() || token.size() > kMaxSessionToken) return std::optional<WebSession>();
  const SqlResult result = TRY(
      connection.run(std::string(kWebSessionColumns).append("WHERE token_hash = $1 AND expires_s > $2 AND seen_s > $3"),
                     {sha256_hex(token), now_s, now_s - kWebSessionIdleS}));
  if (result.rows.empty()) return std::optional<WebSession>();
  const SqlRow& row = result.rows.front();
  WebSession session = session_from(row);
  auto user = TRY(find_user_by_id(connection, row.text(1)));
  if (!user || user->disabled) return std::optional<WebSession>();
  session.user = std::move(*user);
  if (now_s - session.seen_s >= kNoteSessionUseEveryS) {
    TRY(connection.run("UPDATE web_sessions SET seen_s = $2 WHERE token_hash = $1", {session.token_hash, now_s}));
  }
  return std::optional(std::move(session));
}

bool fresh_second_factor(const WebSession& session, int64_t now_s, int64_t max_age_s) {
  return session.proof.second_factor_s > 0 && now_s - session.proof.second_factor_s <= max_age_s;
}

Result<std::string> rotate_web_session(SqlConnection& connection, const WebSession& session, bool second_factor,
                                       int64_t now_s) {
  std::string token = random_token();
  const int64_t second_factor_s = second_factor ? now_s : session.proof.second_factor_s;
  const SqlResult rotated =
      TRY(connection.run("UPDATE web_sessions SET token_hash = $2, proved_s = $3, second_factor_s = $4, seen_s = $3 "
                         "WHERE token_hash = $1",
                         {session.token_hash, sha256_hex(token), now_s, second_factor_s}));
  if (rotated.changed != 1) return Error{ErrorCode::kUnauthenticated, "Please sign in."};
  return token;
}

Result<std::vector<WebSession>> web_sessions_of(SqlConnection& connection, const std::string& user_id, int64_t now_s) {
  const SqlResult result = TRY(connection.run(std::string(kWebSessionColumns)
                                                  .append("WHERE user_id = $1 AND expires_s > $2 AND seen_s > $3 "
                                                          "ORDER BY seen_s DESC, id"),
                                              {user_id, now_s, now_s - kWebSessionIdleS}));
  std::vector<WebSession> sessions;
  for (const SqlRow& row : result.rows) sessions.push_back(session_from(row));
  return sessions;
}

Result<void> close_web_session_of(SqlConnection& connection, const std::string& user_id, const std::string& id) {
  const SqlResult closed =
      TRY(connection.run("DELETE FROM web_sessions WHERE user_id = $1 AND id = $2", {user_id, id}));
  if (closed.changed == 0) return Error{ErrorCode::kNotFound, "That browser is signed out already."};
  return {};
}

Result<void> close_other_web_sessions(SqlConnection& connection, const WebSession& kept) {
  TRY(connection.run("DELETE FROM web_sessions WHERE user_id = $1 AND token_hash <> $2",
                     {kept.user.id, kept.token_hash}));
  return {};
}

Result<void> close_web_session(SqlConnection& connection, const std::string& token_hash) {
  TRY(connection.run("DELETE FROM web_sessions WHERE token_hash = $1", {token_hash}));
  return {};
}

Result<void> close_web_sessions_of(SqlConnection& connection, const std::string& user_id) {
  TRY(connection.run("DELETE FROM web_sessions WHERE user_id = $1", {user_id}));
  return {};
}

Result<std::vector<std::string>> close_web_sessions_at(SqlConnection& connection, const std::string& provider,
                                                       const std::string& subject, const std::string& sid) {
  // By subject the user counts also without a web session: desktops may go on longer than that.
  const SqlResult named =
      sid.empty() ? TRY(connection.run("SELECT '', users.id FROM users WHERE provider = $1 AND subject = $2",
                                       {provider, subject}))
                  : TRY(connection.run("SELECT web_sessions.token_hash, users.id FROM web_sessions "
                                       "JOIN users ON users.id = web_sessions.user_id "
                                       "WHERE web_sessions.provider = $1 AND web_sessions.sid = $2 "
                                       "AND ($3 = '' OR users.subject = $3)",
                                       {provider, sid, subject}));
  std::vector<std::string> users;
  for (const SqlRow& row : named.rows) {
    if (sid.empty()) {
      TRY(close_web_sessions_of(connection, row.text(1)));
    } else {
      TRY(close_web_session(connection, row.text(0)));
    }
    users.push_back(row.text(1));
  }
  return users;
}

Result<void> remove_expired_web_sessions(SqlConnection& connection, int64_t now_s) {
  TRY(connection.run("DELETE FROM web_sessions WHERE expires_s <= $1 OR seen_s <= $2",
                     {now_s, now_s - kWebSessionIdleS}));
  return {};
}

std::string csrf_token(const std::string& session_token) {
  return hmac_base64url(session_token, "vitrine csrf 1");
}

}  // namespace vitrine::broker
