#include "broker/provision/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "broker/provision/unique_fd.h"

namespace vitrine::broker {

namespace {

// Where programs are found whatever environment the broker was started with.
constexpr const char* kDefaultPath = "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games:/usr/sbin:/sbin";

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> list;
  for (const std::string& text : strings) list.push_back(const_cast<char*>(text.c_str()));
  list.push_back(nullptr);
  return list;
}

bool runnable(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

// fork(), with the wanted process id if that is free and the kernel lets us choose.
pid_t fork_as(pid_t wanted) {
  if (wanted > 0) {
    clone_args arguments{};
    arguments.exit_signal = SIGCHLD;
    arguments.set_tid = reinterpret_cast<uintptr_t>(&wanted);
    arguments.set_tid_size = 1;
    const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
    if (pid >= 0) return pid;
  }
  return ::fork();
}

// Whatever is open here ends with exec, also what a library opened without saying so: a listening socket that lives on
// in a desktop takes connections nobody answers.
void close_all_at_exec() {
  constexpr unsigned kFirst = 3;
  if (::close_range(kFirst, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
  constexpr int kMost = 65'536;  // kernels before 5.11
  for (int fd = kFirst; fd < kMost; ++fd) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

// In the child; only async-signal-safe calls. Returns errno when something failed.
int become(const ChildProgram& program, const char* path, char* const* argv, char* const* envp, pid_t parent) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::setsid();
  if (::prctl(PR_SET_PDEATHSIG, program.signal_when_orphaned) != 0) return errno;
  if (::getppid() != parent) ::_exit(1);  // it died before prctl
  const int input = ::open("/dev/null", O_RDWR);
  const int output = program.output >= 0 ? program.output : input;
  if (input < 0 || ::dup2(input, 0) < 0 || ::dup2(output, 1) < 0 || ::dup2(output, 2) < 0) return errno;
  close_all_at_exec();
  for (const int fd : program.pass_fds) ::fcntl(fd, F_SETFD, 0);
  if (::chdir(program.working_folder.c_str()) != 0) return errno;
  ::execve(path, argv, envp);
  return errno;
}

}  // namespace

std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return runnable(name) ? name : "";
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? std::string(path) + ":" + kDefaultPath : kDefaultPath);
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string candidate = folder + "/" + name;
    if (!folder.empty() && runnable(candidate)) return candidate;
  }
  return "";
}

Result<pid_t> start_child(const ChildProgram& program) {
  CHECK(!program.command.empty());
  const std::string path = find_program(program.command.front());
  if (path.empty()) {
    return Error{ErrorCode::kNotFound, fmt::format("The program {} is missing.", program.command.front())};
  }
  const std::vector<char*> argv = pointers(program.command);
  const std::vector<char*> envp = pointers(program.environment);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Error{ErrorCode::kIo, std::strerror(errno)};
  const UniqueFd failure(ends[0]);
  UniqueFd tell(ends[1]);
  const pid_t parent = ::getpid();
  const pid_t pid = fork_as(program.pid);
  if (pid < 0) return Error{ErrorCode::kIo, fmt::format("Cannot start {}: {}.", path, std::strerror(errno))};
  if (pid == 0) {
    const int number = become(program, path.c_str(), argv.data(), envp.data(), parent);
    (void)!::write(tell.get(), &number, sizeof number);
    ::_exit(127);
  }
  tell.reset();
  int number = 0;
  // Ends at once: exec closes the pipe.
  if (::read(failure.get(), &number, sizeof number) == static_cast<ssize_t>(sizeof number)) {
    ::waitpid(pid, nullptr, 0);
    return Error{ErrorCode::kIo, fmt::format("Cannot start {}: {}.", path, std::strerror(number))};
  }
  return pid;
}

}  // namespace vitrine::broker
