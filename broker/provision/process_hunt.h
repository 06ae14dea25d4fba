// Finding and ending what is left of a desktop: every process that carries VITRINE_DESKTOP=ID in its environment.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "protocol/base/time.h"

namespace vitrine::broker {

inline constexpr const char* kDesktopVariable = "VITRINE_DESKTOP";

// The living ones, without the caller.
std::vector<pid_t> processes_of_desktop(const std::string& id);
// The caller's children and theirs, down to the last; programs that overwrote their environment are found so.
std::vector<pid_t> descendants();

// SIGKILL to each process of the desktop (and to the caller's descendants, when asked) until none is left; a process
// may fork while it is being looked for. Waits for their end, at most some seconds. False: some would not die.
bool kill_desktop(const std::string& id, bool with_descendants);

// Until all processes of the desktop have ended by themselves, at most so long.
void wait_for_desktop(const std::string& id, Micros limit);

}  // namespace vitrine::broker
