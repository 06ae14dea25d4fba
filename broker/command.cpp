#include "broker/command.h"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "broker/admin_verbs.h"
#include "broker/data_folder.h"
#include "broker/folder_lock.h"
#include "broker/provider_verbs.h"
#include "broker/provision/desktop_command.h"
#include "broker/serve.h"
#include "broker/site_verbs.h"
#include "broker/store_verbs.h"
#include "broker/token_verbs.h"

namespace vitrine::broker {

namespace {

void add_serve_command(CLI::App& program, int& exit_status) {
  auto options = std::make_shared<BrokerOptions>();
  options->data_folder = default_data_folder();
  CLI::App* command = program.add_subcommand("broker", "Serve identity, catalogue and sessions to a gateway");
  command->add_option("--data", options->data_folder, "Folder that holds everything of this Vitrine")
      ->capture_default_str();
  command->add_option(
      "--store", options->store,
      "postgresql://HOST/DATABASE instead of sqlite in the data folder; a password comes from ~/.pgpass "
      "or PGPASSWORD");
  command->add_option("--gateway-url", options->gateway_url, "Where agents dial, like https://127.0.0.1:8443")
      ->required();
  command->add_option("--gateway-certificate", options->gateway_certificate, "Certificate (PEM) that agents trust")
      ->required();
  command->add_option("--public-url", options->public_url, "What users open, for links; default: the gateway's");
  command->add_option("--slot", options->slot, "Which of several brokers on one folder this is, from 0")
      ->check(CLI::Range(0, kSlots - 1));
  command->add_flag("!--no-sandbox", options->sandbox,
                    "Run local desktops without sandboxes: users then see each other's processes and files");
  command->add_option("--ready-fd", options->ready_fd, "Gets one line of JSON once requests are answered");
  command->callback([options, &exit_status] {
    spdlog::set_default_logger(spdlog::stderr_color_mt("broker"));
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%l%$ %n: %v");
    const auto served = serve(*options);
    if (served.ok()) return;
    fmt::print(stderr, "vitrine broker: {}\n", served.error().message);
    exit_status = 1;
  });
}

}  // namespace

void add_broker_command(CLI::App& program, int& exit_status) {
  add_serve_command(program, exit_status);
  add_desktop_command(program, exit_status);
  add_user_verbs(program, exit_status);
  add_group_verbs(program, exit_status);
  add_resource_verbs(program, exit_status);
  add_session_verbs(program, exit_status);
  add_policy_verbs(program, exit_status);
  add_audit_verbs(program, exit_status);
  add_factor_verbs(program, exit_status);
  add_provider_verbs(program, exit_status);
  add_user_state_verbs(program, exit_status);
  add_store_verbs(program, exit_status);
  add_token_verbs(program, exit_status);
  add_site_verbs(program, exit_status);
}

}  // namespace vitrine::broker
