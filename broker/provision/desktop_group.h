// The supervisor of one local desktop: a display server, a session bus, a window manager with one app or Xfce, and
// the agent, as one group that lives and dies together. `vitrine desktop --spec FILE` runs it, one process for each
// desktop, so desktops outlive the broker.
//
//   Xorg ─ number → bus ─ address → app: openbox ─ managed → app          ready
//          └ agent                  desktop: xfce4-session ─ managed →     ready
//
// What ends it: the app or Xfce exits as wished, "end" on the control socket, SIGTERM, the lifeline (the read end of
// a pipe whose writer is `vitrine up`) closing, the display server dying. What does not: the agent, the window manager
// or the app crashing; they are started again.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/provision/desktop_scale.h"
#include "broker/provision/desktop_spec.h"
#include "broker/provision/display_number.h"
#include "broker/provision/line_socket.h"
#include "broker/provision/log_pipe.h"
#include "broker/provision/provisioner.h"
#include "broker/provision/unique_fd.h"
#include "broker/provision/x_display.h"
#include "protocol/base/time.h"

namespace vitrine::broker {

// Owns all processes of the desktop. The process's only thread.
class DesktopGroup {
 public:
  struct Inherited {
    UniqueFd control;   // listening control.sock
    UniqueFd lifeline;  // not open: none
  };
  DesktopGroup(DesktopSpec spec, Inherited inherited);

  // Runs the desktop to its end; afterwards nothing of it is left but exit.json (how it ended) and, when it failed,
  // its logs. Errors: what kept it from starting at all.
  Result<void> run();

 private:
  enum class Stage : uint8_t { kRunning, kClosing, kStopping };
  struct Crashes {
    std::vector<Micros> recent;
    bool too_many(Micros now, size_t limit);
  };
  // A pipe into which a program writes one line when it is ready.
  struct Answer {
    UniqueFd fd;
    std::string text;
    // The line once it is complete; then, or when the program is gone, the pipe is closed.
    std::optional<std::string> read_line();
  };

  // Start, in this order.
  Result<void> prepare();
  Result<void> start_display();
  void handle_display_number();
  void start_bus();
  void handle_bus_address();
  void start_window_manager();
  void start_main_program();
  void start_agent();
  Result<pid_t> start_program(const std::vector<std::string>& command, int output, std::vector<int> pass_fds,
                              int signal_when_orphaned, pid_t pid = 0);
  [[nodiscard]] std::vector<std::string> environment() const;

  // The loop.
  void wait_and_handle();
  [[nodiscard]] Micros next_deadline() const;
  void handle_deadlines(Micros now);
  void handle_signals();
  void handle_display();
  void handle_clients();
  void handle_agent();
  void reap();
  void handle_exit(pid_t pid, int status);
  void handle_main_exit(int status);
  void handle_agent_exit();
  void handle_request(LineSocket& client, const std::string& line);

  // The end.
  void end(DesktopPhase outcome, const std::string& reason);
  void stop_everything();
  void finish();

  // The size at which programs draw follows the viewer's screen.
  void want_scale(int64_t percent);
  void apply_scale();

  void notify_viewers(const std::string& level, const std::string& text);
  void readmit_viewers(int64_t generation, const std::string& reason);
  void report_change();
  [[nodiscard]] DesktopReport report() const;

  DesktopSpec spec_;
  Inherited inherited_;
  DesktopPhase phase_ = DesktopPhase::kStarting;
  DesktopPhase outcome_ = DesktopPhase::kEnded;
  Stage stage_ = Stage::kRunning;
  bool finished_ = false;
  bool keep_nothing_ = false;  // nobody will collect what is left
  std::string reason_;

  DisplayNumber number_;  // in a sandbox
  std::string cookie_;
  std::string display_name_;
  Answer display_number_;  // of Xorg
  Answer bus_address_;     // of dbus-daemon
  UniqueFd signals_;
  std::string bus_;
  std::unique_ptr<XDisplay> display_;
  std::optional<LogPipe> session_log_;
  std::optional<LogPipe> agent_log_;

  std::map<std::string, pid_t> pids_;  // "xorg", "bus", "wm", "app", "agent"
  std::optional<LineSocket> agent_;
  std::vector<std::unique_ptr<LineSocket>> clients_;
  std::vector<bool> watching_;  // parallel to clients_
  int viewers_ = 0;
  SessionMeasure measure_;                   // of the agent that runs, as it says
  SessionMeasure past_measure_;              // of those before it
  bool app_left_windows_ = false;            // its first process ended well but its windows are still there
  DesktopScale scale_;                       // wanted
  std::optional<DesktopScale> given_scale_;  // what the programs were told last
  uint32_t scale_serial_ = 0;
  pid_t scaler_ = 0;  // tells Xfce
  std::string last_report_;
  std::string readmit_;         // the last order of that kind, which every agent of this desktop is to know
  int64_t generation_ = 0;      // in it
  std::string pending_notice_;  // for an agent that is just being started again

  Crashes main_crashes_;
  Crashes wm_crashes_;
  Micros agent_backoff_ = 0;
  Micros agent_started_at_ = 0;
  Micros start_agent_at_ = kNever;
  Micros give_up_at_ = kNever;  // on the display to come up
  Micros stage_ends_at_ = kNever;
};

}  // namespace vitrine::broker
