// Is the other end of a link there, and how far away is it? Time and events in, pings and a verdict out.
#pragma once

#include <algorithm>
#include <array>
#include <optional>

#include "protocol/base/time.h"
#include "protocol/limits.h"
#include "protocol/messages.h"

namespace vitrine {

// One end's view of one link. The shell tells it what arrives, sends the pings it gives, calls again at
// next_deadline() and closes the link with CloseCode::kTimeout when it is timed_out(). Owned by the link's thread.
class LinkHealth {
 public:
  explicit LinkHealth(Micros now) : heard_at_(now) {}

  // Any message arrived.
  void on_received(Micros now) { heard_at_ = now; }

  // The ping to send now: once at the start, then whenever nothing was heard for kPingAfter; at most one in kPingAfter.
  [[nodiscard]] std::optional<Ping> take_ping(Micros now) {
    if (now < ping_at()) return std::nullopt;
    return make_ping(now);
  }
  // A ping outside that rhythm, for whoever wants a fresh round trip.
  [[nodiscard]] Ping make_ping(Micros now) {
    asked_at_ = now;
    answered_ = false;
    return {.time_us = static_cast<uint64_t>(now)};
  }
  // A Pong that answers anything but the last ping says nothing.
  void handle_pong(const Pong& pong, Micros now) {
    if (answered_ || pong.time_us != static_cast<uint64_t>(asked_at_) || now < asked_at_) return;
    answered_ = true;
    const Micros sample = now - asked_at_;
    smoothed_rtt_ = samples_ == 0 ? sample : smoothed_rtt_ + (sample - smoothed_rtt_) / kSmoothing;
    recent_[samples_++ % recent_.size()] = sample;
  }

  [[nodiscard]] bool timed_out(Micros now) const { return now >= heard_at_ + kPeerTimeout; }
  // When take_ping() or timed_out() will have something to say if nothing arrives before.
  [[nodiscard]] Micros next_deadline() const { return std::min(ping_at(), heard_at_ + kPeerTimeout); }

  // Round trips in microseconds; nothing before the first pong. The smallest is of the last 16, so that it follows a
  // link whose path changed.
  [[nodiscard]] std::optional<Micros> smallest_rtt() const {
    if (samples_ == 0) return std::nullopt;
    const size_t count = std::min(samples_, recent_.size());
    return *std::min_element(recent_.begin(), recent_.begin() + static_cast<std::ptrdiff_t>(count));
  }
  [[nodiscard]] std::optional<Micros> smoothed_rtt() const {
    return samples_ == 0 ? std::nullopt : std::optional(smoothed_rtt_);
  }

 private:
  static constexpr Micros kNotAsked = -1;
  static constexpr Micros kSmoothing = 8;  // the weight of a sample is 1/8, as in RFC 6298

  [[nodiscard]] Micros ping_at() const {
    return asked_at_ == kNotAsked ? heard_at_ : std::max(heard_at_, asked_at_) + kPingAfter;
  }

  Micros heard_at_;
  Micros asked_at_ = kNotAsked;
  bool answered_ = true;
  Micros smoothed_rtt_ = 0;
  std::array<Micros, 16> recent_{};
  size_t samples_ = 0;
};

}  // namespace vitrine
