// Verbs about second factors: `vitrine user reset-factors`, `vitrine second-factor require|release|list`.
#include <fmt/format.h>

#include "broker/admin_client.h"
#include "broker/admin_verbs.h"
#include "broker/verb.h"

namespace vitrine::broker {

namespace {

struct FactorOptions {
  std::string user;
  std::string group;
};

Result<void> set_required(const std::string& data, const FactorOptions& options, bool required) {
  const bool group = !options.group.empty();
  if (group == !options.user.empty()) {
    return Error{ErrorCode::kInvalidArgument, "Name one: --user NAME, or --group NAME (everyone is a group)."};
  }
  const std::string& name = group ? options.group : options.user;
  TRY(ask_broker(data, required ? "PUT" : "DELETE",
                 fmt::format("/api/admin/second-factor/{}/{}", group ? "group" : "user", path_part(name))));
  if (required) {
    fmt::print("{} must give a second factor from the next sign-in on; who has none sets one up then.\n",
               group ? "The group " + name : name);
  } else {
    fmt::print("No second factor is required of {} any more. Who has one is still asked for it.\n",
               group ? "the group " + name : name);
  }
  return {};
}

Result<void> print_required(const std::string& data) {
  const Json answer = TRY(ask_broker(data, "GET", "/api/admin/second-factor"));
  const Json list = answer.value("required", Json::array());
  if (list.empty()) fmt::print("A second factor is required of nobody.\n");
  for (const Json& one : list) {
    const std::string group = text_field(one, "group");
    fmt::print("{}\n", group.empty() ? "user " + text_field(one, "user") : "group " + group);
  }
  return {};
}

Result<void> reset_factors(const std::string& data, const std::string& user) {
  TRY(ask_broker(data, "DELETE", fmt::format("/api/admin/users/{}/factors", path_part(user))));
  fmt::print(
      "The authenticator app, the passkeys and the recovery codes of {} are forgotten, and {} is signed out "
      "everywhere.\n",
      user, user);
  return {};
}

}  // namespace

void add_factor_verbs(CLI::App& program, int& exit_status) {
  CLI::App* factor = program.add_subcommand("second-factor", "Who must give a second factor at sign-in");
  factor->require_subcommand(1);
  for (const bool required : {true, false}) {
    auto options = std::make_shared<FactorOptions>();
    CLI::App* verb = add_verb(
        *factor, required ? "require" : "release",
        required ? "Require a second factor of a user or a group" : "Require none of them any more", exit_status,
        [options, required](const std::string& data) { return set_required(data, *options, required); });
    verb->add_option("--user", options->user, "The user's name");
    verb->add_option("--group", options->group, "The group's name");
  }
  add_verb(*factor, "list", "Show of whom one is required", exit_status, print_required);

  auto name = std::make_shared<std::string>();
  CLI::App* reset = add_verb(*program.get_subcommand("user"), "reset-factors",
                             "Forget a user's second factors, for one who lost them", exit_status,
                             [name](const std::string& data) { return reset_factors(data, *name); });
  reset->add_option("NAME", *name, "The user's name")->required();
}

}  // namespace vitrine::broker
