#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "program/child.h"

namespace vitrine {
namespace {

constexpr int kPatienceMs = 60'000;  // only ever reached by a failing test

// A process that is not a child, watched by its descriptor.
class Watched {
 public:
  explicit Watched(pid_t pid) : pid_(pid), fd_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}
  [[nodiscard]] bool ends_within(int timeout_ms) const {
    if (fd_.get() < 0) return true;  // it had ended before
    pollfd watched{fd_.get(), POLLIN, 0};
    return ::poll(&watched, 1, timeout_ms) == 1;
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
  OwnedFd fd_;
};

// One `up` with its output.
class RunningUp {
 public:
  RunningUp(const std::filesystem::path& data, const std::vector<std::string>& more) {
    std::array<int, 2> out{};
    EXPECT_EQ(::pipe2(out.data(), O_CLOEXEC), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(out[1], STDOUT_FILENO);
      ::dup2(out[1], STDERR_FILENO);
      std::vector<std::string> arguments = {"probe", "up", "--data", data};
      arguments.insert(arguments.end(), more.begin(), more.end());
      std::vector<char*> pointers;
      for (auto& argument : arguments) pointers.push_back(argument.data());
      pointers.push_back(nullptr);
      ::execv(UP_PROBE, pointers.data());
      ::_exit(127);
    }
    ::close(out[1]);
    out_ = OwnedFd(out[0]);
  }
  ~RunningUp() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }

  [[nodiscard]] pid_t pid() const { return pid_; }
  // Reads its output up to this text and gives what came.
  std::string read_until(const std::string& text) {
    while (said_.find(text) == std::string::npos) {
      pollfd readable{out_.get(), POLLIN, 0};
      std::array<char, 1024> bytes{};
      if (::poll(&readable, 1, kPatienceMs) != 1) break;
      const ssize_t got = ::read(out_.get(), bytes.data(), bytes.size());
      if (got <= 0) break;
      said_.append(bytes.data(), static_cast<size_t>(got));
    }
    const auto at = said_.find(text);
    EXPECT_NE(at, std::string::npos) << "it did not say \"" << text << "\" but: " << said_;
    const std::string before = said_.substr(0, at == std::string::npos ? at : at + text.size());
    said_.erase(0, before.size());
    return before;
  }
  std::string read_to_end() {
    std::array<char, 1024> bytes{};
    for (ssize_t got = 0; (got = ::read(out_.get(), bytes.data(), bytes.size())) > 0;) {
      said_.append(bytes.data(), static_cast<size_t>(got));
    }
    return said_;
  }
  void signal(int number) const { ::kill(pid_, number); }
  int wait() {
    int status = 0;
    EXPECT_TRUE(Watched(pid_).ends_within(kPatienceMs));
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
  OwnedFd out_;
  std::string said_;
};

class UpTest : public testing::Test {
 protected:
  UpTest() {
    std::string name = std::filesystem::temp_directory_path() / "vitrine-up-XXXXXX";
    CHECK(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
    data_ = folder_ / "data";
  }
  ~UpTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  RunningUp up(const std::vector<std::string>& more = {"--listen", "127.0.0.1:0"}) { return {data_, more}; }
  std::string ready(RunningUp& running) { return running.read_until("Ctrl-C ends it and all its desktops."); }
  pid_t pid_of(const std::string& role) {
    std::ifstream in(data_ / (role + ".pid"));
    pid_t pid = 0;
    in >> pid;
    CHECK(pid > 0);  // it is going to be killed: 0 would be this process
    return pid;
  }
  std::vector<Watched> everybody() {
    std::vector<Watched> all;
    for (const char* role : {"broker", "gateway", "desktop"}) all.emplace_back(pid_of(role));
    return all;
  }
  void expect_nothing_left(const std::vector<Watched>& all) {
    for (const Watched& one : all) EXPECT_TRUE(one.ends_within(kPatienceMs)) << one.pid();
  }
  void touch(const std::string& name) {
    std::filesystem::create_directories(data_);
    std::ofstream(data_ / name) << "x";
  }

  std::filesystem::path folder_;
  std::filesystem::path data_;
};

TEST_F(UpTest, PrintsItsAddressAndOnlyTheFirstTimeThePassword) {
  {
    RunningUp first = up();
    const std::string said = ready(first);
    EXPECT_NE(said.find("https://127.0.0.1:"), std::string::npos);
    EXPECT_EQ(said.find("https://127.0.0.1:0"), std::string::npos) << "the port it really has";
    EXPECT_NE(said.find("pass-word"), std::string::npos);
    first.signal(SIGTERM);
    EXPECT_EQ(first.wait(), 0);
  }
  std::filesystem::remove(data_ / "desktop.pid");
  RunningUp second = up();
  EXPECT_EQ(ready(second).find("assword"), std::string::npos);
  second.signal(SIGTERM);
  EXPECT_EQ(second.wait(), 0);
}

TEST_F(UpTest, KeepsItsFolderToItself) {
  RunningUp running = up();
  ready(running);
  EXPECT_EQ(std::filesystem::status(data_).permissions(), std::filesystem::perms::owner_all);
  EXPECT_EQ(std::filesystem::status(data_ / "tls/key.pem").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(UpTest, CtrlCEndsAllItStarted) {
  RunningUp running = up();
  ready(running);
  const auto all = everybody();
  running.signal(SIGINT);
  EXPECT_EQ(running.wait(), 0);
  for (const Watched& one : all) EXPECT_TRUE(one.ends_within(0)) << "left behind: " << one.pid();
}

TEST_F(UpTest, KillingItHardLeavesNothingBehind) {
  RunningUp running = up();
  ready(running);
  const auto all = everybody();
  running.signal(SIGKILL);
  running.wait();
  expect_nothing_left(all);
}

TEST_F(UpTest, StartsABrokerThatWasKilledAgainAndKeepsItsDesktops) {
  RunningUp running = up();
  ready(running);
  const pid_t old = pid_of("broker");
  const Watched desktop(pid_of("desktop"));
  ::kill(old, SIGKILL);
  running.read_until("the broker is back");
  EXPECT_NE(pid_of("broker"), old);
  EXPECT_FALSE(desktop.ends_within(0));
  const auto all = everybody();
  running.signal(SIGTERM);
  EXPECT_EQ(running.wait(), 0);
  expect_nothing_left(all);
}

TEST_F(UpTest, StartsFurtherBrokersWhenTheFirstIsReady) {
  RunningUp running = up({"--listen", "127.0.0.1:0", "--brokers", "3"});
  const std::string said = ready(running);
  EXPECT_EQ(said.find("could not be started"), std::string::npos) << said;
  EXPECT_NE(said.find("pass-word"), std::string::npos);
  std::ifstream in(data_ / "gateway.brokers");
  std::string sockets;
  std::getline(in, sockets);
  EXPECT_EQ(sockets, "broker.sock broker-2.sock broker-3.sock ");
  const Watched first(pid_of("broker"));
  const Watched third(pid_of("broker-3"));
  const pid_t old = pid_of("broker-2");
  ::kill(old, SIGKILL);
  running.read_until("the second broker died");
  running.read_until("the second broker is back");
  EXPECT_NE(pid_of("broker-2"), old);
  EXPECT_FALSE(first.ends_within(0));
  EXPECT_FALSE(third.ends_within(0));
  const auto all = everybody();
  const Watched second(pid_of("broker-2"));
  running.signal(SIGTERM);
  EXPECT_EQ(running.wait(), 0);
  expect_nothing_left(all);
  for (const Watched* one : {&second, &third}) EXPECT_TRUE(one->ends_within(kPatienceMs));
}

TEST_F(UpTest, KeepsTheOtherBrokersWhileOneDoesNotStart) {
  RunningUp running = up({"--listen", "127.0.0.1:0", "--brokers", "2"});
  ready(running);
  const Watched second(pid_of("broker-2"));
  touch("broker-fails");
  ::kill(pid_of("broker"), SIGKILL);
  running.read_until("the broker does not start any more");
  EXPECT_FALSE(second.ends_within(0));
  std::filesystem::remove(data_ / "broker-fails");
  running.read_until("the broker is back");
}

TEST_F(UpTest, StartsAGatewayThatWasKilledAgainWithoutLosingThePort) {
  RunningUp running = up();
  const std::string said = ready(running);
  const auto at = said.find("https://127.0.0.1:");
  const int port = std::stoi(said.substr(at + 18));
  ::kill(pid_of("gateway"), SIGSTOP);
  ::kill(pid_of("gateway"), SIGKILL);
  const OwnedFd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0)
      << "who comes meanwhile waits instead of being refused";
  running.read_until("the gateway is back");
}

TEST_F(UpTest, KillsADesktopThatDoesNotWantToEnd) {
  touch("stubborn");
  RunningUp running = up();
  ready(running);
  const auto all = everybody();
  running.signal(SIGTERM);
  EXPECT_TRUE(all[0].ends_within(kPatienceMs)) << "the broker ends first";
  running.signal(SIGTERM);  // asked twice: no five seconds of grace
  EXPECT_EQ(running.wait(), 0);
  expect_nothing_left(all);
}

TEST_F(UpTest, SaysWhoHasTheFolder) {
  RunningUp running = up();
  ready(running);
  RunningUp second = up();
  const std::string said = second.read_to_end();
  EXPECT_NE(said.find("Process " + std::to_string(running.pid())), std::string::npos) << said;
  EXPECT_EQ(second.wait(), 1);
}

TEST_F(UpTest, SaysThatThePortIsTaken) {
  RunningUp running = up();
  const std::string said = ready(running);
  const int port = std::stoi(said.substr(said.find("https://127.0.0.1:") + 18));
  RunningUp second(folder_ / "other", {"--listen", "127.0.0.1:" + std::to_string(port)});
  EXPECT_NE(second.read_to_end().find("is taken by another program"), std::string::npos);
  EXPECT_EQ(second.wait(), 1);
}

TEST_F(UpTest, EndsWithASentenceWhenARoleCannotStart) {
  touch("broker-fails");
  RunningUp running = up();
  const std::string said = running.read_to_end();
  EXPECT_NE(said.find("told to fail"), std::string::npos) << said;
  EXPECT_NE(said.find("The broker could not be started"), std::string::npos) << said;
  EXPECT_EQ(running.wait(), 1);
}

TEST_F(UpTest, KeepsDesktopsWhileARoleDoesNotStart) {
  RunningUp running = up();
  ready(running);
  touch("broker-fails");
  const Watched desktop(pid_of("desktop"));
  ::kill(pid_of("broker"), SIGKILL);
  running.read_until("does not start any more");
  EXPECT_FALSE(desktop.ends_within(0));
  std::filesystem::remove(data_ / "broker-fails");
  running.read_until("the broker is back");
}

TEST_F(UpTest, RefusesBadFlagsAndFolders) {
  RunningUp bad_address = up({"--listen", "here:80"});
  EXPECT_NE(bad_address.read_to_end().find("ADDRESS:PORT"), std::string::npos);
  EXPECT_EQ(bad_address.wait(), 2);
  RunningUp half = up({"--certificate", "x"});
  EXPECT_NE(half.read_to_end().find("belong together"), std::string::npos);
  EXPECT_EQ(half.wait(), 2);
  for (const char* brokers : {"0", "5", "many"}) {
    RunningUp wrong = up({"--brokers", brokers});
    EXPECT_NE(wrong.read_to_end().find("--brokers"), std::string::npos);
    EXPECT_EQ(wrong.wait(), 2);
  }
  std::ofstream(folder_ / "file") << "x";
  RunningUp no_folder(folder_ / "file", {"--listen", "127.0.0.1:0"});
  EXPECT_NE(no_folder.read_to_end().find("it is not a folder"), std::string::npos);
  EXPECT_EQ(no_folder.wait(), 1);
  RunningUp below_file(folder_ / "file/data", {"--listen", "127.0.0.1:0"});
  EXPECT_NE(below_file.read_to_end().find("Cannot create the data folder"), std::string::npos);
  EXPECT_EQ(below_file.wait(), 1);
}

}  // namespace
}  // namespace vitrine
