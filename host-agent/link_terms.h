// What the user and the administrator want of a viewer's link, and the ceiling on its rate. Time is an argument.
#pragma once

#include <algorithm>
#include <cstdint>

#include "protocol/base/time.h"
#include "protocol/messages.h"

namespace vitrine::agent {

// Preferences within what the session's ticket allows. One thread.
class LinkTerms {
 public:
  explicit LinkTerms(const ViewerJoined& joined) : joined_(joined) { apply({}); }

  // Values out of range count as the nearest that is in it.
  void apply(const Preferences& wanted) {
    const auto chosen = [](uint32_t wish, uint32_t otherwise) { return wish != 0 ? wish : otherwise; };
    target_ms_ =
        std::clamp(chosen(chosen(wanted.target_ms, joined_.target_ms), kDefaultTargetMs), kMinTargetMs, kMaxTargetMs);
    quality_floor_ = std::min(chosen(wanted.quality_floor, joined_.quality_floor), kMaxQuality);
    ceiling_kbit_ = joined_.ceiling_kbit;
    if (wanted.ceiling_kbit != 0) {
      const uint32_t wish = std::clamp(wanted.ceiling_kbit, kMinCeilingKbit, kMaxCeilingKbit);
      ceiling_kbit_ = ceiling_kbit_ == 0 ? wish : std::min(ceiling_kbit_, wish);
    }
  }

  // A tenth of the target may stand in queues so that the link does not run dry; the rest is for programs, coding and
  // chance.
  [[nodiscard]] Micros allowance() const {
    return std::clamp<Micros>(target_ms_ * kMillisecond / 10, 2 * kMillisecond, 30 * kMillisecond);
  }
  [[nodiscard]] int quality_floor() const { return static_cast<int>(quality_floor_); }
  [[nodiscard]] uint32_t ceiling_kbit() const { return ceiling_kbit_; }  // 0: none
  [[nodiscard]] double ceiling_bytes() const { return ceiling_kbit_ * 125.0; }

 private:
  static constexpr uint32_t kDefaultTargetMs = 60;  // what feels immediate for typing

  struct Joined {
    uint32_t target_ms, ceiling_kbit, quality_floor;
    explicit Joined(const ViewerJoined& joined)
        : target_ms(joined.target_ms), ceiling_kbit(joined.ceiling_kbit), quality_floor(joined.quality_floor) {}
  };
  Joined joined_;
  uint32_t target_ms_ = kDefaultTargetMs;
  uint32_t ceiling_kbit_ = 0;
  uint32_t quality_floor_ = 0;
};

// Holds what is sent below a rate: each message occupies the line for its time, and a line that was idle may be
// caught up with for kBurst only.
class RateCap {
 public:
  // Bytes a second; 0: no cap.
  void set(double rate) { rate_ = rate; }
  void sent(size_t bytes, Micros now) {
    if (rate_ <= 0) return;
    const double span = static_cast<double>(bytes + kFraming) / rate_ * static_cast<double>(kSecond);
    free_at_ = std::max(free_at_, now - kBurst) + static_cast<Micros>(span);
  }
  // When the next message may be sent; long ago when there is no cap.
  [[nodiscard]] Micros ready_at() const { return rate_ <= 0 ? INT64_MIN : free_at_; }
  // How large an update may be: at most the share of the line that kUpdate is.
  [[nodiscard]] size_t update_bytes(size_t otherwise) const {
    if (rate_ <= 0) return otherwise;
    const double most = rate_ * static_cast<double>(kUpdate) / static_cast<double>(kSecond);
    return std::min(otherwise, std::max<size_t>(kLeastUpdate, static_cast<size_t>(most)));
  }

 private:
  // WebSocket and TLS record headers, TCP and IP (RFC 6455, 8446): a ceiling is a ceiling on the line.
  static constexpr size_t kFraming = 80;
  static constexpr Micros kBurst = 40 * kMillisecond;
  static constexpr Micros kUpdate = 10 * kMillisecond;
  static constexpr size_t kLeastUpdate = 1024;  // smaller ones are framing for the most part

  double rate_ = 0;
  Micros free_at_ = 0;
};

}  // namespace vitrine::agent
