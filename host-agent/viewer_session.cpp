#include "host-agent/viewer_session.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "protocol/wire.h"

namespace vitrine::agent {
namespace {

// A person and a 240 Hz mouse stay far below; a page gone wild is stopped before it fills the X server's queue.
constexpr double kInputsPerSecond = 1000;
constexpr double kInputBurst = 2000;
// Messages that change nothing by themselves: visibility, repeated acks, check results, pings.
constexpr double kOthersPerSecond = 200;
constexpr double kOtherBurst = 1000;
constexpr size_t kMostPongs = 16;
constexpr size_t kMostNotices = 8;

// A picture at rest this long is checked; one that blinks for ever is checked after kCheckAtLatest.
constexpr Micros kRest = 700 * kMillisecond;
constexpr Micros kCheckAtLatest = 5 * kSecond;
// A viewer whose picture is wrong again right after it was mended gets a fresh decoder.
constexpr int kMostFailedChecks = 3;

// Browsers take decoders away from pages that were not looked at for a while; that is cured by a new stream. A coding
// that fails again this soon cannot be decoded there.
constexpr Micros kFailsAgainWithin = 30 * kSecond;
constexpr uint32_t kVideoCapabilities = kCanDecodeH264 | kCanDecodeVp8 | kCanDecodeVp9;

// One slice of encoding: input waits for it, so it should take about this long.
constexpr Micros kSlice = 4 * kMillisecond;
constexpr int64_t kFirstSlicePixels = 512 * 1024;
constexpr int64_t kLeastSlicePixels = 64 * 1024;
constexpr int64_t kLargestSlicePixels = 4 * 1024 * 1024;

// A program answers an input within this or not at once.
constexpr Micros kAnswerWithin = 100 * kMillisecond;
// How large an answer may be that leaves before its turn.
constexpr size_t kAnswerUpdate = 1024;

codec::EncoderArchive new_archive(const ViewerJoined& joined) {
  return codec::EncoderArchive(archive_capacity(joined));
}

// Of an update's bytes, which are 4 ms of the link, pictures that are sent exactly at once may take so much: nobody
// sees 2 ms, and a first paint that is refined later costs its bytes twice.
constexpr double kExactShare = 1.0 / 2;

// Quality of first paint of pictures by the link's rate in bytes a second: a fast link has no use for smaller bytes,
// on a slow one an early picture matters more, and refinement follows anyway.
int jpeg_quality_for(double rate) {
  if (rate > 8e6) return 90;
  if (rate > 400e3) return 75;
  return 55;
}

// By preference: H.264 takes a third of the time of VP9 here, and VP8 half as many bytes again as either.
codec::VideoOptions video_options_for(uint32_t capabilities, codec::MakeVideoEncoder make) {
  if ((capabilities & kCanDecodeH264) != 0) return {codec::VideoCodec::kH264, std::move(make)};
  if ((capabilities & kCanDecodeVp9) != 0) return {codec::VideoCodec::kVp9, std::move(make)};
  if ((capabilities & kCanDecodeVp8) != 0) return {codec::VideoCodec::kVp8, std::move(make)};
  return {};
}

// Of a message that brings a part of the viewer's clipboard; others: 0.
template <class M>
constexpr uint32_t clip_format() {
  if constexpr (std::is_same_v<M, PastedText>) return kClipText;
  if constexpr (std::is_same_v<M, PastedHtml>) return kClipHtml;
  if constexpr (std::is_same_v<M, PastedImage>) return kClipImage;
  return 0;
}

template <class M>
constexpr uint32_t paste_right() {
  if constexpr (std::is_same_v<M, PastedText>) return kMayPasteText;
  if constexpr (std::is_same_v<M, PastedHtml>) return kMayPasteHtml;
  return kMayPasteImage;
}

// A pointer that only passes over things and a released key change nothing as a rule; they would measure chance. The
// page times the same ones.
template <class M>
bool shows_effect(const M& input) {
  if constexpr (requires { input.down; }) return input.down;
  return std::is_same_v<M, Wheel> || std::is_same_v<M, TextInput>;
}

// A hand moves no further between two events; more is a fault.
constexpr int32_t kFurthest = 4096;

PointerInput relative_input(const RelativePointer& message) {
  PointerInput input{
      .at = {std::clamp(message.dx, -kFurthest, kFurthest), std::clamp(message.dy, -kFurthest, kFurthest)},
      .down = message.down,
      .wheel_x = message.wheel_x,
      .wheel_y = message.wheel_y,
      .relative = true};
  if (message.button != kNoButton) input.button = message.button;
  return input;
}

// `at`: its place as the screen has it, `origin` the viewer's part of that.
PointerInput pen_input(const Pen& message, Point at, Point origin) {
  constexpr int32_t kFar = 2 * static_cast<int32_t>(kMaxScreenSide) * kPenSteps;
  const auto fine = [&](int32_t told, int from) { return std::clamp(told, -kFar, kFar) + from * kPenSteps; };
  return {.at = at,
          .pen = PenPoint{.fine = {fine(message.x, origin.x), fine(message.y, origin.y)},
                          .pressure = std::min(message.pressure, kMaxPenPressure),
                          .buttons = message.buttons,
                          .near = message.near}};
}

}  // namespace

ViewerSession::ViewerSession(ViewerJoined joined, const ScreenPart& part, Micros now,
                             codec::MakeVideoEncoder make_video, Arrival arrival)
    : joined_(std::move(joined)),
      part_(part),
      video_(video_options_for(joined_.capabilities, std::move(make_video))),
      encoder_(part.size(), arrival.archive ? std::move(*arrival.archive) : new_archive(joined_), video_),
      cache_owner_(std::move(arrival.owner)),
      terms_(joined_),
      meter_(now),
      input_allowance_(kInputsPerSecond, kInputBurst),
      other_allowance_(kOthersPerSecond, kOtherBurst),
      pointer_{-1, -1},
      epoch_(1),
      slice_pixels_(kFirstSlicePixels),
      last_change_at_(now),
      snapshot_key_(std::move(arrival.key)),
      health_(now) {
  joined_.holdings = {};
  handle_preferences({});
  if (arrival.picture == part.size()) encoder_.offer(std::move(arrival.tiles));
}

// --- input from the viewer --------------------------------------------------------------------------------------

Received ViewerSession::receive(std::span<const uint8_t> message, Micros now) {
  Received received;
  if (closing()) return received;
  health_.on_received(now);
  meter_.received(message.size());
  if (message.size() > kMaxViewerMessage) {
    close(CloseCode::kLimit, "a message of " + std::to_string(message.size()) + " bytes is too large");
    return received;
  }
  const auto accept = [](Direction direction) {
    return direction == Direction::kViewerToAgent || direction == Direction::kBoth;
  };
  const auto result = dispatch(message, accept, [&](const auto& parsed) { this->handle(parsed, now, received); });
  if (!result.ok()) close(CloseCode::kProtocolError, result.error().message);
  if (closing()) return {};
  return received;
}

template <class M>
void ViewerSession::handle(const M& message, Micros now, Received& result) {
  if constexpr (requires { message.sequence; }) {
    if (!accept_input(message.sequence, now)) return;
    result.sequence = message.sequence;
    result.shows_effect = shows_effect(message);
    if (result.shows_effect) {
      input_clock_.received(message.sequence, now);
      pacer_.has_input(now);
    }
  }
  if constexpr (std::is_same_v<M, Key>) {
    result.request = KeyInput{message.down, message.code, message.key, message.modifiers};
  } else if constexpr (std::is_same_v<M, TextInput>) {
    result.request = TypedText{message.text};
  } else if constexpr (std::is_same_v<M, PointerMove>) {
    result.request = PointerInput{.at = put_pointer(message.x, message.y)};
  } else if constexpr (std::is_same_v<M, PointerButton>) {
    const Point at = put_pointer(message.x, message.y);
    result.request = PointerInput{.at = at, .button = message.button, .down = message.down};
  } else if constexpr (std::is_same_v<M, Wheel>) {
    const Point at = put_pointer(message.x, message.y);
    result.request = PointerInput{.at = at, .wheel_x = message.dx, .wheel_y = message.dy};
  } else if constexpr (std::is_same_v<M, RelativePointer>) {
    result.request = relative_input(message);
  } else if constexpr (std::is_same_v<M, Pen>) {
    const Point at = put_pointer(message.x / kPenSteps, message.y / kPenSteps);
    result.request = pen_input(message, at, part_.to_screen({0, 0}));
  } else if constexpr (std::is_same_v<M, ReleaseAll>) {
    result.request = LiftAll{};
  } else if constexpr (std::is_same_v<M, FrameAck>) {
    handle_ack(message, now);
  } else if constexpr (std::is_same_v<M, VideoAck>) {
    handle_video_ack(message, now);
  } else if constexpr (std::is_same_v<M, PictureCheckResult>) {
    handle_check_result(message, now);
  } else if constexpr (std::is_same_v<M, Pong>) {
    health_.handle_pong(message, now);
  } else {
    if (!other_allowance_.take(now)) {
      close(CloseCode::kLimit, "too many messages in a second");
    } else if constexpr (std::is_same_v<M, Resize>) {
      if ((joined_.rights & kMayResize) == 0) return;
      const auto side = [](uint32_t value) { return static_cast<int>(std::min(value, kMaxScreenSide)); };
      result.request =
          WindowShape{{side(message.width), side(message.height)}, message.scale_percent, {message.left, message.top}};
    } else if constexpr (std::is_same_v<M, Visibility>) {
      visible_ = message.visible;
    } else if constexpr (std::is_same_v<M, VideoFailed>) {
      handle_video_failed(message, now);
    } else if constexpr (std::is_same_v<M, Preferences>) {
      handle_preferences(message);
    } else if constexpr (std::is_same_v<M, InputTimes>) {
      if (!meter_.add(message)) close(CloseCode::kProtocolError, "InputTimes has an input without all of its parts");
    } else if constexpr (std::is_same_v<M, Ping>) {
      if (pongs_.size() < kMostPongs) pongs_.push_back(message.time_us);
    } else if constexpr (std::is_same_v<M, CopyWanted> || std::is_same_v<M, PasteOffered> ||
                         std::is_same_v<M, FollowPrimary>) {
      result.request = ClipMessage{message};
    } else if constexpr (std::is_same_v<M, SnapshotSaved>) {
      if ((joined_.rights & kMayKeepOnDevice) != 0) result.request = message;
    } else if constexpr (clip_format<M>() != 0) {
      if ((joined_.rights & paste_right<M>()) == 0) return;
      result.request =
          ClipMessage{PastedPart{clip_format<M>(), message.serial, message.total, message.offset, message.bytes}};
    } else if constexpr (std::is_same_v<M, Close>) {
      finished_ = true;
      close(CloseCode::kNormal, "closed by the viewer");
    }
  }
}

bool ViewerSession::accept_input(uint32_t sequence, Micros now) {
  if ((joined_.rights & kMayInput) == 0) return false;
  if (!input_allowance_.take(now)) {
    close(CloseCode::kLimit, "too much input in a second");
    return false;
  }
  if (input_seen_ && sequence <= input_sequence_) {
    close(CloseCode::kProtocolError,
          "input " + std::to_string(sequence) + " came after input " + std::to_string(input_sequence_));
    return false;
  }
  input_seen_ = true;
  input_sequence_ = sequence;
  meter_.took_input();
  return true;
}

Point ViewerSession::put_pointer(int32_t x, int32_t y) {
  const Size size = encoder_.size();
  pointer_ = {std::clamp(x, 0, size.width - 1), std::clamp(y, 0, size.height - 1)};
  // A drag that leaves the window goes on over the monitor beside it.
  constexpr int kFar = 2 * static_cast<int>(kMaxScreenSide);
  return part_.to_screen({std::clamp(x, -kFar, kFar), std::clamp(y, -kFar, kFar)});
}

void ViewerSession::handle_preferences(const Preferences& wanted) {
  terms_.apply(wanted);
  cap_.set(terms_.ceiling_bytes());
  pacer_.set_allowance(terms_.allowance());
  meter_.want_figures(wanted.figures);
}

void ViewerSession::handle_ack(const FrameAck& ack, Micros now) {
  if (ack.update_id > last_update_) {
    close(CloseCode::kProtocolError, "update " + std::to_string(ack.update_id) + " was acknowledged but never sent");
    return;
  }
  if (ack.update_id <= acked_update_) {
    if (!other_allowance_.take(now)) close(CloseCode::kLimit, "too many messages in a second");
    return;
  }
  acked_update_ = ack.update_id;
  pacer_.acked(ack.update_id, now, page_.take(ack));
  if (!missing()) pacer_.ran_dry();
}

void ViewerSession::handle_video_ack(const VideoAck& ack, Micros now) {
  if (ack.update_id > last_update_) {
    close(CloseCode::kProtocolError, "frames of update " + std::to_string(ack.update_id) + " were never sent");
    return;
  }
  if (ack.update_id <= painted_update_) {
    if (!other_allowance_.take(now)) close(CloseCode::kLimit, "too many messages in a second");
    return;
  }
  painted_update_ = ack.update_id;
  frames_.painted(ack.update_id, now);
}

void ViewerSession::handle_check_result(const PictureCheckResult& result, Micros now) {
  if (!check_outstanding_ || result.update_id != checked_update_) {
    // An answer to a check that a reset has overtaken is harmless; a flood of them is not.
    if (!other_allowance_.take(now)) close(CloseCode::kLimit, "too many messages in a second");
    return;
  }
  check_outstanding_ = false;
  meter_.checked(0, result.wrong_tiles.size());
  if (result.wrong_tiles.empty()) {
    failed_checks_ = 0;
    return;
  }
  const Size size = encoder_.size();
  const auto across = [](int side) { return static_cast<uint32_t>((side + codec::kTileSide - 1) / codec::kTileSide); };
  const uint32_t tiles = across(size.width) * across(size.height);
  const auto outside = [tiles](uint32_t tile) { return tile >= tiles; };
  if (std::ranges::any_of(result.wrong_tiles, outside)) {
    close(CloseCode::kProtocolError, "PictureCheckResult names a tile outside of the picture");
    return;
  }
  if (++failed_checks_ > kMostFailedChecks) {
    failed_checks_ = 0;
    encoder_ = codec::ViewerEncoder(size, new_archive(joined_));
    reset_surface(size, now);
    return;
  }
  encoder_.mark_wrong(result.wrong_tiles);
}

// The viewer shows an old frame where the stream was: it gets a fresh picture, and with it streams that start anew.
void ViewerSession::handle_video_failed(const VideoFailed& failed, Micros now) {
  const uint32_t coding = failed.capability & kVideoCapabilities & joined_.capabilities;
  if (coding == 0) return;
  const bool again = (failed_coding_ & coding) != 0 && now - video_failed_at_ < kFailsAgainWithin;
  if (again) {
    joined_.capabilities &= ~coding;
    video_ = video_options_for(joined_.capabilities, std::move(video_.make));
  }
  failed_coding_ = coding;
  video_failed_at_ = now;
  reset_surface(encoder_.size(), now);
}

// --- the screen -------------------------------------------------------------------------------------------------

// The viewer's decoder keeps its archive over a reset; an update that will not leave any more takes back what it kept.
codec::EncoderArchive ViewerSession::carry_archive() {
  codec::EncoderArchive archive = encoder_.take_archive();
  if (!encoded_) return archive;
  if (!kept_before_) return new_archive(joined_);
  (void)archive.cut_back(*kept_before_);
  return archive;
}

void ViewerSession::reset_surface(Size size, Micros now) {
  encoder_ = codec::ViewerEncoder(size, carry_archive(), video_);
  encoded_.reset();
  ++epoch_;
  reset_pending_ = true;
  exact_ = false;
  told_flags_ = 0;
  check_outstanding_ = false;
  unchecked_since_ = kNever;
  last_change_at_ = now;
}

void ViewerSession::show(const ScreenPart& part, Micros now) {
  const bool same_surface = part.size() == encoder_.size() && part.monitor() == part_.monitor();
  part_ = part;
  if (!same_surface) reset_surface(part.size(), now);
  encoder_.mark(part.bounds(), now);
}

void ViewerSession::mark_changed(const Rect& area, Micros now) {
  const Rect own = part_.from_screen(area);
  if (own.empty()) return;
  if (part_.whole_cells()) {
    encoder_.mark_changed(own, now);
  } else {
    encoder_.mark(own, now);
  }
}

void ViewerSession::captured(Micros now) {
  captured_at_ = now;
  captured_sequence_ = injected_sequence_;
}

void ViewerSession::set_cursor(const CursorImage& cursor) {
  cursor_ = cursor;
  cursor_pending_ = true;
}

void ViewerSession::pointer_is_at(Point place) {
  const auto own = part_.from_screen(place);
  if (own == pointer_) return;
  pointer_ = own.value_or(Point{-1, -1});
  pointer_pending_ = own.has_value();
}

void ViewerSession::tell_monitors(const Monitors& monitors) {
  if (serialize(monitors) == serialize(monitors_)) return;
  monitors_ = monitors;
  monitors_pending_ = true;
}

void ViewerSession::notify(NoticeLevel level, std::string text) {
  if (notices_.size() == kMostNotices) notices_.pop_front();
  notices_.push_back({level, clip_text(text, kMaxNotice)});
}

void ViewerSession::close(CloseCode code, std::string reason) {
  if (closing()) return;
  close_ = Close{code, clip_text(reason, kMaxReason)};
}

// --- output -----------------------------------------------------------------------------------------------------

Micros ViewerSession::pixels_at() const {
  if (closing() || !visible_ || encoded_ || !pacer_.has_room()) return kNever;
  return std::max(pacer_.send_at(), cap_.ready_at());
}

bool ViewerSession::hurries(Micros now) const {
  if (injected_at_ == kNever || now - injected_at_ > kAnswerWithin) return false;
  return !closing() && visible_ && !encoded_ && cap_.ready_at() <= now && pacer_.has_room_for_answer();
}

bool ViewerSession::lacks_pixels(Micros now) const {
  if (pixels_at() > now || expects_answer(now)) return encoder_.missing(false);
  return missing() || (!encoder_.missing() && encoder_.refine_at() <= now);
}

bool ViewerSession::wants_message(Micros now) const {
  if (finished_) return false;
  if (closing()) return true;
  return !pongs_.empty() || !notices_.empty() || reset_pending_ || monitors_pending_ || cursor_pending_ ||
         pointer_pending_ || ping_ || encoded_ || check_at() <= now || meter_.report_at() <= now ||
         meter_.figures_due(now);
}

codec::EncodeBudget ViewerSession::budget(Micros now) const {
  const double ceiling = terms_.ceiling_bytes();
  const auto within = [ceiling](double rate) { return ceiling > 0 ? std::min(ceiling, rate) : rate; };
  const double rate = within(pacer_.rate());
  const bool in_turn = pixels_at() <= now;
  const bool in_no_way = in_turn && !expects_answer(now);
  const size_t bytes = in_turn ? pacer_.update_bytes() : std::min(kAnswerUpdate, pacer_.update_bytes());
  return {.max_bytes = cap_.update_bytes(bytes),
          .max_pixels = slice_pixels_,
          .jpeg_quality = std::max(terms_.quality_floor(), jpeg_quality_for(rate)),
          .exact_share = kExactShare,
          .refine = in_no_way,
          .focus_x = pointer_.x,
          .focus_y = pointer_.y,
          .link_bytes_per_s = within(pacer_.film_rate()),
          .frames = in_no_way && frames_.has_room()};
}

void ViewerSession::encode(const codec::PictureView& screen, codec::FrameAnalysis* shared, Micros now) {
  if (!can_take_pixels(now)) return;
  EncodedUpdate update;
  const codec::EncoderArchive& archive = encoder_.archive();
  kept_before_ = archive.opened() ? std::optional(archive.ring().kept()) : std::nullopt;
  const codec::UpdateInfo info = encoder_.encode(part_.of(screen), budget(now), now, update.body, shared);
  exact_ = info.exact;
  update.flags = (info.complete ? uint32_t{kUpdateComplete} : 0) | (info.exact ? uint32_t{kUpdateExact} : 0);
  // What was still missing may turn out to be equal; then an update that changes nothing says that this is all.
  const bool is_news = (update.flags & ~told_flags_) != 0;
  if (info.empty && !is_news) {
    if (!missing()) pacer_.ran_dry();
    return;
  }
  CHECK(update.body.size() <= kMaxUpdateBody);
  meter_.encoded(info);
  told_flags_ = update.flags;
  update.started_at = now;
  update.pixels = info.changed_pixels;
  update.hit_limit = !info.complete;
  update.has_frames = info.video_pixels > 0;
  encoded_ = std::move(update);
}

Bytes ViewerSession::take_update(Micros now) {
  EncodedUpdate update = std::move(*encoded_);
  encoded_.reset();
  fit_slice(update, now - update.started_at);
  if (captured_sequence_ >= expected_sequence_) answer_until_ = kNever;
  const Update message{.id = ++last_update_,
                       .flags = update.flags,
                       .input_sequence = captured_sequence_,
                       .capture_us = static_cast<uint64_t>(captured_at_),
                       .agent_us = static_cast<uint32_t>(std::clamp<Micros>(now - captured_at_, 0, UINT32_MAX)),
                       .body = std::move(update.body),
                       .inputs = input_clock_.take(captured_sequence_, captured_at_)};
  Bytes bytes;
  bytes.reserve(message.body.size() + 32);
  serialize_to(message, bytes);
  pacer_.sent(message.id, bytes.size(), now);
  if (update.has_frames) {
    pacer_.sent_frame(bytes.size(), now);
    frames_.sent(message.id, now);
  }
  cap_.sent(bytes.size(), now);
  meter_.sent_update(message.flags);
  // What the ceiling holds back says nothing about the link.
  if (!missing() || cap_.ready_at() > now) pacer_.ran_dry();
  last_change_at_ = now;
  if (unchecked_since_ == kNever) unchecked_since_ = now;
  return bytes;
}

// Photographs cost ten times what text does, so the slice follows what the last one took.
void ViewerSession::fit_slice(const EncodedUpdate& update, Micros took) {
  // A frame is not cut to slices, so its time says nothing about them.
  if (update.has_frames) return;
  if (took > kSlice) {
    slice_pixels_ = std::max(kLeastSlicePixels, std::min(slice_pixels_, update.pixels) / 2);
  } else if (update.hit_limit && took < kSlice / 2) {
    slice_pixels_ = std::min(kLargestSlicePixels, slice_pixels_ * 3 / 2);
  }
}

std::optional<Bytes> ViewerSession::take_small(Micros now) {
  if (!pongs_.empty()) {
    const Pong pong{.time_us = pongs_.front(), .clock_us = static_cast<uint64_t>(now)};
    pongs_.pop_front();
    return serialize(pong);
  }
  if (const auto ping = std::exchange(ping_, std::nullopt)) return serialize(*ping);
  if (const auto key = std::exchange(snapshot_key_, std::nullopt)) return serialize(*key);
  if (std::exchange(reset_pending_, false)) {
    const Size size = encoder_.size();
    return serialize(SurfaceReset{epoch_, static_cast<uint32_t>(size.width), static_cast<uint32_t>(size.height)});
  }
  if (std::exchange(monitors_pending_, false)) return serialize(monitors_);
  if (std::exchange(cursor_pending_, false)) {
    return serialize(CursorShape{.width = static_cast<uint32_t>(cursor_.size.width),
                                 .height = static_cast<uint32_t>(cursor_.size.height),
                                 .hot_x = static_cast<uint32_t>(cursor_.hot.x),
                                 .hot_y = static_cast<uint32_t>(cursor_.hot.y),
                                 .rgba = cursor_.rgba});
  }
  if (std::exchange(pointer_pending_, false)) return serialize(CursorMoved{pointer_.x, pointer_.y});
  if (!notices_.empty()) {
    const Notice notice = std::move(notices_.front());
    notices_.pop_front();
    return serialize(notice);
  }
  return std::nullopt;
}

std::optional<Bytes> ViewerSession::take_output(Micros now) {
  auto message = next_message(now);
  if (message) meter_.sent(message->size(), now);
  return message;
}

std::optional<Bytes> ViewerSession::next_message(Micros now) {
  if (finished_) return std::nullopt;
  if (closing()) {
    if (const auto report = meter_.take_report(now)) return serialize(*report);
    finished_ = true;
    return serialize(*close_);
  }
  if (auto small = take_small(now)) return small;
  if (encoded_) return take_update(now);
  if (check_at() <= now) return take_check(now);
  return take_measure(now);
}

// Half of what the link holds at a time, the other half being the pictures'.
size_t ViewerSession::content_window() const {
  constexpr size_t kMost = 1 << 20;
  if (pacer_.min_rtt() == kNever) return kMaxClipPart;
  const double on_its_way = pacer_.rate() * static_cast<double>(pacer_.min_rtt()) / kSecond / 2;
  return std::clamp(static_cast<size_t>(on_its_way), kMaxClipPart, kMost);
}

void ViewerSession::sent_content(size_t bytes, Micros now) {
  cap_.sent(bytes, now);
  meter_.sent(bytes, now);
}

std::optional<Bytes> ViewerSession::take_measure(Micros now) {
  if (meter_.figures_due(now)) return serialize(meter_.take_figures(pacer_, terms_.ceiling_kbit(), now));
  if (meter_.report_at() > now) return std::nullopt;
  const auto report = meter_.take_report(now);
  return report ? std::optional(serialize(*report)) : std::nullopt;
}

// --- checks, deadlines ------------------------------------------------------------------------------------------

Micros ViewerSession::check_at() const {
  if (unchecked_since_ == kNever || !exact_ || encoded_ || check_outstanding_ || !visible_ || encoder_.missing()) {
    return kNever;
  }
  return std::min(last_change_at_ + kRest, unchecked_since_ + kCheckAtLatest);
}

std::optional<Bytes> ViewerSession::take_check(Micros) {
  unchecked_since_ = kNever;
  PictureCheck check{.update_id = last_update_, .tiles = encoder_.take_unverified_tiles(), .hashes = {}};
  if (check.tiles.empty()) return std::nullopt;
  check.hashes.reserve(check.tiles.size());
  for (const uint32_t tile : check.tiles) check.hashes.push_back(encoder_.held_tile_hash(tile));
  checked_update_ = last_update_;
  check_outstanding_ = true;
  meter_.checked(check.tiles.size(), 0);
  return serialize(check);
}

Micros ViewerSession::next_deadline(Micros after) const {
  Micros deadline = kNever;
  const auto consider = [&](Micros time) {
    if (time > after) deadline = std::min(deadline, time);
  };
  if (closing()) return deadline;
  consider(health_.next_deadline());
  consider(check_at());
  consider(meter_.report_at());
  consider(answer_until_);
  if (pixels_at() != kNever) {
    if (missing()) consider(pixels_at());
    if (!encoder_.missing()) consider(std::max(pixels_at(), encoder_.refine_at()));
  }
  return deadline;
}

void ViewerSession::advance(Micros now) {
  if (closing()) return;
  if (answer_until_ <= now) answer_until_ = kNever;
  if (health_.timed_out(now)) {
    close(CloseCode::kTimeout, "nothing was heard from the viewer for 25 seconds");
  } else if (const auto ping = health_.take_ping(now)) {
    ping_ = ping;
  }
}

ViewerSummary ViewerSession::summary() const {
  return {joined_.user, joined_.browser, health_.smallest_rtt()};
}

}  // namespace vitrine::agent
