#include "broker/api/http_server.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <optional>
#include <thread>

#include "broker/provision/line_socket.h"

namespace vitrine::broker {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Local = asio::local::stream_protocol;

namespace {

constexpr int kHandlers = 8;              // most wait for the database or hash a password
constexpr int kMaxConnections = 256;      // the gateway keeps a few; more is a leak or an attack
constexpr size_t kMaxHeader = 16 * 1024;  // cookies and user agents stay far below
constexpr size_t kMaxBody = 64 * 1024;    // the largest request names an app and its command
constexpr size_t kMaxSite = 4 << 20;      // the administrator's socket takes whole sites, of some ten thousand apps
constexpr auto kReadLimit = std::chrono::seconds(15);
constexpr auto kIdleLimit = std::chrono::seconds(75);  // longer than a gateway keeps an idle connection
constexpr auto kWriteLimit = std::chrono::seconds(15);

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

HttpResponse plain_problem(int status, const char* code, const char* detail) {
  return {.status = status,
          .content_type = "application/problem+json",
          .body = std::string(R"({"type":"about:blank","title":"Bad request","status":)") + std::to_string(status) +
                  R"(,"detail":")" + detail + R"(","code":")" + code + "\"}",
          .headers = {}};
}

}  // namespace

const std::string& HttpRequest::header(const std::string& lower_case_name) const {
  static const std::string none;
  const auto found = headers.find(lower_case_name);
  return found == headers.end() ? none : found->second;
}

struct HttpServer::State {
  asio::io_context io{1};
  asio::thread_pool handlers{kHandlers};
  Handler handler;
  std::atomic<int> connections = 0;
  std::vector<std::unique_ptr<Local::acceptor>> acceptors;
  std::jthread thread;

  class Connection;
  void accept(Local::acceptor& acceptor, bool local_admin);
};

// One connection; on the server's thread, but for answer(), which one handler at a time runs.
class HttpServer::State::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(State& server, Local::socket socket, bool local_admin)
      : server_(server), stream_(std::move(socket)), local_admin_(local_admin) {
    ++server_.connections;
  }
  ~Connection() { --server_.connections; }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void read(std::chrono::seconds limit) {
    parser_.emplace();
    parser_->header_limit(kMaxHeader);
    parser_->body_limit(local_admin_ ? kMaxSite : kMaxBody);
    stream_.expires_after(limit);
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = shared_from_this()](error_code failed, size_t) { self->on_header(failed); });
  }

 private:
  void on_header(error_code failed) {
    if (failed) return refuse(failed);
    stream_.expires_after(kReadLimit);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](error_code body_failed, size_t) { self->on_read(body_failed); });
  }

  void on_read(error_code failed) {
    if (failed) return refuse(failed);
    stream_.expires_never();
    asio::post(server_.handlers, [self = shared_from_this()] { self->answer(); });
  }

  void refuse(error_code failed) {
    const bool limit = failed == http::error::body_limit || failed == http::error::header_limit;
    if (!limit && failed.category() != http::make_error_code(http::error::bad_method).category()) return;
    if (failed == http::error::end_of_stream || failed == http::error::partial_message) return;
    write(limit ? plain_problem(413, "too_large", "The request is too large.")
                : plain_problem(400, "malformed", "This is no HTTP request."),
          false);
  }

  void answer() {
    const auto& message = parser_->get();
    HttpRequest request{.method = std::string(message.method_string()),
                        .target = std::string(message.target()),
                        .headers = {},
                        .body = message.body(),
                        .local_admin = local_admin_};
    for (const auto& field : message) request.headers.emplace(lower_case(field.name_string()), field.value());
    const bool keep = message.keep_alive();
    HttpResponse response = server_.handler(request);
    asio::post(server_.io, [self = shared_from_this(), response = std::move(response), keep]() mutable {
      self->write(std::move(response), keep);
    });
  }

  void write(HttpResponse response, bool keep) {
    response_.emplace(static_cast<http::status>(response.status), 11);
    response_->keep_alive(keep);
    if (!response.content_type.empty()) response_->set(http::field::content_type, response.content_type);
    for (const auto& [name, value] : response.headers) response_->insert(name, value);
    response_->body() = std::move(response.body);
    response_->prepare_payload();
    stream_.expires_after(kWriteLimit);
    http::async_write(stream_, *response_, [self = shared_from_this(), keep](error_code failed, size_t) {
      if (!failed && keep) self->read(kIdleLimit);
    });
  }

  State& server_;
  beast::basic_stream<Local> stream_;
  const bool local_admin_;
  beast::flat_buffer buffer_{kMaxHeader + kMaxBody};
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::string_body>> response_;
};

void HttpServer::State::accept(Local::acceptor& acceptor, bool local_admin) {
  acceptor.async_accept([this, &acceptor, local_admin](error_code failed, Local::socket socket) {
    if (failed == asio::error::operation_aborted) return;
    if (!failed && connections < kMaxConnections) {
      std::make_shared<Connection>(*this, std::move(socket), local_admin)->read(kReadLimit);
    }
    accept(acceptor, local_admin);
  });
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(const std::vector<Listener>& listeners, Handler handler) {
  auto state = std::make_unique<State>();
  state->handler = std::move(handler);
  for (const Listener& listener : listeners) {
    UniqueFd fd = TRY(listen_at(listener.path));
    auto acceptor = std::make_unique<Local::acceptor>(state->io);
    error_code failed;
    acceptor->assign(Local(), ::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0), failed);
    if (failed) return Error{ErrorCode::kIo, "Cannot listen at " + listener.path + ": " + failed.message()};
    state->accept(*acceptor, listener.local_admin);
    state->acceptors.push_back(std::move(acceptor));
  }
  state->thread = std::jthread([&io = state->io] {
    const auto keep = asio::make_work_guard(io);
    io.run();
  });
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

HttpServer::~HttpServer() {
  state_->handlers.stop();
  state_->handlers.join();
  state_->io.stop();
  state_->thread.join();
}

}  // namespace vitrine::broker
