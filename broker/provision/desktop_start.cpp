// How a DesktopGroup starts its programs, in the order in which they need each other.
#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <random>

#include "broker/provision/child_process.h"
#include "broker/provision/desktop_defaults.h"
#include "broker/provision/desktop_group.h"
#include "broker/provision/display_files.h"
#include "broker/provision/files.h"
#include "broker/provision/process_hunt.h"

namespace vitrine::broker {

namespace {

constexpr Micros kDisplayStartLimit = 15 * kSecond;  // it takes 30-70 ms; a loaded machine may be slow
constexpr uint32_t kAppBackground = 0x2b3e4f;        // behind an app whose window does not fill the screen
constexpr const char* kPath = "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games";

Result<std::pair<UniqueFd, UniqueFd>> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Error{ErrorCode::kIo, "The server has too many files open."};
  return std::pair(UniqueFd(ends[0]), UniqueFd(ends[1]));
}

// As in a D-Bus address: what is not plain becomes %XX.
std::string bus_escaped(const std::string& path) {
  std::string escaped;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::strchr("-_/.\\*", c) != nullptr;
    escaped += plain ? std::string(1, c) : fmt::format("%{:02x}", static_cast<unsigned char>(c));
  }
  return escaped;
}

// The session manager listens at an abstract socket (libICE's) that is named by its process id. Sandboxes share these
// names and count processes from 1 each; one whose name is taken does not start, and is then given another.
pid_t pid_no_other_sandbox_has() {
  constexpr int kFirst = 2'000;
  const auto limit = read_file("/proc/sys/kernel/pid_max");
  const int most = limit.ok() ? std::atoi(limit.value().c_str()) : 0;
  std::random_device random;
  return std::uniform_int_distribution<pid_t>(kFirst, std::max(most, 32'768) - 1)(random);
}

std::string language() {
  const char* lang = std::getenv("LANG");
  const std::string value = lang == nullptr ? "" : lang;
  return value.empty() || value == "C" || value == "POSIX" ? "C.UTF-8" : value;
}

}  // namespace

std::optional<std::string> DesktopGroup::Answer::read_line() {
  std::array<char, 512> buffer{};
  const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
  if (got > 0) text.append(buffer.data(), static_cast<size_t>(got));
  const size_t end = text.find('\n');
  // Closing before the whole line is read would kill the program: Xorg writes the number and the line end apart.
  if (got <= 0 || end != std::string::npos) fd.reset();
  if (end == std::string::npos) return std::nullopt;
  return text.substr(0, end);
}

Result<void> DesktopGroup::prepare() {
  // Orphans of our programs become our children, so that they can be found and reaped.
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) return Error{ErrorCode::kIo, "prctl failed."};
  sigset_t handled;
  sigemptyset(&handled);
  for (const int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) sigaddset(&handled, number);
  sigprocmask(SIG_BLOCK, &handled, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  signals_.reset(::signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!inherited_.control.open()) inherited_.control = TRY(listen_at(spec_.folder + "/control.sock"));
  session_log_ = TRY(LogPipe::create(spec_.folder + "/session.log"));
  agent_log_ = TRY(LogPipe::create(spec_.folder + "/agent.log"));
  return {};
}

// The account's shell when people may log in with it (shells(5)). An account made for a service has one that only says
// no, and a terminal would close as soon as it opened.
static std::string login_shell(const passwd* account) {
  std::string shell = ::access("/bin/bash", X_OK) == 0 ? "/bin/bash" : "/bin/sh";
  ::setusershell();
  while (const char* allowed = ::getusershell()) {
    if (account != nullptr && std::string_view(allowed) == account->pw_shell) shell = allowed;
  }
  ::endusershell();
  return shell;
}

std::vector<std::string> DesktopGroup::environment() const {
  // Nothing of the broker's environment gets in but language and time zone, and these where the user's are not known.
  const passwd* account = ::getpwuid(::getuid());
  const std::string user = account != nullptr ? account->pw_name : "user";
  std::vector<std::string> all = {
      std::string(kDesktopVariable) + "=" + spec_.id,
      std::string("PATH=") + kPath,
      "HOME=" + spec_.home,
      "USER=" + user,
      "LOGNAME=" + user,
      "SHELL=" + login_shell(account),
      "LANG=" + (spec_.locale.empty() ? language() : spec_.locale),
      "XAUTHORITY=" + spec_.folder + "/xauthority",
      "XDG_RUNTIME_DIR=" + spec_.folder + "/runtime",
      "XDG_CONFIG_DIRS=" + spec_.folder + "/xdg:/etc/xdg",
      "XDG_DATA_DIRS=/usr/local/share:/usr/share",
      "XDG_SESSION_TYPE=x11",
      "XCURSOR_THEME=Adwaita",
      "XCURSOR_SIZE=" + std::to_string(desktop_scale(spec_.scale_percent).cursor_side),
      "NO_AT_BRIDGE=1",
      "GTK_A11Y=none",
  };
  if (!display_name_.empty()) all.push_back("DISPLAY=" + display_name_);
  if (!bus_.empty()) all.push_back("DBUS_SESSION_BUS_ADDRESS=" + bus_);
  if (spec_.command.empty()) {
    for (const char* set : {"XDG_CURRENT_DESKTOP=XFCE", "XDG_MENU_PREFIX=xfce-", "DESKTOP_SESSION=xfce"}) {
      all.emplace_back(set);
    }
  }
  const auto inherit = [&all](const char* name) {
    if (const char* value = std::getenv(name)) all.push_back(std::string(name) + "=" + value);
  };
  if (spec_.time_zone.empty())
    inherit("TZ");
  else
    all.push_back("TZ=" + spec_.time_zone);
  // Either would hide what LANG says.
  for (const char* name : {"LANGUAGE", "LC_ALL"}) {
    if (spec_.locale.empty()) inherit(name);
  }
  return all;
}

Result<pid_t> DesktopGroup::start_program(const std::vector<std::string>& command, int output,
                                          std::vector<int> pass_fds, int signal_when_orphaned, pid_t pid) {
  return start_child({.command = command,
                      .environment = environment(),
                      .working_folder = spec_.home,
                      .output = output,
                      .pass_fds = std::move(pass_fds),
                      .signal_when_orphaned = signal_when_orphaned,
                      .pid = pid});
}

Result<void> DesktopGroup::start_display() {
  cookie_ = random_cookie();
  TRY(make_folder(spec_.home, 0700));
  TRY(make_folder(spec_.folder + "/runtime", 0700));
  TRY(make_folder(spec_.folder + "/xdg", 0700));
  TRY(write_file(spec_.folder + "/xauthority", xauthority_file(cookie_), 0600));
  TRY(write_file(spec_.folder + "/xorg.conf", xorg_config(spec_), 0600));
  TRY(make_keyboard_folder(spec_.folder + "/xkb"));
  TRY(write_gtk_defaults(spec_.folder + "/xdg"));
  if (spec_.command.empty()) {
    TRY(write_xfce_defaults(spec_.folder + "/xdg"));
  } else {
    TRY(write_file(spec_.folder + "/openbox.xml", openbox_config(), 0600));
  }
  const std::string xorg = find_xorg();
  if (xorg.empty()) TRY(check_display_programs(false));
  auto [number, write_end] = TRY(make_pipe());
  display_number_.fd = std::move(number);
  std::vector<std::string> command = {xorg,
                                      "-displayfd",
                                      std::to_string(write_end.get()),
                                      "-config",
                                      spec_.folder + "/xorg.conf",
                                      "-auth",
                                      spec_.folder + "/xauthority",
                                      "-xkbdir",
                                      spec_.folder + "/xkb",
                                      "-logfile",
                                      spec_.folder + "/xorg.log",
                                      "-logverbose",
                                      "0",  // errors alone; the pointers' driver would write a line for each event
                                      "-noreset",
                                      "-novtswitch",
                                      "-nolisten",
                                      "tcp",
                                      "-dpi",
                                      "96"};
  // Composite gives windows with an alpha channel a picture of their own. When one of them is uncovered, the server
  // puts it back without telling DAMAGE on the root window, and what covered it would stay on the viewer's screen.
  command.insert(command.end(), {"-extension", "Composite"});
  if (!spec_.opengl) command.insert(command.end(), {"-extension", "GLX"});
  if (spec_.sandbox) {
    number_ = TRY(take_display_number());
    command.insert(command.end(), {fmt::format(":{}", number_.number), "-nolisten", "local"});
  }
  // SIGTERM lets Xorg remove its socket and lock file from /tmp.
  pids_["xorg"] = TRY(start_program(command, session_log_->input(), {write_end.get()}, SIGTERM));
  give_up_at_ = monotonic_now() + kDisplayStartLimit;
  return {};
}

void DesktopGroup::handle_display_number() {
  const auto number = display_number_.read_line();
  if (!number || stage_ != Stage::kRunning) return;
  display_name_ = ":" + *number;
  (void)write_file(spec_.folder + "/display", display_name_, 0600);  // for whoever cleans up if we cannot
  auto display = XDisplay::open(display_name_, cookie_);
  if (!display.ok()) return end(DesktopPhase::kFailed, display.error().message);
  display_ = display.take();
  display_->set_background(kAppBackground);
  display_->park_pointer();
  display_->name_keyboard_rules();
  want_scale(spec_.scale_percent);
  start_agent();
  start_bus();
}

void DesktopGroup::start_bus() {
  auto ends = make_pipe();
  if (!ends.ok()) return end(DesktopPhase::kFailed, ends.error().message);
  auto [address, write_end] = ends.take();
  bus_address_.fd = std::move(address);
  const auto pid = start_program({"dbus-daemon", "--session", "--nofork", "--nopidfile", "--nosyslog",
                                  "--address=unix:path=" + bus_escaped(spec_.folder + "/runtime/bus"),
                                  "--print-address=" + std::to_string(write_end.get())},
                                 session_log_->input(), {write_end.get()}, SIGKILL);
  if (!pid.ok()) return end(DesktopPhase::kFailed, pid.error().message);
  pids_["bus"] = pid.value();
}

void DesktopGroup::handle_bus_address() {
  const auto address = bus_address_.read_line();
  if (!address || stage_ != Stage::kRunning) return;
  bus_ = *address;
  apply_scale();
  if (spec_.command.empty()) {
    start_main_program();
  } else {
    start_window_manager();
  }
}

void DesktopGroup::start_window_manager() {
  const auto pid = start_program({"openbox", "--sm-disable", "--config-file", spec_.folder + "/openbox.xml"},
                                 session_log_->input(), {}, SIGKILL);
  if (!pid.ok()) return end(DesktopPhase::kFailed, pid.error().message);
  pids_["wm"] = pid.value();
}

void DesktopGroup::start_main_program() {
  const std::vector<std::string> command =
      spec_.command.empty() ? std::vector<std::string>{"xfce4-session"} : spec_.command;
  const pid_t wanted = spec_.sandbox && spec_.command.empty() ? pid_no_other_sandbox_has() : 0;
  const auto pid = start_program(command, session_log_->input(), {}, SIGKILL, wanted);
  if (!pid.ok()) return end(DesktopPhase::kFailed, pid.error().message);
  pids_["app"] = pid.value();
}

void DesktopGroup::start_agent() {
  start_agent_at_ = kNever;
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return end(DesktopPhase::kFailed, fmt::format("Cannot make a socket: {}.", std::strerror(errno)));
  }
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  std::vector<std::string> command = spec_.agent;
  command.insert(command.end(), {"--display", display_name_, "--control-fd", std::to_string(theirs.get())});
  if (has_pointer_driver()) command.insert(command.end(), {"--input-devices", spec_.folder});
  const auto pid = start_program(command, agent_log_->input(), {theirs.get()}, SIGKILL);
  if (!pid.ok()) return end(DesktopPhase::kFailed, pid.error().message);
  pids_["agent"] = pid.value();
  agent_started_at_ = monotonic_now();
  agent_.emplace(std::move(ours));
  if (!readmit_.empty()) agent_->write_line(readmit_);  // before it has a link
}

DesktopReport DesktopGroup::report() const {
  DesktopReport now;
  now.id = spec_.id;
  now.phase = phase_;
  now.reason = reason_;
  now.viewers = viewers_;
  const Size size = display_ ? display_->size() : Size{spec_.width, spec_.height};
  now.width = size.width;
  now.height = size.height;
  now.display = display_name_;
  now.xauthority = spec_.folder + "/xauthority";
  now.pids["supervisor"] = ::getpid();
  for (const auto& [role, pid] : pids_) now.pids[role] = pid;
  now.measure = past_measure_;
  now.measure.add(measure_);
  return now;
}

}  // namespace vitrine::broker
