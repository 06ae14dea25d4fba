#include "broker/provision/line_socket.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace vitrine::broker {

namespace {

constexpr size_t kMaxLine = 16 * 1024;     // the longest is a status with all its viewers, some 2 kB
constexpr size_t kMaxQueued = 256 * 1024;  // a peer that does not read that much is stuck
constexpr int kBacklog = 64;

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return Error{ErrorCode::kTooLarge, fmt::format("The path {} is too long for a socket (at most {} bytes). Choose a "
                                                   "data folder with a shorter path.",
                                                   path, sizeof address.sun_path - 1)};
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

}  // namespace

Result<UniqueFd> listen_at(const std::string& path) {
  const sockaddr_un address = TRY(address_of(path));
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.open()) return Error{ErrorCode::kIo, fmt::format("Cannot make a socket: {}.", std::strerror(errno))};
  ::unlink(path.c_str());
  // Its rights before anybody can connect: listen() comes last.
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::chmod(path.c_str(), 0600) != 0 || ::listen(fd.get(), kBacklog) != 0) {
    return Error{ErrorCode::kIo, fmt::format("Cannot listen at {}: {}.", path, std::strerror(errno))};
  }
  return fd;
}

Result<UniqueFd> connect_to(const std::string& path) {
  const sockaddr_un address = TRY(address_of(path));
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd.open()) return Error{ErrorCode::kIo, fmt::format("Cannot make a socket: {}.", std::strerror(errno))};
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return Error{ErrorCode::kUnavailable, fmt::format("Nobody answers at {}: {}.", path, std::strerror(errno))};
  }
  return fd;
}

LineSocket::LineSocket(UniqueFd fd) : fd_(std::move(fd)) {
  ::fcntl(fd_.get(), F_SETFL, ::fcntl(fd_.get(), F_GETFL) | O_NONBLOCK);
  const int on = 1;
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
}

short LineSocket::events() const {
  return static_cast<short>(out_.empty() ? POLLIN : POLLIN | POLLOUT);
}

ssize_t LineSocket::receive(std::span<char> buffer) {
  iovec room{buffer.data(), buffer.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred))> control{};
  msghdr message{};
  message.msg_iov = &room;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t got = ::recvmsg(fd_.get(), &message, MSG_CMSG_CLOEXEC);
  const cmsghdr* header = got > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
  if (header != nullptr && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_CREDENTIALS) {
    ucred sender{};
    std::memcpy(&sender, CMSG_DATA(header), sizeof sender);
    peer_ = sender.pid;
  }
  return got;
}

std::vector<std::string> LineSocket::read_lines() {
  std::array<char, 4096> buffer{};
  while (fd_.open()) {
    const ssize_t got = receive(buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (got <= 0 || in_.size() > kMaxLine) {
      fd_.reset();
      break;
    }
    in_.append(buffer.data(), static_cast<size_t>(got));
  }
  std::vector<std::string> lines;
  size_t at = 0;
  for (size_t end = 0; (end = in_.find('\n', at)) != std::string::npos; at = end + 1) {
    lines.push_back(in_.substr(at, end - at));
  }
  in_.erase(0, at);
  return lines;
}

void LineSocket::write_line(const std::string& line) {
  if (!fd_.open()) return;
  if (out_.size() + line.size() > kMaxQueued) {
    fd_.reset();
    return;
  }
  out_ += line;
  out_ += '\n';
  flush();
}

void LineSocket::flush() {
  while (fd_.open() && !out_.empty()) {
    const ssize_t sent = ::send(fd_.get(), out_.data(), out_.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (sent < 0) {
      // What the other side said before it went can still be read; read_lines() finds the end.
      out_.clear();
      return;
    }
    out_.erase(0, static_cast<size_t>(sent));
  }
}

}  // namespace vitrine::broker
