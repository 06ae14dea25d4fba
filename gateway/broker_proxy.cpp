#include "gateway/broker_proxy.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <optional>

namespace vitrine {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using SystemError = boost::system::error_code;

BrokerProxy::Response unavailable() {
  auto response = problem(http::status::service_unavailable, "broker_unavailable", "Service unavailable",
                          "The part of this server that knows users and desktops is not answering; try again in a "
                          "moment. Open desktops are not affected.");
  response.set(http::field::retry_after, "1");
  return response;
}

}  // namespace

// One request and its answer. Keeps itself alive until it has called back.
class BrokerProxy::Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(BrokerProxy& proxy, Request request, Answer answer)
      : proxy_(proxy), request_(std::move(request)), answer_(std::move(answer)) {}

  void start() {
    deadline_ = monotonic_now() + proxy_.limits_.answer_timeout;
    at_ = proxy_.last_good_;
    ask();
  }

 private:
  Broker& broker() { return proxy_.brokers_[at_]; }

  void ask() {
    stream_ = take_idle(broker());
    reused_ = stream_ != nullptr;
    if (reused_) return write();
    connect();
  }

  void ask_next() {
    if (++asked_ == proxy_.brokers_.size()) return finish(unavailable(), false);
    at_ = (at_ + 1) % proxy_.brokers_.size();
    ask();
  }

  void expires_after(Micros wanted) {
    const Micros left = std::max<Micros>(deadline_ - monotonic_now(), 0);
    stream_->expires_after(std::chrono::microseconds(std::min(wanted, left)));
  }

  void connect() {
    reused_ = false;
    stream_ = std::make_unique<Stream>(proxy_.context_.get_executor());
    expires_after(proxy_.limits_.connect_timeout);
    stream_->async_connect(asio::local::stream_protocol::endpoint(broker().socket),
                           [self = shared_from_this()](SystemError error) {
                             if (error) return self->ask_next();
                             self->write();
                           });
  }

  void write() {
    expires_after(kNever);
    http::async_write(*stream_, request_, [self = shared_from_this()](SystemError error, size_t) {
      if (error) return self->fail(error);
      self->read();
    });
  }

  void read() {
    parser_.emplace();
    parser_->body_limit(proxy_.limits_.answer_bytes);
    parser_->skip(request_.method() == http::verb::head);
    http::async_read(*stream_, buffer_, *parser_, [self = shared_from_this()](SystemError error, size_t) {
      if (error) return self->fail(error);
      const bool keep = self->parser_->get().keep_alive() && self->buffer_.size() == 0;
      if (keep) self->proxy_.give_back(self->broker(), std::move(self->stream_));
      self->proxy_.last_good_ = self->at_;
      self->finish(self->parser_->release(), true);
    });
  }

  void fail(SystemError error) {
    const bool nothing_came = !parser_ || !parser_->got_some();
    if (nothing_came && error != beast::error::timeout && may_be_repeated(request_)) {
      parser_.reset();
      buffer_.clear();
      // The broker may live and have closed a connection that was kept.
      return reused_ ? connect() : ask_next();
    }
    if (error == beast::error::timeout) {
      return finish(problem(http::status::gateway_timeout, "broker_timeout", "Gateway timeout",
                            "The server took too long to answer; try again."),
                    false);
    }
    finish(unavailable(), false);
  }

  void finish(Response response, bool broker_answered) {
    --proxy_.under_way_;
    answer_(std::move(response), broker_answered);
  }

  BrokerProxy& proxy_;
  Request request_;
  Answer answer_;
  Micros deadline_ = 0;
  size_t at_ = 0;     // which broker is being asked
  size_t asked_ = 0;  // how many were asked before it
  std::unique_ptr<Stream> stream_;
  beast::flat_buffer buffer_{64 * 1024};
  std::optional<http::response_parser<http::string_body>> parser_;
  bool reused_ = false;
};

BrokerProxy::BrokerProxy(asio::io_context& context, const std::vector<std::string>& sockets, const Limits& limits)
    : context_(context), limits_(limits) {
  for (const std::string& socket : sockets) brokers_.push_back({.socket = socket, .idle = {}});
}

BrokerProxy::~BrokerProxy() = default;

void BrokerProxy::forward(Request request, Answer answer) {
  if (under_way_ >= limits_.under_way) {
    auto busy = problem(http::status::service_unavailable, "busy", "Service unavailable",
                        "Too many requests are waiting for an answer; try again in a moment.");
    busy.set(http::field::retry_after, "1");
    asio::post(context_,
               [busy = std::move(busy), answer = std::move(answer)]() mutable { answer(std::move(busy), false); });
    return;
  }
  ++under_way_;
  request.keep_alive(true);
  std::make_shared<Exchange>(*this, std::move(request), std::move(answer))->start();
}

std::unique_ptr<BrokerProxy::Stream> BrokerProxy::take_idle(Broker& broker) {
  while (!broker.idle.empty()) {
    auto stream = std::move(broker.idle.back());
    broker.idle.pop_back();
    // An idle connection has nothing to read: neither data nor, when the broker went, its end.
    char byte = 0;
    const auto got = ::recv(stream->socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return stream;
  }
  return nullptr;
}

void BrokerProxy::give_back(Broker& broker, std::unique_ptr<Stream> stream) {
  stream->expires_never();
  if (broker.idle.size() < limits_.idle_connections) broker.idle.push_back(std::move(stream));
}

}  // namespace vitrine
