// The promises about latency over the air, in virtual time: rates that change about once a second, packets that come
// unevenly, and silences in which nothing passes, as Wi-Fi and telephones have them.
#include <gtest/gtest.h>

#include "tests/session/office.h"

namespace vitrine::session {
namespace {

struct Range {
  int64_t least, most;
};

// What a radio link is like. A rate holds for `holds_ms`; between two of them, one time in `silent_one_in`, nothing
// passes for `silence_ms`: other stations' turns on Wi-Fi, a telephone that changes its cell.
struct Radio {
  LinkConditions link;
  std::vector<uint64_t> rates;
  Range holds_ms;
  Range silence_ms;
  uint64_t silent_one_in;

  [[nodiscard]] Micros round_trip() const { return 2 * (link.delay + link.jitter); }
  [[nodiscard]] Micros longest_silence() const { return silence_ms.most * kMillisecond; }
};

// Both queue deeply, as radio links do.
Radio wifi() {
  return {.link = {.rate_bps = 30'000'000, .delay = 3'000, .jitter = 6'000, .queue_bytes = 256 * 1024},
          .rates = {20'000'000, 30'000'000, 40'000'000},
          .holds_ms = {500, 2500},
          .silence_ms = {20, 90},
          .silent_one_in = 1};
}
Radio telephone() {
  return {.link = {.rate_bps = 8'000'000, .delay = 25'000, .jitter = 15'000, .queue_bytes = 256 * 1024},
          .rates = {3'000'000, 5'000'000, 8'000'000, 12'000'000, 18'000'000},
          .holds_ms = {300, 1500},
          .silence_ms = {150, 300},
          .silent_one_in = 6};
}

LinkScript weather(const Radio& radio, uint64_t seed, Micros length) {
  std::mt19937_64 random(seed);
  const auto within = [&random](const Range& range) {
    return (range.least + static_cast<int64_t>(random() % static_cast<uint64_t>(range.most - range.least + 1))) *
           kMillisecond;
  };
  LinkScript script;
  for (Micros at = 0; at < length;) {
    script.push_back({.at = at, .down_bps = radio.rates[random() % radio.rates.size()]});
    at += within(radio.holds_ms);
    if (random() % radio.silent_one_in != 0) continue;
    script.push_back({.at = at, .stalled = true});
    at += within(radio.silence_ms);
    script.push_back({.at = at, .stalled = false});
  }
  return script;
}

void expect_quick(const Radio& radio, uint64_t seed, const OfficeRoom& room, bool video) {
  Office office(seed, room);
  VirtualPage& page = office.open(radio.link);
  if (!video) page.lack_video();
  office.film = office.typing = true;
  office.run(page, 3 * kSecond);
  office.world.network_of(page).append(weather(radio, seed, 8 * kSecond), office.world.now());
  const Felt felt = office.run(page, 8 * kSecond);
  const std::string what = "seed " + std::to_string(seed) + ", " + (video ? "video" : "pictures");
  ::testing::Test::RecordProperty("keys_p90_ms", static_cast<int>(felt.keys.quantile(0.9) / kMillisecond));
  ::testing::Test::RecordProperty("oldest_ms", static_cast<int>(felt.oldest_picture / kMillisecond));
  EXPECT_GT(felt.keys.count(), 30U) << what;
  EXPECT_LE(felt.keys.quantile(0.5), radio.round_trip() + 30 * kMillisecond) << what;
  // One key in ten may meet a silence.
  EXPECT_LE(felt.keys.quantile(0.9), radio.round_trip() + 60 * kMillisecond) << what;
  EXPECT_LE(felt.oldest_picture, radio.longest_silence() + radio.round_trip() + 150 * kMillisecond) << what;
  EXPECT_EQ(page.fault(), "") << what;
}

TEST(RadioLatencyTest, KeysBesideAFilmAreQuickOverWifi) {
  for (const uint64_t seed : {1, 2, 3}) expect_quick(wifi(), seed, {}, false);
}

TEST(RadioLatencyTest, KeysBesideAFilmAreQuickOnATelephone) {
  for (const uint64_t seed : {1, 2, 3}) expect_quick(telephone(), seed, {}, false);
  expect_quick(telephone(), 4, kCinema, true);
}

}  // namespace
}  // namespace vitrine::session
