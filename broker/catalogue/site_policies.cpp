// Policies as a section of a site: of the site itself, of pools by their ids, of grants by resource and subject.
//
//   policies:
//     site: {idle_limit: 2h}
//     pools:
//       lab: {clipboard_out: none}
//     grants:
//       notes: {groups: {writers: {view_only: yes}}, users: {ada: {step_up: 10m}}}
#include "broker/catalogue/policy_store.h"
#include "broker/catalogue/site_parts.h"

namespace vitrine::broker {

namespace {

constexpr std::string_view kEntries[] = {"site", "pools", "grants"};

// Setting by setting, so that what is wrong has its place.
Result<Json> complete_policy(const std::string& place, const Json& given) {
  if (!given.is_object() && !given.is_null()) {
    return Error{ErrorCode::kInvalidArgument, place + ": It is not a list of settings with values."};
  }
  Json policy = Json::object();
  for (const auto& [name, value] : given.items()) {
    auto changed = change_policy(policy, {{name, value}});
    if (!changed.ok()) return at_field(place.empty() ? name : place + "." + name, changed.error());
    policy = changed.take();
  }
  return policy;
}

// Each entry of an object, without those that say nothing.
template <typename Complete>
Result<Json> complete_each(const std::string& place, const Json& given, const Complete& complete) {
  Json all = Json::object();
  if (given.is_null()) return all;
  if (!given.is_object()) {
    return Error{ErrorCode::kInvalidArgument,
                 (place.empty() ? "" : place + ": ") + "It is not a list of names with entries."};
  }
  for (const auto& [key, entry] : given.items()) {
    Json one = TRY(complete(place.empty() ? key : place + "." + key, entry));
    if (!one.empty()) all[key] = std::move(one);
  }
  return all;
}

Result<Json> complete_subjects(const std::string& place, const Json& given) {
  if (!given.is_object()) {
    return Error{ErrorCode::kInvalidArgument, place + ": It has groups and users, with a policy for each by name."};
  }
  Json all = Json::object();
  for (const auto& [kind, subjects] : given.items()) {
    if (kind != "groups" && kind != "users") {
      return Error{ErrorCode::kInvalidArgument,
                   place + "." + kind + ": It is not known here; there are groups, users."};
    }
    Json policies = TRY(complete_each(place + "." + kind, subjects, complete_policy));
    if (!policies.empty()) all[kind] = std::move(policies);
  }
  return all;
}

Result<Json> complete_policies(const std::string& key, const Json& given) {
  if (key == "site") return complete_policy("", given);
  if (key == "pools") return complete_each("", given, complete_policy);
  return complete_each("", given, complete_subjects);
}

Result<Json> read_policies(const SiteStore& store) {
  Json all = {{"site", Json::object()}, {"pools", Json::object()}, {"grants", Json::object()}};
  for (const StoredPolicy& stored : TRY(list_policies(store.connection, false))) {
    const PolicyPlace& place = stored.place;
    switch (place.kind) {
      case PolicyPlace::Kind::kSite: all["site"] = stored.policy; break;
      case PolicyPlace::Kind::kPool: all["pools"][place.resource] = stored.policy; break;
      case PolicyPlace::Kind::kGrant:
        all["grants"][place.resource][place.to.group ? "groups" : "users"][place.to.subject] = stored.policy;
        break;
    }
  }
  return all;
}

// Makes the policy of one place what `after` says; `field` is its place in the file.
Result<void> change_one(const SiteStore& store, const std::string& field, const PolicyPlace& place, const Json& before,
                        const Json& after) {
  Json change = after;
  for (const auto& [name, value] : before.items()) {
    if (!after.contains(name)) change[name] = nullptr;
  }
  if (change == before || change.empty()) return {};
  const auto set = set_policy(store.connection, place, change);
  if (set.ok()) return {};
  // What was taken away with its pool or grant needs no clearing.
  if (after.empty() && set.error().code == ErrorCode::kNotFound) return {};
  return field.empty() ? set.error() : at_field(field, set.error());
}

// Calls `change(name, before, after)` for all names that either has.
template <typename Change>
Result<void> for_each_name(const Json& before, const Json& after, const Change& change) {
  for (const auto& [name, policy] : before.items()) TRY(change(name, policy, object_field(after, name.c_str())));
  for (const auto& [name, policy] : after.items()) {
    if (!before.contains(name)) TRY(change(name, Json::object(), policy));
  }
  return {};
}

Result<void> put_grant_policies(const SiteStore& store, const std::string& resource, const Json& before,
                                const Json& after) {
  for (const bool group : {true, false}) {
    const char* kind = group ? "groups" : "users";
    const auto change = [&](const std::string& subject, const Json& was, const Json& is) {
      const PolicyPlace place{
          .kind = PolicyPlace::Kind::kGrant, .resource = resource, .to = {.group = group, .subject = subject}};
      return change_one(store, resource + "." + kind + "." + subject, place, was, is);
    };
    TRY(for_each_name(object_field(before, kind), object_field(after, kind), change));
  }
  return {};
}

Result<void> put_policies(const SiteStore& store, const std::string& key, const Json& entry, const Json& before) {
  if (key == "site") return change_one(store, "", {}, before, entry);
  return for_each_name(before, entry, [&](const std::string& resource, const Json& was, const Json& is) {
    if (key == "grants") return put_grant_policies(store, resource, was, is);
    const PolicyPlace place{.kind = PolicyPlace::Kind::kPool, .resource = resource, .to = {}};
    return change_one(store, resource, place, was, is);
  });
}

// Entries are always there.
Result<void> keep(const SiteStore&, const std::string&) {
  return {};
}

}  // namespace

SiteSection policies_section() {
  SiteSection section{"policies", "{*: any}", complete_policies, read_policies, put_policies, keep};
  section.fixed = kEntries;
  return section;
}

}  // namespace vitrine::broker
