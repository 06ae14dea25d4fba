// A real gateway on a free port, with clients that speak real TLS and WebSocket to it. The clients are one-threaded and
// wait for what they expect; a wait that lasts ten seconds fails the test.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "gateway/gateway.h"
#include "protocol/wire.h"

namespace vitrine {

// A folder under the system's temporary one, gone with its owner.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

// A TLS connection to the gateway, for requests or for bytes as they are.
class TestConnection {
 public:
  using Request = http::request<http::string_body>;
  using Response = http::response<http::string_body>;

  explicit TestConnection(uint16_t port);
  ~TestConnection();

  [[nodiscard]] bool connected() const { return connected_; }
  Response request(Request request);
  Response get(const std::string& target);
  void send(std::string_view bytes);
  // Everything until the server closes.
  std::string read_to_end();

 private:
  friend class TestLink;
  void run();

  asio::io_context context_;
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  beast::flat_buffer buffer_;
  beast::websocket::stream<asio::ssl::stream<beast::tcp_stream>> stream_{context_, tls_};
  uint16_t port_;
  bool connected_ = false;
};

// A WebSocket to the gateway.
class TestLink {
 public:
  struct Request {
    std::string path = "/ws/view";
    std::optional<std::string> origin;  // none: no header
    int receive_buffer = 0;             // of the kernel; 0: the usual
    std::string subprotocols;           // empty: no header
    std::string cookie;                 // empty: no header
  };

  TestLink(uint16_t port, const Request& request);

  // Status of the answer to the upgrade; 101 when the link is open.
  [[nodiscard]] unsigned status() const { return status_; }
  template <class M>
  void say(const M& message) {
    send(serialize(message));
  }
  void send(const Bytes& message, bool binary = true);
  // False when the gateway does not take it in this time.
  bool send_within(const Bytes& message, std::chrono::milliseconds time);
  // The next message, or nothing when the link has ended.
  std::optional<Bytes> receive();
  // The next message, which must be an M.
  template <class M>
  M next() {
    const auto message = receive();
    EXPECT_TRUE(message) << "the link has ended, expected " << M::kName;
    if (!message) return {};
    auto parsed = parse<M>(*message);
    EXPECT_TRUE(parsed.ok()) << parsed.error().message;
    return parsed.ok() ? parsed.take() : M{};
  }
  // Skips to the Close, and sees that the link ends after it.
  Close next_close();
  // The connection is cut without a word.
  void cut();

 private:
  TestConnection connection_;
  unsigned status_ = 0;
};

// A broker's socket that answers as the test says.
class TestBroker {
 public:
  using Request = http::request<http::string_body>;
  using Response = http::response<http::string_body>;
  using Answer = std::function<Response(const Request&)>;

  TestBroker(const std::filesystem::path& socket, Answer answer);
  ~TestBroker();

 private:
  void serve(asio::local::stream_protocol::socket& socket);

  asio::io_context context_;
  asio::local::stream_protocol::acceptor acceptor_;
  Answer answer_;
  std::atomic<int> serving_ = -1;  // the connection under way
  std::jthread thread_;
};

class GatewayTest : public testing::Test {
 protected:
  GatewayTest();
  ~GatewayTest() override;

  // Starts with `options_`.
  void start();
  [[nodiscard]] uint16_t port() const { return gateway_->port(); }
  [[nodiscard]] std::string origin() const { return "https://127.0.0.1:" + std::to_string(port()); }

  Ticket viewer_ticket(const std::string& desktop = "d1");
  Bytes signed_ticket(const Ticket& ticket) { return signer_.sign(ticket).take(); }
  std::unique_ptr<TestLink> open_viewer(int receive_buffer = 0);
  std::unique_ptr<TestLink> open_agent();
  // With hello and welcome behind them.
  std::unique_ptr<TestLink> viewer(const std::string& desktop = "d1", int receive_buffer = 0);
  std::unique_ptr<TestLink> agent(const std::string& desktop = "d1");
  // One counter of /metrics.
  uint64_t metric(const std::string& name_and_labels);
  // Waits until it has this value.
  void wait_for_metric(const std::string& name_and_labels, uint64_t value);

  TemporaryFolder folder_;
  TicketSigner signer_ = TicketSigner::generate().take();
  GatewayOptions options_;
  std::unique_ptr<Gateway> gateway_;
};

}  // namespace vitrine
