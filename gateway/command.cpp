#include "gateway/command.h"

#include <signal.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "gateway/embedded_site.h"
#include "gateway/gateway.h"
#include "gateway/listen_address.h"

namespace vitrine {
namespace {

// All links have been told by then; who has not answered will notice by itself.
constexpr auto kDrainTime = std::chrono::milliseconds(1800);

// As many as one data folder has slots for.
constexpr int kMostBrokers = 8;

struct GatewayFlags {
  std::string listen = "127.0.0.1:8443";
  std::string data;
  std::vector<std::string> brokers;
  std::string ticket_key;
  std::string certificate;
  std::string private_key;
  std::string client;
  std::string metrics_token_file;
  size_t threads = 0;
  size_t max_connections = ConnectionLimits{}.connections;
  int listen_fd = -1;
  int ready_fd = -1;
};

Result<std::string> read_file(const std::string& what, const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (in.bad() || !in.is_open()) return Error{ErrorCode::kIo, "Cannot read the " + what + " " + path + "."};
  return text;
}

// What is not given explicitly comes from the data folder.
Result<GatewayOptions> options_from(GatewayFlags flags) {
  const std::filesystem::path data = flags.data;
  const auto need = [&](std::string& value, const char* flag, const std::filesystem::path& in_data) -> Result<void> {
    if (!value.empty()) return {};
    if (data.empty()) return Error{ErrorCode::kInvalidArgument, std::string("Give --data DIR, or ") + flag + "."};
    value = data / in_data;
    return {};
  };
  if (flags.brokers.empty()) flags.brokers.emplace_back();
  TRY(need(flags.brokers.front(), "--broker SOCKET", "run/broker.sock"));
  TRY(need(flags.ticket_key, "--ticket-key FILE", "keys/ticket.pub.pem"));
  GatewayOptions options;
  options.listen = TRY(parse_listen_address(flags.listen));
  options.listen_fd = flags.listen_fd;
  options.threads = flags.threads;
  options.limits.connections = flags.max_connections;
  options.broker_sockets = flags.brokers;
  auto key = read_file("ticket key", flags.ticket_key);
  if (!key.ok()) return Error{ErrorCode::kIo, key.error().message + " The broker makes it at its first start."};
  options.ticket_key_pem = key.take();
  if (flags.certificate.empty() != flags.private_key.empty()) {
    return Error{ErrorCode::kInvalidArgument, "--certificate and --private-key belong together; give both or neither."};
  }
  options.certificate = {flags.certificate, flags.private_key};
  if (flags.certificate.empty()) {
    if (data.empty()) return Error{ErrorCode::kInvalidArgument, "Give --data DIR, or --certificate and --private-key."};
    options.certificate = TRY(ensure_self_signed(data / "tls", names_for_certificate(options.listen.address)));
  }
  options.client_folder = flags.client;
  if (flags.client.empty()) options.site = SiteFiles::from_embedded(embedded_site());
  if (!flags.metrics_token_file.empty()) {
    std::string token = TRY(read_file("metrics token", flags.metrics_token_file));
    token.erase(token.find_last_not_of(" \t\r\n") + 1);
    if (token.empty())
      return Error{ErrorCode::kInvalidArgument, flags.metrics_token_file + " is empty; put a token in it."};
    options.metrics_token = token;
  }
  return options;
}

void report_ready(int fd, uint16_t port) {
  if (fd < 0) return;
  const std::string line = nlohmann::json{{"ready", true}, {"port", port}}.dump() + "\n";
  (void)!::write(fd, line.data(), line.size());
  ::close(fd);
}

// Waits for signals, and for the end of the lifeline, on the main thread; the workers serve meanwhile.
class Supervision {
 public:
  explicit Supervision(Gateway& gateway)
      : gateway_(gateway), signals_(context_, SIGTERM, SIGINT, SIGHUP), lifeline_(context_), give_up_(context_) {}

  void run() {
    wait_for_signal();
    watch_lifeline();
    context_.run();
  }

 private:
  void wait_for_signal() {
    signals_.async_wait([this](SystemError error, int signal) {
      if (error) return;
      if (signal != SIGHUP) return stop();
      if (const auto reloaded = gateway_.reload_certificate(); reloaded.ok()) {
        spdlog::info("gateway: the certificate was read again");
      } else {
        spdlog::error("gateway: the old certificate stays in use: {}", reloaded.error().message);
      }
      wait_for_signal();
    });
  }

  // `vitrine up` holds the other end; when it is gone, however it went, this process has no business any more.
  void watch_lifeline() {
    const char* const text = std::getenv("VITRINE_LIFELINE_FD");
    if (text == nullptr) return;
    SystemError error;
    lifeline_.assign(std::atoi(text), error);
    if (error) return;
    lifeline_.async_wait(asio::posix::stream_descriptor::wait_read, [this](SystemError failed) {
      if (!failed) stop();
    });
  }

  void stop() {
    if (stopping_) return context_.stop();  // asked a second time: at once
    stopping_ = true;
    wait_for_signal();
    give_up_.expires_after(kDrainTime);
    give_up_.async_wait([this](SystemError) { context_.stop(); });
    gateway_.drain([this] { context_.stop(); });
  }

  Gateway& gateway_;
  asio::io_context context_;
  asio::signal_set signals_;
  asio::posix::stream_descriptor lifeline_;
  asio::steady_timer give_up_;
  bool stopping_ = false;
};

int run_gateway(const GatewayFlags& flags) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("gateway"));
  auto options = options_from(flags);
  if (!options.ok()) {
    std::cerr << "vitrine gateway: " << options.error().message << "\n";
    return options.error().code == ErrorCode::kInvalidArgument ? 2 : 1;
  }
  auto gateway = Gateway::create(options.take());
  if (!gateway.ok()) {
    std::cerr << "vitrine gateway: " << gateway.error().message << "\n";
    return 1;
  }
  Supervision supervision(*gateway.value());
  gateway.value()->start();
  report_ready(flags.ready_fd, gateway.value()->port());
  // `vitrine up` says it better.
  if (flags.ready_fd < 0) spdlog::info("gateway: listening on port {}", gateway.value()->port());
  supervision.run();
  return 0;
}

}  // namespace

void add_gateway_command(CLI::App& program, int& exit_status) {
  auto flags = std::make_shared<GatewayFlags>();
  CLI::App* const command = program.add_subcommand("gateway", "Serve browsers and agents over one HTTPS port");
  command->add_option("--listen", flags->listen, "ADDRESS:PORT to listen on")->capture_default_str();
  command->add_option("--data", flags->data,
                      "data folder; gives the broker's socket, the ticket key and a certificate");
  command->add_option("--broker", flags->brokers, "the broker's socket; give it once for each of several brokers")
      ->allow_extra_args(false)
      ->expected(1, kMostBrokers);
  command->add_option("--ticket-key", flags->ticket_key, "the broker's public ticket key");
  command->add_option("--certificate", flags->certificate, "PEM file with the server's certificate and its chain");
  command->add_option("--private-key", flags->private_key, "PEM file with its key, not encrypted");
  command->add_option("--client", flags->client, "serve the client from this folder instead of the built-in one");
  command->add_option("--metrics-token-file", flags->metrics_token_file,
                      "file with a token; /metrics then wants \"Authorization: Bearer TOKEN\" instead of a local peer");
  command->add_option("--threads", flags->threads, "threads that serve; 0 chooses by the processors")
      ->check(CLI::Range(0, 64));
  command->add_option("--max-connections", flags->max_connections, "connections at a time")->capture_default_str();
  command->add_option("--listen-fd", flags->listen_fd, "inherited socket that listens already")->group("");
  command->add_option("--ready-fd", flags->ready_fd, "descriptor for one JSON line when ready")->group("");
  command->callback([flags, &exit_status] { exit_status = run_gateway(*flags); });
}

}  // namespace vitrine
