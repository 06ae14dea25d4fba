// The sections of a site: groups, pools, apps and grants.
#include <fmt/format.h>

#include <algorithm>

#include "broker/catalogue/catalogue.h"
#include "broker/catalogue/site.h"
#include "broker/catalogue/terms.h"

namespace vitrine::broker {

namespace {

Error at_field(const std::string& field, const Error& error) {
  return {error.code, field + ": " + error.message};
}

std::vector<std::string> sorted_names(const Json& object, const char* key) {
  auto names = text_list_field(object, key).value_or(std::vector<std::string>());
  for (std::string& name : names) name = normal_name(name);
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

// --- groups -----------------------------------------------------------------------------------------------------

Result<Json> complete_group(const std::string& key, const Json& given) {
  TRY(check_name("group", key));
  if (key == kEveryone) return Error{ErrorCode::kInvalidArgument, "This group is built in and holds every user."};
  return Json{{"members", sorted_names(given, "members")}};
}

Result<Json> read_groups(SqlConnection& connection) {
  Json groups = Json::object();
  for (const Group& group : TRY(list_groups(connection))) {
    if (group.built_in) continue;
    std::vector<std::string> members = group.members;
    std::ranges::sort(members);
    groups[group.name] = {{"members", members}};
  }
  return groups;
}

Result<void> put_group(SqlConnection& connection, const std::string& key, const Json& entry, bool exists,
                       int64_t now_s) {
  if (!exists) TRY(add_group(connection, key, false, now_s));
  TRY(connection.run("DELETE FROM group_members WHERE group_name = $1", {key}));
  for (const std::string& name : sorted_names(entry, "members")) {
    const auto user = TRY(find_user(connection, name));
    if (!user) return Error{ErrorCode::kNotFound, fmt::format("members: There is no user \"{}\".", name)};
    TRY(add_member(connection, key, *user));
  }
  return {};
}

// --- pools and apps -----------------------------------------------------------------------------------------------

Result<Json> complete_terms(const Json& given) {
  auto terms = change_terms({}, object_field(given, "terms"));
  if (!terms.ok()) return at_field("terms", terms.error());
  return terms_to_json(terms.value());
}

Result<Json> complete_pool(const std::string& key, const Json& given) {
  TRY(check_name("pool", key));
  return Json{{"name", text_field(given, "name", key)},
              {"description", text_field(given, "description")},
              {"opengl", truth_field(given, "opengl")},
              {"terms", TRY(complete_terms(given))}};
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

Result<Json> read_resources(SqlConnection& connection, bool apps) {
  auto terms = TRY(all_resource_terms(connection));
  Json resources = Json::object();
  for (const Resource& resource : TRY(list_resources(connection))) {
    if (resource.app != apps) continue;
    Json entry = {{"name", resource.name},
                  {"description", resource.description},
                  {"opengl", resource.opengl},
                  {"terms", terms_to_json(terms[resource.id])}};
    if (apps) {
      entry.update({{"pool", resource.pool},
                    {"command", resource.command},
                    {"desktop_entry", resource.desktop_entry},
                    {"package", resource.package}});
    }
    resources[resource.id] = std::move(entry);
  }
  return resources;
}

Result<Json> read_pools(SqlConnection& connection) {
  return read_resources(connection, false);
}
Result<Json> read_apps(SqlConnection& connection) {
  return read_resources(connection, true);
}

Result<void> change_row(SqlConnection& connection, const std::string& key, const Json& entry, bool app) {
  const std::string name = text_field(entry, "name");
  const std::string description = text_field(entry, "description");
  const int64_t opengl = truth_field(entry, "opengl");
  if (!app) {
    TRY(connection.run("UPDATE pools SET name = $2, description = $3, opengl = $4 WHERE id = $1",
                       {key, name, description, opengl}));
    return {};
  }
  TRY(
      connection.run("UPDATE apps SET name = $2, description = $3, opengl = $4, pool_id = $5, command = $6, "
                     "desktop_entry = $7, package = $8 WHERE id = $1",
                     {key, name, description, opengl, text_field(entry, "pool"), to_line(entry["command"]),
                      text_field(entry, "desktop_entry"), text_field(entry, "package")}));
  return {};
}

Result<void> put_resource(SqlConnection& connection, const std::string& key, const Json& entry, bool exists, bool app,
                          int64_t now_s) {
  const std::string name = text_field(entry, "name");
  if (name.empty() || name.size() > 100) {
    return Error{ErrorCode::kInvalidArgument, "name: The name shown to users needs 1 to 100 characters."};
  }
  if (app) {
    const auto pool = TRY(find_resource(connection, text_field(entry, "pool")));
    if (!pool || pool->app) {
      return Error{ErrorCode::kNotFound, fmt::format("pool: There is no pool \"{}\".", text_field(entry, "pool"))};
    }
  }
  if (exists) {
    TRY(change_row(connection, key, entry, app));
  } else {
    const Resource resource{.id = key,
                            .app = app,
                            .pool = app ? text_field(entry, "pool") : key,
                            .name = name,
                            .description = text_field(entry, "description"),
                            .command = text_list_field(entry, "command").value_or(std::vector<std::string>()),
                            .desktop_entry = text_field(entry, "desktop_entry"),
                            .package = text_field(entry, "package"),
                            .opengl = truth_field(entry, "opengl"),
                            .provisioner = "local"};
    TRY(add_resource(connection, resource, now_s));
  }
  return set_resource_terms(connection, key, TRY(change_terms({}, entry["terms"])));
}

Result<void> put_pool(SqlConnection& connection, const std::string& key, const Json& entry, bool exists,
                      int64_t now_s) {
  return put_resource(connection, key, entry, exists, false, now_s);
}
Result<void> put_app(SqlConnection& connection, const std::string& key, const Json& entry, bool exists, int64_t now_s) {
  return put_resource(connection, key, entry, exists, true, now_s);
}

// --- grants -----------------------------------------------------------------------------------------------------

Result<Json> complete_grants(const std::string&, const Json& given) {
  return Json{{"groups", sorted_names(given, "groups")}, {"users", sorted_names(given, "users")}};
}

Result<Json> read_grants(SqlConnection& connection) {
  Json all = Json::object();
  for (const auto& [resource, grants] : TRY(all_grants(connection))) {
    std::vector<std::string> groups;
    std::vector<std::string> users;
    for (const Grant& grant : grants) (grant.group ? groups : users).push_back(grant.subject);
    std::ranges::sort(groups);
    std::ranges::sort(users);
    all[resource] = {{"groups", groups}, {"users", users}};
  }
  return all;
}

Result<void> remove_grants(SqlConnection& connection, const std::string& key) {
  TRY(connection.run("DELETE FROM entitlements WHERE resource = $1", {key}));
  return {};
}

Result<void> put_grants(SqlConnection& connection, const std::string& key, const Json& entry, bool, int64_t now_s) {
  // Those that stay keep their rows, with whatever else hangs on them.
  for (const Grant& had : TRY(grants_of(connection, key))) {
    const auto names = sorted_names(entry, had.group ? "groups" : "users");
    if (!std::ranges::binary_search(names, had.subject)) TRY(revoke(connection, key, had));
  }
  for (const bool group : {true, false}) {
    const char* field = group ? "groups" : "users";
    for (const std::string& name : sorted_names(entry, field)) {
      const auto granted = grant(connection, key, {.group = group, .subject = name}, now_s);
      if (!granted.ok()) return at_field(field, granted.error());
    }
  }
  return {};
}

constexpr SiteSection kSections[] = {
    {"groups", "group", "{members?: [text]}", complete_group, read_groups, put_group, remove_group},
    {"pools", "pool",
     "{name?: text, description?: text, opengl?: truth, terms?: {preset?: text, target_ms?: integer, "
     "ceiling_kbit?: integer, quality_floor?: integer}}",
     complete_pool, read_pools, put_pool, remove_resource},
    {"apps", "app",
     "{pool?: text, name?: text, description?: text, command: [text], desktop_entry?: text, package?: text, "
     "opengl?: truth, terms?: {preset?: text, target_ms?: integer, ceiling_kbit?: integer, quality_floor?: integer}}",
     complete_app, read_apps, put_app, remove_resource},
    {"grants", "grant", "{groups?: [text], users?: [text]}", complete_grants, read_grants, put_grants, remove_grants},
};

}  // namespace

std::span<const SiteSection> site_sections() {
  return kSections;
}

}  // namespace vitrine::broker
