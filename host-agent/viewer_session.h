// One viewer of a desktop: what it was told, what it still lacks, what it may do. Pixels, hands and clock stay
// outside; DesktopAgent puts this together with them.
//
// Messages go out in the order of what a person feels first: why it ends, pong, cursor, notices, then pixels, then
// the check of pixels. Nothing queues: a cursor or a pointer place that was not sent yet is replaced by the newer one.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "codec/enc_viewer.h"
#include "host-agent/input/input_sink.h"
#include "host-agent/input_clock.h"
#include "host-agent/link_terms.h"
#include "host-agent/pacer.h"
#include "host-agent/screen/screen_source.h"
#include "host-agent/session_meter.h"
#include "host-agent/token_bucket.h"
#include "protocol/link.h"
#include "protocol/messages.h"

namespace vitrine::agent {

struct TypedText {
  std::string utf8;
};
struct LiftAll {};
// What a message of the viewer asks for outside of its session.
using ViewerRequest = std::variant<std::monostate, KeyInput, TypedText, PointerInput, LiftAll, ScreenMode>;

struct Received {
  uint32_t sequence = 0;  // of an input; give it to injected() when that is done
  ViewerRequest request;
};

struct ViewerSummary {
  std::string user;
  std::string browser;
  std::optional<Micros> rtt;  // shortest lately, to the page and back
};

// One thread.
class ViewerSession {
 public:
  ViewerSession(ViewerJoined joined, Size screen, Micros now);

  // A message from the viewer. One that breaks the rules closes the session with a reason.
  Received receive(std::span<const uint8_t> message, Micros now);
  void injected(uint32_t sequence, Micros now) {
    injected_sequence_ = sequence;
    input_clock_.injected(sequence, now);
  }

  // --- the screen changed ---
  // The next message is a SurfaceReset; everything is missing.
  void reset_surface(Size size, Micros now);
  void mark(const Rect& area, Micros now);
  // What encode() is given from here on was captured now.
  void captured(Micros now);
  void set_cursor(const CursorImage& cursor);
  // The pointer is there now; told to the viewer unless it put it there itself.
  void pointer_is_at(Point place);

  void notify(NoticeLevel level, std::string text);
  void close(CloseCode code, std::string reason);

  // --- output ---
  // The page is visible and its pacer has room.
  [[nodiscard]] bool can_take_pixels() const;
  // When its ceiling lets the next update through; in the past as a rule.
  [[nodiscard]] Micros pixels_at() const { return cap_.ready_at(); }
  // There is something to encode.
  [[nodiscard]] bool lacks_pixels(Micros now) const;
  [[nodiscard]] bool wants_output(Micros now) const;
  // Encodes the next update from `source`; it must be taken by take_output() soon.
  void encode(const codec::PictureView& source, Micros now);
  std::optional<Bytes> take_output(Micros now);
  // When to look at wants_output() again although nothing happened: the first such time after `after`.
  [[nodiscard]] Micros next_deadline(Micros after) const;
  void advance(Micros now);

  [[nodiscard]] bool closing() const { return close_.has_value(); }
  // Close was taken; the link may be closed once that is sent.
  [[nodiscard]] bool finished() const { return finished_; }
  [[nodiscard]] const ViewerJoined& joined() const { return joined_; }
  [[nodiscard]] ViewerSummary summary() const;
  [[nodiscard]] const Pacer& pacer() const { return pacer_; }
  [[nodiscard]] SessionMeasure measure(Micros now) const { return meter_.measure(now); }

 private:
  struct EncodedUpdate {
    Bytes body;
    uint32_t flags = 0;
    Micros started_at = 0;
    int64_t pixels = 0;
    bool hit_limit = false;
  };

  template <class M>
  void handle(const M& message, Micros now, Received& result);
  // Checks right, rate and order of an input.
  bool accept_input(uint32_t sequence, Micros now);
  Point clamp_to_screen(int32_t x, int32_t y) const;
  void handle_preferences(const Preferences& wanted);
  void handle_ack(const FrameAck& ack, Micros now);
  void handle_check_result(const PictureCheckResult& result, Micros now);
  codec::EncodeBudget budget() const;
  Bytes take_update(Micros now);
  void fit_slice(const EncodedUpdate& update, Micros took);
  [[nodiscard]] Micros check_at() const;
  std::optional<Bytes> take_check(Micros now);
  std::optional<Bytes> take_small(Micros now);
  std::optional<Bytes> next_message(Micros now);
  std::optional<Bytes> take_measure(Micros now);

  ViewerJoined joined_;
  codec::ViewerEncoder encoder_;
  Pacer pacer_;
  LinkTerms terms_;
  RateCap cap_;
  SessionMeter meter_;
  bool visible_ = true;

  // Input.
  TokenBucket input_allowance_;
  TokenBucket other_allowance_;
  bool input_seen_ = false;
  uint32_t input_sequence_ = 0;     // last that was received
  uint32_t injected_sequence_ = 0;  // last that was injected
  uint32_t captured_sequence_ = 0;  // last that was injected before the picture was captured
  InputClock input_clock_;
  Point pointer_;  // where this viewer believes the pointer to be

  // Updates.
  uint32_t epoch_ = 0;
  uint32_t last_update_ = 0;  // id of the last one that was taken
  uint32_t acked_update_ = 0;
  Micros captured_at_ = 0;
  std::optional<EncodedUpdate> encoded_;
  int64_t slice_pixels_;  // how much is encoded in one go, so that input waits only milliseconds
  bool exact_ = false;
  uint32_t told_flags_ = 0;  // of the last update

  // Checks of the picture.
  Micros last_change_at_ = 0;
  Micros unchecked_since_ = kNever;
  uint32_t checked_update_ = 0;
  bool check_outstanding_ = false;
  int failed_checks_ = 0;

  // Small messages that wait.
  std::deque<uint64_t> pongs_;
  std::deque<Notice> notices_;
  bool reset_pending_ = true;
  bool cursor_pending_ = false;
  CursorImage cursor_;
  bool pointer_pending_ = false;
  std::optional<Ping> ping_;
  std::optional<Close> close_;
  bool finished_ = false;

  LinkHealth health_;
};

}  // namespace vitrine::agent
