#include "broker/serve.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <thread>

#include "broker/api/http_server.h"
#include "broker/api/router.h"
#include "broker/catalogue/first_start.h"
#include "broker/folder_lock.h"
#include "broker/http/curl_http_client.h"
#include "broker/identity/directory_watch.h"
#include "broker/identity/sign_in.h"
#include "broker/json_fields.h"
#include "broker/provision/files.h"
#include "broker/provision/local_provisioner.h"
#include "broker/session/session_service.h"
#include "broker/store/audit_keeper.h"
#include "broker/store/database.h"
#include "broker/store/migrations.h"
#include "broker/store/open_store.h"

namespace vitrine::broker {

namespace {

// "https://host:port" or "wss://host:port" with the wanted scheme. Errors: invalid_argument.
Result<std::string> url_with_scheme(const std::string& url, const std::string& scheme) {
  for (const std::string_view known : {"https://", "wss://"}) {
    if (!url.starts_with(known) || url.size() == known.size()) continue;
    std::string rest = url.substr(known.size());
    while (rest.ends_with('/')) rest.pop_back();
    return scheme + "://" + rest;
  }
  return Error{ErrorCode::kInvalidArgument, fmt::format("\"{}\" is no address like https://127.0.0.1:8443.", url)};
}

Result<TicketSigner> load_ticket_key(const std::string& data_folder) {
  const std::string path = data_folder + "/keys/ticket.pem";
  TRY(make_folder(data_folder + "/keys", 0700));
  const auto pem = read_file(path);
  if (!pem.ok() && pem.error().code != ErrorCode::kNotFound) return pem.error();
  TicketSigner signer = pem.ok() ? TRY(TicketSigner::from_pem(pem.value())) : TRY(TicketSigner::generate());
  if (!pem.ok()) TRY(write_file(path, signer.private_key_pem(), 0600));
  TRY(write_file(data_folder + "/keys/ticket.pub.pem", signer.public_key_pem(), 0644));
  return signer;
}

UniqueFd lifeline() {
  const char* text = std::getenv("VITRINE_LIFELINE_FD");
  int fd = -1;
  if (text != nullptr) std::from_chars(text, text + std::string_view(text).size(), fd);
  if (fd < 0 || ::fcntl(fd, F_GETFD) < 0) return UniqueFd();
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);  // desktops are given it by number
  return UniqueFd(fd);
}

// Threads inherit the mask, so this comes before the first of them.
UniqueFd block_signals() {
  sigset_t handled;
  sigemptyset(&handled);
  sigaddset(&handled, SIGTERM);
  sigaddset(&handled, SIGINT);
  pthread_sigmask(SIG_BLOCK, &handled, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return UniqueFd(::signalfd(-1, &handled, SFD_CLOEXEC));
}

void wait_for_end(int signals, int lifeline_fd) {
  pollfd fds[2] = {{signals, POLLIN, 0}, {lifeline_fd, POLLIN, 0}};
  while (::poll(fds, 2, -1) < 0 && errno == EINTR) {
  }
}

Result<void> announce(const BrokerOptions& options, Database& database, const std::optional<std::string>& password) {
  Json ready = {{"ready", true}};
  if (password) ready["admin"] = {{"name", kFirstAdministrator}, {"password", *password}};
  if (options.ready_fd >= 0) {
    const std::string line = to_line(ready) + "\n";
    if (::write(options.ready_fd, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
      return Error{ErrorCode::kIo, "Nobody reads --ready-fd."};
    }
  } else if (password) {
    fmt::print("Administrator: {}\nPassword: {}\n", kFirstAdministrator, *password);
    std::fflush(stdout);
  }
  if (password) {
    const Database::Lease connection = TRY(database.lease());
    TRY(administrator_was_told(*connection));
  }
  // Last, so that whoever reads to the end of it knows that the password will not be made anew.
  if (options.ready_fd >= 0) ::close(options.ready_fd);
  return {};
}

Result<LocalProvisioner::Options> provisioner_options(const BrokerOptions& options, int lifeline_fd) {
  std::error_code failed;
  const std::string program = std::filesystem::read_symlink("/proc/self/exe", failed).string();
  if (failed) return Error{ErrorCode::kIo, "Cannot find the program's own path."};
  const std::string gateway = TRY(url_with_scheme(options.gateway_url, "wss"));
  return LocalProvisioner::Options{
      .data_folder = options.data_folder,
      .program = program,
      .agent = {program, "agent", "--gateway", gateway, "--gateway-certificate", options.gateway_certificate},
      .readable = {options.gateway_certificate},
      .sandbox = options.sandbox,
      .lifeline = lifeline_fd};
}

}  // namespace

Result<void> serve(const BrokerOptions& given) {
  BrokerOptions options = given;
  std::error_code failed;
  options.data_folder = std::filesystem::absolute(given.data_folder, failed).lexically_normal().string();
  while (options.data_folder.size() > 1 && options.data_folder.ends_with('/')) options.data_folder.pop_back();
  options.gateway_certificate = std::filesystem::absolute(given.gateway_certificate, failed).string();
  const std::string& data = options.data_folder;
  const std::string public_url =
      TRY(url_with_scheme(given.public_url.empty() ? given.gateway_url : given.public_url, "https"));
  if (options.ready_fd >= 0) ::fcntl(options.ready_fd, F_SETFD, FD_CLOEXEC);
  const UniqueFd signals = block_signals();
  const UniqueFd lifeline_fd = lifeline();

  TRY(make_folder(data, 0700));
  TRY(make_folder(data + "/run", 0700));
  const FolderLock lock = TRY(lock_slot(data, options.slot));
  const TicketSigner signer = TRY(load_ticket_key(data));
  const Sealer sealer = TRY(Sealer::open(data + "/keys/store.key"));
  const std::string store = TRY(chosen_store(options.store, data));
  Database database(TRY(connector(store, data)));
  PasswordHasher hasher{PasswordCost{}};
  std::optional<std::string> first_password;
  {
    const Database::Lease connection = TRY(database.lease());
    TRY(migrate(*connection, all_migrations(), std::time(nullptr)));
    first_password = TRY(prepare_first_start(*connection, hasher, std::time(nullptr)));
    TRY(remember_store(store, data));
  }
  auto local = TRY(provisioner_options(options, lifeline_fd.get()));
  const auto provisioner = TRY(LocalProvisioner::create(std::move(local)));
  SessionService sessions(database, *provisioner, signer, check_installed, slot_name("broker", options.slot));
  TRY(sessions.reconcile(std::time(nullptr)));
  AuditKeeper audit(database, signer, data + "/keys/audit.newest");
  const std::jthread auditor([&](const std::stop_token& stop) { audit.run(stop); });
  const std::jthread watcher([&](const std::stop_token& stop) { sessions.run(stop); });
  CurlHttpClient http;
  SignInProviders providers(database, http, sealer);
  DirectoryWatch directory_watch(database, providers, sessions);
  const std::jthread directory_watcher([&](const std::stop_token& stop) { directory_watch.run(stop); });
  PasswordSignIn sign_in(database, hasher, &providers);
  Services services{.database = database,
                    .hasher = hasher,
                    .sign_in = sign_in,
                    .sessions = sessions,
                    .sealer = sealer,
                    .providers = providers,
                    .public_url = public_url,
                    .audit = &audit};
  const Router router(services);
  const auto socket = [&](const char* what) {
    return fmt::format("{}/run/{}.sock", data, slot_name(what, options.slot));
  };
  const auto server = TRY(HttpServer::start(
      {{.path = socket("broker"), .local_admin = false}, {.path = socket("admin"), .local_admin = true}},
      [&router](const HttpRequest& request) { return router.answer(request); }));
  TRY(announce(options, database, first_password));
  wait_for_end(signals.get(), lifeline_fd.get());
  return {};
}

}  // namespace vitrine::broker
