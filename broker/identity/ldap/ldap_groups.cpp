#include "broker/identity/ldap/ldap_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vitrine::broker {

namespace {

// [MS-ADTS] section 3.1.1.3.4.4.3: LDAP_MATCHING_RULE_TRANSITIVE_EVAL, better known as IN_CHAIN.
constexpr std::string_view kChainRule = "1.2.840.113556.1.4.1941";
constexpr size_t kMembersAtOnce = 20;  // in one filter

// DNs are compared by the server's own rules; this is for not asking twice, and asking twice does no harm.
std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

class Walk {
 public:
  Walk(LdapConnection& connection, const LdapSettings& settings) : connection_(connection), settings_(settings) {}

  // Takes in groups; the DNs of those not seen before.
  std::vector<std::string> add(const std::vector<LdapEntry>& groups) {
    std::vector<std::string> fresh;
    for (const LdapEntry& group : groups) {
      if (seen_.size() >= kMaxLdapGroups || !seen_.insert(lower_case(group.dn)).second) continue;
      fresh.push_back(group.dn);
      if (std::string name = group.first(settings_.group_name_attribute); !name.empty()) names_.insert(std::move(name));
    }
    return fresh;
  }

  Result<std::vector<LdapEntry>> find(const std::string& filter) {
    return connection_.search({.base = settings_.group_base.empty() ? settings_.base : settings_.group_base,
                               .scope = LdapScope::kSubtree,
                               .filter = filter,
                               .attributes = {settings_.group_name_attribute},
                               .most = kMaxLdapGroups});
  }

  Result<void> by_search(const LdapEntry& user, int depth) {
    const std::string login = user.first(settings_.login_attributes.front());
    const auto direct = TRY(find(member_filter(LdapNesting::kSearch, user.dn, login)));
    std::vector<std::string> level = add(direct);
    for (int i = 1; i < depth && !level.empty(); ++i) {
      std::vector<std::string> next;
      for (size_t at = 0; at < level.size(); at += kMembersAtOnce) {
        std::string filter = "(|";
        for (size_t j = at; j < std::min(level.size(), at + kMembersAtOnce); ++j) {
          filter += member_filter(LdapNesting::kSearch, level[j], "");
        }
        const auto found = TRY(find(filter + ")"));
        std::ranges::move(add(found), std::back_inserter(next));
      }
      level = std::move(next);
    }
    return {};
  }

  Result<void> by_member_of(const LdapEntry& user) {
    std::vector<std::string> level = user.all("memberof");
    for (int i = 0; i < kMaxGroupDepth && !level.empty(); ++i) {
      std::vector<std::string> next;
      for (const std::string& dn : level) {
        if (seen_.contains(lower_case(dn))) continue;
        const auto groups = TRY(connection_.search({.base = dn,
                                                    .scope = LdapScope::kEntry,
                                                    .filter = "(objectClass=*)",
                                                    .attributes = {settings_.group_name_attribute, "memberOf"},
                                                    .most = 1}));
        if (add(groups).empty()) continue;
        std::ranges::move(groups.front().all("memberof"), std::back_inserter(next));
      }
      level = std::move(next);
    }
    return {};
  }

  Result<void> by_chain(const LdapEntry& user) {
    add(TRY(find(member_filter(LdapNesting::kChain, user.dn, ""))));
    return {};
  }

  [[nodiscard]] std::vector<std::string> names() const { return {names_.begin(), names_.end()}; }

 private:
  LdapConnection& connection_;
  const LdapSettings& settings_;
  std::set<std::string> seen_;
  std::set<std::string> names_;
};

}  // namespace

std::string member_filter(LdapNesting nesting, const std::string& dn, const std::string& login) {
  const std::string member = ldap_filter_value(dn);
  if (nesting == LdapNesting::kChain) return fmt::format("(member:{}:={})", kChainRule, member);
  // groupOfNames, groupOfUniqueNames and posixGroup (RFC 4519, RFC 2307).
  const std::string by_login = login.empty() ? "" : fmt::format("(memberUid={})", ldap_filter_value(login));
  return fmt::format("(|(member={0})(uniqueMember={0}){1})", member, by_login);
}

Result<std::vector<std::string>> ldap_groups_of(LdapConnection& connection, const LdapSettings& settings,
                                                const LdapEntry& user) {
  Walk walk(connection, settings);
  switch (settings.nesting) {
    case LdapNesting::kNone: TRY(walk.by_search(user, 1)); break;
    case LdapNesting::kSearch: TRY(walk.by_search(user, kMaxGroupDepth)); break;
    case LdapNesting::kMemberOf: TRY(walk.by_member_of(user)); break;
    case LdapNesting::kChain: TRY(walk.by_chain(user)); break;
  }
  return walk.names();
}

}  // namespace vitrine::broker
