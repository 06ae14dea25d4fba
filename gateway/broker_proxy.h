// Carries API requests to a broker's unix socket and answers back. Connections are kept and used again. One object per
// gateway thread.
//
// Where there are several brokers, any of them can answer: a request goes to the one that answered last. When that one
// cannot be reached, the request goes to the next, each broker once. When it went away before a byte of its answer
// came, nobody knows what it did; then only a request that may be repeated goes on.
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
    // For all brokers together. A broker answers at once; the slowest is a password check behind a queue of others.
    Micros answer_timeout = 30 * kSecond;
    size_t answer_bytes = 16 << 20;
    // Requests under way at a time; more are answered 503, so that a stuck broker cannot fill this process.
    size_t under_way = 128;
    size_t idle_connections = 8;  // to each broker
  };
  using Request = http::request<http::string_body>;
  using Response = http::response<http::string_body>;
  using Answer = std::function<void(Response response, bool broker_answered)>;

  // At least one socket; the first is asked first.
  BrokerProxy(boost::asio::io_context& context, const std::vector<std::string>& sockets, const Limits& limits);
  ~BrokerProxy();

  // `answer` is called once, later, on this thread: with the broker's answer, or with a problem+json that says why
  // there is none. `request` is ready to send (request_for_broker).
  void forward(Request request, Answer answer);

 private:
  class Exchange;
  using Stream =
      boost::beast::basic_stream<boost::asio::local::stream_protocol, boost::asio::io_context::executor_type>;

  struct Broker {
    std::string socket;
    std::vector<std::unique_ptr<Stream>> idle;
  };

  static std::unique_ptr<Stream> take_idle(Broker& broker);
  void give_back(Broker& broker, std::unique_ptr<Stream> stream);

  boost::asio::io_context& context_;
  Limits limits_;
  std::vector<Broker> brokers_;
  size_t last_good_ = 0;
  size_t under_way_ = 0;
};

}  // namespace vitrine
