#include "bench/session/workloads/x_window.h"

#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace vitrine {
namespace {

struct Free {
  void operator()(void* reply) const { std::free(reply); }
};

// An X request holds at most 256 KiB unless more was negotiated.
constexpr size_t kPutBytes = 200 * 1024;

}  // namespace

Result<std::unique_ptr<XWindow>> XWindow::create(Rect place, uint32_t background) {
  std::unique_ptr<XWindow> self(new XWindow);
  self->connection_ = xcb_connect(nullptr, nullptr);
  if (xcb_connection_has_error(self->connection_) != 0) {
    return Error{ErrorCode::kUnavailable, "cannot open the display; set DISPLAY and XAUTHORITY"};
  }
  xcb_connection_t* connection = self->connection_;
  const xcb_screen_t* screen = xcb_setup_roots_iterator(xcb_get_setup(connection)).data;
  if (screen->root_depth != 24) return Error{ErrorCode::kUnsupported, "the workloads want a display of depth 24"};
  self->depth_ = screen->root_depth;
  // The screen may have another size than at the server's start, so it is asked.
  const std::unique_ptr<xcb_get_geometry_reply_t, Free> root(
      xcb_get_geometry_reply(connection, xcb_get_geometry(connection, screen->root), nullptr));
  if (!root) return Error{ErrorCode::kUnavailable, "the display went away"};
  self->place_ = place.empty() ? Rect{0, 0, root->width, root->height} : place;
  self->window_ = xcb_generate_id(connection);
  const std::array<uint32_t, 3> values = {background, 1 /* override-redirect: no frame, no policy */,
                                          XCB_EVENT_MASK_EXPOSURE | XCB_EVENT_MASK_KEY_PRESS |
                                              XCB_EVENT_MASK_BUTTON_PRESS | XCB_EVENT_MASK_BUTTON_RELEASE |
                                              XCB_EVENT_MASK_POINTER_MOTION};
  const auto& at = self->place_;
  xcb_create_window(connection, XCB_COPY_FROM_PARENT, self->window_, screen->root, static_cast<int16_t>(at.x),
                    static_cast<int16_t>(at.y), static_cast<uint16_t>(at.width), static_cast<uint16_t>(at.height), 0,
                    XCB_WINDOW_CLASS_INPUT_OUTPUT, screen->root_visual,
                    XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK, values.data());
  self->context_ = xcb_generate_id(connection);
  const uint32_t no_exposures = 0;
  xcb_create_gc(connection, self->context_, self->window_, XCB_GC_GRAPHICS_EXPOSURES, &no_exposures);
  const uint32_t above = XCB_STACK_MODE_ABOVE;
  xcb_configure_window(connection, self->window_, XCB_CONFIG_WINDOW_STACK_MODE, &above);
  xcb_map_window(connection, self->window_);
  xcb_flush(connection);
  return self;
}

XWindow::~XWindow() {
  xcb_disconnect(connection_);
}

Result<void> XWindow::grab_keyboard() {
  const auto cookie =
      xcb_grab_keyboard(connection_, 1, window_, XCB_CURRENT_TIME, XCB_GRAB_MODE_ASYNC, XCB_GRAB_MODE_ASYNC);
  const std::unique_ptr<xcb_grab_keyboard_reply_t, Free> reply(xcb_grab_keyboard_reply(connection_, cookie, nullptr));
  if (!reply || reply->status != XCB_GRAB_STATUS_SUCCESS) {
    return Error{ErrorCode::kConflict, "another program holds the keyboard of this display"};
  }
  return {};
}

void XWindow::put(xcb_drawable_t drawable, const WorkloadPicture& picture, Rect part, int x, int y) {
  part = intersect(part, {0, 0, picture.size.width, picture.size.height});
  if (part.empty()) return;
  const size_t row_bytes = static_cast<size_t>(part.width) * 4;
  const int rows_at_once = std::max(1, static_cast<int>(kPutBytes / row_bytes));
  std::vector<uint32_t> buffer;
  for (int row = 0; row < part.height; row += rows_at_once) {
    const int rows = std::min(rows_at_once, part.height - row);
    buffer.clear();
    for (int i = 0; i < rows; ++i) {
      const uint32_t* from = picture.row(part.y + row + i) + part.x;
      buffer.insert(buffer.end(), from, from + part.width);
    }
    xcb_put_image(connection_, XCB_IMAGE_FORMAT_Z_PIXMAP, drawable, context_, static_cast<uint16_t>(part.width),
                  static_cast<uint16_t>(rows), static_cast<int16_t>(x), static_cast<int16_t>(y + row), 0, depth_,
                  static_cast<uint32_t>(buffer.size() * 4), reinterpret_cast<const uint8_t*>(buffer.data()));
  }
}

void XWindow::fill(const Rect& rect, uint32_t colour) {
  const xcb_rectangle_t area = {static_cast<int16_t>(rect.x), static_cast<int16_t>(rect.y),
                                static_cast<uint16_t>(rect.width), static_cast<uint16_t>(rect.height)};
  xcb_change_gc(connection_, context_, XCB_GC_FOREGROUND, &colour);
  xcb_poly_fill_rectangle(connection_, window_, context_, 1, &area);
}

xcb_pixmap_t XWindow::upload(const WorkloadPicture& picture) {
  const xcb_pixmap_t pixmap = xcb_generate_id(connection_);
  xcb_create_pixmap(connection_, depth_, pixmap, window_, static_cast<uint16_t>(picture.size.width),
                    static_cast<uint16_t>(picture.size.height));
  put(pixmap, picture, {0, 0, picture.size.width, picture.size.height}, 0, 0);
  return pixmap;
}

Result<XWindow::Shared> XWindow::share(Size size) {
  const size_t bytes = static_cast<size_t>(size.width) * static_cast<size_t>(size.height) * 4;
  // By descriptor, as the server may run as another user, which could not open a System V segment of this one.
  const int fd = ::memfd_create("bench-video", MFD_CLOEXEC);
  void* memory = MAP_FAILED;
  if (fd >= 0 && ::ftruncate(fd, static_cast<off_t>(bytes)) == 0) {
    memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  }
  if (memory == MAP_FAILED) return Error{ErrorCode::kExhausted, "no shared memory"};
  Shared shared{.segment = xcb_generate_id(connection_), .pixels = static_cast<uint32_t*>(memory)};
  // xcb closes the descriptor once it is sent.
  const auto cookie = xcb_shm_attach_fd_checked(connection_, shared.segment, fd, 1);
  const std::unique_ptr<xcb_generic_error_t, Free> error(xcb_request_check(connection_, cookie));
  if (error) return Error{ErrorCode::kUnsupported, "the display has no MIT-SHM 1.2"};
  return shared;
}

void XWindow::run(const std::function<void(const xcb_generic_event_t&)>& on_event,
                  const std::function<Micros(Micros)>& on_time) {
  Micros next = on_time(monotonic_now());
  for (;;) {
    while (const std::unique_ptr<xcb_generic_event_t, Free> event{xcb_poll_for_event(connection_)}) on_event(*event);
    if (xcb_connection_has_error(connection_) != 0) return;
    const Micros now = monotonic_now();
    if (now >= next) next = on_time(now);
    flush();
    std::array<pollfd, 2> fds = {{{xcb_get_file_descriptor(connection_), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
    const Micros left = std::clamp<Micros>(next - monotonic_now(), 0, 3600 * kSecond);
    const timespec wait = {left / kSecond, left % kSecond * 1000};
    (void)::ppoll(fds.data(), fds.size(), next == kNever ? nullptr : &wait, nullptr);
    std::array<char, 256> ignored;
    if (fds[1].revents != 0 && ::read(STDIN_FILENO, ignored.data(), ignored.size()) <= 0) return;
  }
}

void report(const char* name, int64_t n) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  std::printf("{\"event\":\"%s\",\"n\":%lld,\"time_us\":%lld}\n", name, static_cast<long long>(n),
              static_cast<long long>(std::chrono::duration_cast<std::chrono::microseconds>(now).count()));
  std::fflush(stdout);
}

}  // namespace vitrine
