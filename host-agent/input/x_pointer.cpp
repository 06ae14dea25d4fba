#include "host-agent/input/x_pointer.h"

#include <spdlog/spdlog.h>
#include <xcb/xtest.h>

#include <cstdlib>
#include <iterator>
#include <optional>

#include "protocol/touch_messages.h"

namespace vitrine::agent {
namespace {

using Axis = DriverDevice::Axis;

constexpr uint32_t kLeft = 0;
constexpr uint32_t kMiddle = 1;
constexpr uint32_t kRight = 2;
constexpr uint32_t kEraserBit = 32;
// A server that leaves a device unread for so long is in trouble; input is not what helps it.
constexpr int kMostAnswers = 1'000;
// A place is told a little inside of its pixel, so that rounding on the way cannot end in the one before.
constexpr double kInside = 1.0 / 64;

// Bits of PointerEvent.buttons as far as pens have them, and the button each is here. An eraser's touch is the left
// button of a device of its own, or the middle one of a mouse.
struct PenButton {
  uint32_t bit;
  uint32_t button;
};
constexpr PenButton kPenButtons[] = {{1, kLeft}, {2, kRight}, {4, kMiddle}};

// MouseEvent.button to X button.
std::optional<uint8_t> x_button(uint32_t button) {
  constexpr uint8_t kButtons[] = {1, 2, 3, 8, 9};
  if (button >= std::size(kButtons)) return std::nullopt;
  return kButtons[button];
}

}  // namespace

// --- devices ----------------------------------------------------------------------------------------------------

void XPointer::use_devices(const std::string& folder) {
  if (folder.empty()) return;
  xcb_connection_t* const x = display_.connection();
  const uint32_t events = XCB_EVENT_MASK_STRUCTURE_NOTIFY;
  xcb_change_window_attributes(x, display_.root(), XCB_CW_EVENT_MASK, &events);
  const XcbPtr<xcb_get_geometry_reply_t> size(xcb_get_geometry_reply(x, xcb_get_geometry(x, display_.root()), nullptr));
  if (!size) return;
  width_ = size->width;
  height_ = size->height;
  display_.on_event([this](const xcb_generic_event_t& event) { handle_event(event); });
  mouse_ = open(kMouseDevice, folder);
  pen_.device = open(kPenDevice, folder);
  eraser_.device = open(kEraserDevice, folder);
}

std::unique_ptr<DriverDevice> XPointer::open(const InputDevice& which, const std::string& folder) {
  auto device = DriverDevice::open(display_, std::string(which.name), folder + "/" + std::string(which.socket));
  if (device.ok()) return device.take();
  spdlog::warn("{}; the pointer goes by XTEST: whole wheel clicks, no pressure", device.error().message);
  return nullptr;
}

void XPointer::handle_event(const xcb_generic_event_t& event) {
  if ((event.response_type & 0x7f) != XCB_CONFIGURE_NOTIFY) return;
  const auto& change = reinterpret_cast<const xcb_configure_notify_event_t&>(event);
  if (change.window != display_.root()) return;
  width_ = change.width;
  height_ = change.height;
}

// Requests and a device's events go to the server by different ways; answers keep them in order. One answer need not be
// enough: the server may give it before it looks at the devices again.
void XPointer::before_device() {
  if (std::exchange(last_way_, Way::kDevice) == Way::kRequest) wait_for_answer();
}

void XPointer::before_requests() {
  if (std::exchange(last_way_, Way::kRequest) != Way::kDevice) return;
  for (const DriverDevice* const device : {mouse_.get(), pen_.device.get(), eraser_.device.get()}) {
    for (int answers = 0; device != nullptr && device->unread() && answers < kMostAnswers; ++answers) {
      wait_for_answer();
    }
  }
}

void XPointer::wait_for_answer() {
  xcb_connection_t* const x = display_.connection();
  const XcbPtr<xcb_get_input_focus_reply_t> answer(xcb_get_input_focus_reply(x, xcb_get_input_focus(x), nullptr));
}

double XPointer::along(double pixel, int length) const {
  return length <= 0 ? 0 : (pixel + kInside) * DriverDevice::kFullAxis / length;
}

// --- input ------------------------------------------------------------------------------------------------------

void XPointer::perform(Holder holder, const PointerInput& input) {
  if (mouse_ && mouse_->broken()) mouse_.reset();
  if (input.relative) {
    constexpr uint8_t kIsRelative = 1;
    if (input.at.x != 0 || input.at.y != 0) fake(XCB_MOTION_NOTIFY, kIsRelative, input.at);
    if (input.button) press(nullptr, holder, *input.button, input.down);
    return click_wheel(input.wheel_x, input.wheel_y);
  }
  if (input.pen && pen_.device) return draw(holder, input);
  if (mouse_) {
    before_device();
    mouse_->move({{Axis::kX, along(input.at.x, width_)}, {Axis::kY, along(input.at.y, height_)}});
  } else {
    fake(XCB_MOTION_NOTIFY, 0, input.at);
  }
  if (input.pen) draw_as_mouse(holder, *input.pen);
  if (input.button) press(mouse_.get(), holder, *input.button, input.down);
  turn(input.wheel_x, input.wheel_y);
}

void XPointer::press(Device device, Holder holder, uint32_t name, bool down) {
  const auto button = x_button(name);
  if (!button) return;
  const auto held = buttons_.find({holder, *button});
  if ((held != buttons_.end()) == down) return;
  if (!down) {
    lift(held->second, *button);
    buttons_.erase(held);
    return;
  }
  buttons_[{holder, *button}] = device;
  if (device == nullptr) return fake(XCB_BUTTON_PRESS, *button);
  before_device();
  device->button(*button, true);
}

// A device that has broken was disabled, and the server lifted what it held.
void XPointer::lift(Device device, uint8_t button) {
  if (device == nullptr) return fake(XCB_BUTTON_RELEASE, button);
  const bool there = device == mouse_.get() || device == pen_.device.get() || device == eraser_.device.get();
  if (there) device->button(button, false);
}

void XPointer::draw(Holder holder, const PointerInput& input) {
  const PenPoint& point = *input.pen;
  const bool erases = (point.buttons & kEraserBit) != 0 && eraser_.device != nullptr;
  Pen& pen = erases ? eraser_ : pen_;
  const DriverDevice::Values place = {{Axis::kX, along(static_cast<double>(point.fine.x) / kPenSteps, width_)},
                                      {Axis::kY, along(static_cast<double>(point.fine.y) / kPenSteps, height_)},
                                      {Axis::kPressure, static_cast<double>(point.pressure)}};
  before_device();
  if (point.near && !pen.near) pen.device->proximity(true, place);
  pen.near = point.near;
  pen.device->move(place);
  for (const auto& [bit, button] : kPenButtons) {
    const bool touches = button == kLeft && erases;
    press(pen.device.get(), holder, button, touches || (point.buttons & bit) != 0);
  }
  if (!point.near) pen.device->proximity(false, place);
}

void XPointer::draw_as_mouse(Holder holder, const PenPoint& pen) {
  uint32_t seen = (pen.buttons & kEraserBit) != 0 ? 1U << kMiddle : 0;
  for (const auto& [bit, button] : kPenButtons) seen |= (pen.buttons & bit) != 0 ? 1U << button : 0;
  for (const uint32_t button : {kLeft, kMiddle, kRight}) {
    press(mouse_.get(), holder, button, (seen >> button & 1) != 0);
  }
}

void XPointer::turn(int32_t wheel_x, int32_t wheel_y) {
  if (wheel_x == 0 && wheel_y == 0) return;
  if (!mouse_) return click_wheel(wheel_x, wheel_y);
  before_device();
  mouse_->scroll({{Axis::kScrollX, static_cast<double>(wheel_x)}, {Axis::kScrollY, static_cast<double>(wheel_y)}});
}

void XPointer::click_wheel(int32_t wheel_x, int32_t wheel_y) {
  const auto click = [this](int clicks, uint8_t back, uint8_t forth) {
    for (int i = 0; i < std::abs(clicks); ++i) {
      fake(XCB_BUTTON_PRESS, clicks < 0 ? back : forth);
      fake(XCB_BUTTON_RELEASE, clicks < 0 ? back : forth);
    }
  };
  if (wheel_y != 0) click(wheel_y_.add(wheel_y), 4, 5);
  if (wheel_x != 0) click(wheel_x_.add(wheel_x), 6, 7);
}

void XPointer::release(Holder holder) {
  std::erase_if(buttons_, [&](const auto& entry) {
    if (entry.first.first != holder) return false;
    lift(entry.second, entry.first.second);
    return true;
  });
}

void XPointer::release_all() {
  for (const auto& [button, device] : buttons_) lift(device, button.second);
  buttons_.clear();
}

void XPointer::fake(uint8_t type, uint8_t detail, Point at) {
  before_requests();
  xcb_test_fake_input(display_.connection(), type, detail, XCB_CURRENT_TIME, display_.root(),
                      static_cast<int16_t>(at.x), static_cast<int16_t>(at.y), 0);
}

}  // namespace vitrine::agent
