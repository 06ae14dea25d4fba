#include "program/child.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace vitrine {

OwnedFd& OwnedFd::operator=(OwnedFd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

int OwnedFd::release() {
  return std::exchange(fd_, -1);
}

void OwnedFd::reset() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

namespace {

// Between fork and exec only async-signal-safe calls are allowed: everything is prepared before.
[[noreturn]] void become(const char* program, char* const* arguments, const std::vector<int>& keep_open) {
  ::setpgid(0, 0);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD}) ::signal(number, SIG_DFL);
  const int empty = ::open("/dev/null", O_RDONLY);
  if (empty >= 0) ::dup2(empty, STDIN_FILENO);
  for (const int fd : keep_open) ::fcntl(fd, F_SETFD, 0);
  ::execv(program, arguments);
  ::_exit(127);
}

}  // namespace

Result<pid_t> spawn(const std::string& program, const std::vector<std::string>& arguments,
                    const std::vector<int>& keep_open) {
  std::string name = "vitrine";
  std::vector<std::string> copies = arguments;
  std::vector<char*> pointers = {name.data()};
  for (std::string& argument : copies) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0)
    return Error{ErrorCode::kExhausted, std::string("Cannot start a process: ") + std::strerror(errno) + "."};
  if (pid == 0) become(program.c_str(), pointers.data(), keep_open);
  return pid;
}

Micros restart_delay(int failures) {
  constexpr Micros kFirst = 100 * kMillisecond;
  constexpr Micros kLongest = 5 * kSecond;
  return std::min(kLongest, kFirst << std::min(failures, 10));
}

Result<void> Child::start(Micros now) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
    return Error{ErrorCode::kExhausted, std::string("Cannot make a pipe: ") + std::strerror(errno) + "."};
  }
  ready_ = OwnedFd(pipe[0]);
  const OwnedFd write_end(pipe[1]);
  ::fcntl(ready_.get(), F_SETFL, O_NONBLOCK);
  ready_text_.clear();
  auto arguments = arguments_;
  arguments.insert(arguments.end(), {"--ready-fd", std::to_string(write_end.get())});
  auto keep_open = keep_open_;
  keep_open.push_back(write_end.get());
  pid_ = TRY(spawn("/proc/self/exe", arguments, keep_open));
  state_ = State::kStarting;
  started_ = now;
  return {};
}

std::optional<std::string> Child::read_ready_line(Micros) {
  std::array<char, 512> bytes{};
  for (;;) {
    const ssize_t got = ::read(ready_.get(), bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return std::nullopt;
    if (got > 0) {
      ready_text_.append(bytes.data(), static_cast<size_t>(got));
      continue;
    }
    ready_.reset();
    const auto end = ready_text_.find('\n');
    if (end == std::string::npos) return std::nullopt;  // it ended without a word; its exit says the rest
    state_ = State::kReady;
    return ready_text_.substr(0, end);
  }
}

void Child::on_exit(Micros now) {
  const bool was_stable = state_ == State::kReady && now - started_ >= kStable;
  failures_ = was_stable ? 0 : failures_ + 1;
  pid_ = -1;
  ready_.reset();
  state_ = State::kStopped;
  start_at_ = now + restart_delay(failures_);
}

}  // namespace vitrine
