#include "broker/provision/desktop_group.h"

#include <fmt/format.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "broker/json_fields.h"
#include "broker/provision/display_files.h"
#include "broker/provision/files.h"
#include "broker/provision/measure_json.h"
#include "broker/provision/process_hunt.h"
#include "protocol/input_devices.h"

namespace vitrine::broker {

namespace {

constexpr Micros kCloseGrace = 2 * kSecond;    // for programs to end by themselves
constexpr Micros kDisplayGrace = 1 * kSecond;  // for Xorg to remove its socket and lock file
constexpr Micros kCrashWindow = 60 * kSecond;
constexpr size_t kMaxMainCrashes = 3;  // within kCrashWindow; a fourth ends the session
constexpr size_t kMaxWmCrashes = 5;
constexpr Micros kAgentBackoffFirst = 50 * kMillisecond;
constexpr Micros kAgentBackoffMost = 5 * kSecond;
constexpr Micros kAgentStable = 10 * kSecond;  // an agent that ran so long starts with the first backoff again
constexpr size_t kMaxClients = 16;             // the broker and curious administrators
constexpr int kSessionEndedCode = 7;           // CloseCode::kSessionEnded

bool ended_well(int status) {
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

bool DesktopGroup::Crashes::too_many(Micros now, size_t limit) {
  std::erase_if(recent, [&](Micros at) { return now - at > kCrashWindow; });
  recent.push_back(now);
  return recent.size() > limit;
}

DesktopGroup::DesktopGroup(DesktopSpec spec, Inherited inherited)
    : spec_(std::move(spec)), inherited_(std::move(inherited)) {}

Result<void> DesktopGroup::run() {
  TRY(prepare());
  if (const auto started = start_display(); !started.ok()) end(DesktopPhase::kFailed, started.error().message);
  while (!finished_) wait_and_handle();
  return {};
}

void DesktopGroup::wait_and_handle() {
  // Before waiting: xcb may hold events that it read together with a reply, and poll() would not see them.
  if (display_) handle_display();
  report_change();
  if (finished_) return;
  std::vector<pollfd> fds = {{signals_.get(), POLLIN, 0},
                             {inherited_.control.get(), POLLIN, 0},
                             {inherited_.lifeline.get(), POLLIN, 0},
                             {display_number_.fd.get(), POLLIN, 0},
                             {bus_address_.fd.get(), POLLIN, 0},
                             {display_ ? display_->fd() : -1, POLLIN, 0},
                             {agent_ && agent_->open() ? agent_->fd() : -1, agent_ ? agent_->events() : short{0}, 0},
                             {session_log_->fd(), POLLIN, 0},
                             {agent_log_->fd(), POLLIN, 0}};
  const size_t first_client = fds.size();
  for (const auto& client : clients_) fds.push_back({client->fd(), client->events(), 0});
  const Micros wait = std::max<Micros>(next_deadline() - monotonic_now(), 0);
  const int timeout_ms = next_deadline() == kNever ? -1 : static_cast<int>(wait / kMillisecond) + 1;
  if (::poll(fds.data(), fds.size(), timeout_ms) < 0) return;
  const auto ready = [&](size_t i) { return fds[i].fd >= 0 && fds[i].revents != 0; };
  if (ready(0)) handle_signals();
  if (ready(2)) {
    keep_nothing_ = true;
    inherited_.lifeline.reset();
    end(DesktopPhase::kEnded, "The server was stopped.");
  }
  if (ready(3)) handle_display_number();
  if (ready(4)) handle_bus_address();
  if (ready(6)) handle_agent();
  if (ready(7)) session_log_->drain();
  if (ready(8)) agent_log_->drain();
  if (fds.size() > first_client) handle_clients();
  if (ready(1)) {
    while (true) {
      UniqueFd fd(::accept4(inherited_.control.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!fd.open()) break;
      if (clients_.size() >= kMaxClients) continue;
      clients_.push_back(std::make_unique<LineSocket>(std::move(fd)));
      watching_.push_back(false);
    }
  }
  handle_deadlines(monotonic_now());
}

Micros DesktopGroup::next_deadline() const {
  return std::min({start_agent_at_, give_up_at_, stage_ends_at_});
}

void DesktopGroup::handle_deadlines(Micros now) {
  if (now >= give_up_at_) {
    end(DesktopPhase::kFailed, "The desktop did not start within 15 seconds.");
  }
  if (now >= start_agent_at_) start_agent();
  if (now >= stage_ends_at_) {
    if (stage_ == Stage::kClosing) {
      stop_everything();
    } else {
      finish();
    }
  }
}

void DesktopGroup::handle_signals() {
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    if (info.ssi_signo == SIGCHLD) continue;
    end(DesktopPhase::kEnded, "The server ended this desktop.");
  }
  reap();
}

void DesktopGroup::reap() {
  int status = 0;
  for (pid_t pid = 0; !finished_ && (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) handle_exit(pid, status);
}

void DesktopGroup::handle_exit(pid_t pid, int status) {
  if (pid == scaler_) {
    scaler_ = 0;
    return apply_scale();  // the viewer's screen may have changed meanwhile
  }
  const auto known = std::ranges::find_if(pids_, [&](const auto& item) { return item.second == pid; });
  if (known == pids_.end()) return;  // an orphan of one of our programs
  const std::string role = known->first;
  pids_.erase(known);
  if (role == "agent" && agent_) handle_agent();  // its last words
  if (stage_ == Stage::kClosing) {
    if (!pids_.contains("app") && !pids_.contains("agent")) stop_everything();
    return;
  }
  if (stage_ == Stage::kStopping) {
    if (role == "xorg") finish();
    return;
  }
  if (role == "app") return handle_main_exit(status);
  if (role == "agent") return handle_agent_exit();
  if (role == "wm") {
    if (wm_crashes_.too_many(monotonic_now(), kMaxWmCrashes)) {
      return end(DesktopPhase::kFailed, "The window manager crashes again and again.");
    }
    return start_window_manager();
  }
  if (role == "bus") return end(DesktopPhase::kFailed, "The desktop's message bus stopped.");
  end(DesktopPhase::kFailed, display_name_.empty()
                                 ? fmt::format("The display server did not start; see {}/xorg.log.", spec_.folder)
                                 : "The display server stopped.");
}

void DesktopGroup::handle_main_exit(int status) {
  if (ended_well(status)) {
    if (spec_.command.empty()) return end(DesktopPhase::kEnded, "You logged out of the desktop.");
    if (display_) (void)display_->process_events();
    app_left_windows_ = display_ && display_->window_count() > 0;
    if (!app_left_windows_) end(DesktopPhase::kEnded, fmt::format("{} was closed.", spec_.name));
    return;
  }
  if (main_crashes_.too_many(monotonic_now(), kMaxMainCrashes)) {
    return end(DesktopPhase::kFailed, fmt::format("{} crashes again and again.", spec_.name));
  }
  notify_viewers("warning", fmt::format("{} stopped unexpectedly and was started again.", spec_.name));
  start_main_program();
}

void DesktopGroup::handle_agent_exit() {
  past_measure_.add(std::exchange(measure_, {}));
  agent_.reset();
  viewers_ = 0;
  if (display_) display_->switch_off_pointers();
  const Micros now = monotonic_now();
  if (now - agent_started_at_ >= kAgentStable) agent_backoff_ = 0;
  agent_backoff_ = std::clamp(agent_backoff_ * 2, kAgentBackoffFirst, kAgentBackoffMost);
  start_agent_at_ = now + agent_backoff_;
}

void DesktopGroup::handle_display() {
  if (!display_->process_events()) {
    display_.reset();
    // Its exit comes as a signal and says the same; a display that hangs up without dying is as lost.
    if (stage_ == Stage::kRunning) end(DesktopPhase::kFailed, "The display server stopped.");
    return;
  }
  if (stage_ != Stage::kRunning) return;
  if (phase_ == DesktopPhase::kStarting && display_->managed()) {
    phase_ = DesktopPhase::kRunning;
    give_up_at_ = kNever;
    if (!spec_.command.empty()) start_main_program();
  }
  if (app_left_windows_ && display_->window_count() == 0) {
    end(DesktopPhase::kEnded, fmt::format("{} was closed.", spec_.name));
  }
}

void DesktopGroup::handle_agent() {
  const std::vector<std::string> lines = agent_->read_lines();
  agent_->flush();
  for (const std::string& line : lines) {
    const auto event = parse_object(line);
    if (!event.ok()) continue;  // the agent runs as the desktop's user; what it says is only shown
    const std::string name = text_field(event.value(), "event");
    if (name == "viewers") {
      viewers_ = static_cast<int>(std::clamp<int64_t>(number_field(event.value(), "count"), 0, 99));
      // An agent that was just started again knows no scale until a viewer tells it; the desktop keeps its own.
      if (event.value().contains("scale_percent")) want_scale(number_field(event.value(), "scale_percent", 100));
    }
    if (name == "measured") measure_ = measure_from_json(event.value());
    if (name == "ready" && !pending_notice_.empty()) {
      agent_->write_line(std::exchange(pending_notice_, ""));
    }
  }
}

void DesktopGroup::handle_clients() {
  for (size_t i = 0; i < clients_.size(); ++i) {
    LineSocket& client = *clients_[i];
    client.flush();
    for (const std::string& line : client.read_lines()) handle_request(client, line);
  }
  for (size_t i = clients_.size(); i-- > 0;) {
    if (clients_[i]->open()) continue;
    clients_.erase(clients_.begin() + static_cast<ptrdiff_t>(i));
    watching_.erase(watching_.begin() + static_cast<ptrdiff_t>(i));
  }
}

void DesktopGroup::handle_request(LineSocket& client, const std::string& line) {
  const auto request = parse_object(line);
  const std::string verb = request.ok() ? text_field(request.value(), "do") : "";
  if (verb == "status" || verb == "watch") {
    if (verb == "watch") {
      for (size_t i = 0; i < clients_.size(); ++i) watching_[i] = watching_[i] || clients_[i].get() == &client;
    }
    client.write_line(report_to_json(report()));
  } else if (verb == "disconnect") {
    // Without an agent nobody is connected.
    if (agent_) agent_->write_line(to_line({{"do", "disconnect"}, {"reason", text_field(request.value(), "reason")}}));
    client.write_line(R"({"ok":true})");
  } else if (verb == "end") {
    client.write_line(R"({"ok":true})");
    end(DesktopPhase::kEnded, text_field(request.value(), "reason", "This desktop was ended."));
  } else if (verb == "notice") {
    notify_viewers(text_field(request.value(), "level", "info"), text_field(request.value(), "text"));
    client.write_line(R"({"ok":true})");
  } else if (verb == "readmit") {
    readmit_viewers(number_field(request.value(), "generation"), text_field(request.value(), "reason"));
    client.write_line(R"({"ok":true})");
  } else {
    client.write_line(R"({"ok":false,"error":"Say {\"do\":\"status\"}, watch, end, notice or readmit."})");
  }
}

void DesktopGroup::want_scale(int64_t percent) {
  scale_ = desktop_scale(percent);
  apply_scale();
}

void DesktopGroup::apply_scale() {
  if (given_scale_ == scale_ || stage_ != Stage::kRunning || !display_) return;
  // With Xfce until xfsettingsd takes over: its programs start together, and one that finds no settings manager at its
  // start may miss the announcement of a later one.
  display_->publish_settings(xsettings_property(scale_, ++scale_serial_));
  if (!spec_.command.empty()) {
    // GTK keeps the old layout of a window whose size in pixels stays the same while its factor changes.
    if (given_scale_ && given_scale_->factor != scale_.factor) display_->lay_out_maximized();
    given_scale_ = scale_;
    return;
  }
  // One after the other, so that the newest wins however fast they come.
  if (bus_.empty() || scaler_ != 0) return;
  given_scale_ = scale_;
  display_->keep_resources([scale = scale_](const std::string& now) { return corrected_resources(now, scale); });
  const auto pid = start_program(xfce_scale_command(scale_), session_log_->input(), {}, SIGKILL);
  if (!pid.ok()) return spdlog::warn("the desktop does not follow the viewer's scale: {}", pid.error().message);
  scaler_ = pid.value();
}

void DesktopGroup::notify_viewers(const std::string& level, const std::string& text) {
  std::string line = to_line({{"do", "notice"}, {"level", level}, {"text", text}});
  if (agent_) {
    agent_->write_line(line);
  } else {
    pending_notice_ = std::move(line);
  }
}

void DesktopGroup::readmit_viewers(int64_t generation, const std::string& reason) {
  if (generation <= generation_ || generation > UINT32_MAX) return;
  generation_ = generation;
  readmit_ = to_line({{"do", "readmit"}, {"generation", generation}, {"reason", reason}});
  if (agent_) agent_->write_line(readmit_);
}

void DesktopGroup::end(DesktopPhase outcome, const std::string& reason) {
  if (stage_ != Stage::kRunning) return;
  stage_ = Stage::kClosing;
  phase_ = DesktopPhase::kEnding;
  outcome_ = outcome;
  reason_ = reason;
  start_agent_at_ = kNever;
  give_up_at_ = kNever;
  stage_ends_at_ = monotonic_now() + kCloseGrace;
  if (agent_) agent_->write_line(to_line({{"do", "close"}, {"code", kSessionEndedCode}, {"reason", reason}}));
  if (pids_.contains("app")) ::kill(pids_["app"], SIGTERM);
  if (!pids_.contains("app") && !pids_.contains("agent")) stop_everything();
}

void DesktopGroup::stop_everything() {
  stage_ = Stage::kStopping;
  stage_ends_at_ = monotonic_now() + kDisplayGrace;
  for (const auto& [role, pid] : pids_) {
    if (role != "xorg") ::kill(pid, SIGKILL);
  }
  if (!pids_.contains("xorg")) return finish();
  ::kill(pids_["xorg"], SIGTERM);
}

void DesktopGroup::finish() {
  if (finished_) return;
  finished_ = true;
  stage_ends_at_ = kNever;
  display_.reset();
  kill_desktop(spec_.id, true);
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {  // what was an orphan's child a moment ago
  }
  if (!spec_.sandbox) remove_stale_socket(display_name_);
  phase_ = outcome_;
  session_log_->drain();
  agent_log_->drain();
  pids_.clear();
  const std::string last = report_to_json(report());
  // First the facts, then the files: a reader that finds exit.json knows that nothing runs any more.
  (void)write_file(spec_.folder + "/exit.json", last + "\n", 0600);
  for (const char* name : {"xauthority", "xorg.conf", "openbox.xml", "agent.credential", "control.sock", "display"}) {
    ::unlink((spec_.folder + "/" + name).c_str());
  }
  for (const InputDevice& device : kInputDevices) ::unlink(fmt::format("{}/{}", spec_.folder, device.socket).c_str());
  remove_tree(spec_.folder + "/x11");
  remove_tree(spec_.folder + "/xkb");
  remove_tree(spec_.folder + "/xdg");
  remove_tree(spec_.folder + "/runtime");
  if (keep_nothing_) remove_tree(spec_.folder);
  for (size_t i = 0; i < clients_.size(); ++i) {
    if (watching_[i]) clients_[i]->write_line(last);
  }
}

void DesktopGroup::report_change() {
  if (finished_) return;
  std::string line = report_to_json(report());
  if (line == last_report_) return;
  last_report_ = std::move(line);
  for (size_t i = 0; i < clients_.size(); ++i) {
    if (watching_[i]) clients_[i]->write_line(last_report_);
  }
}

}  // namespace vitrine::broker
