// vitrine policy show|set|unset|settings|explain.
#include <fmt/format.h>

#include "broker/admin_client.h"
#include "broker/admin_verbs.h"
#include "broker/verb.h"

namespace vitrine::broker {

namespace {

struct PolicyOptions {
  bool site = false;
  std::string pool;
  std::string resource;
  std::string user;
  std::string group;
  std::vector<std::string> settings;
};

Json items_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : Json::array();
}

// The address of the one place that the options name.
Result<std::string> address_of(const PolicyOptions& options) {
  const bool grant = !options.resource.empty();
  const int places = int{options.site} + int{!options.pool.empty()} + int{grant};
  const bool one_subject = options.user.empty() != options.group.empty();
  if (places != 1 || grant != one_subject) {
    return Error{ErrorCode::kInvalidArgument,
                 "Say whose policy: --site, --pool ID, or a grant by --resource ID with --user NAME or --group NAME."};
  }
  const std::string base = "/api/admin/policies/";
  if (options.site) return base + "site";
  if (!grant) return base + "pools/" + path_part(options.pool);
  const bool group = !options.group.empty();
  return fmt::format("{}grants/{}/{}/{}", base, path_part(options.resource), group ? "group" : "user",
                     path_part(group ? options.group : options.user));
}

void print_policy(const Json& policy) {
  if (policy.empty()) fmt::print("It says nothing; see: vitrine policy settings\n");
  for (const auto& [name, value] : policy.items()) {
    fmt::print("{} = {}\n", name, value.is_string() ? value.get<std::string>() : value.dump());
  }
}

Result<void> change(const std::string& data, const PolicyOptions& options, bool set) {
  const std::string address = TRY(address_of(options));
  Json body = Json::object();
  for (const std::string& item : options.settings) {
    const size_t equals = item.find('=');
    if (set && equals == std::string::npos) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("\"{}\" is no setting with a value, like idle_limit=15m.", item)};
    }
    if (!set && equals != std::string::npos) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("\"{}\" is no name of a setting; it needs no value to be unset.", item)};
    }
    body[item.substr(0, equals)] = set ? Json(item.substr(equals + 1)) : Json();
  }
  const Json answer = TRY(ask_broker(data, "PUT", address, body));
  print_policy(object_field(answer, "policy"));
  return {};
}

std::string place_name(const Json& place) {
  const std::string of = text_field(place, "of");
  if (of == "pool") return "default of the pool " + text_field(place, "pool");
  if (of != "grant") return "default of the site";
  const std::string group = text_field(place, "group");
  return text_field(place, "resource") + " granted to " +
         (group.empty() ? text_field(place, "user") : "the group " + group);
}

Result<void> show(const std::string& data, const PolicyOptions& options) {
  if (options.site || !options.pool.empty() || !options.resource.empty()) {
    const std::string address = TRY(address_of(options));
    const Json answer = TRY(ask_broker(data, "GET", address));
    return print_policy(object_field(answer, "policy")), Result<void>();
  }
  const Json answer = TRY(ask_broker(data, "GET", "/api/admin/policies"));
  std::vector<std::vector<std::string>> rows;
  for (const Json& one : items_of(answer, "policies")) {
    const Json policy = object_field(one, "policy");
    for (const auto& [name, value] : policy.items()) {
      rows.push_back(
          {place_name(object_field(one, "place")), name, value.is_string() ? value.get<std::string>() : value.dump()});
    }
  }
  print_table({"POLICY OF", "SETTING", "VALUE"}, rows);
  fmt::print("{}\n", text_field(answer, "rule"));
  return {};
}

Result<void> print_settings(const std::string& data) {
  const Json answer = TRY(ask_broker(data, "GET", "/api/admin/policies"));
  std::vector<std::vector<std::string>> rows;
  for (const Json& one : items_of(answer, "settings")) {
    rows.push_back({text_field(one, "name"), truth_field(one, "enforced") ? "yes" : "not by this version",
                    text_field(one, "sentence")});
  }
  print_table({"SETTING", "ENFORCED", "WHAT IT SAYS"}, rows);
  return {};
}

struct ExplainOptions {
  std::string user;
  std::string resource;
  std::string at;
  std::string from;
  std::string second_factor;
  bool json = false;
};

void print_explanation(const Json& answer) {
  fmt::print("{}\n\nWhat counts for {} and {}, from the most specific on:\n", text_field(answer, "rule"),
             text_field(answer, "user"), text_field(answer, "resource"));
  for (const Json& source : items_of(answer, "sources")) {
    const std::string says = text_field(source, "says");
    fmt::print("  {}: {}\n", text_field(source, "source"), says.empty() ? "says nothing" : says);
  }
  fmt::print("\nWhat wins:\n");
  for (const Json& setting : items_of(answer, "settings")) {
    fmt::print("  {} = {}\n      {}\n", text_field(setting, "name"), text_field(setting, "shown"),
               text_field(setting, "why"));
  }
  const Json outcome = object_field(answer, "outcome");
  fmt::print("\nOutcome: {}. {}\n", truth_field(outcome, "allowed") ? "allowed" : "refused",
             text_field(outcome, "reason"));
}

Result<void> explain(const std::string& data, const ExplainOptions& options) {
  std::string address =
      fmt::format("/api/admin/explain?user={}&resource={}", path_part(options.user), path_part(options.resource));
  if (!options.at.empty()) address += "&at=" + path_part(options.at);
  if (!options.from.empty()) address += "&from=" + path_part(options.from);
  if (!options.second_factor.empty()) address += "&second_factor=" + path_part(options.second_factor);
  const Json answer = TRY(ask_broker(data, "GET", address));
  if (options.json) {
    fmt::print("{}\n", answer.dump(2, ' ', false, Json::error_handler_t::replace));
  } else {
    print_explanation(answer);
  }
  return {};
}

void add_place(CLI::App& verb, PolicyOptions& options) {
  verb.add_flag("--site", options.site, "The site's default");
  verb.add_option("--pool", options.pool, "A pool's default");
  verb.add_option("--resource", options.resource, "The pool or app of a grant");
  verb.add_option("--user", options.user, "The user it is granted to");
  verb.add_option("--group", options.group, "The group it is granted to");
}

}  // namespace

void add_policy_verbs(CLI::App& program, int& exit_status) {
  CLI::App& policy = *program.add_subcommand("policy", "Rules of grants, pools and the site");
  policy.require_subcommand(1);
  auto options = std::make_shared<PolicyOptions>();
  for (const bool set : {true, false}) {
    CLI::App* verb =
        add_verb(policy, set ? "set" : "unset", set ? "Set settings" : "Leave settings to what is less specific again",
                 exit_status, [options, set](const std::string& data) { return change(data, *options, set); });
    add_place(*verb, *options);
    verb->add_option("settings", options->settings, set ? "NAME=VALUE, like idle_limit=15m" : "Names")->required();
  }
  add_place(*add_verb(policy, "show", "Show one policy, or all that say something", exit_status,
                      [options](const std::string& data) { return show(data, *options); }),
            *options);
  add_verb(policy, "settings", "List the settings there are", exit_status, print_settings);

  auto asked = std::make_shared<ExplainOptions>();
  CLI::App* why =
      add_verb(policy, "explain", "Say which policy wins for a user and a pool or app, and what comes of it",
               exit_status, [asked](const std::string& data) { return explain(data, *asked); });
  why->add_option("user", asked->user, "Who")->required();
  why->add_option("resource", asked->resource, "Pool or app")->required();
  why->add_option("--at", asked->at, "When, in UTC: 2026-01-31T08:00; default: now");
  why->add_option("--from", asked->from, "From which address; default: networks are not judged");
  why->add_option("--second-factor", asked->second_factor, "Seconds since one was given; default: not judged");
  why->add_flag("--json", asked->json, "As JSON");
}

}  // namespace vitrine::broker
