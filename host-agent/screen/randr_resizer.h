// Gives an X screen monitors of any size at run time: a mode is made for each, an output switched to it, modes that are
// shown no more dropped. Works where the driver takes any mode, as Xorg's dummy driver does, which has 16 outputs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "host-agent/screen/randr_setup.h"
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

  // Sizes are clamped to what the server and our limits allow. A refusal of the server is logged and leaves the screen
  // as it is by then; an error means that the server is gone.
  Result<void> resize(const ScreenMode& wanted);

 private:
  struct Range {
    Size least;
    Size most;
  };
  explicit RandrResizer(X11Display& display) : display_(&display) {}
  Result<Range> size_range();
  Result<void> clamp(std::vector<Monitor>& monitors);
  Result<uint32_t> mode_for(RandrSetup& setup, RandrOutput& output, Size size);
  Result<uint32_t> create_mode(Size size, const std::string& name);
  bool set_screen_size(Size size, uint32_t dpi);
  bool drive(const RandrSetup& setup, RandrOutput& output, uint32_t mode, const Rect& area);
  bool drive_all(RandrSetup& setup, const std::vector<Monitor>& wanted);
  bool switch_to(RandrSetup& setup, const std::vector<Monitor>& wanted, Size size, uint32_t dpi);
  void drop_modes(const RandrSetup& setup);
  void set_primary(const RandrSetup& setup);
  Result<void> set_dpi(uint32_t dpi);

  X11Display* display_;
  std::map<std::string, uint32_t> made_;  // modes by name, within one resize()
  uint32_t dpi_ = 0;                      // what this agent set last
};

}  // namespace vitrine::agent
