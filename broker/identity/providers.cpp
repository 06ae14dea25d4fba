#include "broker/identity/providers.h"

#include <fmt/format.h>

#include <algorithm>

#include "broker/identity/ldap/ldap_settings.h"
#include "broker/identity/oidc/oidc_settings.h"
#include "broker/identity/users.h"
#include "broker/identity/web_sessions.h"
#include "protocol/base/utf8.h"

namespace vitrine::broker {

namespace {

constexpr std::string_view kProviderColumns =
    "SELECT id, kind, name, position, enabled, settings, secret, secret_source, created_s FROM providers ";
// What SignInProof names besides providers.
constexpr std::string_view kReserved[] = {"local", "link", "passkey", "token"};

Provider provider_from(const SqlRow& row) {
  const auto settings = parse_object(row.text(5));
  return {.id = row.text(0),
          .kind = provider_kind(row.text(1)).value_or(ProviderKind::kOidc),
          .name = row.text(2),
          .position = row.integer(3),
          .enabled = row.truth(4),
          .settings = settings.ok() ? settings.value() : Json::object(),
          .secret = row.text(6),
          .secret_source = row.text(7),
          .created_s = row.integer(8)};
}

Result<void> check(const Provider& provider) {
  TRY(check_name("provider", provider.id));
  if (std::ranges::find(kReserved, provider.id) != std::end(kReserved)) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("\"{}\" means something else already.", provider.id)};
  }
  if (!has_characters(provider.name, 1, kLongestProviderName)) {
    return Error{ErrorCode::kInvalidArgument, "The provider's name, which users see, needs 1 to 60 characters."};
  }
  return {};
}

}  // namespace

std::string_view provider_kind_name(ProviderKind kind) {
  return kind == ProviderKind::kOidc ? "oidc" : "ldap";
}

std::optional<ProviderKind> provider_kind(std::string_view name) {
  if (name == "oidc") return ProviderKind::kOidc;
  if (name == "ldap") return ProviderKind::kLdap;
  return std::nullopt;
}

Result<Json> complete_settings(ProviderKind kind, const Json& given) {
  Json settings = kind == ProviderKind::kOidc ? oidc_settings_to(TRY(oidc_settings_from(given)))
                                              : ldap_settings_to(TRY(ldap_settings_from(given)));
  group_mapping_to(TRY(group_mapping_from(given)), settings);
  return settings;
}

GroupMapping mapping_of(const Provider& provider) {
  const auto mapping = group_mapping_from(provider.settings);
  return mapping.ok() ? mapping.value() : GroupMapping{};
}

Result<std::vector<Provider>> list_providers(SqlConnection& connection) {
  const SqlResult result = TRY(connection.run(std::string(kProviderColumns).append("ORDER BY position, id"), {}));
  std::vector<Provider> providers;
  for (const SqlRow& row : result.rows) providers.push_back(provider_from(row));
  return providers;
}

Result<std::optional<Provider>> find_provider(SqlConnection& connection, const std::string& id) {
  const SqlResult result = TRY(connection.run(std::string(kProviderColumns).append("WHERE id = $1"), {id}));
  if (result.rows.empty()) return std::optional<Provider>();
  return std::optional(provider_from(result.rows.front()));
}

Result<void> add_provider(SqlConnection& connection, const Provider& provider) {
  TRY(check(provider));
  const auto providers = TRY(list_providers(connection));
  if (providers.size() >= kMaxProviders) {
    return Error{ErrorCode::kExhausted, fmt::format("There are {} providers, which is the most.", kMaxProviders)};
  }
  const auto added = connection.run(
      "INSERT INTO providers(id, kind, name, position, enabled, settings, secret, secret_source, created_s) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      {provider.id, std::string(provider_kind_name(provider.kind)), provider.name, provider.position,
       int64_t{provider.enabled}, to_line(provider.settings), provider.secret, provider.secret_source,
       provider.created_s});
  if (!added.ok() && added.error().code == ErrorCode::kConflict) {
    return Error{ErrorCode::kConflict, fmt::format("There is a provider \"{}\" already.", provider.id)};
  }
  if (!added.ok()) return added.error();
  return {};
}

Result<void> update_provider(SqlConnection& connection, const Provider& provider) {
  TRY(check(provider));
  TRY(
      connection.run("UPDATE providers SET name = $2, position = $3, enabled = $4, settings = $5, secret = $6, "
                     "secret_source = $7 WHERE id = $1",
                     {provider.id, provider.name, provider.position, int64_t{provider.enabled},
                      to_line(provider.settings), provider.secret, provider.secret_source}));
  return {};
}

Result<void> remove_provider(SqlConnection& connection, const std::string& id) {
  TRY(connection.run("DELETE FROM providers WHERE id = $1", {id}));
  return {};
}

Result<std::vector<std::string>> ids_of_provider(SqlConnection& connection, const std::string& id) {
  const SqlResult found = TRY(connection.run("SELECT id FROM users WHERE provider = $1", {id}));
  std::vector<std::string> users;
  for (const SqlRow& row : found.rows) users.push_back(row.text(0));
  return users;
}

Result<void> retire_provider(SqlConnection& connection, const std::string& id) {
  TRY(remove_provider(connection, id));
  for (const std::string& user : TRY(ids_of_provider(connection, id))) TRY(close_web_sessions_of(connection, user));
  return {};
}

Result<void> check_secret_stays(const Provider& provider, const Json& settings) {
  const char* address = provider.kind == ProviderKind::kOidc ? "issuer" : "url";
  if (provider.secret.empty() || text_field(settings, address) == text_field(provider.settings, address)) return {};
  return Error{ErrorCode::kInvalidArgument, fmt::format("With another {} the secret has to be given again.", address)};
}

}  // namespace vitrine::broker
