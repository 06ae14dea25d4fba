#include "broker/provider_verbs.h"

#include <fmt/format.h>

#include <map>
#include <optional>

#include "broker/admin_client.h"
#include "broker/verb.h"

namespace vitrine::broker {

namespace {

struct TextOption {
  const char* flag;
  const char* field;
  const char* text;
};

// Each is a text of the provider's settings.
constexpr TextOption kOidcTexts[] = {
    {"--issuer", "issuer", "The provider's issuer, exactly as it writes it"},
    {"--client-id", "client_id", "The name under which the provider knows this server"},
    {"--scope", "scope", "What to ask for; default: openid profile email"},
    {"--name-claim", "name_claim", "Claim that becomes the user name; default: preferred_username"},
    {"--display-name-claim", "display_name_claim", "Claim with the name to show; default: name"},
    {"--groups-claim", "groups_claim", "Claim with the groups; a dot leads into an object; default: groups"},
    {"--ca-file", "ca_file", "PEM file of the authority to trust; default: the system's"},
};
constexpr TextOption kLdapTexts[] = {
    {"--url", "url", "ldaps://HOST, or ldap://HOST with --start-tls"},
    {"--base", "base", "DN below which the users are"},
    {"--bind-dn", "bind_dn", "Whom to search as; default: anonymous"},
    {"--user-filter", "user_filter", "Which entries are users; default: (objectClass=person)"},
    {"--name-attribute", "name_attribute", "Attribute that becomes the user name; default: uid"},
    {"--display-name-attribute", "display_name_attribute", "Attribute with the name to show; default: cn"},
    {"--subject-attribute", "subject_attribute", "Attribute that is never given to another entry; default: entryUUID"},
    {"--group-base", "group_base", "DN below which the groups are; default: the base"},
    {"--group-name-attribute", "group_name_attribute", "Attribute with a group's name; default: cn"},
    {"--nesting", "nesting", "How groups in groups are found: search, memberof, chain (by the server), none"},
    {"--ca-file", "ca_file", "PEM file of the authority to trust; default: the system's"},
};
constexpr TextOption kSharedTexts[] = {
    {"--group-prefix", "group_prefix", "Put before the names of groups that are not mapped"},
    {"--admin-group", "admin_group", "Members of this group administer Vitrine"},
};

struct ProviderOptions {
  std::string id;
  std::map<std::string, std::string> texts;  // by field; those given
  std::map<std::string, bool> truths;
  std::map<std::string, std::vector<std::string>> lists;
  std::vector<std::string> logins;
  std::vector<std::string> group_map;
  std::string name;
  std::optional<int64_t> position;
  std::optional<bool> enabled;
  bool secret_stdin = false;
  std::string user;
  bool json = false;
};
using Options = std::shared_ptr<ProviderOptions>;

Json list_field(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : Json::array();
}

// Only fields that were given are sent: the rest keeps its value, or gets its default.
Result<Json> body_of(const ProviderOptions& options) {
  Json settings = Json::object();
  for (const auto& [field, value] : options.texts) settings[field] = value;
  for (const auto& [field, value] : options.truths) settings[field] = value;
  for (const auto& [field, values] : options.lists) settings[field] = values;
  if (!options.logins.empty()) settings["login_attributes"] = options.logins;
  for (const std::string& rule : options.group_map) {
    const size_t equals = rule.rfind('=');
    if (equals == std::string::npos || equals == 0) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("\"{}\" is no --group-map like \"Sales Team=sales\".", rule)};
    }
    settings["group_map"][rule.substr(0, equals)] = rule.substr(equals + 1);
  }
  Json body = {{"settings", settings}};
  if (!options.name.empty()) body["name"] = options.name;
  if (options.position) body["position"] = *options.position;
  if (options.enabled) body["enabled"] = *options.enabled;
  if (options.secret_stdin) body["secret"] = TRY(read_password(true));
  return body;
}

void print_addresses(const Json& provider) {
  if (text_field(provider, "kind") != "oidc") return;
  fmt::print("Tell the provider: redirect URI {}\n  after sign-out     {}\n  back-channel logout {}\n",
             text_field(provider, "return_url"), text_field(provider, "after_logout_url"),
             text_field(provider, "logout_url"));
}

Result<void> add_one(const std::string& data, const ProviderOptions& options, const char* kind) {
  Json body = TRY(body_of(options));
  body["id"] = options.id;
  body["kind"] = kind;
  const Json answer = TRY(ask_broker(data, "POST", "/api/admin/providers", body));
  fmt::print("Added the provider {}. Try it with: vitrine provider test {}\n", options.id, options.id);
  print_addresses(object_field(answer, "provider"));
  return {};
}

Result<void> change_one(const std::string& data, const ProviderOptions& options) {
  const Json body = TRY(body_of(options));
  TRY(ask_broker(data, "PUT", "/api/admin/providers/" + path_part(options.id), body));
  return {};
}

Result<void> print_providers(const std::string& data, const ProviderOptions& options) {
  const Json answer = TRY(ask_broker(data, "GET", "/api/admin/providers"));
  const Json providers = list_field(answer, "providers");
  if (options.json) {
    fmt::print("{}\n", providers.dump(2, ' ', false, Json::error_handler_t::replace));
    return {};
  }
  std::vector<std::vector<std::string>> rows;
  for (const Json& provider : providers) {
    const Json settings = object_field(provider, "settings");
    rows.push_back({text_field(provider, "id"), text_field(provider, "kind"), text_field(provider, "name"),
                    std::to_string(number_field(provider, "position")), truth_field(provider, "enabled") ? "yes" : "no",
                    text_field(settings, "issuer") + text_field(settings, "url")});
  }
  print_table({"ID", "KIND", "NAME", "POSITION", "ENABLED", "ADDRESS"}, rows);
  return {};
}

Result<void> test_one(const std::string& data, const ProviderOptions& options) {
  const Json answer = TRY(
      ask_broker(data, "POST", "/api/admin/providers/" + path_part(options.id) + "/test", {{"user", options.user}}));
  for (const Json& step : list_field(answer, "steps")) {
    fmt::print("{}  {:<11} {}\n", truth_field(step, "ok") ? "ok  " : "FAIL", text_field(step, "step"),
               text_field(step, "detail"));
  }
  if (truth_field(answer, "ok")) return {};
  return Error{ErrorCode::kUnavailable, "The provider does not work yet."};
}

void add_texts(CLI::App& verb, const Options& options, std::span<const TextOption> texts) {
  for (const TextOption& option : texts) {
    if (verb.get_option_no_throw(option.flag) != nullptr) continue;
    verb.add_option_function<std::string>(
        option.flag, [options, field = option.field](const std::string& value) { options->texts[field] = value; },
        option.text);
  }
}

void add_truth(CLI::App& verb, const Options& options, const char* flag, const char* field, const char* text) {
  verb.add_option_function<bool>(
      flag, [options, field](bool value) { options->truths[field] = value; }, text);
}

void add_list(CLI::App& verb, const Options& options, const char* flag, const char* field, const char* text) {
  verb.add_option_function<std::vector<std::string>>(
          flag, [options, field](const std::vector<std::string>& values) { options->lists[field] = values; }, text)
      ->expected(1);
}

void add_shared(CLI::App& verb, const Options& options) {
  verb.add_option("id", options->id, "Short name, lower case; part of its addresses")->required();
  verb.add_option("--name", options->name, "Name shown at sign-in");
  verb.add_option("--position", options->position, "Smaller ones come first; default: 100");
  verb.add_option("--enabled", options->enabled, "yes or no");
  verb.add_option("--group-map", options->group_map, "THEIRS=OURS; may be given several times")->expected(1);
  add_texts(verb, options, kSharedTexts);
  add_truth(verb, options, "--only-mapped-groups", "only_mapped_groups", "yes: pass over groups without --group-map");
}

void add_oidc(CLI::App& verb, const Options& options) {
  add_texts(verb, options, kOidcTexts);
  add_truth(verb, options, "--user-info", "user_info", "no: take claims from the ID token alone");
  add_list(verb, options, "--second-factor-amr", "second_factor_amr",
           "What amr says when a second factor was given there, like mfa; may be given several times");
  add_list(verb, options, "--second-factor-acr", "second_factor_acr", "The same of acr");
  verb.add_flag("--client-secret-stdin", options->secret_stdin, "Read the client secret from standard input");
}

void add_ldap(CLI::App& verb, const Options& options) {
  add_texts(verb, options, kLdapTexts);
  add_truth(verb, options, "--start-tls", "start_tls", "yes: TLS on an ldap:// address");
  verb.add_option("--login-attribute", options->logins, "What may be typed as name; may be given several times")
      ->expected(1);
  verb.add_flag("--bind-password-stdin", options->secret_stdin, "Read the bind DN's password from standard input");
}

}  // namespace

void add_provider_verbs(CLI::App& program, int& exit_status) {
  CLI::App& noun = *program.add_subcommand("provider", "Sign-in by other systems: OpenID Connect, LDAP");
  noun.require_subcommand(1);
  CLI::App& add = *noun.add_subcommand("add", "Add a provider");
  add.require_subcommand(1);

  auto oidc = std::make_shared<ProviderOptions>();
  CLI::App* add_oidc_verb = add_verb(add, "oidc", "An OpenID provider", exit_status,
                                     [oidc](const std::string& data) { return add_one(data, *oidc, "oidc"); });
  add_shared(*add_oidc_verb, oidc);
  add_oidc(*add_oidc_verb, oidc);

  auto ldap = std::make_shared<ProviderOptions>();
  CLI::App* add_ldap_verb = add_verb(add, "ldap", "An LDAP directory or Active Directory", exit_status,
                                     [ldap](const std::string& data) { return add_one(data, *ldap, "ldap"); });
  add_shared(*add_ldap_verb, ldap);
  add_ldap(*add_ldap_verb, ldap);
  constexpr TextOption kFlavour[] = {{"--flavour", "flavour", "ad: begin with Active Directory's attributes"}};
  add_texts(*add_ldap_verb, ldap, kFlavour);

  auto set = std::make_shared<ProviderOptions>();
  CLI::App* set_verb = add_verb(noun, "set", "Change a provider; what is not named stays", exit_status,
                                [set](const std::string& data) { return change_one(data, *set); });
  add_shared(*set_verb, set);
  add_oidc(*set_verb, set);
  add_ldap(*set_verb, set);

  auto other = std::make_shared<ProviderOptions>();
  CLI::App* list = add_verb(noun, "list", "List the providers, in the order they are asked", exit_status,
                            [other](const std::string& data) { return print_providers(data, *other); });
  list->add_flag("--json", other->json, "With their settings, as JSON");
  CLI::App* test = add_verb(noun, "test", "Say step by step what works", exit_status,
                            [other](const std::string& data) { return test_one(data, *other); });
  test->add_option("id", other->id, "Which")->required();
  test->add_option("--user", other->user, "Look up this user and the groups, in a directory");
  CLI::App* remove = add_verb(noun, "remove", "Remove a provider and end its users' sessions", exit_status,
                              [other](const std::string& data) -> Result<void> {
                                TRY(ask_broker(data, "DELETE", "/api/admin/providers/" + path_part(other->id)));
                                return {};
                              });
  remove->add_option("id", other->id, "Which")->required();
}

void add_user_state_verbs(CLI::App& program, int& exit_status) {
  CLI::App& user = *program.get_subcommand("user");
  auto name = std::make_shared<std::string>();
  for (const bool out : {true, false}) {
    CLI::App* verb =
        add_verb(user, out ? "disable" : "enable",
                 out ? "Keep a user out and end their sessions at once" : "Let a user in again", exit_status,
                 [name, out](const std::string& data) -> Result<void> {
                   TRY(ask_broker(data, "POST",
                                  fmt::format("/api/admin/users/{}/{}", path_part(*name), out ? "disable" : "enable")));
                   return {};
                 });
    verb->add_option("name", *name, "Whom")->required();
  }
}

}  // namespace vitrine::broker
