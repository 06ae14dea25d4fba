#include "host-agent/frame_window.h"

#include <algorithm>
#include <cmath>

namespace vitrine::agent {
namespace {

// Frames that wait in a decoder which is the bottleneck: one is decoded, the next is at hand.
constexpr size_t kSpare = 2;
// Until something was painted: opening a decoder takes up to half a second, and what is sent meanwhile is all old.
constexpr size_t kFirstLimit = 4;
// A decoder behind a long link; more are never useful.
constexpr size_t kLargestLimit = 64;
constexpr Micros kLeastTimeLife = 10 * kSecond;
// What films are like until the first one says otherwise, and the bounds of what one may say.
constexpr double kFirstInterval = 1.0 / 30;
constexpr double kShortestInterval = 1.0 / 120;
constexpr double kLongestInterval = 0.5;
// How fast the interval follows: a few frames, so that one late frame is not a slow decoder.
constexpr double kIntervalShare = 1.0 / 8;

}  // namespace

FrameWindow::FrameWindow() : interval_s_(kFirstInterval), limit_(kFirstLimit) {}

void FrameWindow::sent(uint32_t id, Micros now) {
  // The pause before this frame says nothing about the decoder.
  if (flight_.empty()) painted_at_ = kNever;
  flight_.push_back({id, now, flight_.empty()});
  if (!draining_ && !has_room()) was_full_ = true;
}

void FrameWindow::painted(uint32_t id, Micros now) {
  size_t count = 0;
  Sent newest;
  while (!flight_.empty() && flight_.front().id <= id) {
    newest = flight_.front();
    flight_.pop_front();
    ++count;
  }
  if (count == 0) return;
  take_time(newest, now);
  if (painted_at_ != kNever) {
    const double interval =
        static_cast<double>(now - painted_at_) / static_cast<double>(kSecond) / static_cast<double>(count);
    interval_s_ += (std::clamp(interval, kShortestInterval, kLongestInterval) - interval_s_) * kIntervalShare;
  }
  painted_at_ = now;
  set_limit();
}

void FrameWindow::take_time(const Sent& newest, Micros now) {
  const Micros time = std::max<Micros>(1, now - newest.at);
  const bool expired = now - least_time_at_ > kLeastTimeLife;
  if (time <= least_time_ || (expired && (newest.alone || !was_full_))) {
    least_time_ = time;
    least_time_at_ = now;
    was_full_ = false;
    draining_ = false;
  } else if (expired) {
    draining_ = true;
  }
}

void FrameWindow::set_limit() {
  const double held = static_cast<double>(least_time_) / static_cast<double>(kSecond) / interval_s_;
  limit_ = std::min(kLargestLimit, static_cast<size_t>(std::ceil(held)) + kSpare);
}

}  // namespace vitrine::agent
