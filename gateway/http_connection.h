// One connection from its TLS handshake to its end or to its upgrade to a WebSocket: static files, /api, /healthz,
// /metrics. One worker's thread; kept alive by the operations it has under way.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message_generator.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>
#include <optional>
#include <string>

#include "gateway/connection_slot.h"
#include "gateway/http_rules.h"
#include "gateway/links.h"
#include "gateway/tls_socket.h"
#include "gateway/worker.h"

namespace vitrine {

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(Worker& worker, TlsSocket socket, std::string peer_address);
  ~HttpConnection();

  void start();
  // Finishes the request under way, takes no more.
  void drain();
  void cut() { close(); }

 private:
  using Request = http::request<http::string_body>;

  void on_handshake(SystemError error);
  void answer_plain_http();
  void read_header();
  void on_header(SystemError error);
  void read_body();
  void handle(Request request);
  void serve_file(const Request& request);
  void serve_api(const Request& request);
  void serve_health(const Request& request);
  void serve_metrics(const Request& request);
  void upgrade(Request request);

  // Sends an answer to the request that `request_` was about.
  template <class Body>
  void respond(http::response<Body> response);
  void refuse(http::status status, std::string_view why);
  void on_written(SystemError error);
  void linger();
  void deadline(Micros timeout);
  void close();

  Worker& worker_;
  TlsSocket socket_;
  const std::string peer_address_;
  ConnectionSlot slot_;
  asio::steady_timer timer_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::shared_ptr<const SiteFiles> files_;  // what a response under way points into
  bool keep_alive_ = false;
  bool head_ = false;  // the request is a HEAD: the answer has no body
  bool idle_ = false;  // nothing of a request has come yet
  bool upgraded_ = false;
  bool closed_ = false;
};

}  // namespace vitrine
