#include "broker/provision/desktop_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "broker/provision/desktop_group.h"
#include "broker/provision/desktop_spec.h"
#include "broker/provision/files.h"
#include "broker/provision/sandbox.h"

namespace vitrine::broker {

namespace {

struct DesktopOptions {
  std::string spec;
  int control_listen_fd = -1;
  bool detach = false;
  int64_t inside = -1;  // of the sandbox, as whom
};

// Becomes bwrap, which starts this program again inside of the sandbox; the inherited descriptors go along.
Error enter_sandbox(const DesktopSpec& spec, const DesktopOptions& options) {
  std::error_code failed;
  std::vector<std::string> command = sandbox_command(spec);
  command.insert(command.end(), {std::filesystem::read_symlink("/proc/self/exe", failed).string(), "desktop",
                                 "--inside", std::to_string(spec.uid), "--spec", options.spec, "--control-listen-fd",
                                 std::to_string(options.control_listen_fd)});
  std::vector<std::string> environment = sandbox_environment();
  std::vector<char*> argv;
  for (std::string& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::vector<char*> envp;
  for (std::string& variable : environment) envp.push_back(variable.data());
  envp.push_back(nullptr);
  ::execve(argv.front(), argv.data(), envp.data());
  return {ErrorCode::kUnavailable, fmt::format("Cannot start bwrap: {}.", std::strerror(errno))};
}

UniqueFd take_inherited(int fd) {
  if (fd >= 0) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  if (fd >= 0) ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  return UniqueFd(fd);
}

int lifeline_from_environment() {
  const char* text = std::getenv("VITRINE_LIFELINE_FD");
  int fd = -1;
  if (text != nullptr) std::from_chars(text, text + std::string_view(text).size(), fd);
  return fd >= 0 && ::fcntl(fd, F_GETFD) >= 0 ? fd : -1;
}

Result<void> run_desktop(const DesktopOptions& options) {
  const bool inside = options.inside >= 0;
  if (inside) TRY(settle_in_sandbox(options.inside));
  const std::string text = TRY(read_file(options.spec));
  auto spec = spec_from_json(text);
  if (!spec.ok()) return Error{spec.error().code, fmt::format("{}: {}", options.spec, spec.error().message)};
  if (options.detach) {
    // Neither a child of the broker nor in its session: it outlives the broker and no terminal's signal reaches it.
    const pid_t pid = ::fork();
    if (pid < 0) return Error{ErrorCode::kIo, "The server cannot start more processes."};
    if (pid > 0) ::_exit(0);
    ::setsid();
  }
  if (spec.value().sandbox && !inside) return enter_sandbox(spec.value(), options);
  DesktopGroup group(spec.take(), {.control = take_inherited(options.control_listen_fd),
                                   .lifeline = take_inherited(lifeline_from_environment())});
  return group.run();
}

}  // namespace

void add_desktop_command(CLI::App& program, int& exit_status) {
  auto options = std::make_shared<DesktopOptions>();
  CLI::App* command = program.add_subcommand("desktop", "Supervise one local desktop (the broker starts this)");
  command->add_option("--spec", options->spec, "What to run: DATA/run/desktops/ID/spec.json")->required();
  command->add_option("--control-listen-fd", options->control_listen_fd, "Listening socket to be controlled through");
  command->add_option("--inside", options->inside, "Inside of the sandbox, to become this account")->group("");
  command->add_flag("--detach", options->detach, "Go on in the background");
  command->callback([options, &exit_status] {
    const auto done = run_desktop(*options);
    if (done.ok()) return;
    fmt::print(stderr, "vitrine desktop: {}\n", done.error().message);
    exit_status = 1;
  });
}

}  // namespace vitrine::broker
