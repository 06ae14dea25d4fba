// The outside world of pixels: a screen that says when it changed and is read only when somebody wants to see it.
#pragma once

#include <cstdint>
#include <vector>

#include "codec/picture.h"
#include "protocol/base/geometry.h"
#include "protocol/base/result.h"

namespace vitrine::agent {

struct Point {
  int x = 0;
  int y = 0;
  bool operator==(const Point&) const = default;
};

// The pointer's picture. Width 0: no pointer is shown.
struct CursorImage {
  Size size;
  Point hot;
  std::vector<uint8_t> rgba;  // rows of R, G, B, A; alpha not premultiplied
  bool operator==(const CursorImage&) const = default;
};

// A rectangle of the screen that window managers and viewers take for one monitor.
struct Monitor {
  uint32_t index = 0;
  Rect area;
  bool operator==(const Monitor&) const = default;
};

// What a source last read. Owned by the source; changes only inside its functions.
struct ScreenContent {
  codec::Picture picture;
  CursorImage cursor;
  Point pointer;
  std::vector<Monitor> monitors;  // by number, never none; inside of the picture
  size_t most_monitors = 1;       // their numbers are below it
};

struct ScreenEvents {
  bool damaged = false;         // pixels may have changed and wait to be captured
  bool resized = false;         // content().picture has another size now; the next capture() reads all of it
  bool rearranged = false;      // content().monitors is new; so it is where the size is
  bool cursor_changed = false;  // content().cursor is new
  bool pointer_moved = false;   // content().pointer is where the pointer went, perhaps there and back
};

struct ScreenMode {
  std::vector<Monitor> monitors;  // by number; disjoint; their bounding box, which begins at 0,0, is the screen
  uint32_t scale_percent = 100;   // device pixels per CSS pixel times 100; sets the dots per inch
};

// One thread. An error of any function means that the screen is gone for good.
class ScreenSource {
 public:
  virtual ~ScreenSource() = default;
  // What happened since the last call. Reads no pixels and never waits long.
  virtual Result<ScreenEvents> take_events() = 0;
  // Reads what changed since the last capture into content().picture; gives the cells of 16x16 pixels, joined to
  // rectangles, in which a colour really is another one now.
  virtual Result<std::vector<Rect>> capture() = 0;
  [[nodiscard]] virtual const ScreenContent& content() const = 0;
  // Asks for other monitors; what came of it is told by take_events(). What cannot be had leaves things as they are,
  // which is no error.
  virtual Result<void> resize(const ScreenMode& wanted) = 0;
};

}  // namespace vitrine::agent
