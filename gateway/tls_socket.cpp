#include "gateway/tls_socket.h"

#include <openssl/err.h>
#include <unistd.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <cerrno>
#include <utility>

#include "protocol/base/check.h"

namespace vitrine {

TlsSocket::TlsSocket(Socket socket, asio::ssl::context& context)
    : socket_(std::move(socket)), ssl_(SSL_new(context.native_handle()), &SSL_free) {
  CHECK(ssl_ != nullptr);
  // Partial writes never happen to the caller (write_all), but the buffer of a retried write may be another one.
  SSL_set_mode(ssl_.get(),
               SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_set_accept_state(ssl_.get());
  SystemError ignored;
  socket_.non_blocking(true, ignored);
  CHECK(SSL_set_fd(ssl_.get(), static_cast<int>(socket_.native_handle())) == 1);
}

TlsSocket::TlsSocket(TlsSocket&& other) noexcept
    : socket_(std::move(other.socket_)),
      ssl_(std::move(other.ssl_)),
      record_(std::move(other.record_)),
      travelling_(std::exchange(other.travelling_, -1)),
      protocol_(other.protocol_) {}

TlsSocket::~TlsSocket() {
  if (travelling_ >= 0) ::close(travelling_);
}

SystemError TlsSocket::leave_context() {
  SystemError error;
  protocol_ = socket_.local_endpoint(error).protocol();
  if (!error) travelling_ = socket_.release(error);
  if (error) close();
  return error;
}

SystemError TlsSocket::enter_context(asio::io_context& context) {
  SystemError error;
  Socket entered(context);
  entered.assign(protocol_, travelling_, error);
  if (error) return error;
  travelling_ = -1;
  entered.non_blocking(true, error);
  socket_ = std::move(entered);
  return error;
}

void TlsSocket::shutdown() {
  if (!socket_.is_open()) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
  SystemError ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void TlsSocket::close() {
  SystemError ignored;
  socket_.close(ignored);
}

TlsSocket::Attempt TlsSocket::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  return result == 1 ? Attempt{} : explain(result);
}

TlsSocket::Attempt TlsSocket::read(asio::mutable_buffer into, size_t& done) {
  if (into.size() == 0) return {};
  ERR_clear_error();
  const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &done);
  return result == 1 ? Attempt{} : explain(result);
}

TlsSocket::Attempt TlsSocket::write(asio::const_buffer from, size_t& written) {
  ERR_clear_error();
  const int result = SSL_write_ex(ssl_.get(), from.data(), from.size(), &written);
  return result == 1 ? Attempt{} : explain(result);
}

TlsSocket::Attempt TlsSocket::explain(int result) {
  const int system = errno;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ: return {Next::kWaitRead, {}};
    case SSL_ERROR_WANT_WRITE: return {Next::kWaitWrite, {}};
    case SSL_ERROR_ZERO_RETURN: return {Next::kDone, asio::error::eof};
    case SSL_ERROR_SYSCALL:
      if (system == 0) return {Next::kDone, asio::ssl::error::stream_truncated};
      return {Next::kDone, SystemError(system, boost::system::system_category())};
    default:
      return {Next::kDone, SystemError(static_cast<int>(ERR_peek_last_error()), asio::error::get_ssl_category())};
  }
}

void teardown(beast::role_type, TlsSocket& socket, SystemError& error) {
  socket.shutdown();
  error = {};
}

void beast_close_socket(TlsSocket& socket) {
  socket.close();
}

}  // namespace vitrine
