// `vitrine gateway`.
#pragma once

#include <CLI/CLI.hpp>

namespace vitrine {

void add_gateway_command(CLI::App& program, int& exit_status);

}  // namespace vitrine
