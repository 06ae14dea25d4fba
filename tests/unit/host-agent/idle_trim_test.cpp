#include "host-agent/idle_trim.h"

#include <gtest/gtest.h>

namespace vitrine::agent {
namespace {

// Turns as often as a film makes them; the time of the last.
Micros work(IdleTrim& trim, Micros from, Micros duration) {
  Micros last = from;
  for (Micros now = from; now < from + duration; now += 10 * kMillisecond) {
    EXPECT_FALSE(trim.due(now));
    trim.turned(now);
    last = now;
  }
  return last;
}

TEST(IdleTrimTest, MemoryGoesBackOnceInThePauseAfterWork) {
  IdleTrim trim;
  const Micros end = work(trim, kSecond, 20 * kSecond);
  const Micros at = trim.next_deadline();
  EXPECT_GT(at, end + 400 * kMillisecond);
  EXPECT_LT(at, end + kSecond);
  EXPECT_FALSE(trim.due(at - 1));
  EXPECT_TRUE(trim.due(at));
  trim.turned(at);
  EXPECT_FALSE(trim.due(at + 60 * kSecond));
  EXPECT_EQ(trim.next_deadline(), kNever);
}

TEST(IdleTrimTest, ABlinkingCaretIsNoWorkForAMinute) {
  IdleTrim trim;
  for (Micros now = 0; now < 55 * kSecond; now += 600 * kMillisecond) {
    EXPECT_FALSE(trim.due(now));
    trim.turned(now);
    trim.turned(now + kMillisecond);
  }
}

TEST(IdleTrimTest, ShortSpellsOfWorkShareOneTrim) {
  IdleTrim trim;
  work(trim, kSecond, 3 * kSecond);
  const Micros first = trim.next_deadline();
  EXPECT_TRUE(trim.due(first));
  work(trim, first, 3 * kSecond);
  EXPECT_GE(trim.next_deadline(), first + 5 * kSecond);
}

}  // namespace
}  // namespace vitrine::agent
