// Process ids of a sandbox as they are outside of it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>

namespace vitrine::broker {

// `pids`: by role, as the supervisor sees itself and its children; `supervisor`: its id here. Those that have gone are
// left out. Without a sandbox the ids are the same and stay so.
std::map<std::string, int64_t> host_pids(const std::map<std::string, int64_t>& pids, pid_t supervisor);

}  // namespace vitrine::broker
