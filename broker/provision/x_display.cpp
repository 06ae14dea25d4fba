#include "broker/provision/x_display.h"

#include <fmt/format.h>
#include <xcb/xcb.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

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
  bool resources = false;
  // Reading properties takes replies, which may queue further events: around until there is none.
  do {
    properties = false;
    resources = false;
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
          resources = resources || notify->atom == XCB_ATOM_RESOURCE_MANAGER;
          properties = properties || notify->atom == check_atom_ || notify->atom == list_atom_;
          break;
        }
        case XCB_SELECTION_CLEAR:
          // The window's end is what tells the clients to look for the new manager.
          if (settings_window_ != 0) xcb_destroy_window(connection_, std::exchange(settings_window_, 0));
          xcb_flush(connection_);
          settings_taken_over_ = true;
          break;
        default: break;
      }
    }
    if (properties) read_properties();
    if (resources) edit_resources();
  } while (properties || resources);
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

void XDisplay::keep_resources(ResourceEdit edit) {
  resource_edit_ = std::move(edit);
  edit_resources();
}

void XDisplay::edit_resources() {
  if (!resource_edit_) return;
  constexpr uint32_t kMostWords = 64 * 1024;  // real ones are a few kB
  // Nobody writes between reading and writing.
  xcb_grab_server(connection_);
  const auto cookie =
      xcb_get_property(connection_, 0, root_, XCB_ATOM_RESOURCE_MANAGER, XCB_ATOM_STRING, 0, kMostWords);
  const Reply<xcb_get_property_reply_t> reply(xcb_get_property_reply(connection_, cookie, nullptr));
  if (reply && reply->bytes_after == 0) {
    const std::string text(static_cast<const char*>(xcb_get_property_value(reply.get())),
                           static_cast<size_t>(xcb_get_property_value_length(reply.get())));
    if (const auto edited = resource_edit_(text)) {
      xcb_change_property(connection_, XCB_PROP_MODE_REPLACE, root_, XCB_ATOM_RESOURCE_MANAGER, XCB_ATOM_STRING, 8,
                          static_cast<uint32_t>(edited->size()), edited->data());
    }
  }
  xcb_ungrab_server(connection_);
  xcb_flush(connection_);
}

void XDisplay::publish_settings(const std::string& property) {
  if (settings_taken_over_) return;
  const bool first = settings_window_ == 0;
  if (first) {
    settings_window_ = xcb_generate_id(connection_);
    xcb_create_window(connection_, XCB_COPY_FROM_PARENT, settings_window_, root_, -1, -1, 1, 1, 0,
                      XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT, 0, nullptr);
  }
  const uint32_t settings = atom("_XSETTINGS_SETTINGS");
  xcb_change_property(connection_, XCB_PROP_MODE_REPLACE, settings_window_, settings, settings, 8,
                      static_cast<uint32_t>(property.size()), property.data());
  if (first) own_settings();
  xcb_flush(connection_);
}

void XDisplay::own_settings() {
  const uint32_t selection = atom("_XSETTINGS_S0");
  xcb_set_selection_owner(connection_, settings_window_, selection, XCB_CURRENT_TIME);
  xcb_client_message_event_t announcement{};
  announcement.response_type = XCB_CLIENT_MESSAGE;
  announcement.format = 32;
  announcement.window = root_;
  announcement.type = atom("MANAGER");
  announcement.data.data32[1] = selection;
  announcement.data.data32[2] = settings_window_;
  xcb_send_event(connection_, 0, root_, XCB_EVENT_MASK_STRUCTURE_NOTIFY, reinterpret_cast<const char*>(&announcement));
}

void XDisplay::lay_out_maximized() {
  constexpr uint32_t kMostWindows = 1024;
  const auto cookie = xcb_get_property(connection_, 0, root_, list_atom_, XCB_ATOM_WINDOW, 0, kMostWindows);
  const Reply<xcb_get_property_reply_t> list(xcb_get_property_reply(connection_, cookie, nullptr));
  if (!list || list->format != 32) return;
  const auto* const windows = static_cast<const xcb_window_t*>(xcb_get_property_value(list.get()));
  const uint32_t state = atom("_NET_WM_STATE");
  const uint32_t sideways = atom("_NET_WM_STATE_MAXIMIZED_HORZ");
  const uint32_t upright = atom("_NET_WM_STATE_MAXIMIZED_VERT");
  for (uint32_t i = 0; i < list->value_len; ++i) {
    const auto asked = xcb_get_property(connection_, 0, windows[i], state, XCB_ATOM_ATOM, 0, kMostWindows);
    const Reply<xcb_get_property_reply_t> states(xcb_get_property_reply(connection_, asked, nullptr));
    if (!states || states->format != 32) continue;
    const auto* const first = static_cast<const uint32_t*>(xcb_get_property_value(states.get()));
    if (std::find(first, first + states->value_len, upright) == first + states->value_len) continue;
    for (const uint32_t add : {0U, 1U}) {
      xcb_client_message_event_t request{};
      request.response_type = XCB_CLIENT_MESSAGE;
      request.format = 32;
      request.window = windows[i];
      request.type = state;
      request.data.data32[0] = add;
      request.data.data32[1] = sideways;
      request.data.data32[2] = upright;
      request.data.data32[3] = 2;  // asked by the user's tools
      xcb_send_event(connection_, 0, root_, XCB_EVENT_MASK_SUBSTRUCTURE_REDIRECT | XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY,
                     reinterpret_cast<const char*>(&request));
    }
  }
  xcb_flush(connection_);
}

}  // namespace vitrine::broker
