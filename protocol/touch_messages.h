// Pointers that are more than a place; a part of messages.h: motion of a captured pointer, and pens.
#pragma once

#include <cstdint>

#include "protocol/message.h"

namespace vitrine {

// Of RelativePointer::button: none changed.
inline constexpr uint32_t kNoButton = 255;
// Of Pen::pressure.
inline constexpr uint32_t kMaxPenPressure = 1000;
// Parts of a desktop pixel in a pen's place.
inline constexpr int32_t kPenSteps = 16;

struct RelativePointer {
  VITRINE_MESSAGE(64, RelativePointer, kViewerToAgent,
                  "The pointer is captured by the page: how far it moved, and what its buttons and wheel did where it "
                  "is.");
  uint32_t sequence = 0;
  int32_t dx = 0;
  int32_t dy = 0;
  uint32_t button = kNoButton;
  bool down = false;
  int32_t wheel_x = 0;
  int32_t wheel_y = 0;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("sequence", self.sequence, "of this input");
    v.field("dx", self.dx, "desktop pixels, right is positive");
    v.field("dy", self.dy, "desktop pixels, down is positive");
    v.field("button", self.button, "MouseEvent.button, or 255 when none changed");
    v.field("down", self.down, "of the button: pressed or released");
    v.field("wheel_x", self.wheel_x, "1/120 of a notch, right is positive");
    v.field("wheel_y", self.wheel_y, "1/120 of a notch, down is positive");
  }
};

struct Pen {
  VITRINE_MESSAGE(65, Pen, kViewerToAgent,
                  "A pen, one message for each point of its digitiser, in order. Where X has no pen it is a mouse.");
  uint32_t sequence = 0;
  int32_t x = 0;
  int32_t y = 0;
  uint32_t pressure = 0;
  uint32_t buttons = 0;
  bool near = false;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("sequence", self.sequence, "of this input");
    v.field("x", self.x, "1/16 desktop pixels");
    v.field("y", self.y, "1/16 desktop pixels");
    v.field("pressure", self.pressure, "0 to 1000");
    v.field("buttons", self.buttons,
            "PointerEvent.buttons: 1 the tip touches, 2 the barrel's button, 32 the eraser touches");
    v.field("near", self.near, "within reach of the tablet");
  }
};

}  // namespace vitrine
