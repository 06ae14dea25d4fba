// Local desktops with the real display server, window manager and programs; only the agent is a stand-in.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xcb/xcb.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "broker/identity/secrets.h"
#include "broker/json_fields.h"
#include "broker/provision/child_process.h"
#include "broker/provision/desktop_scale.h"
#include "broker/provision/files.h"
#include "broker/provision/local_provisioner.h"
#include "broker/provision/process_hunt.h"
#include "broker/provision/x_display.h"
#include "protocol/input_devices.h"
#include "tests/unit/broker/device_switch.h"
#include "tests/unit/broker/fixture.h"
#include "tests/unit/broker/sandbox_door.h"

namespace vitrine::broker {
namespace {

constexpr Micros kLongWait = 30 * kSecond;  // only ever reached by a failing test

class DesktopTest : public testing::Test {
 protected:
  DesktopTest() {
    ::signal(SIGPIPE, SIG_IGN);
    EXPECT_TRUE(make_folder(home(), 0700).ok());
    EXPECT_EQ(::mkfifo(fifo().c_str(), 0600), 0);
    EXPECT_EQ(::pipe2(lifeline_, O_CLOEXEC), 0);
    restart_broker();
  }
  ~DesktopTest() override {
    for (const std::string& id : started_) end_rest(id);
    for (const int fd : lifeline_) {
      if (fd >= 0) ::close(fd);
    }
  }

  // As a broker that starts over the same folder.
  void restart_broker() {
    provisioner_ = LocalProvisioner::create({.data_folder = folder_.path,
                                             .program = BROKER_PROGRAM,
                                             .agent = {STAND_IN_AGENT, "--log", agent_log()},
                                             .lifeline = lifeline_[0]})
                       .take();
  }
  // The one folder that a desktop's programs and the test both see.
  std::string home() const { return folder_.path + "/homes/ada"; }
  std::string fifo() const { return home() + "/fifo"; }
  std::string agent_log() const { return home() + "/agent.txt"; }

  // An app that runs until finish_app() lets it.
  std::vector<std::string> waiting_app() const { return {"cat", fifo()}; }
  void finish_app() const { std::ofstream(fifo()) << ""; }

  std::string start(const std::vector<std::string>& command) {
    DesktopOrder order;
    order.id = random_id();
    order.user = "ada";
    order.resource = "notes";
    order.name = "Notes";
    order.command = command;
    order.width = 801;
    order.height = 603;
    order.agent_credential = "credential";
    const auto started = provisioner_->start(order);
    EXPECT_TRUE(started.ok()) << (started.ok() ? "" : started.error().message);
    started_.push_back(order.id);
    return order.id;
  }
  // Reports until one fits; that one.
  DesktopReport until(const std::function<bool(const DesktopReport&)>& fits) {
    const Micros limit = monotonic_now() + kLongWait;
    while (monotonic_now() < limit) {
      if (const auto report = provisioner_->next_report(kSecond)) {
        last_ = *report;
        if (!last_.display.empty()) doors_.open(last_);
        if (fits(last_)) return last_;
      }
    }
    ADD_FAILURE() << "waited in vain; last: " << report_to_json(last_);
    return last_;
  }
  DesktopReport until_running() {
    return until([](const DesktopReport& report) {
      return report.phase == DesktopPhase::kRunning && report.pids.contains("app") && report.pids.contains("agent");
    });
  }
  DesktopReport until_over() {
    return until([](const DesktopReport& report) {
      return report.phase == DesktopPhase::kEnded || report.phase == DesktopPhase::kFailed;
    });
  }
  static pid_t pid_of(const DesktopReport& report, const std::string& role) {
    const auto found = report.pids.find(role);
    return found == report.pids.end() ? 0 : static_cast<pid_t>(found->second);
  }
  // A program that has just been started dies of the signal it means to read; it blocks it once it is ready.
  static bool comes_to_take_signals(pid_t pid) {
    for (int looks = 0; looks < 2000; ++looks) {
      const auto status = read_file("/proc/" + std::to_string(pid) + "/status");
      const size_t at = status.ok() ? status.value().find("\nSigBlk:\t") : std::string::npos;
      if (at != std::string::npos) {
        const uint64_t blocked = std::strtoull(status.value().c_str() + at + 9, nullptr, 16);
        if ((blocked & (uint64_t{1} << (SIGUSR1 - 1))) != 0) return true;
      }
      ::poll(nullptr, 0, 5);
    }
    return false;
  }
  // Handles on all processes of a desktop, to see them end.
  static std::vector<UniqueFd> handles(const std::string& id, const DesktopReport& report) {
    std::vector<UniqueFd> open;
    std::vector<pid_t> pids = processes_of_desktop(id);
    for (const auto& [role, pid] : report.pids) pids.push_back(static_cast<pid_t>(pid));
    for (const pid_t pid : pids) {
      const int fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
      if (fd >= 0) open.emplace_back(fd);
    }
    return open;
  }
  void expect_nothing_left(const std::string& id, const std::vector<UniqueFd>& processes, const DesktopReport& report) {
    for (const UniqueFd& process : processes) {
      pollfd ended{process.get(), POLLIN, 0};
      EXPECT_EQ(::poll(&ended, 1, 10'000), 1) << "a process goes on";
    }
    EXPECT_THAT(processes_of_desktop(id), testing::IsEmpty());
    EXPECT_FALSE(std::filesystem::exists(socket_of(report))) << report.display;
    ASSERT_TRUE(provisioner_->command(id, DesktopVerb::kForget, "").ok());
    EXPECT_FALSE(std::filesystem::exists(folder_.path + "/run/desktops/" + id));
  }
  // Waits until a property of the root window, or of the owner of a selection, is as wanted.
  static bool property_becomes(const DesktopReport& report, const char* selection, const char* property,
                               const std::function<bool(const std::string&)>& fits) {
    ::setenv("XAUTHORITY", report.xauthority.c_str(), 1);
    const std::unique_ptr<xcb_connection_t, decltype(&xcb_disconnect)> x(xcb_connect(report.display.c_str(), nullptr),
                                                                         &xcb_disconnect);
    ::unsetenv("XAUTHORITY");
    if (xcb_connection_has_error(x.get()) != 0) return false;
    const auto atom = [&](const char* name) {
      const auto cookie = xcb_intern_atom(x.get(), 0, static_cast<uint16_t>(std::string_view(name).size()), name);
      const std::unique_ptr<xcb_intern_atom_reply_t, decltype(&std::free)> reply(
          xcb_intern_atom_reply(x.get(), cookie, nullptr), &std::free);
      return reply->atom;
    };
    xcb_window_t window = xcb_setup_roots_iterator(xcb_get_setup(x.get())).data->root;
    if (selection != nullptr) {
      const std::unique_ptr<xcb_get_selection_owner_reply_t, decltype(&std::free)> owner(
          xcb_get_selection_owner_reply(x.get(), xcb_get_selection_owner(x.get(), atom(selection)), nullptr),
          &std::free);
      window = owner->owner;
    }
    const uint32_t events = XCB_EVENT_MASK_PROPERTY_CHANGE;
    xcb_change_window_attributes(x.get(), window, XCB_CW_EVENT_MASK, &events);
    while (true) {
      const auto cookie = xcb_get_property(x.get(), 0, window, atom(property), XCB_ATOM_ANY, 0, 65536);
      const std::unique_ptr<xcb_get_property_reply_t, decltype(&std::free)> reply(
          xcb_get_property_reply(x.get(), cookie, nullptr), &std::free);
      if (!reply) return false;
      if (fits({static_cast<const char*>(xcb_get_property_value(reply.get())),
                static_cast<size_t>(xcb_get_property_value_length(reply.get()))})) {
        return true;
      }
      bool changed = false;
      while (xcb_generic_event_t* event = xcb_poll_for_event(x.get())) {
        changed = true;
        std::free(event);
      }
      pollfd readable{xcb_get_file_descriptor(x.get()), POLLIN, 0};
      if (!changed && ::poll(&readable, 1, 30'000) != 1) return false;
    }
  }
  static uint32_t keysym_of(const DesktopReport& report, uint8_t keycode) {
    ::setenv("XAUTHORITY", report.xauthority.c_str(), 1);
    const std::unique_ptr<xcb_connection_t, decltype(&xcb_disconnect)> x(xcb_connect(report.display.c_str(), nullptr),
                                                                         &xcb_disconnect);
    ::unsetenv("XAUTHORITY");
    const std::unique_ptr<xcb_get_keyboard_mapping_reply_t, decltype(&std::free)> map(
        xcb_get_keyboard_mapping_reply(x.get(), xcb_get_keyboard_mapping(x.get(), keycode, 1), nullptr), &std::free);
    return map ? xcb_get_keyboard_mapping_keysyms(map.get())[0] : 0;
  }
  std::string told_agent() const {
    const auto text = read_file(agent_log());
    return text.ok() ? text.value() : "";
  }
  // Ends what a test left running and waits for its supervisor to go.
  void end_rest(const std::string& id) const {
    auto control = connect_to(folder_.path + "/run/desktops/" + id + "/control.sock");
    if (control.ok()) {
      const std::string request = "{\"do\":\"end\"}\n";
      (void)!::write(control.value().get(), request.data(), request.size());
      std::array<char, 256> buffer{};
      while (::read(control.value().get(), buffer.data(), buffer.size()) > 0) {
      }
    }
    kill_desktop(id, false);
  }

  TemporaryFolder folder_;
  int lifeline_[2] = {-1, -1};
  std::unique_ptr<LocalProvisioner> provisioner_;
  std::vector<std::string> started_;
  SandboxDoors doors_;
  DesktopReport last_;
};

TEST_F(DesktopTest, ARealAppComesUpFillingAScreenOfTheWantedSize) {
  start({"mousepad"});
  const DesktopReport report = until_running();
  EXPECT_EQ(report.width, 801);
  EXPECT_EQ(report.height, 603);
  const std::string xauthority = read_file(report.xauthority).value();
  EXPECT_FALSE(XDisplay::open(report.display, std::string(16, 'x')).ok()) << "the display opens to anybody";
  auto display = XDisplay::open(report.display, xauthority.substr(xauthority.size() - 16));
  ASSERT_TRUE(display.ok()) << display.error().message;
  // First what is known: xcb may hold events that it read together with a reply, and poll() would not see them.
  ASSERT_TRUE(display.value()->process_events());
  while (display.value()->window_count() == 0) {
    pollfd readable{display.value()->fd(), POLLIN, 0};
    ASSERT_EQ(::poll(&readable, 1, 30'000), 1) << "no window came";
    ASSERT_TRUE(display.value()->process_events());
  }
  EXPECT_TRUE(std::filesystem::exists(folder_.path + "/homes/ada"));
}

TEST_F(DesktopTest, AnAppThatIsClosedEndsTheDesktopAndLeavesNothing) {
  const std::string id = start(waiting_app());
  const DesktopReport running = until_running();
  const auto processes = handles(id, running);
  EXPECT_GE(processes.size(), 6U);
  finish_app();
  const DesktopReport ended = until_over();
  EXPECT_EQ(ended.phase, DesktopPhase::kEnded);
  EXPECT_EQ(ended.reason, "Notes was closed.");
  expect_nothing_left(id, processes, running);
  EXPECT_NE(told_agent().find("Notes was closed."), std::string::npos) << "viewers are told why";
  EXPECT_TRUE(std::filesystem::exists(folder_.path + "/homes/ada")) << "the home folder stays";
}

TEST_F(DesktopTest, AnAppThatCrashesIsStartedAgainButNotForEver) {
  const std::string id = start(waiting_app());
  const DesktopReport first = until_running();
  pid_t app = pid_of(first, "app");
  for (int crash = 1; crash <= 3; ++crash) {
    ::kill(app, SIGKILL);
    const DesktopReport again =
        until([&](const DesktopReport& report) { return pid_of(report, "app") != 0 && pid_of(report, "app") != app; });
    EXPECT_EQ(pid_of(again, "xorg"), pid_of(first, "xorg"));
    app = pid_of(again, "app");
  }
  EXPECT_NE(told_agent().find("Notes stopped unexpectedly and was started again."), std::string::npos);
  const auto processes = handles(id, last_);
  ::kill(app, SIGSEGV);
  const DesktopReport failed = until_over();
  EXPECT_EQ(failed.phase, DesktopPhase::kFailed);
  EXPECT_EQ(failed.reason, "Notes crashes again and again.");
  expect_nothing_left(id, processes, first);
  EXPECT_TRUE(std::filesystem::exists(folder_.path + "/logs/desktops/" + id + "/session.log"))
      << "logs of a failure are kept";
}

TEST_F(DesktopTest, AnAgentOrWindowManagerThatDiesIsStartedAgain) {
  start(waiting_app());
  const DesktopReport first = until_running();
  for (const std::string role : {"agent", "wm"}) {
    ::kill(pid_of(first, role), SIGKILL);
    const DesktopReport again = until([&](const DesktopReport& report) {
      return pid_of(report, role) != 0 && pid_of(report, role) != pid_of(first, role);
    });
    EXPECT_EQ(pid_of(again, "app"), pid_of(first, "app"));
    EXPECT_EQ(again.phase, DesktopPhase::kRunning);
  }
}

TEST_F(DesktopTest, PointersThatADeadAgentFedAreSwitchedOff) {
  start(waiting_app());
  const DesktopReport running = until_running();
  DeviceSwitch pointer(running, kMouseDevice.name);
  if (!pointer.there()) GTEST_SKIP() << "this Xorg lacks the driver inputtest";
  pointer.turn(true);
  ASSERT_TRUE(pointer.is_on());
  ::kill(pid_of(running, "agent"), SIGKILL);
  until([&](const DesktopReport& report) {
    return pid_of(report, "agent") != 0 && pid_of(report, "agent") != pid_of(running, "agent");
  });
  EXPECT_FALSE(pointer.is_on()) << "its driver would read the end of the agent's socket for ever";
}

TEST_F(DesktopTest, KeysHaveTheNumbersThatProgramsTakeThemFor) {
  start(waiting_app());
  const DesktopReport running = until_running();
  EXPECT_TRUE(property_becomes(running, nullptr, "_XKB_RULES_NAMES", [](const std::string& names) {
    return names.starts_with(std::string("evdev\0pc105\0", 12));
  }));
  constexpr uint8_t kUpKey = 111;  // KEY_UP of the kernel and 8
  constexpr uint32_t kUp = 0xff52;
  EXPECT_EQ(keysym_of(running, kUpKey), kUp);
}

TEST_F(DesktopTest, ViewersAreCountedByTheAgentAndGoWithIt) {
  start(waiting_app());
  const DesktopReport running = until_running();
  ::kill(pid_of(running, "agent"), SIGUSR1);
  until([](const DesktopReport& report) { return report.viewers == 1; });
  ::kill(pid_of(running, "agent"), SIGUSR2);
  until([](const DesktopReport& report) { return report.viewers == 0; });
  ::kill(pid_of(running, "agent"), SIGUSR1);
  until([](const DesktopReport& report) { return report.viewers == 1; });
  ::kill(pid_of(running, "agent"), SIGKILL);
  until([](const DesktopReport& report) { return report.viewers == 0; });
}

TEST_F(DesktopTest, EveryAgentOfADesktopKnowsFromWhichGenerationOnViewersAreAdmitted) {
  const std::string id = start(waiting_app());
  const DesktopReport first = until_running();
  const auto readmit = [&](int generation) {
    const std::string text = to_line({{"generation", generation}, {"reason", "changed"}});
    ASSERT_TRUE(provisioner_->command(id, DesktopVerb::kReadmit, text).ok());
  };
  readmit(2);
  readmit(3);
  readmit(2);  // came late
  ::kill(pid_of(first, "agent"), SIGKILL);
  const DesktopReport again = until([&](const DesktopReport& report) {
    return pid_of(report, "agent") != 0 && pid_of(report, "agent") != pid_of(first, "agent");
  });
  ASSERT_TRUE(comes_to_take_signals(pid_of(again, "agent")));
  ::kill(pid_of(again, "agent"), SIGUSR1);
  until([](const DesktopReport& report) { return report.viewers == 1; });
  ASSERT_TRUE(provisioner_->command(id, DesktopVerb::kEnd, "Done.").ok());
  until_over();
  const std::string told = told_agent();
  const size_t last = told.rfind("readmit");
  ASSERT_NE(last, std::string::npos) << "the second agent at least is told";
  EXPECT_THAT(told.substr(told.rfind('{', last), 60), testing::HasSubstr("\"generation\":3"));
  EXPECT_FALSE(provisioner_->command(id, DesktopVerb::kReadmit, "no json").ok());
}

TEST_F(DesktopTest, AnAppFollowsTheScaleOfTheViewersScreen) {
  start(waiting_app());
  const DesktopReport running = until_running();
  const auto settings_become = [&](int64_t percent, uint32_t serial) {
    return property_becomes(running, "_XSETTINGS_S0", "_XSETTINGS_SETTINGS", [=](const std::string& found) {
      return found == xsettings_property(desktop_scale(percent), serial);
    });
  };
  EXPECT_TRUE(settings_become(100, 1));
  ::kill(pid_of(running, "agent"), SIGUSR1);
  EXPECT_TRUE(settings_become(300, 2));
  // Neither a viewer that goes nor one that comes again with the same screen changes anything.
  ::kill(pid_of(running, "agent"), SIGUSR2);
  until([](const DesktopReport& report) { return report.viewers == 0; });
  ::kill(pid_of(running, "agent"), SIGUSR1);
  until([](const DesktopReport& report) { return report.viewers == 1; });
  EXPECT_TRUE(settings_become(300, 2));
}

TEST_F(DesktopTest, XfceFollowsTheScaleOfTheViewersScreen) {
  start({});
  const DesktopReport running = until_running();
  ::kill(pid_of(running, "agent"), SIGUSR1);
  // xfsettingsd writes both lines, the resolution without the factor; the supervisor puts that right.
  EXPECT_TRUE(property_becomes(running, nullptr, "RESOURCE_MANAGER", [](const std::string& found) {
    return found.find("Xcursor.size:\t72\n") != std::string::npos && found.find("Xft.dpi:\t288\n") != std::string::npos;
  }));
}

TEST_F(DesktopTest, EndingTellsTheViewersWhyAndLeavesNothing) {
  const std::string id = start(waiting_app());
  const DesktopReport running = until_running();
  const auto processes = handles(id, running);
  ASSERT_TRUE(provisioner_->command(id, DesktopVerb::kNotice, "Maintenance at noon.").ok());
  ASSERT_TRUE(provisioner_->command(id, DesktopVerb::kEnd, "You signed out.").ok());
  EXPECT_EQ(until_over().reason, "You signed out.");
  expect_nothing_left(id, processes, running);
  EXPECT_THAT(told_agent(),
              testing::AllOf(testing::HasSubstr("Maintenance at noon."), testing::HasSubstr("You signed out.")));
  EXPECT_EQ(provisioner_->command(id, DesktopVerb::kEnd, "").error().code, ErrorCode::kNotFound);
}

TEST_F(DesktopTest, ProcessesThatHideAreFoundInTheEnd) {
  // One leaves its parent and session; one has no environment either; one ignores every polite signal.
  const std::string id = start(
      {"sh", "-c",
       "setsid -f sleep 1000; env -i setsid -f sleep 1001; setsid -f sh -c \"trap '' TERM HUP INT; sleep 1002\"; cat " +
           fifo()});
  const DesktopReport running = until_running();
  const auto holds = [&](const std::string& word) {
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      const auto line = read_file(entry.path().string() + "/cmdline");
      std::error_code ignored;
      // A sandbox has another name for the folder.
      const bool at_home = std::filesystem::equivalent(entry.path() / "cwd", home(), ignored);
      if (line.ok() && line.value().find(word) != std::string::npos && at_home) return true;
    }
    return false;
  };
  const Micros limit = monotonic_now() + kLongWait;
  while (!(holds("1000") && holds("1001") && holds("1002")) && monotonic_now() < limit) std::this_thread::yield();
  ASSERT_TRUE(holds("1001"));
  const auto processes = handles(id, running);
  ASSERT_TRUE(provisioner_->command(id, DesktopVerb::kEnd, "Enough.").ok());
  until_over();
  expect_nothing_left(id, processes, running);
  EXPECT_FALSE(holds("1000") || holds("1001") || holds("1002"));
}

TEST_F(DesktopTest, AKilledSupervisorTakesEverythingWithIt) {
  const std::string id = start(waiting_app());
  const DesktopReport running = until_running();
  const auto processes = handles(id, running);
  ::kill(pid_of(running, "supervisor"), SIGKILL);
  const DesktopReport failed = until_over();
  EXPECT_EQ(failed.phase, DesktopPhase::kFailed);
  EXPECT_FALSE(failed.reason.empty());
  expect_nothing_left(id, processes, running);
}

TEST_F(DesktopTest, ADeadDisplayServerFailsTheDesktop) {
  const std::string id = start(waiting_app());
  const DesktopReport running = until_running();
  const auto processes = handles(id, running);
  ::kill(pid_of(running, "xorg"), SIGTERM);
  const DesktopReport failed = until_over();
  EXPECT_EQ(failed.phase, DesktopPhase::kFailed);
  EXPECT_EQ(failed.reason, "The display server stopped.");
  expect_nothing_left(id, processes, running);
}

TEST_F(DesktopTest, TheEndOfTheLifelineEndsTheDesktop) {
  const std::string id = start(waiting_app());
  const DesktopReport running = until_running();
  const auto processes = handles(id, running);
  ::close(std::exchange(lifeline_[1], -1));
  EXPECT_EQ(until_over().phase, DesktopPhase::kEnded);
  expect_nothing_left(id, processes, running);
}

TEST_F(DesktopTest, ABrokerThatComesBackTakesItsDesktopsOver) {
  const std::string living = start(waiting_app());
  const DesktopReport before = until_running();
  const std::string dead = start(waiting_app());
  const DesktopReport dying = until_running();
  provisioner_.reset();
  ::kill(pid_of(dying, "supervisor"), SIGKILL);
  const UniqueFd gone(static_cast<int>(::syscall(SYS_pidfd_open, pid_of(dying, "supervisor"), 0)));
  pollfd ended{gone.get(), POLLIN, 0};
  EXPECT_TRUE(!gone.open() || ::poll(&ended, 1, 10'000) == 1);

  restart_broker();
  std::map<std::string, DesktopReport> found;
  for (const DesktopReport& report : provisioner_->adopt([](const std::string&) { return true; }))
    found[report.id] = report;
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[living].phase, DesktopPhase::kRunning);
  EXPECT_EQ(found[living].pids, before.pids);
  EXPECT_EQ(found[dead].phase, DesktopPhase::kFailed);
  EXPECT_THAT(processes_of_desktop(dead), testing::IsEmpty());
  ASSERT_TRUE(provisioner_->command(living, DesktopVerb::kEnd, "Bye.").ok());
  EXPECT_EQ(until_over().id, living) << "it is watched again";
}

TEST_F(DesktopTest, WhatABrokerDidNotLiveToStartIsNoDesktop) {
  // As it is when a broker is killed between writing down what to run and running it.
  const std::string folder = folder_.path + "/run/desktops/halfmade";
  ASSERT_TRUE(make_folder(folder, 0700).ok());
  ASSERT_TRUE(write_file(folder + "/spec.json", "{}", 0600).ok());
  ASSERT_TRUE(listen_at(folder + "/control.sock").ok());
  EXPECT_THAT(provisioner_->adopt([](const std::string&) { return false; }), testing::IsEmpty());
  EXPECT_TRUE(std::filesystem::exists(folder)) << "another broker may be at it";
  EXPECT_THAT(provisioner_->adopt([](const std::string&) { return true; }), testing::IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(folder));
  // One whose supervisor ran has ended, and its user is told.
  ASSERT_TRUE(make_folder(folder, 0700).ok());
  ASSERT_TRUE(write_file(folder + "/supervisor.log", "", 0600).ok());
  const auto found = provisioner_->adopt([](const std::string&) { return true; });
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].phase, DesktopPhase::kFailed);
}

TEST_F(DesktopTest, AProgramThatCannotRunFailsWithItsName) {
  start({"no-such-program-at-all"});
  const DesktopReport failed = until_over();
  EXPECT_EQ(failed.phase, DesktopPhase::kFailed);
  EXPECT_NE(failed.reason.find("no-such-program-at-all"), std::string::npos);
}

TEST_F(DesktopTest, XfceComesUpAndLoggingOutEndsIt) {
  if (::geteuid() != 0) GTEST_SKIP() << "entering a sandbox from outside takes root";
  const std::string id = start({});
  const DesktopReport running = until_running();
  const auto processes = handles(id, running);
  // Logs out as the button in the panel does, once the session can be asked.
  DesktopReport ended;
  const Micros limit = monotonic_now() + kLongWait;
  while (ended.phase != DesktopPhase::kEnded && monotonic_now() < limit) {
    run_inside(running, {"xfce4-session-logout", "--logout", "--fast"});
    while (const auto report = provisioner_->next_report(kSecond)) ended = *report;
  }
  EXPECT_EQ(ended.phase, DesktopPhase::kEnded);
  EXPECT_EQ(ended.reason, "You logged out of the desktop.");
  expect_nothing_left(id, processes, running);
}

TEST(LocalProvisionerTest, APathTooLongForSocketsIsRefusedAtOnce) {
  const auto made =
      LocalProvisioner::create({.data_folder = "/tmp/" + std::string(80, 'a'), .program = "x", .agent = {}});
  ASSERT_FALSE(made.ok());
  EXPECT_NE(made.error().message.find("--data"), std::string::npos);
}

TEST(ReportTest, ReportsComeBackFromTheirLines) {
  DesktopReport report;
  report.id = "abc";
  report.phase = DesktopPhase::kEnding;
  report.reason = "Because \"so\".\n";
  report.viewers = 3;
  report.width = 800;
  report.height = 600;
  report.display = ":7";
  report.pids = {{"xorg", 42}};
  const std::string line = report_to_json(report);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(report_to_json(report_from_json(line).value()), line);
  for (const char* bad : {"", "{}", "[]", "{\"state\":5}", "{\"state\":\"asleep\"}", "\xff"})
    EXPECT_FALSE(report_from_json(bad).ok()) << bad;
  EXPECT_TRUE(
      report_from_json(R"({"state":"running","pids":{"xorg":"x"},"viewers":-5,"width":1e99,"display":7})").ok());
}

}  // namespace
}  // namespace vitrine::broker
