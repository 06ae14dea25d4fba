// Other systems that vouch for users, as rows of the store. Password providers are asked in the order of `position`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/identity/group_mapping.h"
#include "broker/json_fields.h"
#include "broker/store/sql.h"

namespace vitrine::broker {

enum class ProviderKind : uint8_t { kOidc, kLdap };
std::string_view provider_kind_name(ProviderKind kind);  // "oidc", "ldap"
std::optional<ProviderKind> provider_kind(std::string_view name);

inline constexpr size_t kLongestProviderName = 60;  // characters; it has to fit a button
inline constexpr size_t kMaxProviders = 16;  // each is a button or a server to ask for every unknown name

struct Provider {
  std::string id;  // in addresses, and with users who come from it
  ProviderKind kind = ProviderKind::kOidc;
  std::string name;  // on the button
  int64_t position = 0;
  bool enabled = true;
  Json settings;       // complete: of oidc_settings.h or ldap_settings.h, and of group_mapping.h
  std::string secret;  // sealed client secret or bind password; empty: none
  // Where the secret came from when a site's file brought it: {"file": PATH} or {"env": NAME}; empty: given by hand.
  std::string secret_source;
  int64_t created_s = 0;
};

// Checks the settings and fills in defaults. Errors: invalid_argument, naming the field.
Result<Json> complete_settings(ProviderKind kind, const Json& given);
GroupMapping mapping_of(const Provider& provider);

// Under which words a provider's secret is sealed (sealed.h).
inline std::string secret_words(const std::string& provider) {
  return "provider:" + provider;
}

// In the order of their position.
Result<std::vector<Provider>> list_providers(SqlConnection& connection);
Result<std::optional<Provider>> find_provider(SqlConnection& connection, const std::string& id);
// Errors: conflict (the id is taken), invalid_argument, exhausted.
Result<void> add_provider(SqlConnection& connection, const Provider& provider);
Result<void> update_provider(SqlConnection& connection, const Provider& provider);
// Its users stay, and can sign in again only when the same provider comes back under the same id.
Result<void> remove_provider(SqlConnection& connection, const std::string& id);
// The same, and nobody vouches for its users any more, so they are signed out; their desktop sessions are the caller's
// to end. Run it in a transaction.
Result<void> retire_provider(SqlConnection& connection, const std::string& id);
Result<std::vector<std::string>> ids_of_provider(SqlConnection& connection, const std::string& id);
// A secret is for the server it was entered for: whoever may change the address must not have it sent elsewhere.
// Errors: invalid_argument when `settings` lead to another server.
Result<void> check_secret_stays(const Provider& provider, const Json& settings);

}  // namespace vitrine::broker
