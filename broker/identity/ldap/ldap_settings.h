// What an administrator says of an LDAP directory, Active Directory included.
#pragma once

#include <string>
#include <vector>

#include "broker/json_fields.h"
#include "protocol/base/result.h"

namespace vitrine::broker {

// How a user's groups are found, those that hold a group of the user's included.
enum class LdapNesting : uint8_t {
  kNone,      // only the groups that name the user
  kSearch,    // level by level: groups that name the user, groups that name those, ...
  kMemberOf,  // level by level along the attribute memberOf
  kChain,     // the server follows them (Active Directory's LDAP_MATCHING_RULE_IN_CHAIN)
};

struct LdapSettings {
  std::string url;         // ldaps://host[:port], or ldap:// with start_tls or to this machine itself
  bool start_tls = false;  // RFC 4511 section 4.14
  std::string ca_file;     // trusted instead of the system's authorities
  std::string base;        // below it are the users
  std::string bind_dn;     // whom we search as; empty: anonymous
  std::string user_filter = "(objectClass=person)";
  std::vector<std::string> login_attributes = {"uid"};  // what may be typed as user name
  std::string name_attribute = "uid";                   // the user name here
  std::string display_name_attribute = "cn";
  std::string subject_attribute = "entryUUID";  // never given to another entry
  std::string group_base;                       // empty: base
  std::string group_name_attribute = "cn";
  LdapNesting nesting = LdapNesting::kSearch;
};

// "flavour": "ad" begins with Active Directory's attributes, "openldap" (or none) with those above.
// Errors: invalid_argument, naming the field. Unknown fields are refused.
Result<LdapSettings> ldap_settings_from(const Json& json);
Json ldap_settings_to(const LdapSettings& settings);

}  // namespace vitrine::broker
