// Starting the programs of a desktop.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <string>
#include <vector>

#include "protocol/base/result.h"

namespace vitrine::broker {

struct ChildProgram {
  std::vector<std::string> command;      // command[0] is a path or is looked up in $PATH
  std::vector<std::string> environment;  // NAME=value; nothing else is passed on
  std::string working_folder = "/";
  int output = -1;                     // its standard output and error; -1: /dev/null
  std::vector<int> pass_fds;           // stay open in it under the same numbers
  int signal_when_orphaned = SIGKILL;  // when the calling process dies, however
  pid_t pid = 0;                       // wanted, where the caller may choose; 0: any
};

// Forks and executes, in a session of its own. From a process with a single thread.
// Errors: not_found (no such program), io.
Result<pid_t> start_child(const ChildProgram& program);

// The program's full path in $PATH (or `name` itself when it has a slash and can be run); empty when there is none.
std::string find_program(const std::string& name);

}  // namespace vitrine::broker
