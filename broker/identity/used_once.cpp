#include "broker/identity/used_once.h"

#include "broker/identity/secrets.h"

namespace vitrine::broker {

Result<bool> was_used(SqlConnection& connection, const std::string& key) {
  const SqlResult found = TRY(connection.run("SELECT 1 FROM used_once WHERE key_hash = $1", {sha256_hex(key)}));
  return !found.rows.empty();
}

Result<void> use_once(SqlConnection& connection, const std::string& key, int64_t expires_s, int64_t now_s) {
  TRY(connection.run("DELETE FROM used_once WHERE expires_s < $1", {now_s}));
  TRY(connection.run("INSERT INTO used_once(key_hash, expires_s) VALUES ($1, $2)", {sha256_hex(key), expires_s}));
  return {};
}

}  // namespace vitrine::broker
