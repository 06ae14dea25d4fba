#include "broker/admin_verbs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ctime>

#include "broker/admin_client.h"
#include "broker/pool_verbs.h"
#include "broker/verb.h"

namespace vitrine::broker {

namespace {

Json list_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : Json::array();
}

std::string joined(const Json& object, const char* key) {
  return fmt::format("{}", fmt::join(text_list_field(object, key).value_or(std::vector<std::string>()), ", "));
}

std::string date(int64_t time_s) {
  const std::time_t time = static_cast<std::time_t>(time_s);
  std::tm local{};
  ::localtime_r(&time, &local);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &local);
  return text;
}

void print_made_password(const Json& answer) {
  const std::string password = text_field(answer, "password");
  if (!password.empty()) fmt::print("Password: {}\n", password);
}

struct UserOptions {
  std::string name;
  std::string display_name;
  std::vector<std::string> groups;
  bool admin = false;
  bool password_stdin = false;
};

Result<void> add_one_user(const std::string& data, const UserOptions& options) {
  const std::string password = TRY(read_password(options.password_stdin));
  Json body = {{"name", options.name}, {"admin", options.admin}, {"groups", options.groups}, {"password", password}};
  if (!options.display_name.empty()) body["display_name"] = options.display_name;
  const Json answer = TRY(ask_broker(data, "POST", "/api/admin/users", body));
  fmt::print("Added the user {}.\n", text_field(object_field(answer, "user"), "name"));
  print_made_password(answer);
  return {};
}

Result<void> print_users(const std::string& data) {
  const Json users = TRY(ask_for_list(data, "/api/admin/users", "users"));
  std::vector<std::vector<std::string>> rows;
  for (const Json& user : users) {
    rows.push_back({text_field(user, "name"), text_field(user, "display_name"),
                    truth_field(user, "admin") ? "yes" : "no", joined(user, "groups"),
                    date(number_field(user, "created_s"))});
  }
  print_table({"NAME", "DISPLAY NAME", "ADMIN", "GROUPS", "SINCE"}, rows);
  return {};
}

struct ResourceOptions {
  std::string id;
  std::string name;
  std::string description;
  std::string command;
  std::string desktop_entry;
  std::string package;
  std::string pool = "desktop";
  std::string user;
  std::string group;
  bool opengl = false;
  PoolOptions settings;
};

Result<void> add_one_resource(const std::string& data, const ResourceOptions& options, bool app) {
  const std::vector<std::string> command = TRY(split_command(options.command));
  const Json body = {{"kind", app ? "app" : "pool"},
                     {"id", options.id},
                     {"name", options.name.empty() ? options.id : options.name},
                     {"description", options.description},
                     {"command", command},
                     {"desktop_entry", options.desktop_entry},
                     {"package", options.package},
                     {"pool", app ? options.pool : options.id},
                     {"opengl", options.opengl}};
  const Json answer = TRY(ask_broker(data, "POST", "/api/admin/resources", body));
  if (options.settings.any()) TRY(set_pool(data, options.id, options.settings));
  const char* kind = app ? "app" : "pool";
  fmt::print("Added the {} {}. Let users open it with: vitrine {} grant {} --group everyone\n", kind, options.id, kind,
             options.id);
  if (const std::string warning = text_field(answer, "warning"); !warning.empty()) fmt::print(stderr, "{}\n", warning);
  return {};
}

Result<void> print_resources(const std::string& data, bool app) {
  const Json resources = TRY(ask_for_list(data, "/api/admin/resources", "resources"));
  std::vector<std::vector<std::string>> rows;
  for (const Json& resource : resources) {
    if ((text_field(resource, "kind") == "app") != app) continue;
    std::string granted;
    for (const Json& grant : list_of(resource, "grants")) {
      const std::string group = text_field(grant, "group");
      granted += (granted.empty() ? "" : ", ") + (group.empty() ? text_field(grant, "user") : "group " + group);
    }
    const std::string unavailable = text_field(resource, "unavailable");
    std::vector<std::string> row = {text_field(resource, "id"), text_field(resource, "name")};
    if (app)
      row.push_back(
          fmt::format("{}", fmt::join(text_list_field(resource, "command").value_or(std::vector<std::string>()), " ")));
    row.push_back(granted.empty() ? "nobody" : granted);
    row.push_back(unavailable.empty() ? "available" : unavailable);
    rows.push_back(std::move(row));
  }
  if (app)
    print_table({"ID", "NAME", "COMMAND", "GRANTED TO", "STATE"}, rows);
  else
    print_table({"ID", "NAME", "GRANTED TO", "STATE"}, rows);
  return {};
}

struct TermsOptions {
  std::string id;
  std::string preset;
  std::optional<int64_t> target_ms;
  std::optional<int64_t> ceiling_kbit;
  std::optional<int64_t> quality_floor;
  PoolOptions pool;
};

Result<void> change_resource_terms(const std::string& data, const TermsOptions& options) {
  Json body = Json::object();
  if (!options.preset.empty()) body["preset"] = options.preset;
  if (options.target_ms) body["target_ms"] = *options.target_ms;
  if (options.ceiling_kbit) body["ceiling_kbit"] = *options.ceiling_kbit;
  if (options.quality_floor) body["quality_floor"] = *options.quality_floor;
  if (options.pool.any()) TRY(set_pool(data, options.id, options.pool));
  if (body.empty() && options.pool.any()) return {};
  const Json answer = TRY(ask_broker(data, "PUT", "/api/admin/resources/" + path_part(options.id) + "/terms", body));
  const Json terms = object_field(answer, "terms");
  const auto shown = [&](const char* key, const char* unit) {
    const int64_t value = number_field(terms, key);
    return value == 0 ? std::string("-") : fmt::format("{}{}", value, unit);
  };
  fmt::print("Target latency {}, ceiling {}, quality floor {}. Sessions opened or linked from now on follow.\n",
             shown("target_ms", " ms"), shown("ceiling_kbit", " kbit/s"), shown("quality_floor", ""));
  return {};
}

void add_terms_verb(CLI::App& noun, bool app, int& exit_status) {
  auto options = std::make_shared<TermsOptions>();
  CLI::App* set = add_verb(noun, "set", app ? "Set latency, bandwidth and quality" : "Change a pool", exit_status,
                           [options](const std::string& data) { return change_resource_terms(data, *options); });
  set->add_option("id", options->id, "Which")->required();
  if (!app) add_pool_options(*set, options->pool);
  set->add_option("--preset", options->preset, "sharp, balanced or saver; the numbers below come after it");
  set->add_option("--target-ms", options->target_ms, "Latency to aim at beyond the network's own; 0: default");
  set->add_option("--ceiling-kbit", options->ceiling_kbit, "Bandwidth no viewer of it passes; 0: none");
  set->add_option("--quality-floor", options->quality_floor, "Least quality of pictures at first, 1-100; 0: none");
}

Result<void> change_grant(const std::string& data, const ResourceOptions& options, bool give) {
  if (options.user.empty() == options.group.empty()) {
    return Error{ErrorCode::kInvalidArgument, "Say whom: --user NAME or --group NAME."};
  }
  const std::string path = fmt::format("/api/admin/resources/{}/grants/{}/{}", path_part(options.id),
                                       options.user.empty() ? "group" : "user",
                                       path_part(options.user.empty() ? options.group : options.user));
  TRY(ask_broker(data, give ? "PUT" : "DELETE", path));
  return {};
}

struct SessionOptions {
  std::string id;
  std::string user;
  std::string resource;
  int width = 0;
  int height = 0;
  bool json = false;
};

Result<void> print_sessions(const std::string& data, const SessionOptions& options) {
  const Json sessions = TRY(ask_for_list(data, "/api/admin/sessions", "sessions"));
  if (options.json) {
    fmt::print("{}\n", sessions.dump(2, ' ', false, Json::error_handler_t::replace));
    return {};
  }
  std::vector<std::vector<std::string>> rows;
  for (const Json& session : sessions) {
    rows.push_back({text_field(session, "session"), text_field(session, "user"), text_field(session, "resource"),
                    text_field(session, "state"), fmt::format("{}", number_field(session, "viewers")),
                    fmt::format("{}x{}", number_field(session, "width"), number_field(session, "height")),
                    text_field(session, "display"), date(number_field(session, "started_s"))});
  }
  print_table({"SESSION", "USER", "RESOURCE", "STATE", "VIEWERS", "SIZE", "DISPLAY", "SINCE"}, rows);
  return {};
}

Result<void> open_session(const std::string& data, const SessionOptions& options) {
  const Json answer = TRY(ask_broker(
      data, "POST", "/api/admin/sessions",
      {{"user", options.user}, {"resource", options.resource}, {"width", options.width}, {"height", options.height}}));
  fmt::print("{}\n", text_field(answer, "link"));
  return {};
}

double real_field(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<double>() : 0.0;
}

std::string megabytes(int64_t bytes) {
  return fmt::format("{:.2f} MB", static_cast<double>(bytes) / 1e6);
}

std::string under_100_ms(const Json& response) {
  const auto share = response.find("share_under_100_ms");
  return share != response.end() && share->is_number() ? fmt::format("{:.1f} %", share->get<double>() * 100) : "-";
}

void print_one_report(const Json& report) {
  const Json capacity = object_field(report, "capacity");
  const Json throughput = object_field(report, "throughput");
  const Json response = object_field(report, "response");
  const Json trip = object_field(report, "round_trip");
  const Json exactness = object_field(report, "exactness");
  fmt::print("Session     {} of {}, {}\n", text_field(report, "session"), text_field(report, "user"),
             text_field(report, "resource"));
  fmt::print("Time        {} s, viewed for {:.0f} s; {} links, {} of them after a cut\n",
             number_field(report, "duration_s"), real_field(report, "connected_s"), number_field(report, "links"),
             number_field(report, "reconnects"));
  fmt::print("Capacity    {} down, {} up; mean {:.2f}, peak {:.2f} Mbit/s\n",
             megabytes(number_field(capacity, "bytes_down")), megabytes(number_field(capacity, "bytes_up")),
             real_field(capacity, "mean_mbit_s"), real_field(capacity, "peak_mbit_s"));
  fmt::print("Throughput  {} updates, {} whole pictures, {} inputs\n", number_field(throughput, "updates"),
             number_field(throughput, "frames"), number_field(throughput, "inputs"));
  fmt::print("Response    p50 {:.0f}, p95 {:.0f}, p99 {:.0f} ms of {} inputs; {} under 100 ms\n",
             real_field(response, "p50_ms"), real_field(response, "p95_ms"), real_field(response, "p99_ms"),
             number_field(response, "count"), under_100_ms(response));
  const Json parts = object_field(response, "mean_parts_ms");
  for (const auto& [part, ms] : parts.items()) {
    fmt::print("            {:<12} {:6.1f} ms on average\n", part, ms.is_number() ? ms.get<double>() : 0.0);
  }
  fmt::print("Round trip  p50 {:.0f}, p95 {:.0f} ms\n", real_field(trip, "p50_ms"), real_field(trip, "p95_ms"));
  fmt::print("Exactness   {} tiles compared, {} wrong\n", number_field(exactness, "checked_tiles"),
             number_field(exactness, "wrong_tiles"));
}

Result<void> print_reports(const std::string& data, const SessionOptions& options) {
  const bool one = !options.id.empty();
  const Json answer =
      TRY(ask_broker(data, "GET", "/api/admin/reports" + (one ? "/" + path_part(options.id) : std::string())));
  const Json shown = one ? answer : list_of(answer, "reports");
  if (options.json) {
    fmt::print("{}\n", shown.dump(2, ' ', false, Json::error_handler_t::replace));
    return {};
  }
  if (one) return print_one_report(shown), Result<void>();
  std::vector<std::vector<std::string>> rows;
  for (const Json& report : shown) {
    const Json response = object_field(report, "response");
    rows.push_back({text_field(report, "session"), text_field(report, "user"), text_field(report, "resource"),
                    date(number_field(report, "started_s")), fmt::format("{} s", number_field(report, "duration_s")),
                    megabytes(number_field(object_field(report, "capacity"), "bytes_down")),
                    fmt::format("{:.0f} ms", real_field(response, "p50_ms")),
                    fmt::format("{:.0f} ms", real_field(response, "p95_ms")), under_100_ms(response)});
  }
  print_table({"SESSION", "USER", "RESOURCE", "SINCE", "TIME", "DOWN", "P50", "P95", "UNDER 100 MS"}, rows);
  return {};
}

CLI::App* add_noun(CLI::App& program, const char* name, const char* text) {
  CLI::App* noun = program.add_subcommand(name, text);
  noun->require_subcommand(1);
  return noun;
}

}  // namespace

void add_user_verbs(CLI::App& program, int& exit_status) {
  CLI::App& user = *add_noun(program, "user", "Local users");
  auto options = std::make_shared<UserOptions>();
  CLI::App* add = add_verb(user, "add", "Add a user", exit_status,
                           [options](const std::string& data) { return add_one_user(data, *options); });
  add->add_option("name", options->name, "Name to sign in with")->required();
  add->add_option("--display-name", options->display_name, "Name to show");
  add->add_flag("--admin", options->admin, "An administrator");
  add->add_option("--group", options->groups, "Member of this group; may be given several times")->expected(1);
  add->add_flag("--password-stdin", options->password_stdin, "Read the password from standard input");

  CLI::App* remove = add_verb(user, "remove", "Remove a user and end their sessions; the home folder stays",
                              exit_status, [options](const std::string& data) -> Result<void> {
                                TRY(ask_broker(data, "DELETE", "/api/admin/users/" + path_part(options->name)));
                                return {};
                              });
  remove->add_option("name", options->name, "Whom")->required();
  add_verb(user, "list", "List the users", exit_status, print_users);

  CLI::App* passwd = add_verb(
      user, "passwd", "Set a user's password", exit_status, [options](const std::string& data) -> Result<void> {
        const std::string password = TRY(read_password(options->password_stdin));
        const Json answer = TRY(ask_broker(data, "POST", "/api/admin/users/" + path_part(options->name) + "/password",
                                           {{"password", password}}));
        print_made_password(answer);
        return {};
      });
  passwd->add_option("name", options->name, "Whose")->required();
  passwd->add_flag("--password-stdin", options->password_stdin, "Read the password from standard input");
}

void add_group_verbs(CLI::App& program, int& exit_status) {
  CLI::App& group = *add_noun(program, "group", "Groups of users");
  struct Options {
    std::string name;
    std::string user;
  };
  auto options = std::make_shared<Options>();
  add_verb(
      group, "list", "List the groups and their members", exit_status, [](const std::string& data) -> Result<void> {
        const Json groups = TRY(ask_for_list(data, "/api/admin/groups", "groups"));
        std::vector<std::vector<std::string>> rows;
        for (const Json& item : groups) {
          rows.push_back(
              {text_field(item, "name"), truth_field(item, "built_in") ? "(every user)" : joined(item, "members")});
        }
        print_table({"GROUP", "MEMBERS"}, rows);
        return {};
      });
  CLI::App* add =
      add_verb(group, "add", "Add a group", exit_status, [options](const std::string& data) -> Result<void> {
        TRY(ask_broker(data, "POST", "/api/admin/groups", {{"name", options->name}}));
        return {};
      });
  add->add_option("name", options->name, "Its name")->required();
  CLI::App* remove = add_verb(group, "remove", "Remove a group; its members stay", exit_status,
                              [options](const std::string& data) -> Result<void> {
                                TRY(ask_broker(data, "DELETE", "/api/admin/groups/" + path_part(options->name)));
                                return {};
                              });
  remove->add_option("name", options->name, "Which")->required();
  for (const bool join : {true, false}) {
    CLI::App* change = add_verb(
        group, join ? "join" : "leave", join ? "Put a user in a group" : "Take a user out of a group", exit_status,
        [options, join](const std::string& data) -> Result<void> {
          TRY(ask_broker(data, join ? "PUT" : "DELETE",
                         "/api/admin/groups/" + path_part(options->name) + "/members/" + path_part(options->user)));
          return {};
        });
    change->add_option("group", options->name, "Which group")->required();
    change->add_option("user", options->user, "Which user")->required();
  }
}

void add_resource_verbs(CLI::App& program, int& exit_status) {
  for (const bool app : {false, true}) {
    CLI::App& noun = *add_noun(program, app ? "app" : "pool", app ? "Published programs" : "Pools of desktops");
    auto options = std::make_shared<ResourceOptions>();
    add_verb(noun, "list", app ? "List the apps" : "List the pools", exit_status,
             [app](const std::string& data) { return print_resources(data, app); });
    CLI::App* add = add_verb(noun, "add", app ? "Publish a program" : "Add a pool", exit_status,
                             [options, app](const std::string& data) { return add_one_resource(data, *options, app); });
    add->add_option("id", options->id, "Short name, lower case")->required();
    add->add_option("--name", options->name, "Name shown to users");
    add->add_option("--description", options->description, "A few words below the name");
    add->add_flag("--opengl", options->opengl, "With software OpenGL (55 MB more for each desktop)");
    if (app) {
      add->add_option("--command", options->command, "Command line that starts it")->required();
      add->add_option("--pool", options->pool, "Pool it runs on")->capture_default_str();
      add->add_option("--desktop-entry", options->desktop_entry, "File in /usr/share/applications, for the icon");
      add->add_option("--package", options->package, "Debian package to name when the program is missing");
    }
    add_terms_verb(noun, app, exit_status);
    if (!app) add_pool_options(*add, options->settings);
    if (!app) add_pool_verbs(noun, exit_status);
    CLI::App* remove = add_verb(noun, "remove", app ? "Unpublish a program and end its sessions" : "Remove a pool",
                                exit_status, [options](const std::string& data) -> Result<void> {
                                  TRY(ask_broker(data, "DELETE", "/api/admin/resources/" + path_part(options->id)));
                                  return {};
                                });
    remove->add_option("id", options->id, "Which")->required();
    for (const bool give : {true, false}) {
      CLI::App* change = add_verb(
          noun, give ? "grant" : "revoke", give ? "Let a user or group open it" : "Take that right away", exit_status,
          [options, give](const std::string& data) { return change_grant(data, *options, give); });
      change->add_option("id", options->id, "Which")->required();
      change->add_option("--user", options->user, "A user");
      change->add_option("--group", options->group, "A group; \"everyone\" holds all users");
    }
  }
}

void add_session_verbs(CLI::App& program, int& exit_status) {
  CLI::App& session = *add_noun(program, "session", "Running sessions");
  auto options = std::make_shared<SessionOptions>();
  CLI::App* list = add_verb(session, "list", "List the running sessions", exit_status,
                            [options](const std::string& data) { return print_sessions(data, *options); });
  list->add_flag("--json", options->json, "With everything known of each, as JSON");
  CLI::App* report =
      add_verb(session, "report", "What sessions took and how they answered: the newest, or one", exit_status,
               [options](const std::string& data) { return print_reports(data, *options); });
  report->add_option("id", options->id, "Which session");
  report->add_flag("--json", options->json, "As JSON");
  CLI::App* end =
      add_verb(session, "end", "End a session", exit_status, [options](const std::string& data) -> Result<void> {
        TRY(ask_broker(data, "DELETE", "/api/admin/sessions/" + path_part(options->id)));
        return {};
      });
  end->add_option("id", options->id, "Which")->required();
  CLI::App* open = add_verb(session, "open", "Print a link that opens a user's session once, within five minutes",
                            exit_status, [options](const std::string& data) { return open_session(data, *options); });
  open->add_option("user", options->user, "Whose")->required();
  open->add_option("resource", options->resource, "Pool or app")->required();
  open->add_option("--width", options->width, "Size to start with, pixels");
  open->add_option("--height", options->height, "Size to start with, pixels");
}

}  // namespace vitrine::broker
