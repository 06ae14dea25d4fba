#include "broker/provision/host_pids.h"

#include <fmt/format.h>

#include <charconv>
#include <sstream>

#include "broker/provision/files.h"

namespace vitrine::broker {

namespace {

// The last number of "NSpid:" in /proc/PID/status: the id in the innermost namespace. 0: gone.
int64_t innermost_pid(int64_t pid) {
  const auto status = read_file(fmt::format("/proc/{}/status", pid));
  if (!status.ok()) return 0;
  const size_t at = status.value().find("\nNSpid:");
  if (at == std::string::npos) return 0;
  std::istringstream numbers(status.value().substr(at + 7, status.value().find('\n', at + 1) - at - 7));
  int64_t inner = 0;
  for (int64_t number = 0; numbers >> number;) inner = number;
  return inner;
}

}  // namespace

std::map<std::string, int64_t> host_pids(const std::map<std::string, int64_t>& pids, pid_t supervisor) {
  std::map<int64_t, int64_t> outside{{innermost_pid(supervisor), supervisor}};
  const auto children = read_file(fmt::format("/proc/{}/task/{}/children", supervisor, supervisor));
  if (children.ok()) {
    std::istringstream list(children.value());
    for (int64_t pid = 0; list >> pid;) outside[innermost_pid(pid)] = pid;
  }
  std::map<std::string, int64_t> found;
  for (const auto& [role, pid] : pids) {
    if (const auto at = outside.find(pid); at != outside.end()) found[role] = at->second;
  }
  return found;
}

}  // namespace vitrine::broker
