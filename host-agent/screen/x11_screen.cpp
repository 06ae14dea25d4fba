#include "host-agent/screen/x11_screen.h"

#include <sys/mman.h>
#include <unistd.h>
#include <xcb/randr.h>
#include <xcb/xinput.h>

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

#include "codec/enc_diff.h"
#include "host-agent/screen/cursor_image.h"
#include "protocol/limits.h"

namespace vitrine::agent {
namespace {

// Each rectangle is a request of its own (about 40 microseconds); more than these cost more than reading too much.
constexpr size_t kMostRects = 32;
constexpr int kBand = 64;
// Of a half of the shared memory, which the server fills while the other half is compared. Together they stay in the
// processor's caches, where a whole screen would not.
constexpr size_t kHalfPixels = size_t{256} << 10;

Result<void> check_format(const X11Display& display) {
  const xcb_screen_t& screen = display.screen();
  const xcb_setup_t* const setup = xcb_get_setup(display.connection());
  const Error wrong{ErrorCode::kUnsupported, "the X screen must be TrueColor with 24 bits in 32 (DefaultDepth 24)"};
  if (screen.root_depth != 24 || setup->image_byte_order != XCB_IMAGE_ORDER_LSB_FIRST) return wrong;
  for (auto at = xcb_setup_pixmap_formats_iterator(setup); at.rem > 0; xcb_format_next(&at)) {
    if (at.data->depth == 24 && at.data->bits_per_pixel != 32) return wrong;
  }
  for (auto depth = xcb_screen_allowed_depths_iterator(&screen); depth.rem > 0; xcb_depth_next(&depth)) {
    for (auto at = xcb_depth_visuals_iterator(depth.data); at.rem > 0; xcb_visualtype_next(&at)) {
      if (at.data->visual_id == screen.root_visual && at.data->red_mask != 0xff0000) return wrong;
    }
  }
  return {};
}

}  // namespace

std::vector<Rect> merge_into_bands(std::span<const Rect> rects, size_t most) {
  if (rects.size() <= most) return {rects.begin(), rects.end()};
  std::map<int, Rect> bands;
  for (const Rect& rect : rects) {
    for (int band = rect.y / kBand; band * kBand < rect.bottom(); ++band) {
      const Rect part = intersect(rect, {rect.x, band * kBand, rect.width, kBand});
      bands[band] = bounding(bands[band], part);
    }
  }
  std::vector<Rect> result;
  for (const auto& [band, rect] : bands) result.push_back(rect);
  if (result.size() <= most) return result;
  // A very high screen: neighbouring bands join.
  std::vector<Rect> joined(most);
  for (size_t i = 0; i < result.size(); ++i) {
    Rect& target = joined[i * most / result.size()];
    target = bounding(target, result[i]);
  }
  return joined;
}

std::vector<std::vector<Rect>> split_into_batches(std::span<const Rect> rects, size_t most_pixels) {
  std::vector<std::vector<Rect>> batches;
  size_t free_pixels = 0;
  for (Rect rest : rects) {
    const auto width = static_cast<size_t>(rest.width);
    while (!rest.empty()) {
      if (free_pixels < width) {
        batches.emplace_back();
        free_pixels = most_pixels;
      }
      const int rows = std::min(rest.height, std::max(1, static_cast<int>(free_pixels / width)));
      batches.back().push_back({rest.x, rest.y, rest.width, rows});
      free_pixels -= std::min(free_pixels, width * static_cast<size_t>(rows));
      rest.y += rows;
      rest.height -= rows;
    }
  }
  return batches;
}

// --- shared memory ----------------------------------------------------------------------------------------------

SharedPixels::SharedPixels(X11Display& display, uint32_t* memory, size_t bytes, xcb_shm_seg_t segment)
    : display_(display), memory_(memory), bytes_(bytes), segment_(segment) {}

SharedPixels::~SharedPixels() {
  xcb_shm_detach(display_.connection(), segment_);
  munmap(memory_, bytes_);
}

Result<std::unique_ptr<SharedPixels>> SharedPixels::create(X11Display& display, size_t pixels) {
  const size_t bytes = pixels * 4;
  const int fd = memfd_create("vitrine-screen", MFD_CLOEXEC);
  if (fd < 0 || ftruncate(fd, static_cast<off_t>(bytes)) != 0) {
    if (fd >= 0) close(fd);
    return Error{ErrorCode::kExhausted, "no memory for a copy of the screen"};
  }
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) {
    close(fd);
    return Error{ErrorCode::kExhausted, "no memory for a copy of the screen"};
  }
  const xcb_shm_seg_t segment = xcb_generate_id(display.connection());
  // xcb closes the descriptor once it is sent.
  const auto cookie = xcb_shm_attach_fd_checked(display.connection(), segment, fd, 0);
  const XcbPtr<xcb_generic_error_t> error(xcb_request_check(display.connection(), cookie));
  if (error != nullptr || xcb_connection_has_error(display.connection()) != 0) {
    munmap(memory, bytes);
    return display.failure("shared memory; display and agent must run on the same machine");
  }
  return std::unique_ptr<SharedPixels>(new SharedPixels(display, static_cast<uint32_t*>(memory), bytes, segment));
}

// --- the screen -------------------------------------------------------------------------------------------------

X11Screen::X11Screen(X11Display& display, RandrResizer resizer) : display_(display), resizer_(resizer) {}

X11Screen::~X11Screen() {
  if (damage_ != 0) xcb_damage_destroy(display_.connection(), damage_);
  if (region_ != 0) xcb_xfixes_destroy_region(display_.connection(), region_);
  xcb_flush(display_.connection());
}

Result<std::unique_ptr<X11Screen>> X11Screen::create(X11Display& display) {
  TRY(check_format(display));
  const RandrResizer resizer = TRY(RandrResizer::create(display));
  std::unique_ptr<X11Screen> screen(new X11Screen(display, resizer));
  TRY(screen->start());
  return screen;
}

Result<void> X11Screen::start() {
  xcb_connection_t* const x = display_.connection();
  damage_event_ = TRY(display_.extension(&xcb_damage_id, "DAMAGE"))->first_event;
  xfixes_event_ = TRY(display_.extension(&xcb_xfixes_id, "XFIXES"))->first_event;
  randr_event_ = TRY(display_.extension(&xcb_randr_id, "RANDR"))->first_event;
  xinput_opcode_ = TRY(display_.extension(&xcb_input_id, "XInputExtension"))->major_opcode;
  TRY(display_.extension(&xcb_shm_id, "MIT-SHM"));
  // A server must hear which version a client knows before it answers to the extension.
  const auto damage = xcb_damage_query_version(x, 1, 1);
  const auto xfixes = xcb_xfixes_query_version(x, 5, 0);
  const auto shm = xcb_shm_query_version(x);
  const auto xinput = xcb_input_xi_query_version(x, 2, 2);
  const XcbPtr<xcb_damage_query_version_reply_t> damage_version(xcb_damage_query_version_reply(x, damage, nullptr));
  const XcbPtr<xcb_xfixes_query_version_reply_t> xfixes_version(xcb_xfixes_query_version_reply(x, xfixes, nullptr));
  const XcbPtr<xcb_shm_query_version_reply_t> shm_version(xcb_shm_query_version_reply(x, shm, nullptr));
  const XcbPtr<xcb_input_xi_query_version_reply_t> xinput_version(xcb_input_xi_query_version_reply(x, xinput, nullptr));
  if (!damage_version || !xfixes_version || !shm_version || !xinput_version) return display_.failure("extensions");

  const uint32_t root_events = XCB_EVENT_MASK_STRUCTURE_NOTIFY;
  xcb_change_window_attributes(x, display_.root(), XCB_CW_EVENT_MASK, &root_events);
  xcb_randr_select_input(x, display_.root(), XCB_RANDR_NOTIFY_MASK_SCREEN_CHANGE | XCB_RANDR_NOTIFY_MASK_CRTC_CHANGE);
  xcb_xfixes_select_cursor_input(x, display_.root(), XCB_XFIXES_CURSOR_NOTIFY_MASK_DISPLAY_CURSOR);
  // Raw motion is told whatever window the pointer is in.
  struct {
    xcb_input_event_mask_t head;
    uint32_t mask;
  } motion{{XCB_INPUT_DEVICE_ALL_MASTER, 1}, XCB_INPUT_XI_EVENT_MASK_RAW_MOTION};
  xcb_input_xi_select_events(x, display_.root(), 1, &motion.head);

  damage_ = xcb_generate_id(x);
  xcb_damage_create(x, damage_, display_.root(), XCB_DAMAGE_REPORT_LEVEL_NON_EMPTY);
  region_ = xcb_generate_id(x);
  xcb_xfixes_create_region(x, region_, 0, nullptr);
  display_.on_event([this](const xcb_generic_event_t& event) { handle_event(event); });
  TRY(follow_size());
  return {};
}

void X11Screen::handle_event(const xcb_generic_event_t& event) {
  const uint8_t type = event.response_type & 0x7f;
  if (type == damage_event_ + XCB_DAMAGE_NOTIFY) {
    events_.damaged = true;
  } else if (type == xfixes_event_ + XCB_XFIXES_CURSOR_NOTIFY) {
    cursor_unsure_ = true;
  } else if (type == randr_event_ + XCB_RANDR_SCREEN_CHANGE_NOTIFY || type == randr_event_ + XCB_RANDR_NOTIFY ||
             type == XCB_CONFIGURE_NOTIFY) {
    size_unsure_ = true;
  } else if (type == XCB_GE_GENERIC) {
    const auto& generic = reinterpret_cast<const xcb_ge_generic_event_t&>(event);
    if (generic.extension == xinput_opcode_) pointer_unsure_ = true;
  }
}

Result<ScreenEvents> X11Screen::take_events() {
  TRY(display_.dispatch());
  if (std::exchange(size_unsure_, false)) TRY(follow_size());
  if (std::exchange(cursor_unsure_, false)) TRY(read_cursor());
  if (std::exchange(pointer_unsure_, false)) {
    TRY(read_pointer(xcb_query_pointer(display_.connection(), display_.root())));
    // Also where it is as before: a program that steers by it has put it back at once.
    events_.pointer_moved = true;
  }
  return std::exchange(events_, {});
}

Result<void> X11Screen::follow_size() {
  const RandrSetup setup = TRY(RandrSetup::read(display_));
  const Size size = setup.screen;
  std::vector<Monitor> monitors = setup.monitors();
  if (monitors == content_.monitors && size == content_.picture.size()) return {};
  content_.monitors = std::move(monitors);
  content_.most_monitors = std::clamp<size_t>(setup.outputs.size(), 1, kMaxMonitors);
  events_.rearranged = true;
  if (size == content_.picture.size()) return {};
  shared_.reset();
  shared_ = TRY(SharedPixels::create(display_, 2 * kHalfPixels));
  content_.picture = codec::Picture(size);
  whole_ = true;
  pointer_unsure_ = true;
  events_.resized = true;
  return {};
}

Result<void> X11Screen::read_cursor() {
  xcb_connection_t* const x = display_.connection();
  const auto cookie = xcb_xfixes_get_cursor_image(x);
  const XcbPtr<xcb_xfixes_get_cursor_image_reply_t> reply(xcb_xfixes_get_cursor_image_reply(x, cookie, nullptr));
  if (reply == nullptr) {
    if (xcb_connection_has_error(x) != 0) return display_.failure("GetCursorImage");
    return {};  // a screen without any pointer has no picture of it
  }
  const uint32_t* const pixels = xcb_xfixes_get_cursor_image_cursor_image(reply.get());
  const auto count = static_cast<size_t>(xcb_xfixes_get_cursor_image_cursor_image_length(reply.get()));
  CursorImage cursor =
      cursor_from_premultiplied({pixels, count}, {reply->width, reply->height}, {reply->xhot, reply->yhot});
  if (cursor == content_.cursor) return {};
  content_.cursor = std::move(cursor);
  events_.cursor_changed = true;
  return {};
}

Result<void> X11Screen::read_pointer(xcb_query_pointer_cookie_t cookie) {
  xcb_connection_t* const x = display_.connection();
  const XcbPtr<xcb_query_pointer_reply_t> reply(xcb_query_pointer_reply(x, cookie, nullptr));
  if (reply == nullptr) return display_.failure("QueryPointer");
  const Point place{reply->root_x, reply->root_y};
  if (place == content_.pointer) return {};
  content_.pointer = place;
  events_.pointer_moved = true;
  return {};
}

Result<std::vector<Rect>> X11Screen::take_damage() {
  xcb_connection_t* const x = display_.connection();
  const Rect bounds = content_.picture.bounds();
  if (std::exchange(whole_, false)) {
    xcb_damage_subtract(x, damage_, XCB_NONE, XCB_NONE);
    return std::vector<Rect>{bounds};
  }
  xcb_damage_subtract(x, damage_, XCB_NONE, region_);
  const auto cookie = xcb_xfixes_fetch_region(x, region_);
  const XcbPtr<xcb_xfixes_fetch_region_reply_t> reply(xcb_xfixes_fetch_region_reply(x, cookie, nullptr));
  if (reply == nullptr) return display_.failure("FetchRegion");
  const xcb_rectangle_t* const parts = xcb_xfixes_fetch_region_rectangles(reply.get());
  const int count = xcb_xfixes_fetch_region_rectangles_length(reply.get());
  std::vector<Rect> rects;
  for (int i = 0; i < count; ++i) {
    const Rect part = intersect({parts[i].x, parts[i].y, parts[i].width, parts[i].height}, bounds);
    if (!part.empty()) rects.push_back(part);
  }
  return merge_into_bands(rects, kMostRects);
}

X11Screen::AskedBatch X11Screen::ask(std::span<const Rect> rects, size_t offset) {
  xcb_connection_t* const x = display_.connection();
  AskedBatch asked{rects, shared_->pixels() + offset, {}};
  for (const Rect& rect : rects) {
    asked.cookies.push_back(xcb_shm_get_image(x, display_.root(), static_cast<int16_t>(rect.x),
                                              static_cast<int16_t>(rect.y), static_cast<uint16_t>(rect.width),
                                              static_cast<uint16_t>(rect.height), ~0U, XCB_IMAGE_FORMAT_Z_PIXMAP,
                                              shared_->segment(), static_cast<uint32_t>(offset * 4)));
    offset += static_cast<size_t>(rect.area());
  }
  return asked;
}

bool X11Screen::take(const AskedBatch& asked, codec::TileSet& changed) {
  bool complete = true;
  const uint32_t* from = asked.pixels;
  for (size_t i = 0; i < asked.rects.size(); ++i) {
    const XcbPtr<xcb_shm_get_image_reply_t> reply(
        xcb_shm_get_image_reply(display_.connection(), asked.cookies[i], nullptr));
    complete = complete && reply != nullptr;
    const Rect& rect = asked.rects[i];
    if (complete) codec::take_changes(from, rect.width, rect, content_.picture, changed);
    from += rect.area();
  }
  return complete;
}

// False when the server no longer had all of them.
Result<bool> X11Screen::read_pixels(std::span<const Rect> rects, codec::TileSet& changed) {
  xcb_connection_t* const x = display_.connection();
  const auto batches = split_into_batches(rects, kHalfPixels);
  // What fits is asked for at once, and the server answers at one go. Between the parts of more a program could draw,
  // and the picture would be one half of a film's frame and one half of the next.
  const bool in_parts = batches.size() > 2;
  if (in_parts) xcb_grab_server(x);
  bool complete = true;
  std::deque<AskedBatch> asked;
  for (size_t i = 0; i < batches.size(); ++i) {
    if (asked.size() == 2) {
      complete = take(asked.front(), changed) && complete;
      asked.pop_front();
    }
    asked.push_back(ask(batches[i], i % 2 * kHalfPixels));
    if (in_parts && i + 1 == batches.size()) xcb_ungrab_server(x);
    // Awaiting an answer would send no more than what it is the answer to.
    xcb_flush(x);
  }
  for (const AskedBatch& batch : asked) complete = take(batch, changed) && complete;
  if (xcb_connection_has_error(x) != 0) return display_.failure("ShmGetImage");
  return complete;
}

Result<std::vector<Rect>> X11Screen::capture() {
  // A program may have moved the pointer without an input event; looking costs nothing beside the rest.
  const auto pointer = xcb_query_pointer(display_.connection(), display_.root());
  const std::vector<Rect> rects = TRY(take_damage());
  TRY(read_pointer(pointer));
  const codec::CellGrid grid{content_.picture.size(), codec::kCellSide};
  codec::TileSet changed(grid);
  if (TRY(read_pixels(rects, changed))) return codec::areas_of(changed, grid);
  // The screen became smaller while it was read. What was not read is read after the new size is known.
  whole_ = true;
  size_unsure_ = true;
  events_.damaged = true;
  return codec::areas_of(changed, grid);
}

Result<void> X11Screen::resize(const ScreenMode& wanted) {
  TRY(resizer_.resize(wanted));
  size_unsure_ = true;
  return {};
}

}  // namespace vitrine::agent
