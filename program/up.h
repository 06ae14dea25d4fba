// `vitrine up`: broker, gateway and the desktops they start, on this machine, from one command.
//
//   up ──┬─ broker ── (starts) ─▶ desktop supervisors, which detach and become children of up
//        └─ gateway
//
// up holds the listening socket and the write end of the lifeline, a pipe whose read end everything below inherits
// (VITRINE_LIFELINE_FD). When up is gone, even by kill -9, the pipe ends and everything below leaves.
#pragma once

#include <CLI/CLI.hpp>

namespace vitrine {

void add_up_command(CLI::App& program, int& exit_status);

}  // namespace vitrine
