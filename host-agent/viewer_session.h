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
#include "host-agent/arrival.h"
#include "host-agent/clipboard/clipboard_exchange.h"
#include "host-agent/frame_window.h"
#include "host-agent/input/input_sink.h"
#include "host-agent/input_clock.h"
#include "host-agent/link_terms.h"
#include "host-agent/monitor_layout.h"
#include "host-agent/pacer.h"
#include "host-agent/screen/screen_part.h"
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
using ViewerRequest =
    std::variant<std::monostate, KeyInput, TypedText, PointerInput, LiftAll, WindowShape, ClipMessage, SnapshotSaved>;

struct Received {
  uint32_t sequence = 0;  // of an input; give it to injected() when that is done
  ViewerRequest request;
  bool shows_effect = false;  // a program is likely to answer it by a change of its picture
};

struct ViewerSummary {
  std::string user;
  std::string browser;
  std::optional<Micros> rtt;  // shortest lately, to the page and back
};

// One thread.
class ViewerSession {
 public:
  // `make_video` makes encoders for moving pictures; without one, or for a viewer that cannot decode them, there are
  // none. `arrival` is what the viewer has from an earlier link; its archive fits archive_capacity().
  ViewerSession(ViewerJoined joined, const ScreenPart& part, Micros now, codec::MakeVideoEncoder make_video = {},
                Arrival arrival = {});

  // A message from the viewer. One that breaks the rules closes the session with a reason.
  Received receive(std::span<const uint8_t> message, Micros now);
  void injected(uint32_t sequence, Micros now) {
    injected_sequence_ = sequence;
    injected_at_ = now;
    input_clock_.injected(sequence, now);
  }

  // What was injected last is likely to be answered by this time, and the answer could leave at once. What takes long
  // to encode would be in its way and waits until it was sent, or until then: films' frames, refinement, and everything
  // of other viewers.
  void expect_answer(Micros until) {
    expected_sequence_ = injected_sequence_;
    answer_until_ = until;
  }
  [[nodiscard]] bool expects_answer(Micros now) const {
    return answer_until_ != kNever && now < answer_until_ && can_take_pixels(now);
  }

  // --- the screen changed ---
  // The viewer is shown this part of it from now on, all of which may differ from what was there. Another size or
  // monitor starts a new surface.
  void show(const ScreenPart& part, Micros now);
  // Cells of the screen of which each has another colour somewhere, as a capture gives them.
  void mark_changed(const Rect& area, Micros now);
  // What encode() is given from here on was captured now.
  void captured(Micros now);
  void set_cursor(const CursorImage& cursor);
  // The pointer is at this place of the screen now; told to the viewer unless it put it there itself or does not see
  // it.
  void pointer_is_at(Point place);
  // Told to the viewer when it is news.
  void tell_monitors(const Monitors& monitors);

  void notify(NoticeLevel level, std::string text);
  void close(CloseCode code, std::string reason);

  // --- output ---
  // When the page could be sent pixels: a time that has passed: now; kNever: not before something happens, as while it
  // is hidden or its pacer's window is full.
  [[nodiscard]] Micros pixels_at() const;
  [[nodiscard]] bool can_take_pixels(Micros now) const { return pixels_at() <= now || hurries(now); }
  // There is something to encode; what waits for a frame that the decoder has no room for is not.
  [[nodiscard]] bool lacks_pixels(Micros now) const;
  [[nodiscard]] bool wants_output(Micros now) const {
    return wants_message(now) || (!finished_ && can_take_pixels(now) && lacks_pixels(now));
  }
  // Whether take_output() has something without encode().
  [[nodiscard]] bool wants_message(Micros now) const;
  // Encodes the next update from a picture of the screen; it must be taken by take_output() soon. `shared` is of the
  // viewer's part; it may be null.
  void encode(const codec::PictureView& screen, codec::FrameAnalysis* shared, Micros now);
  std::optional<Bytes> take_output(Micros now);
  // When to look at wants_output() again although nothing happened: the first such time after `after`.
  [[nodiscard]] Micros next_deadline(Micros after) const;
  void advance(Micros now);

  // Content that is no picture, such as a clipboard's: how much of it may be on its way without an answer, so that it
  // stands in no queue; that a message of it leaves now; and when the next may.
  [[nodiscard]] size_t content_window() const;
  void sent_content(size_t bytes, Micros now);
  [[nodiscard]] Micros content_at() const { return closing() ? kNever : cap_.ready_at(); }

  [[nodiscard]] bool closing() const { return close_.has_value(); }
  // Close was taken; the link may be closed once that is sent.
  [[nodiscard]] bool finished() const { return finished_; }
  [[nodiscard]] const ViewerJoined& joined() const { return joined_; }
  [[nodiscard]] const ScreenPart& part() const { return part_; }
  // Whose cache the archive is the other half of; taken out, it is for the viewer's next link.
  [[nodiscard]] const CacheOwner& cache_owner() const { return cache_owner_; }
  codec::EncoderArchive take_archive() { return encoder_.take_archive(); }
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
    bool has_frames = false;
  };

  template <class M>
  void handle(const M& message, Micros now, Received& result);
  // Checks right, rate and order of an input.
  bool accept_input(uint32_t sequence, Micros now);
  // Notes where the viewer has put the pointer; gives the place on the screen, which may lie beside the part.
  Point put_pointer(int32_t x, int32_t y);
  void reset_surface(Size size, Micros now);
  void handle_preferences(const Preferences& wanted);
  void handle_ack(const FrameAck& ack, Micros now);
  void handle_video_ack(const VideoAck& ack, Micros now);
  void handle_check_result(const PictureCheckResult& result, Micros now);
  void handle_video_failed(const VideoFailed& failed, Micros now);
  [[nodiscard]] bool missing() const { return encoder_.missing(frames_.has_room()); }
  // What answers an input may leave although the rest has to wait.
  [[nodiscard]] bool hurries(Micros now) const;
  codec::EncodeBudget budget(Micros now) const;
  Bytes take_update(Micros now);
  void fit_slice(const EncodedUpdate& update, Micros took);
  codec::EncoderArchive carry_archive();
  [[nodiscard]] Micros check_at() const;
  std::optional<Bytes> take_check(Micros now);
  std::optional<Bytes> take_small(Micros now);
  std::optional<Bytes> next_message(Micros now);
  std::optional<Bytes> take_measure(Micros now);

  ViewerJoined joined_;
  ScreenPart part_;
  codec::VideoOptions video_;
  codec::ViewerEncoder encoder_;
  CacheOwner cache_owner_;
  Pacer pacer_;
  PageLoad page_;
  FrameWindow frames_;
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
  Micros injected_at_ = kNever;
  uint32_t captured_sequence_ = 0;  // last that was injected before the picture was captured
  InputClock input_clock_;
  Micros answer_until_ = kNever;
  uint32_t expected_sequence_ = 0;  // of the input whose answer is expected until then
  Point pointer_;                   // where this viewer believes the pointer to be, in its part; -1,-1: elsewhere

  // Updates.
  uint32_t epoch_ = 0;
  uint32_t last_update_ = 0;  // id of the last one that was taken
  uint32_t acked_update_ = 0;
  uint32_t painted_update_ = 0;  // the last of which a VideoAck told
  Micros captured_at_ = 0;
  std::optional<EncodedUpdate> encoded_;
  // Entries of an archive that was open before `encoded_`.
  std::optional<uint64_t> kept_before_;
  int64_t slice_pixels_;  // how much is encoded in one go, so that input waits only milliseconds
  bool exact_ = false;
  uint32_t told_flags_ = 0;  // of the last update

  // Checks of the picture.
  Micros last_change_at_ = 0;
  Micros unchecked_since_ = kNever;
  uint32_t checked_update_ = 0;
  bool check_outstanding_ = false;
  int failed_checks_ = 0;

  // What the browser gave up decoding last.
  uint32_t failed_coding_ = 0;
  Micros video_failed_at_ = 0;

  // Small messages that wait.
  std::deque<uint64_t> pongs_;
  std::deque<Notice> notices_;
  bool reset_pending_ = true;
  bool cursor_pending_ = false;
  CursorImage cursor_;
  bool pointer_pending_ = false;
  Monitors monitors_;
  bool monitors_pending_ = false;
  std::optional<SnapshotKey> snapshot_key_;
  std::optional<Ping> ping_;
  std::optional<Close> close_;
  bool finished_ = false;

  LinkHealth health_;
};

}  // namespace vitrine::agent
