// Ways into a desktop's sandbox from outside, as the account that made it has them.
#pragma once

#include <string>
#include <vector>

#include "broker/provision/provisioner.h"

namespace vitrine::broker {

// Where the desktop's display listens, as it is called out here.
std::string socket_of(const DesktopReport& report);

// Makes displays reachable under their names, which X clients look for below /tmp alone.
class SandboxDoors {
 public:
  SandboxDoors() = default;
  SandboxDoors(const SandboxDoors&) = delete;
  SandboxDoors& operator=(const SandboxDoors&) = delete;
  ~SandboxDoors();
  void open(const DesktopReport& report);

 private:
  std::vector<std::string> links_;
};

// An app that is a door: it runs what ask_inside() hands it, with just the rights that any app of the desktop has.
std::vector<std::string> door_app();
// Runs a line of shell inside a desktop whose app is door_app(), and waits for its end; what it printed.
std::string ask_inside(const DesktopReport& report, const std::string& line);

// Runs a program in any desktop, by entering its sandbox, which takes root.
std::string run_inside(const DesktopReport& report, const std::vector<std::string>& command);

}  // namespace vitrine::broker
