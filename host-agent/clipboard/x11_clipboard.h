// The CLIPBOARD or the PRIMARY selection of an X server (ICCCM 2) as a DesktopClipboard. Owners are noticed by XFIXES;
// content that comes in increments is put together up to kMaxClipboard. A program that selects is not asked what it
// has, because it selects with every move of the mouse: PRIMARY is taken to be text until somebody wants it.
#pragma once

#include <xcb/xfixes.h>

#include "host-agent/clipboard/x11_clip_server.h"

namespace vitrine::agent {

// One thread. The display is borrowed.
class X11Clipboard : public DesktopClipboard {
 public:
  enum class Selection : uint8_t { kClipboard, kPrimary };
  // Errors: unsupported (no XFIXES), closed.
  static Result<std::unique_ptr<X11Clipboard>> create(X11Display& display, Selection selection = Selection::kClipboard);
  ~X11Clipboard() override;

  Result<std::vector<ClipEvent>> take_events() override;
  Result<void> fetch(uint32_t format) override;
  Result<void> own(uint32_t formats) override;
  Result<void> provide(uint32_t format, ClipContent content) override;

 private:
  explicit X11Clipboard(X11Display& display) : display_(display) {}
  Result<void> start(Selection selection);
  // The window that content is put on; with it goes what a program was putting there.
  void open_reader();
  void stop_fetching();
  void handle_event(const xcb_generic_event_t& event);
  void owner_changed(const xcb_xfixes_selection_notify_event_t& event);
  void converted(const xcb_selection_notify_event_t& event);
  void read_targets();
  // Reads the property that the owner filled, and deletes it, which asks for the next increment.
  void read_content();
  // `too_large`: bytes that are above the limit; 0: none are.
  void fetched(bool usable, size_t too_large);
  [[nodiscard]] Result<void> state() const;

  X11Display& display_;
  ClipTargets targets_;
  std::unique_ptr<X11ClipServer> server_;
  xcb_window_t window_ = 0;
  xcb_window_t reader_ = 0;
  xcb_atom_t selection_ = 0;
  xcb_atom_t targets_atom_ = 0;
  xcb_atom_t incr_atom_ = 0;
  xcb_atom_t targets_property_ = 0;  // of our windows, where answers are put
  xcb_atom_t content_property_ = 0;
  uint8_t xfixes_event_ = 0;

  std::vector<xcb_atom_t> offered_;  // targets of the program that owns the clipboard
  bool is_primary_ = false;
  bool own_ = false;
  uint32_t fetching_ = 0;
  bool in_increments_ = false;
  Bytes content_;
  std::vector<ClipEvent> events_;
};

}  // namespace vitrine::agent
