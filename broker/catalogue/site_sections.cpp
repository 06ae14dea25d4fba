// The sections of a site, and of them those for groups and grants.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "broker/catalogue/catalogue.h"
#include "broker/catalogue/site_parts.h"
#include "broker/store/change_mark.h"

namespace vitrine::broker {

namespace {

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

// Only memberships that were given here: what a provider says of its users is the provider's.
Result<Json> read_groups(const SiteStore& store) {
  Json groups = Json::object();
  for (const Group& group : TRY(list_groups(store.connection))) {
    if (!group.built_in) groups[group.name] = {{"members", Json::array()}};
  }
  const SqlResult members =
      TRY(store.connection.run("SELECT group_name, users.name FROM group_members JOIN users ON users.id = user_id "
                               "WHERE by_hand = 1",
                               {}));
  std::map<std::string, std::vector<std::string>> names;
  for (const SqlRow& row : members.rows) names[row.text(0)].push_back(row.text(1));
  for (auto& [group, list] : names) {
    std::ranges::sort(list);
    if (groups.contains(group)) groups[group]["members"] = list;
  }
  return groups;
}

Result<void> put_group(const SiteStore& store, const std::string& key, const Json& entry, const Json& before) {
  SqlConnection& connection = store.connection;
  if (before.is_null()) TRY(add_group(connection, key, false, store.now_s));
  TRY(connection.run("DELETE FROM group_members WHERE group_name = $1 AND by_provider = 0", {key}));
  TRY(connection.run("UPDATE group_members SET by_hand = 0 WHERE group_name = $1", {key}));
  for (const std::string& name : sorted_names(entry, "members")) {
    const auto user = TRY(find_user(connection, name));
    if (!user) {
      return Error{ErrorCode::kNotFound, fmt::format("members: There is no user \"{}\". See: vitrine user list", name)};
    }
    TRY(add_member(connection, key, *user));
  }
  return note_change(connection);
}

Result<void> drop_group(const SiteStore& store, const std::string& key) {
  return remove_group(store.connection, key);
}

// --- grants -----------------------------------------------------------------------------------------------------

Result<Json> complete_grants(const std::string&, const Json& given) {
  return Json{{"groups", sorted_names(given, "groups")}, {"users", sorted_names(given, "users")}};
}

Result<Json> read_grants(const SiteStore& store) {
  Json all = Json::object();
  for (const auto& [resource, grants] : TRY(all_grants(store.connection))) {
    std::vector<std::string> groups;
    std::vector<std::string> users;
    for (const Grant& grant : grants) (grant.group ? groups : users).push_back(grant.subject);
    std::ranges::sort(groups);
    std::ranges::sort(users);
    all[resource] = {{"groups", groups}, {"users", users}};
  }
  return all;
}

Result<void> remove_grants(const SiteStore& store, const std::string& key) {
  TRY(store.connection.run("DELETE FROM entitlements WHERE resource = $1", {key}));
  return note_change(store.connection);
}

Result<void> put_grants(const SiteStore& store, const std::string& key, const Json& entry, const Json&) {
  SqlConnection& connection = store.connection;
  // Those that stay keep their rows, with whatever else hangs on them.
  for (const Grant& had : TRY(grants_of(connection, key))) {
    const auto names = sorted_names(entry, had.group ? "groups" : "users");
    if (!std::ranges::binary_search(names, had.subject)) TRY(revoke(connection, key, had));
  }
  for (const bool group : {true, false}) {
    const char* field = group ? "groups" : "users";
    for (const std::string& name : sorted_names(entry, field)) {
      const auto granted = grant(connection, key, {.group = group, .subject = name}, store.now_s);
      if (!granted.ok()) return at_field(field, granted.error());
    }
  }
  return {};
}

constexpr SiteSection kGroups{"groups", "{members?: [text]}", complete_group, read_groups, put_group, drop_group};
constexpr SiteSection kGrantSection{
    "grants", "{groups?: [text], users?: [text]}", complete_grants, read_grants, put_grants, remove_grants};

}  // namespace

std::span<const SiteSection> site_sections() {
  static const SiteSection kSections[] = {kGroups,        providers_section(), pools_section(),
                                          apps_section(), kGrantSection,       policies_section()};
  return kSections;
}

}  // namespace vitrine::broker
