#include "broker/identity/passkeys.h"

#include <algorithm>

#include "protocol/base/utf8.h"
#include "protocol/ticket.h"

namespace vitrine::broker {

namespace {

constexpr size_t kMaxName = 60;
constexpr std::string_view kPasskeyColumns =
    "SELECT id, user_id, name, public_key, sign_count, created_s, used_s FROM passkeys ";

Result<Passkey> passkey_from(const SqlRow& row) {
  return Passkey{
      .id = row.text(0),
      .user_id = row.text(1),
      .name = row.text(2),
      .known = {.public_key = TRY(base64url_decode(row.text(3))), .sign_count = static_cast<uint32_t>(row.integer(4))},
      .created_s = row.integer(5),
      .used_s = row.integer(6)};
}

Error no_such_passkey() {
  return {ErrorCode::kNotFound, "There is no such passkey."};
}

}  // namespace

Result<void> check_passkey_name(const std::string& name) {
  const bool plain = std::ranges::none_of(name, [](char c) { return c >= 0 && c < ' '; });
  if (has_characters(name, 1, kMaxName) && plain) return {};
  return Error{ErrorCode::kInvalidArgument, "Give the passkey a name of 1 to 60 characters."};
}

Result<void> add_passkey(SqlConnection& connection, const Passkey& passkey) {
  const SqlResult count = TRY(connection.run("SELECT COUNT(*) FROM passkeys WHERE user_id = $1", {passkey.user_id}));
  if (count.rows.front().integer(0) >= kMaxPasskeys) {
    return Error{ErrorCode::kConflict, "You have 20 passkeys. Remove one that you no longer use first."};
  }
  const auto added = connection.run(
      "INSERT INTO passkeys(id, user_id, name, public_key, sign_count, created_s, used_s) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {passkey.id, passkey.user_id, passkey.name, base64url_encode(passkey.known.public_key),
       int64_t{passkey.known.sign_count}, passkey.created_s, passkey.used_s});
  if (added.ok()) return {};
  if (added.error().code != ErrorCode::kConflict) return added.error();
  return Error{ErrorCode::kConflict, "This passkey is registered already."};
}

Result<std::optional<Passkey>> find_passkey(SqlConnection& connection, const std::string& id) {
  const SqlResult found = TRY(connection.run(std::string(kPasskeyColumns).append("WHERE id = $1"), {id}));
  if (found.rows.empty()) return std::optional<Passkey>();
  return std::optional(TRY(passkey_from(found.rows.front())));
}

Result<std::vector<Passkey>> passkeys_of(SqlConnection& connection, const std::string& user_id) {
  const SqlResult found =
      TRY(connection.run(std::string(kPasskeyColumns).append("WHERE user_id = $1 ORDER BY created_s, id"), {user_id}));
  std::vector<Passkey> all;
  for (const SqlRow& row : found.rows) all.push_back(TRY(passkey_from(row)));
  return all;
}

Result<void> rename_passkey(SqlConnection& connection, const std::string& user_id, const std::string& id,
                            const std::string& name) {
  TRY(check_passkey_name(name));
  const SqlResult changed =
      TRY(connection.run("UPDATE passkeys SET name = $3 WHERE user_id = $1 AND id = $2", {user_id, id, name}));
  if (changed.changed == 0) return no_such_passkey();
  return {};
}

Result<void> remove_passkey(SqlConnection& connection, const std::string& user_id, const std::string& id) {
  const SqlResult changed = TRY(connection.run("DELETE FROM passkeys WHERE user_id = $1 AND id = $2", {user_id, id}));
  if (changed.changed == 0) return no_such_passkey();
  return {};
}

Result<void> passkey_was_used(SqlConnection& connection, const Passkey& passkey, uint32_t sign_count, int64_t now_s) {
  const SqlResult changed =
      TRY(connection.run("UPDATE passkeys SET sign_count = $3, used_s = $4 WHERE id = $1 AND sign_count = $2",
                         {passkey.id, int64_t{passkey.known.sign_count}, int64_t{sign_count}, now_s}));
  if (changed.changed == 1) return {};
  return Error{ErrorCode::kConflict, "The passkey was used at the same moment elsewhere. Try again."};
}

}  // namespace vitrine::broker
