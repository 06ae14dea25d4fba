#include "host-agent/screen/randr_resizer.h"

#include <spdlog/spdlog.h>
#include <xcb/randr.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "protocol/limits.h"

namespace vitrine::agent {
namespace {

constexpr std::string_view kModePrefix = "vitrine-";
constexpr uint32_t kDpiAtScale100 = 96;
// The dummy driver draws to memory; the timings only have to look like a monitor's. Its largest pixel clock is 300 MHz,
// so very large sizes get a lower refresh rate, which nothing depends on.
constexpr uint64_t kRefresh = 60;
constexpr uint64_t kLargestClock = 290'000'000;
constexpr uint16_t kHorizontalBlank = 160;
constexpr uint16_t kVerticalBlank = 30;
// Longest RESOURCE_MANAGER that is edited, in words; real ones are a few kB.
constexpr uint32_t kMostResourceWords = 64 * 1024;

uint16_t narrow(int value) {
  return static_cast<uint16_t>(value);
}

uint32_t millimetres(int pixels, uint32_t dpi) {
  return static_cast<uint32_t>(std::lround(static_cast<double>(pixels) * 25.4 / static_cast<double>(dpi)));
}

}  // namespace

std::string with_xft_dpi(const std::string& resources, int dpi) {
  constexpr std::string_view kName = "Xft.dpi:";
  std::string result;
  size_t at = 0;
  while (at < resources.size()) {
    const size_t end = std::min(resources.find('\n', at), resources.size() - 1);
    const std::string_view line(resources.data() + at, end + 1 - at);
    if (!line.starts_with(kName)) result += line;
    at = end + 1;
  }
  if (!result.empty() && result.back() != '\n') result += '\n';
  return result + std::string(kName) + "\t" + std::to_string(dpi) + "\n";
}

Result<RandrResizer> RandrResizer::create(X11Display& display) {
  xcb_connection_t* const x = display.connection();
  TRY(display.extension(&xcb_randr_id, "RANDR"));
  const XcbPtr<xcb_randr_query_version_reply_t> version(
      xcb_randr_query_version_reply(x, xcb_randr_query_version(x, 1, 5), nullptr));
  if (version == nullptr) return display.failure("RANDR");
  return RandrResizer(display);
}

Result<RandrResizer::Range> RandrResizer::size_range() {
  xcb_connection_t* const x = display_->connection();
  const auto cookie = xcb_randr_get_screen_size_range(x, display_->root());
  const XcbPtr<xcb_randr_get_screen_size_range_reply_t> range(
      xcb_randr_get_screen_size_range_reply(x, cookie, nullptr));
  if (range == nullptr) return display_->failure("GetScreenSizeRange");
  return Range{{range->min_width, range->min_height}, {range->max_width, range->max_height}};
}

// A mode of this size that the output has; given to it, or made, when there is none.
Result<uint32_t> RandrResizer::mode_for(RandrSetup& setup, RandrOutput& output, Size size) {
  const auto fits = [&](xcb_randr_mode_t id) {
    const xcb_randr_mode_info_t* const info = setup.find(id);
    return info != nullptr && info->width == size.width && info->height == size.height;
  };
  if (const auto own = std::ranges::find_if(output.modes, fits); own != output.modes.end()) return *own;
  const std::string name = std::string(kModePrefix) + std::to_string(size.width) + "x" + std::to_string(size.height);
  const auto made = made_.find(name);
  uint32_t mode = made == made_.end() ? 0 : made->second;
  for (const xcb_randr_mode_t id : setup.all_modes()) {
    if (setup.name_of(id) == name) mode = id;
  }
  if (mode == 0) mode = TRY(create_mode(size, name));
  xcb_connection_t* const x = display_->connection();
  const XcbPtr<xcb_generic_error_t> error(xcb_request_check(x, xcb_randr_add_output_mode_checked(x, output.id, mode)));
  if (error != nullptr) return display_->failure("AddOutputMode");
  output.modes.push_back(mode);
  return mode;
}

Result<uint32_t> RandrResizer::create_mode(Size size, const std::string& name) {
  xcb_connection_t* const x = display_->connection();
  xcb_randr_mode_info_t info{};
  info.width = narrow(size.width);
  info.height = narrow(size.height);
  info.hsync_start = narrow(size.width + 48);
  info.hsync_end = narrow(size.width + 80);
  info.htotal = narrow(size.width + kHorizontalBlank);
  info.vsync_start = narrow(size.height + 3);
  info.vsync_end = narrow(size.height + 8);
  info.vtotal = narrow(size.height + kVerticalBlank);
  info.dot_clock = static_cast<uint32_t>(std::min(kLargestClock, uint64_t{info.htotal} * info.vtotal * kRefresh));
  info.name_len = static_cast<uint16_t>(name.size());
  const auto cookie =
      xcb_randr_create_mode(x, display_->root(), info, static_cast<uint32_t>(name.size()), name.c_str());
  const XcbPtr<xcb_randr_create_mode_reply_t> reply(xcb_randr_create_mode_reply(x, cookie, nullptr));
  if (reply == nullptr) return display_->failure("CreateMode");
  made_[name] = reply->mode;
  return reply->mode;
}

bool RandrResizer::set_screen_size(Size size, uint32_t dpi) {
  xcb_connection_t* const x = display_->connection();
  const XcbPtr<xcb_generic_error_t> error(xcb_request_check(
      x, xcb_randr_set_screen_size_checked(x, display_->root(), narrow(size.width), narrow(size.height),
                                           millimetres(size.width, dpi), millimetres(size.height, dpi))));
  return error == nullptr;
}

// Mode 0 switches the output off.
bool RandrResizer::drive(const RandrSetup& setup, RandrOutput& output, uint32_t mode, const Rect& area) {
  xcb_connection_t* const x = display_->connection();
  if (output.crtc == 0) {
    const auto in_use = [&](xcb_randr_crtc_t crtc) {
      return std::ranges::any_of(setup.outputs, [crtc](const RandrOutput& other) { return other.crtc == crtc; });
    };
    const auto unused = std::ranges::find_if_not(output.crtcs, in_use);
    if (unused == output.crtcs.end()) return false;
    output.crtc = *unused;
  }
  const uint32_t outputs = mode == 0 ? 0 : 1;
  const auto cookie =
      xcb_randr_set_crtc_config(x, output.crtc, XCB_CURRENT_TIME, setup.time(), static_cast<int16_t>(area.x),
                                static_cast<int16_t>(area.y), mode, XCB_RANDR_ROTATION_ROTATE_0, outputs, &output.id);
  const XcbPtr<xcb_randr_set_crtc_config_reply_t> reply(xcb_randr_set_crtc_config_reply(x, cookie, nullptr));
  if (reply == nullptr || reply->status != XCB_RANDR_SET_CONFIG_SUCCESS) return false;
  if (mode == 0) output.crtc = 0;
  output.mode = mode;
  output.area = mode == 0 ? Rect{} : area;
  return true;
}

// Outputs go off before others take their place; what is on already as wanted is left alone.
bool RandrResizer::drive_all(RandrSetup& setup, const std::vector<Monitor>& wanted) {
  for (size_t i = 0; i < setup.outputs.size(); ++i) {
    RandrOutput& output = setup.outputs[i];
    const bool stays = std::ranges::any_of(wanted, [i](const Monitor& monitor) { return monitor.index == i; });
    if (!stays && output.crtc != 0 && !drive(setup, output, 0, {})) return false;
  }
  for (const Monitor& monitor : wanted) {
    RandrOutput& output = setup.outputs[monitor.index];
    if (output.area == monitor.area && output.crtc != 0) continue;
    const auto mode = mode_for(setup, output, {monitor.area.width, monitor.area.height});
    if (!mode.ok() || !drive(setup, output, mode.value(), monitor.area)) return false;
  }
  return true;
}

// The screen has to hold the outputs at every moment: it grows before and shrinks after.
bool RandrResizer::switch_to(RandrSetup& setup, const std::vector<Monitor>& wanted, Size size, uint32_t dpi) {
  const Size between{std::max(size.width, setup.screen.width), std::max(size.height, setup.screen.height)};
  if (between != setup.screen && !set_screen_size(between, dpi)) return false;
  const bool switched = drive_all(setup, wanted);
  // What was reached before something was refused stays, and the screen holds it.
  Rect on;
  for (const RandrOutput& output : setup.outputs) on = bounding(on, output.area);
  const Size final =
      switched ? size : Size{std::max(on.right(), setup.screen.width), std::max(on.bottom(), setup.screen.height)};
  if (final != between && !set_screen_size(final, dpi)) return false;
  return switched;
}

// Modes made here, also by an agent before, that no output shows any more.
void RandrResizer::drop_modes(const RandrSetup& setup) {
  std::vector<xcb_randr_mode_t> ours;
  for (const xcb_randr_mode_t mode : setup.all_modes()) {
    if (setup.name_of(mode).starts_with(kModePrefix)) ours.push_back(mode);
  }
  for (const auto& [name, mode] : made_) ours.push_back(mode);
  for (const xcb_randr_mode_t mode : ours) {
    const auto shows = [mode](const RandrOutput& output) { return output.mode == mode; };
    if (std::ranges::any_of(setup.outputs, shows)) continue;
    for (const RandrOutput& output : setup.outputs) {
      if (std::ranges::find(output.modes, mode) == output.modes.end()) continue;
      xcb_randr_delete_output_mode(display_->connection(), output.id, mode);
    }
    xcb_randr_destroy_mode(display_->connection(), mode);
  }
  made_.clear();
}

// Panels and dialogs go to the primary one.
void RandrResizer::set_primary(const RandrSetup& setup) {
  const auto on = std::ranges::find_if(setup.outputs, [](const RandrOutput& output) { return output.crtc != 0; });
  if (on != setup.outputs.end()) xcb_randr_set_output_primary(display_->connection(), display_->root(), on->id);
}

Result<void> RandrResizer::resize(const ScreenMode& wanted) {
  xcb_connection_t* const x = display_->connection();
  const uint32_t dpi = kDpiAtScale100 * wanted.scale_percent / 100;
  TRY(set_dpi(dpi));
  std::vector<Monitor> monitors = wanted.monitors;
  TRY(clamp(monitors));
  Rect all;
  for (const Monitor& monitor : monitors) all = bounding(all, monitor.area);
  const Size size{all.width, all.height};
  // Nobody sees or changes what is in between.
  xcb_grab_server(x);
  auto read = RandrSetup::read(*display_);
  bool done = false;
  if (read.ok()) {
    RandrSetup setup = read.take();
    const auto exists = [&](const Monitor& monitor) { return monitor.index < setup.outputs.size(); };
    done = setup.monitors() == monitors;
    if (!done && std::ranges::all_of(monitors, exists)) {
      done = switch_to(setup, monitors, size, dpi);
      drop_modes(setup);
      set_primary(setup);
    }
  }
  xcb_ungrab_server(x);
  xcb_flush(x);
  if (xcb_connection_has_error(x) != 0) return display_->failure("a new size");
  if (!done)
    spdlog::warn("the X server does not take {} monitors of {}x{} together", monitors.size(), size.width, size.height);
  return {};
}

Result<void> RandrResizer::clamp(std::vector<Monitor>& monitors) {
  const Range range = TRY(size_range());
  const auto side = [](int wanted, int least, int most) {
    const int low = std::max(static_cast<int>(kMinScreenSide), least);
    return std::clamp(wanted, low, std::max(low, std::min(static_cast<int>(kMaxScreenSide), most)));
  };
  for (Monitor& monitor : monitors) {
    monitor.area.width = side(monitor.area.width, range.least.width, range.most.width);
    monitor.area.height = side(monitor.area.height, range.least.height, range.most.height);
  }
  return {};
}

// Toolkits without XSETTINGS read Xft.dpi when a program starts; the physical size serves those that look at it
// instead. The line is the agent's: a settings daemon beside it has to agree (on local desktops the supervisor sees to
// that).
Result<void> RandrResizer::set_dpi(uint32_t dpi) {
  if (dpi == dpi_) return {};
  dpi_ = dpi;
  xcb_connection_t* const x = display_->connection();
  const auto cookie =
      xcb_get_property(x, 0, display_->root(), XCB_ATOM_RESOURCE_MANAGER, XCB_ATOM_STRING, 0, kMostResourceWords);
  const XcbPtr<xcb_get_property_reply_t> reply(xcb_get_property_reply(x, cookie, nullptr));
  if (reply == nullptr) return display_->failure("GetProperty");
  if (reply->bytes_after != 0) return {};
  const auto* const text = static_cast<const char*>(xcb_get_property_value(reply.get()));
  const std::string before(text, static_cast<size_t>(xcb_get_property_value_length(reply.get())));
  const std::string after = with_xft_dpi(before, static_cast<int>(dpi));
  xcb_change_property(x, XCB_PROP_MODE_REPLACE, display_->root(), XCB_ATOM_RESOURCE_MANAGER, XCB_ATOM_STRING, 8,
                      static_cast<uint32_t>(after.size()), after.data());
  xcb_flush(x);
  return {};
}

}  // namespace vitrine::agent
