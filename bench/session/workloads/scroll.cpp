#include <algorithm>

#include "bench/session/workloads/workloads.h"
#include "bench/session/workloads/x_window.h"

namespace vitrine {
namespace {

constexpr int kStep = 60;  // pixels of one notch of the wheel: three lines of text
constexpr uint8_t kWheelUp = 4;
constexpr uint8_t kWheelDown = 5;

}  // namespace

Result<void> run_scroll(const WorkloadOptions& options) {
  const WorkloadPicture page = TRY(read_ppm(options.picture));
  const auto window = TRY(XWindow::create(options.place, 0xffffff));
  // The page lives in the server, as a toolkit's does; what scrolls in is drawn from there.
  const xcb_pixmap_t pixmap = window->upload(page);
  const int width = std::min(window->place().width, page.size.width);
  const int height = window->place().height;
  const int last = std::max(0, page.size.height - height);
  int offset = 0;
  int64_t steps = 0;

  const auto draw = [&](int from, int rows) {
    xcb_copy_area(window->connection(), pixmap, window->window(), window->context(), 0,
                  static_cast<int16_t>(offset + from), 0, static_cast<int16_t>(from), static_cast<uint16_t>(width),
                  static_cast<uint16_t>(rows));
  };
  const auto scroll = [&](int distance) {
    const int moved = std::clamp(offset + distance, 0, last) - offset;
    const int kept = height - std::abs(moved);
    offset += moved;
    if (moved == 0) return;
    if (kept > 0) {
      xcb_copy_area(window->connection(), window->window(), window->window(), window->context(), 0,
                    static_cast<int16_t>(std::max(moved, 0)), 0, static_cast<int16_t>(std::max(-moved, 0)),
                    static_cast<uint16_t>(width), static_cast<uint16_t>(kept));
    }
    draw(moved > 0 ? std::max(kept, 0) : 0, std::min(std::abs(moved), height));
    report("step", ++steps);
  };
  const auto on_event = [&](const xcb_generic_event_t& event) {
    const int type = event.response_type & 0x7f;
    if (type == XCB_EXPOSE) draw(0, height);
    if (type != XCB_BUTTON_PRESS) return;
    const uint8_t button = reinterpret_cast<const xcb_button_press_event_t&>(event).detail;
    if (button == kWheelDown) scroll(kStep);
    if (button == kWheelUp) scroll(-kStep);
  };
  report("ready", 0);
  window->run(on_event, [](Micros) { return kNever; });
  return {};
}

}  // namespace vitrine
