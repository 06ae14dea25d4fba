#include "protocol/link.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

constexpr Micros kStart = 5 * kSecond;

TEST(LinkHealthTest, APingIsSentAtTheStartAndThenOnlyAfterSilence) {
  LinkHealth link(kStart);
  EXPECT_EQ(link.next_deadline(), kStart);
  EXPECT_TRUE(link.take_ping(kStart).has_value());
  EXPECT_FALSE(link.take_ping(kStart).has_value());
  link.on_received(kStart + 9 * kSecond);
  EXPECT_EQ(link.next_deadline(), kStart + 9 * kSecond + kPingAfter);
  EXPECT_FALSE(link.take_ping(link.next_deadline() - 1).has_value());
  EXPECT_TRUE(link.take_ping(link.next_deadline()).has_value());
}

TEST(LinkHealthTest, ASilentPeerIsGivenUpAfterTheTimeoutWithPingsBefore) {
  LinkHealth link(kStart);
  int pings = 0;
  Micros now = kStart;
  while (!link.timed_out(now)) {
    if (link.take_ping(now)) ++pings;
    ASSERT_GT(link.next_deadline(), now);
    now = link.next_deadline();
  }
  EXPECT_EQ(now, kStart + kPeerTimeout);
  EXPECT_EQ(pings, 3);
}

TEST(LinkHealthTest, AnythingReceivedKeepsALinkAlive) {
  LinkHealth link(kStart);
  link.on_received(kStart + kPeerTimeout - 1);
  EXPECT_FALSE(link.timed_out(kStart + kPeerTimeout));
}

TEST(LinkHealthTest, RoundTripsAreMeasuredFromPongs) {
  LinkHealth link(kStart);
  EXPECT_FALSE(link.smallest_rtt().has_value());
  EXPECT_FALSE(link.smoothed_rtt().has_value());
  Micros now = kStart;
  for (const Micros rtt : {80, 40, 120}) {
    const Ping ping = link.make_ping(now);
    link.handle_pong(Pong{ping.time_us}, now + rtt * kMillisecond);
    now += kSecond;
  }
  EXPECT_EQ(link.smallest_rtt(), 40 * kMillisecond);
  EXPECT_EQ(link.smoothed_rtt(), 80'000 - 5'000 + 5'625);
}

TEST(LinkHealthTest, TheSmallestRoundTripForgetsAnOlderPath) {
  LinkHealth link(kStart);
  Micros now = kStart;
  const auto measure = [&](Micros rtt) {
    const Ping ping = link.make_ping(now);
    link.handle_pong(Pong{ping.time_us}, now + rtt);
    now += kSecond;
  };
  measure(1'000);
  for (int i = 0; i < 16; ++i) measure(50'000);
  EXPECT_EQ(link.smallest_rtt(), 50'000);
}

TEST(LinkHealthTest, PongsThatAnswerNothingAreIgnored) {
  LinkHealth link(kStart);
  link.handle_pong(Pong{0}, kStart);
  const Ping ping = link.make_ping(kStart);
  link.handle_pong(Pong{ping.time_us + 1}, kStart + 1);
  link.handle_pong(Pong{kMaxWireInteger}, kStart + 1);
  EXPECT_FALSE(link.smallest_rtt().has_value());
  link.handle_pong(Pong{ping.time_us}, kStart + 2'000);
  link.handle_pong(Pong{ping.time_us}, kStart + 9'000);  // a second answer to one question
  EXPECT_EQ(link.smallest_rtt(), 2'000);
  EXPECT_EQ(link.smoothed_rtt(), 2'000);
}

}  // namespace
}  // namespace vitrine
