// The pointer of an X server: places, motion, buttons, wheel and pen. By the server's own devices where it has them
// (driver_device.h), so that programs scroll by pixels and see a pen's pressure; else by XTEST, which knows whole wheel
// clicks only (smooth scrolling adds up to them) and no pens (one is a mouse whose tip is the left button).
//
// Motion without a place is XTEST's in any case: programs that steer by it read raw motion, and a device with places
// has none. Tilt has no way into the server: the driver has no axis for it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "host-agent/input/driver_device.h"
#include "host-agent/input/input_sink.h"
#include "host-agent/input/wheel_steps.h"
#include "host-agent/x11/x11_display.h"
#include "protocol/input_devices.h"

namespace vitrine::agent {

// One thread. The display is borrowed, and whoever has it flushes it.
class XPointer {
 public:
  explicit XPointer(X11Display& display) : display_(display) {}

  // Takes the server's devices, whose sockets lie in this folder; none when it is empty or they do not answer.
  void use_devices(const std::string& folder);
  [[nodiscard]] bool has_devices() const { return mouse_ != nullptr; }

  void perform(Holder holder, const PointerInput& input);
  // Lifts what this holder holds.
  void release(Holder holder);
  void release_all();
  // Something that has to come after all of this goes to the server by the display.
  void before_requests();

 private:
  // What has pressed a button has to lift it; null is XTEST.
  using Device = DriverDevice*;
  enum class Way : uint8_t { kRequest, kDevice };
  struct Pen {
    std::unique_ptr<DriverDevice> device;
    bool near = false;
  };

  std::unique_ptr<DriverDevice> open(const InputDevice& which, const std::string& folder);
  void handle_event(const xcb_generic_event_t& event);
  void before_device();
  void wait_for_answer();
  void press(Device device, Holder holder, uint32_t button, bool down);
  void lift(Device device, uint8_t button);
  void draw(Holder holder, const PointerInput& input);
  void draw_as_mouse(Holder holder, const PenPoint& pen);
  void turn(int32_t wheel_x, int32_t wheel_y);
  void click_wheel(int32_t wheel_x, int32_t wheel_y);
  [[nodiscard]] double along(double pixel, int length) const;
  void fake(uint8_t type, uint8_t detail, Point at = {});

  X11Display& display_;
  std::unique_ptr<DriverDevice> mouse_;
  Pen pen_;
  Pen eraser_;
  int width_ = 0;
  int height_ = 0;
  Way last_way_ = Way::kRequest;
  std::map<std::pair<Holder, uint8_t>, Device> buttons_;
  WheelSteps wheel_x_;
  WheelSteps wheel_y_;
};

}  // namespace vitrine::agent
