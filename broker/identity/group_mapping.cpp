#include "broker/identity/group_mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "broker/identity/users.h"

namespace vitrine::broker {

namespace {

constexpr size_t kMaxRules = 500;

std::string as_name(std::string_view theirs) {
  std::string name = normal_name(theirs);
  std::ranges::replace_if(
      name,
      [](char c) {
        const bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        return !word && std::string_view("._-+@").find(c) == std::string_view::npos;
      },
      '-');
  return name;
}

}  // namespace

Result<GroupMapping> group_mapping_from(const Json& json) {
  GroupMapping mapping{.renamed = {},
                       .prefix = text_field(json, "group_prefix"),
                       .only_renamed = truth_field(json, "only_mapped_groups"),
                       .admins = text_field(json, "admin_group")};
  const Json rules = object_field(json, "group_map");
  if (rules.size() > kMaxRules) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("At most {} groups can be mapped.", kMaxRules)};
  }
  for (const auto& [theirs, ours] : rules.items()) {
    const std::string name = ours.is_string() ? ours.get<std::string>() : "";
    TRY(check_name("group", name));
    mapping.renamed[normal_name(theirs)] = name;
  }
  if (!mapping.prefix.empty()) TRY(check_name("group", mapping.prefix));
  if (!mapping.admins.empty()) TRY(check_name("group", mapping.admins));
  return mapping;
}

void group_mapping_to(const GroupMapping& mapping, Json& json) {
  json["group_map"] = mapping.renamed;
  json["group_prefix"] = mapping.prefix;
  json["only_mapped_groups"] = mapping.only_renamed;
  json["admin_group"] = mapping.admins;
}

std::vector<std::string> mapped_groups(const GroupMapping& mapping, const std::vector<std::string>& theirs) {
  std::set<std::string> ours;
  for (const std::string& group : theirs) {
    const auto rule = mapping.renamed.find(normal_name(group));
    if (rule == mapping.renamed.end() && mapping.only_renamed) continue;
    std::string name = rule != mapping.renamed.end() ? rule->second : mapping.prefix + as_name(group);
    if (name == kEveryone || !check_name("group", name).ok()) continue;
    ours.insert(std::move(name));
    if (ours.size() == kMaxProviderGroups) break;
  }
  return {ours.begin(), ours.end()};
}

}  // namespace vitrine::broker
