#include "broker/catalogue/catalogue.h"

#include <fmt/format.h>

#include "broker/json_fields.h"
#include "broker/provision/child_process.h"
#include "broker/provision/display_files.h"
#include "broker/store/change_mark.h"
#include "protocol/base/utf8.h"

namespace vitrine::broker {

namespace {

constexpr std::string_view kAll =
    "SELECT * FROM ("
    "SELECT id, 0 AS app, id AS pool, name, description, '[]' AS command, '' AS desktop_entry, '' AS package, opengl, "
    "provisioner FROM pools "
    "UNION ALL "
    "SELECT apps.id, 1, apps.pool_id, apps.name, apps.description, apps.command, apps.desktop_entry, apps.package, "
    "apps.opengl, pools.provisioner FROM apps JOIN pools ON pools.id = apps.pool_id"
    ") AS resources ";

constexpr std::string_view kEntitled =
    "id IN (SELECT resource FROM entitlements WHERE (subject_kind = 'user' AND subject = $1) OR (subject_kind = "
    "'group' "
    "AND (subject = 'everyone' OR subject IN (SELECT group_name FROM group_members WHERE user_id = $1)))) ";

constexpr std::string_view kOrder = "ORDER BY app, name, id";

constexpr std::string_view kGrants =
    "SELECT subject_kind, entitlements.subject, users.name, resource FROM entitlements LEFT JOIN users ON "
    "subject_kind = 'user' AND users.id = entitlements.subject ";
constexpr std::string_view kGrantOrder = " ORDER BY subject_kind, entitlements.subject";

Grant grant_from(const SqlRow& row) {
  const bool group = row.text(0) == "group";
  return {group, group ? row.text(1) : row.text(2)};
}

Resource resource_from(const SqlRow& row) {
  Resource resource{.id = row.text(0),
                    .app = row.truth(1),
                    .pool = row.text(2),
                    .name = row.text(3),
                    .description = row.text(4),
                    .command = {},
                    .desktop_entry = row.text(6),
                    .package = row.text(7),
                    .opengl = row.truth(8),
                    .provisioner = row.text(9)};
  const Json command = Json::parse(row.text(5), nullptr, false);
  if (auto list = text_list_field({{"command", command}}, "command")) resource.command = std::move(*list);
  return resource;
}

Result<std::vector<Resource>> select(SqlConnection& connection, const std::string& sql, const SqlValues& values) {
  const SqlResult result = TRY(connection.run(sql, values));
  std::vector<Resource> resources;
  for (const SqlRow& row : result.rows) resources.push_back(resource_from(row));
  return resources;
}

Result<std::optional<Resource>> first(Result<std::vector<Resource>> found) {
  const std::vector<Resource> resources = TRY(std::move(found));
  if (resources.empty()) return std::optional<Resource>();
  return std::optional(resources.front());
}

Error no_such_resource(const std::string& id) {
  return {ErrorCode::kNotFound,
          fmt::format("There is no pool or app \"{}\". See: vitrine pool list, vitrine app list", id)};
}

// The user's id or the group's name, as entitlements keep it.
Result<std::string> subject_key(SqlConnection& connection, const Grant& grant) {
  if (grant.group) {
    if (!TRY(group_exists(connection, grant.subject))) {
      return Error{ErrorCode::kNotFound, fmt::format("There is no group \"{}\". Make it with: vitrine group add {}",
                                                     grant.subject, grant.subject)};
    }
    return grant.subject;
  }
  const auto user = TRY(find_user(connection, grant.subject));
  if (!user) {
    return Error{ErrorCode::kNotFound, fmt::format("There is no user \"{}\". See: vitrine user list", grant.subject)};
  }
  return user->id;
}

Result<void> check_shown(const Resource& resource) {
  if (resource.app && (resource.command.empty() || resource.command.front().empty())) {
    return Error{ErrorCode::kInvalidArgument, "An app needs the command that starts it."};
  }
  if (!has_characters(resource.name, 1, kLongestName)) {
    return Error{ErrorCode::kInvalidArgument, "The name shown to users needs 1 to 100 characters."};
  }
  if (!has_characters(resource.description, 0, kLongestDescription)) {
    return Error{ErrorCode::kInvalidArgument, "The description can have 500 characters at most."};
  }
  return {};
}

Result<void> check_pool(SqlConnection& connection, const std::string& id) {
  const auto pool = TRY(find_resource(connection, id));
  if (pool && !pool->app) return {};
  return Error{ErrorCode::kNotFound, fmt::format("There is no pool \"{}\". See: vitrine pool list", id)};
}

}  // namespace

Result<std::vector<Resource>> list_resources(SqlConnection& connection, const Page& page) {
  const PagedQuery query = TRY(paged(
      kAll, "", {}, {{"app", SqlKey::kInteger}, {"name", SqlKey::kText}, {"id", SqlKey::kText}}, SqlOrder::kUp, page));
  return select(connection, query.sql, query.values);
}

SqlValues resource_key(const Resource& resource) {
  return {int64_t{resource.app}, resource.name, resource.id};
}

Result<std::optional<Resource>> find_resource(SqlConnection& connection, const std::string& id) {
  return first(select(connection, std::string(kAll).append("WHERE id = $1"), {id}));
}

Result<std::vector<Resource>> resources_of(SqlConnection& connection, const User& user) {
  return select(connection, std::string(kAll).append("WHERE ").append(kEntitled).append(kOrder), {user.id});
}

Result<std::optional<Resource>> find_resource_of(SqlConnection& connection, const User& user, const std::string& id) {
  return first(
      select(connection, std::string(kAll).append("WHERE ").append(kEntitled).append("AND id = $2"), {user.id, id}));
}

Result<void> add_resource(SqlConnection& connection, const Resource& resource, int64_t now_s) {
  TRY(check_name(resource.app ? "app" : "pool", resource.id));
  TRY(check_shown(resource));
  const auto taken = TRY(find_resource(connection, resource.id));
  if (taken) {
    return Error{ErrorCode::kConflict,
                 fmt::format("There is {} \"{}\" already.", taken->app ? "an app" : "a pool", resource.id)};
  }
  if (!resource.app) {
    TRY(connection.run(
        "INSERT INTO pools(id, name, description, provisioner, opengl, created_s) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        {resource.id, resource.name, resource.description, resource.provisioner, int64_t{resource.opengl}, now_s}));
    return {};
  }
  TRY(check_pool(connection, resource.pool));
  TRY(
      connection.run("INSERT INTO apps(id, pool_id, name, description, command, desktop_entry, package, opengl, "
                     "created_s) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                     {resource.id, resource.pool, resource.name, resource.description, to_line(Json(resource.command)),
                      resource.desktop_entry, resource.package, int64_t{resource.opengl}, now_s}));
  return {};
}

Result<void> change_resource(SqlConnection& connection, const Resource& resource) {
  TRY(check_shown(resource));
  if (!resource.app) {
    const SqlResult result =
        TRY(connection.run("UPDATE pools SET name = $2, description = $3, opengl = $4 WHERE id = $1",
                           {resource.id, resource.name, resource.description, int64_t{resource.opengl}}));
    return result.changed > 0 ? Result<void>() : no_such_resource(resource.id);
  }
  TRY(check_pool(connection, resource.pool));
  const SqlResult result = TRY(
      connection.run("UPDATE apps SET name = $2, description = $3, pool_id = $4, command = $5, desktop_entry = $6, "
                     "package = $7, opengl = $8 WHERE id = $1",
                     {resource.id, resource.name, resource.description, resource.pool, to_line(Json(resource.command)),
                      resource.desktop_entry, resource.package, int64_t{resource.opengl}}));
  return result.changed > 0 ? Result<void>() : no_such_resource(resource.id);
}

Result<void> remove_resource(SqlConnection& connection, const std::string& id) {
  const auto resource = TRY(find_resource(connection, id));
  if (!resource) return no_such_resource(id);
  if (!resource->app && !TRY(connection.run("SELECT 1 FROM apps WHERE pool_id = $1 LIMIT 1", {id})).rows.empty()) {
    return Error{ErrorCode::kConflict, fmt::format("Apps are published on the pool \"{}\"; remove those first.", id)};
  }
  TRY(connection.run("DELETE FROM entitlements WHERE resource = $1", {id}));
  TRY(connection.run(resource->app ? "DELETE FROM apps WHERE id = $1" : "DELETE FROM pools WHERE id = $1", {id}));
  return note_change(connection);
}

Result<void> grant(SqlConnection& connection, const std::string& resource, const Grant& to, int64_t now_s) {
  if (!TRY(find_resource(connection, resource))) return no_such_resource(resource);
  const std::string subject = TRY(subject_key(connection, to));
  TRY(
      connection.run("INSERT INTO entitlements(subject_kind, subject, resource, created_s) VALUES ($1, $2, $3, $4) "
                     "ON CONFLICT DO NOTHING",
                     {std::string(to.group ? "group" : "user"), subject, resource, now_s}));
  return note_change(connection);
}

Result<void> revoke(SqlConnection& connection, const std::string& resource, const Grant& from) {
  if (!TRY(find_resource(connection, resource))) return no_such_resource(resource);
  const std::string subject = TRY(subject_key(connection, from));
  TRY(connection.run("DELETE FROM entitlements WHERE subject_kind = $1 AND subject = $2 AND resource = $3",
                     {std::string(from.group ? "group" : "user"), subject, resource}));
  return note_change(connection);
}

Result<std::vector<Grant>> grants_of(SqlConnection& connection, const std::string& resource) {
  const SqlResult result =
      TRY(connection.run(std::string(kGrants).append("WHERE resource = $1").append(kGrantOrder), {resource}));
  std::vector<Grant> grants;
  for (const SqlRow& row : result.rows) grants.push_back(grant_from(row));
  return grants;
}

Result<std::map<std::string, std::vector<Grant>>> all_grants(SqlConnection& connection) {
  const SqlResult result = TRY(connection.run(std::string(kGrants).append(kGrantOrder), {}));
  std::map<std::string, std::vector<Grant>> grants;
  for (const SqlRow& row : result.rows) grants[row.text(3)].push_back(grant_from(row));
  return grants;
}

Result<void> check_installed(const Resource& resource) {
  TRY(check_display_programs(resource.app));
  if (!resource.app || !find_program(resource.command.front()).empty()) return {};
  if (resource.package.empty()) {
    return Error{ErrorCode::kUnavailable, fmt::format("{} cannot be started: the program {} is missing on the server.",
                                                      resource.name, resource.command.front())};
  }
  return Error{ErrorCode::kUnavailable, fmt::format("{} is not installed on the server. Install it with: "
                                                    "apt install {}",
                                                    resource.name, resource.package)};
}

}  // namespace vitrine::broker
