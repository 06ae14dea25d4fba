#include "host-agent/pacer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <vector>

namespace vitrine::agent {
namespace {

constexpr Micros kStep = 100;
constexpr double kMegabit = 1e6 / 8;

// A source of updates that always has more, a bottleneck with a queue without end (so that only the pacer keeps it
// short), a delay both ways, and a viewer that takes its time.
class Path {
 public:
  double bytes_per_second = 10 * kMegabit;
  Micros delay = 25 * kMillisecond;  // one way
  double viewer_us_per_byte = 0;     // decoding, one update after the other
  Micros viewer_us_per_update = 0;   // and what it takes however small it is
  bool viewer_tells = false;         // of the time it took
  Micros lateness = 0;               // of acks, up to so much, from numbers that look random
  bool saturated = true;             // the source always has more
  Micros every = 0;                  // otherwise: one update of `size` each
  size_t size = 200;
  double film_share = 0;  // or of this share of what a film's frame may take

  Pacer pacer;
  Micros now = kSecond;
  double delivered = 0;      // bytes that left the bottleneck
  std::vector<Micros> ages;  // of updates when they were shown: since they were sent
  Micros last_shown = 0;

  void run(Micros duration) {
    for (const Micros end = now + duration; now < end; now += kStep) step();
  }
  void measure() {
    delivered = 0;
    ages.clear();
  }
  // Share of the link that was used since measure(), over `duration`.
  [[nodiscard]] double utilisation(Micros duration) const {
    return delivered / (bytes_per_second * static_cast<double>(duration) / 1e6);
  }
  // Time that updates waited beyond the path's own delay, at the 95th percentile.
  [[nodiscard]] Micros queue_p95() {
    std::ranges::sort(ages);
    return ages.empty() ? kNever : ages[ages.size() * 95 / 100] - delay;
  }

 private:
  struct Update {
    uint32_t id = 0;
    double left = 0;  // bytes the bottleneck still has to serve
    size_t bytes = 0;
    Micros sent = 0;
    Micros due = 0;
    PageTime page;
  };

  Micros late() {
    random_ = random_ * 1664525 + 1013904223;
    return static_cast<Micros>(random_ >> 8) * lateness / (1 << 24);
  }
  void step() {
    while (!acks_.empty() && acks_.front().due <= now) {
      pacer.acked(acks_.front().id, now, acks_.front().page);
      acks_.pop_front();
    }
    while (!flying_.empty() && flying_.front().due <= now) {
      const Update& update = flying_.front();
      const auto work =
          viewer_us_per_update + static_cast<Micros>(static_cast<double>(update.bytes) * viewer_us_per_byte);
      const Micros begins = std::max(viewer_free_, now);
      viewer_free_ = begins + work;
      ages.push_back(viewer_free_ - update.sent);
      last_shown = viewer_free_;
      Update ack{.id = update.id, .due = viewer_free_ + delay + late()};
      if (viewer_tells) {
        ack.page = page_.take({.received_us = static_cast<uint64_t>(begins), .decode_us = static_cast<uint32_t>(work)});
      }
      acks_.push_back(ack);
      flying_.pop_front();
    }
    serve(bytes_per_second * static_cast<double>(kStep) / 1e6);
    if (saturated) {
      while (pacer.may_send(now)) send(pacer.update_bytes());
    } else {
      if (now >= next_ && pacer.may_send(now)) {
        next_ = now + every;
        if (film_share > 0) {
          size = static_cast<size_t>(film_share * pacer.film_rate() * static_cast<double>(every) / 1e6);
          pacer.sent_frame(size, now);
        }
        send(size);
      }
      pacer.ran_dry();
    }
  }
  void serve(double budget) {
    while (!queue_.empty() && budget > 0) {
      Update& first = queue_.front();
      const double part = std::min(budget, first.left);
      first.left -= part;
      budget -= part;
      delivered += part;
      if (first.left > 0) return;
      first.due = now + delay;
      flying_.push_back(first);
      queue_.pop_front();
    }
  }
  void send(size_t bytes) {
    pacer.sent(++last_id_, bytes, now);
    queue_.push_back({.id = last_id_, .left = static_cast<double>(bytes), .bytes = bytes, .sent = now});
  }

  std::deque<Update> queue_;   // before the bottleneck
  std::deque<Update> flying_;  // behind it
  std::deque<Update> acks_;
  PageLoad page_;
  uint32_t random_ = 1;
  Micros viewer_free_ = 0;
  Micros next_ = 0;
  uint32_t last_id_ = 0;
};

struct Link {
  double megabits;
  double rtt_ms;
};
void PrintTo(const Link& link, std::ostream* out) {
  *out << link.megabits << " Mbit/s, " << link.rtt_ms << " ms";
}

class PacerLinkTest : public testing::TestWithParam<Link> {
 protected:
  Path path;
  void SetUp() override {
    path.bytes_per_second = GetParam().megabits * kMegabit;
    path.delay = static_cast<Micros>(GetParam().rtt_ms * 500);
  }
};

TEST_P(PacerLinkTest, FillsTheLinkWithoutAStandingQueue) {
  path.run(5 * kSecond);
  path.measure();
  path.run(30 * kSecond);
  RecordProperty("utilisation", std::to_string(path.utilisation(30 * kSecond)));
  RecordProperty("queue_us", std::to_string(path.queue_p95()));
  EXPECT_GE(path.utilisation(30 * kSecond), 0.85);
  EXPECT_LE(path.queue_p95(), 30 * kMillisecond);
}

TEST_P(PacerLinkTest, FindsTheRateWithinASecondOrTenRoundTrips) {
  path.run(std::max<Micros>(kSecond, 20 * path.delay));
  path.measure();
  path.run(kSecond);
  EXPECT_GE(path.utilisation(kSecond), 0.8);
}

INSTANTIATE_TEST_SUITE_P(Links, PacerLinkTest,
                         testing::Values(Link{2, 100}, Link{2, 10}, Link{5, 50}, Link{10, 1}, Link{20, 50},
                                         Link{100, 20}, Link{100, 0.2}, Link{20, 200}, Link{1000, 0.1}, Link{1, 30}));

TEST(PacerTest, ACliffIsFollowedWithinASecond) {
  Path path;
  path.bytes_per_second = 20 * kMegabit;
  path.run(5 * kSecond);
  path.bytes_per_second = 2 * kMegabit;
  path.run(1500 * kMillisecond);
  path.measure();
  path.run(3 * kSecond);
  EXPECT_LE(path.queue_p95(), 40 * kMillisecond);
  EXPECT_GE(path.utilisation(3 * kSecond), 0.8);
}

TEST(PacerTest, AFasterLinkIsFoundWithinSeconds) {
  Path path;
  path.bytes_per_second = 2 * kMegabit;
  path.run(5 * kSecond);
  path.bytes_per_second = 20 * kMegabit;
  path.run(5 * kSecond);
  path.measure();
  path.run(3 * kSecond);
  EXPECT_GE(path.utilisation(3 * kSecond), 0.85);
  EXPECT_LE(path.queue_p95(), 30 * kMillisecond);
}

// A film's frames take somewhat less than they may, so without asking for more it would never see more.
TEST(PacerTest, AFilmFindsAFasterLinkAndAsksSeldomWhereThereIsNone) {
  Path path;
  path.bytes_per_second = kMegabit;
  path.run(3 * kSecond);
  path.saturated = false;
  path.every = kSecond / 30;
  path.film_share = 0.83;
  path.run(2 * kSecond);
  int asks = 0;
  for (int i = 0; i < 1000; ++i) {
    path.run(10 * kMillisecond);
    asks += path.pacer.film_rate() > path.pacer.rate() ? 1 : 0;
  }
  EXPECT_GT(asks, 0);
  EXPECT_LT(asks, 150);
  path.bytes_per_second = 1.4 * kMegabit;
  path.run(8 * kSecond);
  EXPECT_GT(path.pacer.rate(), 1.3 * kMegabit);
  path.measure();
  path.run(2 * kSecond);
  EXPECT_GE(path.utilisation(2 * kSecond), 0.78);
}

// Half of a frame is in flight without being in the way of anything; of what refines after the film it would be.
TEST(PacerTest, WhenAFilmIsOverItsFramesHaveNoRoomInTheWindow) {
  Path path;
  path.bytes_per_second = 2 * kMegabit;
  path.delay = 50 * kMillisecond;
  path.run(3 * kSecond);
  path.saturated = false;
  path.every = kSecond / 30;
  path.film_share = 0.9;
  path.run(3 * kSecond);
  path.saturated = true;
  path.run(2 * kSecond);
  path.measure();
  path.run(6 * kSecond);
  EXPECT_LE(path.queue_p95(), 25 * kMillisecond);
  EXPECT_GE(path.utilisation(6 * kSecond), 0.9);
}

TEST(PacerTest, WhoWorksHasAShorterQueueAndStillFindsAFasterLink) {
  const auto work = [](Path& path, Micros duration) {
    for (const Micros end = path.now + duration; path.now < end;) {
      path.pacer.has_input(path.now);
      path.run(200 * kMillisecond);
    }
  };
  Path path;
  path.bytes_per_second = 2 * kMegabit;
  path.delay = 50 * kMillisecond;
  path.run(4 * kSecond);
  path.measure();
  path.run(6 * kSecond);
  const Micros at_rest = path.queue_p95();
  work(path, kSecond);
  path.measure();
  work(path, 6 * kSecond);
  EXPECT_LE(path.queue_p95() + 5 * kMillisecond, at_rest);
  EXPECT_GE(path.utilisation(6 * kSecond), 0.92);
  path.bytes_per_second = 8 * kMegabit;
  work(path, 8 * kSecond);
  path.measure();
  work(path, 3 * kSecond);
  EXPECT_GE(path.utilisation(3 * kSecond), 0.85);
}

TEST(PacerTest, AfterAStallTheNewestGoesOutAtOnceAndAtTheOldRate) {
  Path path;
  path.bytes_per_second = 20 * kMegabit;
  path.run(5 * kSecond);
  path.bytes_per_second = 0;
  path.run(3 * kSecond);
  EXPECT_LE(path.pacer.bytes_in_flight(), 200'000U);
  path.bytes_per_second = 20 * kMegabit;
  path.run(300 * kMillisecond);
  path.measure();
  path.run(kSecond);
  EXPECT_GE(path.utilisation(kSecond), 0.8);
  EXPECT_LE(path.queue_p95(), 40 * kMillisecond);
}

TEST(PacerTest, TypingTeachesNothingWrongAboutTheLink) {
  Path path;
  path.bytes_per_second = 20 * kMegabit;
  path.run(3 * kSecond);
  const double rate = path.pacer.rate();
  path.saturated = false;
  path.every = 100 * kMillisecond;
  path.run(60 * kSecond);
  EXPECT_GE(path.pacer.rate(), rate * 0.8);
  EXPECT_TRUE(path.pacer.may_send(path.now));
  path.saturated = true;
  path.run(200 * kMillisecond);
  path.measure();
  path.run(kSecond);
  EXPECT_GE(path.utilisation(kSecond), 0.85);
}

TEST(PacerTest, AQueueIsNoticedThoughTheSourceIsLessThanTheFirstGuess) {
  Path path;
  path.bytes_per_second = 1 * kMegabit;
  path.delay = 60 * kMillisecond;
  // A gentle start, then bursts that are more than the link but less than what the pacer first believes.
  path.saturated = false;
  path.every = 16 * kMillisecond;
  path.run(2 * kSecond);
  path.size = 4000;
  path.run(2 * kSecond);
  path.measure();
  path.run(10 * kSecond);
  EXPECT_LE(path.queue_p95(), 80 * kMillisecond);  // one burst is 32 ms of this link
  EXPECT_LE(path.pacer.rate(), 1.5 * kMegabit);
}

TEST(PacerTest, TypingOverAJitteryLinkIsNotTakenForASlowOne) {
  Path path;
  path.bytes_per_second = 20 * kMegabit;
  path.run(3 * kSecond);
  path.saturated = false;
  path.every = 50 * kMillisecond;
  for (int i = 0; i < 100; ++i) {
    path.delay = (i % 3 == 0 ? 80 : 25) * kMillisecond;
    path.run(300 * kMillisecond);
  }
  EXPECT_GE(path.pacer.rate(), 5 * kMegabit);
}

TEST(PacerTest, ABurstAfterAPauseMakesNoQueue) {
  Path path;
  path.bytes_per_second = 2 * kMegabit;
  path.delay = 50 * kMillisecond;
  path.run(5 * kSecond);
  for (int i = 0; i < 5; ++i) {
    path.saturated = false;
    path.every = kSecond;
    path.run(3 * kSecond);
    path.measure();
    path.saturated = true;
    path.run(400 * kMillisecond);
    EXPECT_LE(path.queue_p95(), 35 * kMillisecond) << i;
  }
}

TEST(PacerTest, ASlowViewerIsNotBuried) {
  Path path;
  path.bytes_per_second = 1000 * kMegabit;
  path.delay = 500;
  path.viewer_us_per_byte = 1;  // a million bytes a second
  path.run(3 * kSecond);
  path.measure();
  path.run(10 * kSecond);
  EXPECT_LE(path.queue_p95(), 30 * kMillisecond);
  EXPECT_GE(path.delivered / 10, 0.85e6);
}

TEST(PacerTest, AnUpdateTakesMillisecondsOfTheLink) {
  Path path;
  path.bytes_per_second = 20 * kMegabit;
  path.run(3 * kSecond);
  EXPECT_LE(static_cast<double>(path.pacer.update_bytes()) / path.bytes_per_second, 0.006);
}

TEST(PacerTest, AcksOfUnknownUpdatesAreHarmless) {
  Pacer pacer;
  pacer.acked(5, 1000);
  pacer.sent(1, 1000, 2000);
  pacer.acked(0, 2500);
  EXPECT_EQ(pacer.bytes_in_flight(), 1000U);
  pacer.acked(1, 3000);
  pacer.acked(1, 3000);
  EXPECT_EQ(pacer.bytes_in_flight(), 0U);
  EXPECT_EQ(pacer.min_rtt(), 1000);
}

// Its time goes by the number of updates: smaller ones would make it slower still.
TEST(PacerTest, APageThatTakesItsTimeForEachUpdateIsNoSlowLink) {
  Path path;
  path.bytes_per_second = 5 * kMegabit;
  path.viewer_us_per_update = 12 * kMillisecond;
  path.viewer_tells = true;
  path.run(8 * kSecond);
  EXPECT_GE(path.pacer.rate(), 0.85 * path.bytes_per_second);
  path.measure();
  path.run(4 * kSecond);
  // As many as it takes, each of the size that the link allows, and no long row of them.
  EXPECT_GE(path.ages.size(), 4U * 1000 / 12 * 80 / 100);
  EXPECT_LE(path.queue_p95(), 60 * kMillisecond);
}

TEST(PacerTest, LateAcksOfASourceThatFitsTheLinkAreNoSlowLink) {
  Path path;
  path.bytes_per_second = 5 * kMegabit;
  path.run(3 * kSecond);
  path.saturated = false;
  path.every = 33 * kMillisecond;
  path.size = 6000;
  path.lateness = 45 * kMillisecond;
  path.run(10 * kSecond);
  EXPECT_GE(path.pacer.rate(), 0.85 * path.bytes_per_second);
}

TEST(PacerTest, ALinkThatFallsBelowItsSourceIsKnownThoughNothingWasHeldBack) {
  Path path;
  path.bytes_per_second = 20 * kMegabit;
  path.run(3 * kSecond);
  path.saturated = false;
  path.every = 33 * kMillisecond;
  path.size = 6000;
  path.run(2 * kSecond);
  path.bytes_per_second = 1 * kMegabit;
  path.run(1500 * kMillisecond);
  EXPECT_LE(path.pacer.rate(), 1.25 * path.bytes_per_second);
}

// A film fills its window, and a letter is typed.
TEST(PacerTest, WhatAnswersAnInputPassesAFullWindowByALittle) {
  Path path;
  path.run(3 * kSecond);
  while (!path.pacer.has_room()) path.run(kStep);
  path.pacer.sent(1'000'000, path.pacer.window_bytes() - path.pacer.bytes_in_flight(), path.now);
  EXPECT_FALSE(path.pacer.has_room());
  EXPECT_TRUE(path.pacer.has_room_for_answer());
  path.pacer.sent(1'000'001, 4096, path.now);
  EXPECT_FALSE(path.pacer.has_room_for_answer());
}

}  // namespace
}  // namespace vitrine::agent
