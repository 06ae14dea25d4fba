// A page that comes back after a cut: what it still shows stays, and what it has seen before it need not be sent again.
#include <gtest/gtest.h>

#include "tests/session/world.h"
#include "tests/unit/codec/pictures.h"

namespace vitrine::session {
namespace {

constexpr Size kScreen{480, 256};  // two of them fit the cache of a simulated page
constexpr LinkConditions kHome{.rate_bps = 20'000'000, .delay = 12 * kMillisecond};
constexpr Micros kPatience = 10 * 60 * kSecond;

class ResumeTest : public testing::Test {
 protected:
  ResumeTest() : world_(kScreen, 1), page_(world_.open_page(kScreen, kHome)) {
    show_text(1);
    first_bytes_ = bytes_until_exact();
  }

  void show_text(uint64_t seed) {
    codec::Dice dice(seed);
    codec::draw_text(world_.desktop.screen.pixels(), world_.desktop.screen.pixels().bounds(), dice);
    damage(world_.desktop.screen.pixels().bounds());
  }
  void damage(const Rect& area) {
    world_.desktop.screen.damage(area);
    world_.desktop.touch();
  }
  // Of updates, from now on.
  size_t bytes_until_exact() {
    page_.forget_counts();
    EXPECT_TRUE(world_.run_until([this] { return page_.is_exact(); }, kPatience)) << page_.describe();
    EXPECT_EQ(page_.fault(), "");
    return page_.counts().update_bytes;
  }
  void cut(Micros while_long) {
    world_.network_of(page_).append({{.at = 0, .reset = true, .shut = true}, {.at = while_long, .shut = false}},
                                    world_.now());
    world_.run(while_long / 2);
    ASSERT_FALSE(page_.connected());
  }
  // Lets the picture be checked and everything settle.
  void rest() {
    world_.run(8 * kSecond);
    EXPECT_EQ(page_.fault(), "");
  }

  World world_;
  VirtualPage& page_;
  size_t first_bytes_ = 0;
};

TEST_F(ResumeTest, AnUnchangedScreenCostsNextToNothing) {
  for (const Micros while_long : {kSecond, 20 * kSecond, 5 * 60 * kSecond}) {
    cut(while_long);
    EXPECT_LE(bytes_until_exact(), first_bytes_ / 100) << "after " << while_long / kSecond << " s";
    EXPECT_EQ(page_.counts().connections, 1);
    rest();
  }
}

TEST_F(ResumeTest, ANewAgentComparesWithTheScreenAndRemembersNothing) {
  world_.desktop.crash(world_.now(), kSecond);
  world_.run(500 * kMillisecond);
  EXPECT_LE(bytes_until_exact(), first_bytes_ / 100);
  EXPECT_EQ(page_.counts().connections, 0);  // the gateway held the page
  rest();
}

TEST_F(ResumeTest, ANewGatewayNeedsToKnowNothing) {
  world_.gateway.crash();
  world_.run(2 * kSecond);
  world_.gateway.start(world_.now());
  EXPECT_LE(bytes_until_exact(), first_bytes_ / 100);
  rest();
}

TEST_F(ResumeTest, OnlyWhatChangedMeanwhileIsSent) {
  cut(4 * kSecond);
  codec::Dice dice(2);
  codec::draw_text(world_.desktop.screen.pixels(), {200, 100, 40, 20}, dice);
  damage({200, 100, 40, 20});
  const size_t bytes = bytes_until_exact();
  EXPECT_LT(bytes, first_bytes_ / 8);
  EXPECT_GT(bytes, first_bytes_ / 100);
  rest();
}

TEST_F(ResumeTest, AnotherSizeStartsAgain) {
  cut(2 * kSecond);
  page_.resize({640, 300});
  world_.run(5 * kSecond);
  EXPECT_TRUE(page_.is_exact());
  rest();
}

// The window that was covered before the cut comes back after it.
TEST_F(ResumeTest, WhatWasSeenBeforeIsRecalledOverTheNextLink) {
  show_text(2);
  const size_t second_bytes = bytes_until_exact();
  cut(2 * kSecond);
  bytes_until_exact();
  rest();
  show_text(1);
  EXPECT_LE(bytes_until_exact(), second_bytes / 20);
  rest();
}

TEST_F(ResumeTest, AnAgentThatNeverSawItStartsAnEmptyCache) {
  show_text(2);
  const size_t second_bytes = bytes_until_exact();
  world_.desktop.crash(world_.now(), kSecond);
  world_.run(500 * kMillisecond);
  bytes_until_exact();
  show_text(1);
  EXPECT_GT(bytes_until_exact(), second_bytes / 2);
  rest();
}

}  // namespace
}  // namespace vitrine::session
