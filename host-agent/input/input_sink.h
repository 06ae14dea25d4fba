// The outside world of hands: where keys and pointer of a viewer go.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host-agent/screen/screen_source.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"

namespace vitrine::agent {

// Whose keys and buttons: what a viewer holds is lifted when it goes, and only that.
using Holder = uint64_t;

struct KeyInput {
  bool down = false;
  std::string code;        // KeyboardEvent.code; may be empty
  std::string key;         // KeyboardEvent.key
  uint32_t modifiers = 0;  // kModShift ... of protocol/messages.h
};

// One point of a pen's stroke.
struct PenPoint {
  Point fine;             // the place in 1/16 desktop pixels
  uint32_t pressure = 0;  // 0-1000
  uint32_t buttons = 0;   // PointerEvent.buttons
  bool near = false;      // within reach of the tablet
};

// A place, and what happened there besides moving.
struct PointerInput {
  Point at;
  std::optional<uint32_t> button = std::nullopt;  // MouseEvent.button: 0 left, 1 middle, 2 right, 3 back, 4 forward
  bool down = false;                              // of the button
  int32_t wheel_x = 0;                            // 1/120 of a notch, right is positive
  int32_t wheel_y = 0;                            // 1/120 of a notch, down is positive
  bool relative = false;                          // `at` is how far it moved
  std::optional<PenPoint> pen = std::nullopt;     // it is a pen's; its buttons are all in here
};

// One thread. Inputs take effect in the order of the calls. An error means that the screen is gone for good; an input
// that cannot be done (a key that does not exist) is left out, which is no error.
class InputSink {
 public:
  virtual ~InputSink() = default;
  virtual Result<void> key(Holder holder, const KeyInput& input) = 0;
  // Types text as it is, whatever the keyboard layout.
  virtual Result<void> text(Holder holder, std::string_view utf8) = 0;
  virtual Result<void> pointer(Holder holder, const PointerInput& input) = 0;
  virtual Result<void> release_all(Holder holder) = 0;
  // Goes on with inputs that had to wait (a keyboard map that programs need time to learn). Gives when to call it
  // again; kNever when nothing waits.
  virtual Result<Micros> proceed(Micros now) = 0;
};

}  // namespace vitrine::agent
