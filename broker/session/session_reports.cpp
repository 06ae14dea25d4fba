#include "broker/session/session_reports.h"

#include "broker/provision/measure_json.h"

namespace vitrine::broker {

namespace {

constexpr int64_t kMostReports = 10'000;  // about 1 KiB each

}  // namespace

Result<void> keep_report(SqlConnection& connection, const std::string& session, const SessionMeasure& measure,
                         int64_t now_s) {
  TRY(connection.run(
      "INSERT INTO session_reports(session_id, measure, updated_s) VALUES ($1, $2, $3) "
      "ON CONFLICT (session_id) DO UPDATE SET measure = excluded.measure, updated_s = excluded.updated_s",
      {session, to_line(measure_to_json(measure)), now_s}));
  return {};
}

Result<std::optional<SessionReport>> find_report(SqlConnection& connection, const std::string& session) {
  const SqlResult found = TRY(connection.run("SELECT measure FROM session_reports WHERE session_id = $1", {session}));
  auto row = TRY(find_session(connection, session));
  if (found.rows.empty() || !row) return std::optional<SessionReport>();
  const auto json = parse_object(found.rows.front().text(0));
  return std::optional(SessionReport{std::move(*row), json.ok() ? measure_from_json(json.value()) : SessionMeasure()});
}

Result<std::vector<SessionReport>> newest_reports(SqlConnection& connection, int64_t count) {
  const SqlResult found = TRY(
      connection.run("SELECT session_id FROM session_reports ORDER BY updated_s DESC, session_id LIMIT $1", {count}));
  std::vector<SessionReport> reports;
  for (const SqlRow& row : found.rows) {
    if (auto report = TRY(find_report(connection, row.text(0)))) reports.push_back(std::move(*report));
  }
  return reports;
}

Result<void> remove_old_reports(SqlConnection& connection) {
  TRY(connection.run("DELETE FROM session_reports WHERE session_id NOT IN (SELECT id FROM sessions)", {}));
  TRY(
      connection.run("DELETE FROM session_reports WHERE session_id NOT IN "
                     "(SELECT session_id FROM session_reports ORDER BY updated_s DESC LIMIT $1)",
                     {kMostReports}));
  return {};
}

}  // namespace vitrine::broker
