// How long packets waited in an emulated bottleneck, two ways.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "protocol/base/time.h"

namespace vitrine {

// Delays in buckets of a millisecond; the last one holds all that is longer.
class QueueDelayHistogram {
 public:
  void add(Micros delay);
  [[nodiscard]] uint64_t count() const { return count_; }
  // Milliseconds that `share` (0 to 1) of the delays reach at most; 0 when there were none.
  [[nodiscard]] double percentile_ms(double share) const;
  void clear() { *this = {}; }

 private:
  std::array<uint32_t, 4096> buckets_{};
  uint64_t count_ = 0;
};

// A queue that empties now and then is a burst being sent, one that does not is delay for everybody: RFC 8289 (CoDel,
// section 3.2) therefore takes the least wait within an interval for what stands. Intervals in which nothing left are
// not counted, so that an idle link does not pass for a well-kept one.
class StandingQueue {
 public:
  static constexpr Micros kInterval = 100 * kMillisecond;

  // A packet left at this time, having waited so long until its first bit did. Times do not go backwards.
  void add(Micros when, Micros waited);
  // Of the intervals that are over.
  [[nodiscard]] const QueueDelayHistogram& intervals() const { return intervals_; }
  // Starts anew; the interval that is running is forgotten.
  void clear() { *this = {}; }

 private:
  QueueDelayHistogram intervals_;
  Micros interval_ = 0;  // number of the one that is running
  Micros least_ = kNever;
};

}  // namespace vitrine
