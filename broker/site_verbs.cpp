#include "broker/site_verbs.h"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <iterator>

#include "broker/admin_client.h"
#include "broker/provision/files.h"
#include "broker/site_file.h"
#include "broker/verb.h"

namespace vitrine::broker {

namespace {

struct SiteOptions {
  std::string file;
  bool dry_run = false;
};

std::string shown(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// One line for each value that differs, with its place in the entry.
void print_difference(const std::string& place, const Json& before, const Json& after) {
  if (before == after) return;
  if (!before.is_object() && !after.is_object()) {
    if (before.is_null()) {
      fmt::print("    {}: {}\n", place, shown(after));
    } else {
      fmt::print("    {}: {} -> {}\n", place, shown(before), after.is_null() ? "(taken out)" : shown(after));
    }
    return;
  }
  // A value that becomes a list of names, or the other way round, goes as a whole.
  if (!before.is_object() && !before.is_null()) print_difference(place, before, Json());
  if (!after.is_object() && !after.is_null()) print_difference(place, Json(), after);
  const Json none = Json::object();
  const Json& old = before.is_object() ? before : none;
  const Json& now = after.is_object() ? after : none;
  Json all = old;
  all.update(now);
  for (const auto& [name, ignored] : all.items()) {
    print_difference(place.empty() ? name : place + "." + name, old.value(name, Json()), now.value(name, Json()));
  }
}

// One line for each entry, and below it what differs in it.
void print_change(const Json& change) {
  const Json before = object_field(change, "before");
  const Json after = object_field(change, "after");
  const bool gone = change.contains("after") && change["after"].is_null();
  const char sign = gone ? '-' : change.contains("before") && change["before"].is_null() ? '+' : '~';
  fmt::print("{} {} {}\n", sign, text_field(change, "section"), text_field(change, "key"));
  if (!gone) print_difference("", before, after);
}

Result<void> apply_file(const std::string& data, const SiteOptions& options) {
  const bool from_stdin = options.file == "-";
  const std::string text =
      from_stdin ? std::string(std::istreambuf_iterator<char>(std::cin), {}) : TRY(read_file(options.file));
  const std::string name = from_stdin ? "(standard input)" : options.file;
  SiteFile file = TRY(parse_site(text, name));
  const auto folder = from_stdin ? std::filesystem::path() : std::filesystem::path(options.file).parent_path();
  if (const auto added = add_secrets(file.document, folder.string()); !added.ok()) {
    return Error{added.error().code, with_place(file, name, added.error().message) + "\nNothing was changed."};
  }
  const auto answer =
      ask_broker(data, "PUT", options.dry_run ? "/api/admin/site?dry_run=1" : "/api/admin/site", file.document);
  if (!answer.ok()) {
    if (answer.error().code == ErrorCode::kUnavailable) return answer.error();
    return Error{answer.error().code, with_place(file, name, answer.error().message) + "\nNothing was changed."};
  }
  const Json changes = answer.value().contains("changes") ? answer.value()["changes"] : Json::array();
  for (const Json& change : changes) print_change(change);
  if (changes.empty()) {
    fmt::print("Everything is as {} says.\n", name);
  } else {
    fmt::print("{} {} {}.\n", changes.size(), changes.size() == 1 ? "change" : "changes",
               options.dry_run ? "would be made" : "made");
  }
  return {};
}

Result<void> print_site(const std::string& data) {
  fmt::print("{}", site_to_yaml(TRY(ask_broker(data, "GET", "/api/admin/site"))));
  return {};
}

}  // namespace

void add_site_verbs(CLI::App& program, int& exit_status) {
  auto options = std::make_shared<SiteOptions>();
  CLI::App* verb = add_verb(program, "apply", "Make groups, providers, pools, apps, grants and policies as a file says",
                            exit_status, [options](const std::string& data) { return apply_file(data, *options); });
  verb->add_option("-f,--file", options->file, "site.yaml, or - for standard input")->required();
  verb->add_flag("--dry-run", options->dry_run, "Only say what would change");
  add_verb(program, "export", "Print groups, providers, pools, apps, grants and policies as a file for apply",
           exit_status, print_site);
}

}  // namespace vitrine::broker
