// The broker's commands as a program of their own, so that these tests need none of the other parts.
#include <CLI/CLI.hpp>

#include "broker/command.h"

int main(int argc, char** argv) {
  CLI::App program("Vitrine's broker under test");
  program.require_subcommand(1);
  int exit_status = 0;
  vitrine::broker::add_broker_command(program, exit_status);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : 2;
  }
  return exit_status;
}
