#include "broker/provision/sandbox.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <utility>

#include "broker/provision/child_process.h"
#include "broker/provision/files.h"
#include "broker/provision/unique_fd.h"

namespace vitrine::broker {

namespace {

constexpr const char* kTmpBytes = "2147483648";     // of memory that /tmp may take: room for an unpacked archive
constexpr const char* kSharedBytes = "1073741824";  // of /dev/shm, where browsers keep what their processes share
constexpr int64_t kFirstPerson = 1'000;             // accounts below are the system's (Debian policy 9.2.2)
constexpr const char* kUseNoSandbox = "Or start Vitrine with --no-sandbox; users' desktops then see each other.";

std::string setting(const char* path) {
  auto text = read_file(path);
  if (!text.ok()) return "";
  std::string value = text.take();
  while (!value.empty() && value.back() == '\n') value.pop_back();
  return value;
}

// Folders that lead to `path`, open to the account inside; bwrap would make them as closed as what it mounts below.
void add_parents(std::vector<std::string>& command, const std::string& path) {
  for (size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1)) {
    command.insert(command.end(), {"--dir", path.substr(0, at)});
  }
}

// /bin and /lib are links into /usr on a merged system, folders on others.
void add_system_folders(std::vector<std::string>& command) {
  for (const char* path : {"/usr", "/etc", "/opt", "/var/lib", "/var/cache", "/sys/devices/system/cpu"}) {
    add_parents(command, path);
    command.insert(command.end(), {"--ro-bind-try", path, path});
  }
  for (const char* path : {"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"}) {
    std::error_code failed;
    const std::string target = std::filesystem::read_symlink(path, failed).string();
    if (!failed)
      command.insert(command.end(), {"--symlink", target, path});
    else
      command.insert(command.end(), {"--ro-bind-try", path, path});
  }
  add_parents(command, "/run/systemd/resolve");
  command.insert(command.end(), {"--ro-bind-try", "/run/systemd/resolve", "/run/systemd/resolve"});
  // What is readable for a service's account need not be so for its desktops.
  for (const char* path : {"/etc/vitrine", "/etc/ssl/private"}) {
    std::error_code failed;
    if (std::filesystem::is_directory(path, failed)) command.insert(command.end(), {"--tmpfs", path});
  }
}

// Settings that programs wrote when the home folder was seen where it lies lead there still.
void add_home(std::vector<std::string>& command, const DesktopSpec& spec) {
  add_parents(command, spec.home);
  if (spec.home_source.empty()) {
    command.insert(command.end(), {"--bind", spec.home, spec.home});
    return;
  }
  command.insert(command.end(), {"--bind", spec.home_source, spec.home});
  if (spec.home_source.starts_with(spec.folder + "/")) return;  // one that goes with the desktop
  add_parents(command, spec.home_source);
  command.insert(command.end(), {"--symlink", spec.home, spec.home_source});
}

// Empty when it went well, else what bwrap said.
Result<std::string> trial_run() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Error{ErrorCode::kIo, "The server has too many files open."};
  const UniqueFd output(ends[0]);
  UniqueFd input(ends[1]);
  std::vector<std::string> command = {"bwrap", "--unshare-pid", "--unshare-ipc", "--unshare-uts"};
  if (::geteuid() != 0) command.emplace_back("--unshare-user");
  command.insert(command.end(), {"--as-pid-1", "--cap-add", "CAP_CHECKPOINT_RESTORE"});
  add_system_folders(command);
  command.insert(command.end(), {"--proc", "/proc", "--dev", "/dev", "/usr/bin/true"});
  const pid_t pid = TRY(start_child({.command = command, .environment = {}, .output = input.get(), .pass_fds = {}}));
  input.reset();
  std::string said;
  std::array<char, 512> buffer{};
  for (ssize_t got = 0; (got = ::read(output.get(), buffer.data(), buffer.size())) > 0;) {
    said.append(buffer.data(), static_cast<size_t>(got));
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  while (!said.empty() && said.back() == '\n') said.pop_back();
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return std::string();
  return said.empty() ? std::string("no reason given") : said;
}

Result<void> keep_one_capability() {
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> sets{};
  if (::syscall(SYS_capget, &header, sets.data()) != 0) return Error{ErrorCode::kIo, "capget failed."};
  for (size_t i = 0; i < sets.size(); ++i) {
    const uint32_t wanted = CAP_CHECKPOINT_RESTORE / 32 == i ? 1U << (CAP_CHECKPOINT_RESTORE % 32) : 0U;
    sets[i].permitted &= wanted;
    sets[i].effective = sets[i].permitted;
    sets[i].inheritable = 0;
  }
  if (::syscall(SYS_capset, &header, sets.data()) != 0) return Error{ErrorCode::kIo, "capset failed."};
  return {};
}

}  // namespace

Result<void> judge_sandbox(const SandboxFacts& facts) {
  if (!facts.installed) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("Desktops run in sandboxes, and the program bwrap is missing on the server. Install it "
                             "with: apt install bubblewrap. {}",
                             kUseNoSandbox)};
  }
  if (facts.works) return {};
  std::string set;
  if (facts.unprivileged_userns == "0") {
    set = "sysctl -w kernel.unprivileged_userns_clone=1";
  } else if (facts.max_user_namespaces == "0") {
    set = "sysctl -w user.max_user_namespaces=65536";
  } else if (facts.apparmor_restricts == "1") {
    set = "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0";
  }
  if (set.empty()) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("Desktops run in sandboxes, which this server does not allow ({}). A container needs to "
                             "permit user namespaces and mounting /proc. {}",
                             facts.said, kUseNoSandbox)};
  }
  return Error{ErrorCode::kUnavailable,
               fmt::format("Desktops run in sandboxes, and this server forbids user namespaces. Allow them as root "
                           "with: {} (and in /etc/sysctl.d for good). {}",
                           set, kUseNoSandbox)};
}

Result<void> check_sandbox() {
  static std::atomic<bool> worked = false;
  if (worked) return {};
  SandboxFacts facts{.installed = !find_program("bwrap").empty()};
  if (facts.installed) {
    facts.said = TRY(trial_run());
    facts.works = facts.said.empty();
    facts.unprivileged_userns = setting("/proc/sys/kernel/unprivileged_userns_clone");
    facts.max_user_namespaces = setting("/proc/sys/user/max_user_namespaces");
    facts.apparmor_restricts = setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns");
  }
  TRY(judge_sandbox(facts));
  worked = true;
  return {};
}

std::string accounts_inside(const std::string& system, const std::string& own) {
  std::istringstream lines(system);
  std::string kept;
  const std::string name = own.substr(0, own.find(':') + 1);
  for (std::string line; std::getline(lines, line);) {
    const size_t first = line.find(':');
    const size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos || line.starts_with(name)) continue;
    if (std::strtoll(line.c_str() + second + 1, nullptr, 10) < kFirstPerson) kept += line + "\n";
  }
  return kept + own + "\n";
}

void show_home_as(DesktopSpec& spec, const std::string& path) {
  const auto covered = [&](const std::string& shown) { return (shown + "/").starts_with(path + "/"); };
  if (covered(spec.hidden) || std::ranges::any_of(spec.readable, covered)) return;
  spec.home_source = std::exchange(spec.home, path);
}

std::vector<std::string> sandbox_command(const DesktopSpec& spec) {
  std::vector<std::string> command = {find_program("bwrap"),  "--unshare-pid", "--unshare-ipc", "--unshare-uts",
                                      "--unshare-cgroup-try", "--as-pid-1",    "--new-session"};
  if (::geteuid() != 0) {
    command.insert(command.end(), {"--unshare-user"});
  } else {
    command.insert(command.end(), {"--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"});
  }
  // For the session manager, whose socket is named by its process id in a space of names that sandboxes share.
  command.insert(command.end(), {"--cap-add", "CAP_CHECKPOINT_RESTORE"});
  add_system_folders(command);
  command.insert(command.end(), {"--proc",        "/proc",
                                 "--dev",         "/dev",
                                 "--size",        kSharedBytes,
                                 "--perms",       "1777",
                                 "--tmpfs",       "/dev/shm",
                                 "--size",        kTmpBytes,
                                 "--perms",       "1777",
                                 "--tmpfs",       "/tmp",
                                 "--perms",       "1777",
                                 "--dir",         "/var/tmp",
                                 "--bind",        spec.folder + "/x11",
                                 "/tmp/.X11-unix"});
  // The data folder may lie in one of the system's, and its parents' rights do not matter inside.
  add_parents(command, spec.hidden);
  command.insert(command.end(), {"--tmpfs", spec.hidden});
  add_parents(command, spec.folder);
  command.insert(command.end(), {"--bind", spec.folder, spec.folder});
  add_home(command, spec);
  command.insert(command.end(), {"--ro-bind", spec.folder + "/passwd", "/etc/passwd", "--ro-bind",
                                 spec.folder + "/group", "/etc/group"});
  for (const std::string& path : spec.readable) {
    add_parents(command, path);
    command.insert(command.end(), {"--ro-bind", path, path});
  }
  command.insert(command.end(), {"--remount-ro", spec.hidden, "--chdir", "/", "--"});
  return command;
}

std::vector<std::string> sandbox_environment() {
  std::vector<std::string> all;
  for (const char* name : {"PATH", "LANG", "LANGUAGE", "LC_ALL", "TZ", "VITRINE_LIFELINE_FD"}) {
    if (const char* value = std::getenv(name)) all.push_back(std::string(name) + "=" + value);
  }
  return all;
}

Result<void> settle_in_sandbox(int64_t uid) {
  if (uid > 0 && ::geteuid() == 0) {
    const auto id = static_cast<uid_t>(uid);
    ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
    if (::setgroups(0, nullptr) != 0 || ::setresgid(id, id, id) != 0 || ::setresuid(id, id, id) != 0) {
      return Error{ErrorCode::kIo, fmt::format("Cannot become the account {}: {}.", id, std::strerror(errno))};
    }
  }
  return keep_one_capability();
}

}  // namespace vitrine::broker
