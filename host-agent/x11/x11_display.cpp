#include "host-agent/x11/x11_display.h"

#include <utility>

namespace vitrine::agent {
namespace {

std::string display_name(const std::string& given) {
  if (!given.empty()) return given;
  const char* const environment = std::getenv("DISPLAY");
  return environment == nullptr ? "" : environment;
}

}  // namespace

X11Display::X11Display(xcb_connection_t* connection, const xcb_screen_t* screen, std::string name)
    : connection_(connection), screen_(screen), name_(std::move(name)) {}

X11Display::~X11Display() {
  xcb_disconnect(connection_);
}

Result<std::unique_ptr<X11Display>> X11Display::connect(const std::string& given) {
  const std::string name = display_name(given);
  if (name.empty()) {
    return Error{ErrorCode::kInvalidArgument, "no display was named: set DISPLAY or give --display"};
  }
  int number = 0;
  xcb_connection_t* const connection = xcb_connect(name.c_str(), &number);
  if (const int fault = xcb_connection_has_error(connection); fault != 0) {
    xcb_disconnect(connection);
    if (fault == XCB_CONN_CLOSED_PARSE_ERR) {
      return Error{ErrorCode::kInvalidArgument, "'" + name + "' is not the name of a display; it looks like :1"};
    }
    return Error{ErrorCode::kUnavailable, "cannot reach the X server of display " + name +
                                              "; check that it runs and that XAUTHORITY names its file"};
  }
  xcb_screen_iterator_t screens = xcb_setup_roots_iterator(xcb_get_setup(connection));
  for (; number > 0 && screens.rem > 1; --number) xcb_screen_next(&screens);
  std::unique_ptr<X11Display> display(new X11Display(connection, screens.data, name));
  return display;
}

Error X11Display::failure(const char* request) const {
  if (xcb_connection_has_error(connection_) != 0) {
    return {ErrorCode::kClosed, "the X server of display " + name_ + " is gone"};
  }
  return {ErrorCode::kInternal, "the X server of display " + name_ + " refused " + request};
}

Result<const xcb_query_extension_reply_t*> X11Display::extension(xcb_extension_t* id, const char* extension_name) {
  const xcb_query_extension_reply_t* const reply = xcb_get_extension_data(connection_, id);
  if (xcb_connection_has_error(connection_) != 0) return failure(extension_name);
  if (reply == nullptr || reply->present == 0) {
    return Error{ErrorCode::kUnsupported,
                 "the X server of display " + name_ + " lacks the extension " + extension_name};
  }
  return reply;
}

Result<xcb_atom_t> X11Display::atom(const std::string& atom_name) {
  const auto cookie = xcb_intern_atom(connection_, 0, static_cast<uint16_t>(atom_name.size()), atom_name.c_str());
  const XcbPtr<xcb_intern_atom_reply_t> reply(xcb_intern_atom_reply(connection_, cookie, nullptr));
  if (reply == nullptr) return failure("InternAtom");
  return reply->atom;
}

Result<void> X11Display::dispatch() {
  while (XcbPtr<xcb_generic_event_t> event{xcb_poll_for_event(connection_)}) {
    for (const Handler& handler : handlers_) handler(*event);
  }
  if (xcb_connection_has_error(connection_) != 0) return failure("events");
  return {};
}

bool X11Display::dispatch_unread() {
  bool any = false;
  while (XcbPtr<xcb_generic_event_t> event{xcb_poll_for_queued_event(connection_)}) {
    any = true;
    for (const Handler& handler : handlers_) handler(*event);
  }
  return any;
}

}  // namespace vitrine::agent
