// Pools and apps as sections of a site.
#include <fmt/format.h>

#include "broker/catalogue/catalogue.h"
#include "broker/catalogue/site_parts.h"
#include "broker/catalogue/terms.h"
#include "broker/pools/pools.h"
#include "protocol/base/utf8.h"

namespace vitrine::broker {

namespace {

Result<Json> complete_terms(const Json& given) {
  auto terms = change_terms({}, object_field(given, "terms"));
  if (!terms.ok()) return at_field("terms", terms.error());
  return terms_to_json(terms.value());
}

PoolSettings new_pool(const std::string& id) {
  PoolSettings pool;
  pool.id = id;
  return pool;
}

Result<Json> complete_pool(const std::string& key, const Json& given) {
  TRY(check_name("pool", key));
  const auto kept = change_pool(new_pool(key), given);
  if (!kept.ok()) return at_named_field(given, "", kept.error());
  Json pool = {{"name", text_field(given, "name", key)},
               {"description", text_field(given, "description")},
               {"opengl", truth_field(given, "opengl")},
               {"terms", TRY(complete_terms(given))}};
  pool.update(pool_settings_to(kept.value()));
  return pool;
}

Result<Json> complete_app(const std::string& key, const Json& given) {
  TRY(check_name("app", key));
  const auto command = text_list_field(given, "command").value_or(std::vector<std::string>());
  if (command.empty() || command.front().empty()) {
    return Error{ErrorCode::kInvalidArgument, "command: An app needs the command that starts it."};
  }
  return Json{{"pool", text_field(given, "pool", "desktop")},
              {"name", text_field(given, "name", key)},
              {"description", text_field(given, "description")},
              {"command", command},
              {"desktop_entry", text_field(given, "desktop_entry")},
              {"package", text_field(given, "package")},
              {"opengl", truth_field(given, "opengl")},
              {"terms", TRY(complete_terms(given))}};
}

Json shown_fields(const Resource& resource, const Terms& terms) {
  return {{"name", resource.name},
          {"description", resource.description},
          {"opengl", resource.opengl},
          {"terms", terms_to_json(terms)}};
}

Result<Json> read_pools(const SiteStore& store) {
  auto terms = TRY(all_resource_terms(store.connection));
  Json pools = Json::object();
  for (const Resource& resource : TRY(list_resources(store.connection))) {
    if (!resource.app) pools[resource.id] = shown_fields(resource, terms[resource.id]);
  }
  for (const PoolSettings& pool : TRY(list_pools(store.connection))) pools[pool.id].update(pool_settings_to(pool));
  return pools;
}

Result<Json> read_apps(const SiteStore& store) {
  auto terms = TRY(all_resource_terms(store.connection));
  Json apps = Json::object();
  for (const Resource& resource : TRY(list_resources(store.connection))) {
    if (!resource.app) continue;
    Json app = shown_fields(resource, terms[resource.id]);
    app.update({{"pool", resource.pool},
                {"command", resource.command},
                {"desktop_entry", resource.desktop_entry},
                {"package", resource.package}});
    apps[resource.id] = std::move(app);
  }
  return apps;
}

Resource resource_from(const std::string& key, const Json& entry, bool app) {
  return {.id = key,
          .app = app,
          .pool = app ? text_field(entry, "pool") : key,
          .name = text_field(entry, "name"),
          .description = text_field(entry, "description"),
          .command = text_list_field(entry, "command").value_or(std::vector<std::string>()),
          .desktop_entry = text_field(entry, "desktop_entry"),
          .package = text_field(entry, "package"),
          .opengl = truth_field(entry, "opengl"),
          .provisioner = "local"};
}

Result<void> put_resource(const SiteStore& store, const Resource& resource, const Json& entry, bool exists) {
  if (!has_characters(resource.name, 1, kLongestName)) {
    return Error{ErrorCode::kInvalidArgument, "name: The name shown to users needs 1 to 100 characters."};
  }
  if (!has_characters(resource.description, 0, kLongestDescription)) {
    return Error{ErrorCode::kInvalidArgument, "description: The description can have 500 characters at most."};
  }
  if (exists) {
    TRY(change_resource(store.connection, resource));
  } else {
    TRY(add_resource(store.connection, resource, store.now_s));
  }
  return set_resource_terms(store.connection, resource.id, TRY(change_terms({}, entry["terms"])));
}

Result<void> put_pool(const SiteStore& store, const std::string& key, const Json& entry, const Json& before) {
  TRY(put_resource(store, resource_from(key, entry, false), entry, !before.is_null()));
  return save_pool(store.connection, TRY(change_pool(new_pool(key), entry)));
}

Result<void> put_app(const SiteStore& store, const std::string& key, const Json& entry, const Json& before) {
  const Resource app = resource_from(key, entry, true);
  const auto pool = TRY(find_resource(store.connection, app.pool));
  if (!pool || pool->app) {
    return Error{ErrorCode::kNotFound, fmt::format("pool: There is no pool \"{}\".", app.pool)};
  }
  return put_resource(store, app, entry, !before.is_null());
}

Result<void> remove_one(const SiteStore& store, const std::string& key) {
  return remove_resource(store.connection, key);
}

constexpr std::string_view kPoolShape =
    "{name?: text, description?: text, opengl?: truth, terms?: {preset?: text, target_ms?: integer, "
    "ceiling_kbit?: integer, quality_floor?: integer}, kind?: 'persistent'|'floating'|'disposable', spares?: integer, "
    "max?: integer, draining?: truth, message?: text, template?: text, rebuild_s?: integer}";
constexpr std::string_view kAppShape =
    "{pool?: text, name?: text, description?: text, command: [text], desktop_entry?: text, package?: text, "
    "opengl?: truth, terms?: {preset?: text, target_ms?: integer, ceiling_kbit?: integer, quality_floor?: integer}}";

}  // namespace

SiteSection pools_section() {
  return {"pools", kPoolShape, complete_pool, read_pools, put_pool, remove_one};
}

SiteSection apps_section() {
  return {"apps", kAppShape, complete_app, read_apps, put_app, remove_one};
}

}  // namespace vitrine::broker
