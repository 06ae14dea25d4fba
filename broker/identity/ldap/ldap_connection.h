// One connection to an LDAP server, by libldap over ldap_tls.h: referrals not followed, every wait bounded. One thread
// at a time.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker/identity/ldap/ldap_settings.h"
#include "broker/identity/ldap/ldap_tls.h"

struct ldap;

namespace vitrine::broker {

// A value in a filter, whatever bytes it holds (RFC 4515 section 3).
std::string ldap_filter_value(std::string_view value);

struct LdapEntry {
  std::string dn;
  std::map<std::string, std::vector<std::string>> attributes;  // names in lower case

  // The first value; empty when there is none.
  [[nodiscard]] std::string first(const std::string& attribute) const;
  [[nodiscard]] std::vector<std::string> all(const std::string& attribute) const;
};

enum class LdapScope : uint8_t { kEntry, kSubtree };

struct LdapQuery {
  std::string base;
  LdapScope scope = LdapScope::kSubtree;
  std::string filter;
  std::vector<std::string> attributes;
  size_t most = 0;  // entries; further ones are not fetched
};

// A person waits at the sign-in page meanwhile.
struct LdapLimits {
  int connect_ms = 5'000;
  int answer_ms = 8'000;
};

class LdapConnection {
 public:
  // Errors: unavailable, timeout, io, each with what to do.
  static Result<LdapConnection> open(const LdapSettings& settings, LdapLimits limits = {});

  // Whether the password is right. Errors: unavailable; invalid_argument for an empty password with a name, which
  // servers take for an anonymous bind (RFC 4513 section 5.1.2).
  Result<bool> bind(const std::string& dn, const std::string& password);
  // In pages of 500. A base that does not exist has no entries. Errors: unavailable.
  Result<std::vector<LdapEntry>> search(const LdapQuery& query);

 private:
  using Handle = std::unique_ptr<struct ldap, std::function<void(struct ldap*)>>;
  struct Page {
    std::vector<LdapEntry> entries;
    std::string cookie;
  };
  LdapConnection(UniqueFd fd, std::unique_ptr<LdapTls> tls, Handle handle, std::string url, LdapLimits limits)
      : fd_(std::move(fd)), tls_(std::move(tls)), handle_(std::move(handle)), url_(std::move(url)), limits_(limits) {}
  Result<void> start_tls(const std::string& host, const std::string& ca_file);
  Result<Page> next_page(const LdapQuery& query, const std::string& cookie);
  [[nodiscard]] Error error(int code, std::string_view doing) const;

  // In the order in which they rest on each other: the handle says goodbye through TLS, and TLS through the socket.
  UniqueFd fd_;
  std::unique_ptr<LdapTls> tls_;
  Handle handle_;
  std::string url_;
  LdapLimits limits_;
};

}  // namespace vitrine::broker
