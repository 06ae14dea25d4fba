// What one user's desktop can reach of another's, tried from inside of it with the real sandbox.
#include "broker/provision/sandbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>

#include "broker/identity/secrets.h"
#include "broker/provision/files.h"
#include "broker/provision/local_provisioner.h"
#include "tests/unit/broker/fixture.h"
#include "tests/unit/broker/sandbox_door.h"

namespace vitrine::broker {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Micros kSandboxWait = 30 * kSecond;  // only ever reached by a failing test

class SandboxTest : public testing::Test {
 protected:
  SandboxTest() {
    ::signal(SIGPIPE, SIG_IGN);
    provisioner_ =
        LocalProvisioner::create(
            {.data_folder = folder_.path, .program = BROKER_PROGRAM, .agent = {STAND_IN_AGENT, "--log", "/dev/null"}})
            .take();
  }
  ~SandboxTest() override {
    for (const std::string& id : started_) (void)provisioner_->command(id, DesktopVerb::kEnd, "");
    size_t ended = 0;
    const Micros limit = monotonic_now() + kSandboxWait;
    while (ended < started_.size() && monotonic_now() < limit) {
      const auto report = provisioner_->next_report(kSecond);
      if (report && (report->phase == DesktopPhase::kEnded || report->phase == DesktopPhase::kFailed)) ++ended;
    }
  }

  DesktopReport start(const std::string& user, bool fresh_home = false, const std::string& home_template = "") {
    DesktopOrder order;
    order.fresh_home = fresh_home;
    order.home_template = home_template;
    order.id = random_id();
    order.user = user;
    order.resource = order.name = "notes";
    order.command = door_app();
    order.agent_credential = "credential of " + user;
    EXPECT_TRUE(provisioner_->start(order).ok());
    started_.push_back(order.id);
    const Micros limit = monotonic_now() + kSandboxWait;
    while (monotonic_now() < limit) {
      const auto report = provisioner_->next_report(kSecond);
      if (report && report->id == order.id && report->pids.contains("app") && report->pids.contains("agent")) {
        return *report;
      }
    }
    ADD_FAILURE() << "it does not come up";
    return {};
  }
  static std::string shell(const DesktopReport& report, const std::string& line) { return ask_inside(report, line); }

  TemporaryFolder folder_;
  std::unique_ptr<LocalProvisioner> provisioner_;
  std::vector<std::string> started_;
};

TEST_F(SandboxTest, NothingOfAnotherUserCanBeReached) {
  ASSERT_TRUE(write_file(folder_.path + "/vitrine.db", "everybody's hashes", 0644).ok());
  const DesktopReport ada = start("ada");
  const DesktopReport eve = start("eve");
  // Ada leaves her traces wherever a desktop can: each is there for her, so that not to find it means something.
  const std::string plant =
      "echo secret-of-ada > ~/diary; echo secret-of-ada > /tmp/notes; echo secret-of-ada > /var/tmp/notes; "
      "echo secret-of-ada > /dev/shm/shared; ipcmk -M 4096; setsid -f tail -f /tmp/notes > /dev/null 2>&1; "
      "xprop -root -f SECRET 8s -set SECRET secret-of-ada; cat ~/diary /tmp/notes /var/tmp/notes /dev/shm/shared; "
      "xprop -root SECRET; ipcs -m";
  const std::string planted = shell(ada, plant);
  for (const char* sign : {"Shared memory id", "SECRET(STRING) = \"secret-of-ada\""})
    EXPECT_THAT(planted, HasSubstr(sign));

  const std::string home = folder_.path + "/homes/ada";
  EXPECT_THAT(shell(eve, "cat " + home + "/diary; ls -la " + home), HasSubstr("No such file"));
  EXPECT_EQ(shell(eve, "ls " + folder_.path + "/homes"), "eve\n");
  EXPECT_EQ(shell(eve, "ls " + folder_.path), "homes\nrun\n") << "the store, the keys, the logs";
  EXPECT_EQ(shell(eve, "ls " + folder_.path + "/run/desktops"), eve.id + "\n");
  EXPECT_THAT(shell(eve, "grep -rl secret-of-ada /tmp /var/tmp /dev/shm /run " + folder_.path + " ~"),
              Not(HasSubstr("notes")));
  const std::string processes = shell(eve, "cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline | tr '\\0' ' '");
  EXPECT_THAT(processes, HasSubstr(eve.id));
  EXPECT_THAT(processes, Not(HasSubstr(ada.id)));
  EXPECT_THAT(processes, Not(HasSubstr("tail -f /tmp/notes")));
  EXPECT_THAT(shell(ada, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"), HasSubstr("tail -f /tmp/notes"));
  EXPECT_EQ(shell(eve, "ipcs -m | grep -c ^0x"), "0\n");
  // Her display's name and even her cookie's file name are known; its socket is not there and its name leads nowhere.
  EXPECT_THAT(shell(eve, "DISPLAY=" + ada.display + " xprop -root SECRET"), HasSubstr("unable to open display"));
  EXPECT_EQ(shell(eve, "xprop -root SECRET"), "SECRET:  no such atom on any window.\n");
  EXPECT_THAT(shell(eve, "cat " + ada.xauthority), HasSubstr("No such file"));
}

TEST_F(SandboxTest, ADisposableDesktopStartsFromItsTemplateAndLeavesNothing) {
  const TemporaryFolder golden;
  ASSERT_TRUE(write_file(golden.path + "/welcome", "hello", 0644).ok());
  const DesktopReport first = start("guest", true, golden.path);
  const std::string folder = std::filesystem::path(first.xauthority).parent_path();
  const std::string traces =
      "echo trace > ~/trace; echo trace > ~/welcome; echo trace > /tmp/trace; echo trace > /var/tmp/trace; "
      "echo trace > /dev/shm/trace; ipcmk -M 64 > /tmp/ipc; setsid -f sleep 4321 > /dev/null 2>&1; "
      "xprop -root -f TRACE 8s -set TRACE trace; xprop -root -f CUT_BUFFER0 8s -set CUT_BUFFER0 trace; "
      // Two programs that own what was copied, and still do when the desktop ends.
      // Each daemon takes its selection a moment after the command has returned.
      "for one in clipboard primary; do echo trace | xclip -i -selection $one > /dev/null 2>&1; "
      "timeout 30 sh -c \"until xclip -o -selection $one 2> /dev/null; do :; done\"; done; "
      "cat ~/trace /tmp/trace /var/tmp/trace /dev/shm/trace; xprop -root CUT_BUFFER0";
  EXPECT_THAT(shell(first, traces),
              HasSubstr("trace\ntrace\ntrace\ntrace\ntrace\ntrace\nCUT_BUFFER0(STRING) = \"trace\""));
  ASSERT_TRUE(provisioner_->command(first.id, DesktopVerb::kEnd, "").ok());
  const Micros limit = monotonic_now() + kSandboxWait;
  std::optional<DesktopReport> last;
  while ((!last || last->phase != DesktopPhase::kEnded) && monotonic_now() < limit) {
    if (auto report = provisioner_->next_report(kSecond)) last = report;
  }
  ASSERT_TRUE(last && last->phase == DesktopPhase::kEnded);
  started_.clear();
  ASSERT_TRUE(provisioner_->command(first.id, DesktopVerb::kForget, "").ok());
  EXPECT_FALSE(std::filesystem::exists(folder)) << "the home folder with it";

  const DesktopReport second = start("guest", true, golden.path);
  EXPECT_EQ(shell(second, "cat ~/welcome"), "hello") << "the template again";
  EXPECT_EQ(shell(second, "grep -rl ^trace$ ~ /tmp /var/tmp /dev/shm /run 2>/dev/null"), "") << "and nothing else";
  EXPECT_EQ(shell(second, "ipcs -m | grep -c ^0x"), "0\n");
  EXPECT_THAT(shell(second, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"), Not(HasSubstr("sleep 4321")));
  EXPECT_THAT(shell(second, "xprop -root"), Not(HasSubstr("trace")));
  for (const char* selection : {"clipboard", "primary"}) {
    EXPECT_THAT(shell(second, std::string("xclip -o -selection ") + selection),
                HasSubstr("target STRING not available"))
        << "nobody owns the " << selection;
  }
}

TEST_F(SandboxTest, InsideThereIsNoWayToMoreRights) {
  const DesktopReport ada = start("ada");
  EXPECT_THAT(shell(ada, "cat /proc/1/status"), testing::AllOf(HasSubstr("NoNewPrivs:\t1"), HasSubstr("NSpid:\t1\n")));
  const std::string app = read_file("/proc/" + std::to_string(ada.pids.at("app")) + "/status").value();
  for (const char* line : {"NoNewPrivs:\t1", "CapEff:\t0000000000000000", "CapPrm:\t0000000000000000"}) {
    EXPECT_THAT(app, HasSubstr(line));
  }
  EXPECT_THAT(app, Not(HasSubstr("Uid:\t0\t"))) << "not even when root runs the server";
  EXPECT_THAT(shell(ada, "id -un; echo $HOME"), HasSubstr("ada\n/home/ada\n"));
  EXPECT_THAT(shell(ada, "touch /usr/mine /etc/mine"), HasSubstr("Read-only file system"));
}

TEST_F(SandboxTest, TheHomeFolderIsCalledAsPeopleExpect) {
  ASSERT_TRUE(make_folder(folder_.path + "/homes/ada", 0700).ok());
  const DesktopReport ada = start("ada");
  EXPECT_EQ(shell(ada, "echo kept > ~/diary; cat /home/ada/diary; pwd; echo ~ada; ls /home"),
            "kept\n/home/ada\n/home/ada\nada\n");
  EXPECT_EQ(read_file(folder_.path + "/homes/ada/diary").value(), "kept\n") << "it is the one that stays";
  EXPECT_EQ(shell(ada, "cat " + folder_.path + "/homes/ada/diary"), "kept\n") << "as earlier settings call it";
}

TEST(SandboxHomeTest, WhatLiesInSomebodysHomeFolderIsNotCovered) {
  const DesktopSpec before{.id = "x", .home = "/home/joe/data/homes/joe", .hidden = "/home/joe/data"};
  DesktopSpec spec = before;
  show_home_as(spec, "/home/joe");
  EXPECT_EQ(spec, before) << "the data folder is there";
  spec.hidden = "/srv";
  spec.readable = {"/home/joe/bin/vitrine"};
  show_home_as(spec, "/home/joe");
  EXPECT_EQ(spec.home, before.home) << "the program is there";
  show_home_as(spec, "/home/jo");
  EXPECT_EQ(spec.home, "/home/jo");
  EXPECT_EQ(spec.home_source, before.home);
}

TEST(SandboxFactsTest, AMachineThatForbidsSandboxesSaysWhatToSet) {
  const auto said = [](const SandboxFacts& facts) {
    const auto judged = judge_sandbox(facts);
    return judged.ok() ? std::string() : judged.error().message;
  };
  EXPECT_THAT(said({}), HasSubstr("apt install bubblewrap"));
  EXPECT_EQ(said({.installed = true, .works = true}), "");
  EXPECT_THAT(said({.installed = true, .unprivileged_userns = "0"}), HasSubstr("kernel.unprivileged_userns_clone=1"));
  EXPECT_THAT(said({.installed = true, .max_user_namespaces = "0"}), HasSubstr("user.max_user_namespaces=65536"));
  EXPECT_THAT(said({.installed = true, .apparmor_restricts = "1"}),
              HasSubstr("kernel.apparmor_restrict_unprivileged_userns=0"));
  const std::string other = said({.installed = true, .said = "bwrap: No permissions"});
  EXPECT_THAT(other, HasSubstr("bwrap: No permissions"));
  EXPECT_THAT(other, HasSubstr("--no-sandbox"));
}

TEST(SandboxFactsTest, OtherPeoplesAccountsStayOutside) {
  EXPECT_EQ(accounts_inside("root:x:0:0::/root:\ngames:x:5:\nbob:x:1000:\nada:x:7:\nbroken\n", "ada:x:1001:"),
            "root:x:0:0::/root:\ngames:x:5:\nada:x:1001:\n");
}

}  // namespace
}  // namespace vitrine::broker
