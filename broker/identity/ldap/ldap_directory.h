// Users of an LDAP directory: whose password it is, and what the directory says of users it knows by now.
// A connection is made for each question and closed after it. Any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/identity/ldap/ldap_connection.h"
#include "broker/identity/login.h"
#include "broker/identity/provider_test.h"

namespace vitrine::broker {

class LdapDirectory {
 public:
  LdapDirectory(LdapSettings settings, std::string bind_password)
      : settings_(std::move(settings)), bind_password_(std::move(bind_password)) {}

  // Who it is when the password is theirs; nothing for a wrong password, an unknown name and a disabled account alike.
  // One search and one bind are made in each case. Errors: as the connection's.
  [[nodiscard]] Result<std::optional<Identity>> verify(const std::string& name, const std::string& password,
                                                       int64_t now_s) const;
  // What it says now of users it vouched for, in their order; nothing for one that is gone or disabled.
  [[nodiscard]] Result<std::vector<std::optional<Identity>>> look_up(const std::vector<std::string>& subjects,
                                                                     int64_t now_s) const;
  // Step by step; `user` may be empty.
  [[nodiscard]] std::vector<ProviderTestStep> test(const std::string& user, int64_t now_s) const;

 private:
  [[nodiscard]] Result<LdapConnection> open_as_ourselves() const;
  Result<void> bind_as_ourselves(LdapConnection& connection) const;
  [[nodiscard]] Result<std::vector<LdapEntry>> find(LdapConnection& connection, const std::string& filter,
                                                    size_t most) const;
  [[nodiscard]] std::string name_filter(const std::string& name) const;
  [[nodiscard]] std::string subject_filter(const std::string& subject) const;
  Result<Identity> identity_of(LdapConnection& connection, const LdapEntry& entry) const;
  Result<void> test_user(LdapConnection& connection, const std::string& user, int64_t now_s,
                         std::vector<ProviderTestStep>& steps) const;

  const LdapSettings settings_;
  const std::string bind_password_;
};

// Whether the directory itself keeps the account from being used: Active Directory's userAccountControl and
// accountExpires, a password policy's permanent lock, 389's nsAccountLock.
bool ldap_account_disabled(const LdapEntry& entry, int64_t now_s);

}  // namespace vitrine::broker
