// TCP and TLS below libldap. Its own TLS waits without end for a server that accepts a connection and stays silent,
// whatever its timeouts say; here every step has a limit. OpenSSL checks chain and host name.
#pragma once

#include <memory>
#include <string>

#include "broker/provision/unique_fd.h"
#include "protocol/base/result.h"

struct ldap;
struct ssl_st;
struct ssl_ctx_st;

namespace vitrine::broker {

// Errors: unavailable, timeout.
Result<UniqueFd> dial(const std::string& host, int port, int limit_ms);
// Reads and writes on `fd` fail from then on when they take longer.
void limit_waiting(int fd, int limit_ms);

class LdapTls {
 public:
  // Shakes hands on a connected socket that stays the caller's. `ca_file`: trusted instead of the system's
  // authorities when not empty. Errors: unavailable (also for a certificate that is not trusted), timeout, io.
  static Result<std::unique_ptr<LdapTls>> start(int fd, const std::string& host, const std::string& ca_file,
                                                int limit_ms);
  ~LdapTls();
  LdapTls(const LdapTls&) = delete;
  LdapTls& operator=(const LdapTls&) = delete;

  // All that the handle reads and writes goes through here; this object has to outlive it.
  void put_below(struct ldap* handle);

 private:
  LdapTls(ssl_ctx_st* context, ssl_st* session) : context_(context), session_(session) {}
  ssl_ctx_st* context_;
  ssl_st* session_;
};

}  // namespace vitrine::broker
