#include "broker/identity/ldap/ldap_directory.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>

#include "broker/identity/ldap/ldap_groups.h"
#include "broker/identity/secrets.h"

namespace vitrine::broker {

namespace {

constexpr size_t kMaxCounted = 10'000;   // users, for the test's report
constexpr int64_t kAccountDisabled = 2;  // ADS_UF_ACCOUNTDISABLE
// 100 ns units since 1601 (FILETIME); 0 and the largest number mean never.
constexpr int64_t kFileTimeAtUnixEpoch = 116'444'736'000'000'000;
constexpr int64_t kFileTimePerSecond = 10'000'000;
// draft-behera-ldap-password-policy section 5.3.3: locked until an administrator opens it.
constexpr std::string_view kLockedForGood = "000001010000Z";

int64_t number_of(const std::string& text) {
  int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool is_binary(const std::string& attribute) {
  return normal_name(attribute) == "objectguid";
}

std::string to_hex(const std::string& bytes) {
  std::string hex;
  for (const char c : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return hex;
}

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    unsigned value = 0;
    std::from_chars(hex.data() + i, hex.data() + i + 2, value, 16);
    bytes += static_cast<char>(value);
  }
  return bytes;
}

}  // namespace

bool ldap_account_disabled(const LdapEntry& entry, int64_t now_s) {
  if ((number_of(entry.first("userAccountControl")) & kAccountDisabled) != 0) return true;
  const int64_t expires = number_of(entry.first("accountExpires"));
  if (expires > 0 && expires != INT64_MAX && (expires - kFileTimeAtUnixEpoch) / kFileTimePerSecond <= now_s)
    return true;
  if (normal_name(entry.first("nsAccountLock")) == "true") return true;
  // A lock for a while comes from somebody's wrong guesses and must not throw out who is signed in.
  return entry.first("pwdAccountLockedTime") == kLockedForGood;
}

Result<LdapConnection> LdapDirectory::open_as_ourselves() const {
  LdapConnection connection = TRY(LdapConnection::open(settings_));
  TRY(bind_as_ourselves(connection));
  return connection;
}

Result<void> LdapDirectory::bind_as_ourselves(LdapConnection& connection) const {
  if (TRY(connection.bind(settings_.bind_dn, bind_password_))) return {};
  return Error{ErrorCode::kUnavailable, fmt::format("The directory {} refuses the bind DN \"{}\" or its password.",
                                                    settings_.url, settings_.bind_dn)};
}

Result<std::vector<LdapEntry>> LdapDirectory::find(LdapConnection& connection, const std::string& filter,
                                                   size_t most) const {
  std::vector<std::string> attributes = {settings_.name_attribute,
                                         settings_.display_name_attribute,
                                         settings_.subject_attribute,
                                         "memberOf",
                                         "userAccountControl",
                                         "accountExpires",
                                         "nsAccountLock",
                                         "pwdAccountLockedTime"};
  attributes.insert(attributes.end(), settings_.login_attributes.begin(), settings_.login_attributes.end());
  return connection.search({.base = settings_.base,
                            .scope = LdapScope::kSubtree,
                            .filter = fmt::format("(&{}{})", settings_.user_filter, filter),
                            .attributes = attributes,
                            .most = most});
}

std::string LdapDirectory::name_filter(const std::string& name) const {
  std::string filter = "(|";
  for (const std::string& attribute : settings_.login_attributes) {
    filter += fmt::format("({}={})", attribute, ldap_filter_value(name));
  }
  return filter + ")";
}

std::string LdapDirectory::subject_filter(const std::string& subject) const {
  const bool binary = is_binary(settings_.subject_attribute);
  return fmt::format("({}={})", settings_.subject_attribute, ldap_filter_value(binary ? from_hex(subject) : subject));
}

Result<Identity> LdapDirectory::identity_of(LdapConnection& connection, const LdapEntry& entry) const {
  const std::string subject = entry.first(settings_.subject_attribute);
  if (subject.empty()) {
    return Error{ErrorCode::kUnavailable, fmt::format("The directory does not show the attribute {} of {}.",
                                                      settings_.subject_attribute, entry.dn)};
  }
  return Identity{.subject = is_binary(settings_.subject_attribute) ? to_hex(subject) : subject,
                  .name = entry.first(settings_.name_attribute),
                  .display_name = entry.first(settings_.display_name_attribute),
                  .groups = TRY(ldap_groups_of(connection, settings_, entry))};
}

Result<std::optional<Identity>> LdapDirectory::verify(const std::string& name, const std::string& password,
                                                      int64_t now_s) const {
  if (name.empty() || password.empty()) return std::optional<Identity>();
  LdapConnection connection = TRY(open_as_ourselves());
  const std::vector<LdapEntry> found = TRY(find(connection, name_filter(name), 2));
  if (found.size() > 1)
    spdlog::warn("Directory {}: \"{}\" is more than one user; none is let in.", settings_.url, name);
  const bool one = found.size() == 1 && !found.front().dn.empty();
  // A bind is made in any case, so that the time tells nothing about which names exist.
  const std::string dn = one ? found.front().dn : fmt::format("cn={},{}", random_id(), settings_.base);
  const bool right = TRY(connection.bind(dn, password));
  if (!one || !right || ldap_account_disabled(found.front(), now_s)) return std::optional<Identity>();
  TRY(bind_as_ourselves(connection));
  return std::optional(TRY(identity_of(connection, found.front())));
}

Result<std::vector<std::optional<Identity>>> LdapDirectory::look_up(const std::vector<std::string>& subjects,
                                                                    int64_t now_s) const {
  LdapConnection connection = TRY(open_as_ourselves());
  std::vector<std::optional<Identity>> identities;
  for (const std::string& subject : subjects) {
    const std::vector<LdapEntry> found = TRY(find(connection, subject_filter(subject), 2));
    const bool there = found.size() == 1 && !ldap_account_disabled(found.front(), now_s);
    identities.push_back(there ? std::optional(TRY(identity_of(connection, found.front()))) : std::nullopt);
  }
  return identities;
}

std::vector<ProviderTestStep> LdapDirectory::test(const std::string& user, int64_t now_s) const {
  std::vector<ProviderTestStep> steps;
  auto connection = LdapConnection::open(settings_);
  const bool secure = settings_.start_tls || settings_.url.starts_with("ldaps:");
  if (!note_step(steps, "connection", connection,
                 fmt::format("{} answers{}.", settings_.url, secure ? ", and its certificate is trusted" : ""))) {
    return steps;
  }
  const auto bound = bind_as_ourselves(connection.value());
  const std::string who = settings_.bind_dn.empty() ? "anonymously" : "as " + settings_.bind_dn;
  if (!note_step(steps, "bind", bound, fmt::format("Bound {}.", who))) return steps;
  auto users = find(connection.value(), "(objectClass=*)", kMaxCounted);
  if (users.ok() && users.value().empty()) {
    users =
        Error{ErrorCode::kNotFound, fmt::format("No user is found below {} with {}. Check base and user_filter, and "
                                                "whether the bind DN may read there.",
                                                settings_.base, settings_.user_filter)};
  }
  const size_t count = users.ok() ? users.value().size() : 0;
  if (!note_step(steps, "search", users,
                 fmt::format("{}{} users below {}.", count == kMaxCounted ? "At least " : "", count, settings_.base))) {
    return steps;
  }
  if (!user.empty()) (void)test_user(connection.value(), user, now_s, steps);
  return steps;
}

Result<void> LdapDirectory::test_user(LdapConnection& connection, const std::string& user, int64_t now_s,
                                      std::vector<ProviderTestStep>& steps) const {
  auto found = find(connection, name_filter(user), 2);
  if (found.ok() && found.value().size() != 1) {
    found = Error{ErrorCode::kNotFound,
                  fmt::format("{} users answer to \"{}\".", found.value().empty() ? "No" : "Several", user)};
  }
  if (!note_step(steps, "user", found, found.ok() ? found.value().front().dn : "")) return {};
  if (ldap_account_disabled(found.value().front(), now_s)) {
    steps.push_back({"account", false, "The directory says that this account is disabled."});
  }
  const auto identity = identity_of(connection, found.value().front());
  const std::vector<std::string> groups = identity.ok() ? identity.value().groups : std::vector<std::string>();
  note_step(steps, "groups", identity,
            groups.empty() ? "In no group." : fmt::format("{} groups: {}.", groups.size(), fmt::join(groups, ", ")));
  return {};
}

}  // namespace vitrine::broker
