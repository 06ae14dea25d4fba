// Counts what one viewer's link takes and how its inputs are answered: for the gateway's metrics as SessionReport, for
// the page as LinkFigures, and in all for the broker's record of the session. Time is an argument.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "codec/enc_viewer.h"
#include "host-agent/pacer.h"
#include "protocol/messages.h"
#include "protocol/session_measure.h"

namespace vitrine::agent {

// One thread.
class SessionMeter {
 public:
  explicit SessionMeter(Micros now) : joined_at_(now), second_at_(now), reported_at_(now), figured_at_(now) {
    all_.links = 1;
  }

  void received(size_t bytes) { all_.bytes_up += bytes; }
  void took_input() { ++all_.inputs; }
  void sent(size_t bytes, Micros now);
  void sent_update(uint32_t flags);
  void encoded(const codec::UpdateInfo& info);
  void checked(size_t tiles, size_t wrong) {
    all_.checked_tiles += tiles;
    all_.wrong_tiles += wrong;
  }
  // Errors: false when the parts are not complete.
  bool add(const InputTimes& times);

  // kNever when there is nothing to report.
  [[nodiscard]] Micros report_at() const;
  // What was added since the last report; nothing when nothing was.
  std::optional<SessionReport> take_report(Micros now);

  void want_figures(bool wanted) { figures_wanted_ = wanted; }
  [[nodiscard]] bool figures_due(Micros now) const;
  LinkFigures take_figures(const Pacer& pacer, uint32_t ceiling_kbit, Micros now);

  // All since the link was joined.
  [[nodiscard]] SessionMeasure measure(Micros now) const;

 private:
  enum Kind : uint8_t { kText, kPicture, kVideo, kOther, kKinds };

  SessionMeasure all_;
  Micros joined_at_;
  // The second that is running.
  Micros second_at_;
  uint64_t second_bytes_ = 0;

  // Input to picture, its parts, the round trip: since the last report.
  std::array<LatencyHistogram, kReportedTimes> fresh_;
  uint32_t fresh_inputs_ = 0;
  bool fresh_any_ = false;
  Micros reported_at_;

  std::array<uint64_t, kKinds> kinds_{};
  bool figures_wanted_ = false;
  bool update_since_figures_ = false;
  Micros figured_at_;
};

}  // namespace vitrine::agent
