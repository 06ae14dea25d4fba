#include "gateway/http_connection.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <chrono>

#include "gateway/metrics.h"
#include "gateway/opening.h"
#include "gateway/websocket_link.h"

namespace vitrine {
namespace {

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

// After a last answer the peer gets this long to read it before the socket goes (RFC 9112, 9.6).
constexpr Micros kLinger = 1 * kSecond;
constexpr size_t kReadBuffer = 32 * 1024;

std::string_view path_of(const http::request_header<>& request) {
  const auto target = view(request.target());
  return target.substr(0, target.find('?'));
}

}  // namespace

HttpConnection::HttpConnection(Worker& worker, TlsSocket socket, std::string peer_address)
    : worker_(worker),
      socket_(std::move(socket)),
      peer_address_(std::move(peer_address)),
      slot_(worker.shared().connections),
      timer_(worker.context()),
      buffer_(kReadBuffer) {
  worker_.counters().socket.connections.add();
}

HttpConnection::~HttpConnection() {
  worker_.counters().socket.connections.sub();
}

void HttpConnection::start() {
  deadline(worker_.shared().limits.handshake_timeout);
  socket_.async_handshake([self = shared_from_this()](SystemError error) { self->on_handshake(error); });
}

void HttpConnection::on_handshake(SystemError error) {
  if (error) {
    worker_.counters().socket.handshakes_failed.add();
    if (error.category() == asio::error::get_ssl_category() &&
        ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_HTTP_REQUEST) {
      answer_plain_http();
    }
    return close();
  }
  worker_.counters().socket.handshakes.add();
  read_header();
}

// Somebody typed the address without https. One try without waiting; the answer is small.
void HttpConnection::answer_plain_http() {
  constexpr std::string_view kAnswer =
      "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
      "This port speaks HTTPS only: write https:// in front of the address.\n";
  (void)::send(socket_.socket().native_handle(), kAnswer.data(), kAnswer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

// --- requests --------------------------------------------------------------------------------------------------

void HttpConnection::read_header() {
  idle_ = buffer_.size() == 0;
  if (idle_ && worker_.draining()) return close();
  const auto& limits = worker_.shared().limits;
  parser_.emplace();
  parser_->header_limit(static_cast<uint32_t>(limits.header_bytes));
  parser_->body_limit(limits.body_bytes);
  // The first request is due as soon as the connection is there; the next ones when the user does something.
  deadline(keep_alive_ ? limits.idle_timeout : limits.header_timeout);
  http::async_read_header(socket_, buffer_, *parser_,
                          [self = shared_from_this()](SystemError error, size_t) { self->on_header(error); });
}

void HttpConnection::on_header(SystemError error) {
  idle_ = false;
  keep_alive_ = false;
  head_ = false;
  if (error == http::error::end_of_stream) {
    socket_.shutdown();
    return close();
  }
  auto& socket_counters = worker_.counters().socket;
  if (error.category() == http::make_error_code(http::error::bad_method).category()) {
    if (error == http::error::partial_message) return close();
    socket_counters.requests_bad.add();
    if (error == http::error::header_limit) {
      return refuse(http::status::request_header_fields_too_large, "The headers of the request are too large.");
    }
    if (error == http::error::body_limit) return refuse(http::status::payload_too_large, "The request is too large.");
    return refuse(http::status::bad_request, "This is not a request in HTTP/1.1.");
  }
  if (error) return close();
  socket_counters.requests.add();
  if (const auto fault = request_fault(parser_->get())) {
    socket_counters.requests_bad.add();
    return refuse(http::status::bad_request, *fault);
  }
  const auto& request = parser_->get();
  head_ = request.method() == http::verb::head;
  if (beast::websocket::is_upgrade(request) && path_of(request).starts_with("/ws/")) return upgrade(parser_->release());
  read_body();
}

void HttpConnection::read_body() {
  deadline(worker_.shared().limits.body_timeout);
  const auto then_read = [self = shared_from_this()](SystemError error) {
    if (error) return self->close();
    http::async_read(self->socket_, self->buffer_, *self->parser_, [self](SystemError read_error, size_t) {
      if (read_error == http::error::body_limit) {
        return self->refuse(http::status::payload_too_large, "The request is larger than 1 MiB.");
      }
      if (read_error) {
        self->worker_.counters().socket.requests_bad.add();
        if (read_error.category() != http::make_error_code(http::error::bad_method).category()) return self->close();
        return self->refuse(http::status::bad_request, "The body of the request is malformed.");
      }
      self->keep_alive_ = self->parser_->get().keep_alive();
      self->handle(self->parser_->release());
    });
  };
  if (!beast::iequals(parser_->get()[http::field::expect], "100-continue") || parser_->is_done()) return then_read({});
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(socket_, asio::buffer(kContinue), [then_read](SystemError error, size_t) { then_read(error); });
}

void HttpConnection::handle(Request request) {
  const auto path = path_of(request);
  if (path == "/api" || path.starts_with("/api/")) return serve_api(request);
  if (request.method() != http::verb::get && request.method() != http::verb::head) {
    auto response = plain_text(http::status::method_not_allowed, "Only GET and HEAD are allowed here.");
    response.set(http::field::allow, "GET, HEAD");
    return respond(std::move(response));
  }
  if (path == "/healthz") return serve_health(request);
  if (path == "/metrics") return serve_metrics(request);
  if (path.starts_with("/ws/")) {
    auto response = plain_text(http::status::upgrade_required, "This address is for WebSockets.");
    response.set(http::field::upgrade, "websocket");
    return respond(std::move(response));
  }
  serve_file(request);
}

void HttpConnection::serve_file(const Request& request) {
  files_ = worker_.site();
  const SiteFile* file = files_->find(path_of(request));
  if (file == nullptr) return respond(plain_text(http::status::not_found, "There is no such page."));
  const bool zipped = !file->gzip.empty() && accepts_gzip(view(request[http::field::accept_encoding]));
  const std::string& etag = zipped ? file->gzip_etag : file->etag;
  const auto describe = [&](http::fields& headers) {
    headers.set(http::field::etag, etag);
    headers.set(http::field::cache_control, file->immutable ? "public, max-age=31536000, immutable" : "no-cache");
    if (!file->gzip.empty()) headers.set(http::field::vary, "Accept-Encoding");
  };
  if (matches_etag(view(request[http::field::if_none_match]), etag)) {
    http::response<http::empty_body> response{http::status::not_modified, 11};
    describe(response);
    return respond(std::move(response));
  }
  const std::string_view content = zipped ? file->gzip : file->plain;
  http::response<http::span_body<const char>> response{http::status::ok, 11};
  describe(response);
  response.set(http::field::content_type,
               boost::beast::string_view(file->content_type.data(), file->content_type.size()));
  if (zipped) response.set(http::field::content_encoding, "gzip");
  response.body() = {content.data(), content.size()};
  respond(std::move(response));
}

void HttpConnection::serve_api(const Request& request) {
  deadline(worker_.shared().proxy.answer_timeout + worker_.shared().proxy.connect_timeout * 2 + kSecond);
  worker_.counters().socket.proxied.add();
  worker_.broker().forward(request_for_broker(request, peer_address_),
                           [self = shared_from_this()](BrokerProxy::Response response, bool answered) {
                             if (!answered) {
                               self->worker_.counters().socket.proxy_failed.add();
                               return self->respond(std::move(response));
                             }
                             self->respond(response_from_broker(std::move(response)));
                           });
}

void HttpConnection::serve_health(const Request&) {
  // Any answer will do: without a cookie it is 401.
  BrokerProxy::Request probe{http::verb::get, "/api/me", 11};
  probe.set(http::field::host, "localhost");
  worker_.broker().forward(std::move(probe), [self = shared_from_this()](const BrokerProxy::Response&, bool answered) {
    http::response<http::string_body> response{http::status::ok, 11};
    response.set(http::field::content_type, "application/json");
    response.set(http::field::cache_control, "no-store");
    response.body() = answered ? R"({"gateway":"up","broker":"up"})" : R"({"gateway":"up","broker":"away"})";
    self->respond(std::move(response));
  });
}

void HttpConnection::serve_metrics(const Request& request) {
  const std::string& token = worker_.shared().metrics_token;
  bool allowed = peer_address_ == "::1" || peer_address_.starts_with("127.");
  if (!token.empty()) {
    const auto given = view(request[http::field::authorization]);
    const std::string wanted = "Bearer " + token;
    allowed = given.size() == wanted.size() && CRYPTO_memcmp(given.data(), wanted.data(), wanted.size()) == 0;
  }
  if (!allowed) return respond(plain_text(http::status::forbidden, "The metrics are for this machine only."));
  std::vector<const Counters*> all;
  for (const auto& worker : worker_.shared().workers) all.push_back(&worker->counters());
  auto response = plain_text(http::status::ok, "");
  response.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
  response.body() = metrics_text(all);
  respond(std::move(response));
}

// --- WebSockets ------------------------------------------------------------------------------------------------

void HttpConnection::upgrade(Request request) {
  const auto path = path_of(request);
  if (path != "/ws/view" && path != "/ws/agent") return refuse(http::status::not_found, "There is no such WebSocket.");
  const LinkRole role = path == "/ws/view" ? LinkRole::kViewer : LinkRole::kAgent;
  const auto origin = view(request[http::field::origin]);
  // A browser always says where the page comes from; an agent is no page.
  const bool right_origin = role == LinkRole::kViewer ? request.count(http::field::origin) == 1 &&
                                                            same_origin(origin, view(request[http::field::host]))
                                                      : request.count(http::field::origin) == 0;
  if (!right_origin) {
    worker_.counters().socket.origin_refused.add();
    return refuse(http::status::forbidden, "This page may not open a WebSocket here.");
  }
  // A client that sends before the answer has not read RFC 6455.
  if (buffer_.size() != 0) return refuse(http::status::bad_request, "Data came before the WebSocket was open.");
  auto offer = role == LinkRole::kViewer ? read_subprotocols(request) : SubprotocolOffer{};
  if (!offer.ok()) {
    worker_.counters().socket.requests_bad.add();
    const bool large = offer.error().code == ErrorCode::kTooLarge;
    return refuse(large ? http::status::request_header_fields_too_large : http::status::bad_request,
                  offer.error().message);
  }
  timer_.cancel();
  upgraded_ = true;
  const auto link = std::make_shared<WebsocketLink>(worker_, std::move(socket_), std::move(slot_),
                                                    worker_.shared().next_link.fetch_add(1, std::memory_order_relaxed),
                                                    role, LinkSource{std::string(origin), peer_address_});
  link->start(std::move(request), offer.take());
  close();
}

// --- answers ---------------------------------------------------------------------------------------------------

template <class Body>
void HttpConnection::respond(http::response<Body> response) {
  if (closed_) return;
  deadline(worker_.shared().limits.write_timeout);
  keep_alive_ = keep_alive_ && !worker_.draining();
  response.keep_alive(keep_alive_);
  response.prepare_payload();
  add_security_headers(response);
  const auto then = [self = shared_from_this()](SystemError error, size_t) { self->on_written(error); };
  if (!head_) return beast::async_write(socket_, http::message_generator(std::move(response)), then);
  http::response<http::empty_body> header_only{std::move(response.base())};
  beast::async_write(socket_, http::message_generator(std::move(header_only)), then);
}

void HttpConnection::refuse(http::status status, std::string_view why) {
  keep_alive_ = false;
  respond(plain_text(status, why));
}

void HttpConnection::on_written(SystemError error) {
  files_.reset();
  if (error) return close();
  if (keep_alive_) return read_header();
  socket_.shutdown();
  deadline(kLinger);
  linger();
}

// What the peer still sends is read and forgotten: closing a socket with unread data resets the connection, and the
// answer with it.
void HttpConnection::linger() {
  buffer_.clear();
  socket_.async_read_some(buffer_.prepare(kReadBuffer), [self = shared_from_this()](SystemError error, size_t) {
    if (error) return self->close();
    self->linger();
  });
}

void HttpConnection::drain() {
  keep_alive_ = false;
  if (idle_) close();
}

void HttpConnection::deadline(Micros timeout) {
  timer_.expires_after(std::chrono::microseconds(timeout));
  timer_.async_wait([weak = weak_from_this()](SystemError error) {
    const auto self = weak.lock();
    if (!error && self) self->close();
  });
}

void HttpConnection::close() {
  if (std::exchange(closed_, true)) return;
  timer_.cancel();
  if (!upgraded_) socket_.close();
  worker_.closed(this);
}

}  // namespace vitrine
