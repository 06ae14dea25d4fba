// When each input came and when it was injected, until a picture answers it. The page joins these with its own times.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

#include "protocol/base/time.h"
#include "protocol/limits.h"

namespace vitrine::agent {

// Inputs in the order of their sequence numbers. One thread.
class InputClock {
 public:
  void received(uint32_t sequence, Micros now) {
    waiting_.push_back({sequence, now, kNever});
    if (waiting_.size() > kMaxTimedInputs) waiting_.pop_front();  // the page leaves out what is not answered
  }
  void injected(uint32_t sequence, Micros now) {
    for (Input& input : waiting_) {
      if (input.sequence == sequence) input.injected_at = now;
    }
  }
  // Update::inputs of a picture that was captured at `captured_at` and is the first to answer all up to `sequence`.
  std::vector<uint32_t> take(uint32_t sequence, Micros captured_at) {
    std::vector<uint32_t> times;
    const auto span = [](Micros time) { return static_cast<uint32_t>(std::clamp<Micros>(time, 0, UINT32_MAX)); };
    while (!waiting_.empty() && waiting_.front().sequence <= sequence) {
      const Input& input = waiting_.front();
      if (input.injected_at != kNever) {
        times.insert(times.end(), {input.sequence, span(input.injected_at - input.received_at),
                                   span(captured_at - input.injected_at)});
      }
      waiting_.pop_front();
    }
    return times;
  }

 private:
  struct Input {
    uint32_t sequence = 0;
    Micros received_at = 0;
    Micros injected_at = kNever;
  };
  std::deque<Input> waiting_;
};

}  // namespace vitrine::agent
