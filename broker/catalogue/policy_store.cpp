#include "broker/catalogue/policy_store.h"

#include <fmt/format.h>

#include <map>

#include "broker/store/change_mark.h"
#include "broker/store/settings.h"

namespace vitrine::broker {

namespace {

constexpr const char* kSiteKey = "policy";  // a setting

constexpr std::string_view kSelectGrants =
    "SELECT subject_kind, entitlements.subject, COALESCE(users.name, ''), entitlements.resource, policy "
    "FROM entitlements LEFT JOIN users ON subject_kind = 'user' AND users.id = entitlements.subject ";

constexpr std::string_view kOfUserAnywhere =
    "WHERE (subject_kind = 'user' AND entitlements.subject = $1) OR (subject_kind = 'group' AND "
    "(entitlements.subject = 'everyone' OR entitlements.subject IN "
    "(SELECT group_name FROM group_members WHERE user_id = $1))) "
    "ORDER BY subject_kind DESC, entitlements.subject, entitlements.resource";

// Those of the user $1 on the resources $2 and $3.
constexpr std::string_view kOfUser =
    "WHERE entitlements.resource IN ($2, $3) AND ((subject_kind = 'user' AND entitlements.subject = $1) OR "
    "(subject_kind = 'group' AND (entitlements.subject = 'everyone' OR entitlements.subject IN "
    "(SELECT group_name FROM group_members WHERE user_id = $1)))) "
    "ORDER BY subject_kind DESC, entitlements.subject, entitlements.resource";

PolicyPlace grant_place_from(const SqlRow& row) {
  const bool group = row.text(0) == "group";
  return {.kind = PolicyPlace::Kind::kGrant,
          .resource = row.text(3),
          .to = {.group = group, .subject = group ? row.text(1) : row.text(2)}};
}

PolicyLevel level_of(const PolicyPlace& place, const Resource& resource) {
  const bool direct = place.resource == resource.id;
  const bool app = direct && resource.app;
  if (!place.to.group) return app ? PolicyLevel::kUserApp : PolicyLevel::kUserPool;
  if (place.to.subject == kEveryone) return app ? PolicyLevel::kEveryoneApp : PolicyLevel::kEveryonePool;
  return app ? PolicyLevel::kGroupApp : PolicyLevel::kGroupPool;
}

Result<Json> site_policy(SqlConnection& connection) {
  const auto text = TRY(read_setting(connection, kSiteKey));
  return policy_from_text(text.value_or(""));
}

// The row a grant's policy is kept in. Errors: not_found.
Result<SqlValues> grant_key(SqlConnection& connection, const PolicyPlace& place) {
  std::string subject = place.to.subject;
  if (!place.to.group) {
    const auto user = TRY(find_user(connection, subject));
    if (!user) {
      return Error{ErrorCode::kNotFound, fmt::format("There is no user \"{}\". See: vitrine user list", subject)};
    }
    subject = user->id;
  }
  return SqlValues{std::string(place.to.group ? "group" : "user"), subject, place.resource};
}

Error no_place(const PolicyPlace& place) {
  if (place.kind != PolicyPlace::Kind::kGrant) {
    return {ErrorCode::kNotFound, fmt::format("There is no pool \"{}\". See: vitrine pool list", place.resource)};
  }
  return {ErrorCode::kNotFound,
          fmt::format("{} is not granted to {} {}. Grant it first; a policy is part of a grant.", place.resource,
                      place.to.group ? "the group" : "the user", place.to.subject)};
}

Result<void> write_policy(SqlConnection& connection, const PolicyPlace& place, const std::string& text) {
  switch (place.kind) {
    case PolicyPlace::Kind::kSite: return write_setting(connection, kSiteKey, text);
    case PolicyPlace::Kind::kPool:
      TRY(connection.run("UPDATE pools SET policy = $2 WHERE id = $1", {place.resource, text}));
      return {};
    case PolicyPlace::Kind::kGrant: {
      SqlValues values = TRY(grant_key(connection, place));
      values.emplace_back(text);
      TRY(connection.run(
          "UPDATE entitlements SET policy = $4 WHERE subject_kind = $1 AND subject = $2 AND resource = $3", values));
      return {};
    }
  }
  return {};
}

Result<std::vector<PolicyLayer>> default_layers(SqlConnection& connection, const Resource& resource) {
  std::vector<PolicyLayer> layers;
  const PolicyPlace pool{.kind = PolicyPlace::Kind::kPool, .resource = resource.pool, .to = {}};
  layers.push_back({PolicyLevel::kPoolDefault, place_to_people(pool), TRY(policy_at(connection, pool))});
  layers.push_back({PolicyLevel::kSiteDefault, place_to_people({}), TRY(site_policy(connection))});
  const int64_t limit_s = TRY(read_number_setting(connection, kDisconnectLimit));
  layers.push_back({PolicyLevel::kBuiltIn, "what Vitrine starts with", built_in_policy(limit_s)});
  return layers;
}

Result<void> add_grant(Standing& standing, const SqlRow& row, const Resource& resource) {
  const PolicyPlace place = grant_place_from(row);
  standing.granted = standing.granted || place.resource == resource.id;
  standing.layers.push_back({level_of(place, resource), place_to_people(place), TRY(policy_from_text(row.text(4)))});
  return {};
}

Result<Standing> settled(Standing standing, const std::vector<PolicyLayer>& defaults) {
  standing.layers.insert(standing.layers.end(), defaults.begin(), defaults.end());
  standing.settings = resolve(standing.layers);
  standing.rules = TRY(rules_from(standing.settings));
  return standing;
}

}  // namespace

std::string place_to_people(const PolicyPlace& place) {
  switch (place.kind) {
    case PolicyPlace::Kind::kSite: return "the default of the site";
    case PolicyPlace::Kind::kPool: return fmt::format("the default of the pool {}", place.resource);
    case PolicyPlace::Kind::kGrant:
      return fmt::format("the grant of {} to {}{}", place.resource, place.to.group ? "the group " : "",
                         place.to.subject);
  }
  return "";
}

Result<std::vector<StoredPolicy>> list_policies(SqlConnection& connection, bool silent) {
  std::vector<StoredPolicy> all;
  const auto add = [&](PolicyPlace place, Json policy) {
    if (silent || !policy.empty()) all.push_back({std::move(place), std::move(policy)});
  };
  add({}, TRY(site_policy(connection)));
  const SqlResult pools = TRY(connection.run("SELECT id, policy FROM pools ORDER BY id", {}));
  for (const SqlRow& row : pools.rows) {
    add({.kind = PolicyPlace::Kind::kPool, .resource = row.text(0), .to = {}}, TRY(policy_from_text(row.text(1))));
  }
  const SqlResult grants = TRY(connection.run(
      std::string(kSelectGrants).append("ORDER BY entitlements.resource, subject_kind DESC, entitlements.subject"),
      {}));
  for (const SqlRow& row : grants.rows) add(grant_place_from(row), TRY(policy_from_text(row.text(4))));
  return all;
}

Result<Json> policy_at(SqlConnection& connection, const PolicyPlace& place) {
  if (place.kind == PolicyPlace::Kind::kSite) return site_policy(connection);
  const bool pool = place.kind == PolicyPlace::Kind::kPool;
  const SqlValues key = pool ? SqlValues{place.resource} : TRY(grant_key(connection, place));
  const SqlResult found = TRY(connection.run(
      pool ? "SELECT policy FROM pools WHERE id = $1"
           : "SELECT policy FROM entitlements WHERE subject_kind = $1 AND subject = $2 AND resource = $3",
      key));
  if (found.rows.empty()) return no_place(place);
  return policy_from_text(found.rows.front().text(0));
}

Result<Json> set_policy(SqlConnection& connection, const PolicyPlace& place, const Json& change) {
  const Json before = TRY(policy_at(connection, place));
  const Json policy = TRY(change_policy(before, change));
  TRY(write_policy(connection, place, policy.empty() ? "" : to_line(policy)));
  TRY(note_change(connection));
  return policy;
}

Result<Standing> standing_of(SqlConnection& connection, const User& user, const Resource& resource) {
  const SqlResult grants =
      TRY(connection.run(std::string(kSelectGrants).append(kOfUser), {user.id, resource.id, resource.pool}));
  Standing standing;
  for (const SqlRow& row : grants.rows) TRY(add_grant(standing, row, resource));
  return settled(std::move(standing), TRY(default_layers(connection, resource)));
}

Result<std::vector<Standing>> standings_of(SqlConnection& connection, const User& user,
                                           std::span<const Resource> resources) {
  const SqlResult grants = TRY(connection.run(std::string(kSelectGrants).append(kOfUserAnywhere), {user.id}));
  std::multimap<std::string, const SqlRow*> by_resource;
  for (const SqlRow& row : grants.rows) by_resource.emplace(row.text(3), &row);
  std::map<std::string, std::vector<PolicyLayer>> defaults;  // by pool
  std::vector<Standing> standings;
  for (const Resource& resource : resources) {
    Standing standing;
    for (const std::string& at : {resource.id, resource.pool}) {
      const auto [begin, end] = by_resource.equal_range(at);
      for (auto grant = begin; grant != end; ++grant) TRY(add_grant(standing, *grant->second, resource));
      if (resource.id == resource.pool) break;
    }
    const auto known = defaults.find(resource.pool);
    const std::vector<PolicyLayer>& layers =
        known != defaults.end()
            ? known->second
            : defaults.emplace(resource.pool, TRY(default_layers(connection, resource))).first->second;
    standings.push_back(TRY(settled(std::move(standing), layers)));
  }
  return standings;
}

}  // namespace vitrine::broker
