// Stands in for the agent in tests of its supervisor: says it is ready, appends each line it is told to a file, says
// that a viewer with a
// phone's screen came on SIGUSR1 and went on SIGUSR2, and goes when told to close.
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

int main(int argc, char** argv) {
  int control = -1;
  std::string log;
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::string_view(argv[i]) == "--control-fd") control = std::atoi(argv[i + 1]);
    if (std::string_view(argv[i]) == "--log") log = argv[i + 1];
  }
  const auto say = [&](const std::string& line) { (void)!::write(control, (line + "\n").data(), line.size() + 1); };
  sigset_t handled;
  sigemptyset(&handled);
  sigaddset(&handled, SIGUSR1);
  sigaddset(&handled, SIGUSR2);
  sigprocmask(SIG_BLOCK, &handled, nullptr);
  const int signals = ::signalfd(-1, &handled, 0);
  say(R"({"event":"ready"})");
  while (true) {
    pollfd fds[2] = {{control, POLLIN, 0}, {signals, POLLIN, 0}};
    if (::poll(fds, 2, -1) < 0) continue;
    if (fds[1].revents != 0) {
      signalfd_siginfo info{};
      (void)!::read(signals, &info, sizeof info);
      say(info.ssi_signo == SIGUSR1 ? R"({"event":"viewers","count":1,"scale_percent":300})"
                                    : R"({"event":"viewers","count":0})");
    }
    if (fds[0].revents == 0) continue;
    std::array<char, 4096> buffer{};
    const ssize_t got = ::read(control, buffer.data(), buffer.size());
    if (got <= 0) return 1;
    const std::string text(buffer.data(), static_cast<size_t>(got));
    std::ofstream(log, std::ios::app) << text;
    if (text.find("\"close\"") != std::string::npos) return 0;
  }
}
