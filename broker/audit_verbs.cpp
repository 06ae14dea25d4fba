// vitrine audit list|export|verify|retention.
#include <fmt/format.h>

#include <ctime>

#include "broker/admin_client.h"
#include "broker/admin_verbs.h"
#include "broker/verb.h"

namespace vitrine::broker {

namespace {

constexpr int kPage = 500;

struct AuditOptions {
  std::string since;
  std::string until;
  std::string actor;
  std::string action;
  std::string target;
  std::string outcome;
  int64_t count = 50;
  std::string expect;
  std::optional<int64_t> days;
};

std::string narrowed(const AuditOptions& options) {
  std::string query;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) query += fmt::format("&{}={}", name, path_part(value));
  };
  add("since", options.since);
  add("until", options.until);
  add("actor", options.actor);
  add("action", options.action);
  add("target", options.target);
  add("outcome", options.outcome);
  return query;
}

std::string time_text(int64_t time_s) {
  const auto time = static_cast<std::time_t>(time_s);
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

Result<Json> page(const std::string& data, const std::string& query) {
  return ask_broker(data, "GET", "/api/admin/audit?" + query);
}

Json records_of(const Json& answer) {
  const auto found = answer.find("records");
  return found != answer.end() && found->is_array() ? *found : Json::array();
}

Result<void> list(const std::string& data, const AuditOptions& options) {
  const Json answer = TRY(page(data, fmt::format("limit={}{}", options.count, narrowed(options))));
  std::vector<std::vector<std::string>> rows;
  const Json records = records_of(answer);
  for (auto record = records.rbegin(); record != records.rend(); ++record) {  // the newest last, where one looks
    rows.push_back({fmt::format("{}", number_field(*record, "number")), time_text(number_field(*record, "time_s")),
                    text_field(*record, "actor"), text_field(*record, "address"), text_field(*record, "action"),
                    text_field(*record, "target"), text_field(*record, "outcome"), text_field(*record, "detail")});
  }
  print_table({"ROW", "TIME", "WHO", "FROM", "WHAT", "TO WHAT", "OUTCOME", "DETAIL"}, rows);
  return {};
}

// Page by page, so that a log of any length takes the same memory on both sides.
Result<void> export_all(const std::string& data, const AuditOptions& options) {
  int64_t after = 0;
  for (bool more = true; more;) {
    const Json answer = TRY(page(data, fmt::format("after={}&limit={}{}", after, kPage, narrowed(options))));
    for (Json record : records_of(answer)) {
      after = number_field(record, "number");
      record["time"] = time_text(number_field(record, "time_s"));
      fmt::print("{}\n", to_line(record));
    }
    if (std::fflush(stdout) != 0) return Error{ErrorCode::kIo, "The output cannot be written."};
    more = !answer["next"].is_null();
  }
  return {};
}

Result<void> verify(const std::string& data, const AuditOptions& options) {
  std::string query;
  if (!options.expect.empty()) {
    const size_t colon = options.expect.find(':');
    if (colon == std::string::npos) {
      return Error{ErrorCode::kInvalidArgument, "--expect is a row and its hash, as verify printed them: 120:5f0a..."};
    }
    query = fmt::format("?number={}&hash={}", path_part(options.expect.substr(0, colon)),
                        path_part(options.expect.substr(colon + 1)));
  }
  const Json answer = TRY(ask_broker(data, "GET", "/api/admin/audit/verify" + query));
  if (!truth_field(answer, "holds")) return Error{ErrorCode::kMalformed, text_field(answer, "fault")};
  fmt::print("The chain of {} rows holds; {} older ones were removed. It ends with {}:{}\n",
             number_field(answer, "rows"), number_field(answer, "removed"), number_field(answer, "number"),
             text_field(answer, "hash"));
  return {};
}

Result<void> retention(const std::string& data, const AuditOptions& options) {
  const Json answer = options.days
                          ? TRY(ask_broker(data, "PUT", "/api/admin/audit/retention", {{"days", *options.days}}))
                          : TRY(ask_broker(data, "GET", "/api/admin/audit/retention"));
  const int64_t days = number_field(answer, "days");
  fmt::print("{}{}\n", days == 0 ? "Everything is kept." : fmt::format("Rows are kept for {} days.", days),
             options.days ? fmt::format(" {} were removed now.", number_field(answer, "removed")) : "");
  return {};
}

void add_filters(CLI::App& verb, AuditOptions& options) {
  verb.add_option("--since", options.since, "From this time on, UTC: 2026-01-31 or 2026-01-31T08:00");
  verb.add_option("--until", options.until, "Before this time");
  verb.add_option("--actor", options.actor, "Of this user");
  verb.add_option("--action", options.action, "This action; \"session.\" for all that begin so");
  verb.add_option("--target", options.target, "On this target; \"ada/\" for all that begin so");
  verb.add_option("--outcome", options.outcome, "With this outcome: ok, forbidden, ...");
}

}  // namespace

void add_audit_verbs(CLI::App& program, int& exit_status) {
  CLI::App& audit = *program.add_subcommand("audit", "What was done, by whom, with what outcome");
  audit.require_subcommand(1);
  auto options = std::make_shared<AuditOptions>();
  CLI::App* shown = add_verb(audit, "list", "List the newest rows", exit_status,
                             [options](const std::string& data) { return list(data, *options); });
  add_filters(*shown, *options);
  shown->add_option("--count", options->count, "How many, up to 1000")->capture_default_str();
  add_filters(*add_verb(audit, "export", "Print all rows as JSON lines", exit_status,
                        [options](const std::string& data) { return export_all(data, *options); }),
              *options);
  CLI::App* verified = add_verb(audit, "verify", "Check that no row was edited, removed, moved or cut off", exit_status,
                                [options](const std::string& data) { return verify(data, *options); });
  verified->add_option("--expect", options->expect, "ROW:HASH that an earlier verify printed");
  CLI::App* kept = add_verb(audit, "retention", "Show or set for how many days rows are kept", exit_status,
                            [options](const std::string& data) { return retention(data, *options); });
  kept->add_option("days", options->days, "Days; 0 keeps everything");
}

}  // namespace vitrine::broker
