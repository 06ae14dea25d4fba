// A program on a desktop that says what it gets: a window over the whole screen that writes one line of JSON to its
// standard output for each pointer and key event (XI2), with the device it came from and its valuators. End-to-end
// tests start it beside the desktop's own programs.
//
//   event_reporter [--steers]    with --steers it hides the pointer and puts it back to the middle, as games do, and
//                                writes down raw motion too, by which most of them steer
#include <xcb/xcb.h>
#include <xcb/xinput.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

namespace {

struct Freed {
  void operator()(void* pointer) const { std::free(pointer); }
};
template <class T>
using Ptr = std::unique_ptr<T, Freed>;

double fixed(xcb_input_fp1616_t value) {
  return value / 65536.0;
}

// Two programs that insist on the focus would take it from each other for ever.
constexpr int kMostTakenBack = 5;

class Reporter {
 public:
  explicit Reporter(bool steers) : x_(xcb_connect(nullptr, nullptr)), steers_(steers) {}
  ~Reporter() { xcb_disconnect(x_); }
  Reporter(const Reporter&) = delete;
  Reporter& operator=(const Reporter&) = delete;

  int run() {
    if (xcb_connection_has_error(x_) != 0) return std::fprintf(stderr, "event_reporter: no X display\n"), 1;
    screen_ = xcb_setup_roots_iterator(xcb_get_setup(x_)).data;
    const xcb_query_extension_reply_t* const input = xcb_get_extension_data(x_, &xcb_input_id);
    if (input == nullptr || input->present == 0) return std::fprintf(stderr, "event_reporter: no XInput\n"), 1;
    opcode_ = input->major_opcode;
    Ptr<xcb_input_xi_query_version_reply_t>(
        xcb_input_xi_query_version_reply(x_, xcb_input_xi_query_version(x_, 2, 2), nullptr));
    open_window();
    select();
    Ptr<xcb_get_input_focus_reply_t>(xcb_get_input_focus_reply(x_, xcb_get_input_focus(x_), nullptr));
    say("{\"type\":\"ready\"}\n");
    for (;;) {
      const Ptr<xcb_generic_event_t> event(xcb_wait_for_event(x_));
      if (!event) return 0;
      handle(*event);
    }
  }

 private:
  template <class... Values>
  void say(const char* format, Values... values) {
    std::printf(format, values...);
    std::fflush(stdout);
  }

  void open_window() {
    window_ = xcb_generate_id(x_);
    const uint32_t values[] = {shade_, 1, XCB_EVENT_MASK_EXPOSURE | XCB_EVENT_MASK_FOCUS_CHANGE};
    xcb_create_window(x_, XCB_COPY_FROM_PARENT, window_, screen_->root, 0, 0, 16384, 16384, 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                      XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK, values);
    xcb_map_window(x_, window_);
    take_focus();
    if (steers_) hide_cursor();
  }

  void take_focus() { xcb_set_input_focus(x_, XCB_INPUT_FOCUS_POINTER_ROOT, window_, XCB_CURRENT_TIME); }

  // As programs do it: by a cursor in which no pixel is set.
  void hide_cursor() {
    const xcb_pixmap_t nothing = xcb_generate_id(x_);
    const xcb_cursor_t cursor = xcb_generate_id(x_);
    const xcb_gcontext_t gc = xcb_generate_id(x_);
    xcb_create_pixmap(x_, 1, nothing, window_, 1, 1);
    const uint32_t clear = 0;
    xcb_create_gc(x_, gc, nothing, XCB_GC_FOREGROUND, &clear);
    const xcb_rectangle_t all{0, 0, 1, 1};
    xcb_poly_fill_rectangle(x_, nothing, gc, 1, &all);
    xcb_create_cursor(x_, cursor, nothing, nothing, 0, 0, 0, 0, 0, 0, 0, 0);
    xcb_change_window_attributes(x_, window_, XCB_CW_CURSOR, &cursor);
  }

  void select() {
    struct {
      xcb_input_event_mask_t head;
      uint32_t mask;
    } wanted{{XCB_INPUT_DEVICE_ALL_MASTER, 1},
             XCB_INPUT_XI_EVENT_MASK_MOTION | XCB_INPUT_XI_EVENT_MASK_BUTTON_PRESS |
                 XCB_INPUT_XI_EVENT_MASK_BUTTON_RELEASE | XCB_INPUT_XI_EVENT_MASK_KEY_PRESS |
                 XCB_INPUT_XI_EVENT_MASK_KEY_RELEASE};
    xcb_input_xi_select_events(x_, window_, 1, &wanted.head);
    if (!steers_) return;
    wanted.mask = XCB_INPUT_XI_EVENT_MASK_RAW_MOTION;
    xcb_input_xi_select_events(x_, screen_->root, 1, &wanted.head);
  }

  void handle(const xcb_generic_event_t& event) {
    // A window manager gives the focus to another window a moment after one has gone, perhaps that of a reporter before.
    if ((event.response_type & 0x7f) == XCB_FOCUS_OUT && taken_back_++ < kMostTakenBack) {
      take_focus();
      xcb_flush(x_);
    }
    if ((event.response_type & 0x7f) != XCB_GE_GENERIC) return;
    const auto& generic = reinterpret_cast<const xcb_ge_generic_event_t&>(event);
    if (generic.extension != opcode_) return;
    if (generic.event_type == XCB_INPUT_RAW_MOTION) {
      return moved_raw(reinterpret_cast<const xcb_input_raw_button_press_event_t&>(event));
    }
    // Motion, buttons and keys have one layout.
    const auto& input = reinterpret_cast<const xcb_input_button_press_event_t&>(event);
    switch (generic.event_type) {
      case XCB_INPUT_MOTION: return moved(input);
      case XCB_INPUT_BUTTON_PRESS: return report(input, "button", true);
      case XCB_INPUT_BUTTON_RELEASE: return report(input, "button", false);
      case XCB_INPUT_KEY_PRESS: return report(input, "key", true);
      case XCB_INPUT_KEY_RELEASE: return report(input, "key", false);
      default: return;
    }
  }

  void moved(const xcb_input_button_press_event_t& input) {
    if (!steers_) return report(input, "motion", false);
    const int16_t x = static_cast<int16_t>(screen_->width_in_pixels / 2);
    const int16_t y = static_cast<int16_t>(screen_->height_in_pixels / 2);
    const int dx = (input.root_x >> 16) - x;
    const int dy = (input.root_y >> 16) - y;
    if (dx == 0 && dy == 0) return;
    say("{\"type\":\"turn\",\"dx\":%d,\"dy\":%d}\n", dx, dy);
    xcb_warp_pointer(x_, XCB_NONE, screen_->root, 0, 0, 0, 0, x, y);
    // What it steers looks different then.
    const uint32_t colour = shade_ ^= 0x1000;
    xcb_change_window_attributes(x_, window_, XCB_CW_BACK_PIXEL, &colour);
    xcb_clear_area(x_, 0, window_, 0, 0, 64, 64);
    xcb_flush(x_);
  }

  // Distances before acceleration, of a device that has no places.
  void moved_raw(const xcb_input_raw_button_press_event_t& motion) {
    const uint32_t* const mask = xcb_input_raw_button_press_valuator_mask(&motion);
    const xcb_input_fp3232_t* value = xcb_input_raw_button_press_axisvalues_raw(&motion);
    double moved[2] = {0, 0};
    for (int axis = 0; axis < 2; ++axis) {
      if ((mask[0] >> axis & 1) != 0) moved[axis] = value->integral + value->frac / 4294967296.0, ++value;
    }
    say("{\"type\":\"raw\",\"dx\":%.4f,\"dy\":%.4f,\"source\":%u}\n", moved[0], moved[1], motion.sourceid);
  }

  void report(const xcb_input_button_press_event_t& input, const char* type, bool down) {
    const bool emulated = (input.flags & XCB_INPUT_POINTER_EVENT_FLAGS_POINTER_EMULATED) != 0;
    say("{\"type\":\"%s\",\"down\":%s,\"detail\":%u,\"x\":%.4f,\"y\":%.4f,\"mods\":%u,\"source\":%u,\"emulated\":%s,"
        "\"valuators\":{",
        type, down ? "true" : "false", input.detail, fixed(input.root_x), fixed(input.root_y), input.mods.effective,
        input.sourceid, emulated ? "true" : "false");
    const uint32_t* const mask = xcb_input_button_press_valuator_mask(&input);
    const xcb_input_fp3232_t* value = xcb_input_button_press_axisvalues(&input);
    const char* separator = "";
    for (int axis = 0; axis < input.valuators_len * 32; ++axis) {
      if ((mask[axis / 32] >> (axis % 32) & 1) == 0) continue;
      say("%s\"%d\":%.4f", separator, axis, value->integral + value->frac / 4294967296.0);
      separator = ",";
      ++value;
    }
    say("}}\n");
  }

  xcb_connection_t* x_;
  bool steers_;
  uint32_t shade_ = 0x20506a;
  xcb_screen_t* screen_ = nullptr;
  xcb_window_t window_ = 0;
  uint8_t opcode_ = 0;
  int taken_back_ = 0;
};

}  // namespace

int main(int count, char** words) {
  const bool steers = count > 1 && std::string_view(words[1]) == "--steers";
  return Reporter(steers).run();
}
