// A pointer of the X server's own, fed through its input driver "inputtest" (in Debian's xserver-xorg-core). What XTEST
// lacks it has: scroll valuators, so that programs scroll by pixels, and pressure, so that they draw with a pen.
// The driver makes a socket for each device of xorg.conf and takes one client at a time; man 4 inputtestdrv.
#pragma once

#include <xcb/xcb.h>
#include <xcb/xinput.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>

#include "host-agent/x11/x11_display.h"

namespace vitrine::agent {

// One thread. The display is borrowed. Events take effect in the order of the calls, some time after them. Those that
// the server has read come before every request that it reads later.
class DriverDevice {
 public:
  enum class Axis : uint8_t { kX = 0, kY = 1, kScrollX = 2, kScrollY = 3, kPressure = 4 };
  // Absolute axes are 0 up to this over the whole screen; a scroll axis has 120 a notch, pressure is 0 to 1000.
  static constexpr double kFullAxis = 65536;
  struct Value {
    Axis axis;
    double value;
  };
  using Values = std::initializer_list<Value>;

  // The device that xorg.conf calls `name`, by its driver's socket. Enables it. Errors: unsupported when the server has
  // no such device, unavailable when its driver does not answer.
  static Result<std::unique_ptr<DriverDevice>> open(X11Display& display, const std::string& name,
                                                    const std::string& socket);
  // Disables it, which lifts what it holds.
  ~DriverDevice();
  DriverDevice(const DriverDevice&) = delete;
  DriverDevice& operator=(const DriverDevice&) = delete;

  void move(Values place);
  void scroll(Values distance);
  void button(uint8_t button, bool down);
  void proximity(bool near, Values place);
  // Whether the server has still to read events.
  [[nodiscard]] bool unread() const;
  // The driver went away or did not keep up; nothing reaches it any more.
  [[nodiscard]] bool broken() const { return fd_ < 0; }

 private:
  DriverDevice(X11Display& display, uint16_t id) : display_(display), id_(id) {}
  bool greet(const std::string& socket);
  void enable(bool enabled);
  void send(const void* message, size_t size);
  bool receive(void* message, size_t size);
  void give_up();
  void close_socket();

  X11Display& display_;
  xcb_input_device_id_t id_;
  int fd_ = -1;
};

}  // namespace vitrine::agent
