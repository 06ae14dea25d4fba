// `vitrine agent`: captures one desktop and offers it at a gateway. Runs as the desktop's user and never listens.
#pragma once

#include <CLI/CLI.hpp>

namespace vitrine {

// Adds the subcommand; when it ran, `exit_status` is 0 after an orderly end and 1 after an error, which is printed.
void add_agent_command(CLI::App& program, int& exit_status);

}  // namespace vitrine
