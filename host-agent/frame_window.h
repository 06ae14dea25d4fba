// How many frames of moving pictures a viewer may be sent before its decoder gives them back.
//
// The pacer sees the link, whose bytes are acknowledged when they have come. What a decoder takes is another matter:
// one that is slower than the film would gather frames, and show them late. So the frames that are out (sent, not yet
// painted) stay near what the way to the canvas holds by itself, and two more:
//
//     limit = painted frames a second x shortest time from sending to painting + 2
//
// A film that is slower than the decoder never meets the limit; with a decoder that is slower its own two frames wait.
// Text waits for none of it. The shortest time is forgotten after a while; where the limit held frames back meanwhile,
// one goes out alone to measure it again, as all others would have waited behind the two.
//
// Pure state: time is an argument. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "protocol/base/time.h"

namespace vitrine::agent {

class FrameWindow {
 public:
  // An update with frames was handed to the link. Ids rise.
  void sent(uint32_t id, Micros now);
  // The frames of this update and of all before it are painted.
  void painted(uint32_t id, Micros now);

  [[nodiscard]] bool has_room() const { return flight_.size() < (draining_ ? 1 : limit_); }
  [[nodiscard]] size_t in_flight() const { return flight_.size(); }
  [[nodiscard]] size_t limit() const { return limit_; }

 private:
  struct Sent {
    uint32_t id = 0;
    Micros at = 0;
    bool alone = false;  // nothing else was out
  };

  void take_time(const Sent& newest, Micros now);
  void set_limit();

  std::deque<Sent> flight_;
  Micros least_time_ = kNever;  // from sending to painting, lately
  Micros least_time_at_ = 0;
  bool was_full_ = false;  // since then
  bool draining_ = false;
  double interval_s_;  // between painted frames
  Micros painted_at_ = kNever;
  size_t limit_;

 public:
  FrameWindow();
};

}  // namespace vitrine::agent
