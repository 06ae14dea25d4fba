// Asking servers that are slow, endless, redirecting or not who they say they are. Real sockets and TLS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "broker/http/curl_http_client.h"
#include "gateway/certificate.h"
#include "tests/unit/broker/fixture.h"

namespace vitrine::broker {
namespace {

using testing::HasSubstr;

// Answers one request at a time with what the path asks for; with TLS when it has a certificate.
class SmallServer {
 public:
  explicit SmallServer(const CertificateFiles* files = nullptr) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    CHECK(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 && ::listen(listener_, 8) == 0);
    CHECK(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    if (files != nullptr) {
      context_ = SSL_CTX_new(TLS_server_method());
      CHECK(SSL_CTX_use_certificate_chain_file(context_, files->certificate.c_str()) == 1);
      CHECK(SSL_CTX_use_PrivateKey_file(context_, files->private_key.c_str(), SSL_FILETYPE_PEM) == 1);
    }
    // As in the product: a client that leaves in the middle of a handshake ends nothing.
    std::signal(SIGPIPE, SIG_IGN);
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
  ~SmallServer() {
    thread_.request_stop();
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
    SSL_CTX_free(context_);
  }
  SmallServer(const SmallServer&) = delete;
  SmallServer& operator=(const SmallServer&) = delete;

  [[nodiscard]] std::string url(const std::string& path, const char* host = "127.0.0.1") const {
    return std::string(context_ != nullptr ? "https://" : "http://") + host + ":" + std::to_string(port_) + path;
  }

 private:
  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) return;
      const timeval limit{.tv_sec = 5, .tv_usec = 0};
      ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
      SSL* session = context_ != nullptr ? SSL_new(context_) : nullptr;
      if (session != nullptr) SSL_set_fd(session, fd);
      if (session == nullptr || SSL_accept(session) == 1) answer(fd, session);
      SSL_free(session);
      ::close(fd);
    }
  }
  static bool send(int fd, SSL* session, const std::string& text) {
    if (session != nullptr) return SSL_write(session, text.data(), static_cast<int>(text.size())) > 0;
    return ::send(fd, text.data(), text.size(), MSG_NOSIGNAL) > 0;
  }
  static std::string receive(int fd, SSL* session) {
    std::string text(4096, '\0');
    const auto size = static_cast<int>(text.size());
    const ssize_t got = session != nullptr ? SSL_read(session, text.data(), size) : ::recv(fd, text.data(), size, 0);
    text.resize(got > 0 ? static_cast<size_t>(got) : 0);
    return text;
  }
  static void answer(int fd, SSL* session) {
    const std::string request = receive(fd, session);
    const size_t at = request.find(' ');
    const std::string path = request.substr(at + 1, request.find(' ', at + 1) - at - 1);
    if (path == "/silent") {
      (void)receive(fd, session);  // until the client gives up
      return;
    }
    if (path == "/elsewhere") {
      send(fd, session, "HTTP/1.1 302 Found\r\nLocation: /here\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      return;
    }
    if (path == "/endless") {
      send(fd, session, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
      while (send(fd, session, std::string(16'000, 'x'))) {
      }
      return;
    }
    const std::string body = path == "/echo" ? request : "hello";
    send(fd, session,
         "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }

  int listener_ = -1;
  int port_ = 0;
  SSL_CTX* context_ = nullptr;
  std::jthread thread_;
};

TEST(HttpClientTest, FormsAndHeadersArriveAndRedirectsAreNotFollowed) {
  SmallServer server;
  CurlHttpClient http;
  const auto echoed = http.call({.url = server.url("/echo"), .headers = {{"X-One", "1"}}, .form = "a=b%20c"});
  ASSERT_TRUE(echoed.ok()) << echoed.error().message;
  EXPECT_THAT(echoed.value().body, HasSubstr("POST /echo"));
  EXPECT_THAT(echoed.value().body, HasSubstr("X-One: 1"));
  EXPECT_THAT(echoed.value().body, HasSubstr("application/x-www-form-urlencoded"));
  EXPECT_TRUE(echoed.value().body.ends_with("a=b%20c"));
  EXPECT_EQ(http.call({.url = server.url("/elsewhere")}).value().status, 302);
}

TEST(HttpClientTest, EndlessAnswersAndSilenceHaveAnEnd) {
  SmallServer server;
  CurlHttpClient patient({.answer_bytes = 100'000, .connect_ms = 60'000, .whole_ms = 60'000});
  EXPECT_EQ(patient.call({.url = server.url("/endless")}).error().code, ErrorCode::kTooLarge);
  CurlHttpClient http({.answer_bytes = 100'000, .connect_ms = 60'000, .whole_ms = 500});
  EXPECT_EQ(http.call({.url = server.url("/silent")}).error().code, ErrorCode::kTimeout);
}

TEST(HttpClientTest, OnlyTrustedCertificatesOfTheRightHostAreTaken) {
  TemporaryFolder folder;
  const CertificateFiles own = ensure_self_signed(folder.path + "/own", {"127.0.0.1"}).take();
  const CertificateFiles other = ensure_self_signed(folder.path + "/other", {"127.0.0.1"}).take();
  SmallServer server(&own);
  CurlHttpClient http;
  const auto good = http.call({.url = server.url("/"), .ca_file = own.certificate});
  ASSERT_TRUE(good.ok()) << good.error().message;
  EXPECT_EQ(good.value().body, "hello");
  for (const HttpCall& call :
       {HttpCall{.url = server.url("/")}, HttpCall{.url = server.url("/"), .ca_file = other.certificate},
        HttpCall{.url = server.url("/", "localhost"), .ca_file = own.certificate}}) {
    const auto refused = http.call(call);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(refused.error().message, HasSubstr("is not trusted"));
  }
}

TEST(HttpClientTest, OnlySafeAddressesAreAsked) {
  CurlHttpClient http;
  for (const char* url :
       {"http://login.example/", "file:///etc/passwd", "ftp://127.0.0.1/", "https://", "https://a b/",
        "https://user:password@login.example/", "https://login.example/#x", "http://localhost.evil.example/",
        "http://127.0.0.1.evil.example/", "gopher://127.0.0.1/", ""}) {
    EXPECT_EQ(http.call({.url = url}).error().code, ErrorCode::kInvalidArgument) << url;
  }
  EXPECT_THAT(http.call({.url = "http://127.0.0.1:1/"}).error().message, HasSubstr("cannot be reached"));
}

TEST(FormTest, FieldsComeBackAsTheyWere) {
  const std::string odd = "a b+c&d=e%\xc3\xa4\n";
  const std::string form = form_of({{"one", odd}, {"two", ""}});
  EXPECT_EQ(form_field(form, "one"), odd);
  EXPECT_EQ(form_field("x=a+b", "x"), "a b");
  for (const char* broken : {"x=%", "x=%1", "x=%zz", "y=1", "", "x", "&&"})
    EXPECT_EQ(form_field(broken, "x"), "") << broken;
}

}  // namespace
}  // namespace vitrine::broker
