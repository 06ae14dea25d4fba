#include <array>
#include <optional>

#include "bench/session/workloads/workloads.h"
#include "bench/session/workloads/x_window.h"

namespace vitrine {
namespace {

constexpr int kStartX = 200;
constexpr int kStartY = 150;

}  // namespace

Result<void> run_drag(const WorkloadOptions& options) {
  const WorkloadPicture wallpaper = TRY(read_ppm(options.picture));
  const WorkloadPicture content = TRY(read_ppm(options.window));
  const auto window = TRY(XWindow::create(options.place, 0));
  xcb_connection_t* connection = window->connection();
  // The server paints both by itself from their background pixmaps, as it does for a desktop's wallpaper.
  const uint32_t background = window->upload(wallpaper);
  xcb_change_window_attributes(connection, window->window(), XCB_CW_BACK_PIXMAP, &background);
  xcb_clear_area(connection, 0, window->window(), 0, 0, 0, 0);
  const xcb_window_t child = xcb_generate_id(connection);
  const uint32_t child_background = window->upload(content);
  xcb_create_window(connection, XCB_COPY_FROM_PARENT, child, window->window(), kStartX, kStartY,
                    static_cast<uint16_t>(content.size.width), static_cast<uint16_t>(content.size.height), 0,
                    XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT, XCB_CW_BACK_PIXMAP, &child_background);
  xcb_map_window(connection, child);

  struct Grip {
    int x = 0;
    int y = 0;
  };
  std::optional<Grip> grip;  // the pointer's place in the window while it is held
  Grip place = {kStartX, kStartY};
  int64_t moves = 0;
  const auto on_event = [&](const xcb_generic_event_t& event) {
    const int type = event.response_type & 0x7f;
    if (type == XCB_BUTTON_PRESS) {
      const auto& press = reinterpret_cast<const xcb_button_press_event_t&>(event);
      if (press.detail == 1) grip = Grip{press.event_x - place.x, press.event_y - place.y};
    } else if (type == XCB_BUTTON_RELEASE) {
      grip.reset();
    } else if (type == XCB_MOTION_NOTIFY && grip) {
      const auto& motion = reinterpret_cast<const xcb_motion_notify_event_t&>(event);
      place = {motion.event_x - grip->x, motion.event_y - grip->y};
      const std::array<uint32_t, 2> values = {static_cast<uint32_t>(place.x), static_cast<uint32_t>(place.y)};
      xcb_configure_window(connection, child, XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y, values.data());
      report("move", ++moves);
    }
  };
  report("ready", 0);
  window->run(on_event, [](Micros) { return kNever; });
  return {};
}

}  // namespace vitrine
