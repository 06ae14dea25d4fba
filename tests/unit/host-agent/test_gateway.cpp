#include "tests/unit/host-agent/test_gateway.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <poll.h>

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast.hpp>
#include <boost/beast/ssl.hpp>
#include <chrono>
#include <cstdio>
#include <utility>

namespace vitrine::agent {

namespace asio = boost::asio;
namespace beast = boost::beast;
using Tcp = asio::ip::tcp;
using Stream = beast::websocket::stream<asio::ssl::stream<Tcp::socket>>;

TestCertificate TestCertificate::make(const std::string& folder, const std::string& name) {
  TestCertificate files{folder + "/" + name + ".pem", folder + "/" + name + ".key"};
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* const subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("another.example"), -1,
                             -1, 0);
  X509_set_issuer_name(certificate, subject);
  X509_sign(certificate, key, EVP_sha256());
  std::FILE* const out = std::fopen(files.certificate_file.c_str(), "w");
  PEM_write_X509(out, certificate);
  std::fclose(out);
  std::FILE* const key_out = std::fopen(files.key_file.c_str(), "w");
  PEM_write_PrivateKey(key_out, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(key_out);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return files;
}

struct TestLink::State {
  explicit State(Tcp::socket socket, asio::ssl::context& tls) : stream(std::move(socket), tls) {}
  Stream stream;
};

namespace {

// Every blocking wait of these sockets ends after this.
void limit_waits(Tcp::socket& socket, int seconds) {
  const timeval limit{seconds, 0};
  setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(socket.native_handle(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

}  // namespace

TestLink::TestLink(std::unique_ptr<State> state) : state_(std::move(state)) {}
TestLink::TestLink(TestLink&&) noexcept = default;
TestLink& TestLink::operator=(TestLink&&) noexcept = default;
TestLink::~TestLink() = default;

std::optional<Bytes> TestLink::receive() {
  beast::flat_buffer buffer;
  beast::error_code error;
  state_->stream.read(buffer, error);
  if (error) return std::nullopt;
  const auto* const data = static_cast<const uint8_t*>(buffer.data().data());
  return Bytes(data, data + buffer.size());
}

void TestLink::send_bytes(const Bytes& bytes, bool binary) {
  beast::error_code error;
  state_->stream.binary(binary);
  state_->stream.write(asio::buffer(bytes), error);
}

void TestLink::cut() {
  beast::error_code error;
  state_->stream.next_layer().next_layer().close(error);
}

struct TestGateway::State {
  asio::io_context io;
  asio::ssl::context tls{asio::ssl::context::tls_server};
  Tcp::acceptor acceptor{io};
  std::string fault;
};

TestGateway::TestGateway(const TestCertificate& certificate, uint16_t port) : state_(std::make_unique<State>()) {
  state_->tls.use_certificate_chain_file(certificate.certificate_file);
  state_->tls.use_private_key_file(certificate.key_file, asio::ssl::context::pem);
  const Tcp::endpoint place(asio::ip::address_v4::loopback(), port);
  state_->acceptor.open(place.protocol());
  state_->acceptor.set_option(Tcp::acceptor::reuse_address(true));
  state_->acceptor.bind(place);
  state_->acceptor.listen();
}

TestGateway::~TestGateway() = default;

uint16_t TestGateway::port() const {
  return state_->acceptor.local_endpoint().port();
}
const std::string& TestGateway::fault() const {
  return state_->fault;
}

std::optional<TestLink> TestGateway::accept(int seconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (std::chrono::steady_clock::now() < end) {
    pollfd ready{state_->acceptor.native_handle(), POLLIN, 0};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (poll(&ready, 1, static_cast<int>(std::max<int64_t>(0, left.count()))) != 1) break;
    beast::error_code error;
    Tcp::socket socket(state_->io);
    state_->acceptor.accept(socket, error);
    if (error) continue;
    limit_waits(socket, 60);
    auto link = std::make_unique<TestLink::State>(std::move(socket), state_->tls);
    link->stream.next_layer().handshake(asio::ssl::stream_base::server, error);
    if (!error) link->stream.accept(error);
    if (!error) return TestLink(std::move(link));
    state_->fault = error.message();
  }
  return std::nullopt;
}

std::optional<TestLink> TestGateway::welcome() {
  auto link = accept();
  if (!link) return std::nullopt;
  const auto greeting = link->receive_one<AgentHello>();
  if (!greeting) return std::nullopt;
  hello = *greeting;
  link->send(Welcome{kProtocolVersion, "", 0});
  return link;
}

}  // namespace vitrine::agent
