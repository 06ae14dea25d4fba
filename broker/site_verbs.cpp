#include "broker/site_verbs.h"

#include <fmt/format.h>

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

// One line for each entry, and one below it for each field that differs.
void print_change(const Json& change) {
  const Json before = object_field(change, "before");
  const Json after = object_field(change, "after");
  const char sign = before.empty() ? '+' : after.empty() ? '-' : '~';
  fmt::print("{} {} {}\n", sign, text_field(change, "section"), text_field(change, "key"));
  if (sign == '-') return;
  for (const auto& [field, value] : after.items()) {
    const Json old = before.contains(field) ? before[field] : Json();
    if (old == value) continue;
    if (sign == '~') {
      fmt::print("    {}: {} -> {}\n", field, shown(old), shown(value));
    } else {
      fmt::print("    {}: {}\n", field, shown(value));
    }
  }
}

Result<void> apply_file(const std::string& data, const SiteOptions& options) {
  const bool from_stdin = options.file == "-";
  const std::string text =
      from_stdin ? std::string(std::istreambuf_iterator<char>(std::cin), {}) : TRY(read_file(options.file));
  const std::string name = from_stdin ? "(standard input)" : options.file;
  const SiteFile file = TRY(parse_site(text, name));
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
  CLI::App* verb = add_verb(program, "apply", "Make groups, pools, apps and grants as a file says", exit_status,
                            [options](const std::string& data) { return apply_file(data, *options); });
  verb->add_option("-f,--file", options->file, "site.yaml, or - for standard input")->required();
  verb->add_flag("--dry-run", options->dry_run, "Only say what would change");
  add_verb(program, "export", "Print groups, pools, apps and grants as a file for apply", exit_status, print_site);
}

}  // namespace vitrine::broker
