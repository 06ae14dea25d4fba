// Allows a burst, then a steady rate. Time is an argument.
#pragma once

#include <algorithm>

#include "protocol/base/time.h"

namespace vitrine::agent {

class TokenBucket {
 public:
  TokenBucket(double per_second, double burst) : per_second_(per_second), burst_(burst), tokens_(burst) {}

  // Takes one if there is one.
  bool take(Micros now) {
    refill(now);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }
  // When the next take() would succeed; `now` or earlier: at once.
  [[nodiscard]] Micros ready_at() const {
    if (tokens_ >= 1) return at_;
    return at_ + static_cast<Micros>((1 - tokens_) / per_second_ * static_cast<double>(kSecond)) + 1;
  }

 private:
  void refill(Micros now) {
    const double elapsed = static_cast<double>(std::max<Micros>(0, now - at_)) / static_cast<double>(kSecond);
    tokens_ = std::min(burst_, tokens_ + elapsed * per_second_);
    at_ = std::max(at_, now);
  }

  double per_second_;
  double burst_;
  double tokens_;
  Micros at_ = 0;
};

}  // namespace vitrine::agent
