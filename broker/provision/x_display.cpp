#include "broker/provision/x_display.h"

#include <fmt/format.h>
#include <xcb/xcb.h>

#include <cstdlib>
#include <cstring>

namespace vitrine::broker {

namespace {

template <class T>
struct FreeReply {
  void operator()(T* reply) const { std::free(reply); }
};
template <class T>
using Reply = std::unique_ptr<T, FreeReply<T>>;

}  // namespace

Result<std::unique_ptr<XDisplay>> XDisplay::open(const std::string& display, const std::string& cookie) {
  std::string name = "MIT-MAGIC-COOKIE-1";
  std::string data = cookie;
  xcb_auth_info_t auth{static_cast<int>(name.size()), name.data(), static_cast<int>(data.size()), data.data()};
  std::unique_ptr<XDisplay> opened(new XDisplay());
  opened->connection_ = xcb_connect_to_display_with_auth_info(display.c_str(), &auth, nullptr);
  if (xcb_connection_has_error(opened->connection_) != 0) {
    return Error{ErrorCode::kUnavailable, fmt::format("The display {} does not answer.", display)};
  }
  const xcb_screen_t* screen = xcb_setup_roots_iterator(xcb_get_setup(opened->connection_)).data;
  opened->root_ = screen->root;
  opened->size_ = {screen->width_in_pixels, screen->height_in_pixels};
  opened->check_atom_ = opened->atom("_NET_SUPPORTING_WM_CHECK");
  opened->list_atom_ = opened->atom("_NET_CLIENT_LIST");
  const uint32_t events = XCB_EVENT_MASK_PROPERTY_CHANGE | XCB_EVENT_MASK_STRUCTURE_NOTIFY;
  xcb_change_window_attributes(opened->connection_, opened->root_, XCB_CW_EVENT_MASK, &events);
  xcb_flush(opened->connection_);
  opened->read_properties();
  return opened;
}

XDisplay::~XDisplay() {
  xcb_disconnect(connection_);
}

int XDisplay::fd() const {
  return xcb_get_file_descriptor(connection_);
}

uint32_t XDisplay::atom(const char* name) {
  const auto cookie = xcb_intern_atom(connection_, 0, static_cast<uint16_t>(std::strlen(name)), name);
  const Reply<xcb_intern_atom_reply_t> reply(xcb_intern_atom_reply(connection_, cookie, nullptr));
  return reply ? reply->atom : uint32_t{XCB_ATOM_NONE};
}

int XDisplay::property_length(uint32_t property) {
  const auto cookie = xcb_get_property(connection_, 0, root_, property, XCB_ATOM_ANY, 0, 4096);
  const Reply<xcb_get_property_reply_t> reply(xcb_get_property_reply(connection_, cookie, nullptr));
  return reply && reply->format == 32 ? static_cast<int>(reply->value_len) : 0;
}

void XDisplay::read_properties() {
  managed_ = property_length(check_atom_) > 0;
  window_count_ = property_length(list_atom_);
}

bool XDisplay::process_events() {
  bool properties = false;
  // Reading properties takes replies, which may queue further events: around until there is none.
  do {
    properties = false;
    while (xcb_generic_event_t* event = xcb_poll_for_event(connection_)) {
      const Reply<xcb_generic_event_t> owned(event);
      switch (event->response_type & 0x7f) {
        case XCB_CONFIGURE_NOTIFY: {
          const auto* configure = reinterpret_cast<const xcb_configure_notify_event_t*>(event);
          if (configure->window == root_) size_ = {configure->width, configure->height};
          break;
        }
        case XCB_PROPERTY_NOTIFY: {
          const auto* notify = reinterpret_cast<const xcb_property_notify_event_t*>(event);
          properties = properties || notify->atom == check_atom_ || notify->atom == list_atom_;
          break;
        }
        default: break;
      }
    }
    if (properties) read_properties();
  } while (properties);
  return xcb_connection_has_error(connection_) == 0;
}

void XDisplay::set_background(uint32_t rgb) {
  xcb_change_window_attributes(connection_, root_, XCB_CW_BACK_PIXEL, &rgb);
  xcb_clear_area(connection_, 0, root_, 0, 0, 0, 0);
  xcb_flush(connection_);
}

void XDisplay::park_pointer() {
  xcb_warp_pointer(connection_, XCB_NONE, root_, 0, 0, 0, 0, static_cast<int16_t>(size_.width - 1),
                   static_cast<int16_t>(size_.height / 2));
  xcb_flush(connection_);
}

}  // namespace vitrine::broker
