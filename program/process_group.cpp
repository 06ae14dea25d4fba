#include "program/process_group.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

namespace vitrine {
namespace {

// Between two looks at who is left. SIGCHLD wakes sooner.
constexpr int kLookMs = 50;
constexpr Micros kAfterKill = 1 * kSecond;

// The parent in /proc/PID/stat; the name in parentheses before it may hold anything.
pid_t parent_of(const std::string& pid) {
  std::ifstream in("/proc/" + pid + "/stat");
  std::string line;
  std::getline(in, line);
  const auto close = line.rfind(')');
  int parent = 0;
  char state = 0;
  if (close == std::string::npos || std::sscanf(line.c_str() + close + 1, " %c %d", &state, &parent) != 2) return 0;
  return parent;
}

}  // namespace

void become_subreaper() {
  (void)::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

std::vector<pid_t> child_pids() {
  const pid_t self = ::getpid();
  std::vector<pid_t> pids;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (parent_of(name) == self) pids.push_back(static_cast<pid_t>(std::stol(name)));
  }
  return pids;
}

bool reap(const std::function<void(pid_t, int)>& on_exit) {
  for (;;) {
    int status = 0;
    const pid_t pid = ::waitpid(-1, &status, WNOHANG);
    if (pid == 0) return true;
    if (pid < 0 && errno == EINTR) continue;
    if (pid < 0) return false;
    on_exit(pid, status);
  }
}

void end_all_children(Micros grace, const std::function<bool()>& hurry) {
  const Micros kill_at = monotonic_now() + grace;
  Micros give_up_at = kill_at + kAfterKill;
  bool killing = false;
  std::set<pid_t> asked;
  while (reap([&](pid_t pid, int) { asked.erase(pid); })) {
    const Micros now = monotonic_now();
    if (!killing && (now >= kill_at || hurry())) {
      killing = true;
      give_up_at = now + kAfterKill;
    }
    if (now >= give_up_at) return;
    for (const pid_t pid : child_pids()) {
      if (killing) {
        ::kill(pid, SIGKILL);
      } else if (asked.insert(pid).second) {
        ::kill(pid, SIGTERM);
      }
    }
    ::poll(nullptr, 0, kLookMs);
  }
}

}  // namespace vitrine
