// Carries API requests to the broker's unix socket and answers back. Connections are kept and used again. One object
// per gateway thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/http_rules.h"
#include "protocol/base/time.h"

namespace vitrine {

class BrokerProxy {
 public:
  struct Limits {
    Micros connect_timeout = 2 * kSecond;
    // The broker answers at once; the slowest is a password check behind a queue of others.
    Micros answer_timeout = 30 * kSecond;
    size_t answer_bytes = 16 << 20;
    // Requests under way at a time; more are answered 503, so that a stuck broker cannot fill this process.
    size_t under_way = 128;
    size_t idle_connections = 8;
  };
  using Request = http::request<http::string_body>;
  using Response = http::response<http::string_body>;
  using Answer = std::function<void(Response response, bool broker_answered)>;

  BrokerProxy(boost::asio::io_context& context, std::string socket_path, const Limits& limits);
  ~BrokerProxy();

  // `answer` is called once, later, on this thread: with the broker's answer, or with a problem+json that says why
  // there is none. `request` is ready to send (request_for_broker).
  void forward(Request request, Answer answer);

 private:
  class Exchange;
  using Stream =
      boost::beast::basic_stream<boost::asio::local::stream_protocol, boost::asio::io_context::executor_type>;

  std::unique_ptr<Stream> take_idle();
  void give_back(std::unique_ptr<Stream> stream);

  boost::asio::io_context& context_;
  std::string socket_path_;
  Limits limits_;
  std::vector<std::unique_ptr<Stream>> idle_;
  size_t under_way_ = 0;
};

}  // namespace vitrine
