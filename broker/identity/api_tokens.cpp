#include "broker/identity/api_tokens.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "broker/identity/secrets.h"

namespace vitrine::broker {

namespace {

// Scanners for leaked secrets know them by it.
constexpr std::string_view kPrefix = "vitrine_";
constexpr size_t kMaxSecret = 64;
constexpr int64_t kNoteUseEveryS = 60;  // a write for each request would be wasted
constexpr std::string_view kSelectTokens =
    "SELECT api_tokens.name AS name, owner_id, users.name AS owner, scopes, api_tokens.created_s AS created_s, "
    "expires_s, used_s, used_from FROM api_tokens LEFT JOIN users ON users.id = owner_id ";

ApiToken token_from(const SqlRow& row) {
  ApiToken token{.name = row.text(0),
                 .owner_id = row.text(1),
                 .owner = row.text(2),
                 .scopes = {},
                 .created_s = row.integer(4),
                 .expires_s = row.integer(5),
                 .used_s = row.integer(6),
                 .used_from = row.text(7)};
  std::istringstream words(row.text(3));
  for (std::string word; words >> word;) token.scopes.push_back(word);
  return token;
}

}  // namespace

bool ApiToken::allows(std::string_view scope, bool changes_something) const {
  if (scope.empty()) return false;
  const auto has = [&](std::string_view one) { return std::ranges::find(scopes, one) != scopes.end(); };
  return has(scope) || (!changes_something && has("read"));
}

Result<std::string> add_token(SqlConnection& connection, const ApiToken& token) {
  const auto known = [](const std::string& scope) {
    return std::ranges::find(kTokenScopes, scope) != kTokenScopes.end();
  };
  if (token.scopes.empty() || !std::ranges::all_of(token.scopes, known)) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("Say what the token is for, by one or several of: {}.", fmt::join(kTokenScopes, ", "))};
  }
  const SqlResult there = TRY(connection.run("SELECT COUNT(*) FROM api_tokens", {}));
  if (there.rows.front().integer(0) >= kMostTokens) {
    return Error{ErrorCode::kExhausted,
                 fmt::format("There are {} tokens. Remove some: vitrine token list", kMostTokens)};
  }
  std::string secret = std::string(kPrefix) + random_token();
  const auto added = connection.run(
      "INSERT INTO api_tokens(name, token_hash, owner_id, scopes, created_s, expires_s, used_s, used_from) "
      "VALUES ($1, $2, $3, $4, $5, $6, 0, '')",
      {token.name, sha256_hex(secret), token.owner_id.empty() ? SqlValue() : SqlValue(token.owner_id),
       fmt::format("{}", fmt::join(token.scopes, " ")), token.created_s, token.expires_s});
  if (!added.ok() && added.error().code == ErrorCode::kConflict) {
    return Error{ErrorCode::kConflict, fmt::format("There is a token \"{}\" already.", token.name)};
  }
  if (!added.ok()) return added.error();
  return secret;
}

Result<std::optional<ApiToken>> find_token(SqlConnection& connection, const std::string& secret,
                                           const std::string& address, int64_t now_s) {
  if (secret.size() > kMaxSecret || !secret.starts_with(kPrefix)) return std::optional<ApiToken>();
  const std::string hash = sha256_hex(secret);
  const SqlResult found =
      TRY(connection.run(std::string(kSelectTokens)
                             .append("WHERE token_hash = $1 AND expires_s > $2 AND "
                                     "(owner_id IS NULL OR (users.admin = 1 AND users.disabled = 0))"),
                         {hash, now_s}));
  if (found.rows.empty()) return std::optional<ApiToken>();
  ApiToken token = token_from(found.rows.front());
  if (now_s - token.used_s >= kNoteUseEveryS) {
    TRY(connection.run("UPDATE api_tokens SET used_s = $2, used_from = $3 WHERE token_hash = $1",
                       {hash, now_s, address}));
  }
  return std::optional(std::move(token));
}

Result<std::vector<ApiToken>> list_tokens(SqlConnection& connection, const Page& page) {
  const PagedQuery query = TRY(paged(kSelectTokens, "", {}, {{"api_tokens.name", SqlKey::kText}}, SqlOrder::kUp, page));
  const SqlResult found = TRY(connection.run(query.sql, query.values));
  std::vector<ApiToken> tokens;
  for (const SqlRow& row : found.rows) tokens.push_back(token_from(row));
  return tokens;
}

Result<void> remove_token(SqlConnection& connection, const std::string& name) {
  const SqlResult removed = TRY(connection.run("DELETE FROM api_tokens WHERE name = $1", {name}));
  if (removed.changed > 0) return {};
  return Error{ErrorCode::kNotFound, fmt::format("There is no token \"{}\". See: vitrine token list", name)};
}

}  // namespace vitrine::broker
