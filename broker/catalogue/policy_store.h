// Policies in the store, and what they come to for one user and one resource.
//
// A grant's policy is part of its row, so it goes with it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "broker/catalogue/catalogue.h"
#include "broker/catalogue/policy_rules.h"

namespace vitrine::broker {

// What a policy belongs to.
struct PolicyPlace {
  enum class Kind : uint8_t { kSite, kPool, kGrant };
  Kind kind = Kind::kSite;
  std::string resource;  // of a pool's default: the pool; of a grant: the pool or app
  Grant to;              // of a grant
};
std::string place_to_people(const PolicyPlace& place);

struct StoredPolicy {
  PolicyPlace place;
  Json policy;
};
// All that say something, and with `silent` also those that do not.
Result<std::vector<StoredPolicy>> list_policies(SqlConnection& connection, bool silent);
// Errors: not_found, naming what is missing.
Result<Json> policy_at(SqlConnection& connection, const PolicyPlace& place);
// Gives the policy as it is now. Errors: those of policy_at() and change_policy(). Run it in a transaction.
Result<Json> set_policy(SqlConnection& connection, const PolicyPlace& place, const Json& change);

// What a user may do with a resource.
struct Standing {
  bool granted = false;
  std::vector<PolicyLayer> layers;  // of all grants that count, and the defaults
  std::vector<ResolvedSetting> settings;
  Rules rules;
};
// Errors: malformed when a stored policy cannot be read; then nobody is to be let in.
Result<Standing> standing_of(SqlConnection& connection, const User& user, const Resource& resource);
// The same of many, in the order given, with one question for all grants.
Result<std::vector<Standing>> standings_of(SqlConnection& connection, const User& user,
                                           std::span<const Resource> resources);

}  // namespace vitrine::broker
