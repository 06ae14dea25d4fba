#include "broker/identity/sign_in_providers.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>

#include "broker/identity/provisioning.h"
#include "broker/store/audit.h"

namespace vitrine::broker {

namespace {

constexpr int64_t kDownS = 10;  // how long a directory that failed is left alone
constexpr auto kTurnLimit = std::chrono::seconds(3);

bool same(const Provider& a, const Provider& b) {
  return a.kind == b.kind && a.settings == b.settings && a.secret == b.secret && a.name == b.name &&
         a.enabled == b.enabled;
}

// What is wrong with the directory is for the log; whoever tries names at the sign-in page gets this.
Error directory_away() {
  return {ErrorCode::kUnavailable,
          "Your password cannot be checked now: the directory does not answer. Try again later."};
}

}  // namespace

Result<SignInProviders::Turn> SignInProviders::turn() {
  if (turns_.try_acquire_for(kTurnLimit)) return Turn(*this);
  return Error{ErrorCode::kExhausted, "Many are signing in just now. Try again in a few seconds."};
}

Result<std::shared_ptr<ActiveProvider>> SignInProviders::made(const Provider& row) {
  auto provider = std::make_shared<ActiveProvider>();
  provider->row = row;
  const std::string secret = row.secret.empty() ? "" : TRY(sealer_.unseal(row.secret, secret_words(row.id)));
  if (row.kind == ProviderKind::kOidc) {
    provider->oidc = std::make_unique<OidcLogin>(row.id, TRY(oidc_settings_from(row.settings)), secret, http_, sealer_);
  } else {
    provider->ldap = std::make_unique<LdapDirectory>(TRY(ldap_settings_from(row.settings)), secret);
  }
  return provider;
}

Result<std::shared_ptr<ActiveProvider>> SignInProviders::at_work(const Provider& row) {
  const std::lock_guard lock(mutex_);
  auto& known = known_[row.id];
  if (!known || !same(known->row, row)) known = TRY(made(row));
  return known;
}

Result<std::vector<std::shared_ptr<ActiveProvider>>> SignInProviders::active() {
  std::vector<Provider> rows;
  {
    const Database::Lease connection = TRY(database_.lease());
    rows = TRY(list_providers(*connection));
  }
  std::vector<std::shared_ptr<ActiveProvider>> providers;
  for (const Provider& row : rows) {
    if (!row.enabled) continue;
    auto provider = at_work(row);
    // One that cannot work keeps nobody from the others.
    if (provider.ok()) {
      providers.push_back(provider.take());
    } else {
      spdlog::error("Provider {}: {}", row.id, provider.error().message);
    }
  }
  return providers;
}

Result<std::shared_ptr<ActiveProvider>> SignInProviders::find(const std::string& id) {
  std::optional<Provider> row;
  {
    const Database::Lease connection = TRY(database_.lease());
    row = TRY(find_provider(*connection, id));
  }
  if (!row || !row->enabled) return Error{ErrorCode::kNotFound, "There is no such way of signing in any more."};
  return at_work(*row);
}

Result<std::vector<ProviderTestStep>> SignInProviders::test(const std::string& id, const std::string& user,
                                                            int64_t now_s) {
  std::optional<Provider> row;
  {
    const Database::Lease connection = TRY(database_.lease());
    row = TRY(find_provider(*connection, id));
  }
  if (!row) {
    return Error{ErrorCode::kNotFound, fmt::format("There is no provider \"{}\". See: vitrine provider list", id)};
  }
  const Turn waiting = TRY(turn());
  // Made anew: a test asks the server and not what was learnt before.
  const auto provider = made(*row);
  if (!provider.ok()) return std::vector<ProviderTestStep>{{"settings", false, provider.error().message}};
  if (provider.value()->oidc) return test_oidc(provider.value()->oidc->issuer(), now_s);
  return provider.value()->ldap->test(user, now_s);
}

Result<std::optional<User>> SignInProviders::ask(ActiveProvider& provider, const std::string& name,
                                                 const std::string& password, int64_t now_s) {
  if (provider.down_until_s > now_s) return directory_away();
  const auto identity = provider.ldap->verify(name, password, now_s);
  if (!identity.ok()) {
    provider.down_until_s = now_s + kDownS;
    spdlog::error("Provider {}: {}", provider.row.id, identity.error().message);
    return directory_away();
  }
  if (!identity.value()) return std::optional<User>();
  const Database::Lease connection = TRY(database_.lease());
  const auto user = provision(*connection, provider.row, *identity.value(), now_s);
  if (user.ok()) return std::optional(user.value());
  TRY(append_audit_alone(*connection,
                         {.actor = name.substr(0, 64),
                          .address = "",
                          .action = "login",
                          .target = "provider " + provider.row.id,
                          .outcome = "refused",
                          .detail = user.error().message},
                         now_s));
  return user.error();
}

Result<std::optional<User>> SignInProviders::log_in(const std::string& name, const std::string& password,
                                                    int64_t now_s) {
  std::optional<Error> failure;
  for (const auto& provider : TRY(active())) {
    if (!provider->ldap) continue;
    const Turn waiting = TRY(turn());
    auto user = ask(*provider, name, password, now_s);
    if (user.ok() && user.value()) return user;
    // Another directory may know the user; if none does, it must be said that one could not be asked.
    if (!user.ok() && user.error().code != ErrorCode::kUnavailable) return user.error();
    if (!user.ok()) failure = user.error();
  }
  if (failure) return *failure;
  return std::optional<User>();
}

std::vector<ProviderTestStep> test_oidc(OidcIssuer& issuer, int64_t now_s) {
  std::vector<ProviderTestStep> steps;
  const auto metadata = issuer.metadata(now_s);
  const bool secure = issuer.settings().issuer.starts_with("https:");
  if (!note_step(steps, "discovery", metadata,
                 fmt::format("{} describes itself{}.", issuer.settings().issuer,
                             secure ? ", and its certificate is trusted" : " (without TLS, on this machine)"))) {
    return steps;
  }
  std::string algorithms;
  for (const JwsAlgorithm algorithm : metadata.value().algorithms) {
    algorithms += (algorithms.empty() ? "" : ", ") + std::string(jws_algorithm_name(algorithm));
  }
  steps.push_back({"signatures", true, fmt::format("It signs by {}.", algorithms)});
  auto keys = issuer.fetch_keys(now_s);
  if (keys.ok() && keys.value() == 0) {
    keys = Error{ErrorCode::kUnsupported, "It publishes no key for RS256, ES256 or EdDSA."};
  }
  note_step(steps, "keys", keys, keys.ok() ? fmt::format("It publishes {} keys of use here.", keys.value()) : "");
  steps.push_back({"sign-out", true,
                   fmt::format("Sign-out there: {}; sign-out from there: {}.",
                               metadata.value().end_session_endpoint.empty() ? "not offered" : "offered",
                               metadata.value().back_channel_logout ? "offered" : "not offered")});
  return steps;
}

}  // namespace vitrine::broker
