// How long a page kept updates to itself before it acknowledged them, from what its acknowledgements say. A page does
// one thing after the other: an update that it takes up right after the one before has waited for that one, and nobody
// knows since when. So it is a bound: since the first update of the row. Pure state; one thread.
#pragma once

#include <algorithm>
#include <cstdint>

#include "protocol/base/time.h"
#include "protocol/messages.h"

namespace vitrine::agent {

// Of one update.
struct PageTime {
  Micros work = 0;  // taking it apart and painting it
  Micros wait = 0;  // at most, for those before it
  [[nodiscard]] Micros all() const { return work + wait; }
};

class PageLoad {
 public:
  PageTime take(const FrameAck& ack) {
    const auto part = [](uint64_t time) { return static_cast<Micros>(std::min<uint64_t>(time, kLongest)); };
    const auto received = static_cast<Micros>(std::min<uint64_t>(ack.received_us, INT64_MAX / 2));
    const Micros work = part(ack.decode_us) + part(ack.present_us);
    const bool follows = received >= row_since_ && received - done_at_ < kBetween;
    if (!follows) row_since_ = received;
    done_at_ = received + work;
    return {work, received - row_since_};
  }

 private:
  // Between the end of one task of a page and the next that was waiting.
  static constexpr Micros kBetween = kMillisecond;
  static constexpr Micros kLongest = kSecond;

  // By the page's clock.
  Micros row_since_ = INT64_MAX / 2;
  Micros done_at_ = 0;
};

}  // namespace vitrine::agent
