#include "host-agent/link/gateway_tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>

namespace vitrine::agent {
namespace {

struct FreeAny {
  void operator()(std::FILE* file) const { std::fclose(file); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
};

}  // namespace

Result<std::unique_ptr<GatewayTls>> GatewayTls::create() {
  SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
  if (context == nullptr) return Error{ErrorCode::kInternal, "OpenSSL cannot be set up"};
  std::unique_ptr<GatewayTls> tls(new GatewayTls(context));
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  // libwebsockets writes again from another buffer what did not fit.
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
  return tls;
}

Result<void> GatewayTls::trust(const std::string& file) {
  const std::unique_ptr<std::FILE, FreeAny> in(std::fopen(file.c_str(), "re"));
  if (in == nullptr) {
    return Error{ErrorCode::kNotFound, "cannot read the gateway's certificate '" + file +
                                           "'; name the file that the gateway serves with --gateway-certificate"};
  }
  std::unique_ptr<X509_STORE, FreeAny> store(X509_STORE_new());
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
  int count = 0;
  while (const std::unique_ptr<X509, FreeAny> certificate{PEM_read_X509(in.get(), nullptr, nullptr, nullptr)}) {
    X509_STORE_add_cert(store.get(), certificate.get());
    ++count;
  }
  ERR_clear_error();  // the end of the file counts as an error
  if (count == 0) return Error{ErrorCode::kMalformed, "'" + file + "' holds no certificate in PEM form"};
  SSL_CTX_set_cert_store(context_.get(), store.release());
  return {};
}

}  // namespace vitrine::agent
