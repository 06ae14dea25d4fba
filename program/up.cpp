#include "program/up.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "gateway/certificate.h"
#include "gateway/listen_address.h"
#include "program/child.h"
#include "program/data_folder.h"
#include "program/process_group.h"

namespace vitrine {
namespace {

// What is asked to end has this long.
constexpr Micros kEndGrace = 5 * kSecond;
// So many starts in a row that fail are told, once. It is not given up: that would end the desktops, which do not need
// it, and what is wrong (a full disk, say) may be put right meanwhile.
constexpr int kFailuresToTell = 4;
// Each as the user reads of it; the data folder names sockets by the same order.
constexpr std::array<const char*, 4> kBrokerNames = {"broker", "second broker", "third broker", "fourth broker"};
// After a `vitrine up` that was killed, what it left may hold the port until it notices.
constexpr Micros kPortGrace = 5 * kSecond;

struct UpFlags {
  std::string data;
  std::string listen = "127.0.0.1:8443";
  std::string certificate;
  std::string private_key;
  std::string client;
  std::string public_url;
  std::string store;
  int brokers = 1;
  bool sandbox = true;
};

Result<void> check_programs() {
  constexpr const char* kServer = "/usr/lib/xorg/Xorg";
  constexpr const char* kDriver = "/usr/lib/xorg/modules/drivers/dummy_drv.so";
  if (::access(kServer, X_OK) == 0 && ::access(kDriver, R_OK) == 0) return {};
  return Error{ErrorCode::kNotFound,
               "Desktops need Xorg and its dummy driver: apt-get install xserver-xorg-core xserver-xorg-video-dummy"};
}

Result<OwnedFd> listen_on(const ListenAddress& where, bool left_behind) {
  const Micros until = monotonic_now() + (left_behind ? kPortGrace : 0);
  for (;;) {
    auto fd = open_listener(where);
    if (fd.ok()) return OwnedFd(fd.value());
    if (fd.error().code != ErrorCode::kConflict || monotonic_now() >= until) return fd.error();
    ::poll(nullptr, 0, 20);
  }
}

// The running of one `vitrine up`, from the open folder to the last child's end. One thread.
class Up {
 public:
  Up(UpFlags flags, ListenAddress listen, DataFolder folder)
      : flags_(std::move(flags)), listen_(std::move(listen)), folder_(std::move(folder)) {}

  // Errors are those a person meets at the start; after it, run until asked to end.
  Result<int> run() {
    TRY(prepare());
    auto result = serve();
    lifeline_.reset();
    listener_.reset();
    end_all_children(kEndGrace, [this] { return asked_again(); });
    return result;
  }

 private:
  Result<void> prepare() {
    listener_ = TRY(listen_on(listen_, folder_.left_behind()));
    listen_.port = listening_port(listener_.get());
    certificate_ = {flags_.certificate, flags_.private_key};
    if (flags_.certificate.empty()) {
      certificate_ = TRY(ensure_self_signed(folder_.path() / "tls", names_for_certificate(listen_.address)));
    }
    become_subreaper();
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return Error{ErrorCode::kExhausted, "Cannot make a pipe."};
    lifeline_read_ = OwnedFd(pipe[0]);
    lifeline_ = OwnedFd(pipe[1]);
    ::setenv("VITRINE_LIFELINE_FD", std::to_string(lifeline_read_.get()).c_str(), 1);
    sigset_t watched;
    sigemptyset(&watched);
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&watched, number);
    ::sigprocmask(SIG_BLOCK, &watched, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    signals_ = OwnedFd(::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK));
    make_children();
    return {};
  }

  void make_children() {
    for (int slot = 0; slot < flags_.brokers; ++slot) add_broker(slot);
    add_gateway();
  }

  void add_broker(int slot) {
    const std::string data = folder_.path();
    ListenAddress dial = listen_;  // agents are on this machine
    if (listen_.address == "0.0.0.0") dial.address = "127.0.0.1";
    if (listen_.address == "::") dial.address = "::1";
    std::vector<std::string> broker = {"broker",
                                       "--data",
                                       data,
                                       "--gateway-url",
                                       "wss://" + dial.text(),
                                       "--gateway-certificate",
                                       certificate_.certificate};
    if (slot > 0) broker.insert(broker.end(), {"--slot", std::to_string(slot)});
    if (!flags_.public_url.empty()) broker.insert(broker.end(), {"--public-url", flags_.public_url});
    if (!flags_.store.empty()) broker.insert(broker.end(), {"--store", flags_.store});
    if (!flags_.sandbox) broker.emplace_back("--no-sandbox");
    children_.emplace_back(kBrokerNames.at(static_cast<size_t>(slot)), std::move(broker),
                           std::vector<int>{lifeline_read_.get()});
  }

  void add_gateway() {
    const std::string data = folder_.path();
    std::vector<std::string> gateway = {"gateway",
                                        "--data",
                                        data,
                                        "--listen",
                                        listen_.text(),
                                        "--listen-fd",
                                        std::to_string(listener_.get()),
                                        "--certificate",
                                        certificate_.certificate,
                                        "--private-key",
                                        certificate_.private_key};
    if (!flags_.client.empty()) gateway.insert(gateway.end(), {"--client", flags_.client});
    for (int slot = 0; slot < flags_.brokers; ++slot) {
      const std::string name = slot == 0 ? "broker" : "broker-" + std::to_string(slot + 1);
      gateway.insert(gateway.end(), {"--broker", data + "/run/" + name + ".sock"});
    }
    children_.emplace_back("gateway", std::move(gateway), std::vector<int>{lifeline_read_.get(), listener_.get()});
  }

  // The first broker makes the keys and the first password, which all others need; so they start when it is ready.
  bool may_start(const Child& child) const {
    return &child == &children_.front() || announced_ || children_.front().state() == Child::State::kReady;
  }

  Result<int> serve() {
    while (!ending_) {
      const Micros now = monotonic_now();
      for (Child& child : children_) {
        if (may_start(child) && child.next_deadline() <= now) TRY(child.start(now));
      }
      wait(now);
      for (Child& child : children_) {
        if (child.ready_fd() < 0) continue;
        if (const auto line = child.read_ready_line(monotonic_now())) on_ready(child, *line);
      }
      read_signals();
      TRY(reap_children());
    }
    return 0;
  }

  void wait(Micros now) {
    Micros deadline = kNever;
    std::vector<pollfd> watched = {{signals_.get(), POLLIN, 0}};
    for (const Child& child : children_) {
      if (may_start(child)) deadline = std::min(deadline, child.next_deadline());
      watched.push_back({child.ready_fd(), POLLIN, 0});
    }
    const int timeout =
        deadline == kNever ? -1 : static_cast<int>(std::max<Micros>(0, (deadline - now) / kMillisecond + 1));
    (void)::poll(watched.data(), watched.size(), timeout);
  }

  void on_ready(const Child& child, const std::string& line) {
    if (&child == &children_.front()) {
      const auto report = nlohmann::json::parse(line, nullptr, false);
      if (report.is_object() && report.contains("admin") && report["admin"].is_object()) {
        admin_name_ = report["admin"].value("name", "");
        admin_password_ = report["admin"].value("password", "");
      }
    }
    if (announced_) {
      std::cerr << "vitrine up: the " << child.name() << " is back." << std::endl;
    } else if (std::ranges::all_of(children_, [](const Child& one) { return one.state() == Child::State::kReady; })) {
      announced_ = true;
      announce();
    }
  }

  void announce() {
    ListenAddress shown = listen_;
    std::string address = shown.text();
    if (listen_.any()) {
      std::array<char, 256> host{};
      (void)::gethostname(host.data(), host.size() - 1);
      address = std::string(host.data()) + ":" + std::to_string(listen_.port);
    }
    std::cout << "Vitrine is ready:  https://" << address << "\n";
    if (flags_.certificate.empty()) {
      const auto fingerprint = certificate_fingerprint(certificate_.certificate);
      std::cout << "  The browser will warn once: the certificate is signed by this server itself.\n";
      if (fingerprint.ok()) std::cout << "  Its SHA-256 fingerprint: " << fingerprint.value() << "\n";
    }
    if (!admin_password_.empty()) {
      std::cout << "  Administrator:  " << admin_name_ << "\n  Password:       " << admin_password_
                << "\n  It is shown this once; change it with: vitrine user passwd " << admin_name_ << "\n";
      admin_password_.clear();
    }
    std::cout << "Ctrl-C ends it and all its desktops." << std::endl;
  }

  void read_signals() {
    signalfd_siginfo info{};
    while (::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
      const auto number = static_cast<int>(info.ssi_signo);
      if (number == SIGTERM || number == SIGINT) ending_ = true;
      // Without a terminal SIGHUP asks to read the certificate again; with one it means that the terminal has gone.
      if (number == SIGHUP && ::isatty(STDIN_FILENO) == 1) ending_ = true;
      if (number == SIGHUP && !ending_ && children_.back().pid() > 0) ::kill(children_.back().pid(), SIGHUP);
    }
  }

  Result<void> reap_children() {
    std::optional<Error> fault;
    (void)reap([&](pid_t pid, int) {
      for (Child& child : children_) {
        if (child.pid() != pid) continue;
        child.on_exit(monotonic_now());
        if (ending_) continue;
        if (!announced_) {
          fault = Error{ErrorCode::kUnavailable, "The " + child.name() + " could not be started; it says why above."};
        } else if (child.failures() <= 1) {
          std::cerr << "vitrine up: the " << child.name() << " died and is started again." << std::endl;
        } else if (child.failures() == kFailuresToTell) {
          std::cerr << "vitrine up: the " << child.name()
                    << " does not start any more; it says why above. Open desktops go on, and it is tried again."
                    << std::endl;
        }
      }
    });
    return fault ? Result<void>(*fault) : Result<void>();
  }

  // A second Ctrl-C while everything is ending.
  bool asked_again() {
    ending_ = false;
    read_signals();
    return ending_;
  }

  UpFlags flags_;
  ListenAddress listen_;
  DataFolder folder_;
  CertificateFiles certificate_;
  OwnedFd listener_;
  OwnedFd lifeline_read_;
  OwnedFd lifeline_;  // the only write end there is
  OwnedFd signals_;
  std::vector<Child> children_;  // the brokers, and the gateway last
  std::string admin_name_;
  std::string admin_password_;
  bool announced_ = false;
  bool ending_ = false;
};

Result<int> run_up(const UpFlags& flags) {
  const ListenAddress listen = TRY(parse_listen_address(flags.listen));
  if (flags.certificate.empty() != flags.private_key.empty()) {
    return Error{ErrorCode::kInvalidArgument, "--certificate and --private-key belong together; give both or neither."};
  }
  if (::geteuid() == 0) {
    std::cerr << "vitrine up: you are root; an ordinary user is enough and safer. "
              << (flags.sandbox ? "Each home folder gets an account of its own." : "Every desktop will be root's too.")
              << std::endl;
  }
  if (!listen.loopback()) {
    std::cerr << "vitrine up: " << listen.text()
              << " can be reached from other machines; anyone there may try to sign in." << std::endl;
  }
  TRY(check_programs());
  const std::filesystem::path data =
      flags.data.empty() ? TRY(default_data_folder()) : std::filesystem::path(flags.data);
  DataFolder folder = TRY(DataFolder::open(data));
  Up up(flags, listen, std::move(folder));
  return up.run();
}

}  // namespace

void add_up_command(CLI::App& program, int& exit_status) {
  auto flags = std::make_shared<UpFlags>();
  CLI::App* const command = program.add_subcommand("up", "Run everything on this machine");
  command->add_option("--data", flags->data, "folder that holds everything (default: vitrine in your data folder)");
  command->add_option("--listen", flags->listen, "ADDRESS:PORT to listen on")->capture_default_str();
  command->add_option("--certificate", flags->certificate, "PEM file with the server's certificate and its chain");
  command->add_option("--private-key", flags->private_key, "PEM file with its key, not encrypted");
  command->add_option("--public-url", flags->public_url,
                      "what users open, like https://vitrine.example.org; for links and passkeys");
  command->add_option("--client", flags->client, "serve the client from this folder instead of the built-in one");
  command->add_option(
      "--store", flags->store,
      "postgresql://HOST/DATABASE instead of SQLite in the data folder (password: ~/.pgpass, PGPASSWORD)");
  command->add_option("--brokers", flags->brokers, "brokers that serve side by side: when one dies, the others go on")
      ->check(CLI::Range(1, static_cast<int>(kBrokerNames.size())))
      ->capture_default_str();
  command->add_flag("!--no-sandbox", flags->sandbox, "run desktops without sandboxes; users then see each other");
  command->callback([flags, &exit_status] {
    const auto result = run_up(*flags);
    if (result.ok()) {
      exit_status = result.value();
      return;
    }
    std::cerr << "vitrine up: " << result.error().message << "\n";
    exit_status = result.error().code == ErrorCode::kInvalidArgument ? 2 : 1;
  });
}

}  // namespace vitrine
