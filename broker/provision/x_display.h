// The supervisor's own connection to the display it keeps: paints the background, watches the window manager, the
// windows and the size, and notices at once when the display goes.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "protocol/base/geometry.h"
#include "protocol/base/result.h"

struct xcb_connection_t;

namespace vitrine::broker {

class XDisplay {
 public:
  // `display`: ":7"; `cookie`: 16 bytes. Errors: unavailable.
  static Result<std::unique_ptr<XDisplay>> open(const std::string& display, const std::string& cookie);
  ~XDisplay();
  XDisplay(const XDisplay&) = delete;
  XDisplay& operator=(const XDisplay&) = delete;

  [[nodiscard]] int fd() const;
  // Takes what has happened. False: the display is gone.
  bool process_events();

  void set_background(uint32_t rgb);
  // To the middle of the right edge, where it hovers over nothing; a server starts with it in the middle.
  void park_pointer();
  // What make_keyboard_folder() gave the server for "base" by its real name, for programs that change the layout.
  void name_keyboard_rules();
  // The driver of the display's own pointers reads the end of a dead agent's socket for ever, at all of a processor.
  // Off they close it, and lift what they hold; the next agent switches them on.
  void switch_off_pointers();
  // Edits RESOURCE_MANAGER by `edit`, now and after each change; it gives nothing when nothing is to be done.
  using ResourceEdit = std::function<std::optional<std::string>(const std::string&)>;
  void keep_resources(ResourceEdit edit);
  // Becomes the settings manager of the display (XSETTINGS) and publishes `property`, until a program that wants to be
  // the manager takes over.
  void publish_settings(const std::string& property);
  // Lets the maximized windows be laid out again by the window manager.
  void lay_out_maximized();
  [[nodiscard]] Size size() const { return size_; }
  // A window manager is at work (EWMH, _NET_SUPPORTING_WM_CHECK).
  [[nodiscard]] bool managed() const { return managed_; }
  // Windows it manages (_NET_CLIENT_LIST).
  [[nodiscard]] int window_count() const { return window_count_; }

 private:
  XDisplay() = default;
  uint32_t atom(const char* name);
  // Length of a root property in 32-bit units.
  int property_length(uint32_t property);
  void read_properties();
  void edit_resources();
  void own_settings();

  xcb_connection_t* connection_ = nullptr;
  uint32_t root_ = 0;
  uint32_t check_atom_ = 0;
  uint32_t list_atom_ = 0;
  ResourceEdit resource_edit_;
  uint32_t settings_window_ = 0;
  bool settings_taken_over_ = false;
  Size size_;
  bool managed_ = false;
  int window_count_ = 0;
};

}  // namespace vitrine::broker
