// The sandbox of a local desktop, made by bubblewrap: namespaces of its own for processes, mounts, shared memory and
// the host's name. In it are the system's programs (read-only), the desktop's folder, its home folder (as /home/USER),
// and nothing else: no other home, no data folder, no other process, display, /tmp, /run or /dev/shm. The network is
// the host's.
//
//   broker ── bwrap (waits) ── supervisor, process 1 inside ── Xorg, agent, bus, programs
//
// As an ordinary user the sandbox has a user namespace too. Started by root there is none: the mounts are root's work
// and the supervisor becomes an account without rights, one for each home (desktop_account.h), before it starts
// anything.
#pragma once

#include <string>
#include <vector>

#include "broker/provision/desktop_spec.h"
#include "protocol/base/result.h"

namespace vitrine::broker {

// What decides whether a sandbox can be made here.
struct SandboxFacts {
  bool installed = false;
  bool works = false;               // a trial run ended well
  std::string said;                 // by the trial run
  std::string unprivileged_userns;  // /proc/sys/kernel/unprivileged_userns_clone; empty: no such setting
  std::string max_user_namespaces;  // /proc/sys/user/max_user_namespaces
  std::string apparmor_restricts;   // /proc/sys/kernel/apparmor_restrict_unprivileged_userns
};
// Errors: unavailable, with what to set or to install.
Result<void> judge_sandbox(const SandboxFacts& facts);
// Tries it, about 10 ms; what worked once is not tried again. Any thread.
Result<void> check_sandbox();

// /etc/passwd or /etc/group as a sandbox sees it: the system's accounts and one more line, `own`; other people's are
// nobody's business there.
std::string accounts_inside(const std::string& system, const std::string& own);

// Lets the desktop's programs see the home folder at `path`, unless something else has to be seen below that: a data
// folder or a program in the home folder of the person who runs Vitrine.
void show_home_as(DesktopSpec& spec, const std::string& path);

// bwrap and its arguments, up to the program it is to run.
std::vector<std::string> sandbox_command(const DesktopSpec& spec);
// All that the supervisor inside gets of the environment: search path, language, time zone, lifeline.
std::vector<std::string> sandbox_environment();

// Inside, before anything else is done: becomes the account `uid` when root made the sandbox (0: nobody else), and
// drops all rights but choosing the process ids of children.
Result<void> settle_in_sandbox(int64_t uid);

}  // namespace vitrine::broker
