#include "broker/provision/display_number.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>
#include <random>

namespace vitrine::broker {

namespace {

// Above the numbers of displays outside, and below those whose TCP port (6000 more) does not exist.
constexpr int kFirst = 1'000;
constexpr int kLast = 59'000;
constexpr int kTries = 1'000;

}  // namespace

Result<DisplayNumber> take_display_number() {
  std::random_device random;
  for (int i = 0; i < kTries; ++i) {
    const int number = std::uniform_int_distribution<int>(kFirst, kLast)(random);
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = fmt::format("/tmp/.X11-unix/X{}", number);
    std::memcpy(address.sun_path + 1, name.data(), name.size());  // a zero before it: abstract
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    if (fd.open() && ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0) {
      return DisplayNumber{number, std::move(fd)};
    }
  }
  return Error{ErrorCode::kExhausted, "The server has no display number left."};
}

}  // namespace vitrine::broker
