// Hands out what the agent owns as the CLIPBOARD selection (ICCCM 2.2 and 2.7.2): answers requests of programs, large
// content in increments.
#pragma once

#include <deque>
#include <map>

#include "host-agent/clipboard/desktop_clipboard.h"
#include "host-agent/x11/x11_display.h"

namespace vitrine::agent {

// The names by which programs ask for a format, the best one first.
struct ClipTargets {
  std::vector<xcb_atom_t> text;
  std::vector<xcb_atom_t> html;
  std::vector<xcb_atom_t> image;

  static Result<ClipTargets> create(X11Display& display);
  // 0: none of ours.
  [[nodiscard]] uint32_t format_of(xcb_atom_t target) const;
  [[nodiscard]] const std::vector<xcb_atom_t>& of(uint32_t format) const;
};

// One thread.
class X11ClipServer {
 public:
  static Result<std::unique_ptr<X11ClipServer>> create(X11Display& display, const ClipTargets& targets);

  // Another content, in these formats, none of it known yet. Requests for the one before are refused.
  void begin(uint32_t formats, xcb_timestamp_t since);
  void provide(uint32_t format, ClipContent content);
  // Gives the format that a program waits for, when it is not known.
  uint32_t handle_request(const xcb_selection_request_event_t& request);
  // A program took an increment, or a window of one is gone.
  void handle_property(const xcb_property_notify_event_t& event);
  void handle_destroyed(xcb_window_t window);

 private:
  struct Transfer {
    xcb_window_t requestor = 0;
    xcb_atom_t property = 0;
    xcb_atom_t target = 0;
    ClipContent content;
    size_t sent = 0;
  };

  X11ClipServer(X11Display& display, const ClipTargets& targets) : display_(display), targets_(targets) {}
  void answer(const xcb_selection_request_event_t& request, bool granted) const;
  void refuse(uint32_t format);
  bool put_targets(const xcb_selection_request_event_t& request) const;
  void put_content(const xcb_selection_request_event_t& request, const ClipContent& content);
  void finish(const Transfer& transfer) const;

  X11Display& display_;
  const ClipTargets& targets_;
  xcb_atom_t targets_atom_ = 0;
  xcb_atom_t timestamp_atom_ = 0;
  xcb_atom_t incr_atom_ = 0;
  size_t largest_property_ = 0;  // bytes that go in one request
  uint32_t formats_ = 0;
  xcb_timestamp_t since_ = XCB_CURRENT_TIME;
  std::map<uint32_t, ClipContent> contents_;
  std::deque<xcb_selection_request_event_t> waiting_;
  std::deque<Transfer> transfers_;
};

}  // namespace vitrine::agent
