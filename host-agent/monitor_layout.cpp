#include "host-agent/monitor_layout.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "protocol/limits.h"

namespace vitrine::agent {
namespace {

constexpr uint32_t kLeastScale = 50;
constexpr uint32_t kLargestScale = 400;
// Windows placed by hand are never quite level; monitors that nearly are get level.
constexpr int kLevelParts = 4;

// A window in the plane of the device's screens, CSS pixels.
struct Outline {
  double x = 0;
  double y = 0;
  double width = 1;
  double height = 1;

  [[nodiscard]] double centre_x() const { return x + width / 2; }
  [[nodiscard]] double centre_y() const { return y + height / 2; }
};

Outline outline_of(const WindowShape& shape) {
  const double scale = shape.scale_percent / 100.0;
  return {static_cast<double>(shape.place.x), static_cast<double>(shape.place.y), shape.size.width / scale,
          shape.size.height / scale};
}

double distance(const Outline& a, const Outline& b) {
  return std::hypot(a.centre_x() - b.centre_x(), a.centre_y() - b.centre_y());
}

enum class Side : uint8_t { kLeft, kRight, kAbove, kBelow };

// Of the sum of both widths and of both heights: nearer than this, windows lie on each other rather than apart.
constexpr double kApartAcross = 0.1;
constexpr double kApartDown = 0.25;

// On which side of `other` a window stands. One that lies on another, as a new window often does, is to its right.
Side side_of(const Outline& window, const Outline& other) {
  const double across = (window.centre_x() - other.centre_x()) / (window.width + other.width);
  const double down = (window.centre_y() - other.centre_y()) / (window.height + other.height);
  if (std::abs(down) > std::max(kApartDown, std::abs(across))) return down < 0 ? Side::kAbove : Side::kBelow;
  return across < -kApartAcross ? Side::kLeft : Side::kRight;
}

// How far along the common edge, so that half of the shorter one is shared at least.
int shift_along(double css, double scale, int length, int other_length) {
  const int least = std::min(length, other_length);
  const double pixels =
      std::clamp(css * scale, -double(length - (least + 1) / 2), double(other_length - (least + 1) / 2));
  const int shift = static_cast<int>(std::lround(pixels));
  return std::abs(shift) < least / kLevelParts ? 0 : shift;
}

// Makes `area` touch `other` on that side, keeping its place along the edge.
void move_beyond(Rect& area, const Rect& other, Side side) {
  switch (side) {
    case Side::kLeft: area.x = other.x - area.width; break;
    case Side::kRight: area.x = other.right(); break;
    case Side::kAbove: area.y = other.y - area.height; break;
    case Side::kBelow: area.y = other.bottom(); break;
  }
}

struct Placed {
  size_t window = 0;
  Rect area;
};

Rect place_beside(const WindowShape& shape, const WindowShape& neighbour, const Rect& beside, Side side) {
  const Outline mine = outline_of(shape);
  const Outline other = outline_of(neighbour);
  const double scale = neighbour.scale_percent / 100.0;
  Rect area{beside.x, beside.y, shape.size.width, shape.size.height};
  if (side == Side::kLeft || side == Side::kRight) {
    area.y += shift_along(mine.y - other.y, scale, area.height, beside.height);
  } else {
    area.x += shift_along(mine.x - other.x, scale, area.width, beside.width);
  }
  move_beyond(area, beside, side);
  return area;
}

// Nobody can have more monitors than this touch another; each push passes one of them for good.
void push_free(Rect& area, std::span<const Placed> placed, Side side) {
  for (size_t pushes = 0; pushes < placed.size(); ++pushes) {
    const auto hit =
        std::ranges::find_if(placed, [&](const Placed& other) { return !intersect(other.area, area).empty(); });
    if (hit == placed.end()) return;
    move_beyond(area, hit->area, side);
  }
}

Rect bounds_of(std::span<const Monitor> monitors) {
  Rect all;
  for (const Monitor& monitor : monitors) all = bounding(all, monitor.area);
  return all;
}

}  // namespace

std::vector<Monitor> arrange_monitors(std::span<const NumberedWindow> windows) {
  if (windows.empty()) return {};
  std::vector<Placed> waiting;
  for (size_t i = 1; i < windows.size(); ++i) waiting.push_back({i, {}});
  const Outline first = outline_of(windows[0].shape);
  std::ranges::stable_sort(waiting, {},
                           [&](const Placed& one) { return distance(outline_of(windows[one.window].shape), first); });
  std::vector<Placed> placed{{0, {0, 0, windows[0].shape.size.width, windows[0].shape.size.height}}};
  for (Placed& next : waiting) {
    const WindowShape& shape = windows[next.window].shape;
    const Outline mine = outline_of(shape);
    const auto& near = *std::ranges::min_element(
        placed, {}, [&](const Placed& other) { return distance(mine, outline_of(windows[other.window].shape)); });
    const Side side = side_of(mine, outline_of(windows[near.window].shape));
    next.area = place_beside(shape, windows[near.window].shape, near.area, side);
    push_free(next.area, placed, side);
    placed.push_back(next);
  }
  std::ranges::sort(placed, {}, &Placed::window);
  std::vector<Monitor> monitors;
  for (const Placed& one : placed) monitors.push_back({windows[one.window].monitor, one.area});
  const Rect all = bounds_of(monitors);
  for (Monitor& monitor : monitors) {
    monitor.area.x -= all.x;
    monitor.area.y -= all.y;
  }
  return monitors;
}

MonitorLayout::MonitorLayout(std::span<const Monitor> present, size_t most)
    : most_(std::clamp<size_t>(most, 1, kMaxMonitors)) {
  for (const Monitor& monitor : present) {
    if (monitor.index >= most_) continue;
    const Rect& area = monitor.area;
    places_[monitor.index].shape = {{area.width, area.height}, 100, {area.x, area.y}};
  }
}

Result<void> MonitorLayout::want(uint32_t monitor, WindowShape shape) {
  if (monitor >= most_) {
    return Error{ErrorCode::kInvalidArgument,
                 "This desktop has no more than " + std::to_string(most_) +
                     (most_ == 1 ? " monitor." : " monitors. Close another window of it first.")};
  }
  const auto side = [](int wanted) {
    return std::clamp(wanted, static_cast<int>(kMinScreenSide), static_cast<int>(kMaxScreenSide));
  };
  shape.size = {side(shape.size.width), side(shape.size.height)};
  shape.scale_percent = std::clamp(shape.scale_percent, kLeastScale, kLargestScale);
  std::vector<NumberedWindow> all = windows();
  const auto at = std::ranges::lower_bound(all, monitor, {}, &NumberedWindow::monitor);
  if (at != all.end() && at->monitor == monitor) {
    at->shape = shape;
  } else {
    all.insert(at, {monitor, shape});
  }
  const Rect bounds = bounds_of(arrange_monitors(all));
  const auto most = static_cast<int>(kMaxScreenSide);
  if (bounds.width > most || bounds.height > most) {
    const auto size = [](int width, int height) { return std::to_string(width) + " by " + std::to_string(height); };
    return Error{ErrorCode::kExhausted, "All monitors together would take " + size(bounds.width, bounds.height) +
                                            " pixels, and a desktop has " + size(most, most) +
                                            " at most. Make a window of it smaller, or close one."};
  }
  places_[monitor].shape = shape;
  return {};
}

bool MonitorLayout::watched() const {
  return std::ranges::any_of(places_, [](const auto& entry) { return !entry.second.viewers.empty(); });
}

void MonitorLayout::entered(uint32_t monitor, uint64_t viewer, Micros now) {
  if (!watched()) {
    for (auto& [number, place] : places_) place.deserted_at = now;
  }
  const auto found = places_.find(monitor);
  if (found != places_.end()) found->second.viewers.insert(viewer);
}

void MonitorLayout::left(uint64_t viewer, Micros now) {
  for (auto& [number, place] : places_) {
    if (place.viewers.erase(viewer) > 0 && place.viewers.empty()) place.deserted_at = now;
  }
}

bool MonitorLayout::drop_deserted(Micros now) {
  if (!watched()) return false;
  const auto due = [now](const auto& entry) {
    return entry.second.viewers.empty() && now - entry.second.deserted_at >= kMonitorGrace;
  };
  return std::erase_if(places_, due) > 0;
}

Micros MonitorLayout::next_deadline() const {
  if (!watched()) return kNever;
  Micros deadline = kNever;
  for (const auto& [number, place] : places_) {
    if (place.viewers.empty()) deadline = std::min(deadline, place.deserted_at + kMonitorGrace);
  }
  return deadline;
}

std::vector<NumberedWindow> MonitorLayout::windows() const {
  std::vector<NumberedWindow> all;
  for (const auto& [number, place] : places_) all.push_back({number, place.shape});
  return all;
}

std::vector<Monitor> MonitorLayout::monitors() const {
  return arrange_monitors(windows());
}

uint32_t MonitorLayout::scale_percent() const {
  return places_.empty() ? 100 : places_.begin()->second.shape.scale_percent;
}

}  // namespace vitrine::agent
