#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <fstream>

#include "tests/unit/gateway/gateway_fixture.h"

namespace vitrine {
namespace {

using Request = TestConnection::Request;
using Response = TestConnection::Response;

class GatewayHttpTest : public GatewayTest {
 protected:
  // Sends bytes as they are and gives the status of each answer.
  std::vector<int> statuses(const std::string& bytes) {
    TestConnection connection(port());
    connection.send(bytes);
    const std::string text = connection.read_to_end();
    std::vector<int> found;
    for (size_t at = text.find("HTTP/1.1 "); at != std::string::npos; at = text.find("HTTP/1.1 ", at + 1)) {
      found.push_back(std::stoi(text.substr(at + 9, 3)));
    }
    return found;
  }
  void serve_api(TestBroker::Answer answer) { broker_ = std::make_unique<TestBroker>(options_.broker_sockets.front(), answer); }

  std::unique_ptr<TestBroker> broker_;
};

Response json(http::status status, const std::string& body) {
  Response response{status, 11};
  response.set(http::field::content_type, "application/json");
  response.body() = body;
  return response;
}

// --- the client ------------------------------------------------------------------------------------------------

TEST_F(GatewayHttpTest, ServesTheClient) {
  start();
  TestConnection connection(port());
  const auto index = connection.get("/");
  EXPECT_EQ(index.result_int(), 200);
  EXPECT_EQ(index[http::field::content_type], "text/html; charset=utf-8");
  EXPECT_EQ(index[http::field::cache_control], "no-cache");
  EXPECT_EQ(index.body(), "<!doctype html><title>Vitrine</title>");
  const auto script = connection.get("/assets/app-3F9KX2QZ.js?v=1");
  EXPECT_EQ(script[http::field::content_type], "text/javascript; charset=utf-8");
  EXPECT_EQ(script[http::field::cache_control], "public, max-age=31536000, immutable");
  EXPECT_EQ(connection.get("/nothing").result_int(), 404);
}

TEST_F(GatewayHttpTest, AnswersHeadAndUnchangedFilesWithoutABody) {
  start();
  TestConnection connection(port());
  const auto head = connection.request(Request{http::verb::head, "/", 11});
  EXPECT_EQ(head[http::field::content_length], "37");
  EXPECT_EQ(head.body(), "");
  Request again{http::verb::get, "/", 11};
  again.set(http::field::if_none_match, head[http::field::etag]);
  const auto unchanged = connection.request(again);
  EXPECT_EQ(unchanged.result_int(), 304);
  EXPECT_EQ(unchanged[http::field::etag], head[http::field::etag]);
}

TEST_F(GatewayHttpTest, ReadsAClientFolderAgainWhenItChanges) {
  start();
  TestConnection connection(port());
  connection.get("/");
  folder_.write("client/index.html", "<!doctype html>new");
  std::filesystem::last_write_time(folder_.path() / "client/index.html",
                                   std::filesystem::file_time_type::clock::now() + std::chrono::seconds(5));
  EXPECT_EQ(connection.get("/").body(), "<!doctype html>new");
}

TEST_F(GatewayHttpTest, EveryAnswerCarriesTheSecurityHeaders) {
  start();
  TestConnection connection(port());
  for (const std::string target : {"/", "/nothing", "/api/me", "/healthz", "/metrics", "/ws/view"}) {
    const auto response = connection.get(target);
    EXPECT_NE(response["Content-Security-Policy"].find("default-src 'none'"), boost::beast::string_view::npos);
    EXPECT_NE(response["Content-Security-Policy"].find("frame-ancestors 'none'"), boost::beast::string_view::npos);
    EXPECT_EQ(response["X-Content-Type-Options"], "nosniff") << target;
    EXPECT_EQ(response["Cross-Origin-Opener-Policy"], "same-origin") << target;
    EXPECT_EQ(response["Cross-Origin-Embedder-Policy"], "require-corp") << target;
    EXPECT_EQ(response["Cross-Origin-Resource-Policy"], "same-origin") << target;
    EXPECT_EQ(response["Referrer-Policy"], "no-referrer") << target;
    EXPECT_NE(response["Strict-Transport-Security"], "") << target;
    EXPECT_NE(response["Permissions-Policy"], "") << target;
  }
}

TEST_F(GatewayHttpTest, NothingOutsideTheClientFolderCanBeAskedFor) {
  folder_.write("secret.txt", "secret");
  std::filesystem::create_symlink(folder_.path() / "secret.txt", folder_.path() / "client/link.txt");
  start();
  for (const std::string target :
       {"/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/.%2E/secret.txt",
        "//etc/passwd", "/assets/%2e%2e%2f%2e%2e%2fsecret.txt", "/link.txt", "/assets/..\\..\\secret.txt", "/%00"}) {
    TestConnection connection(port());
    const auto response = connection.get(target);
    EXPECT_TRUE(response.result_int() == 400 || response.result_int() == 404) << target << " " << response.result_int();
    EXPECT_EQ(response.body().find("secret\n"), std::string::npos);
  }
}

// --- hostile HTTP ----------------------------------------------------------------------------------------------

TEST_F(GatewayHttpTest, RefusesGarbageAndGoesOn) {
  start();
  const std::string host = "Host: 127.0.0.1\r\n";
  const std::vector<std::string> bad = {
      std::string("\0\1\2\3\r\n\r\n", 8),
      "GET\r\n\r\n",
      "GET / HTTP/9.9\r\n" + host + "\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\n" + host + host + "\r\n",
      "GET http://evil/ HTTP/1.1\r\n" + host + "\r\n",
      "GET * HTTP/1.1\r\n" + host + "\r\n",
      "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a/../b\r\n\r\n",
      "GET / HTTP/1.1\r\n" + host + "X: a\nb\r\n\r\n",
      "GET / HTTP/1.1\r\n" + host + "bad header\r\n\r\n",
      "GET / HTTP/1.1\r\n" + host + "Space : before colon\r\n\r\n",
      "CONNECT evil:443 HTTP/1.1\r\n" + host + "\r\n",
  };
  for (const std::string& bytes : bad) {
    const auto found = statuses(bytes);
    ASSERT_EQ(found.size(), 1) << bytes;
    EXPECT_EQ(found[0], 400) << bytes;
  }
  EXPECT_EQ(statuses("GET / HTTP/1.1\r\n" + host + "X: " + std::string(20'000, 'a') + "\r\n\r\n"),
            std::vector<int>{431});
  EXPECT_EQ(TestConnection(port()).get("/").result_int(), 200);
}

// Each of these hides a second request in the first one's body, if two servers in a row disagree about its length.
TEST_F(GatewayHttpTest, RefusesRequestsWhoseLengthIsAmbiguous) {
  std::atomic<int> reached = 0;
  serve_api([&](const TestBroker::Request&) {
    ++reached;
    return json(http::status::ok, "{}");
  });
  start();
  const std::string head = "POST /api/login HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n";
  const std::string hidden = "GET /api/me HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  const std::vector<std::string> shapes = {
      head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
      head + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + hidden,
      head + "Content-Length: 0\r\nContent-Length: 44\r\n\r\n" + hidden,
      head + "Content-Length: 0, 44\r\n\r\n" + hidden,
      head + "Content-Length: -1\r\n\r\n" + hidden,
      head + "Content-Length: +0\r\n\r\n" + hidden,
      head + "Content-Length: 0x0\r\n\r\n" + hidden,
      head + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + hidden,
      head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + hidden,
      head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + hidden,
      head + "Transfer-Encoding:\x0b chunked\r\n\r\n0\r\n\r\n" + hidden,
      head + "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n" + hidden,
      head + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n\r\n" + hidden,
  };
  for (const std::string& bytes : shapes) {
    EXPECT_EQ(statuses(bytes), std::vector<int>{400}) << bytes;
  }
  EXPECT_EQ(reached, 0);
}

TEST_F(GatewayHttpTest, SaysSoInPlainTextToWhoForgetsHttps) {
  start();
  asio::io_context context;
  asio::ip::tcp::socket socket(context);
  socket.connect({asio::ip::make_address("127.0.0.1"), port()});
  asio::write(socket, asio::buffer(std::string("GET / HTTP/1.1\r\nHost: x\r\n\r\n")));
  std::string answer;
  SystemError error;
  asio::read(socket, asio::dynamic_buffer(answer), error);
  EXPECT_NE(answer.find("https://"), std::string::npos);
}

TEST_F(GatewayHttpTest, SpeaksOnlyTls13) {
  start();
  asio::io_context context;
  asio::ssl::context old(asio::ssl::context::tlsv12_client);
  asio::ssl::stream<asio::ip::tcp::socket> stream(context, old);
  stream.lowest_layer().connect({asio::ip::make_address("127.0.0.1"), port()});
  SystemError error;
  stream.handshake(asio::ssl::stream_base::client, error);
  EXPECT_TRUE(error);
}

TEST_F(GatewayHttpTest, ClosesWhoSendsHalfARequest) {
  options_.limits.header_timeout = 300 * kMillisecond;
  start();
  TestConnection connection(port());
  connection.send("GET / HTTP/1.1\r\nHo");
  EXPECT_EQ(connection.read_to_end(), "");
}

TEST_F(GatewayHttpTest, LimitsConnectionsInAllAndFromOneAddress) {
  options_.limits.connections = 3;
  start();
  std::vector<std::unique_ptr<TestConnection>> open;
  for (int i = 0; i < 4; ++i) open.push_back(std::make_unique<TestConnection>(port()));
  EXPECT_TRUE(open[2]->connected());
  EXPECT_FALSE(open[3]->connected());
  EXPECT_EQ(metric("vitrine_gateway_refused_connections_total{reason=\"total\"}"), 1);
}

TEST_F(GatewayHttpTest, LimitsTheRateOfOneAddress) {
  options_.limits.loopback_is_limited = true;
  options_.limits.address_burst = 5;
  options_.limits.address_rate = 0.001;
  start();
  int connected = 0;
  for (int i = 0; i < 8; ++i) connected += TestConnection(port()).connected() ? 1 : 0;
  EXPECT_EQ(connected, 5);
  EXPECT_EQ(metric("vitrine_gateway_refused_connections_total{reason=\"rate\"}"), 3);
}

TEST_F(GatewayHttpTest, TwoHundredConnectionsAtOnce) {
  start();
  std::vector<std::unique_ptr<TestConnection>> open;
  for (int i = 0; i < 200; ++i) open.push_back(std::make_unique<TestConnection>(port()));
  for (const auto& connection : open) EXPECT_EQ(connection->get("/").result_int(), 200);
  open.clear();
  wait_for_metric("vitrine_gateway_connections", 0);
}

// --- the broker ------------------------------------------------------------------------------------------------

TEST_F(GatewayHttpTest, PassesApiRequestsAndAnswersOn) {
  TestBroker::Request seen;
  serve_api([&](const TestBroker::Request& request) {
    seen = request;
    auto response = json(http::status::created, R"({"ok":true})");
    response.insert(http::field::set_cookie, "__Host-vitrine=1; Secure");
    response.insert(http::field::set_cookie, "other=2");
    response.set("Proxy-Connection", "close");
    return response;
  });
  start();
  Request request{http::verb::post, "/api/login?x=1", 11};
  request.set("Cookie", "a=b");
  request.set("X-CSRF-Token", "t");
  request.set("X-Forwarded-For", "6.6.6.6");
  request.set("X-Forwarded-Proto", "http");
  request.set("Forwarded", "for=6.6.6.6");
  request.set("X_CSRF_Token", "smuggled");
  request.set("X-Hop", "1");
  request.set(http::field::connection, "keep-alive, X-Hop");
  request.set(http::field::transfer_encoding, "chunked");
  request.body() = R"({"username":"ann"})";
  request.chunked(true);
  TestConnection connection(port());
  const auto response = connection.request(request);
  EXPECT_EQ(response.result_int(), 201);
  EXPECT_EQ(response.body(), R"({"ok":true})");
  EXPECT_EQ(response.count(http::field::set_cookie), 2);
  EXPECT_EQ(response.count("Proxy-Connection"), 0);
  EXPECT_EQ(response[http::field::cache_control], "no-store");

  EXPECT_EQ(seen.target(), "/api/login?x=1");
  EXPECT_EQ(seen.body(), R"({"username":"ann"})");
  EXPECT_EQ(seen[http::field::content_length], "18");
  EXPECT_EQ(seen["Cookie"], "a=b");
  EXPECT_EQ(seen["X-CSRF-Token"], "t");
  EXPECT_EQ(seen["X-Forwarded-For"], "127.0.0.1");
  EXPECT_EQ(seen["X-Forwarded-Proto"], "https");
  EXPECT_EQ(seen["X-Forwarded-Host"], "127.0.0.1:" + std::to_string(port()));
  for (const char* name : {"Forwarded", "X_CSRF_Token", "X-Hop", "Transfer-Encoding"}) {
    EXPECT_EQ(seen.count(name), 0) << name;
  }
}

TEST_F(GatewayHttpTest, ABrokerThatIsAwayIsAProblemWithASentence) {
  start();
  TestConnection connection(port());
  const auto response = connection.get("/api/me");
  EXPECT_EQ(response.result_int(), 503);
  EXPECT_EQ(response[http::field::content_type], "application/problem+json");
  EXPECT_NE(response.body().find("broker_unavailable"), std::string::npos);
  EXPECT_EQ(connection.get("/healthz").body(), R"({"gateway":"up","broker":"away"})");
  EXPECT_EQ(connection.get("/").result_int(), 200) << "the connection is as good as before";
}

TEST_F(GatewayHttpTest, ABrokerThatComesBackIsUsedAgain) {
  const auto answer = [](const TestBroker::Request&) {
    auto response = json(http::status::ok, "{}");
    response.set("X-Keep", "yes");
    return response;
  };
  options_.threads = 1;
  serve_api(answer);
  start();
  TestConnection connection(port());
  EXPECT_EQ(connection.get("/api/me").result_int(), 200);
  EXPECT_EQ(connection.get("/api/me").result_int(), 200);
  broker_.reset();
  std::filesystem::remove(options_.broker_sockets.front());
  EXPECT_EQ(connection.get("/api/me").result_int(), 503);
  serve_api(answer);
  EXPECT_EQ(connection.get("/api/me").result_int(), 200);
  EXPECT_EQ(connection.get("/healthz").body(), R"({"gateway":"up","broker":"up"})");
}

TEST_F(GatewayHttpTest, ABrokerThatDoesNotAnswerIsGivenUp) {
  options_.proxy.answer_timeout = 50 * kMillisecond;
  asio::io_context context;
  asio::local::stream_protocol::acceptor silent(context,
                                                asio::local::stream_protocol::endpoint(options_.broker_sockets.front()));
  start();
  EXPECT_EQ(TestConnection(port()).get("/api/me").result_int(), 504);
}

TEST_F(GatewayHttpTest, RefusesLargeBodiesWithAnAnswer) {
  serve_api([](const TestBroker::Request&) { return json(http::status::ok, "{}"); });
  start();
  Request request{http::verb::post, "/api/login", 11};
  request.body() = std::string((1 << 20) + 1, 'a');
  EXPECT_EQ(TestConnection(port()).request(request).result_int(), 413);
  request.body().pop_back();
  EXPECT_EQ(TestConnection(port()).request(request).result_int(), 200);
}

TEST_F(GatewayHttpTest, AnswersContinueToWhoAsks) {
  serve_api([](const TestBroker::Request& request) { return json(http::status::ok, request.body()); });
  start();
  TestConnection connection(port());
  connection.send(
      "POST /api/x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n");
  connection.send("hi");
  const std::string text = connection.read_to_end();
  EXPECT_TRUE(text.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")) << text;
  EXPECT_TRUE(text.ends_with("hi"));
}

TEST_F(GatewayHttpTest, MetricsNeedTheTokenWhenThereIsOne) {
  options_.metrics_token = "sesame";
  start();
  TestConnection connection(port());
  EXPECT_EQ(connection.get("/metrics").result_int(), 403);
  Request request{http::verb::get, "/metrics", 11};
  request.set(http::field::authorization, "Bearer sesame");
  const auto response = connection.request(request);
  EXPECT_EQ(response.result_int(), 200);
  EXPECT_NE(response.body().find("# TYPE vitrine_gateway_links gauge"), std::string::npos);
}

TEST_F(GatewayHttpTest, UsesANewCertificateWithoutARestart) {
  start();
  const auto first = certificate_fingerprint(options_.certificate.certificate).take();
  ASSERT_TRUE(ensure_self_signed(folder_.path() / "tls", {"localhost", "127.0.0.1", "another.example"}).ok());
  EXPECT_NE(certificate_fingerprint(options_.certificate.certificate).take(), first);
  EXPECT_TRUE(gateway_->reload_certificate().ok());
  EXPECT_EQ(TestConnection(port()).get("/").result_int(), 200);
  std::ofstream(options_.certificate.certificate) << "nonsense";
  EXPECT_FALSE(gateway_->reload_certificate().ok());
  EXPECT_EQ(TestConnection(port()).get("/").result_int(), 200) << "the old one stays";
}

TEST_F(GatewayHttpTest, AnIdleConnectionDoesNotHoldUpTheEnd) {
  start();
  TestConnection idle(port());
  idle.get("/");
  std::atomic<bool> done = false;
  gateway_->drain([&] { done = true; });
  EXPECT_EQ(idle.read_to_end(), "");
  const Micros until = monotonic_now() + 60 * kSecond;
  while (!done && monotonic_now() < until) std::this_thread::yield();
  EXPECT_TRUE(done);
}

// A second signal ends the process at once, while the first one's drain() is still to be run by a worker.
TEST_F(GatewayHttpTest, CanEndBeforeItsDrainHasRun) {
  options_.certificate = ensure_self_signed(folder_.path() / "tls", {"localhost"}).take();
  gateway_ = Gateway::create(options_).take();
  const uint16_t port = gateway_->port();
  gateway_->drain([] {});
  gateway_.reset();
  EXPECT_FALSE(TestConnection(port).connected());
}

// --- starts that fail ------------------------------------------------------------------------------------------

TEST_F(GatewayHttpTest, SaysWhatIsWrongAtTheStart) {
  start();
  GatewayOptions taken = options_;
  taken.listen.port = port();
  EXPECT_NE(Gateway::create(taken).error().message.find("is taken by another program"), std::string::npos);

  GatewayOptions missing = options_;
  missing.certificate.certificate = "/nowhere/cert.pem";
  EXPECT_NE(Gateway::create(missing).error().message.find("/nowhere/cert.pem"), std::string::npos);

  GatewayOptions no_key = options_;
  no_key.certificate.private_key = options_.certificate.certificate;
  EXPECT_NE(Gateway::create(no_key).error().message.find("no private key"), std::string::npos);

  GatewayOptions wrong_key = options_;
  const auto other = ensure_self_signed(folder_.path() / "other", {"localhost"}).take();
  wrong_key.certificate.private_key = other.private_key;
  EXPECT_NE(Gateway::create(wrong_key).error().message.find("does not belong"), std::string::npos);

  GatewayOptions no_address = options_;
  no_address.listen = {"203.0.113.1", 0};
  EXPECT_NE(Gateway::create(no_address).error().message.find("not an address of this machine"), std::string::npos);

  GatewayOptions no_client = options_;
  no_client.client_folder = folder_.path() / "tls";
  EXPECT_NE(Gateway::create(no_client).error().message.find("index.html"), std::string::npos);
}

}  // namespace
}  // namespace vitrine
