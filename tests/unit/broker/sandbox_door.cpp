#include "tests/unit/broker/sandbox_door.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "broker/provision/child_process.h"
#include "broker/provision/files.h"
#include "protocol/base/time.h"

namespace vitrine::broker {

std::string socket_of(const DesktopReport& report) {
  return std::filesystem::path(report.xauthority).parent_path().string() + "/x11/X" + report.display.substr(1);
}

SandboxDoors::~SandboxDoors() {
  for (const std::string& link : links_) ::unlink(link.c_str());
}

void SandboxDoors::open(const DesktopReport& report) {
  const std::string link = "/tmp/.X11-unix/X" + report.display.substr(1);
  ::mkdir("/tmp/.X11-unix", 01777);
  if (::symlink(socket_of(report).c_str(), link.c_str()) == 0) links_.push_back(link);
}

std::vector<std::string> door_app() {
  // The display's folder is the one that is seen on both sides whatever home the desktop has.
  return {"sh", "-c",
          "cd /tmp/.X11-unix; mkfifo door.out door.in; "
          "while :; do line=$(cat door.in); (cd; sh -c \"$line\") > door.out 2>&1; done"};
}

std::string ask_inside(const DesktopReport& report, const std::string& line) {
  const std::string folder = std::filesystem::path(report.xauthority).parent_path().string() + "/x11/";
  const Micros limit = monotonic_now() + 30 * kSecond;  // only ever reached by a failing test
  while (!std::filesystem::exists(folder + "door.in")) {
    if (monotonic_now() > limit) return "The door was not built.";
    std::this_thread::yield();
  }
  // Each waits for the other side.
  std::ofstream(folder + "door.in") << line;
  std::ifstream out(folder + "door.out");
  return {std::istreambuf_iterator<char>(out), {}};
}

std::string run_inside(const DesktopReport& report, const std::vector<std::string>& command) {
  const std::string process = "/proc/" + std::to_string(report.pids.at("app"));
  struct stat owner {};
  EXPECT_EQ(::stat(process.c_str(), &owner), 0);
  std::vector<std::string> entering = {"nsenter", "--target", std::to_string(report.pids.at("app")), "--mount", "--pid",
                                       "--ipc",   "--uts"};
  if (::geteuid() == 0) {
    entering.insert(entering.end(),
                    {"--setuid", std::to_string(owner.st_uid), "--setgid", std::to_string(owner.st_gid)});
  } else {
    entering.insert(entering.end(), {"--user", "--preserve-credentials"});
  }
  entering.insert(entering.end(), command.begin(), command.end());
  const std::string environment = read_file(process + "/environ").value();
  std::vector<std::string> variables;
  for (size_t at = 0; at < environment.size(); at = environment.find('\0', at) + 1) {
    variables.emplace_back(environment.c_str() + at);
  }
  int ends[2];
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const auto pid = start_child({.command = entering, .environment = variables, .output = ends[1], .pass_fds = {}});
  ::close(ends[1]);
  EXPECT_TRUE(pid.ok());
  std::string said;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; (got = ::read(ends[0], buffer.data(), buffer.size())) > 0;) {
    said.append(buffer.data(), static_cast<size_t>(got));
  }
  ::close(ends[0]);
  if (pid.ok()) ::waitpid(pid.value(), nullptr, 0);
  return said;
}

}  // namespace vitrine::broker
