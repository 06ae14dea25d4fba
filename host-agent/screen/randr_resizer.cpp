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

// What the server has now, for one output.
struct RandrResizer::Setup {
  XcbPtr<xcb_randr_get_screen_resources_current_reply_t> resources;
  xcb_randr_output_t output = 0;
  xcb_randr_crtc_t crtc = 0;
  xcb_randr_mode_t mode = 0;
  std::vector<xcb_randr_mode_t> modes;  // of the output

  [[nodiscard]] const xcb_randr_mode_info_t* find(xcb_randr_mode_t id) const {
    auto at = xcb_randr_get_screen_resources_current_modes_iterator(resources.get());
    for (; at.rem > 0; xcb_randr_mode_info_next(&at)) {
      if (at.data->id == id) return at.data;
    }
    return nullptr;
  }
  [[nodiscard]] std::string name_of(xcb_randr_mode_t id) const {
    const auto* names = reinterpret_cast<const char*>(xcb_randr_get_screen_resources_current_names(resources.get()));
    auto at = xcb_randr_get_screen_resources_current_modes_iterator(resources.get());
    for (; at.rem > 0; xcb_randr_mode_info_next(&at)) {
      if (at.data->id == id) return {names, at.data->name_len};
      names += at.data->name_len;
    }
    return {};
  }
};

Result<RandrResizer> RandrResizer::create(X11Display& display) {
  xcb_connection_t* const x = display.connection();
  TRY(display.extension(&xcb_randr_id, "RANDR"));
  const XcbPtr<xcb_randr_query_version_reply_t> version(
      xcb_randr_query_version_reply(x, xcb_randr_query_version(x, 1, 5), nullptr));
  if (version == nullptr) return display.failure("RANDR");
  return RandrResizer(display);
}

// False when there is no output to resize.
Result<bool> RandrResizer::read_setup(Setup& setup) {
  xcb_connection_t* const x = display_->connection();
  setup.resources.reset(xcb_randr_get_screen_resources_current_reply(
      x, xcb_randr_get_screen_resources_current(x, display_->root()), nullptr));
  if (setup.resources == nullptr) return display_->failure("GetScreenResources");
  const xcb_randr_output_t* const outputs = xcb_randr_get_screen_resources_current_outputs(setup.resources.get());
  for (int i = 0; i < setup.resources->num_outputs; ++i) {
    const auto cookie = xcb_randr_get_output_info(x, outputs[i], setup.resources->config_timestamp);
    const XcbPtr<xcb_randr_get_output_info_reply_t> info(xcb_randr_get_output_info_reply(x, cookie, nullptr));
    if (info == nullptr || info->connection == XCB_RANDR_CONNECTION_DISCONNECTED || info->num_crtcs == 0) continue;
    const bool active = info->crtc != 0;
    if (setup.output != 0 && !active) continue;
    setup.output = outputs[i];
    setup.crtc = active ? info->crtc : xcb_randr_get_output_info_crtcs(info.get())[0];
    const xcb_randr_mode_t* const modes = xcb_randr_get_output_info_modes(info.get());
    setup.modes.assign(modes, modes + info->num_modes);
    if (active) break;
  }
  if (setup.output == 0) return false;
  const auto cookie = xcb_randr_get_crtc_info(x, setup.crtc, setup.resources->config_timestamp);
  const XcbPtr<xcb_randr_get_crtc_info_reply_t> crtc(xcb_randr_get_crtc_info_reply(x, cookie, nullptr));
  if (crtc == nullptr) return display_->failure("GetCrtcInfo");
  setup.mode = crtc->mode;
  return true;
}

Result<Size> RandrResizer::clamp(Size size) {
  xcb_connection_t* const x = display_->connection();
  const auto cookie = xcb_randr_get_screen_size_range(x, display_->root());
  const XcbPtr<xcb_randr_get_screen_size_range_reply_t> range(
      xcb_randr_get_screen_size_range_reply(x, cookie, nullptr));
  if (range == nullptr) return display_->failure("GetScreenSizeRange");
  const auto side = [](int wanted, int least, int most) {
    const int low = std::max(static_cast<int>(kMinScreenSide), least);
    return std::clamp(wanted, low, std::max(low, std::min(static_cast<int>(kMaxScreenSide), most)));
  };
  return Size{side(size.width, range->min_width, range->max_width),
              side(size.height, range->min_height, range->max_height)};
}

// A mode of this size that the output has; made when there is none.
Result<uint32_t> RandrResizer::mode_for(const Setup& setup, Size size) {
  for (const xcb_randr_mode_t id : setup.modes) {
    const xcb_randr_mode_info_t* const info = setup.find(id);
    if (info != nullptr && info->width == size.width && info->height == size.height) return id;
  }
  xcb_connection_t* const x = display_->connection();
  const std::string name = std::string(kModePrefix) + std::to_string(size.width) + "x" + std::to_string(size.height);
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
  const XcbPtr<xcb_generic_error_t> error(
      xcb_request_check(x, xcb_randr_add_output_mode_checked(x, setup.output, reply->mode)));
  if (error != nullptr) {
    xcb_randr_destroy_mode(x, reply->mode);
    return display_->failure("AddOutputMode");
  }
  return reply->mode;
}

bool RandrResizer::set_screen_size(Size size, uint32_t dpi) {
  xcb_connection_t* const x = display_->connection();
  const XcbPtr<xcb_generic_error_t> error(xcb_request_check(
      x, xcb_randr_set_screen_size_checked(x, display_->root(), narrow(size.width), narrow(size.height),
                                           millimetres(size.width, dpi), millimetres(size.height, dpi))));
  return error == nullptr;
}

// The screen has to hold the output's mode at every moment: it grows before and shrinks after.
bool RandrResizer::switch_to(const Setup& setup, uint32_t mode, Size size, uint32_t dpi) {
  xcb_connection_t* const x = display_->connection();
  const XcbPtr<xcb_get_geometry_reply_t> now(xcb_get_geometry_reply(x, xcb_get_geometry(x, display_->root()), nullptr));
  if (now == nullptr) return false;
  const Size between{std::max<int>(size.width, now->width), std::max<int>(size.height, now->height)};
  if (between != Size{now->width, now->height} && !set_screen_size(between, dpi)) return false;
  const auto cookie = xcb_randr_set_crtc_config(x, setup.crtc, XCB_CURRENT_TIME, setup.resources->config_timestamp, 0,
                                                0, mode, XCB_RANDR_ROTATION_ROTATE_0, 1, &setup.output);
  const XcbPtr<xcb_randr_set_crtc_config_reply_t> reply(xcb_randr_set_crtc_config_reply(x, cookie, nullptr));
  const bool switched = reply != nullptr && reply->status == XCB_RANDR_SET_CONFIG_SUCCESS;
  const Size final = switched ? size : Size{now->width, now->height};
  if (final != between && !set_screen_size(final, dpi)) return false;
  return switched;
}

void RandrResizer::drop_mode(const Setup& setup, uint32_t mode) {
  if (mode == 0 || !setup.name_of(mode).starts_with(kModePrefix)) return;
  xcb_randr_delete_output_mode(display_->connection(), setup.output, mode);
  xcb_randr_destroy_mode(display_->connection(), mode);
}

Result<void> RandrResizer::resize(const ScreenMode& wanted) {
  xcb_connection_t* const x = display_->connection();
  const Size size = TRY(clamp(wanted.size));
  const uint32_t dpi = kDpiAtScale100 * wanted.scale_percent / 100;
  TRY(set_dpi(dpi));
  const xcb_get_geometry_cookie_t geometry = xcb_get_geometry(x, display_->root());
  const XcbPtr<xcb_get_geometry_reply_t> now(xcb_get_geometry_reply(x, geometry, nullptr));
  if (now == nullptr) return display_->failure("GetGeometry");
  if (Size{now->width, now->height} == size) return {};

  // Nobody sees or changes the sizes in between.
  xcb_grab_server(x);
  Setup setup;
  const auto found = read_setup(setup);
  bool done = false;
  if (found.ok() && found.value()) {
    const auto mode = mode_for(setup, size);
    if (mode.ok()) {
      done = switch_to(setup, mode.value(), size, dpi);
      const bool made = std::ranges::find(setup.modes, mode.value()) == setup.modes.end();
      if (done) {
        drop_mode(setup, setup.mode);
      } else if (made) {
        xcb_randr_delete_output_mode(x, setup.output, mode.value());
        xcb_randr_destroy_mode(x, mode.value());
      }
    }
  }
  xcb_ungrab_server(x);
  xcb_flush(x);
  if (xcb_connection_has_error(x) != 0) return display_->failure("a new size");
  if (!done) {
    spdlog::warn("the X server does not take {}x{}; the screen stays {}x{}", size.width, size.height, now->width,
                 now->height);
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
