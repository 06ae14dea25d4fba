// The program: one subcommand for each role. main() only composes.
#include <CLI/CLI.hpp>
#include <iostream>

#include "broker/command.h"
#include "gateway/command.h"
#include "host-agent/command.h"
#include "program/up.h"

namespace {

// The subcommand that the words led to.
const CLI::App* deepest(const CLI::App* app) {
  for (auto chosen = app->get_subcommands(); !chosen.empty(); chosen = app->get_subcommands()) app = chosen.front();
  return app;
}

// One sentence on what is wrong, then what is allowed there.
std::string explain(const CLI::App* app, const CLI::Error& error) {
  const CLI::App* const command = deepest(app);
  std::string name = command->get_name();
  for (const CLI::App* parent = command->get_parent(); parent != nullptr; parent = parent->get_parent()) {
    name = parent->get_name() + " " + name;
  }
  std::string allowed;
  for (const CLI::Option* option : command->get_options()) {
    if (option->get_group().empty() || option->get_name().empty()) continue;
    allowed += (allowed.empty() ? "" : ", ") + option->get_name();
  }
  for (const CLI::App* below :
       command->get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); })) {
    allowed += (allowed.empty() ? "" : ", ") + below->get_name();
  }
  const std::vector<std::string> unknown = command->remaining();
  const bool wrong_word = error.get_name() == "RequiredError" && !unknown.empty();
  const std::string what = wrong_word ? "There is no " + unknown.front() + " here." : error.what();
  return name + ": " + what + "\nAllowed here: " + allowed + ". \"" + name + " --help\" explains each.\n";
}

constexpr int kUsageError = 2;

}  // namespace

int main(int argc, char** argv) {
  int exit_status = 0;
  CLI::App program("Remote desktops and single applications in any browser.", "vitrine");
  program.set_version_flag("--version", "vitrine " VITRINE_VERSION);
  program.require_subcommand(1);
  program.failure_message(explain);
  vitrine::add_up_command(program, exit_status);
  vitrine::add_gateway_command(program, exit_status);
  vitrine::broker::add_broker_command(program, exit_status);
  vitrine::add_agent_command(program, exit_status);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : kUsageError;
  }
  return exit_status;
}
