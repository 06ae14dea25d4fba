#include "broker/provision/local_provisioner.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "broker/json_fields.h"
#include "broker/provision/desktop_account.h"
#include "broker/provision/display_files.h"
#include "broker/provision/files.h"
#include "broker/provision/host_pids.h"
#include "broker/provision/process_hunt.h"
#include "broker/provision/sandbox.h"

extern char** environ;

namespace vitrine::broker {

namespace {

constexpr size_t kMaxSocketPath = 107;  // sockaddr_un
constexpr size_t kKeptLogs = 10;        // folders of desktops that failed
constexpr Micros kLastMoment = kSecond / 2;
constexpr int kFirstReportMs = 1'000;  // a supervisor answers in less than one

bool plain_id(const std::string& id) {
  return !id.empty() && id.size() <= 32 &&
         std::ranges::all_of(id, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

// A copy of the descriptor that lies above those the new program is to have.
UniqueFd high_copy(int fd) {
  return UniqueFd(fd < 0 ? -1 : ::fcntl(fd, F_DUPFD_CLOEXEC, 64));
}

std::vector<std::string> subfolders(const std::string& path) {
  std::vector<std::string> names;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(path, failed)) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

void remove_oldest_folders(const std::string& path, size_t keep) {
  std::error_code ignored;
  std::vector<std::pair<std::filesystem::file_time_type, std::string>> folders;
  for (const std::string& name : subfolders(path)) {
    folders.emplace_back(std::filesystem::last_write_time(path + "/" + name, ignored), path + "/" + name);
  }
  std::ranges::sort(folders);
  for (size_t i = 0; i + keep < folders.size(); ++i) remove_tree(folders[i].second);
}

}  // namespace

Result<std::unique_ptr<LocalProvisioner>> LocalProvisioner::create(Options options) {
  const std::string desktops = options.data_folder + "/run/desktops";
  // The longest socket programs make below a desktop's folder: /<16>/runtime/<name of up to 24>.
  const size_t longest = desktops.size() + 1 + 16 + 9 + 24;
  if (longest > kMaxSocketPath) {
    return Error{
        ErrorCode::kTooLarge,
        fmt::format("The path of the data folder, {}, is {} bytes too long for the sockets inside it. Choose a "
                    "shorter one with --data.",
                    options.data_folder, longest - kMaxSocketPath)};
  }
  TRY(make_folder(desktops, 0700));
  std::unique_ptr<LocalProvisioner> made(new LocalProvisioner(std::move(options)));
  made->wake_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!made->wake_.open()) return Error{ErrorCode::kIo, "Cannot make an eventfd."};
  return made;
}

std::string LocalProvisioner::folder_of(const std::string& id) const {
  return options_.data_folder + "/run/desktops/" + id;
}

Result<void> LocalProvisioner::write_order(const DesktopOrder& order, const std::string& folder) {
  TRY(make_folder(folder, 0700));
  const std::string credential = folder + "/agent.credential";
  TRY(write_file(credential, order.agent_credential + "\n", 0600));
  DesktopSpec spec{.id = order.id,
                   .name = order.name,
                   .command = order.command,
                   .folder = folder,
                   .home = options_.data_folder + "/homes/" + order.user,
                   .opengl = order.opengl,
                   .width = order.width,
                   .height = order.height,
                   .scale_percent = order.scale_percent,
                   .time_zone = order.time_zone,
                   .locale = order.locale,
                   .agent = options_.agent};
  spec.agent.insert(spec.agent.end(), {"--credential", credential});
  if (order.fresh_home) spec.home = folder + "/home";
  TRY(make_folder(spec.home, 0700));
  if (!order.home_template.empty()) TRY(copy_tree(order.home_template, spec.home));
  if (options_.sandbox) TRY(write_sandbox(spec, order));
  TRY(write_file(folder + "/spec.json", spec_to_json(spec), 0600));
  return spec.uid > 0 ? give_tree(folder, spec.uid) : Result<void>();
}

Result<void> LocalProvisioner::write_sandbox(DesktopSpec& spec, const DesktopOrder& order) {
  TRY(check_sandbox());
  TRY(make_folder(spec.folder + "/x11", 0700));
  spec.sandbox = true;
  spec.hidden = options_.data_folder;
  spec.readable = options_.readable;
  spec.readable.push_back(options_.program);
  if (options_.agent.front() != options_.program) spec.readable.push_back(options_.agent.front());
  if (::geteuid() == 0) {
    spec.uid = order.fresh_home
                   ? TRY(account_of_folder(options_.data_folder + "/run/desktops", order.id, kPassingAccounts))
                   : TRY(account_of_folder(options_.data_folder + "/homes", order.user, kHomeAccounts));
  }
  show_home_as(spec, "/home/" + order.user);
  const int64_t uid = spec.uid > 0 ? spec.uid : int64_t{::geteuid()};
  const int64_t gid = spec.uid > 0 ? spec.uid : int64_t{::getegid()};
  const std::string people = TRY(read_file("/etc/passwd"));
  const std::string groups = TRY(read_file("/etc/group"));
  const std::string own = fmt::format("{}:x:{}:{}::{}:/bin/bash", order.user, uid, gid, spec.home);
  TRY(write_file(spec.folder + "/passwd", accounts_inside(people, own), 0644));
  return write_file(spec.folder + "/group", accounts_inside(groups, fmt::format("{}:x:{}:", order.user, gid)), 0644);
}

Result<void> LocalProvisioner::spawn_supervisor(const std::string& folder, int control) {
  const UniqueFd control_copy = high_copy(control);
  const UniqueFd lifeline_copy = high_copy(options_.lifeline);
  const std::string log = folder + "/supervisor.log";
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  posix_spawn_file_actions_adddup2(&actions, control_copy.get(), 3);
  if (lifeline_copy.open()) posix_spawn_file_actions_adddup2(&actions, lifeline_copy.get(), 4);
  posix_spawn_file_actions_addclosefrom_np(&actions, lifeline_copy.open() ? 5 : 4);

  std::vector<std::string> command = {options_.program,     "desktop", "--detach", "--control-listen-fd", "3", "--spec",
                                      folder + "/spec.json"};
  std::vector<char*> argv;
  for (std::string& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::string lifeline_variable = "VITRINE_LIFELINE_FD=4";
  std::vector<char*> envp;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (std::string_view(*variable).substr(0, 20) != "VITRINE_LIFELINE_FD=") envp.push_back(*variable);
  }
  if (lifeline_copy.open()) envp.push_back(lifeline_variable.data());
  envp.push_back(nullptr);

  pid_t pid = 0;
  const int failed = ::posix_spawn(&pid, options_.program.c_str(), &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    return Error{ErrorCode::kUnavailable, fmt::format("Cannot start {}: {}.", options_.program, std::strerror(failed))};
  }
  // It detaches at once and this first process ends.
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  const auto said = read_file(log);
  return Error{ErrorCode::kUnavailable,
               fmt::format("The desktop could not be started: {}",
                           said.ok() && !said.value().empty() ? said.value() : "no reason given.")};
}

Result<void> LocalProvisioner::start(const DesktopOrder& order) {
  CHECK(plain_id(order.id));
  TRY(check_display_programs(!order.command.empty()));
  const std::string folder = folder_of(order.id);
  {
    const std::lock_guard lock(mutex_);
    starting_.insert(order.id);
  }
  const auto started = start_in(order, folder);
  if (!started.ok()) remove_tree(folder);
  const std::lock_guard lock(mutex_);
  starting_.erase(order.id);
  return started;
}

Result<void> LocalProvisioner::start_in(const DesktopOrder& order, const std::string& folder) {
  TRY(write_order(order, folder));
  // Listening before the supervisor runs: it can be watched from its first moment.
  const UniqueFd control = TRY(listen_at(folder + "/control.sock"));
  TRY(spawn_supervisor(folder, control.get()));
  return watch(order.id);
}

Result<void> LocalProvisioner::watch(const std::string& id) {
  UniqueFd fd = TRY(connect_to(folder_of(id) + "/control.sock"));
  auto socket = std::make_unique<LineSocket>(std::move(fd));
  socket->write_line(R"({"do":"watch"})");
  const std::lock_guard lock(mutex_);
  watches_[id] = std::move(socket);
  const uint64_t one = 1;
  (void)!::write(wake_.get(), &one, sizeof one);
  return {};
}

Result<void> LocalProvisioner::command(const std::string& id, DesktopVerb verb, const std::string& text) {
  if (!plain_id(id)) return Error{ErrorCode::kNotFound, "There is no such desktop."};
  Json request;
  switch (verb) {
    case DesktopVerb::kDisconnect: request = {{"do", "disconnect"}, {"reason", text}}; break;
    case DesktopVerb::kEnd: request = {{"do", "end"}, {"reason", text}}; break;
    case DesktopVerb::kNotice: request = {{"do", "notice"}, {"level", "info"}, {"text", text}}; break;
    case DesktopVerb::kReadmit:
      request = TRY(parse_object(text));
      request["do"] = "readmit";
      break;
    case DesktopVerb::kForget: forget(id); return {};
  }
  auto fd = connect_to(folder_of(id) + "/control.sock");
  if (!fd.ok()) return Error{ErrorCode::kNotFound, "This desktop is not running."};
  LineSocket(fd.take()).write_line(to_line(request));
  return {};
}

std::vector<DesktopReport> LocalProvisioner::adopt(const Mine& mine) {
  std::vector<DesktopReport> found;
  for (const std::string& id : subfolders(options_.data_folder + "/run/desktops")) {
    if (!plain_id(id) || watched(id)) continue;
    if (watch(id).ok()) {
      found.push_back(first_report(id));
    } else if (mine(id)) {
      if (clear_unstarted(id)) continue;
      found.push_back(bury(id));
    }
  }
  return found;
}

// True when no supervisor has left a trace: the broker that made the folder died before it started one, or the sandbox,
// which cannot remove its folder, has emptied it. Then there is no desktop here, and one can be started in its place.
bool LocalProvisioner::clear_unstarted(const std::string& id) {
  const std::string folder = folder_of(id);
  for (const char* trace : {"/supervisor.log", "/exit.json"}) {
    if (::access((folder + trace).c_str(), F_OK) == 0) return false;
  }
  // Its user could have removed them, but not what runs.
  if (!kill_desktop(id, false)) return false;
  remove_tree(folder);
  return true;
}

bool LocalProvisioner::watched(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return watches_.contains(id) || starting_.contains(id);
}

// What a supervisor says at once when it is asked to be watched.
DesktopReport LocalProvisioner::first_report(const std::string& id) {
  const std::lock_guard lock(mutex_);
  LineSocket& socket = *watches_.at(id);
  DesktopReport living;
  pollfd readable{socket.fd(), POLLIN, 0};
  if (::poll(&readable, 1, kFirstReportMs) > 0) {
    for (const std::string& line : socket.read_lines()) {
      auto report = report_from_json(line);
      if (report.ok()) living = seen_from_here(report.take(), id, socket.peer());
    }
  }
  living.id = id;
  return living;
}

DesktopReport LocalProvisioner::seen_from_here(DesktopReport report, const std::string& id, pid_t supervisor) {
  report.id = id;
  if (!report.pids.empty()) report.pids = host_pids(report.pids, supervisor);
  return report;
}

std::optional<DesktopReport> LocalProvisioner::next_report(Micros timeout) {
  {
    const std::lock_guard lock(mutex_);
    if (reports_.empty())
      timeout = std::max<Micros>(timeout, 0);
    else
      timeout = 0;
  }
  read_watches(timeout);
  const std::lock_guard lock(mutex_);
  if (reports_.empty()) return std::nullopt;
  DesktopReport report = std::move(reports_.front());
  reports_.pop_front();
  return report;
}

void LocalProvisioner::read_watches(Micros timeout) {
  std::vector<pollfd> fds{{wake_.get(), POLLIN, 0}};
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, socket] : watches_) fds.push_back({socket->fd(), POLLIN, 0});
  }
  if (::poll(fds.data(), fds.size(), static_cast<int>(timeout / kMillisecond)) <= 0) return;
  uint64_t count = 0;
  (void)!::read(wake_.get(), &count, sizeof count);
  std::vector<std::string> silent;
  {
    const std::lock_guard lock(mutex_);
    for (auto it = watches_.begin(); it != watches_.end();) {
      bool over = false;
      for (const std::string& line : it->second->read_lines()) {
        auto report = report_from_json(line);
        if (!report.ok()) continue;
        over = report.value().phase == DesktopPhase::kEnded || report.value().phase == DesktopPhase::kFailed;
        reports_.push_back(seen_from_here(report.take(), it->first, it->second->peer()));
      }
      if (!over && !it->second->open()) silent.push_back(it->first);
      it = over || !it->second->open() ? watches_.erase(it) : std::next(it);
    }
  }
  for (const std::string& id : silent) {
    DesktopReport report = bury(id);
    const std::lock_guard lock(mutex_);
    reports_.push_back(std::move(report));
  }
}

// The last report of a desktop whose supervisor is no more, after making sure that nothing of it is left running.
DesktopReport LocalProvisioner::bury(const std::string& id) {
  // Its programs get their signals from the kernel as it dies; a moment lets Xorg tidy up after itself.
  wait_for_desktop(id, kLastMoment);
  if (!kill_desktop(id, false)) spdlog::error("Processes of desktop {} cannot be killed.", id);
  remove_tree(folder_of(id) + "/x11");
  const auto display = read_file(folder_of(id) + "/display");
  if (display.ok() && !options_.sandbox) remove_stale_socket(display.value());
  if (const auto exit = read_file(folder_of(id) + "/exit.json"); exit.ok()) {
    if (auto report = report_from_json(exit.value()); report.ok()) {
      report.value().id = id;
      return report.take();
    }
  }
  DesktopReport report;
  report.id = id;
  report.phase = DesktopPhase::kFailed;
  const auto log = read_file(folder_of(id) + "/supervisor.log");
  report.reason = log.ok() && !log.value().empty() ? fmt::format("The desktop stopped unexpectedly: {}", log.value())
                                                   : "The desktop stopped unexpectedly.";
  return report;
}

void LocalProvisioner::forget(const std::string& id) {
  const std::string folder = folder_of(id);
  const auto exit = read_file(folder + "/exit.json");
  const auto report = exit.ok() ? report_from_json(exit.value()) : Result<DesktopReport>(exit.error());
  if (!report.ok() || report.value().phase == DesktopPhase::kFailed) {
    const std::string logs = options_.data_folder + "/logs/desktops/" + id;
    if (make_folder(logs, 0700).ok()) {
      for (const char* name : {"session.log", "agent.log", "xorg.log", "supervisor.log"}) {
        ::rename((folder + "/" + name).c_str(), (logs + "/" + name).c_str());
      }
    }
    remove_oldest_folders(options_.data_folder + "/logs/desktops", kKeptLogs);
  }
  remove_tree(folder);
}

}  // namespace vitrine::broker
