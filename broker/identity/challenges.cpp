#include "broker/identity/challenges.h"

#include "broker/identity/secrets.h"

namespace vitrine::broker {

namespace {

Error gone() {
  return {ErrorCode::kConflict, "This took too long, or was answered already. Start again."};
}

Result<int64_t> count(SqlConnection& connection, std::string_view sql, const SqlValues& values) {
  return TRY(connection.run(sql, values)).rows.front().integer(0);
}

}  // namespace

Result<std::string> open_challenge(SqlConnection& connection, const Challenge& challenge, int64_t now_s) {
  TRY(connection.run("DELETE FROM challenges WHERE expires_s <= $1", {now_s}));
  // For each purpose by itself: those who ask without having proved anything keep nobody else out.
  const int64_t all = TRY(count(connection, "SELECT COUNT(*) FROM challenges WHERE purpose = $1", {challenge.purpose}));
  const int64_t here = TRY(count(connection, "SELECT COUNT(*) FROM challenges WHERE purpose = $1 AND address = $2",
                                 {challenge.purpose, challenge.address}));
  if (all >= kMaxChallenges || here >= kMaxChallengesOfAddress) {
    return Error{ErrorCode::kExhausted, "Too many sign-ins are under way at once. Try again in a few minutes."};
  }
  std::string token = random_token();
  TRY(connection.run(
      "INSERT INTO challenges(token_hash, purpose, bound_to, user_id, provider, address, attempts, expires_s) "
      "VALUES ($1, $2, $3, $4, $5, $6, 0, $7)",
      {sha256_hex(token), challenge.purpose, sha256_hex(challenge.bound_to), challenge.user_id, challenge.provider,
       challenge.address, now_s + kChallengeLifetimeS}));
  return token;
}

Result<Challenge> attempt_challenge(SqlConnection& connection, const std::string& token, const std::string& purpose,
                                    const std::string& bound_to, int64_t now_s) {
  if (token.empty() || bound_to.empty()) return gone();
  const std::string hash = sha256_hex(token);
  const SqlResult taken =
      TRY(connection.run("UPDATE challenges SET attempts = attempts + 1 WHERE token_hash = $1 AND purpose = $2 AND "
                         "bound_to = $3 AND expires_s > $4 AND attempts < $5",
                         {hash, purpose, sha256_hex(bound_to), now_s, kChallengeAttempts}));
  if (taken.changed != 1) return gone();
  const SqlResult found =
      TRY(connection.run("SELECT user_id, provider, address FROM challenges WHERE token_hash = $1", {hash}));
  if (found.rows.empty()) return gone();
  const SqlRow& row = found.rows.front();
  return Challenge{.purpose = purpose,
                   .bound_to = bound_to,
                   .user_id = row.text(0),
                   .provider = row.text(1),
                   .address = row.text(2)};
}

Result<void> use_up_challenge(SqlConnection& connection, const std::string& token) {
  const SqlResult used = TRY(connection.run("DELETE FROM challenges WHERE token_hash = $1", {sha256_hex(token)}));
  if (used.changed != 1) return gone();
  return {};
}

}  // namespace vitrine::broker
