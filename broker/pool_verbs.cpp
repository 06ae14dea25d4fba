#include "broker/pool_verbs.h"

#include <fmt/format.h>

#include "broker/admin_client.h"
#include "broker/verb.h"

namespace vitrine::broker {

namespace {

Result<void> put_pool(const std::string& data, const std::string& id, const Json& changes) {
  const Json pool = TRY(ask_broker(data, "PUT", "/api/admin/pools/" + path_part(id), changes));
  fmt::print("{}: {}, {}.\n", text_field(pool, "id"), text_field(pool, "kind"), text_field(pool, "state"));
  return {};
}

Result<void> print_status(const std::string& data, const std::string& id) {
  if (!id.empty()) {
    const Json pool = TRY(ask_broker(data, "GET", "/api/admin/pools/" + path_part(id)));
    fmt::print("{}: {}, {}.\n", text_field(pool, "id"), text_field(pool, "kind"), text_field(pool, "state"));
    std::vector<std::vector<std::string>> rows;
    for (const Json& desktop : pool.value("desktops", Json::array())) {
      rows.push_back({text_field(desktop, "id"), text_field(desktop, "resource"), text_field(desktop, "state"),
                      text_field(desktop, "prepared_for"), text_field(desktop, "broker")});
    }
    print_table({"DESKTOP", "RESOURCE", "STATE", "PREPARED FOR", "BROKER"}, rows);
    return {};
  }
  const Json answer = TRY(ask_broker(data, "GET", "/api/admin/pools"));
  std::vector<std::vector<std::string>> rows;
  for (const Json& pool : answer.value("pools", Json::array())) {
    rows.push_back(
        {text_field(pool, "id"), text_field(pool, "kind"), text_field(pool, "state"), text_field(pool, "message")});
  }
  print_table({"POOL", "KIND", "STATE", "MESSAGE"}, rows);
  return {};
}

}  // namespace

bool PoolOptions::any() const {
  return !kind.empty() || spares || max || rebuild_s || home_template || message;
}

void add_pool_options(CLI::App& verb, PoolOptions& options) {
  verb.add_option("--kind", options.kind, "persistent, floating or disposable");
  verb.add_option("--spares", options.spares,
                  "Desktops that are up before anybody asks; of pools that keep homes, for whoever has just signed in");
  verb.add_option("--max", options.max, "Desktops at a time; 0: the server's limit alone");
  verb.add_option("--rebuild-s", options.rebuild_s, "Make spares anew when they are so many seconds old; 0: never");
  verb.add_option("--template", options.home_template, "Folder that fresh home folders are copied from");
  verb.add_option("--message", options.message, "Told to users while the pool drains");
}

Result<void> set_pool(const std::string& data, const std::string& id, const PoolOptions& options) {
  Json changes = Json::object();
  if (!options.kind.empty()) changes["kind"] = options.kind;
  if (options.spares) changes["spares"] = *options.spares;
  if (options.max) changes["max"] = *options.max;
  if (options.rebuild_s) changes["rebuild_s"] = *options.rebuild_s;
  if (options.home_template) changes["template"] = *options.home_template;
  if (options.message) changes["message"] = *options.message;
  return put_pool(data, id, changes);
}

void add_pool_verbs(CLI::App& noun, int& exit_status) {
  struct Options {
    std::string id;
    std::optional<std::string> message;
  };
  auto options = std::make_shared<Options>();
  for (const bool drain : {true, false}) {
    CLI::App* verb = add_verb(noun, drain ? "drain" : "undrain",
                              drain ? "Let nobody open new desktops; running ones go on" : "Open it again", exit_status,
                              [options, drain](const std::string& data) {
                                Json changes = {{"draining", drain}};
                                if (options->message) changes["message"] = *options->message;
                                return put_pool(data, options->id, changes);
                              });
    verb->add_option("id", options->id, "Which")->required();
    if (drain) verb->add_option("--message", options->message, "Told to users meanwhile");
  }
  CLI::App* status = add_verb(noun, "status", "How the pools are doing, or one with its desktops", exit_status,
                              [options](const std::string& data) { return print_status(data, options->id); });
  status->add_option("id", options->id, "Which");
}

}  // namespace vitrine::broker
