// Everything below this process: its children and what they leave behind. Needs PR_SET_CHILD_SUBREAPER, so that a
// process whose parent died becomes a child of this one instead of init's.
#pragma once

#include <sys/types.h>

#include <functional>
#include <vector>

#include "protocol/base/time.h"

namespace vitrine {

// Makes this process the one that inherits orphans below it.
void become_subreaper();

// Processes whose parent this is now.
std::vector<pid_t> child_pids();

// Reaps all that have ended; `on_exit(pid)` for each. False: there are no children at all.
bool reap(const std::function<void(pid_t pid, int status)>& on_exit);

// Ends everything below: SIGTERM to each child and to each that turns up, SIGKILL after `grace`. Returns when none is
// left, or when some cannot be killed within a second (stuck in the kernel). `hurry()` true skips the grace.
void end_all_children(Micros grace, const std::function<bool()>& hurry);

}  // namespace vitrine
