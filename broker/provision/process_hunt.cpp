#include "broker/provision/process_hunt.h"

#include <dirent.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <map>
#include <string_view>

#include "broker/provision/files.h"
#include "broker/provision/unique_fd.h"

namespace vitrine::broker {

namespace {

constexpr int kRounds = 50;        // each kills all that are there; only a fork bomb needs more than two
constexpr int kRoundWaitMs = 100;  // SIGKILL takes effect within this, save for a process stuck in the kernel

std::vector<pid_t> all_processes() {
  std::vector<pid_t> pids;
  DIR* proc = ::opendir("/proc");
  if (proc == nullptr) return pids;
  while (const dirent* entry = ::readdir(proc)) {
    const std::string_view name = entry->d_name;
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error == std::errc() && end == name.data() + name.size()) pids.push_back(pid);
  }
  ::closedir(proc);
  return pids;
}

bool belongs_to(pid_t pid, const std::string& id) {
  const auto environment = read_file("/proc/" + std::to_string(pid) + "/environ");
  if (!environment.ok()) return false;
  const std::string wanted = std::string(kDesktopVariable) + "=" + id;
  const std::string& all = environment.value();
  for (size_t at = 0; at < all.size();) {
    const size_t end = std::min(all.find('\0', at), all.size());
    if (std::string_view(all).substr(at, end - at) == wanted) return true;
    at = end + 1;
  }
  return false;
}

// Field 4 of /proc/PID/stat, after the program's name in brackets; a dead one that waits to be reaped has none.
pid_t living_parent(pid_t pid) {
  const auto stat = read_file("/proc/" + std::to_string(pid) + "/stat");
  if (!stat.ok()) return 0;
  const size_t bracket = stat.value().rfind(')');
  if (bracket == std::string::npos || bracket + 4 >= stat.value().size()) return 0;
  if (stat.value()[bracket + 2] == 'Z') return 0;
  pid_t parent = 0;
  std::from_chars(stat.value().data() + bracket + 4, stat.value().data() + stat.value().size(), parent);
  return parent;
}

UniqueFd open_process(pid_t pid) {
  return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

}  // namespace

std::vector<pid_t> processes_of_desktop(const std::string& id) {
  std::vector<pid_t> found;
  for (const pid_t pid : all_processes()) {
    if (pid != ::getpid() && belongs_to(pid, id)) found.push_back(pid);
  }
  return found;
}

std::vector<pid_t> descendants() {
  std::multimap<pid_t, pid_t> children;
  for (const pid_t pid : all_processes()) children.emplace(living_parent(pid), pid);
  std::vector<pid_t> found{::getpid()};
  for (size_t i = 0; i < found.size(); ++i) {
    const auto [first, last] = children.equal_range(found[i]);
    for (auto it = first; it != last; ++it) found.push_back(it->second);
  }
  found.erase(found.begin());
  return found;
}

void wait_for_desktop(const std::string& id, Micros limit) {
  const Micros until = monotonic_now() + limit;
  for (const pid_t pid : processes_of_desktop(id)) {
    const UniqueFd process = open_process(pid);
    pollfd gone{process.get(), POLLIN, 0};
    const Micros left = std::max<Micros>(until - monotonic_now(), 0);
    if (process.open()) ::poll(&gone, 1, static_cast<int>(left / kMillisecond));
  }
}

bool kill_desktop(const std::string& id, bool with_descendants) {
  for (int round = 0; round < kRounds; ++round) {
    std::vector<pid_t> pids = processes_of_desktop(id);
    if (with_descendants) {
      for (const pid_t pid : descendants()) {
        if (std::ranges::find(pids, pid) == pids.end()) pids.push_back(pid);
      }
    }
    if (pids.empty()) return true;
    for (const pid_t pid : pids) {
      // The handle first, then the check: the number cannot have come to mean another process in between.
      const UniqueFd process = open_process(pid);
      if (!process.open()) continue;
      if (!with_descendants && !belongs_to(pid, id)) continue;
      ::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0);
      pollfd gone{process.get(), POLLIN, 0};
      ::poll(&gone, 1, kRoundWaitMs);
    }
    if (with_descendants) {
      while (::waitpid(-1, nullptr, WNOHANG) > 0) {
      }
    }
  }
  return false;
}

}  // namespace vitrine::broker
