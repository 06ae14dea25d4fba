// `vitrine agent`, put together: X11 screen and hands, the desktop's agent, its links and its supervisor on one loop.
#pragma once

#include <optional>
#include <string>

#include "host-agent/link/gateway_links.h"
#include "protocol/base/result.h"

namespace vitrine::agent {

struct AgentOptions {
  GatewayOptions gateway;
  std::string display;        // empty: $DISPLAY
  std::string input_devices;  // folder with the sockets of the display's own pointers; empty: it has none
  std::optional<int> control_fd;
};

// Runs until SIGTERM, SIGINT, the supervisor's order (no error) or the loss of the X server (an error). Errors name
// what to do.
Result<void> run_agent(const AgentOptions& options);

}  // namespace vitrine::agent
