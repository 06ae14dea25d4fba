// The little of X11 that the workloads share: a window of its own that no window manager touches, pixmaps, and shared
// memory. Owned by one thread; a broken connection ends the program's loop, as it does for any X client.
#pragma once

#include <xcb/shm.h>
#include <xcb/xcb.h>

#include <functional>
#include <memory>

#include "bench/session/workloads/picture.h"
#include "protocol/base/time.h"

namespace vitrine {

class XWindow {
 public:
  // Opens the display that the environment names, with a mapped window at `place`; an empty one is the whole screen.
  [[nodiscard]] static Result<std::unique_ptr<XWindow>> create(Rect place, uint32_t background);
  ~XWindow();
  XWindow(const XWindow&) = delete;

  [[nodiscard]] xcb_connection_t* connection() const { return connection_; }
  [[nodiscard]] xcb_window_t window() const { return window_; }
  [[nodiscard]] xcb_gcontext_t context() const { return context_; }
  [[nodiscard]] Rect place() const { return place_; }
  [[nodiscard]] uint8_t depth() const { return depth_; }

  // All keys go to this window until it is gone.
  [[nodiscard]] Result<void> grab_keyboard();
  void put(xcb_drawable_t drawable, const WorkloadPicture& picture, Rect part, int x, int y);
  void fill(const Rect& rect, uint32_t colour);
  // The picture as a pixmap of the server.
  [[nodiscard]] xcb_pixmap_t upload(const WorkloadPicture& picture);
  void flush() { xcb_flush(connection_); }
  // A picture of the server's that this program draws into without sending it; `pixels` is shared memory.
  struct Shared {
    xcb_shm_seg_t segment = 0;
    uint32_t* pixels = nullptr;
  };
  [[nodiscard]] Result<Shared> share(Size size);

  // Gives events to `on_event` and calls `on_time` at the time it last returned (kNever: not again), until standard
  // input ends or the display goes away.
  void run(const std::function<void(const xcb_generic_event_t&)>& on_event,
           const std::function<Micros(Micros)>& on_time);

 private:
  XWindow() = default;
  xcb_connection_t* connection_ = nullptr;
  xcb_window_t window_ = 0;
  xcb_gcontext_t context_ = 0;
  Rect place_;
  uint8_t depth_ = 24;
};

// Prints {"event": name, "n": n, "time_us": now} with the time of the wall clock, for whoever started the workload.
void report(const char* name, int64_t n);

}  // namespace vitrine
