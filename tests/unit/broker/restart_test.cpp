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
    if (broker_ > 0) ::waitpid(broker_, nullptr, 0);
    const Micros limit = monotonic_now() + kLongWait;
    while (!desktops_on_disk().empty() && monotonic_now() < limit) std::this_thread::yield();
    ::close(lifeline_[0]);
  }

  std::string admin() const { return folder_.path + "/data/run/admin.sock"; }

  // Starts the broker and waits until it answers; what it said then.
  Json start_broker() {
    int ready[2];
    EXPECT_EQ(::pipe2(ready, O_CLOEXEC), 0);
    const auto pid = start_child(
        {.command = {BROKER_PROGRAM, "broker", "--data", folder_.path + "/data", "--gateway-url", "https://127.0.0.1:9",
                     "--gateway-certificate", folder_.path + "/cert.pem", "--ready-fd", std::to_string(ready[1])},
         .environment = {"PATH=/usr/bin:/bin", "HOME=" + folder_.path,
                         "VITRINE_LIFELINE_FD=" + std::to_string(lifeline_[0])},
         .working_folder = "/",
         .output = -1,
         .pass_fds = {ready[1], lifeline_[0]}});
    EXPECT_TRUE(pid.ok());
    broker_ = pid.value();
    ::close(ready[1]);
    std::string line;
    std::array<char, 512> buffer{};
    for (ssize_t got = 0; (got = ::read(ready[0], buffer.data(), buffer.size())) > 0;) line.append(buffer.data(), got);
    ::close(ready[0]);
    return Json::parse(line, nullptr, false);
  }
  void kill_broker() {
    ::kill(broker_, SIGKILL);
    ::waitpid(broker_, nullptr, 0);
    broker_ = -1;
  }
  HttpAnswer post(const std::string& target, const Json& body) const {
    return ask(admin(), "POST", target, {}, body.dump());
  }
  Json sessions() const {
    const HttpAnswer answer = ask(admin(), "GET", "/api/admin/sessions", {});
    return answer.status == 200 ? answer.json().at("sessions") : Json::array();
  }
  std::set<std::string> desktops_on_disk() const {
    std::set<std::string> ids;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path + "/data/run/desktops", ignored)) {
      ids.insert(entry.path().filename());
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
  pid_t broker_ = -1;
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
  const pid_t first = broker_;
  const Json second = start_broker();
  EXPECT_TRUE(second.is_discarded()) << "it became ready";
  int status = 0;
  EXPECT_EQ(::waitpid(broker_, &status, 0), broker_);
  EXPECT_EQ(WEXITSTATUS(status), 1);
  broker_ = first;
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
  for (int round = 0; round < 8; ++round) {
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
  }
  const Json last = sessions();
  for (const Json& session : last) {
    EXPECT_EQ(ask(admin(), "DELETE", "/api/admin/sessions/" + text_field(session, "session"), {}).status, 204);
  }
  until("all are gone", [&] { return desktops_on_disk().empty(); });
  for (const Json& session : last)
    EXPECT_THAT(processes_of_desktop(text_field(session, "desktop")), testing::IsEmpty());
}

}  // namespace
}  // namespace vitrine::broker
