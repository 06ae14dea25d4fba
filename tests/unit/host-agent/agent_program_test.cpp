#include "host-agent/agent_program.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host-agent/link/event_loop.h"
#include "tests/unit/host-agent/test_gateway.h"
#include "tests/unit/host-agent/virtual_viewer.h"
#include "tests/unit/host-agent/xorg_fixture.h"

namespace vitrine::agent {
namespace {

using Json = nlohmann::json;

constexpr int kControlFd = 3;

// The agent as a process of its own, with a supervisor's and a gateway's end in the test.
class AgentProgramTest : public testing::Test {
 protected:
  Xorg& server = shared_xorg();
  std::string folder;
  TestCertificate certificate;
  std::unique_ptr<TestGateway> gateway;
  pid_t agent = -1;
  int control = -1;
  std::string heard;  // from the control channel, not yet taken

  void SetUp() override {
    char name[] = "/tmp/vitrine-agent-XXXXXX";
    folder = mkdtemp(name);
    certificate = TestCertificate::make(folder, "gateway");
    gateway = std::make_unique<TestGateway>(certificate, 0);
    std::ofstream(folder + "/credential") << "Y3JlZGVudGlhbA\n";
  }
  void TearDown() override {
    if (agent > 0) {
      kill(agent, SIGKILL);
      waitpid(agent, nullptr, 0);
    }
    if (control >= 0) close(control);
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  void start(const std::string& display = "") {
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    control = ends[0];
    const AgentOptions options{
        .gateway = {{"127.0.0.1", gateway->port()}, certificate.certificate_file, folder + "/credential"},
        .display = display.empty() ? server.display() : display,
        .control_fd = kControlFd};
    agent = fork();
    if (agent == 0) {
      if (std::freopen((folder + "/agent.log").c_str(), "w", stdout) == nullptr) _exit(127);
      // Only the control channel is inherited, as after an exec.
      dup2(ends[1], kControlFd);
      closefrom(kControlFd + 1);
      const auto result = run_agent(options);
      if (!result.ok()) std::ofstream(folder + "/error") << result.error().message;
      _exit(result.ok() ? 0 : 1);
    }
    close(ends[1]);
  }
  // The agent's exit status, once it has ended by itself.
  int wait_for_end() {
    int status = 0;
    waitpid(agent, &status, 0);
    agent = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::string text_of(const std::string& name) {
    std::ifstream in(folder + "/" + name);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // The next event of this kind on the control channel.
  Json wait_for_event(const std::string& kind) {
    for (;;) {
      for (size_t end = heard.find('\n'); end != std::string::npos; end = heard.find('\n')) {
        const Json event = Json::parse(heard.substr(0, end), nullptr, false);
        heard.erase(0, end + 1);
        if (event.is_object() && event.value("event", "") == kind) return event;
      }
      pollfd ready{control, POLLIN, 0};
      char buffer[4096];
      if (poll(&ready, 1, 60'000) != 1) return {};
      const ssize_t count = read(control, buffer, sizeof buffer);
      if (count <= 0) return {};
      heard.append(buffer, static_cast<size_t>(count));
    }
  }
  void order(const std::string& line) {
    ASSERT_EQ(write(control, (line + "\n").data(), line.size() + 1), static_cast<ssize_t>(line.size() + 1));
  }
  // Plays the page until its picture is complete and exact.
  void watch_until_exact(TestLink& link, VirtualViewer& viewer) {
    const auto exact = [&] { return !viewer.updates.empty() && (viewer.updates.back().flags & kUpdateExact) != 0; };
    while (!exact()) {
      const auto bytes = link.receive();
      ASSERT_TRUE(bytes.has_value());
      viewer.receive(*bytes);
      for (const FrameAck& ack : std::exchange(viewer.acks, {})) link.send(ack);
    }
  }
};

TEST_F(AgentProgramTest, AViewerGetsThePictureThroughTheGateway) {
  start();
  auto link = gateway->welcome();
  ASSERT_TRUE(link.has_value());
  EXPECT_EQ(gateway->hello.credential, (Bytes{'c', 'r', 'e', 'd', 'e', 'n', 't', 'i', 'a', 'l'}));
  EXPECT_EQ(wait_for_event("ready").value("event", ""), "ready");

  link->send(joined_with(kAllRights, {1000, 700}));
  VirtualViewer viewer;
  watch_until_exact(*link, viewer);
  EXPECT_EQ(viewer.reset.width, 1000U);
  auto next = gateway->welcome();  // the link for the next viewer is there at once
  ASSERT_TRUE(next.has_value());

  Json viewers = wait_for_event("viewers");
  while (viewers.is_object() && viewers.value("count", 0) == 0) viewers = wait_for_event("viewers");
  EXPECT_EQ(viewers.value("count", 0), 1);
  EXPECT_EQ(viewers["width"], 1000);
  EXPECT_EQ(viewers["scale_percent"], 100);
  EXPECT_EQ(viewers["viewers"][0]["user"], "ada");

  link->send(Ping{77});
  const auto pong = link->receive_one<Pong>();
  ASSERT_TRUE(pong.has_value());
  EXPECT_EQ(pong->time_us, 77U);
  order(R"({"do":"notice","level":"warning","text":"The app was started again."})");
  const auto notice = link->receive_one<Notice>();
  ASSERT_TRUE(notice.has_value());
  EXPECT_EQ(notice->text, "The app was started again.");
}

TEST_F(AgentProgramTest, AGatewayThatWasAwayIsFoundAgain) {
  const uint16_t port = gateway->port();
  start();
  auto link = gateway->welcome();
  ASSERT_TRUE(link.has_value());
  link.reset();
  gateway.reset();
  // A renewed certificate and credential take effect with the next dial.
  certificate = TestCertificate::make(folder, "gateway");
  std::ofstream(folder + "/credential") << "cmVuZXdlZA";
  gateway = std::make_unique<TestGateway>(certificate, port);
  link = gateway->welcome();
  ASSERT_TRUE(link.has_value()) << gateway->fault();
  EXPECT_EQ(std::string(gateway->hello.credential.begin(), gateway->hello.credential.end()), "renewed");
}

TEST_F(AgentProgramTest, AnotherCertificateIsNotTrusted) {
  const TestCertificate trusted = certificate;
  gateway = std::make_unique<TestGateway>(TestCertificate::make(folder, "impostor"), 0);
  start();
  // However long it takes to dial.
  for (int second = 0; second < 60 && gateway->fault().empty(); ++second) {
    EXPECT_FALSE(gateway->accept(1).has_value());
  }
  EXPECT_FALSE(gateway->fault().empty());
  EXPECT_FALSE(gateway->accept(1).has_value());
}

TEST_F(AgentProgramTest, ACutViewerLeavesNothingPressedAndTheNextSeesTheSame) {
  start();
  auto link = gateway->welcome();
  ASSERT_TRUE(link.has_value());
  link->send(joined_with(kAllRights, {640, 480}));
  VirtualViewer first;
  watch_until_exact(*link, first);
  auto next = gateway->welcome();
  ASSERT_TRUE(next.has_value());
  link->send(Key{1, true, "ShiftLeft", "Shift", kModShift});
  link->send(Ping{1});
  ASSERT_TRUE(link->receive_one<Pong>().has_value());
  link->cut();
  Json viewers = wait_for_event("viewers");
  while (viewers.is_object() && viewers.value("count", 0) == 0) viewers = wait_for_event("viewers");
  while (viewers.is_object() && viewers.value("count", 1) != 0) viewers = wait_for_event("viewers");
  ASSERT_TRUE(viewers.is_object());
  const auto display = connect_to(server);
  const XcbPtr<xcb_query_pointer_reply_t> pointer(xcb_query_pointer_reply(
      display->connection(), xcb_query_pointer(display->connection(), display->root()), nullptr));
  EXPECT_EQ(pointer->mask & XCB_MOD_MASK_SHIFT, 0);
  next->send(joined_with(kAllRights, {640, 480}));
  VirtualViewer second;
  watch_until_exact(*next, second);
  EXPECT_EQ(second.reset.epoch, 1U);
}

TEST_F(AgentProgramTest, BrokenMessagesAreAnsweredWithAReason) {
  start();
  const auto expect_reason = [&](const Bytes& message, CloseCode code) {
    auto link = gateway->welcome();
    ASSERT_TRUE(link.has_value());
    link->send(joined_with(kAllRights, {640, 480}));
    link->send_bytes(message);
    const auto close = link->receive_one<Close>();
    ASSERT_TRUE(close.has_value());
    EXPECT_EQ(close->code, code) << close->reason;
    EXPECT_FALSE(link->receive_one<Close>().has_value());  // and then the link ends
  };
  expect_reason({0x80}, CloseCode::kProtocolError);
  expect_reason(Bytes(kMaxViewerMessage + 1, 0x21), CloseCode::kLimit);
  expect_reason(serialize(Welcome{}), CloseCode::kProtocolError);
  // Before a viewer is there, too.
  auto link = gateway->welcome();
  ASSERT_TRUE(link.has_value());
  link->send(Key{1, true, "KeyA", "a", 0});
  EXPECT_TRUE(link->receive_one<Close>().has_value());
  // Far too large, and text, end the link without a reply.
  for (const bool binary : {true, false}) {
    link = gateway->welcome();
    ASSERT_TRUE(link.has_value());
    link->send_bytes(Bytes(binary ? 1 << 20 : 10, 0x21), binary);
    EXPECT_FALSE(link->receive_one<Close>().has_value());
  }
  EXPECT_TRUE(gateway->welcome().has_value());
}

TEST_F(AgentProgramTest, SigtermTellsViewersAndEndsCleanly) {
  start();
  auto link = gateway->welcome();
  ASSERT_TRUE(link.has_value());
  link->send(joined_with(kAllRights, {640, 480}));
  ASSERT_TRUE(link->receive_one<SurfaceReset>().has_value());
  kill(agent, SIGTERM);
  const auto close = link->receive_one<Close>();
  ASSERT_TRUE(close.has_value());
  EXPECT_EQ(close->code, CloseCode::kShuttingDown);
  EXPECT_EQ(wait_for_end(), 0);
}

TEST_F(AgentProgramTest, TheSupervisorsCloseReachesViewersAndEndsTheAgent) {
  start();
  auto link = gateway->welcome();
  ASSERT_TRUE(link.has_value());
  link->send(joined_with(kAllRights, {640, 480}));
  ASSERT_TRUE(link->receive_one<SurfaceReset>().has_value());
  order("nonsense");
  order(R"({"do":"close","code":7,"reason":"You signed out."})");
  const auto close = link->receive_one<Close>();
  ASSERT_TRUE(close.has_value());
  EXPECT_EQ(close->code, CloseCode::kSessionEnded);
  EXPECT_EQ(close->reason, "You signed out.");
  EXPECT_EQ(wait_for_end(), 0);
}

TEST_F(AgentProgramTest, WithoutItsSupervisorTheAgentEnds) {
  start();
  ASSERT_TRUE(gateway->welcome().has_value());
  close(control);
  control = -1;
  EXPECT_EQ(wait_for_end(), 0);
}

TEST_F(AgentProgramTest, ALostXServerEndsTheAgentWithASentence) {
  Xorg own;
  start(own.display());
  auto link = gateway->welcome();
  ASSERT_TRUE(link.has_value());
  link->send(joined_with(kAllRights, {640, 480}));
  ASSERT_TRUE(link->receive_one<SurfaceReset>().has_value());
  own.stop();
  const auto close = link->receive_one<Close>();
  ASSERT_TRUE(close.has_value());
  EXPECT_EQ(close->code, CloseCode::kDesktopFailed);
  EXPECT_EQ(wait_for_end(), 1);
  EXPECT_EQ(text_of("error"), "the X server of display " + own.display() + " is gone");
}

TEST_F(AgentProgramTest, WhatIsMissingAtTheStartIsNamed) {
  std::filesystem::remove(folder + "/credential");
  start();
  EXPECT_EQ(wait_for_end(), 1);
  EXPECT_NE(text_of("error").find(folder + "/credential"), std::string::npos);
  std::ofstream(folder + "/credential") << "not base64 !";
  start();
  EXPECT_EQ(wait_for_end(), 1);
  EXPECT_NE(text_of("error").find("is not a credential"), std::string::npos);
  std::ofstream(folder + "/credential") << "Y3JlZA";
  start(":7654");
  EXPECT_EQ(wait_for_end(), 1);
  EXPECT_NE(text_of("error").find(":7654"), std::string::npos);
}

// A deadline that passes while the loop is on its way to sleep is as good as any other.
TEST(EventLoopTest, ADeadlineOfTheNextMicrosecondsEndsTheSleep) {
  const auto tls = GatewayTls::create();
  ASSERT_TRUE(tls.ok());
  const auto loop = EventLoop::create(*tls.value());
  ASSERT_TRUE(loop.ok());
  for (int turn = 0; turn < 4000; ++turn) {
    const Micros until = monotonic_now() + turn % 40;
    while (monotonic_now() < until) loop.value()->run_once(until);
    loop.value()->run_once(until);  // one that has passed, too
    ASSERT_LT(monotonic_now(), until + 10 * kSecond) << turn;
  }
}

TEST(GatewayAddressTest, AddressesAreReadAndWrongOnesNamed) {
  const auto full = parse_gateway_address("wss://gw.example:8443/");
  ASSERT_TRUE(full.ok());
  EXPECT_EQ(full.value().host, "gw.example");
  EXPECT_EQ(full.value().port, 8443);
  EXPECT_EQ(parse_gateway_address("wss://gw").value().port, 443);
  EXPECT_EQ(parse_gateway_address("wss://[::1]:99").value().host, "::1");
  for (const char* wrong :
       {"", "gw:1", "ws://gw", "wss://", "wss://gw:0", "wss://gw:70000", "wss://gw:x", "wss://a/b", "wss://[::1"}) {
    EXPECT_FALSE(parse_gateway_address(wrong).ok()) << wrong;
  }
}

}  // namespace
}  // namespace vitrine::agent
