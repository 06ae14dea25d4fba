// The keyboard and the pointers of a display, as far as they are its supervisor's.
#include <xcb/xinput.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "broker/provision/x_display.h"
#include "protocol/input_devices.h"

namespace vitrine::broker {

namespace {

std::vector<xcb_input_device_id_t> own_pointers(xcb_connection_t* x) {
  std::vector<xcb_input_device_id_t> found;
  auto* const reply = xcb_input_xi_query_device_reply(x, xcb_input_xi_query_device(x, XCB_INPUT_DEVICE_ALL), nullptr);
  if (reply == nullptr) return found;
  for (auto at = xcb_input_xi_query_device_infos_iterator(reply); at.rem > 0; xcb_input_xi_device_info_next(&at)) {
    const std::string_view name(xcb_input_xi_device_info_name(at.data),
                                static_cast<size_t>(xcb_input_xi_device_info_name_length(at.data)));
    const auto is_named = [name](const InputDevice& device) { return device.name == name; };
    if (std::ranges::any_of(kInputDevices, is_named)) found.push_back(at.data->deviceid);
  }
  std::free(reply);
  return found;
}

}  // namespace

void XDisplay::name_keyboard_rules() {
  // Rules, model, layout, variant and options, each with a NUL behind it.
  constexpr std::string_view kRead("base\0", 5);
  constexpr std::string_view kReal("evdev\0", 6);
  constexpr uint32_t kMostWords = 256;
  const uint32_t names = atom("_XKB_RULES_NAMES");
  const auto asked = xcb_get_property(connection_, 0, root_, names, XCB_ATOM_STRING, 0, kMostWords);
  auto* const reply = xcb_get_property_reply(connection_, asked, nullptr);
  if (reply == nullptr) return;
  std::string text(static_cast<const char*>(xcb_get_property_value(reply)),
                   static_cast<size_t>(xcb_get_property_value_length(reply)));
  std::free(reply);
  if (!text.starts_with(kRead)) return;
  text.replace(0, kRead.size(), kReal);
  xcb_change_property(connection_, XCB_PROP_MODE_REPLACE, root_, names, XCB_ATOM_STRING, 8,
                      static_cast<uint32_t>(text.size()), text.data());
  xcb_flush(connection_);
}

void XDisplay::switch_off_pointers() {
  constexpr uint8_t kBitsEach = 8;
  constexpr uint8_t kOff = 0;
  const uint32_t enabled = atom("Device Enabled");
  for (const xcb_input_device_id_t device : own_pointers(connection_)) {
    // Checked, so that it is done before whoever comes next switches the device on.
    const auto asked = xcb_input_xi_change_property_checked(connection_, device, XCB_PROP_MODE_REPLACE, kBitsEach,
                                                            enabled, XCB_ATOM_INTEGER, 1, &kOff);
    std::free(xcb_request_check(connection_, asked));
  }
}

}  // namespace vitrine::broker
