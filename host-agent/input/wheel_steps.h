// Turns the fine steps of a wheel into the clicks that XTEST can do; what is left of a notch is kept.
#pragma once

#include <algorithm>
#include <cstdint>

namespace vitrine::agent {

inline constexpr int32_t kNotch = 120;
// A flick over more than this in one event is not meant click by click.
inline constexpr int32_t kMostClicks = 32;

class WheelSteps {
 public:
  // Clicks to do now; negative ones go the other way. Turning round drops the rest of the notch.
  int add(int32_t distance) {
    if ((distance < 0) != (rest_ < 0)) rest_ = 0;
    rest_ += std::clamp(distance, -kNotch * kMostClicks, kNotch * kMostClicks);
    const int clicks = rest_ / kNotch;
    rest_ -= clicks * kNotch;
    return clicks;
  }

 private:
  int32_t rest_ = 0;
};

}  // namespace vitrine::agent
