#include "protocol/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace vitrine {
namespace {

constexpr auto kBounds = latency_bounds_us();

TEST(LatencyHistogramTest, BoundsRiseByAQuarterOctaveAndHold100Milliseconds) {
  for (size_t i = 1; i < kBounds.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(kBounds[i]) / static_cast<double>(kBounds[i - 1]), 1.1892, 0.001);
  }
  EXPECT_EQ(kBounds[24], 100 * kMillisecond);
  EXPECT_EQ(kBounds.back(), 6'400 * kMillisecond);
}

TEST(LatencyHistogramTest, QuantilesAreWithinAnEighthOfTheTruth) {
  LatencyHistogram histogram;
  for (int ms = 1; ms <= 1000; ++ms) histogram.add(ms * kMillisecond);
  for (const double share : {0.5, 0.95, 0.99}) {
    EXPECT_NEAR(static_cast<double>(histogram.quantile(share)), share * 1e6, share * 1.25e5);
  }
  EXPECT_EQ(histogram.count_up_to(100 * kMillisecond), 100U);
  EXPECT_EQ(histogram.count(), 1000U);
  EXPECT_EQ(histogram.sum_us(), 500'500U * kMillisecond);
}

TEST(LatencyHistogramTest, TimesAtTheEndsHaveAPlace) {
  LatencyHistogram histogram;
  EXPECT_EQ(histogram.quantile(0.5), 0);
  histogram.add(-5);
  histogram.add(3'600 * kSecond);
  EXPECT_EQ(histogram.counts().front(), 1U);
  EXPECT_EQ(histogram.counts().back(), 1U);
  EXPECT_EQ(histogram.quantile(1), kBounds.back());
}

TEST(LatencyHistogramTest, TwoAddUpAsIfOneHadCountedBoth) {
  LatencyHistogram one;
  LatencyHistogram two;
  LatencyHistogram both;
  for (int i = 0; i < 100; ++i) {
    const Micros time = i * i * kMillisecond;
    (i % 3 == 0 ? one : two).add(time);
    both.add(time);
  }
  one.add(two);
  EXPECT_TRUE(std::ranges::equal(one.counts(), both.counts()));
  EXPECT_EQ(one.sum_us(), both.sum_us());
}

}  // namespace
}  // namespace vitrine
