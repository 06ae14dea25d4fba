// Whom the agent trusts: the gateway that shows exactly the certificate of a file (or one issued by it), whatever its
// host name. TLS 1.3 only.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "protocol/base/result.h"

namespace vitrine::agent {

// One thread.
class GatewayTls {
 public:
  // Errors: internal.
  static Result<std::unique_ptr<GatewayTls>> create();

  // Trusts what `file` (PEM) holds now, and nothing else. Errors: not_found, malformed; the sentence names the file.
  Result<void> trust(const std::string& file);
  [[nodiscard]] SSL_CTX* context() const { return context_.get(); }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  explicit GatewayTls(SSL_CTX* context) : context_(context) {}
  std::unique_ptr<SSL_CTX, Free> context_;
};

}  // namespace vitrine::agent
