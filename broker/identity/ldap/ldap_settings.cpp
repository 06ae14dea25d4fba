#include "broker/identity/ldap/ldap_settings.h"

#include <fmt/format.h>
#include <ldap.h>

#include <algorithm>
#include <memory>

#include "broker/identity/settings_fields.h"

namespace vitrine::broker {

namespace {

constexpr SettingsField kLdapFields[] = {
    {"flavour", SettingsType::kText},
    {"url", SettingsType::kText},
    {"start_tls", SettingsType::kTruth},
    {"ca_file", SettingsType::kText},
    {"base", SettingsType::kText},
    {"bind_dn", SettingsType::kText},
    {"user_filter", SettingsType::kText},
    {"login_attributes", SettingsType::kTextList},
    {"name_attribute", SettingsType::kText},
    {"display_name_attribute", SettingsType::kText},
    {"subject_attribute", SettingsType::kText},
    {"group_base", SettingsType::kText},
    {"group_name_attribute", SettingsType::kText},
    {"nesting", SettingsType::kText},
};

constexpr std::pair<std::string_view, LdapNesting> kNestings[] = {
    {"none", LdapNesting::kNone},
    {"search", LdapNesting::kSearch},
    {"memberof", LdapNesting::kMemberOf},
    {"chain", LdapNesting::kChain},
};

Error wrong(std::string sentence) {
  return {ErrorCode::kInvalidArgument, std::move(sentence)};
}

Result<LdapSettings> flavour_of(const Json& json) {
  const std::string flavour = text_field(json, "flavour", "openldap");
  LdapSettings settings;
  if (flavour == "openldap") return settings;
  if (flavour != "ad") return wrong("The flavour is \"openldap\" or \"ad\".");
  settings.user_filter = "(&(objectCategory=person)(objectClass=user))";
  settings.login_attributes = {"sAMAccountName", "userPrincipalName"};
  settings.name_attribute = "sAMAccountName";
  settings.display_name_attribute = "displayName";
  settings.subject_attribute = "objectGUID";
  settings.nesting = LdapNesting::kChain;
  return settings;
}

// RFC 4512 section 1.4: descr, without options.
Result<void> check_attribute(const std::string& name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const bool good = !name.empty() && name.size() <= 64 && letter(name.front()) &&
                    std::ranges::all_of(name, [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-'; });
  if (good) return {};
  return wrong(fmt::format("\"{}\" is no name of an LDAP attribute.", name));
}

Result<void> check_dn(const std::string& dn, const char* what) {
  LDAPDN parsed = nullptr;
  const bool good = ldap_str2dn(dn.c_str(), &parsed, LDAP_DN_FORMAT_LDAPV3) == LDAP_SUCCESS;
  ldap_dnfree(parsed);
  if (good) return {};
  return wrong(fmt::format("The {} \"{}\" is no DN like ou=people,dc=example,dc=org.", what, dn));
}

Result<void> check_url(const LdapSettings& settings) {
  LDAPURLDesc* parsed = nullptr;
  const int code = ldap_url_parse(settings.url.c_str(), &parsed);
  const std::unique_ptr<LDAPURLDesc, decltype(&ldap_free_urldesc)> url(parsed, ldap_free_urldesc);
  const std::string scheme = code == LDAP_URL_SUCCESS ? url->lud_scheme : "";
  const std::string host = code == LDAP_URL_SUCCESS && url->lud_host != nullptr ? url->lud_host : "";
  const bool bare = code == LDAP_URL_SUCCESS && (url->lud_dn == nullptr || *url->lud_dn == 0);
  if ((scheme != "ldap" && scheme != "ldaps") || host.empty() || !bare ||
      settings.url.find_first_of(" ,\t") != std::string::npos) {
    return wrong(fmt::format("\"{}\" is no address like ldaps://ldap.example.org.", settings.url));
  }
  const bool loopback = host == "localhost" || host == "127.0.0.1" || host == "::1";
  if (scheme == "ldap" && !settings.start_tls && !loopback) {
    return wrong("Passwords would cross the network in the clear: use ldaps:// or start_tls.");
  }
  if (scheme == "ldaps" && settings.start_tls) return wrong("ldaps:// is TLS already; leave out start_tls.");
  return {};
}

Result<void> check(const LdapSettings& settings) {
  TRY(check_url(settings));
  if (settings.base.empty()) return wrong("Give the base below which the users are, like ou=people,dc=example,dc=org.");
  TRY(check_dn(settings.base, "base"));
  TRY(check_dn(settings.bind_dn, "bind_dn"));
  TRY(check_dn(settings.group_base, "group_base"));
  if (settings.login_attributes.empty()) return wrong("login_attributes needs one at least.");
  for (const std::string& name : settings.login_attributes) TRY(check_attribute(name));
  for (const std::string* name : {&settings.name_attribute, &settings.display_name_attribute,
                                  &settings.subject_attribute, &settings.group_name_attribute}) {
    TRY(check_attribute(*name));
  }
  const std::string& filter = settings.user_filter;
  if (!filter.starts_with('(') || !filter.ends_with(')') ||
      std::ranges::count(filter, '(') != std::ranges::count(filter, ')')) {
    return wrong("user_filter is an LDAP filter in parentheses, like (objectClass=person).");
  }
  return {};
}

}  // namespace

Result<LdapSettings> ldap_settings_from(const Json& json) {
  TRY(check_fields(json, kLdapFields));
  LdapSettings settings = TRY(flavour_of(json));
  const auto take = [&](const char* name, std::string& field) { field = text_field(json, name, field); };
  take("url", settings.url);
  take("ca_file", settings.ca_file);
  take("base", settings.base);
  take("bind_dn", settings.bind_dn);
  take("user_filter", settings.user_filter);
  take("name_attribute", settings.name_attribute);
  take("display_name_attribute", settings.display_name_attribute);
  take("subject_attribute", settings.subject_attribute);
  take("group_base", settings.group_base);
  take("group_name_attribute", settings.group_name_attribute);
  settings.start_tls = truth_field(json, "start_tls");
  if (auto names = text_list_field(json, "login_attributes")) settings.login_attributes = std::move(*names);
  if (const std::string nesting = text_field(json, "nesting"); !nesting.empty()) {
    const auto known = std::ranges::find(kNestings, nesting, &std::pair<std::string_view, LdapNesting>::first);
    if (known == std::end(kNestings)) return wrong("nesting is one of none, search, memberof, chain.");
    settings.nesting = known->second;
  }
  TRY(check(settings));
  return settings;
}

Json ldap_settings_to(const LdapSettings& settings) {
  const auto nesting =
      std::ranges::find(kNestings, settings.nesting, &std::pair<std::string_view, LdapNesting>::second);
  return {{"url", settings.url},
          {"start_tls", settings.start_tls},
          {"ca_file", settings.ca_file},
          {"base", settings.base},
          {"bind_dn", settings.bind_dn},
          {"user_filter", settings.user_filter},
          {"login_attributes", settings.login_attributes},
          {"name_attribute", settings.name_attribute},
          {"display_name_attribute", settings.display_name_attribute},
          {"subject_attribute", settings.subject_attribute},
          {"group_base", settings.group_base},
          {"group_name_attribute", settings.group_name_attribute},
          {"nesting", nesting->first}};
}

}  // namespace vitrine::broker
