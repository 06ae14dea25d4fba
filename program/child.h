// A role of this program as a child process: started from /proc/self/exe, reports when it is ready, started again
// when it dies. Used by one thread; the owner reaps (process_group.h).
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "protocol/base/result.h"
#include "protocol/base/time.h"

namespace vitrine {

// Closes its descriptor.
class OwnedFd {
 public:
  OwnedFd() = default;
  explicit OwnedFd(int fd) : fd_(fd) {}
  OwnedFd(OwnedFd&& other) noexcept : fd_(other.release()) {}
  OwnedFd& operator=(OwnedFd&& other) noexcept;
  ~OwnedFd() { reset(); }
  [[nodiscard]] int get() const { return fd_; }
  int release();
  void reset();

 private:
  int fd_ = -1;
};

// Starts `program` with `arguments` (without its name), standard input empty, in a process group of its own so that the
// terminal's Ctrl-C is answered by the parent alone, with default signals and these descriptors left open.
Result<pid_t> spawn(const std::string& program, const std::vector<std::string>& arguments,
                    const std::vector<int>& keep_open);

// How long to wait before a start after so many failures in a row.
Micros restart_delay(int failures);

class Child {
 public:
  // One that ran at least so long before it died is started again at once.
  static constexpr Micros kStable = 10 * kSecond;

  enum class State : uint8_t { kStopped, kStarting, kReady };

  // `arguments`: of the program, without --ready-fd.
  Child(std::string name, std::vector<std::string> arguments, std::vector<int> keep_open)
      : name_(std::move(name)), arguments_(std::move(arguments)), keep_open_(std::move(keep_open)) {}

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] pid_t pid() const { return pid_; }
  // Deaths in a row, each soon after the start.
  [[nodiscard]] int failures() const { return failures_; }
  // To poll for reading while it starts; -1 when there is nothing to hear.
  [[nodiscard]] int ready_fd() const { return ready_.get(); }
  // When it is to be started again.
  [[nodiscard]] Micros next_deadline() const { return state_ == State::kStopped ? start_at_ : kNever; }

  Result<void> start(Micros now);
  // Reads what the child reports. It is ready, and this gives the line, once it has said it and closed the pipe:
  // between the two it writes down that its report was taken.
  std::optional<std::string> read_ready_line(Micros now);
  // The process has ended.
  void on_exit(Micros now);

 private:
  std::string name_;
  std::vector<std::string> arguments_;
  std::vector<int> keep_open_;
  State state_ = State::kStopped;
  pid_t pid_ = -1;
  OwnedFd ready_;
  std::string ready_text_;
  Micros started_ = 0;
  Micros start_at_ = 0;
  int failures_ = 0;
};

}  // namespace vitrine
