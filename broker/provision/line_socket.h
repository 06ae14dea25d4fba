// Unix stream sockets that carry one JSON object a line.
#pragma once

#include <sys/types.h>

#include <span>
#include <string>
#include <vector>

#include "broker/provision/unique_fd.h"
#include "protocol/base/result.h"

namespace vitrine::broker {

// A listening socket at `path` (0600); one left behind by a dead process is replaced. Not blocking.
// Errors: too_large (the path does not fit a socket's address), io.
Result<UniqueFd> listen_at(const std::string& path);
// Errors: unavailable when nobody listens there.
Result<UniqueFd> connect_to(const std::string& path);

// One end of a connection, never blocking. One thread at a time.
class LineSocket {
 public:
  explicit LineSocket(UniqueFd fd);

  [[nodiscard]] int fd() const { return fd_.get(); }
  // False once the other side has gone, or broke a limit.
  [[nodiscard]] bool open() const { return fd_.open(); }
  // The process that wrote what was read last, as seen from here; 0 before.
  [[nodiscard]] pid_t peer() const { return peer_; }
  // POLLIN, and POLLOUT while something waits to be written.
  [[nodiscard]] short events() const;

  // Reads what is there and gives the lines that are complete.
  std::vector<std::string> read_lines();
  // Writes now or later; call flush() when the socket can be written.
  void write_line(const std::string& line);
  void flush();
  void close() { fd_.reset(); }

 private:
  ssize_t receive(std::span<char> buffer);

  UniqueFd fd_;
  pid_t peer_ = 0;
  std::string in_;
  std::string out_;
};

}  // namespace vitrine::broker
