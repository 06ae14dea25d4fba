// The agent of one desktop: a screen, a pair of hands, and the viewers who share them. No socket, clock, thread or X
// server inside: bytes and time come in, bytes go out. A whole desktop therefore runs inside a test:
//
//     MemoryScreen screen({1280, 720});             // or X11Screen
//     RecordingInput hands;                         // or XtestInput
//     DesktopAgent agent(screen, hands);
//     const ViewerId viewer = agent.add_viewer(joined, now);     // ViewerJoined came on a link
//     agent.receive(viewer, bytes, now);                         // a message of the viewer came
//     agent.advance(now);                                        // the screen has something, or next_deadline()
//     while (auto bytes = agent.take_output(viewer, now)) ...    // the link is writable: one message, newest pixels
//     agent.remove_viewer(viewer, now);                          // the link is gone
//
// When `finished(viewer)` the last message was a Close (or the viewer sent one) and the link is to be closed.
//
// The path of a frame: the screen says "damaged" (no pixels are read); when some viewer's pacer has room and its link
// is writable, and not before, the damaged rectangles are read into the screen's picture and marked in all viewers'
// encoders; that viewer's encoder compares, encodes one slice, and the update leaves. On a still screen nothing runs.
// The picture an encoder is given does not change while it works, which is where a pool of workers would start.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host-agent/arrival.h"
#include "host-agent/clipboard/selections.h"
#include "host-agent/device_snapshots.h"
#include "host-agent/input/input_sink.h"
#include "host-agent/monitor_layout.h"
#include "host-agent/monitor_views.h"
#include "host-agent/parked_archives.h"
#include "host-agent/screen/screen_source.h"
#include "host-agent/token_bucket.h"
#include "host-agent/viewer_session.h"

namespace vitrine::agent {

using ViewerId = uint64_t;

// One thread. Screen and hands are borrowed and outlive the agent.
class DesktopAgent {
 public:
  // Without `make_video` moving pictures go as still ones, without `clipboard` nothing is copied or pasted, without
  // `primary` nobody can follow what is selected.
  DesktopAgent(ScreenSource& screen, InputSink& hands, codec::MakeVideoEncoder make_video = {},
               DesktopClipboard* clipboard = nullptr, DesktopClipboard* primary = nullptr);

  // Lets pages that may keep what they have seen on their devices do so, with keys made of this. Before any viewer.
  void keep_on_devices(RandomBytes random) { snapshots_ = DeviceSnapshots(std::move(random)); }

  // A link carries a viewer now. One too many, or one that may not look, is told so and closed.
  ViewerId add_viewer(const ViewerJoined& joined, Micros now);
  // The link is gone: what the viewer held is lifted.
  void remove_viewer(ViewerId viewer, Micros now);
  void receive(ViewerId viewer, std::span<const uint8_t> message, Micros now);

  // Whether take_output() would give something; ask after every other call.
  [[nodiscard]] bool wants_output(ViewerId viewer, Micros now) const;
  // The next message for a link that can take one now. Small ones first, then an update of the newest pixels.
  std::optional<Bytes> take_output(ViewerId viewer, Micros now);
  // The first half of take_output(): captures and encodes. A shell with a clock calls it first, so that the time it
  // took is seen in the `now` of take_output().
  void prepare_output(ViewerId viewer, Micros now);
  // Whether prepare_output() would take its time.
  [[nodiscard]] bool would_encode(ViewerId viewer, Micros now) const;
  // What take_output() has without encoding.
  std::optional<Bytes> take_ready(ViewerId viewer, Micros now);
  [[nodiscard]] bool finished(ViewerId viewer) const;

  // The screen has something to say, or next_deadline() has come.
  void advance(Micros now);
  // The first time after `after`. A shell that just called advance(now) asks for what comes after `now`: an earlier
  // deadline only waits for a link that is not writable.
  [[nodiscard]] Micros next_deadline(Micros after = INT64_MIN) const;

  void notify(NoticeLevel level, const std::string& text);
  void close_all(CloseCode code, const std::string& reason);
  // Rights were changed: links whose ticket is of an earlier generation are closed, also those that come later, so that
  // their pages come back with a ticket of now. A smaller number than before changes nothing.
  void require_generation(uint32_t generation, const std::string& reason);

  [[nodiscard]] size_t viewer_count() const;
  [[nodiscard]] std::vector<ViewerSummary> viewers() const;
  // Of all viewers there are and were.
  [[nodiscard]] SessionMeasure measure(Micros now) const;
  [[nodiscard]] std::vector<ViewerId> viewer_ids() const;
  [[nodiscard]] const ViewerSession* session(ViewerId viewer) const;
  [[nodiscard]] Size screen_size() const { return screen_.content().picture.size(); }
  // Of the viewer that sized the screen last; none yet: nothing.
  [[nodiscard]] std::optional<uint32_t> scale_percent() const { return scale_percent_; }
  // Set once the screen is gone for good; every viewer is being closed then.
  [[nodiscard]] const std::optional<Error>& fault() const { return fault_; }

 private:
  Arrival receive_arrival(const ViewerJoined& joined, Micros now);
  void find_snapshot(const ViewerJoined& joined, Arrival& arrival, Micros now);
  void tell_of_each_other(ViewerId arrived);
  void read_events(Micros now);
  void capture(Micros now);
  [[nodiscard]] PointerInput on_screen(PointerInput input) const;
  void perform(ViewerId viewer, const Received& received, Micros now);
  void exchange_clip(ViewerId viewer, const ClipMessage& message, Micros now);
  std::optional<Bytes> take_clip(ViewerId viewer, ViewerSession& session, Micros now);
  Result<void> want_window(const ViewerJoined& joined, Micros now);
  void resize_window(ViewerId viewer, const WindowShape& shape, Micros now);
  void arrange(Micros now);
  void follow_monitors(bool resized, Micros now);
  void tell_monitors();
  // The monitors that viewers are shown, one for each viewer.
  [[nodiscard]] std::vector<uint32_t> looked_at() const;
  [[nodiscard]] bool yields(const ViewerSession& session, Micros now) const;
  codec::FrameAnalysis* shared_analysis(const ViewerSession& session);
  void fail(const Error& error);
  // Keeps the value of a call to screen or hands, or fails.
  template <class T>
  bool check(const Result<T>& result);

  ScreenSource& screen_;
  InputSink& hands_;
  codec::MakeVideoEncoder make_video_;
  std::optional<Selections> clipboard_;
  std::map<ViewerId, ViewerSession> viewers_;
  ViewerId last_viewer_ = 0;
  ParkedArchives parked_;
  DeviceSnapshots snapshots_;
  SessionMeasure past_;        // of viewers that have gone
  std::vector<Micros> cuts_;   // when links went without a word and nobody has come back for them yet
  bool damaged_ = true;        // pixels wait to be captured
  bool picture_read_ = false;  // since the start, and since the last change of size
  MonitorLayout layout_;       // as the viewers want it
  MonitorViews views_;         // as the screen has it
  TokenBucket captures_;
  TokenBucket answers_;
  bool rearrange_ = false;  // the screen does not follow the layout yet
  std::optional<uint32_t> scale_percent_;
  Micros arranged_at_;
  Micros hands_at_ = kNever;  // when the hands go on
  uint32_t generation_ = 0;   // what a link's ticket has to be of at least
  std::string generation_reason_;
  std::optional<Error> fault_;
};

}  // namespace vitrine::agent
