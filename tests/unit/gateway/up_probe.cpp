// A program of the same shape as `vitrine`: the real `up`, and stand-ins for the roles that it starts. What they do is
// steered by files in the data folder, so that a test can change it between two starts of one role.
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "gateway/listen_address.h"
#include "program/up.h"

namespace {

struct Flags {
  std::string data;
  std::string rest;
  std::vector<std::string> brokers;
  int slot = 0;
  int listen_fd = -1;
  int ready_fd = -1;
};

void write_pid(const std::filesystem::path& file) {
  const auto fresh = file.string() + ".new";
  std::ofstream(fresh) << ::getpid();
  std::filesystem::rename(fresh, file);
}

// `before_end` comes between saying it and having said it.
void report(int fd, const std::string& line, const std::function<void()>& before_end) {
  if (::write(fd, line.data(), line.size()) < 0) std::abort();
  before_end();
  ::close(fd);
}

// What every role does: leaves when the lifeline ends.
void wait_for_lifeline() {
  pollfd lifeline{std::atoi(std::getenv("VITRINE_LIFELINE_FD")), POLLIN, 0};
  while (::poll(&lifeline, 1, -1) <= 0) {
  }
}

// Like a desktop's supervisor: not the broker's child, not in its session.
void start_desktop(const std::filesystem::path& data, int ready_fd) {
  if (std::filesystem::exists(data / "desktop.pid")) return;
  int there[2];
  if (::pipe(there) != 0) std::abort();
  if (::fork() == 0) {
    if (::fork() != 0) ::_exit(0);
    ::setsid();
    ::close(ready_fd);  // its end says that the broker is ready
    const bool stubborn = std::filesystem::exists(data / "stubborn");
    if (stubborn) ::signal(SIGTERM, SIG_IGN);
    write_pid(data / "desktop.pid");
    ::close(there[0]);
    ::close(there[1]);
    do wait_for_lifeline();
    while (stubborn);
    ::_exit(0);
  }
  ::close(there[1]);
  char byte = 0;
  while (::read(there[0], &byte, 1) > 0) {
  }
  ::close(there[0]);
}

void run_broker(const Flags& flags) {
  const std::filesystem::path data = flags.data;
  if (std::filesystem::exists(data / "broker-fails")) {
    std::cerr << "vitrine broker: told to fail\n";
    std::exit(1);
  }
  const std::string name = flags.slot == 0 ? "broker" : "broker-" + std::to_string(flags.slot + 1);
  start_desktop(data, flags.ready_fd);
  if (flags.slot > 0 && !std::filesystem::exists(data / "told")) {
    std::cerr << "vitrine broker: the first one is not ready yet\n";
    std::exit(1);
  }
  const bool first = !std::filesystem::exists(data / "known");
  std::ofstream(data / "known") << "x";
  write_pid(data / (name + ".pid"));
  report(flags.ready_fd,
         first ? R"({"ready":true,"admin":{"name":"admin","password":"pass-word"}})"
                 "\n"
               : "{\"ready\":true}\n",
         [&] { std::ofstream(data / "told") << "x"; });
  wait_for_lifeline();
}

void run_gateway(const Flags& flags) {
  if (vitrine::listening_port(flags.listen_fd) == 0) std::exit(1);
  write_pid(std::filesystem::path(flags.data) / "gateway.pid");
  std::ofstream sockets(std::filesystem::path(flags.data) / "gateway.brokers");
  for (const std::string& broker : flags.brokers) sockets << std::filesystem::path(broker).filename().string() << " ";
  sockets.close();
  report(flags.ready_fd, "{\"ready\":true}\n", [] {});
  wait_for_lifeline();
}

}  // namespace

int main(int argc, char** argv) {
  int exit_status = 0;
  Flags flags;
  CLI::App program("test program", "probe");
  vitrine::add_up_command(program, exit_status);
  for (const bool broker : {true, false}) {
    CLI::App* const role = program.add_subcommand(broker ? "broker" : "gateway");
    role->add_option("--data", flags.data);
    role->add_option("--ready-fd", flags.ready_fd);
    if (broker) role->add_option("--slot", flags.slot);
    if (!broker) role->add_option("--broker", flags.brokers)->allow_extra_args(false);
    role->add_option("--listen-fd", flags.listen_fd);
    for (const char* other : {"--gateway-url", "--gateway-certificate", "--listen", "--certificate", "--private-key"}) {
      role->add_option(other, flags.rest);
    }
    role->callback([&flags, broker] { broker ? run_broker(flags) : run_gateway(flags); });
  }
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : 2;
  }
  return exit_status;
}
