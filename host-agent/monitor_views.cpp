#include "host-agent/monitor_views.h"

#include <algorithm>
#include <vector>

namespace vitrine::agent {
namespace {

int64_t squared_distance(Point a, Point b) {
  const int64_t x = int64_t{a.x} - b.x;
  const int64_t y = int64_t{a.y} - b.y;
  return x * x + y * y;
}

Point nearest_in(const Rect& area, Point place) {
  return {std::clamp(place.x, area.x, area.right() - 1), std::clamp(place.y, area.y, area.bottom() - 1)};
}

}  // namespace

MonitorViews::MonitorViews(const ScreenContent& content) : content_(content) {
  follow();
}

// An analysis numbers its pictures, and encoders remember the numbers; so it lives as long as their surfaces do, which
// is until the monitor has another size.
void MonitorViews::follow() {
  std::erase_if(analyses_, [&](const auto& entry) {
    const Rect& before = areas_.at(entry.first);
    return std::ranges::none_of(content_.monitors, [&](const Monitor& monitor) {
      return monitor.index == entry.first && monitor.area.width == before.width && monitor.area.height == before.height;
    });
  });
  areas_.clear();
  for (const Monitor& monitor : content_.monitors) {
    const Size size{monitor.area.width, monitor.area.height};
    const Rect whole{0, 0, size.width, size.height};
    analyses_.try_emplace(monitor.index, size).first->second.changed({&whole, 1});
    areas_[monitor.index] = monitor.area;
  }
}

void MonitorViews::changed(std::span<const Rect> areas) {
  if (analyses_.size() == 1 && areas_.begin()->second == content_.picture.bounds()) {
    return analyses_.begin()->second.changed(areas);
  }
  std::vector<Rect> own;
  for (const Monitor& monitor : content_.monitors) {
    const ScreenPart part(monitor, content_.picture.size());
    own.clear();
    for (const Rect& area : areas) {
      const Rect inside = part.from_screen(area);
      if (!inside.empty()) own.push_back(inside);
    }
    analyses_.at(monitor.index).changed(own);
  }
}

ScreenPart MonitorViews::part(uint32_t monitor) const {
  const auto found = std::ranges::find(content_.monitors, monitor, &Monitor::index);
  const Monitor& shown = found != content_.monitors.end() ? *found : content_.monitors.front();
  return {shown, content_.picture.size()};
}

Point MonitorViews::nearest(Point place) const {
  Point best = nearest_in(content_.monitors.front().area, place);
  for (const Monitor& monitor : content_.monitors) {
    const Point candidate = nearest_in(monitor.area, place);
    if (squared_distance(candidate, place) < squared_distance(best, place)) best = candidate;
  }
  return best;
}

void MonitorViews::forget_unshared(std::span<const uint32_t> looked_at) {
  for (auto& [monitor, analysis] : analyses_) {
    if (std::ranges::count(looked_at, monitor) <= 1) analysis.forget();
  }
}

Monitors MonitorViews::describe(const ScreenPart& own, std::span<const uint32_t> looked_at) const {
  Monitors message{.own = own.monitor(), .most = static_cast<uint32_t>(content_.most_monitors), .areas = {}};
  for (const Monitor& monitor : content_.monitors) {
    const auto side = [](int value) { return static_cast<uint32_t>(value); };
    const Rect& area = monitor.area;
    const auto viewers = static_cast<uint32_t>(std::ranges::count(looked_at, monitor.index));
    for (const uint32_t number :
         {monitor.index, side(area.x), side(area.y), side(area.width), side(area.height), viewers}) {
      message.areas.push_back(number);
    }
  }
  return message;
}

}  // namespace vitrine::agent
