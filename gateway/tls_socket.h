// A TLS connection as an Asio stream, with OpenSSL reading and writing the socket itself.
//
// Asio's own ssl::stream copies every byte through a BIO pair and cannot change its thread. This one has no copy of its
// own, and leave_context() and enter_context() carry an idle connection to another io_context: a link is accepted on
// any thread and moves to the thread of its desktop once its hello says which that is (worker.h).
//
// At most one read and one write at a time; used by one thread at a time.
#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/buffer_traits.hpp>
#include <boost/beast/core/buffers_prefix.hpp>
#include <boost/beast/core/buffers_suffix.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <memory>

namespace vitrine {

namespace asio = boost::asio;
namespace beast = boost::beast;
using SystemError = boost::system::error_code;

class TlsSocket {
 public:
  using executor_type = asio::io_context::executor_type;
  using Socket = asio::basic_stream_socket<asio::ip::tcp, executor_type>;
  using WaitType = asio::socket_base::wait_type;

  TlsSocket(Socket socket, asio::ssl::context& context);
  TlsSocket(TlsSocket&& other) noexcept;
  TlsSocket& operator=(TlsSocket&&) = delete;
  ~TlsSocket();

  [[nodiscard]] executor_type get_executor() { return socket_.get_executor(); }
  [[nodiscard]] Socket& socket() { return socket_; }

  // Takes the connection off its io_context, on that context's thread, and puts it onto another, on the other's thread.
  // Only while nothing is being read or written. It is closed when this fails.
  SystemError leave_context();
  SystemError enter_context(asio::io_context& context);
  // Says goodbye in TLS and stops sending; the peer sees an end, not a cut.
  void shutdown();
  void close();

  template <class Handler>
  void async_handshake(Handler&& handler) {
    compose([this](size_t&) { return handshake(); },
            [h = std::forward<Handler>(handler)](SystemError error, size_t) mutable { h(error); });
  }

  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    asio::mutable_buffer into;
    for (auto it = asio::buffer_sequence_begin(buffers); it != asio::buffer_sequence_end(buffers) && into.size() == 0;
         ++it) {
      into = *it;
    }
    return compose([this, into](size_t& done) { return read(into, done); }, std::forward<Handler>(handler));
  }

  // Writes all of the buffers. Small ones (a WebSocket header and its payload) share a TLS record.
  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    return compose(
        [this, rest = beast::buffers_suffix<Buffers>(buffers)](size_t& done) mutable { return write_all(rest, done); },
        std::forward<Handler>(handler));
  }

 private:
  // What an attempt says: done (with or without error), or what the socket has to become first.
  enum class Next : uint8_t { kDone, kWaitRead, kWaitWrite };
  struct Attempt {
    Next next = Next::kDone;
    SystemError error;
  };

  static constexpr size_t kRecord = 16 * 1024;  // the largest TLS record (RFC 8446, 5.1)

  Attempt handshake();
  Attempt read(asio::mutable_buffer into, size_t& done);
  Attempt write(asio::const_buffer from, size_t& written);
  Attempt explain(int result);

  template <class Rest>
  Attempt write_all(Rest& rest, size_t& done) {
    for (;;) {
      asio::const_buffer chunk = beast::buffers_front(rest);
      if (chunk.size() < kRecord && beast::buffer_bytes(rest) > chunk.size()) {
        if (!record_) record_ = std::make_unique<std::array<std::byte, kRecord>>();
        chunk = asio::buffer(record_->data(), asio::buffer_copy(asio::buffer(*record_), rest));
      }
      if (chunk.size() == 0) break;
      size_t written = 0;
      const Attempt attempt = write(chunk, written);
      if (attempt.next != Next::kDone || attempt.error) return attempt;
      rest.consume(written);
      done += written;
    }
    record_.reset();
    return {};
  }

  // Repeats `attempt` until it is done, waiting for the socket between two tries.
  template <class TryOnce, class Handler>
  auto compose(TryOnce&& attempt, Handler&& handler) {
    return asio::async_compose<Handler, void(SystemError, size_t)>(
        Operation<std::decay_t<TryOnce>>{*this, std::forward<TryOnce>(attempt)}, handler, socket_);
  }

  template <class TryOnce>
  struct Operation {
    TlsSocket& stream;
    TryOnce attempt;
    size_t done = 0;
    SystemError result;
    bool started = false;
    bool posted = false;

    template <class Self>
    void operator()(Self& self, SystemError error = {}) {
      if (posted) return self.complete(result, done);
      const bool inside_initiation = !started;
      started = true;
      Attempt tried{Next::kDone, error};
      if (!error) tried = attempt(done);
      switch (tried.next) {
        case Next::kWaitRead: return stream.socket_.async_wait(WaitType::wait_read, std::move(self));
        case Next::kWaitWrite: return stream.socket_.async_wait(WaitType::wait_write, std::move(self));
        case Next::kDone: break;
      }
      if (!inside_initiation) return self.complete(tried.error, done);
      // A handler must not be called from inside the function that was given it.
      result = tried.error;
      posted = true;
      asio::post(stream.get_executor(), std::move(self));
    }
  };

  Socket socket_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  std::unique_ptr<std::array<std::byte, kRecord>> record_;
  int travelling_ = -1;  // the socket between leave_context() and enter_context()
  asio::ip::tcp protocol_ = asio::ip::tcp::v4();
};

// What Beast calls when a WebSocket is over; found by argument-dependent lookup.
void teardown(beast::role_type role, TlsSocket& socket, SystemError& error);
template <class Handler>
void async_teardown(beast::role_type, TlsSocket& socket, Handler&& handler) {
  socket.shutdown();
  asio::post(socket.get_executor(), [h = std::forward<Handler>(handler)]() mutable { h(SystemError{}); });
}
void beast_close_socket(TlsSocket& socket);

}  // namespace vitrine
