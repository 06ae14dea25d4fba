#include "gateway/listen_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace vitrine {
namespace {

constexpr uint16_t kUsualPort = 8443;

bool parses_as(int family, const std::string& address) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(family, address.c_str(), bytes.data()) == 1;
}

Error listen_error(const ListenAddress& where, int error) {
  std::string what;
  ErrorCode code = ErrorCode::kUnavailable;
  switch (error) {
    case EADDRINUSE:
      code = ErrorCode::kConflict;
      what = where.text() + " is taken by another program; stop that one or choose another port with --listen.";
      break;
    case EACCES:
      what = "Only root may listen on port " + std::to_string(where.port) + "; choose one above 1023 with --listen.";
      break;
    case EADDRNOTAVAIL:
      what = where.address + " is not an address of this machine; choose another with --listen.";
      break;
    default: what = "Cannot listen on " + where.text() + ": " + std::strerror(error) + ".";
  }
  return {code, what};
}

// Fills in the socket address; gives its size.
socklen_t to_sockaddr(const ListenAddress& where, sockaddr_storage& out) {
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&out);
  if (::inet_pton(AF_INET, where.address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(where.port);
    return sizeof *v4;
  }
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&out);
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(where.port);
  return ::inet_pton(AF_INET6, where.address.c_str(), &v6->sin6_addr) == 1 ? sizeof *v6 : 0;
}

Error bad_address(const std::string& text) {
  return {ErrorCode::kInvalidArgument,
          "\"" + text +
              "\" is not an address to listen on; use ADDRESS:PORT with an IP address of this machine, such as "
              "127.0.0.1:8443, 0.0.0.0:443 or [::1]:8443."};
}

}  // namespace

bool ListenAddress::loopback() const {
  return address == "::1" || address.starts_with("127.");
}

std::string ListenAddress::text() const {
  const bool v6 = address.find(':') != std::string::npos;
  return (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

Result<ListenAddress> parse_listen_address(const std::string& text) {
  ListenAddress result{.address = text, .port = kUsualPort};
  std::string port;
  if (text.starts_with('[')) {
    const auto bracket = text.find(']');
    if (bracket == std::string::npos) return bad_address(text);
    result.address = text.substr(1, bracket - 1);
    port = text.substr(bracket + 1);
    if (!port.empty() && !port.starts_with(':')) return bad_address(text);
  } else if (const auto colon = text.find(':'); colon != std::string::npos && !parses_as(AF_INET6, text)) {
    result.address = text.substr(0, colon);
    port = text.substr(colon);
  }
  if (!port.empty()) {
    const char* const end = port.data() + port.size();
    const auto parsed = std::from_chars(port.data() + 1, end, result.port);
    if (parsed.ec != std::errc() || parsed.ptr != end) return bad_address(text);
  }
  if (result.address == "localhost") result.address = "127.0.0.1";
  if (!parses_as(AF_INET, result.address) && !parses_as(AF_INET6, result.address)) return bad_address(text);
  return result;
}

Result<int> open_listener(const ListenAddress& where) {
  sockaddr_storage name{};
  const socklen_t size = to_sockaddr(where, name);
  if (size == 0) return bad_address(where.address);
  const int fd = ::socket(name.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return listen_error(where, errno);
  const int on = 1;
  (void)::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&name), size) != 0 || ::listen(fd, SOMAXCONN) != 0) {
    const Error error = listen_error(where, errno);
    ::close(fd);
    return error;
  }
  return fd;
}

uint16_t listening_port(int fd) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  int listening = 0;
  socklen_t flag_size = sizeof listening;
  if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &flag_size) != 0 || listening == 0) return 0;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size) != 0) return 0;
  if (name.ss_family == AF_INET) return ntohs(reinterpret_cast<sockaddr_in*>(&name)->sin_port);
  return name.ss_family == AF_INET6 ? ntohs(reinterpret_cast<sockaddr_in6*>(&name)->sin6_port) : uint16_t{0};
}

}  // namespace vitrine
