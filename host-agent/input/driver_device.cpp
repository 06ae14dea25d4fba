#include "host-agent/input/driver_device.h"

#include <linux/sockios.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <optional>

namespace vitrine::agent {
namespace {

// The driver answers from the server's main loop; longer means that it is not there.
constexpr int kAnswerMs = 1'000;
// A client that died without a word may still wait in the driver's queue, which holds one.
constexpr int kAttempts = 3;

// The driver's protocol 1.0 (xf86-input-inputtest-protocol.h), in the machine's own layout on both sides.
enum class Message : uint32_t { kClientVersion = 0, kMotion = 2, kProximity = 3, kButton = 4 };
constexpr uint32_t kServerVersion = 0;

struct Header {
  uint32_t length;
  uint32_t type;
};
struct Version {
  Header header;
  uint16_t major;
  uint16_t minor;
};
struct Axes {
  uint32_t has_unaccelerated;
  uint8_t mask[8];
  double values[64];
  double unaccelerated[64];
};
struct MotionEvent {  // proximity has the same layout
  Header header;
  uint32_t flag;
  Axes axes;
};
struct ButtonEvent {
  Header header;
  int32_t is_absolute;
  int32_t button;
  uint32_t is_press;
  Axes axes;
};
static_assert(sizeof(Version) == 12 && sizeof(Axes) == 1040 && sizeof(MotionEvent) == 1056 &&
              sizeof(ButtonEvent) == 1064);

template <class M>
M message(Message type) {
  M result{};
  result.header = {sizeof(M), static_cast<uint32_t>(type)};
  return result;
}

MotionEvent with_axes(Message type, bool flag, DriverDevice::Values values) {
  auto result = message<MotionEvent>(type);
  result.flag = flag ? 1 : 0;
  for (const auto& [axis, value] : values) {
    const auto index = static_cast<size_t>(axis);
    result.axes.mask[index / 8] |= static_cast<uint8_t>(1 << (index % 8));
    result.axes.values[index] = value;
  }
  return result;
}

std::optional<xcb_input_device_id_t> device_named(X11Display& display, const std::string& name) {
  xcb_connection_t* const x = display.connection();
  const XcbPtr<xcb_input_xi_query_device_reply_t> reply(
      xcb_input_xi_query_device_reply(x, xcb_input_xi_query_device(x, XCB_INPUT_DEVICE_ALL), nullptr));
  if (!reply) return std::nullopt;
  for (auto at = xcb_input_xi_query_device_infos_iterator(reply.get()); at.rem > 0;
       xcb_input_xi_device_info_next(&at)) {
    const auto length = static_cast<size_t>(xcb_input_xi_device_info_name_length(at.data));
    if (std::string(xcb_input_xi_device_info_name(at.data), length) == name) return at.data->deviceid;
  }
  return std::nullopt;
}

}  // namespace

Result<std::unique_ptr<DriverDevice>> DriverDevice::open(X11Display& display, const std::string& name,
                                                         const std::string& socket) {
  const auto id = device_named(display, name);
  if (!id) return Error{ErrorCode::kUnsupported, "the X server has no device \"" + name + "\""};
  std::unique_ptr<DriverDevice> device(new DriverDevice(display, *id));
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (device->greet(socket)) return device;
  }
  return Error{ErrorCode::kUnavailable, "the X server's input driver does not answer at " + socket};
}

DriverDevice::~DriverDevice() {
  enable(false);
  close_socket();
}

bool DriverDevice::greet(const std::string& socket) {
  close_socket();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, socket.c_str(), socket.size());
  fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return false;
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return close_socket(), false;
  // The driver forgets a client, also one that died, when its device goes off, and looks for one when it comes on.
  enable(false);
  enable(true);
  auto hello = message<Version>(Message::kClientVersion);
  hello.major = 1;
  send(&hello, sizeof hello);
  Version answer{};
  if (receive(&answer, sizeof answer) && answer.header.type == kServerVersion && answer.major == 1) {
    return true;
  }
  close_socket();
  return false;
}

void DriverDevice::enable(bool enabled) {
  xcb_connection_t* const x = display_.connection();
  const auto property = display_.atom("Device Enabled");
  if (!property.ok()) return;
  constexpr uint8_t kBitsEach = 8;
  const uint8_t value = enabled ? 1 : 0;
  const auto asked = xcb_input_xi_change_property_checked(x, id_, XCB_PROP_MODE_REPLACE, kBitsEach, property.value(),
                                                          XCB_ATOM_INTEGER, 1, &value);
  const XcbPtr<xcb_generic_error_t> refused(xcb_request_check(x, asked));
}

void DriverDevice::move(Values place) {
  const MotionEvent event = with_axes(Message::kMotion, true, place);
  send(&event, sizeof event);
}

void DriverDevice::scroll(Values distance) {
  const MotionEvent event = with_axes(Message::kMotion, false, distance);
  send(&event, sizeof event);
}

void DriverDevice::proximity(bool near, Values place) {
  const MotionEvent event = with_axes(Message::kProximity, near, place);
  send(&event, sizeof event);
}

void DriverDevice::button(uint8_t button, bool down) {
  auto event = message<ButtonEvent>(Message::kButton);
  event.button = button;
  event.is_press = down ? 1 : 0;
  send(&event, sizeof event);
}

bool DriverDevice::unread() const {
  int bytes = 0;
  return !broken() && ::ioctl(fd_, SIOCOUTQ, &bytes) == 0 && bytes > 0;
}

// A part of a message would make nonsense of all that follows, so that is the end of it.
void DriverDevice::send(const void* data, size_t size) {
  if (broken()) return;
  if (::send(fd_, data, size, MSG_NOSIGNAL | MSG_DONTWAIT) == static_cast<ssize_t>(size)) return;
  pollfd writable{fd_, POLLOUT, 0};
  if (errno == EAGAIN && poll(&writable, 1, kAnswerMs) == 1 &&
      ::send(fd_, data, size, MSG_NOSIGNAL | MSG_DONTWAIT) == static_cast<ssize_t>(size)) {
    return;
  }
  give_up();
}

// The driver would read the end of the socket for ever, so its device goes off as well.
void DriverDevice::give_up() {
  spdlog::warn("the X server's input driver does not take input any more");
  close_socket();
  enable(false);
}

bool DriverDevice::receive(void* data, size_t size) {
  auto* at = static_cast<uint8_t*>(data);
  while (size > 0) {
    pollfd readable{fd_, POLLIN, 0};
    if (poll(&readable, 1, kAnswerMs) != 1) return false;
    const ssize_t got = ::recv(fd_, at, size, 0);
    if (got <= 0) return false;
    at += got;
    size -= static_cast<size_t>(got);
  }
  return true;
}

void DriverDevice::close_socket() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

}  // namespace vitrine::agent
