// The screen of an X server.
//
// XDamage says once that something was drawn and then stays silent until the damage is taken, so a screen that nobody
// looks at costs nothing. capture() takes the damage first and reads the pixels after: what is drawn in between is
// damage again. Pixels come through MIT-SHM, only the damaged rectangles, into memory of two halves: the server fills
// one while the other is compared. XDamage reports more than changes; the codec compares.
#pragma once

#include <xcb/damage.h>
#include <xcb/shm.h>
#include <xcb/xfixes.h>

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "codec/tile_set.h"
#include "host-agent/screen/randr_resizer.h"
#include "host-agent/screen/screen_source.h"
#include "host-agent/x11/x11_display.h"

namespace vitrine::agent {

// At most `most` rectangles that cover the same pixels and some more: bands of 64 rows.
std::vector<Rect> merge_into_bands(std::span<const Rect> rects, size_t most);

// The same rectangles, cut by rows into batches of at most `most_pixels`, which is a row at least.
std::vector<std::vector<Rect>> split_into_batches(std::span<const Rect> rects, size_t most_pixels);

// Memory shared with the X server.
class SharedPixels {
 public:
  // Errors: io, exhausted, closed.
  static Result<std::unique_ptr<SharedPixels>> create(X11Display& display, size_t pixels);
  ~SharedPixels();
  SharedPixels(const SharedPixels&) = delete;
  SharedPixels& operator=(const SharedPixels&) = delete;

  [[nodiscard]] xcb_shm_seg_t segment() const { return segment_; }
  [[nodiscard]] const uint32_t* pixels() const { return memory_; }

 private:
  SharedPixels(X11Display& display, uint32_t* memory, size_t bytes, xcb_shm_seg_t segment);

  X11Display& display_;
  uint32_t* memory_;
  size_t bytes_;
  xcb_shm_seg_t segment_;
};

// One thread. The display is borrowed.
class X11Screen : public ScreenSource {
 public:
  // Errors: unsupported (an extension or the pixel format is missing), closed.
  static Result<std::unique_ptr<X11Screen>> create(X11Display& display);
  ~X11Screen() override;

  Result<ScreenEvents> take_events() override;
  Result<std::vector<Rect>> capture() override;
  [[nodiscard]] const ScreenContent& content() const override { return content_; }
  Result<void> resize(const ScreenMode& wanted) override;

 private:
  X11Screen(X11Display& display, RandrResizer resizer);
  Result<void> start();
  void handle_event(const xcb_generic_event_t& event);
  Result<void> follow_size();
  Result<void> read_cursor();
  Result<void> read_pointer(xcb_query_pointer_cookie_t cookie);
  Result<std::vector<Rect>> take_damage();
  struct AskedBatch {
    std::span<const Rect> rects;
    const uint32_t* pixels;  // of the first, the others follow
    std::vector<xcb_shm_get_image_cookie_t> cookies;
  };
  // Has the server put these into the shared memory from pixel `offset` on.
  AskedBatch ask(std::span<const Rect> rects, size_t offset);
  // False when the server did not have all of them.
  bool take(const AskedBatch& asked, codec::TileSet& changed);
  // False when the screen changed its size in the meantime.
  Result<bool> read_pixels(std::span<const Rect> rects, codec::TileSet& changed);

  X11Display& display_;
  RandrResizer resizer_;
  ScreenContent content_;
  ScreenEvents events_;
  std::unique_ptr<SharedPixels> shared_;
  xcb_damage_damage_t damage_ = 0;
  xcb_xfixes_region_t region_ = 0;
  uint8_t damage_event_ = 0;
  uint8_t xfixes_event_ = 0;
  uint8_t randr_event_ = 0;
  uint8_t xinput_opcode_ = 0;
  bool size_unsure_ = false;
  bool cursor_unsure_ = true;
  bool pointer_unsure_ = true;
  bool whole_ = true;  // the next capture reads everything
};

}  // namespace vitrine::agent
