#include "broker/identity/ldap/ldap_tls.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <lber.h>
#include <ldap.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace vitrine::broker {

namespace {

using Clock = std::chrono::steady_clock;

// Whether the socket is ready before the deadline.
bool wait_for(int fd, short what, Clock::time_point deadline) {
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    pollfd ready{.fd = fd, .events = what, .revents = 0};
    const int count = ::poll(&ready, 1, static_cast<int>(left));
    if (count > 0) return true;
    if (count == 0 || errno != EINTR) return false;
  }
}

void set_blocking(int fd, bool blocking) {
  const int flags = ::fcntl(fd, F_GETFL);
  ::fcntl(fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
}

Result<UniqueFd> dial_one(const addrinfo& address, const std::string& host, Clock::time_point deadline) {
  UniqueFd fd(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  int failed = fd.open() ? 0 : errno;
  if (failed == 0 && ::connect(fd.get(), address.ai_addr, address.ai_addrlen) != 0) failed = errno;
  if (failed == EINPROGRESS) {
    if (!wait_for(fd.get(), POLLOUT, deadline)) {
      return Error{ErrorCode::kTimeout, fmt::format("The directory {} did not answer in time when connecting.", host)};
    }
    socklen_t size = sizeof failed;
    ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &failed, &size);
  }
  if (failed != 0) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("The directory {} cannot be reached: {}.", host, std::strerror(failed))};
  }
  return fd;
}

// Sockbuf_IO of liblber: reads and writes of a handle. `sbiod_pvt` is the SSL.
ssl_st* session_of(Sockbuf_IO_Desc* layer) {
  return static_cast<ssl_st*>(layer->sbiod_pvt);
}

// -1 with an errno that is not tried again: by then the socket's own limit has passed.
ber_slen_t result_of(int count) {
  if (count > 0) return count;
  if (count < 0) errno = EIO;
  return count < 0 ? -1 : 0;
}

int set_up(Sockbuf_IO_Desc* layer, void* session) {
  layer->sbiod_pvt = session;
  return 0;
}
int take_down(Sockbuf_IO_Desc* layer) {
  layer->sbiod_pvt = nullptr;
  return 0;
}
int control(Sockbuf_IO_Desc* layer, int option, void* argument) {
  if (option == LBER_SB_OPT_DATA_READY && SSL_pending(session_of(layer)) > 0) return 1;
  return LBER_SBIOD_CTRL_NEXT(layer, option, argument);
}
ber_slen_t read_some(Sockbuf_IO_Desc* layer, void* bytes, ber_len_t size) {
  ERR_clear_error();
  const int count = SSL_read(session_of(layer), bytes, static_cast<int>(std::min<ber_len_t>(size, 1 << 20)));
  if (count <= 0 && SSL_get_error(session_of(layer), count) == SSL_ERROR_ZERO_RETURN) return 0;
  return result_of(count <= 0 ? -1 : count);
}
ber_slen_t write_some(Sockbuf_IO_Desc* layer, void* bytes, ber_len_t size) {
  ERR_clear_error();
  const int count = SSL_write(session_of(layer), bytes, static_cast<int>(std::min<ber_len_t>(size, 1 << 20)));
  return result_of(count <= 0 ? -1 : count);
}
int close_layer(Sockbuf_IO_Desc* layer) {
  SSL_shutdown(session_of(layer));
  return 0;
}

Sockbuf_IO kTlsLayer = {set_up, take_down, control, read_some, write_some, close_layer};

Result<ssl_ctx_st*> make_context(const std::string& ca_file) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  CHECK(context != nullptr);
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  const bool loaded = ca_file.empty() ? SSL_CTX_set_default_verify_paths(context) == 1
                                      : SSL_CTX_load_verify_file(context, ca_file.c_str()) == 1;
  if (loaded) return context;
  SSL_CTX_free(context);
  return Error{ErrorCode::kIo, fmt::format("Cannot use the CA file {}. Is it there, and PEM?", ca_file)};
}

// The certificate must be made out to the name or address that was asked for (RFC 6125).
void expect_host(SSL* session, const std::string& host) {
  X509_VERIFY_PARAM* expected = SSL_get0_param(session);
  if (X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1) return;
  X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  CHECK(X509_VERIFY_PARAM_set1_host(expected, host.c_str(), 0) == 1);
  SSL_set_tlsext_host_name(session, host.c_str());
}

Error handshake_error(SSL* session, const std::string& host) {
  const long verdict = SSL_get_verify_result(session);
  if (verdict != X509_V_OK) {
    return {ErrorCode::kUnavailable,
            fmt::format("The certificate of {} is not trusted: {}. If it comes from your own authority, name that with "
                        "--ca-file.",
                        host, X509_verify_cert_error_string(verdict))};
  }
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  return {ErrorCode::kUnavailable,
          fmt::format("The directory {} does not speak TLS: {}.", host, reason != nullptr ? reason : "it hung up")};
}

Result<void> shake_hands(SSL* session, int fd, const std::string& host, Clock::time_point deadline) {
  while (true) {
    ERR_clear_error();
    const int done = SSL_connect(session);
    if (done == 1) return {};
    const int wanted = SSL_get_error(session, done);
    if (wanted != SSL_ERROR_WANT_READ && wanted != SSL_ERROR_WANT_WRITE) return handshake_error(session, host);
    if (!wait_for(fd, wanted == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline)) {
      return Error{ErrorCode::kTimeout,
                   fmt::format("The directory {} did not answer in time when starting TLS.", host)};
    }
  }
}

}  // namespace

Result<UniqueFd> dial(const std::string& host, int port, int limit_ms) {
  const auto deadline = Clock::now() + std::chrono::milliseconds(limit_ms);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (code != 0) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("The directory {} cannot be found: {}.", host, gai_strerror(code))};
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, ::freeaddrinfo);
  Result<UniqueFd> last = Error{ErrorCode::kUnavailable, fmt::format("The directory {} has no address.", host)};
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    last = dial_one(*one, host, deadline);
    if (last.ok()) break;
  }
  return last;
}

void limit_waiting(int fd, int limit_ms) {
  set_blocking(fd, true);
  const timeval limit{.tv_sec = limit_ms / 1000, .tv_usec = limit_ms % 1000 * 1000};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

Result<std::unique_ptr<LdapTls>> LdapTls::start(int fd, const std::string& host, const std::string& ca_file,
                                                int limit_ms) {
  const auto deadline = Clock::now() + std::chrono::milliseconds(limit_ms);
  SSL_CTX* context = TRY(make_context(ca_file));
  SSL* session = SSL_new(context);
  CHECK(session != nullptr);
  std::unique_ptr<LdapTls> tls(new LdapTls(context, session));
  expect_host(session, host);
  CHECK(SSL_set_fd(session, fd) == 1);
  set_blocking(fd, false);
  TRY(shake_hands(session, fd, host, deadline));
  set_blocking(fd, true);
  return tls;
}

LdapTls::~LdapTls() {
  SSL_free(session_);
  SSL_CTX_free(context_);
}

void LdapTls::put_below(struct ldap* handle) {
  Sockbuf* buffer = nullptr;
  CHECK(ldap_get_option(handle, LDAP_OPT_SOCKBUF, &buffer) == LDAP_OPT_SUCCESS && buffer != nullptr);
  CHECK(ber_sockbuf_add_io(buffer, &kTlsLayer, LBER_SBIOD_LEVEL_TRANSPORT, session_) == 0);
}

}  // namespace vitrine::broker
