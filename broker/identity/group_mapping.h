// How a provider's groups become groups here.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "broker/json_fields.h"
#include "protocol/base/result.h"

namespace vitrine::broker {

inline constexpr size_t kMaxProviderGroups = 500;  // of one user, after mapping

struct GroupMapping {
  std::map<std::string, std::string> renamed;  // the provider's name, in lower case, to ours
  std::string prefix;                          // before every name that is not renamed
  bool only_renamed = false;                   // others are passed over
  std::string admins;  // members of this group (our name) administer; empty: the provider decides not
};

// From the fields "group_map", "group_prefix", "only_mapped_groups" and "admin_group". Errors: invalid_argument.
Result<GroupMapping> group_mapping_from(const Json& json);
void group_mapping_to(const GroupMapping& mapping, Json& json);

// Our names for them, sorted, each once. Letters become small and what a name cannot hold becomes '-'; what is then
// still no name, and "everyone", are left out. At most kMaxProviderGroups.
std::vector<std::string> mapped_groups(const GroupMapping& mapping, const std::vector<std::string>& theirs);

}  // namespace vitrine::broker
