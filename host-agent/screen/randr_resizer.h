// Gives an X screen any size at run time: a mode is made for it, the output switched to it, the mode before dropped.
// Works where the driver takes any mode, as Xorg's dummy driver does.
#pragma once

#include <string>

#include "host-agent/screen/screen_source.h"
#include "host-agent/x11/x11_display.h"

namespace vitrine::agent {

// `resources` (the text of RESOURCE_MANAGER) with its Xft.dpi line set; other lines are kept.
std::string with_xft_dpi(const std::string& resources, int dpi);

// One thread. The display is borrowed.
class RandrResizer {
 public:
  // Errors: unsupported, closed.
  static Result<RandrResizer> create(X11Display& display);

  // The size is clamped to what the server and our limits allow. A refusal of the server is logged and leaves the
  // screen as it was; an error means that the server is gone.
  Result<void> resize(const ScreenMode& wanted);

 private:
  struct Setup;
  explicit RandrResizer(X11Display& display) : display_(&display) {}
  Result<bool> read_setup(Setup& setup);
  Result<Size> clamp(Size size);
  Result<uint32_t> mode_for(const Setup& setup, Size size);
  bool switch_to(const Setup& setup, uint32_t mode, Size size, uint32_t dpi);
  bool set_screen_size(Size size, uint32_t dpi);
  void drop_mode(const Setup& setup, uint32_t mode);
  Result<void> set_dpi(uint32_t dpi);

  X11Display* display_;
  uint32_t dpi_ = 0;  // what this agent set last
};

}  // namespace vitrine::agent
