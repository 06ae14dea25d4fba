// Tokens by which programs use the administrators' part of the API. The store keeps their SHA-256.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "broker/store/page.h"
#include "broker/store/sql.h"

namespace vitrine::broker {

// What a token may be for. "read" allows to see what the others allow to change.
inline constexpr std::array<std::string_view, 6> kTokenScopes = {"read",     "users", "catalogue",
                                                                 "sessions", "audit", "site"};
inline constexpr int64_t kTokenDays = 90;           // unless asked for otherwise
inline constexpr int64_t kTokenLongestDays = 3660;  // who wants longer wants to forget it
inline constexpr int64_t kMostTokens = 1000;

struct ApiToken {
  std::string name;
  std::string owner_id;  // the administrator who made it; empty: made on the server itself
  std::string owner;     // that one's name
  std::vector<std::string> scopes;
  int64_t created_s = 0;
  int64_t expires_s = 0;
  int64_t used_s = 0;  // 0: never; to the minute
  std::string used_from;

  // Whether it opens a route of this scope. Nothing opens one without.
  [[nodiscard]] bool allows(std::string_view scope, bool changes_something) const;
};

// Its secret, which is told this once. Errors: invalid_argument (scopes), conflict (name), exhausted.
Result<std::string> add_token(SqlConnection& connection, const ApiToken& token);
// By its secret. Nothing when it is unknown or expired, or its owner is no administrator any more; notes its use.
Result<std::optional<ApiToken>> find_token(SqlConnection& connection, const std::string& secret,
                                           const std::string& address, int64_t now_s);
Result<std::vector<ApiToken>> list_tokens(SqlConnection& connection, const Page& page);
// Errors: not_found.
Result<void> remove_token(SqlConnection& connection, const std::string& name);

}  // namespace vitrine::broker
