#include "host-agent/command.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <iostream>
#include <memory>
#include <string>

#include "host-agent/agent_program.h"

namespace vitrine {
namespace {

struct AgentFlags {
  std::string gateway;
  std::string certificate;
  std::string credential;
  std::string display;
  std::string input_devices;
  int control_fd = -1;
};

int run(const AgentFlags& flags) {
  spdlog::set_default_logger(spdlog::stderr_logger_st("agent"));
  const auto address = agent::parse_gateway_address(flags.gateway);
  if (!address.ok()) {
    std::cerr << "vitrine agent: --gateway: " << address.error().message << "\n";
    return 2;
  }
  agent::AgentOptions options{.gateway = {address.value(), flags.certificate, flags.credential},
                              .display = flags.display,
                              .input_devices = flags.input_devices,
                              .control_fd = std::nullopt};
  if (flags.control_fd >= 0) options.control_fd = flags.control_fd;
  const auto result = agent::run_agent(options);
  if (result.ok()) return 0;
  std::cerr << "vitrine agent: " << result.error().message << "\n";
  return 1;
}

}  // namespace

void add_agent_command(CLI::App& program, int& exit_status) {
  auto flags = std::make_shared<AgentFlags>();
  CLI::App* const command = program.add_subcommand("agent", "Capture one desktop and offer it at a gateway");
  command->add_option("--gateway", flags->gateway, "the gateway's address, wss://HOST:PORT")->required();
  command->add_option("--gateway-certificate", flags->certificate, "PEM file with the certificate to trust")
      ->required();
  command->add_option("--credential", flags->credential, "file with the credential that the broker made")->required();
  command->add_option("--display", flags->display, "the X display, such as :1; otherwise $DISPLAY");
  command->add_option("--input-devices", flags->input_devices,
                      "folder with the sockets of the display's own pointers (driver inputtest)");
  command->add_option("--control-fd", flags->control_fd, "inherited descriptor of the supervisor")
      ->check(CLI::NonNegativeNumber);
  command->callback([flags, &exit_status] { exit_status = run(*flags); });
}

}  // namespace vitrine
