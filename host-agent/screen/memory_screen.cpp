#include "host-agent/screen/memory_screen.h"

#include <algorithm>
#include <utility>

#include "codec/enc_diff.h"
#include "protocol/limits.h"

namespace vitrine::agent {

MemoryScreen::MemoryScreen(Size size) : pixels_(size), last_mode_{{{0, pixels_.bounds()}}, 100} {
  content_.picture = codec::Picture(size);
  content_.monitors = last_mode_.monitors;
  content_.most_monitors = kMaxMonitors;
  damage(pixels_.bounds());
}

void MemoryScreen::fill(const Rect& area, uint32_t colour) {
  const Rect inside = intersect(area, pixels_.bounds());
  if (inside.empty()) return;
  for (int y = inside.y; y < inside.bottom(); ++y) {
    std::fill_n(pixels_.row(y) + inside.x, inside.width, colour);
  }
  damage(inside);
}

void MemoryScreen::damage(const Rect& area) {
  const Rect inside = intersect(area, pixels_.bounds());
  if (inside.empty()) return;
  damage_.push_back(inside);
  events_.damaged = true;
}

void MemoryScreen::set_cursor(CursorImage cursor) {
  content_.cursor = std::move(cursor);
  events_.cursor_changed = true;
}

void MemoryScreen::move_pointer(Point to) {
  content_.pointer = to;
  events_.pointer_moved = true;
}

void MemoryScreen::set_size(Size size) {
  pixels_ = codec::Picture(size);
  damage_.clear();
  content_.picture = codec::Picture(size);
  content_.monitors = {{0, pixels_.bounds()}};
  events_.resized = events_.rearranged = true;
  damage(pixels_.bounds());
}

Result<ScreenEvents> MemoryScreen::take_events() {
  ++event_reads_;
  if (!failure_.empty()) return Error{ErrorCode::kClosed, failure_};
  return std::exchange(events_, {});
}

Result<std::vector<Rect>> MemoryScreen::capture() {
  ++captures_;
  if (!failure_.empty()) return Error{ErrorCode::kClosed, failure_};
  const codec::CellGrid grid{pixels_.size(), codec::kCellSide};
  codec::TileSet changed(grid);
  for (const Rect& rect : std::exchange(damage_, {})) {
    codec::take_changes(pixels_.row(rect.y) + rect.x, pixels_.width(), rect, content_.picture, changed);
  }
  return codec::areas_of(changed, grid);
}

Result<void> MemoryScreen::resize(const ScreenMode& wanted) {
  if (!failure_.empty()) return Error{ErrorCode::kClosed, failure_};
  last_mode_ = wanted;
  Rect all;
  for (const Monitor& monitor : wanted.monitors) all = bounding(all, monitor.area);
  const Size size{all.width, all.height};
  if (size != pixels_.size()) set_size(size);
  events_.rearranged = events_.rearranged || wanted.monitors != content_.monitors;
  content_.monitors = wanted.monitors;
  return {};
}

}  // namespace vitrine::agent
