#include "bench/link/link_model.h"

#include <gtest/gtest.h>

#include <numeric>

#include "bench/link/emulated_link.h"

namespace vitrine {
namespace {

constexpr LinkModel::Flow kFlow = 1;

std::vector<uint8_t> numbered(size_t count) {
  std::vector<uint8_t> bytes(count);
  std::iota(bytes.begin(), bytes.end(), uint8_t{0});
  return bytes;
}

// Takes everything out of a model until nothing moves by itself; gives the time of each arrival of bytes.
struct Drained {
  std::vector<uint8_t> bytes;
  std::vector<Micros> times;
};
Drained drain(LinkModel& model, LinkModel::Flow flow = kFlow) {
  Drained result;
  for (Micros now = model.next_deadline(); now != kNever; now = model.next_deadline()) {
    const auto arrived = model.arrived(flow, now);
    if (arrived.empty()) continue;
    result.bytes.insert(result.bytes.end(), arrived.begin(), arrived.end());
    result.times.push_back(now);
    model.consume(flow, arrived.size());
  }
  return result;
}

TEST(LinkModel, WithoutConditionsPassesBytesAtOnce) {
  LinkModel model({}, 1);
  const auto bytes = numbered(5000);
  EXPECT_EQ(model.send(kFlow, bytes, 10), bytes.size());
  const auto arrived = model.arrived(kFlow, 10);
  EXPECT_EQ(std::vector(arrived.begin(), arrived.end()), bytes);
}

TEST(LinkModel, DelaysEveryByteByTheDelay) {
  LinkModel model({.delay = 25 * kMillisecond}, 1);
  model.send(kFlow, numbered(100), 1000);
  EXPECT_TRUE(model.arrived(kFlow, 25'999).empty());
  EXPECT_EQ(model.next_deadline(), 26'000);
  EXPECT_EQ(model.arrived(kFlow, 26'000).size(), 100U);
}

TEST(LinkModel, ServesExactlyItsRateOverManyPackets) {
  // 3 Mbit/s does not divide a packet into whole microseconds; the rest must not be lost.
  LinkModel model({.rate_bps = 3'000'000, .queue_bytes = 1 << 20}, 1);
  const auto bytes = numbered(1000 * kLinkPacket);
  ASSERT_EQ(model.send(kFlow, std::span(bytes).first(1 << 20), 0), size_t{1} << 20);
  const Drained drained = drain(model);
  const double seconds = static_cast<double>(1 << 20) * 8 / 3'000'000;
  EXPECT_NEAR(static_cast<double>(drained.times.back()), seconds * 1e6, 1);
  EXPECT_TRUE(std::equal(drained.bytes.begin(), drained.bytes.end(), bytes.begin()));
}

TEST(LinkModel, AFullQueueTakesNothingUntilAPacketLeft) {
  LinkModel model({.rate_bps = 8'000'000, .queue_bytes = 4 * kLinkPacket}, 1);
  const auto bytes = numbered(10 * kLinkPacket);
  EXPECT_EQ(model.send(kFlow, bytes, 0), 4 * kLinkPacket);
  EXPECT_EQ(model.room(kFlow, 1447), 0U);
  EXPECT_EQ(model.next_deadline(), 1448);  // 1 byte a microsecond
  EXPECT_EQ(model.room(kFlow, 1448), kLinkPacket);
  EXPECT_EQ(model.queued_bytes(1448), 3 * kLinkPacket);
}

TEST(LinkModel, AReaderThatDoesNotDrainStopsItsFlowAndNoOther) {
  LinkModel model({}, 1);
  const auto bytes = numbered(kDefaultLinkQueue);
  EXPECT_EQ(model.send(kFlow, bytes, 0), bytes.size());
  EXPECT_EQ(model.room(kFlow, 1), 0U);
  EXPECT_GT(model.room(kFlow + 1, 1), 0U);
  model.consume(kFlow, 1);
  EXPECT_GT(model.room(kFlow, 1), 0U);
}

TEST(LinkModel, JitterVariesArrivalsButNeverTheirOrder) {
  LinkModel model({.delay = 10 * kMillisecond, .jitter = 8 * kMillisecond}, 7);
  std::vector<uint8_t> sent;
  std::vector<uint8_t> got;
  Micros least = kNever;
  Micros most = 0;
  for (uint8_t i = 0; i < 200; ++i) {
    const Micros now = i * 30 * kMillisecond;
    sent.push_back(i);
    model.send(kFlow, {&i, 1}, now);
    const Drained one = drain(model);
    got.insert(got.end(), one.bytes.begin(), one.bytes.end());
    least = std::min(least, one.times.front() - now);
    most = std::max(most, one.times.front() - now);
  }
  EXPECT_EQ(got, sent);
  EXPECT_GE(least, 10 * kMillisecond);
  EXPECT_LE(most, 18 * kMillisecond);
  EXPECT_GT(most - least, 5 * kMillisecond);
}

TEST(LinkModel, TheSameSeedGivesTheSameArrivals) {
  const auto run = [](uint64_t seed) {
    LinkModel model({.rate_bps = 5'000'000, .delay = 5000, .jitter = 9000}, seed);
    model.send(kFlow, numbered(40'000), 0);
    return drain(model).times;
  };
  EXPECT_EQ(run(3), run(3));
  EXPECT_NE(run(3), run(4));
}

TEST(LinkModel, ANewRateHoldsForThePacketBeingServed) {
  LinkModel model({.rate_bps = 8'000'000}, 1);
  model.send(kFlow, numbered(1000), 0);
  model.set_conditions({.rate_bps = 800'000}, 500);  // half is served; the rest takes ten times as long
  EXPECT_EQ(model.next_deadline(), 500 + 5000);
}

TEST(LinkModel, DroppingAFlowFreesItsPlaceInTheQueue) {
  LinkModel model({.rate_bps = 8'000'000, .queue_bytes = 4 * kLinkPacket}, 1);
  model.send(kFlow, numbered(3 * kLinkPacket), 0);
  model.send(kFlow + 1, numbered(kLinkPacket), 0);
  EXPECT_EQ(model.room(kFlow + 1, 100), 0U);
  model.drop(kFlow);
  EXPECT_EQ(model.room(kFlow + 1, 100), 3 * kLinkPacket);
  EXPECT_EQ(drain(model, kFlow + 1).times, std::vector<Micros>{100 + 1448});
  EXPECT_TRUE(model.idle(kFlow));
}

TEST(LinkModel, MeasuresHowLongPacketsQueued) {
  LinkModel model({.rate_bps = 8 * 1448 * 1000 / 10}, 1);  // a packet in 10 ms
  model.send(kFlow, numbered(10 * kLinkPacket), 0);
  drain(model);
  EXPECT_EQ(model.queue_delays().count(), 10U);
  EXPECT_EQ(model.queue_delays().percentile_ms(0.5), 50);
  EXPECT_EQ(model.queue_delays().percentile_ms(1), 100);
}

// One packet of 1,000 bytes takes a millisecond. Bursts of twenty every 100 ms empty the queue; on ten that stay behind
// they only add.
TEST(LinkModel, WhatStandsInTheQueueIsTheLeastWaitOfAnInterval) {
  const auto run = [](int staying) {
    LinkModel model({.rate_bps = 8'000'000, .queue_bytes = 1 << 20}, 1);
    const auto packet = numbered(1000);
    for (int i = 0; i < staying; ++i) model.send(kFlow, packet, 0);
    // With something to stay behind, what comes keeps the link busy.
    const Micros apart = staying > 0 ? kMillisecond : 0;
    const int burst = staying > 0 ? 100 : 20;
    for (int i = 0; i < 10 * burst; ++i) {
      const Micros at = i / burst * 100 * kMillisecond + i % burst * apart;
      model.consume(kFlow, model.arrived(kFlow, at).size());
      model.send(kFlow, packet, at);
    }
    (void)model.arrived(kFlow, 2 * kSecond);
    return std::pair(model.queue_delays().percentile_ms(0.5), model.standing_queue().intervals().percentile_ms(0.95));
  };
  const auto [burst_each, burst_standing] = run(0);
  EXPECT_EQ(burst_each, 10);
  EXPECT_EQ(burst_standing, 0);
  const auto [busy_each, busy_standing] = run(10);
  EXPECT_EQ(busy_each, 11);
  EXPECT_EQ(busy_standing, 10);
}

TEST(LinkModel, AnIdleLinkDoesNotPassForOneWithoutAQueue) {
  StandingQueue queue;
  queue.add(0, 40 * kMillisecond);
  queue.add(50 * kMillisecond, 30 * kMillisecond);
  queue.add(5 * kSecond, 60 * kMillisecond);
  EXPECT_EQ(queue.intervals().count(), 1U);
  EXPECT_EQ(queue.intervals().percentile_ms(0.5), 30);
  queue.add(6 * kSecond, 0);
  EXPECT_EQ(queue.intervals().count(), 2U);
  EXPECT_EQ(queue.intervals().percentile_ms(1), 60);
}

TEST(EmulatedLink, FollowsItsScriptThroughACliffAndAStall) {
  LinkScript script = parse_link_script("0s rate=8mbit delay=5ms queue=1mib\n1s rate=800kbit\n2s stall=3s\n").take();
  EmulatedLink link({}, script, 1, 0);
  LinkModel& down = link.down();
  EXPECT_FALSE(link.advance(0));
  std::vector<size_t> each_second;
  const auto bytes = numbered(64 * 1024);
  for (Micros now = 0, second = kSecond; now < 7 * kSecond; now = std::min(link.next_deadline(), second)) {
    EXPECT_FALSE(link.advance(now));
    down.send(kFlow, bytes, now);
    down.consume(kFlow, down.arrived(kFlow, now).size());
    if (now == second) {
      each_second.push_back(down.delivered_bytes());
      second += kSecond;
    }
  }
  ASSERT_EQ(each_second.size(), 6U);
  EXPECT_NEAR(static_cast<double>(each_second[0]), 995'000, 3000);                   // 5 ms of it are on their way
  EXPECT_NEAR(static_cast<double>(each_second[1] - each_second[0]), 104'500, 3000);  // they arrive, then the cliff
  EXPECT_LE(each_second[4] - each_second[1], 2 * kLinkPacket);                       // stalled for three seconds
  EXPECT_NEAR(static_cast<double>(each_second[5] - each_second[4]), 99'500, 3000);
}

TEST(EmulatedLink, ACutResetsOnceAndKeepsTheLinkShutForItsTime) {
  EmulatedLink link({}, parse_link_script("1s cut=20s").take(), 1, 0);
  EXPECT_FALSE(link.advance(999'999));
  EXPECT_TRUE(link.open());
  EXPECT_TRUE(link.advance(kSecond));
  EXPECT_FALSE(link.open());
  EXPECT_FALSE(link.advance(20 * kSecond));
  EXPECT_FALSE(link.open());
  EXPECT_EQ(link.next_deadline(), 21 * kSecond);
  EXPECT_FALSE(link.advance(21 * kSecond));
  EXPECT_TRUE(link.open());
}

TEST(EmulatedLink, DirectionsHaveTheirOwnRates) {
  EmulatedLink link({}, parse_link_script("0s down=8mbit up=800kbit delay=7ms").take(), 1, 0);
  EXPECT_FALSE(link.advance(0));
  EXPECT_EQ(link.down().conditions().rate_bps, 8'000'000U);
  EXPECT_EQ(link.up().conditions().rate_bps, 800'000U);
  EXPECT_EQ(link.round_trip(), 14 * kMillisecond);
}

}  // namespace
}  // namespace vitrine
