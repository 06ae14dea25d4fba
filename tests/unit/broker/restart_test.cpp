// A broker process that is killed while desktops are opened, used and ended: nothing is lost, lent twice or left over.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "broker/provision/child_process.h"
#include "broker/provision/files.h"
#include "broker/provision/process_hunt.h"
#include "protocol/base/time.h"
#include "tests/unit/broker/fixture.h"
#include "tests/unit/broker/http_client.h"

namespace vitrine::broker {
namespace {

constexpr Micros kLongWait = 60 * kSecond;  // only ever reached by a failing test

// A few in everyday runs; VITRINE_KILLS=50 for the full proof, which takes about a minute.
int kills() {
  const char* wanted = std::getenv("VITRINE_KILLS");
  return wanted == nullptr ? 6 : std::atoi(wanted);
}

class RestartTest : public testing::Test {
 protected:
  RestartTest() {
    ::signal(SIGPIPE, SIG_IGN);
    EXPECT_EQ(::pipe2(lifeline_, O_CLOEXEC), 0);
    EXPECT_TRUE(write_file(folder_.path + "/cert.pem", "", 0600).ok());
  }
  ~RestartTest() override {
    // Every desktop ends with the lifeline; the broker, which holds its reading end too, as well.
    ::close(lifeline_[1]);
    for (const auto& [slot, pid] : brokers_) ::waitpid(pid, nullptr, 0);
    const Micros limit = monotonic_now() + kLongWait;
    while (!desktops_on_disk().empty() && monotonic_now() < limit) std::this_thread::yield();
    ::close(lifeline_[0]);
  }

  std::string admin(int slot = 0) const {
    return folder_.path + "/data/run/admin" + (slot == 0 ? "" : "-" + std::to_string(slot + 1)) + ".sock";
  }

  // Starts the broker and waits until it answers; what it said then.
  Json start_broker(int slot = 0) {
    int ready[2];
    EXPECT_EQ(::pipe2(ready, O_CLOEXEC), 0);
    const auto pid =
        start_child({.command = {BROKER_PROGRAM, "broker", "--data", folder_.path + "/data", "--gateway-url",
                                 "https://127.0.0.1:9", "--gateway-certificate", folder_.path + "/cert.pem",
                                 "--ready-fd", std::to_string(ready[1]), "--slot", std::to_string(slot)},
                     .environment = {"PATH=/usr/bin:/bin", "HOME=" + folder_.path,
                                     "VITRINE_LIFELINE_FD=" + std::to_string(lifeline_[0])},
                     .working_folder = "/",
                     .output = -1,
                     .pass_fds = {ready[1], lifeline_[0]}});
    EXPECT_TRUE(pid.ok());
    brokers_[slot] = pid.value();
    ::close(ready[1]);
    std::string line;
    std::array<char, 512> buffer{};
    for (ssize_t got = 0; (got = ::read(ready[0], buffer.data(), buffer.size())) > 0;) line.append(buffer.data(), got);
    ::close(ready[0]);
    return Json::parse(line, nullptr, false);
  }
  void kill_broker(int slot = 0) {
    ::kill(brokers_.at(slot), SIGKILL);
    ::waitpid(brokers_.at(slot), nullptr, 0);
    brokers_.erase(slot);
  }
  HttpAnswer post(const std::string& target, const Json& body, int slot = 0) const {
    return ask(admin(slot), "POST", target, {}, body.dump());
  }
  Json sessions(int slot = 0) const {
    const HttpAnswer answer = ask(admin(slot), "GET", "/api/admin/sessions", {});
    return answer.status == 200 ? answer.json().at("sessions") : Json::array();
  }
  std::set<std::string> desktops_on_disk() const {
    std::set<std::string> ids;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path + "/data/run/desktops", ignored)) {
      // One that is empty was left by a sandbox that ended with the lifeline; the next broker removes it.
      if (!std::filesystem::is_empty(entry.path(), ignored)) ids.insert(entry.path().filename());
    }
    return ids;
  }
  void until(const char* what, const std::function<bool()>& holds) {
    const Micros limit = monotonic_now() + kLongWait;
    while (!holds()) {
      ASSERT_LT(monotonic_now(), limit) << what << ": " << sessions().dump(2);
      std::this_thread::yield();
    }
  }

  TemporaryFolder folder_;
  int lifeline_[2] = {-1, -1};
  std::map<int, pid_t> brokers_;  // by slot
};

TEST_F(RestartTest, TheFirstStartTellsThePasswordAndTheSecondDoesNot) {
  const Json first = start_broker();
  EXPECT_TRUE(truth_field(first, "ready"));
  EXPECT_EQ(text_field(object_field(first, "admin"), "name"), "admin");
  EXPECT_GE(text_field(object_field(first, "admin"), "password").size(), 16U);
  kill_broker();
  const Json second = start_broker();
  EXPECT_TRUE(truth_field(second, "ready"));
  EXPECT_FALSE(second.contains("admin"));
}

TEST_F(RestartTest, ASecondBrokerOnTheSameFolderIsRefused) {
  start_broker();
  const pid_t first = brokers_.at(0);
  const Json second = start_broker();
  EXPECT_TRUE(second.is_discarded()) << "it became ready";
  int status = 0;
  EXPECT_EQ(::waitpid(brokers_.at(0), &status, 0), brokers_.at(0));
  EXPECT_EQ(WEXITSTATUS(status), 1);
  brokers_[0] = first;
}

TEST(ChildProcessTest, InheritsNothingButWhatItIsPassed) {
  const int open_here = ::fcntl(STDERR_FILENO, F_DUPFD, 40);
  ASSERT_GE(open_here, 40);
  int passed[2];
  ASSERT_EQ(::pipe(passed), 0);
  const auto pid = start_child({.command = {"sh", "-c", "echo /proc/self/fd/* >&" + std::to_string(passed[1])},
                                .environment = {"PATH=/usr/bin:/bin"},
                                .working_folder = "/",
                                .output = -1,
                                .pass_fds = {passed[1]}});
  ASSERT_TRUE(pid.ok()) << pid.error().message;
  ::close(passed[1]);
  std::string seen;
  std::array<char, 512> buffer{};
  for (ssize_t got = 0; (got = ::read(passed[0], buffer.data(), buffer.size())) > 0;) seen.append(buffer.data(), got);
  ::waitpid(pid.value(), nullptr, 0);
  EXPECT_THAT(seen, testing::HasSubstr("/" + std::to_string(passed[1])));
  EXPECT_THAT(seen, testing::Not(testing::HasSubstr("/" + std::to_string(open_here))));
  ::close(passed[0]);
  ::close(open_here);
}

TEST_F(RestartTest, ADesktopGoesOnThroughTheDeathOfItsBroker) {
  start_broker();
  ASSERT_EQ(post("/api/admin/sessions", {{"user", "admin"}, {"resource", "calculator"}}).status, 201);
  until("it runs", [&] { return sessions().at(0).at("pids").contains("app"); });
  const auto facts = [&] {
    const Json session = sessions().at(0);
    return session.at("session").get<std::string>() + session.at("pids").at("app").dump() +
           session.at("display").dump();
  };
  const std::string before = facts();
  kill_broker();
  start_broker();
  EXPECT_EQ(facts(), before);
}

TEST_F(RestartTest, KillingTheBrokerAtAnyPointLeavesNothingHalfMade) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  start_broker();
  const std::vector<std::string> apps = {"calculator", "mousepad", "terminal"};
  // One session that nobody ends: the same through everything.
  ASSERT_EQ(post("/api/admin/sessions", {{"user", "admin"}, {"resource", "files"}}).status, 201);
  const auto steady = [&] {
    for (const Json& session : sessions()) {
      if (text_field(session, "resource") == "files")
        return text_field(session, "session") + " on " + text_field(session, "desktop");
    }
    return std::string("lost");
  };
  const std::string before = steady();
  for (int round = 0; round < kills(); ++round) {
    // Opens and ends in parallel, and the kill comes at some point in between.
    std::vector<std::jthread> busy;
    for (const std::string& app : apps) {
      busy.emplace_back([&, app] {
        post("/api/admin/sessions", {{"user", "admin"}, {"resource", app}});
        for (const Json& session : sessions()) {
          if (text_field(session, "resource") == app)
            ask(admin(), "DELETE", "/api/admin/sessions/" + text_field(session, "session"), {});
        }
        post("/api/admin/sessions", {{"user", "admin"}, {"resource", app}});
      });
    }
    const Micros at = monotonic_now() + static_cast<Micros>(random() % 150'000);
    while (monotonic_now() < at) std::this_thread::yield();
    kill_broker();
    busy.clear();
    start_broker();

    until("every session has its desktop, and every desktop its session", [&] {
      std::set<std::string> wanted;
      std::set<std::string> resources;
      for (const Json& session : sessions()) {
        if (!object_field(session, "pids").contains("xorg")) return false;
        wanted.insert(text_field(session, "desktop"));
        EXPECT_TRUE(resources.insert(text_field(session, "resource")).second) << "two sessions of one app";
      }
      return wanted == desktops_on_disk();
    });
    ASSERT_EQ(steady(), before) << "after kill " << round + 1;
  }
  const Json last = sessions();
  for (const Json& session : last) {
    EXPECT_EQ(ask(admin(), "DELETE", "/api/admin/sessions/" + text_field(session, "session"), {}).status, 204);
  }
  until("all are gone", [&] { return desktops_on_disk().empty(); });
  for (const Json& session : last)
    EXPECT_THAT(processes_of_desktop(text_field(session, "desktop")), testing::IsEmpty());
}

// What is prepared for somebody survives its broker, or is made anew, and is lent to nobody else nor twice.
TEST_F(RestartTest, DesktopsThatWerePreparedAreLentOnceWhateverBrokerDies) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::string password = text_field(object_field(start_broker(), "admin"), "password");
  ASSERT_EQ(ask(admin(), "PUT", "/api/admin/pools/desktop", {}, R"({"spares":2})").status, 200);
  const auto sign_in = [&] {
    return ask(folder_.path + "/data/run/broker.sock", "POST", "/api/login",
               {{"X-Forwarded-Host", "site"},
                {"X-Forwarded-Proto", "https"},
                {"X-Forwarded-For", "10.1.1.1"},
                {"Origin", "https://site"},
                {"X-Vitrine", "1"}},
               Json{{"username", "admin"}, {"password", password}}.dump())
        .status;
  };
  ASSERT_EQ(sign_in(), 200);
  const auto desktops = [&] {
    const HttpAnswer answer = ask(admin(), "GET", "/api/admin/pools/desktop", {});
    return answer.status == 200 ? answer.json().at("desktops") : Json::array();
  };
  std::set<std::string> lent;
  for (int round = 0; round < kills() / 2; ++round) {  // each starts two whole desktops
    std::jthread opening([&] { post("/api/admin/sessions", {{"user", "admin"}, {"resource", "desktop"}}); });
    const Micros at = monotonic_now() + static_cast<Micros>(random() % 2'500'000);
    while (monotonic_now() < at) std::this_thread::yield();
    kill_broker();
    opening.join();
    start_broker();
    // Whether it was opened before the kill or not, now it is, and there is one desktop for it.
    const HttpAnswer opened = post("/api/admin/sessions", {{"user", "admin"}, {"resource", "desktop"}});
    ASSERT_EQ(opened.status, 201) << opened.body;
    const std::string desktop = text_field(opened.json(), "desktop");
    EXPECT_TRUE(lent.insert(desktop).second) << "lent a second time";
    until("it runs, and nothing else is left", [&] {
      const Json all = desktops();
      const auto runs = [&](const Json& row) {
        const std::string state = text_field(row, "state");
        return text_field(row, "id") == desktop && state != "provisioning" && state != "recycling";
      };
      return all.size() == 1 && runs(all.at(0)) && desktops_on_disk() == std::set<std::string>{desktop};
    });
    const std::string session = text_field(opened.json(), "session");
    ASSERT_EQ(ask(admin(), "DELETE", "/api/admin/sessions/" + session, {}).status, 204);
    until("another is prepared for whoever is signed in", [&] {
      const Json all = desktops();
      return all.size() == 1 && text_field(all.at(0), "id") != desktop &&
             text_field(all.at(0), "prepared_for") == "admin";
    });
  }
}

TEST_F(RestartTest, TwoBrokersServeOneFolderAndOneIsEnough) {
  start_broker(0);
  start_broker(1);
  ASSERT_EQ(post("/api/admin/sessions", {{"user", "admin"}, {"resource", "calculator"}}, 0).status, 201);
  until("the second broker follows what the first has started", [&] {
    const Json seen = sessions(1);
    return seen.size() == 1 && object_field(seen.at(0), "pids").contains("app");
  });
  const Json seen = sessions(1).at(0);
  kill_broker(0);
  const HttpAnswer again = post("/api/admin/sessions", {{"user", "admin"}, {"resource", "calculator"}}, 1);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(text_field(again.json(), "session"), text_field(seen, "session")) << "the same one, not a second";
  EXPECT_EQ(ask(admin(1), "DELETE", "/api/admin/sessions/" + text_field(seen, "session"), {}).status, 204);
  until("the second broker ends it", [&] { return desktops_on_disk().empty(); });
}

TEST_F(RestartTest, WhatADeadBrokerBeganIsFinishedByTheOtherAfterItsLease) {
  start_broker(0);
  start_broker(1);
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::jthread asking([&] { post("/api/admin/sessions", {{"user", "admin"}, {"resource", "calculator"}}, 0); });
  const Micros at = monotonic_now() + static_cast<Micros>(seed % 60'000);
  while (monotonic_now() < at) std::this_thread::yield();
  kill_broker(0);
  asking.join();
  // Whether the row was written, the desktop half made or all done: who asks the other broker gets one desktop.
  ASSERT_EQ(post("/api/admin/sessions", {{"user", "admin"}, {"resource", "calculator"}}, 1).status, 201);
  until("it comes up", [&] {
    const Json seen = sessions(1);
    return seen.size() == 1 && object_field(seen.at(0), "pids").contains("app");
  });
  EXPECT_EQ(desktops_on_disk(), std::set<std::string>{text_field(sessions(1).at(0), "desktop")});
}

}  // namespace
}  // namespace vitrine::broker
