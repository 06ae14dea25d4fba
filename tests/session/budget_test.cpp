// What everyday work may cost, in bytes and in time, in virtual time: the budgets that the benchmarks measure on real
// links. Processor time does not pass here, so that what is left is what
// the system waits for by itself.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/session/desk.h"

namespace vitrine::session {
namespace {

constexpr LinkConditions kLoopback{.rate_bps = 0, .delay = 10};
constexpr LinkConditions kDsl{.rate_bps = 5'000'000, .delay = 25 * kMillisecond};
constexpr LinkConditions kMobile{.rate_bps = 2'000'000, .delay = 50 * kMillisecond};
constexpr Size kScreen{1280, 720};
constexpr Size kSmallScreen{720, 480};
constexpr Rect kEditor{16, 16, 320, 440};
constexpr Rect kBeside{352, 0, 368, 480};
constexpr Micros kTenth = 100 * kMillisecond;

// For reading the figures of a run: --gtest_output=json.
void record(const std::string& name, uint64_t seed, int64_t value) {
  testing::Test::RecordProperty(name + "_" + std::to_string(seed), std::to_string(value));
}

void expect_exact_in_two_seconds(Desk& desk) {
  EXPECT_TRUE(desk.rest(2 * kSecond)) << desk.page->describe();
  EXPECT_EQ(desk.page->fault(), "");
}

class BudgetTest : public testing::TestWithParam<uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, BudgetTest, testing::Values(1, 2, 3));

TEST_P(BudgetTest, TypingThreeHundredLettersTakesFortyKilobytes) {
  Desk desk(GetParam(), kSmallScreen, kLoopback);
  desk.show_text({16, 16, 680, 300});
  ASSERT_TRUE(desk.rest(5 * kSecond));
  const Desk::Bytes bytes(desk);
  desk.every(kTenth, 300, [&](int) { desk.write_letter({16, 340, 680, 120}); });
  record("bytes", GetParam(), bytes.count());
  EXPECT_LE(bytes.count(), 40'000);
  expect_exact_in_two_seconds(desk);
}

TEST_P(BudgetTest, AnIdleDesktopSendsNothingButSignsOfLife) {
  Desk desk(GetParam(), kSmallScreen, kLoopback);
  desk.show_text(kEditor);
  ASSERT_TRUE(desk.rest(5 * kSecond));
  desk.world.run(8 * kSecond);  // the picture is checked
  const int captures = desk.world.desktop.screen.captures();
  const Desk::Bytes bytes(desk);
  desk.world.run(20 * kSecond);
  record("bytes", GetParam(), bytes.count());
  EXPECT_EQ(desk.page->counts().updates, 0);
  EXPECT_LE(bytes.count(), 100);
  EXPECT_EQ(desk.world.desktop.screen.captures(), captures);
}

// Nothing between a key and its picture waits for a time of its own.
TEST_P(BudgetTest, OnLoopbackAKeyWaitsForNothingButTheProcessor) {
  Desk desk(GetParam(), kSmallScreen, kLoopback);
  desk.show_text(kEditor);
  ASSERT_TRUE(desk.rest(5 * kSecond));
  const auto type = [&](int) { desk.write_letter(kEditor); };
  const Sample still = desk.times_of_keys(kEditor, kTenth, 60, type);
  record("still_p95_us", GetParam(), still.quantile(0.95));
  EXPECT_LE(still.quantile(0.95), 2 * kMillisecond);
  desk.open_article(kBeside, 4000);
  const Sample beside = desk.times_of_keys(kEditor, kTenth, 60, [&](int i) {
    desk.scroll(i % 2 == 0 ? 120 : -40);
    type(i);
  });
  record("beside_scrolling_p95_us", GetParam(), beside.quantile(0.95));
  EXPECT_LE(beside.quantile(0.95), 3 * kMillisecond);
  expect_exact_in_two_seconds(desk);
}

TEST_P(BudgetTest, AcrossDslKeysAreQuickAndNothingQueuesWhileAnIllustratedPageScrolls) {
  Desk desk(GetParam(), kScreen, kDsl);
  desk.show_text(kEditor);
  desk.open_article({352, 0, 928, kScreen.height}, 6000);
  ASSERT_TRUE(desk.rest(20 * kSecond));
  LinkModel& down = desk.world.network_of(*desk.page).down();
  down.queue_delays().clear();
  const Sample keys = desk.times_of_keys(kEditor, 2 * kTenth, 40, [&](int) {
    desk.scroll(120);
    desk.write_letter(kEditor);
  });
  record("keys_p95_ms", GetParam(), keys.quantile(0.95) / kMillisecond);
  record("queue_p95_us", GetParam(), static_cast<int64_t>(down.queue_delays().percentile_ms(0.95) * 1000));
  EXPECT_LE(keys.quantile(0.95), 110 * kMillisecond);
  EXPECT_LE(down.queue_delays().percentile_ms(0.95), 30);
  expect_exact_in_two_seconds(desk);
}

// Text that is scrolled stays exact and prompt while a photograph comes that keeps the link busy for seconds.
TEST_P(BudgetTest, ScrollingTextStaysQuickWhileAPhotographLoads) {
  Desk desk(GetParam(), kSmallScreen, kMobile);
  desk.open_article({0, 0, 320, 480}, 6000);
  desk.show_photo({320, 0, 400, 480}, 3);
  ASSERT_TRUE(desk.rest(60 * kSecond));
  const Desk::Bytes bytes(desk);
  desk.show_photo({320, 0, 400, 480}, 40 + static_cast<int>(GetParam()));
  const Sample times = desk.times_of_keys({0, 0, 320, 480}, 2 * kTenth, 20, [&](int) { desk.scroll(40); });
  record("scroll_p95_ms", GetParam(), times.quantile(0.95) / kMillisecond);
  record("bytes", GetParam(), bytes.count());
  EXPECT_GT(bytes.count(), 50'000) << "the photograph was not under way";
  EXPECT_LE(times.quantile(0.95), 2 * kMobile.delay + 60 * kMillisecond);
  EXPECT_TRUE(desk.rest(20 * kSecond)) << desk.page->describe();
}

TEST_P(BudgetTest, ASessionOpensInOneRoundTripAndIsWholeWithinItsBudget) {
  Desk desk(GetParam(), kScreen, {.rate_bps = 100'000'000, .delay = 50 * kMillisecond});
  desk.open_article({0, 0, kScreen.width, kScreen.height}, kScreen.height);
  const Desk::Bytes bytes(desk);
  const Micros begun = desk.world.now();
  ASSERT_TRUE(desk.world.run_until([&] { return desk.page->counts().updates > 0; }, kSecond));
  record("first_update_ms", GetParam(), (desk.world.now() - begun) / kMillisecond);
  EXPECT_LE(desk.world.now() - begun, 105 * kMillisecond);
  ASSERT_TRUE(desk.world.run_until([&] { return desk.page->is_complete(); }, kSecond));
  record("whole_ms", GetParam(), (desk.world.now() - begun) / kMillisecond);
  record("whole_bytes", GetParam(), bytes.count());
  EXPECT_LE(desk.world.now() - begun, 400 * kMillisecond);
  EXPECT_LE(bytes.count(), 250'000);
  expect_exact_in_two_seconds(desk);
}

class WideBudgetTest : public testing::TestWithParam<uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, WideBudgetTest, testing::Values(1, 2));

TEST_P(WideBudgetTest, ScrollingThroughAnIllustratedPageTakesAMegabyte) {
  Desk desk(GetParam(), kScreen, kLoopback);
  desk.open_article({0, 0, kScreen.width, kScreen.height}, 14'400);
  ASSERT_TRUE(desk.rest(5 * kSecond));
  const Desk::Bytes bytes(desk);
  desk.every(kTenth, 200, [&](int) { desk.scroll(120); });
  expect_exact_in_two_seconds(desk);
  record("bytes", GetParam(), bytes.count());
  EXPECT_LE(bytes.count(), 1'000'000);
}

TEST_P(WideBudgetTest, DraggingAWindowOverAWallpaperForTwentySecondsTakesFourHundredKilobytes) {
  Desk desk(GetParam(), kScreen, kLoopback);
  desk.show_photo({0, 0, kScreen.width, kScreen.height}, 5 * static_cast<int>(GetParam()));
  desk.open_window({300, 200, 440, 260});
  ASSERT_TRUE(desk.rest(20 * kSecond));
  const Desk::Bytes bytes(desk);
  desk.every(kSecond / 30, 600, [&](int i) {
    desk.drag_to(static_cast<int>(std::lround(420 + 330 * std::sin(i / 40.0 - 0.4))),
                 static_cast<int>(std::lround(230 + 180 * std::sin(i / 27.0 - 0.2))));
  });
  expect_exact_in_two_seconds(desk);
  record("bytes", GetParam(), bytes.count());
  EXPECT_LE(bytes.count(), 400'000);
}

}  // namespace
}  // namespace vitrine::session
