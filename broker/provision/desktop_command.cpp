#include "broker/provision/desktop_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdlib>

#include "broker/provision/desktop_group.h"
#include "broker/provision/desktop_spec.h"
#include "broker/provision/files.h"

namespace vitrine::broker {

namespace {

struct DesktopOptions {
  std::string spec;
  int control_listen_fd = -1;
  bool detach = false;
};

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
  command->add_flag("--detach", options->detach, "Go on in the background");
  command->callback([options, &exit_status] {
    const auto done = run_desktop(*options);
    if (done.ok()) return;
    fmt::print(stderr, "vitrine desktop: {}\n", done.error().message);
    exit_status = 1;
  });
}

}  // namespace vitrine::broker
