// What an X server has of outputs and modes at one moment, read in two round trips.
#pragma once

#include <xcb/randr.h>

#include <string>
#include <vector>

#include "host-agent/screen/screen_source.h"
#include "host-agent/x11/x11_display.h"

namespace vitrine::agent {

// An output that can be a monitor. Its number is its place in RandrSetup::outputs.
struct RandrOutput {
  xcb_randr_output_t id = 0;
  std::vector<xcb_randr_crtc_t> crtcs;  // that can drive it
  std::vector<xcb_randr_mode_t> modes;
  xcb_randr_crtc_t crtc = 0;  // that does; 0: it is off
  xcb_randr_mode_t mode = 0;
  Rect area;
};

struct RandrSetup {
  // Errors: closed.
  static Result<RandrSetup> read(X11Display& display);

  XcbPtr<xcb_randr_get_screen_resources_current_reply_t> resources;
  std::vector<RandrOutput> outputs;  // in the server's order, from the first that is connected
  Size screen;

  [[nodiscard]] const xcb_randr_mode_info_t* find(xcb_randr_mode_t id) const;
  [[nodiscard]] std::string name_of(xcb_randr_mode_t id) const;
  [[nodiscard]] std::vector<xcb_randr_mode_t> all_modes() const;
  [[nodiscard]] xcb_timestamp_t time() const { return resources->config_timestamp; }
  // The monitors as viewers see them: the outputs that are on. A single one counts for the whole screen, also where
  // that is larger or the server has no outputs at all.
  [[nodiscard]] std::vector<Monitor> monitors() const;
};

}  // namespace vitrine::agent
