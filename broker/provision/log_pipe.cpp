#include "broker/provision/log_pipe.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace vitrine::broker {

namespace {
constexpr size_t kMaxKept = 1 << 20;
}

Result<LogPipe> LogPipe::create(const std::string& path) {
  LogPipe log;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Error{ErrorCode::kIo, std::strerror(errno)};
  log.output_.reset(ends[0]);
  log.input_.reset(ends[1]);
  // Only our end: programs expect a blocking standard output.
  ::fcntl(log.output_.get(), F_SETFL, O_NONBLOCK);
  log.file_.reset(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!log.file_.open()) {
    return Error{ErrorCode::kIo, fmt::format("Cannot write {}: {}.", path, std::strerror(errno))};
  }
  return log;
}

void LogPipe::drain() {
  std::array<char, 8192> buffer{};
  while (true) {
    const ssize_t got = ::read(output_.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    const size_t keep = std::min(static_cast<size_t>(got), kMaxKept - kept_);
    // A full disk loses log lines, nothing else.
    if (keep > 0 && ::write(file_.get(), buffer.data(), keep) > 0) kept_ += keep;
  }
}

}  // namespace vitrine::broker
