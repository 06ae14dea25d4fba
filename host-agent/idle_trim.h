// When memory that was freed goes back to the system: in a pause after work. In the middle of it the next picture would
// have to fault its pages in again.
#pragma once

#include <algorithm>
#include <cstdint>

#include "protocol/base/time.h"

namespace vitrine::agent {

// Pure state, time is an argument.
class IdleTrim {
 public:
  // A turn of the event loop, which is what work is made of.
  void turned(Micros now) {
    ++turns_;
    turned_at_ = now;
  }
  // When to ask due(); kNever while there was too little work to be worth a look.
  [[nodiscard]] Micros next_deadline() const {
    return turns_ < kWorth ? kNever : std::max(turned_at_ + kPause, trimmed_at_ + kLeastBetween);
  }
  // Whether this is the moment, once.
  bool due(Micros now) {
    if (now < next_deadline()) return false;
    turns_ = 0;
    trimmed_at_ = now;
    return true;
  }

 private:
  // Who types or scrolls makes shorter ones; the coder of a film that ended is gone by then.
  static constexpr Micros kPause = 500 * kMillisecond;
  static constexpr Micros kLeastBetween = 5 * kSecond;
  // A few seconds of work; a caret that blinks takes a minute.
  static constexpr uint32_t kWorth = 200;

  uint32_t turns_ = 0;  // since the last time
  Micros turned_at_ = 0;
  Micros trimmed_at_ = -kLeastBetween;
};

}  // namespace vitrine::agent
