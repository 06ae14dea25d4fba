// The relay over real sockets. Times are judged by what cannot be faster and by wide upper bounds only.
#include "bench/link/link_relay.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <nlohmann/json.hpp>
#include <thread>

namespace vitrine {
namespace {

sockaddr_in loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// A server on a free port of this machine, a relay to it on a thread, and a client through the relay.
class LinkRelayTest : public testing::Test {
 protected:
  void start(const LinkConditions& conditions) {
    listener_ = OwnedFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = loopback(0);
    ASSERT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(::listen(listener_.get(), 4), 0);
    socklen_t size = sizeof address;
    ASSERT_EQ(::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    std::array<int, 2> control{};
    std::array<int, 2> stats{};
    ASSERT_EQ(::pipe(control.data()), 0);
    ASSERT_EQ(::pipe(stats.data()), 0);
    control_read_ = OwnedFd(control[0]);
    control_ = OwnedFd(control[1]);
    stats_ = OwnedFd(stats[0]);
    stats_write_ = OwnedFd(stats[1]);
    auto relay = LinkRelay::create({.listen = {"127.0.0.1", 0},
                                    .to = {"127.0.0.1", ntohs(address.sin_port)},
                                    .conditions = conditions,
                                    .control_fd = control_read_.get(),
                                    .stats_fd = stats_write_.get()});
    ASSERT_TRUE(relay.ok()) << relay.error().message;
    relay_ = relay.take();
    thread_ = std::jthread([this] { EXPECT_TRUE(relay_->run(-1).ok()); });
  }

  void TearDown() override { control_ = OwnedFd(); }

  void connect() {
    client_ = OwnedFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = loopback(relay_->port());
    ASSERT_EQ(::connect(client_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    server_ = OwnedFd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    ASSERT_GE(server_.get(), 0);
  }

  void command(const std::string& line) {
    const std::string text = line + "\n";
    ASSERT_EQ(::write(control_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

  nlohmann::json statistics() {
    std::string line;
    for (char c = 0; c != '\n' && ::read(stats_.get(), &c, 1) == 1;) line.push_back(c);
    return nlohmann::json::parse(line, nullptr, false);
  }

  static void write_all(int fd, const std::string& text) {
    for (size_t at = 0; at < text.size();) {
      const ssize_t count = ::write(fd, text.data() + at, text.size() - at);
      ASSERT_GT(count, 0);
      at += static_cast<size_t>(count);
    }
  }
  static std::string read_exactly(int fd, size_t size) {
    std::string text(size, 0);
    size_t at = 0;
    for (ssize_t count = 1; count > 0 && at < size; at += static_cast<size_t>(std::max<ssize_t>(count, 0))) {
      count = ::read(fd, text.data() + at, size - at);
    }
    text.resize(at);
    return text;
  }

  OwnedFd listener_;
  OwnedFd control_read_;
  OwnedFd control_;
  OwnedFd stats_;
  OwnedFd stats_write_;
  std::unique_ptr<LinkRelay> relay_;
  OwnedFd client_;
  OwnedFd server_;
  std::jthread thread_;
};

TEST_F(LinkRelayTest, CarriesBytesBothWaysAndCountsThem) {
  start({});
  connect();
  write_all(client_.get(), "question");
  EXPECT_EQ(read_exactly(server_.get(), 8), "question");
  write_all(server_.get(), std::string(3'000, 'a'));
  EXPECT_EQ(read_exactly(client_.get(), 3'000), std::string(3'000, 'a'));
  command("stats first");
  const auto stats = statistics();
  EXPECT_EQ(stats["stats"], "first");
  EXPECT_EQ(stats["up"]["bytes"], 8);
  EXPECT_EQ(stats["down"]["bytes"], 3'000);
}

TEST_F(LinkRelayTest, DelaysARoundTripByTwiceTheDelay) {
  start({.delay = 20 * kMillisecond});
  connect();
  write_all(client_.get(), "1");  // pays for the opening of the connection as well
  ASSERT_EQ(read_exactly(server_.get(), 1), "1");
  const Micros from = monotonic_now();
  write_all(client_.get(), "?");
  ASSERT_EQ(read_exactly(server_.get(), 1), "?");
  write_all(server_.get(), "!");
  ASSERT_EQ(read_exactly(client_.get(), 1), "!");
  const Micros taken = monotonic_now() - from;
  EXPECT_GE(taken, 40 * kMillisecond);
  EXPECT_LT(taken, 140 * kMillisecond);
}

TEST_F(LinkRelayTest, PassesNoMoreThanItsRateAndPushesBack) {
  start({.rate_bps = 8'000'000, .queue_bytes = 32 * 1024});
  connect();
  constexpr size_t kBytes = 500'000;  // half a second
  const Micros from = monotonic_now();
  std::jthread writer([this] { write_all(server_.get(), std::string(kBytes, 'x')); });
  EXPECT_EQ(read_exactly(client_.get(), kBytes).size(), kBytes);
  const Micros taken = monotonic_now() - from;
  EXPECT_GE(taken, 499 * kMillisecond);
  EXPECT_LT(taken, 900 * kMillisecond);
  command("stats rate");
  EXPECT_LE(statistics()["down"]["queue_max_ms"], 33);
}

TEST_F(LinkRelayTest, PassesTheEndOfAStreamOnAfterItsBytes) {
  start({.rate_bps = 8'000'000, .delay = 5 * kMillisecond});
  connect();
  write_all(server_.get(), std::string(20'000, 'e'));
  ASSERT_EQ(::shutdown(server_.get(), SHUT_WR), 0);
  EXPECT_EQ(read_exactly(client_.get(), 30'000).size(), 20'000U);
  write_all(client_.get(), "still open");
  EXPECT_EQ(read_exactly(server_.get(), 10), "still open");
}

TEST_F(LinkRelayTest, ACutResetsTheConnection) {
  start({});
  connect();
  write_all(client_.get(), "a");
  ASSERT_EQ(read_exactly(server_.get(), 1), "a");
  command("0s cut=1s");
  char c = 0;
  EXPECT_EQ(::read(client_.get(), &c, 1), -1);
  EXPECT_EQ(errno, ECONNRESET);
}

TEST_F(LinkRelayTest, AWrongCommandIsAnswered) {
  start({});
  command("0s speed=5");
  EXPECT_THAT(statistics()["error"].get<std::string>(), testing::HasSubstr("speed=5"));
}

TEST(LinkRelay, NamesAnAddressItCannotRead) {
  for (const char* text : {"8443", "localhost:8443", "127.0.0.1:99999", "127.0.0.1:80x", "1.2.3:80"}) {
    EXPECT_FALSE(parse_relay_address(text).ok()) << text;
  }
  EXPECT_EQ(parse_relay_address("127.0.0.1:8443").take().port, 8443);
}

}  // namespace
}  // namespace vitrine
