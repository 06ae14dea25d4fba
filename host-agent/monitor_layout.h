// From windows on a viewer's screens to monitors of the desktop. Each window of a session shows one monitor; the
// monitors stand to each other as the windows do, but touch: no gaps where windows are apart, no overlap where they
// lie on each other.
//
// A monitor whose windows have gone stays for kMonitorGrace, so that a reloaded page finds it and nothing moves. It
// also stays while nobody looks at the desktop at all: who comes back alone brings its own monitor, and after the grace
// the others go.
#pragma once

#include <map>
#include <set>
#include <span>
#include <vector>

#include "host-agent/screen/screen_source.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"

namespace vitrine::agent {

inline constexpr Micros kMonitorGrace = 6 * kSecond;

// A window as its page tells of it.
struct WindowShape {
  Size size;                     // device pixels
  uint32_t scale_percent = 100;  // device pixels per CSS pixel times 100
  Point place;                   // upper left corner among the device's screens, CSS pixels; of other devices too

  bool operator==(const WindowShape&) const = default;
};

struct NumberedWindow {
  uint32_t monitor = 0;
  WindowShape shape;
};

// Disjoint rectangles of the windows' sizes, in the windows' order; their bounding box begins at 0,0. Any places will
// do. The first one is what the others are placed around, the nearest ones first.
[[nodiscard]] std::vector<Monitor> arrange_monitors(std::span<const NumberedWindow> windows);

// One thread.
class MonitorLayout {
 public:
  // `present`: what the screen has already; nobody looks at them. `most`: monitors that it can have.
  MonitorLayout(std::span<const Monitor> present, size_t most);

  // A window of this monitor has this shape now; the monitor is made where it is missing. What cannot be had changes
  // nothing. Errors: invalid_argument (no such number), exhausted (the desktop would be too large); both with what a
  // person can do.
  [[nodiscard]] Result<void> want(uint32_t monitor, WindowShape shape);
  // Viewers come and go; one that looks at a monitor which is missing does not count, nor one that is counted already.
  void entered(uint32_t monitor, uint64_t viewer, Micros now);
  void left(uint64_t viewer, Micros now);
  // Whether monitors without viewers went, which were due.
  bool drop_deserted(Micros now);
  [[nodiscard]] Micros next_deadline() const;

  // As the screen should have them, by number. Empty when no window has told its size yet.
  [[nodiscard]] std::vector<Monitor> monitors() const;
  // Of the first of them: a desktop has one scale.
  [[nodiscard]] uint32_t scale_percent() const;

 private:
  struct Place {
    WindowShape shape;
    std::set<uint64_t> viewers;
    Micros deserted_at = 0;
  };
  [[nodiscard]] std::vector<NumberedWindow> windows() const;
  [[nodiscard]] bool watched() const;

  size_t most_;
  std::map<uint32_t, Place> places_;
};

}  // namespace vitrine::agent
