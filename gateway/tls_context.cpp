#include "gateway/tls_context.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

namespace vitrine {
namespace {

// No terminal prompt for an encrypted key.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

// Browsers offer HTTP/2 first; WebSockets and the rest here are HTTP/1.1.
int choose_http11(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned in_size,
                  void*) {
  static constexpr unsigned char kProtocols[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  const int result = SSL_select_next_proto(&chosen, out_size, kProtocols, sizeof kProtocols - 1, in, in_size);
  if (result != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

Result<void> check_readable(const std::string& what, const std::string& file) {
  if (::access(file.c_str(), R_OK) == 0) return {};
  return Error{ErrorCode::kIo, "Cannot read the " + what + " " + file + ": " + std::strerror(errno) + "."};
}

}  // namespace

Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(const CertificateFiles& files) {
  TRY(check_readable("certificate", files.certificate));
  TRY(check_readable("private key", files.private_key));
  auto context = std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_server);
  SSL_CTX* const raw = context->native_handle();
  SSL_CTX_set_min_proto_version(raw, TLS1_3_VERSION);
  SSL_CTX_set_default_passwd_cb(raw, no_passphrase);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_id_context(raw, reinterpret_cast<const unsigned char*>("vitrine"), 7);
  SSL_CTX_set_alpn_select_cb(raw, choose_http11, nullptr);
  // One system call for a record instead of two.
  SSL_CTX_set_read_ahead(raw, 1);

  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(raw, files.certificate.c_str()) != 1) {
    ERR_clear_error();
    return Error{ErrorCode::kMalformed, files.certificate + " holds no certificate in PEM form."};
  }
  if (SSL_CTX_use_PrivateKey_file(raw, files.private_key.c_str(), SSL_FILETYPE_PEM) != 1) {
    const bool other_key = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH ||
                           ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_TYPE_MISMATCH;
    ERR_clear_error();
    if (other_key) {
      return Error{ErrorCode::kMalformed, "The private key " + files.private_key +
                                              " does not belong to the certificate " + files.certificate + "."};
    }
    return Error{ErrorCode::kMalformed, files.private_key + " holds no private key in PEM form without a passphrase."};
  }
  std::time_t now = std::time(nullptr);
  if (X509_cmp_time(X509_get0_notAfter(SSL_CTX_get0_certificate(raw)), &now) < 0) {
    return Error{ErrorCode::kInvalidArgument, "The certificate " + files.certificate + " has expired; renew it."};
  }
  return context;
}

}  // namespace vitrine
