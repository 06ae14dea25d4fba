// link_emulator: a TCP relay that behaves like a link of the given delay and rate, for tests and benchmarks.
#include <sys/signalfd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "bench/link/link_relay.h"

namespace {

using vitrine::LinkRelay;
using vitrine::LinkRelayOptions;
using vitrine::Result;

struct Words {
  std::string listen;
  std::string to;
  std::string script;
  std::string delay = "0ms";
  std::string jitter = "0ms";
  std::string rate = "unlimited";
  std::string queue = "64kib";
  uint64_t seed = 1;
  int stats_fd = 1;
  bool control = false;
};

Result<LinkRelayOptions> read_words(const Words& words) {
  LinkRelayOptions options{.seed = words.seed, .control_fd = words.control ? 0 : -1, .stats_fd = words.stats_fd};
  options.listen = TRY(vitrine::parse_relay_address(words.listen));
  options.to = TRY(vitrine::parse_relay_address(words.to));
  options.conditions.delay = TRY(vitrine::parse_duration(words.delay));
  options.conditions.jitter = TRY(vitrine::parse_duration(words.jitter));
  options.conditions.rate_bps = TRY(vitrine::parse_rate(words.rate));
  // The same check as in a script line: a queue that holds no packet passes nothing.
  options.script = TRY(vitrine::parse_link_script("0s queue=" + words.queue));
  if (words.script.empty()) return options;
  std::ifstream file(words.script);
  if (!file) return vitrine::Error{vitrine::ErrorCode::kNotFound, "cannot read the script " + words.script};
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto script = vitrine::parse_link_script(text);
  if (!script.ok()) return vitrine::Error{script.error().code, words.script + ", " + script.error().message};
  options.script.insert(options.script.end(), script.value().begin(), script.value().end());
  return options;
}

Result<void> run(const Words& words) {
  const LinkRelayOptions options = TRY(read_words(words));
  std::signal(SIGPIPE, SIG_IGN);  // a reader of the statistics that went away is noticed by the write
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM}) sigaddset(&signals, signal);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  const vitrine::OwnedFd stop(signalfd(-1, &signals, SFD_CLOEXEC));
  const auto relay = TRY(LinkRelay::create(options));
  std::fprintf(stderr, "link_emulator: 127.0.0.1:%d\n", relay->port());
  return relay->run(stop.get());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Relays TCP connections over an emulated link. Both directions behave the same unless the script says "
      "otherwise; the listening port is written to standard error.");
  Words words;
  app.add_option("--listen", words.listen, "address and port to listen on; port 0 takes a free one")->required();
  app.add_option("--to", words.to, "address and port to relay to")->required();
  app.add_option("--script", words.script, "a file that says how the link changes (see bench/link/link_script.h)");
  app.add_option("--delay", words.delay, "one way, such as 25ms");
  app.add_option("--jitter", words.jitter, "up to this much more for each packet, such as 5ms");
  app.add_option("--rate", words.rate, "each way, such as 5mbit, or unlimited");
  app.add_option("--queue", words.queue, "what the bottleneck holds each way, such as 64kib");
  app.add_option("--seed", words.seed, "of the jitter");
  app.add_option("--stats-fd", words.stats_fd, "where statistics are written as JSON lines");
  app.add_flag("--control", words.control, "read `stats NAME` and script lines from standard input; its end stops it");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const auto done = run(words);
  if (done.ok()) return 0;
  std::fprintf(stderr, "link_emulator: %s\n", done.error().message.c_str());
  return 1;
}
