// The workloads. Each draws until its standard input ends and reports what it did on standard output (see x_window.h).
#pragma once

#include <string>

#include "protocol/base/geometry.h"
#include "protocol/base/result.h"

namespace vitrine {

struct WorkloadOptions {
  Rect place;           // of the window; empty: the whole screen
  std::string picture;  // PPM: glyphs for keys, the page for scroll, the wallpaper for drag, the scenery for video
  std::string window;   // PPM: the dragged window
  int frames = 750;     // of the video
  int rate = 30;        // frames a second
  bool marker = false;  // keys: a square whose colour counts the keys
};

// Each key puts the next letter of a text, as an editor would.
[[nodiscard]] Result<void> run_keys(const WorkloadOptions& options);
// A page that the wheel scrolls.
[[nodiscard]] Result<void> run_scroll(const WorkloadOptions& options);
// A window that follows the pointer over a wallpaper while button 1 is down.
[[nodiscard]] Result<void> run_drag(const WorkloadOptions& options);
// A moving picture that counts its frames in its corner.
[[nodiscard]] Result<void> run_video(const WorkloadOptions& options);

// The marker of keys: a square at the window's top left, of one of kMarkerColours.
inline constexpr int kMarkerSide = 64;
// The video's counter: a row of kCounterBits squares at its top left, Gray code, lowest bit first; white is one.
inline constexpr int kCounterBits = 10;
inline constexpr int kCounterSide = 32;

}  // namespace vitrine
