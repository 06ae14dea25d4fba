// The groups of a user in a directory, also those that hold the user only through other groups.
#pragma once

#include <string>
#include <vector>

#include "broker/identity/ldap/ldap_connection.h"

namespace vitrine::broker {

inline constexpr int kMaxGroupDepth = 10;        // groups in groups in groups ...; loops end by themselves before
inline constexpr size_t kMaxLdapGroups = 1'000;  // of one user

// The filter that finds the groups which name `dn` (or, for groups of Unix users, `login`) as a member.
std::string member_filter(LdapNesting nesting, const std::string& dn, const std::string& login);

// Their names, each once. Errors: as the connection's.
Result<std::vector<std::string>> ldap_groups_of(LdapConnection& connection, const LdapSettings& settings,
                                                const LdapEntry& user);

}  // namespace vitrine::broker
