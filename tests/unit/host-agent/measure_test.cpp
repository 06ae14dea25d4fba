#include <gtest/gtest.h>

#include <numeric>

#include "host-agent/input_clock.h"
#include "host-agent/link_terms.h"
#include "host-agent/session_meter.h"

namespace vitrine::agent {
namespace {

TEST(InputClockTest, AnInputIsTimedOnceByTheFirstPictureAfterIt) {
  InputClock clock;
  clock.received(3, 1'000);
  clock.injected(3, 1'250);
  clock.received(5, 2'000);
  clock.injected(5, 2'000);
  EXPECT_EQ(clock.take(4, 5'000), (std::vector<uint32_t>{3, 250, 3'750}));
  EXPECT_EQ(clock.take(4, 6'000), std::vector<uint32_t>{});
  EXPECT_EQ(clock.take(9, 6'000), (std::vector<uint32_t>{5, 0, 4'000}));
}

TEST(InputClockTest, WhatIsNeverAnsweredDoesNotPileUp) {
  InputClock clock;
  for (uint32_t sequence = 1; sequence <= 10'000; ++sequence) {
    clock.received(sequence, sequence);
    clock.injected(sequence, sequence);
  }
  EXPECT_EQ(clock.take(UINT32_MAX, 20'000).size(), kMaxTimedInputs * 3);
}

TEST(LinkTermsTest, NobodyPassesTheAdministratorsCeiling) {
  LinkTerms terms(ViewerJoined{.ceiling_kbit = 4'000});
  EXPECT_EQ(terms.ceiling_kbit(), 4'000U);
  for (const uint32_t wish : {0U, 4'001U, 8'000U, UINT32_MAX}) {
    terms.apply({.ceiling_kbit = wish});
    EXPECT_EQ(terms.ceiling_kbit(), 4'000U) << wish;
  }
  terms.apply({.ceiling_kbit = 1'000});
  EXPECT_EQ(terms.ceiling_kbit(), 1'000U);
  terms.apply({.ceiling_kbit = 1});
  EXPECT_EQ(terms.ceiling_kbit(), kMinCeilingKbit);
}

TEST(LinkTermsTest, WhatAUserDoesNotSayIsAsTheSessionCame) {
  LinkTerms terms(ViewerJoined{.target_ms = 200, .quality_floor = 85});
  EXPECT_EQ(terms.allowance(), 20 * kMillisecond);
  EXPECT_EQ(terms.quality_floor(), 85);
  EXPECT_EQ(terms.ceiling_kbit(), 0U);
  terms.apply({.target_ms = 40, .quality_floor = 60});
  EXPECT_EQ(terms.allowance(), 4 * kMillisecond);
  EXPECT_EQ(terms.quality_floor(), 60);
  terms.apply({.target_ms = UINT32_MAX, .quality_floor = UINT32_MAX});
  EXPECT_EQ(terms.allowance(), 30 * kMillisecond);
  EXPECT_EQ(terms.quality_floor(), 100);
}

TEST(RateCapTest, HoldsItsRateAfterAPauseToo) {
  RateCap cap;
  constexpr double kRate = 250e3;
  cap.set(kRate);
  double bytes = 0;
  for (Micros now = 60 * kSecond; now < 70 * kSecond; now += 500) {
    if (cap.ready_at() > now) continue;
    const size_t update = cap.update_bytes(1 << 20);
    cap.sent(update, now);
    bytes += static_cast<double>(update);
  }
  EXPECT_LT(bytes, kRate * 10 * 1.01);
  EXPECT_GT(bytes, kRate * 10 * 0.93);  // the rest is the framing that is counted with it
}

TEST(RateCapTest, NoneHoldsNothingBack) {
  RateCap cap;
  cap.set(0);
  cap.sent(1 << 20, 5);
  EXPECT_LT(cap.ready_at(), 5);
  EXPECT_EQ(cap.update_bytes(77), 77U);
}

TEST(SessionMeterTest, AReportHoldsWhatCameSinceTheLast) {
  SessionMeter meter(0);
  EXPECT_EQ(meter.report_at(), kNever);
  EXPECT_TRUE(meter.add({.parts_us = {20'000, 1'000, 5'000, 3'000, 2'000, 4'000, 1'000}, .rtt_us = 18'000}));
  EXPECT_EQ(meter.report_at(), 10 * kSecond);
  const auto report = meter.take_report(10 * kSecond);
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->inputs, 1U);
  EXPECT_EQ(report->sums_us, (std::vector<uint32_t>{36'000, 20'000, 1'000, 5'000, 3'000, 2'000, 4'000, 1'000, 18'000}));
  EXPECT_EQ(std::accumulate(report->counts.begin(), report->counts.end(), 0U), kReportedTimes);
  EXPECT_EQ(report->counts[LatencyHistogram::bucket_of(36'000)], 1U);
  EXPECT_FALSE(meter.take_report(20 * kSecond).has_value());
  EXPECT_EQ(meter.measure(20 * kSecond).response.count(), 1U);
}

TEST(SessionMeterTest, AnInputWithoutAllOfItsPartsIsRefused) {
  SessionMeter meter(0);
  EXPECT_FALSE(meter.add({.parts_us = {1, 2, 3}}));
}

TEST(SessionMeterTest, ThePeakIsOfAWholeSecond) {
  SessionMeter meter(0);
  for (int i = 0; i < 40; ++i) meter.sent(10'000, i * 100 * kMillisecond);
  EXPECT_EQ(meter.measure(4 * kSecond).bytes_down, 400'000U);
  EXPECT_EQ(meter.measure(4 * kSecond).peak_bits_second, 800'000U);
}

TEST(SessionMeterTest, FiguresComeOnlyWhenWantedAndWithPictures) {
  SessionMeter meter(0);
  const Pacer pacer;
  meter.sent_update(0);
  EXPECT_FALSE(meter.figures_due(5 * kSecond));
  meter.want_figures(true);
  EXPECT_TRUE(meter.figures_due(5 * kSecond));
  EXPECT_EQ(meter.take_figures(pacer, 2'000, 5 * kSecond).ceiling_kbit, 2'000U);
  EXPECT_FALSE(meter.figures_due(9 * kSecond));
}

}  // namespace
}  // namespace vitrine::agent
