#include "host-agent/desktop_agent.h"

#include <algorithm>
#include <utility>

namespace vitrine::agent {
namespace {

// Screens show 60 pictures a second; three at once let an answer that is drawn in steps through without a wait.
constexpr double kCapturesPerSecond = 60;
constexpr double kCaptureBurst = 3;
// Most programs answer an input within this. A frame of a film takes longer to encode, and nobody sees that it came so
// much later.
constexpr Micros kAnswerExpected = 4 * kMillisecond;
// So often that is waited for, whoever sends inputs: an eighth of the time at most.
constexpr double kAnswersPerSecond = 30;
constexpr double kAnswerBurst = 8;
// A window being dragged to another size asks for many; each costs every program on the desktop a redraw.
constexpr Micros kBetweenResizes = 100 * kMillisecond;
// A link that comes later than this after one was cut is another visit.
constexpr Micros kReconnectWithin = 10 * 60 * kSecond;

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

}  // namespace

DesktopAgent::DesktopAgent(ScreenSource& screen, InputSink& hands, codec::MakeVideoEncoder make_video,
                           DesktopClipboard* clipboard, DesktopClipboard* primary)
    : screen_(screen),
      hands_(hands),
      make_video_(std::move(make_video)),
      layout_(screen.content().monitors, screen.content().most_monitors),
      views_(screen.content()),
      captures_(kCapturesPerSecond, kCaptureBurst),
      answers_(kAnswersPerSecond, kAnswerBurst),
      arranged_at_(-kBetweenResizes) {
  if (clipboard != nullptr) clipboard_.emplace(*clipboard, primary);
}

template <class T>
bool DesktopAgent::check(const Result<T>& result) {
  if (result.ok()) return true;
  fail(result.error());
  return false;
}

void DesktopAgent::fail(const Error& error) {
  if (fault_) return;
  fault_ = error;
  close_all(CloseCode::kDesktopFailed, error.message);
}

// --- viewers ----------------------------------------------------------------------------------------------------

ViewerId DesktopAgent::add_viewer(const ViewerJoined& joined, Micros now) {
  Arrival arrival = receive_arrival(joined, now);
  const size_t others = viewer_count();
  read_events(now);
  const bool welcome =
      others < kMaxViewersPerDesktop && (joined.rights & kMayView) != 0 && !fault_ && joined.generation >= generation_;
  const Result<void> fits = welcome ? want_window(joined, now) : Result<void>();
  std::erase_if(cuts_, [now](Micros cut) { return now - cut > kReconnectWithin; });
  if (!cuts_.empty()) {
    cuts_.pop_back();
    ++past_.reconnects;
  }
  const ViewerId id = ++last_viewer_;
  const ScreenPart part = views_.part(joined.monitor);
  ViewerSession& session = viewers_.try_emplace(id, joined, part, now, make_video_, std::move(arrival)).first->second;
  if (fault_) {
    session.close(CloseCode::kDesktopFailed, fault_->message);
  } else if (joined.generation < generation_) {
    session.close(CloseCode::kBadTicket, generation_reason_);
  } else if ((joined.rights & kMayView) == 0) {
    session.close(CloseCode::kForbidden, "this session may not see the desktop");
  } else if (!welcome) {
    session.close(CloseCode::kLimit, "This desktop has as many viewers as it can take; close it somewhere else first.");
  } else if (!fits.ok()) {
    session.close(CloseCode::kLimit, fits.error().message);
  } else {
    layout_.entered(joined.monitor, id, now);
    session.show(part, now);
    tell_monitors();
    session.set_cursor(screen_.content().cursor);
    session.pointer_is_at(screen_.content().pointer);
    if (clipboard_) clipboard_->add_viewer(id, joined.rights);
    tell_of_each_other(id);
  }
  return id;
}

// Both work, with one pointer and one size: nobody should have to guess why. Windows of several monitors know.
void DesktopAgent::tell_of_each_other(ViewerId arrived) {
  ViewerSession& own = viewers_.at(arrived);
  for (auto& [id, session] : viewers_) {
    if (id == arrived || session.closing() || session.joined().monitor != own.joined().monitor) continue;
    session.notify(NoticeLevel::kInfo, "This session was opened in another place too: " + own.joined().browser + ".");
    own.notify(NoticeLevel::kInfo, "This session is open in another place too: " + session.joined().browser + ".");
  }
}

// A page comes back over another link, perhaps before anybody noticed that the old one is dead.
Arrival DesktopAgent::receive_arrival(const ViewerJoined& joined, Micros now) {
  Arrival arrival = read_arrival(joined);
  if (!arrival.owner.known()) return arrival;
  find_snapshot(joined, arrival, now);
  for (auto& [id, session] : viewers_) {
    if (session.cache_owner() != arrival.owner) continue;
    parked_.park(arrival.owner, session.take_archive(), now);
    if (session.closing()) continue;
    session.close(CloseCode::kReplaced, "the page came back over another link");
    check(hands_.release_all(id));
  }
  if (auto archive = parked_.take(arrival.owner)) {
    arrival.archive = fit_archive(std::move(*archive), arrival.cache, archive_capacity(joined));
  }
  return arrival;
}

// A page that was loaded anew has what it said before, once it has the key to it.
void DesktopAgent::find_snapshot(const ViewerJoined& joined, Arrival& arrival, Micros now) {
  if ((joined.rights & kMayKeepOnDevice) == 0) return snapshots_.forget(arrival.owner);
  if ((joined.capabilities & kCanKeepSnapshots) == 0) return;
  const Bytes* holdings = arrival.snapshot == 0 ? nullptr : snapshots_.find(arrival.owner, arrival.snapshot);
  if (holdings != nullptr) take_holdings(*holdings, arrival);
  auto key = snapshots_.key_for(arrival.owner, now);
  if (key) arrival.key = SnapshotKey{std::move(*key), holdings == nullptr ? 0 : arrival.snapshot};
}

void DesktopAgent::remove_viewer(ViewerId viewer, Micros now) {
  const auto found = viewers_.find(viewer);
  if (found == viewers_.end()) return;
  past_.add(found->second.measure(now));
  if (!found->second.finished() && cuts_.size() < kMaxViewersPerDesktop) cuts_.push_back(now);
  parked_.park(found->second.cache_owner(), found->second.take_archive(), now);
  viewers_.erase(found);
  layout_.left(viewer, now);
  tell_monitors();
  if (clipboard_) check(clipboard_->remove_viewer(viewer));
  views_.forget_unshared(looked_at());
  check(hands_.release_all(viewer));
  const auto again = hands_.proceed(now);
  if (check(again)) hands_at_ = again.value();
}

void DesktopAgent::receive(ViewerId viewer, std::span<const uint8_t> message, Micros now) {
  const auto found = viewers_.find(viewer);
  if (found == viewers_.end()) return;
  ViewerSession& session = found->second;
  const bool was_closing = session.closing();
  const Received received = session.receive(message, now);
  perform(viewer, received, now);
  if (received.sequence != 0) session.injected(received.sequence, now);
  if (received.shows_effect && !session.expects_answer(now) && answers_.take(now)) {
    session.expect_answer(now + kAnswerExpected);
  }
  if (session.closing() && !was_closing) check(hands_.release_all(viewer));
}

// A pen's fine place stays within the pixel of its place.
PointerInput DesktopAgent::on_screen(PointerInput input) const {
  if (input.relative) return input;
  input.at = views_.nearest(input.at);
  if (!input.pen) return input;
  const auto within = [](int fine, int pixel) {
    return std::clamp(fine, pixel * kPenSteps, pixel * kPenSteps + kPenSteps - 1);
  };
  input.pen->fine = {within(input.pen->fine.x, input.at.x), within(input.pen->fine.y, input.at.y)};
  return input;
}

void DesktopAgent::perform(ViewerId viewer, const Received& received, Micros now) {
  if (fault_) return;
  bool used_hands = true;
  std::visit(Overloaded{[&](std::monostate) { used_hands = false; },
                        [&](const KeyInput& input) { check(hands_.key(viewer, input)); },
                        [&](const TypedText& text) { check(hands_.text(viewer, text.utf8)); },
                        [&](const PointerInput& input) { check(hands_.pointer(viewer, on_screen(input))); },
                        [&](const LiftAll&) { check(hands_.release_all(viewer)); },
                        [&](const ClipMessage& message) {
                          used_hands = false;
                          exchange_clip(viewer, message, now);
                        },
                        [&](const SnapshotSaved& snapshot) {
                          used_hands = false;
                          snapshots_.saved(viewers_.at(viewer).cache_owner(), snapshot, now);
                        },
                        [&](const WindowShape& shape) {
                          used_hands = false;
                          resize_window(viewer, shape, now);
                        }},
             received.request);
  if (!used_hands) return;
  const auto again = hands_.proceed(now);
  if (check(again)) hands_at_ = again.value();
}

// --- clipboard --------------------------------------------------------------------------------------------------

void DesktopAgent::exchange_clip(ViewerId viewer, const ClipMessage& message, Micros now) {
  if (!clipboard_) return;
  const auto done = clipboard_->receive(viewer, message, now);
  if (done.ok()) return;
  if (done.error().code != ErrorCode::kMalformed) return fail(done.error());
  viewers_.at(viewer).close(CloseCode::kProtocolError, done.error().message);
}

// After everything that a person feels at once, and between pictures.
std::optional<Bytes> DesktopAgent::take_clip(ViewerId viewer, ViewerSession& session, Micros now) {
  if (!clipboard_ || session.content_at() > now) return std::nullopt;
  auto message = clipboard_->take_output(viewer, session.content_window());
  if (message) session.sent_content(message->size(), now);
  return message;
}

// --- size and monitors ------------------------------------------------------------------------------------------

// A window that comes makes its monitor, where it may.
Result<void> DesktopAgent::want_window(const ViewerJoined& joined, Micros now) {
  if (joined.width == 0 || joined.height == 0 || (joined.rights & kMayResize) == 0) return {};
  const auto side = [](uint32_t value) { return static_cast<int>(std::min(value, kMaxScreenSide)); };
  TRY(layout_.want(joined.monitor,
                   {{side(joined.width), side(joined.height)}, joined.scale_percent, {joined.left, joined.top}}));
  arrange(now);
  return {};
}

void DesktopAgent::resize_window(ViewerId viewer, const WindowShape& shape, Micros now) {
  if (shape.size.width <= 0 || shape.size.height <= 0) return;
  ViewerSession& session = viewers_.at(viewer);
  const uint32_t monitor = session.joined().monitor;
  const auto fits = layout_.want(monitor, shape);
  if (!fits.ok()) return session.notify(NoticeLevel::kWarning, fits.error().message);
  layout_.entered(monitor, viewer, now);
  rearrange_ = true;
  if (now - arranged_at_ >= kBetweenResizes) arrange(now);
}

void DesktopAgent::arrange(Micros now) {
  rearrange_ = false;
  arranged_at_ = now;
  scale_percent_ = layout_.scale_percent();
  if (check(screen_.resize({layout_.monitors(), *scale_percent_}))) read_events(now);
}

void DesktopAgent::follow_monitors(bool resized, Micros now) {
  if (resized) picture_read_ = false;
  views_.follow();
  for (auto& [id, session] : viewers_) {
    session.show(views_.part(session.joined().monitor), now);
    session.pointer_is_at(screen_.content().pointer);
  }
  tell_monitors();
}

std::vector<uint32_t> DesktopAgent::looked_at() const {
  std::vector<uint32_t> monitors;
  for (const auto& [id, session] : viewers_) {
    if (!session.closing()) monitors.push_back(session.part().monitor());
  }
  return monitors;
}

void DesktopAgent::tell_monitors() {
  const std::vector<uint32_t> all = looked_at();
  for (auto& [id, session] : viewers_) session.tell_monitors(views_.describe(session.part(), all));
}

codec::FrameAnalysis* DesktopAgent::shared_analysis(const ViewerSession& session) {
  const uint32_t monitor = session.part().monitor();
  const auto same = [&](const auto& entry) { return entry.second.part().monitor() == monitor; };
  return std::ranges::count_if(viewers_, same) > 1 ? &views_.analysis(session.part()) : nullptr;
}

// --- pixels -----------------------------------------------------------------------------------------------------

void DesktopAgent::read_events(Micros now) {
  if (fault_) return;
  const auto events = screen_.take_events();
  if (!check(events)) return;
  const ScreenContent& content = screen_.content();
  damaged_ = damaged_ || events.value().damaged || events.value().resized;
  if (events.value().rearranged) follow_monitors(events.value().resized, now);
  for (auto& [id, session] : viewers_) {
    if (events.value().cursor_changed) session.set_cursor(content.cursor);
    if (events.value().pointer_moved) session.pointer_is_at(content.pointer);
  }
}

void DesktopAgent::capture(Micros now) {
  if (damaged_) {
    // A picture that was never read is black; showing that first would flash.
    if (!captures_.take(now) && picture_read_) return;
    const auto rects = screen_.capture();
    if (!check(rects)) return;
    damaged_ = false;
    picture_read_ = true;
    views_.changed(rects.value());
    for (auto& [id, session] : viewers_) {
      for (const Rect& rect : rects.value()) session.mark_changed(rect, now);
    }
  }
  // Nothing waits to be read: the picture is what the screen shows now.
  for (auto& [id, session] : viewers_) session.captured(now);
}

bool DesktopAgent::wants_output(ViewerId viewer, Micros now) const {
  const ViewerSession* wanted = session(viewer);
  if (wanted == nullptr) return false;
  if (wanted->wants_message(now) || would_encode(viewer, now)) return true;
  return clipboard_ && wanted->content_at() <= now && clipboard_->wants_output(viewer, wanted->content_window());
}

// What another viewer is about to be shown as the answer to its input goes first.
bool DesktopAgent::yields(const ViewerSession& session, Micros now) const {
  if (session.expects_answer(now)) return false;
  return std::ranges::any_of(viewers_, [now](const auto& entry) { return entry.second.expects_answer(now); });
}

bool DesktopAgent::would_encode(ViewerId viewer, Micros now) const {
  const ViewerSession* wanted = session(viewer);
  if (wanted == nullptr || fault_ || !wanted->can_take_pixels(now) || yields(*wanted, now)) return false;
  return wanted->lacks_pixels(now) || (damaged_ && captures_.ready_at() <= now);
}

std::optional<Bytes> DesktopAgent::take_ready(ViewerId viewer, Micros now) {
  const auto found = viewers_.find(viewer);
  if (found == viewers_.end()) return std::nullopt;
  if (auto message = found->second.take_output(now)) return message;
  return take_clip(viewer, found->second, now);
}

void DesktopAgent::prepare_output(ViewerId viewer, Micros now) {
  const auto found = viewers_.find(viewer);
  if (found == viewers_.end() || fault_ || !found->second.can_take_pixels(now) || yields(found->second, now)) return;
  read_events(now);
  if (!fault_ && (damaged_ || found->second.lacks_pixels(now))) capture(now);
  if (fault_ || !found->second.lacks_pixels(now)) return;
  found->second.encode(screen_.content().picture.view(), shared_analysis(found->second), now);
}

std::optional<Bytes> DesktopAgent::take_output(ViewerId viewer, Micros now) {
  const auto found = viewers_.find(viewer);
  if (found == viewers_.end()) return std::nullopt;
  if (auto message = found->second.take_output(now)) return message;
  prepare_output(viewer, now);
  if (auto message = found->second.take_output(now)) return message;
  return take_clip(viewer, found->second, now);
}

bool DesktopAgent::finished(ViewerId viewer) const {
  const ViewerSession* wanted = session(viewer);
  return wanted == nullptr || wanted->finished();
}

// --- time -------------------------------------------------------------------------------------------------------

void DesktopAgent::advance(Micros now) {
  read_events(now);
  rearrange_ = layout_.drop_deserted(now) || rearrange_;
  if (rearrange_ && now - arranged_at_ >= kBetweenResizes && !fault_) arrange(now);
  if (hands_at_ <= now && !fault_) {
    const auto again = hands_.proceed(now);
    if (check(again)) hands_at_ = again.value();
  }
  if (clipboard_ && !fault_) {
    check(clipboard_->advance(now));
    for (auto& [id, text] : clipboard_->take_notices()) {
      if (const auto found = viewers_.find(id); found != viewers_.end()) {
        found->second.notify(NoticeLevel::kWarning, std::move(text));
      }
    }
  }
  for (auto& [id, session] : viewers_) session.advance(now);
  parked_.drop_old(now);
  snapshots_.drop_old(now);
}

Micros DesktopAgent::next_deadline(Micros after) const {
  Micros deadline = kNever;
  const auto consider = [&](Micros time) {
    if (time > after) deadline = std::min(deadline, time);
  };
  consider(hands_at_);
  consider(parked_.next_deadline());
  consider(snapshots_.next_deadline());
  if (clipboard_) consider(clipboard_->next_deadline());
  if (rearrange_) consider(arranged_at_ + kBetweenResizes);
  consider(layout_.next_deadline());
  for (const auto& [id, session] : viewers_) {
    consider(session.next_deadline(after));
    if (clipboard_ && clipboard_->wants_output(id, session.content_window())) consider(session.content_at());
    if (damaged_) consider(std::max(session.pixels_at(), captures_.ready_at()));
  }
  return deadline;
}

// --- all viewers ------------------------------------------------------------------------------------------------

void DesktopAgent::notify(NoticeLevel level, const std::string& text) {
  for (auto& [id, session] : viewers_) session.notify(level, text);
}

void DesktopAgent::close_all(CloseCode code, const std::string& reason) {
  for (auto& [id, session] : viewers_) session.close(code, reason);
}

void DesktopAgent::require_generation(uint32_t generation, const std::string& reason) {
  if (generation <= generation_) return;
  generation_ = generation;
  generation_reason_ = reason;
  for (auto& [id, session] : viewers_) {
    if (session.closing() || session.joined().generation >= generation) continue;
    session.close(CloseCode::kBadTicket, reason);
    check(hands_.release_all(id));
  }
}

size_t DesktopAgent::viewer_count() const {
  const auto open = [](const auto& entry) { return !entry.second.closing(); };
  return static_cast<size_t>(std::ranges::count_if(viewers_, open));
}

std::vector<ViewerSummary> DesktopAgent::viewers() const {
  std::vector<ViewerSummary> result;
  for (const auto& [id, session] : viewers_) {
    if (!session.closing()) result.push_back(session.summary());
  }
  return result;
}

SessionMeasure DesktopAgent::measure(Micros now) const {
  SessionMeasure all = past_;
  for (const auto& [id, session] : viewers_) all.add(session.measure(now));
  return all;
}

std::vector<ViewerId> DesktopAgent::viewer_ids() const {
  std::vector<ViewerId> result;
  for (const auto& [id, session] : viewers_) result.push_back(id);
  return result;
}

const ViewerSession* DesktopAgent::session(ViewerId viewer) const {
  const auto found = viewers_.find(viewer);
  return found == viewers_.end() ? nullptr : &found->second;
}

}  // namespace vitrine::agent
