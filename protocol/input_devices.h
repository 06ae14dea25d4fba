// Pointers that a desktop's X server has of its own, so that programs get smooth scrolling and pressure. Who starts the
// server writes them into its configuration; the agent finds them by name and feeds them through their sockets, which
// lie in one folder.
#pragma once

#include <string_view>

namespace vitrine {

struct InputDevice {
  std::string_view name;    // programs take a device for a pen or an eraser by its name
  std::string_view socket;  // file name
  std::string_view type;    // DeviceType of the driver "inputtest"
};

inline constexpr InputDevice kMouseDevice{"Vitrine pointer", "pointer.sock", "PointerAbsolute"};
inline constexpr InputDevice kPenDevice{"Vitrine pen", "pen.sock", "PointerAbsoluteProximity"};
inline constexpr InputDevice kEraserDevice{"Vitrine eraser", "eraser.sock", "PointerAbsoluteProximity"};
inline constexpr InputDevice kInputDevices[] = {kMouseDevice, kPenDevice, kEraserDevice};

}  // namespace vitrine
