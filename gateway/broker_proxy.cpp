#include "gateway/broker_proxy.h"

#include <sys/socket.h>

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
    stream_ = proxy_.take_idle();
    reused_ = stream_ != nullptr;
    if (reused_) return write();
    connect();
  }

 private:
  void connect() {
    reused_ = false;
    stream_ = std::make_unique<Stream>(proxy_.context_.get_executor());
    stream_->expires_after(std::chrono::microseconds(proxy_.limits_.connect_timeout));
    stream_->async_connect(asio::local::stream_protocol::endpoint(proxy_.socket_path_),
                           [self = shared_from_this()](SystemError error) {
                             if (error) return self->finish(unavailable(), false);
                             self->write();
                           });
  }

  void write() {
    stream_->expires_after(std::chrono::microseconds(proxy_.limits_.answer_timeout));
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
      if (keep) self->proxy_.give_back(std::move(self->stream_));
      self->finish(self->parser_->release(), true);
    });
  }

  void fail(SystemError error) {
    // A kept connection that the broker closed meanwhile: nothing of the answer came, so asking again is safe for what
    // changes nothing.
    const bool repeatable = request_.method() == http::verb::get || request_.method() == http::verb::head;
    const bool nothing_came = !parser_ || !parser_->got_some();
    if (reused_ && repeatable && nothing_came && error != beast::error::timeout) {
      buffer_.clear();
      return connect();
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
  std::unique_ptr<Stream> stream_;
  beast::flat_buffer buffer_{64 * 1024};
  std::optional<http::response_parser<http::string_body>> parser_;
  bool reused_ = false;
};

BrokerProxy::BrokerProxy(asio::io_context& context, std::string socket_path, const Limits& limits)
    : context_(context), socket_path_(std::move(socket_path)), limits_(limits) {}

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

std::unique_ptr<BrokerProxy::Stream> BrokerProxy::take_idle() {
  while (!idle_.empty()) {
    auto stream = std::move(idle_.back());
    idle_.pop_back();
    // An idle connection has nothing to read: neither data nor, when the broker went, its end.
    char byte = 0;
    const auto got = ::recv(stream->socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return stream;
  }
  return nullptr;
}

void BrokerProxy::give_back(std::unique_ptr<Stream> stream) {
  stream->expires_never();
  if (idle_.size() < limits_.idle_connections) idle_.push_back(std::move(stream));
}

}  // namespace vitrine
