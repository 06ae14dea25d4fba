// Sign-in providers as a section of a site. Of their secrets a document says where they come from:
//
//   secret: {file: /etc/vitrine/corp.secret}    with "value" beside, which whoever sends the document puts there
//   secret: {env: CORP_SECRET}                  the same
//   secret: kept                                the one that is stored stays
//
// What is read from the store has a fingerprint in place of the value, to compare with.
#include <fmt/format.h>

#include "broker/catalogue/site_parts.h"
#include "broker/identity/providers.h"
#include "broker/identity/users.h"

namespace vitrine::broker {

namespace {

constexpr std::string_view kShape =
    "{kind: 'oidc'|'ldap', name?: text, position?: integer, enabled?: truth, settings: {*: any}, secret?: any}";
constexpr const char* kKept = "kept";
constexpr const char* kMark = "mark";
constexpr size_t kMaxSecret = 1'000;

Error wrong_secret(const std::string& sentence) {
  return {ErrorCode::kInvalidArgument, "secret: " + sentence};
}

// {"file" or "env": place, "value": secret}; as read_providers() gives it, with kMark instead of the value.
Result<Json> complete_reference(const Json& given) {
  const std::string value = text_field(given, "value");
  const bool from_file = !text_field(given, "file").empty();
  const bool from_environment = !text_field(given, "env").empty();
  if (from_file == from_environment || given.size() != 2 || given.contains("value") == given.contains(kMark)) {
    return wrong_secret("It is {file: PATH} or {env: NAME}, which vitrine apply reads, or kept.");
  }
  if (given.contains("value") && (value.empty() || value.size() > kMaxSecret)) {
    return wrong_secret(fmt::format("What it leads to needs 1 to {} bytes.", kMaxSecret));
  }
  return given;
}

Result<Json> complete_secret(const Json& given) {
  if (!given.contains("secret") || given["secret"].is_null()) return Json();
  const Json& secret = given["secret"];
  if (secret.is_object()) return complete_reference(secret);
  if (secret == kKept) return secret;
  return wrong_secret(
      "A secret does not belong in this file. Say where it is: {file: PATH} or {env: NAME}, or kept for the one that "
      "is stored.");
}

Result<Json> complete_provider(const std::string& key, const Json& given) {
  TRY(check_name("provider", key));
  const auto kind = provider_kind(text_field(given, "kind"));
  if (!kind) return Error{ErrorCode::kInvalidArgument, "kind: It is oidc or ldap."};
  const Json settings = object_field(given, "settings");
  auto full = complete_settings(*kind, settings);
  if (!full.ok()) {
    const Error error = at_named_field(settings, "settings.", full.error());
    return error.message == full.error().message ? at_field("settings", error) : error;
  }
  return Json{{"kind", provider_kind_name(*kind)},
              {"name", text_field(given, "name", key)},
              {"position", number_field(given, "position", 100)},
              {"enabled", truth_field(given, "enabled", true)},
              {"settings", full.take()},
              {"secret", TRY(complete_secret(given))}};
}

std::string fingerprint(const SiteStore& store, const std::string& secret) {
  return store.sealer.fingerprint(secret, "secrets of a site");
}

Result<Json> read_secret(const SiteStore& store, const Provider& provider) {
  if (provider.secret.empty()) return Json();
  const auto source = parse_object(provider.secret_source);
  if (!source.ok()) return Json(kKept);
  Json secret = source.value();
  const auto plain = store.sealer.unseal(provider.secret, secret_words(provider.id));
  // One that cannot be read any more is like none of those that may be given.
  secret[kMark] = plain.ok() ? fingerprint(store, plain.value()) : "";
  return secret;
}

Result<Json> read_providers(const SiteStore& store) {
  Json all = Json::object();
  for (const Provider& provider : TRY(list_providers(store.connection))) {
    all[provider.id] = {{"kind", provider_kind_name(provider.kind)},
                        {"name", provider.name},
                        {"position", provider.position},
                        {"enabled", provider.enabled},
                        {"settings", provider.settings},
                        {"secret", TRY(read_secret(store, provider))}};
  }
  return all;
}

// The given secret as read_providers() would give it. `before` may be null.
Result<Json> settle_provider(const SiteStore& store, const Json& entry, const Json& before) {
  Json settled = entry;
  Json& secret = settled["secret"];
  if (secret == kKept) {
    if (before.is_null() || before["secret"].is_null()) {
      return wrong_secret("None is stored that could be kept. Say where it is: {file: PATH} or {env: NAME}.");
    }
    secret = before["secret"];
  } else if (secret.is_object() && secret.contains("value")) {
    secret[kMark] = fingerprint(store, text_field(secret, "value"));
    secret.erase("value");
  }
  return settled;
}

Result<void> put_provider(const SiteStore& store, const std::string& key, const Json& entry, const Json& before) {
  auto provider = TRY(find_provider(store.connection, key)).value_or(Provider());
  const ProviderKind kind = *provider_kind(text_field(entry, "kind"));
  if (!before.is_null() && kind != provider.kind) {
    return Error{ErrorCode::kConflict,
                 "kind: A provider's kind stays, for its users are known by it. Add one by another name."};
  }
  const Json& secret = entry["secret"];
  if (!before.is_null() && secret == kKept) TRY(check_secret_stays(provider, entry["settings"]));
  provider.id = key;
  provider.kind = kind;
  provider.name = text_field(entry, "name");
  provider.position = number_field(entry, "position");
  provider.enabled = truth_field(entry, "enabled");
  provider.settings = entry["settings"];
  if (secret != kKept) {
    const std::string value = text_field(secret, "value");
    if (secret.is_object() && value.empty()) return wrong_secret("Its value is missing.");
    provider.secret = value.empty() ? "" : store.sealer.seal(value, secret_words(key));
    Json source = secret;
    if (source.is_object()) source.erase("value");
    provider.secret_source = source.is_object() ? to_line(source) : "";
  }
  if (!before.is_null()) return update_provider(store.connection, provider);
  provider.created_s = store.now_s;
  return add_provider(store.connection, provider);
}

// Whoever applies the document ends the desktop sessions of its users.
Result<void> drop_provider(const SiteStore& store, const std::string& key) {
  return retire_provider(store.connection, key);
}

void veil_provider(Json& before, Json& after) {
  const auto mark_of = [](const Json& entry) { return text_field(object_field(entry, "secret"), kMark); };
  const bool changed = before.is_object() && after.is_object() && mark_of(before) != mark_of(after);
  for (Json* entry : {&before, &after}) {
    if (entry->contains("secret") && (*entry)["secret"].is_object()) (*entry)["secret"].erase(kMark);
  }
  if (changed && after["secret"].is_object()) after["secret"]["value"] = "(another)";
}

}  // namespace

SiteSection providers_section() {
  return {"providers",  kShape,        complete_provider, read_providers,
          put_provider, drop_provider, settle_provider,   veil_provider};
}

}  // namespace vitrine::broker
