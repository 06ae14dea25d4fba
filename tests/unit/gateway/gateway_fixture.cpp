#include "tests/unit/gateway/gateway_fixture.h"

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <fstream>

namespace vitrine {
namespace {

using namespace std::chrono_literals;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;

constexpr auto kPatience = 60s;  // only ever reached by a failing test

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = std::filesystem::temp_directory_path() / "vitrine-test-XXXXXX";
  CHECK(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void TemporaryFolder::write(const std::string& name, std::string_view text) const {
  std::filesystem::create_directories((path_ / name).parent_path());
  std::ofstream(path_ / name, std::ios::binary) << text;
}

// --- TestConnection --------------------------------------------------------------------------------------------

TestConnection::TestConnection(uint16_t port) : port_(port) {
  auto& lowest = beast::get_lowest_layer(stream_);
  lowest.async_connect(tcp::endpoint(asio::ip::make_address("127.0.0.1"), port), [&](SystemError error) {
    if (error) return;
    stream_.next_layer().async_handshake(asio::ssl::stream_base::client,
                                         [&](SystemError failed) { connected_ = !failed; });
  });
  run();
}

TestConnection::~TestConnection() = default;

void TestConnection::run() {
  context_.restart();
  context_.run_for(kPatience);
  if (context_.stopped()) return;
  ADD_FAILURE() << "waited too long";
  SystemError ignored;
  beast::get_lowest_layer(stream_).socket().close(ignored);
  context_.run_for(1s);
}

TestConnection::Response TestConnection::request(Request request) {
  if (request.count(http::field::host) == 0) request.set(http::field::host, "127.0.0.1:" + std::to_string(port_));
  request.prepare_payload();
  http::response_parser<http::string_body> parser;
  parser.skip(request.method() == http::verb::head);
  SystemError result;
  http::async_write(stream_.next_layer(), request, [&](SystemError error, size_t) {
    if (error) return void(result = error);
    http::async_read(stream_.next_layer(), buffer_, parser, [&](SystemError failed, size_t) { result = failed; });
  });
  run();
  EXPECT_FALSE(result) << result.message();
  return parser.release();
}

TestConnection::Response TestConnection::get(const std::string& target) {
  return request(Request{http::verb::get, target, 11});
}

void TestConnection::send(std::string_view bytes) {
  asio::async_write(stream_.next_layer(), asio::buffer(bytes), [](SystemError, size_t) {});
  run();
}

std::string TestConnection::read_to_end() {
  std::string text;
  asio::async_read(stream_.next_layer(), asio::dynamic_buffer(text), [](SystemError, size_t) {});
  run();
  return text;
}

// --- TestLink --------------------------------------------------------------------------------------------------

TestLink::TestLink(uint16_t port, const Request& request) : connection_(port) {
  auto& stream = connection_.stream_;
  if (request.receive_buffer != 0) {
    SystemError ignored;
    beast::get_lowest_layer(stream).socket().set_option(asio::socket_base::receive_buffer_size(request.receive_buffer),
                                                        ignored);
  }
  stream.set_option(websocket::stream_base::decorator([&](websocket::request_type& upgrade) {
    if (request.origin) upgrade.set(http::field::origin, *request.origin);
    if (!request.cookie.empty()) upgrade.set(http::field::cookie, request.cookie);
    if (!request.subprotocols.empty()) upgrade.set(http::field::sec_websocket_protocol, request.subprotocols);
  }));
  stream.binary(true);
  stream.read_message_max(kMaxMessage * 2);
  websocket::response_type response;
  stream.async_handshake(response, "127.0.0.1:" + std::to_string(port), request.path,
                         [&](SystemError) { status_ = response.result_int(); });
  connection_.run();
}

void TestLink::send(const Bytes& message, bool binary) {
  connection_.stream_.binary(binary);
  connection_.stream_.async_write(asio::buffer(message), [](SystemError, size_t) {});
  connection_.run();
}

bool TestLink::send_within(const Bytes& message, std::chrono::milliseconds time) {
  connection_.stream_.async_write(asio::buffer(message), [](SystemError, size_t) {});
  connection_.context_.restart();
  connection_.context_.run_for(time);
  return connection_.context_.stopped();
}

std::optional<Bytes> TestLink::receive() {
  Bytes message;
  bool got = false;
  auto buffer = asio::dynamic_buffer(message);
  connection_.stream_.async_read(buffer, [&](SystemError error, size_t) { got = !error; });
  connection_.run();
  return got ? std::optional(message) : std::nullopt;
}

Close TestLink::next_close() {
  for (;;) {
    const auto message = receive();
    EXPECT_TRUE(message) << "the link ended without a Close";
    if (!message) return {};
    if (message_type(*message).value() != Close::kType) continue;
    EXPECT_FALSE(receive()) << "a message came after the Close";
    auto close = parse<Close>(*message);
    EXPECT_TRUE(close.ok());
    EXPECT_FALSE(close.value().reason.empty());
    return close.take();
  }
}

void TestLink::cut() {
  SystemError ignored;
  beast::get_lowest_layer(connection_.stream_).socket().close(ignored);
}

// --- TestBroker ------------------------------------------------------------------------------------------------

TestBroker::TestBroker(const std::filesystem::path& socket, Answer answer)
    : acceptor_(context_, asio::local::stream_protocol::endpoint(socket)), answer_(std::move(answer)) {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      asio::local::stream_protocol::socket peer(context_);
      SystemError error;
      acceptor_.accept(peer, error);
      serving_ = peer.native_handle();
      if (!error && !stop.stop_requested()) serve(peer);
      serving_ = -1;
    }
  });
}

TestBroker::~TestBroker() {
  thread_.request_stop();
  // Wakes the thread that waits for a connection or for a request.
  ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
  ::shutdown(serving_, SHUT_RDWR);
}

void TestBroker::serve(asio::local::stream_protocol::socket& socket) {
  beast::flat_buffer buffer;
  SystemError error;
  while (!error) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(8 << 20);
    http::read(socket, buffer, parser, error);
    if (error) return;
    Response response = answer_(parser.get());
    // One request a connection, so that this thread serves the next one.
    response.keep_alive(response.keep_alive() && response["X-Keep"] == "yes");
    const bool keep = response.keep_alive();
    response.prepare_payload();
    http::write(socket, response, error);
    if (!keep) return;
  }
}

// --- GatewayTest -----------------------------------------------------------------------------------------------

GatewayTest::GatewayTest() {
  folder_.write("client/index.html", "<!doctype html><title>Vitrine</title>");
  folder_.write("client/assets/app-3F9KX2QZ.js", "export {};");
  options_.listen = {"127.0.0.1", 0};
  options_.threads = 2;
  options_.broker_sockets = {folder_.path() / "broker.sock"};
  options_.client_folder = folder_.path() / "client";
  options_.ticket_key_pem = signer_.public_key_pem();
  options_.switchboard.started_s = unix_now_s() - 10;
}

GatewayTest::~GatewayTest() = default;

void GatewayTest::start() {
  auto certificate = ensure_self_signed(folder_.path() / "tls", {"localhost", "127.0.0.1"});
  ASSERT_TRUE(certificate.ok()) << certificate.error().message;
  options_.certificate = certificate.take();
  auto gateway = Gateway::create(options_);
  ASSERT_TRUE(gateway.ok()) << gateway.error().message;
  gateway_ = gateway.take();
  gateway_->start();
}

Ticket GatewayTest::viewer_ticket(const std::string& desktop) {
  return {.desktop = desktop,
          .session = "s1",
          .user = "ann",
          .origin = origin(),
          .rights = kMayView | kMayInput | kMayResize,
          .issued_s = unix_now_s(),
          .expires_s = unix_now_s() + 30};
}

std::unique_ptr<TestLink> GatewayTest::open_viewer(int receive_buffer) {
  auto link = std::make_unique<TestLink>(
      port(), TestLink::Request{.path = "/ws/view", .origin = origin(), .receive_buffer = receive_buffer});
  EXPECT_EQ(link->status(), 101);
  return link;
}

std::unique_ptr<TestLink> GatewayTest::open_agent() {
  auto link = std::make_unique<TestLink>(port(), TestLink::Request{.path = "/ws/agent"});
  EXPECT_EQ(link->status(), 101);
  return link;
}

std::unique_ptr<TestLink> GatewayTest::viewer(const std::string& desktop, int receive_buffer) {
  auto link = open_viewer(receive_buffer);
  link->say(ViewerHello{.ticket = signed_ticket(viewer_ticket(desktop)), .width = 800, .height = 600});
  link->next<Welcome>();
  return link;
}

std::unique_ptr<TestLink> GatewayTest::agent(const std::string& desktop) {
  auto link = open_agent();
  link->say(AgentHello{.credential = signed_ticket({.kind = TicketKind::kAgent,
                                                    .desktop = desktop,
                                                    .issued_s = unix_now_s(),
                                                    .expires_s = unix_now_s() + 3600})});
  link->next<Welcome>();
  return link;
}

uint64_t GatewayTest::metric(const std::string& name_and_labels) {
  const std::string text = gateway_->metrics();
  const auto at = text.find("\n" + name_and_labels + " ");
  EXPECT_NE(at, std::string::npos) << name_and_labels;
  return at == std::string::npos ? 0 : std::stoull(text.substr(at + name_and_labels.size() + 2));
}

void GatewayTest::wait_for_metric(const std::string& name_and_labels, uint64_t value) {
  const Micros until = monotonic_now() + 60 * kSecond;
  while (metric(name_and_labels) != value) {
    ASSERT_LT(monotonic_now(), until) << name_and_labels << " stays " << metric(name_and_labels);
    std::this_thread::yield();
  }
}

}  // namespace vitrine
