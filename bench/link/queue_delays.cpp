#include "bench/link/queue_delays.h"

#include <algorithm>
#include <cmath>

namespace vitrine {

void QueueDelayHistogram::add(Micros delay) {
  const auto bucket = static_cast<size_t>(std::max<Micros>(delay, 0) / kMillisecond);
  ++buckets_[std::min(bucket, buckets_.size() - 1)];
  ++count_;
}

double QueueDelayHistogram::percentile_ms(double share) const {
  const auto wanted = static_cast<uint64_t>(std::ceil(share * static_cast<double>(count_)));
  uint64_t seen = 0;
  for (size_t i = 0; i < buckets_.size() && count_ > 0; ++i) {
    seen += buckets_[i];
    if (seen >= wanted) return static_cast<double>(i);
  }
  return 0;
}

void StandingQueue::add(Micros when, Micros waited) {
  const Micros interval = when / kInterval;
  if (interval != interval_ && least_ != kNever) {
    intervals_.add(least_);
    least_ = kNever;
  }
  interval_ = interval;
  least_ = std::min(least_, waited);
}

}  // namespace vitrine
