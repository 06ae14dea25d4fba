// The switches of a display's input devices, for tests.
#pragma once

#include <xcb/xcb.h>
#include <xcb/xinput.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "broker/provision/provisioner.h"

namespace vitrine::broker {

class DeviceSwitch {
 public:
  DeviceSwitch(const DesktopReport& desktop, std::string_view device) : x_(nullptr, &xcb_disconnect) {
    ::setenv("XAUTHORITY", desktop.xauthority.c_str(), 1);
    x_.reset(xcb_connect(desktop.display.c_str(), nullptr));
    ::unsetenv("XAUTHORITY");
    const std::string_view property = "Device Enabled";
    const auto named = xcb_intern_atom(x(), 0, static_cast<uint16_t>(property.size()), property.data());
    const auto atom = take(xcb_intern_atom_reply(x(), named, nullptr));
    const auto all =
        take(xcb_input_xi_query_device_reply(x(), xcb_input_xi_query_device(x(), XCB_INPUT_DEVICE_ALL), nullptr));
    if (!atom || !all) return;
    property_ = atom->atom;
    for (auto at = xcb_input_xi_query_device_infos_iterator(all.get()); at.rem > 0;
         xcb_input_xi_device_info_next(&at)) {
      const auto length = static_cast<size_t>(xcb_input_xi_device_info_name_length(at.data));
      if (std::string_view(xcb_input_xi_device_info_name(at.data), length) == device) id_ = at.data->deviceid;
    }
  }

  [[nodiscard]] bool there() const { return id_.has_value(); }

  void turn(bool on) {
    const uint8_t value = on ? 1 : 0;
    std::free(xcb_request_check(x(), xcb_input_xi_change_property_checked(x(), *id_, XCB_PROP_MODE_REPLACE, 8,
                                                                          property_, XCB_ATOM_INTEGER, 1, &value)));
  }
  [[nodiscard]] bool is_on() const {
    const auto asked = xcb_input_xi_get_property(x(), *id_, 0, property_, XCB_ATOM_ANY, 0, 1);
    const auto reply = take(xcb_input_xi_get_property_reply(x(), asked, nullptr));
    if (!reply || reply->num_items != 1) return false;
    return *static_cast<const uint8_t*>(xcb_input_xi_get_property_items(reply.get())) != 0;
  }

 private:
  template <class T>
  static std::unique_ptr<T, decltype(&std::free)> take(T* reply) {
    return {reply, &std::free};
  }
  [[nodiscard]] xcb_connection_t* x() const { return x_.get(); }

  std::unique_ptr<xcb_connection_t, decltype(&xcb_disconnect)> x_;
  std::optional<xcb_input_device_id_t> id_;
  xcb_atom_t property_ = 0;
};

}  // namespace vitrine::broker
