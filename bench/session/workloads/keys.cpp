#include <algorithm>
#include <array>

#include "bench/session/workloads/workloads.h"
#include "bench/session/workloads/x_window.h"

namespace vitrine {
namespace {

// Colours that stay apart after the strongest JPEG; black is not among them, so that an empty canvas is none.
constexpr std::array<uint32_t, 7> kMarkerColours = {0xffffff, 0xff0000, 0x00ff00, 0x0000ff,
                                                    0xffff00, 0x00ffff, 0xff00ff};
constexpr int kMargin = 24;
constexpr int kGlyphs = 95;  // the sheet's letters, side by side: ASCII from space on
constexpr std::string_view kText =
    "The quick brown fox jumps over the lazy dog while five wizards quietly judge my vow, and 1234567890 boxes of "
    "liquor jugs are packed; \"Sphinx of black quartz!\" said (nobody) at all. ";

// Buttons above the third are the wheel's.
bool is_click(const xcb_generic_event_t& event) {
  return (event.response_type & 0x7f) == XCB_BUTTON_PRESS &&
         reinterpret_cast<const xcb_button_press_event_t&>(event).detail <= 3;
}

}  // namespace

Result<void> run_keys(const WorkloadOptions& options) {
  const WorkloadPicture sheet = TRY(read_ppm(options.picture));
  const Size glyph = {sheet.size.width / kGlyphs, sheet.size.height};
  const auto window = TRY(XWindow::create(options.place, 0xffffff));
  TRY(window->grab_keyboard());
  const int top = options.marker ? kMarkerSide : 0;
  const int columns = std::max(1, (window->place().width - 2 * kMargin) / std::max(1, glyph.width));
  const int rows = std::max(1, (window->place().height - top - 2 * kMargin) / std::max(1, glyph.height));
  int64_t count = 0;

  const auto draw_letter = [&](int64_t n) {
    const int cell = static_cast<int>(n % (int64_t{columns} * rows));
    const char letter = kText[static_cast<size_t>(n) % kText.size()];
    window->put(window->window(), sheet, {(letter - ' ') * glyph.width, 0, glyph.width, glyph.height},
                kMargin + cell % columns * glyph.width, top + kMargin + cell / columns * glyph.height);
  };
  const auto draw_marker = [&] {
    if (options.marker)
      window->fill({0, 0, kMarkerSide, kMarkerSide},
                   kMarkerColours[static_cast<size_t>(count) % kMarkerColours.size()]);
  };
  const auto on_event = [&](const xcb_generic_event_t& event) {
    const int type = event.response_type & 0x7f;
    if (type == XCB_EXPOSE) {
      for (int64_t n = 0; n < count; ++n) draw_letter(n);  // at most a few hundred
      draw_marker();
    } else if (type == XCB_KEY_PRESS || is_click(event)) {
      draw_letter(count++);
      draw_marker();
      window->flush();
      report(type == XCB_KEY_PRESS ? "key" : "click", count);
    }
  };
  report("ready", 0);
  window->run(on_event, [](Micros) { return kNever; });
  return {};
}

}  // namespace vitrine
