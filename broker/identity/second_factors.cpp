#include "broker/identity/second_factors.h"

#include <fmt/format.h>

#include <algorithm>

#include "broker/identity/secrets.h"
#include "broker/identity/totp.h"

namespace vitrine::broker {

namespace {

constexpr int64_t kFreeAttempts = 5;  // a person who mistypes
// 24 guesses a day among a million codes of which three fit: one chance in 13,000.
constexpr int64_t kLongestFactorWaitS = 3600;
constexpr size_t kCodeLength = 14;  // "abcd-efgh-jkmn": 58 bits
constexpr size_t kMaxTypedCode = 64;

std::string totp_words(const std::string& user_id) {
  return "totp:" + user_id;
}

std::string recovery_hash(const Sealer& sealer, const std::string& user_id, const std::string& typed) {
  std::string plain;
  for (const char c : normal_name(typed.substr(0, kMaxTypedCode))) {
    if (c != '-' && c != ' ') plain += c;
  }
  return sealer.fingerprint(plain, "recovery:" + user_id);
}

Result<int64_t> number(SqlConnection& connection, std::string_view sql, const SqlValues& values) {
  const SqlResult result = TRY(connection.run(sql, values));
  return result.rows.empty() ? int64_t{0} : result.rows.front().integer(0);
}

}  // namespace

Result<FactorSummary> factors_of(SqlConnection& connection, const User& user) {
  FactorSummary summary;
  summary.totp_since_s = TRY(number(connection, "SELECT created_s FROM totp_secrets WHERE user_id = $1", {user.id}));
  summary.recovery_codes = TRY(number(connection, "SELECT COUNT(*) FROM recovery_codes WHERE user_id = $1", {user.id}));
  summary.passkeys = TRY(number(connection, "SELECT COUNT(*) FROM passkeys WHERE user_id = $1", {user.id}));
  const int64_t of_user = TRY(number(connection, "SELECT second_factor_required FROM users WHERE id = $1", {user.id}));
  const int64_t of_groups = TRY(
      number(connection,
             "SELECT COUNT(*) FROM user_groups WHERE second_factor_required = 1 AND (user_groups.name = $2 OR EXISTS "
             "(SELECT 1 FROM group_members WHERE group_members.group_name = user_groups.name AND user_id = $1))",
             {user.id, std::string(kEveryone)}));
  summary.required = of_user + of_groups > 0;
  return summary;
}

Result<void> set_totp(SqlConnection& connection, const Sealer& sealer, const std::string& user_id,
                      const std::string& secret, int64_t used_step, int64_t now_s) {
  TRY(connection.run(
      "INSERT INTO totp_secrets(user_id, secret, last_step, created_s) VALUES ($1, $2, $3, $4) ON CONFLICT (user_id) "
      "DO UPDATE SET secret = excluded.secret, last_step = excluded.last_step, created_s = excluded.created_s",
      {user_id, sealer.seal(secret, totp_words(user_id)), used_step, now_s}));
  return {};
}

Result<void> remove_totp(SqlConnection& connection, const std::string& user_id) {
  TRY(connection.run("DELETE FROM totp_secrets WHERE user_id = $1", {user_id}));
  return {};
}

Result<bool> use_totp_code(SqlConnection& connection, const Sealer& sealer, const std::string& user_id,
                           const std::string& code, int64_t now_s) {
  const SqlResult found =
      TRY(connection.run("SELECT secret, last_step FROM totp_secrets WHERE user_id = $1", {user_id}));
  if (found.rows.empty()) return false;
  const std::string secret = TRY(sealer.unseal(found.rows.front().text(0), totp_words(user_id)));
  const auto step = matching_totp_step(secret, code, now_s, found.rows.front().integer(1));
  if (!step) return false;
  const SqlResult used = TRY(
      connection.run("UPDATE totp_secrets SET last_step = $2 WHERE user_id = $1 AND last_step < $2", {user_id, *step}));
  return used.changed == 1;
}

Result<std::vector<std::string>> make_recovery_codes(SqlConnection& connection, const Sealer& sealer,
                                                     const std::string& user_id) {
  TRY(remove_recovery_codes(connection, user_id));
  std::vector<std::string> codes;
  while (codes.size() < kRecoveryCodes) {
    codes.push_back(random_password().substr(0, kCodeLength));
    TRY(connection.run("INSERT INTO recovery_codes(user_id, code_hash) VALUES ($1, $2)",
                       {user_id, recovery_hash(sealer, user_id, codes.back())}));
  }
  return codes;
}

Result<bool> use_recovery_code(SqlConnection& connection, const Sealer& sealer, const std::string& user_id,
                               const std::string& typed) {
  const SqlResult used = TRY(connection.run("DELETE FROM recovery_codes WHERE user_id = $1 AND code_hash = $2",
                                            {user_id, recovery_hash(sealer, user_id, typed)}));
  return used.changed == 1;
}

Result<void> remove_recovery_codes(SqlConnection& connection, const std::string& user_id) {
  TRY(connection.run("DELETE FROM recovery_codes WHERE user_id = $1", {user_id}));
  return {};
}

Result<int64_t> begin_code_attempt(SqlConnection& connection, const std::string& user_id, int64_t now_s) {
  TRY(
      connection.run("INSERT INTO code_failures(user_id, failures, blocked_until_s) VALUES ($1, 0, 0) "
                     "ON CONFLICT (user_id) DO NOTHING",
                     {user_id}));
  const SqlResult found =
      TRY(connection.run("SELECT failures, blocked_until_s FROM code_failures WHERE user_id = $1", {user_id}));
  if (found.rows.empty()) return Error{ErrorCode::kNotFound, "There is no such user."};
  const int64_t before = found.rows.front().integer(0);
  if (const int64_t wait_s = found.rows.front().integer(1) - now_s; wait_s > 0) return wait_s;
  // It counts as a failure until it turns out right, so attempts at the same moment do not slip by.
  const int64_t over = before + 1 - kFreeAttempts;
  const int64_t wait_s = over < 0 ? 0 : std::min(kLongestFactorWaitS, int64_t{1} << std::min<int64_t>(over, 20));
  const SqlResult taken = TRY(connection.run(
      "UPDATE code_failures SET failures = $3, blocked_until_s = $4 WHERE user_id = $1 AND failures = $2",
      {user_id, before, before + 1, wait_s == 0 ? int64_t{0} : now_s + wait_s}));
  return taken.changed == 1 ? int64_t{0} : int64_t{1};
}

Result<void> code_was_right(SqlConnection& connection, const std::string& user_id) {
  TRY(connection.run("DELETE FROM code_failures WHERE user_id = $1", {user_id}));
  return {};
}

Result<void> remove_all_factors(SqlConnection& connection, const std::string& user_id) {
  for (const char* table : {"totp_secrets", "recovery_codes", "passkeys", "code_failures", "challenges"}) {
    TRY(connection.run(fmt::format("DELETE FROM {} WHERE user_id = $1", table), {user_id}));
  }
  return {};
}

Result<void> require_second_factor(SqlConnection& connection, bool of_group, const std::string& name, bool required) {
  const SqlResult changed =
      TRY(connection.run(of_group ? "UPDATE user_groups SET second_factor_required = $2 WHERE name = $1"
                                  : "UPDATE users SET second_factor_required = $2 WHERE name = $1",
                         {name, int64_t{required}}));
  if (changed.changed > 0) return {};
  const char* kind = of_group ? "group" : "user";
  return Error{ErrorCode::kNotFound, fmt::format("There is no {0} \"{1}\". See: vitrine {0} list", kind, name)};
}

Result<std::vector<RequiredFor>> second_factor_required_for(SqlConnection& connection) {
  std::vector<RequiredFor> all;
  for (const bool group : {true, false}) {
    const SqlResult found =
        TRY(connection.run(group ? "SELECT name FROM user_groups WHERE second_factor_required = 1 ORDER BY name"
                                 : "SELECT name FROM users WHERE second_factor_required = 1 ORDER BY name",
                           {}));
    for (const SqlRow& row : found.rows) all.push_back({.group = group, .name = row.text(0)});
  }
  return all;
}

}  // namespace vitrine::broker
