// How long things took, as counts in buckets that agent, gateway and broker share, so that what one counted another
// can add up: four buckets an octave from 1.5625 ms to 6.4 s and one for all above. 100 ms is a bound.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "protocol/base/time.h"
#include "protocol/limits.h"

namespace vitrine {

inline constexpr size_t kLatencyBounds = kLatencyBuckets - 1;

// Upper bounds of the buckets but the last, microseconds, included in them. Every fourth is 100 ms times a power of 2.
constexpr std::array<Micros, kLatencyBounds> latency_bounds_us() {
  constexpr double kSteps[] = {1.0, 1.189207115, 1.414213562, 1.681792831};  // 2^(k/4)
  std::array<Micros, kLatencyBounds> bounds{};
  double octave = 1562.5;
  for (size_t i = 0; i < kLatencyBounds; ++i) {
    bounds[i] = static_cast<Micros>(octave * kSteps[i % 4] + 0.5);
    if (i % 4 == 3) octave *= 2;
  }
  return bounds;
}

// Plain data; one thread.
class LatencyHistogram {
 public:
  // A time below zero counts as none.
  void add(Micros time) {
    const auto bucket = bucket_of(time);
    ++counts_[bucket];
    sum_us_ += static_cast<uint64_t>(time > 0 ? time : 0);
  }
  void add(const LatencyHistogram& other) {
    for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    sum_us_ += other.sum_us_;
  }
  // From elsewhere: counts beyond the last bucket are left out.
  static LatencyHistogram from(std::span<const uint64_t> counts, uint64_t sum_us) {
    LatencyHistogram histogram;
    for (size_t i = 0; i < counts.size() && i < histogram.counts_.size(); ++i) histogram.counts_[i] = counts[i];
    histogram.sum_us_ = sum_us;
    return histogram;
  }

  [[nodiscard]] const std::array<uint64_t, kLatencyBuckets>& counts() const { return counts_; }
  [[nodiscard]] uint64_t sum_us() const { return sum_us_; }
  [[nodiscard]] uint64_t count() const {
    uint64_t all = 0;
    for (const uint64_t count : counts_) all += count;
    return all;
  }
  // The time below which this share (0..1) of what was added lies, by a straight line inside its bucket; 0 when
  // nothing was added, the last bound for what lies above it.
  [[nodiscard]] Micros quantile(double share) const {
    const auto all = static_cast<double>(count());
    double wanted = share * all;
    Micros below = 0;
    for (size_t i = 0; i < kLatencyBounds && all > 0; ++i) {
      const auto here = static_cast<double>(counts_[i]);
      const Micros above = kBounds[i];
      if (here > 0 && wanted <= here) {
        return below + static_cast<Micros>(static_cast<double>(above - below) * wanted / here);
      }
      wanted -= here;
      below = above;
    }
    return below * (all > 0 ? 1 : 0);
  }
  // How many took no longer than `bound`, which is one of latency_bounds_us().
  [[nodiscard]] uint64_t count_up_to(Micros bound) const {
    uint64_t sum = 0;
    for (size_t i = 0; i < kLatencyBounds && kBounds[i] <= bound; ++i) sum += counts_[i];
    return sum;
  }

  static size_t bucket_of(Micros time) {
    size_t bucket = 0;
    while (bucket < kLatencyBounds && kBounds[bucket] < time) ++bucket;
    return bucket;
  }

 private:
  static constexpr auto kBounds = latency_bounds_us();

  std::array<uint64_t, kLatencyBuckets> counts_{};
  uint64_t sum_us_ = 0;
};

}  // namespace vitrine
