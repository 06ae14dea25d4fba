#include "broker/token_verbs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <ctime>

#include "broker/admin_client.h"
#include "broker/verb.h"

namespace vitrine::broker {

namespace {

struct TokenOptions {
  std::string name;
  std::vector<std::string> scopes;
  int64_t days = 90;
};

std::string day(int64_t time_s) {
  const std::time_t time = static_cast<std::time_t>(time_s);
  std::tm local{};
  ::localtime_r(&time, &local);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &local);
  return text;
}

Result<void> add(const std::string& data, const TokenOptions& options) {
  const Json body = {{"name", options.name}, {"scopes", options.scopes}, {"days", options.days}};
  const Json answer = TRY(ask_broker(data, "POST", "/api/admin/tokens", body));
  fmt::print("{}\n", text_field(answer, "secret"));
  fmt::print(stderr, "This is shown once. Send it as the header \"Authorization: Bearer ...\"; good until {}.\n",
             day(number_field(object_field(answer, "token"), "expires_s")));
  return {};
}

Result<void> list_tokens(const std::string& data) {
  const Json tokens = TRY(ask_for_list(data, "/api/admin/tokens", "tokens"));
  std::vector<std::vector<std::string>> rows;
  for (const Json& token : tokens) {
    const int64_t used_s = number_field(token, "used_s");
    const auto scopes = text_list_field(token, "scopes").value_or(std::vector<std::string>());
    rows.push_back({text_field(token, "name"), fmt::format("{}", fmt::join(scopes, ",")),
                    text_field(token, "owner", "(server)"), day(number_field(token, "expires_s")),
                    used_s == 0 ? "never" : day(used_s) + " " + text_field(token, "used_from")});
  }
  print_table({"NAME", "SCOPES", "OWNER", "UNTIL", "LAST USED"}, rows);
  return {};
}

}  // namespace

void add_token_verbs(CLI::App& program, int& exit_status) {
  CLI::App* noun = program.add_subcommand("token", "Tokens by which programs use the API");
  noun->require_subcommand(1);
  auto options = std::make_shared<TokenOptions>();
  CLI::App* made = add_verb(*noun, "add", "Make a token and print its secret", exit_status,
                            [options](const std::string& data) { return add(data, *options); });
  made->add_option("name", options->name, "What it is called in lists and in the audit log")->required();
  made->add_option("--scope", options->scopes, "read, users, catalogue, sessions, audit, site; several with commas")
      ->required()
      ->delimiter(',');
  made->add_option("--days", options->days, "How long it is good")->capture_default_str();
  add_verb(*noun, "list", "List tokens, without their secrets", exit_status, list_tokens);
  CLI::App* removed =
      add_verb(*noun, "remove", "Remove a token", exit_status, [options](const std::string& data) -> Result<void> {
        TRY(ask_broker(data, "DELETE", "/api/admin/tokens/" + path_part(options->name)));
        return {};
      });
  removed->add_option("name", options->name, "Which")->required();
}

}  // namespace vitrine::broker
