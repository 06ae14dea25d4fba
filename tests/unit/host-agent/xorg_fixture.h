// A real X server for tests: Xorg with the dummy driver, as a desktop has it. One for the whole test program.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "host-agent/x11/x11_display.h"
#include "protocol/input_devices.h"

namespace vitrine::agent {

class Xorg {
 public:
  Xorg() {
    char folder[] = "/tmp/vitrine-xorg-XXXXXX";
    folder_ = mkdtemp(folder);
    std::ofstream(folder_ + "/xorg.conf") << R"(
Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoEnableDevices" "false"
  Option "DontVTSwitch" "true"
EndSection
Section "Device"
  Identifier "d"
  Driver "dummy"
  VideoRam 262144
EndSection
Section "Monitor"
  Identifier "m"
  HorizSync 5.0-1000.0
  VertRefresh 5.0-500.0
EndSection
Section "Screen"
  Identifier "s"
  Device "d"
  Monitor "m"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Virtual 8192 8192
  EndSubSection
EndSection
)" << input_devices();
    make_keyboard_folder();
    start();
  }
  ~Xorg() {
    stop();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  [[nodiscard]] const std::string& display() const { return display_; }
  // Where the sockets of the server's own pointers are.
  [[nodiscard]] const std::string& folder() const { return folder_; }
  // The server goes away at once, as when it crashed.
  void stop() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
    const std::string number = display_.substr(1);
    unlink(("/tmp/.X11-unix/X" + number).c_str());
    unlink(("/tmp/.X" + number + "-lock").c_str());
  }
  // Runs a program of the desktop to its end; its exit status.
  [[nodiscard]] int run(const std::string& command) const {
    return std::system(("DISPLAY=" + display_ + " " + command + " 2>/dev/null").c_str());
  }

 private:
  [[nodiscard]] std::string input_devices() const {
    std::ostringstream sections;
    for (const InputDevice& device : kInputDevices) {
      sections << "Section \"InputDevice\"\n  Identifier \"" << device.name << "\"\n  Driver \"inputtest\"\n"
               << "  Option \"SocketPath\" \"" << folder_ << "/" << device.socket << "\"\n"
               << "  Option \"DeviceType\" \"" << device.type << "\"\n  Option \"PointerButtonCount\" \"11\"\n"
               << "  Option \"PointerHasPressure\" \"true\"\nEndSection\n";
    }
    sections << "Section \"ServerLayout\"\n  Identifier \"l\"\n  Screen \"s\"\n";
    for (const InputDevice& device : kInputDevices) sections << "  InputDevice \"" << device.name << "\"\n";
    sections << "EndSection\n";
    return sections.str();
  }

  // Keys have the numbers that they have on a desktop (broker/provision/display_files.h).
  void make_keyboard_folder() const {
    const std::filesystem::path files = "/usr/share/X11/xkb";
    const std::filesystem::path own = folder_ + "/xkb";
    std::filesystem::create_directories(own / "rules");
    for (const char* part : {"compat", "geometry", "keycodes", "symbols", "types"}) {
      std::filesystem::create_symlink(files / part, own / part);
    }
    std::filesystem::create_symlink(files / "rules/evdev", own / "rules/base");
  }

  void start() {
    int tell[2];
    ASSERT_EQ(pipe(tell), 0);
    pid_ = fork();
    if (pid_ == 0) {
      close(tell[0]);
      const std::string fd = std::to_string(tell[1]);
      const std::string config = folder_ + "/xorg.conf";
      const std::string log = folder_ + "/xorg.log";
      const std::string keyboard = folder_ + "/xkb";
      if (freopen((folder_ + "/xorg.out").c_str(), "w", stderr) == nullptr) _exit(127);
      execl("/usr/lib/xorg/Xorg", "Xorg", "-displayfd", fd.c_str(), "-config", config.c_str(), "-xkbdir",
            keyboard.c_str(), "-logfile", log.c_str(), "-logverbose", "0", "-noreset", "-novtswitch", "-nolisten",
            "tcp", nullptr);
      _exit(127);
    }
    close(tell[1]);
    std::string number;
    char byte = 0;
    pollfd ready{tell[0], POLLIN, 0};
    while (poll(&ready, 1, 30'000) == 1 && read(tell[0], &byte, 1) == 1 && byte != '\n') number += byte;
    close(tell[0]);
    ASSERT_FALSE(number.empty()) << "Xorg did not start; see " << folder_;
    display_ = ":" + number;
  }

  std::string folder_;
  std::string display_;
  pid_t pid_ = -1;
};

// The program's server; started at its first use.
inline Xorg& shared_xorg() {
  static Xorg server;
  return server;
}

inline std::unique_ptr<X11Display> connect_to(const Xorg& server) {
  auto display = X11Display::connect(server.display());
  EXPECT_TRUE(display.ok()) << display.error().message;
  return display.ok() ? display.take() : nullptr;
}

}  // namespace vitrine::agent
