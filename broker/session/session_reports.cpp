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

Result<std::vector<SessionReport>> newest_reports(SqlConnection& connection, const Page& page) {
  const PagedQuery query =
      TRY(paged("SELECT session_reports.session_id, measure, updated_s, user_name, resource, started_s, ended_s FROM "
                "session_reports JOIN sessions ON sessions.id = session_reports.session_id",
                "", {}, {{"updated_s", SqlKey::kInteger}, {"session_id", SqlKey::kText}}, SqlOrder::kDown, page));
  const SqlResult found = TRY(connection.run(query.sql, query.values));
  std::vector<SessionReport> reports;
  for (const SqlRow& row : found.rows) {
    const auto json = parse_object(row.text(1));
    SessionReport& report = reports.emplace_back();
    report.measure = json.ok() ? measure_from_json(json.value()) : SessionMeasure();
    report.updated_s = row.integer(2);
    report.session.id = row.text(0);
    report.session.user = row.text(3);
    report.session.resource = row.text(4);
    report.session.started_s = row.integer(5);
    report.session.ended_s = row.integer(6);
  }
  return reports;
}

SqlValues report_key(const SessionReport& report) {
  return {report.updated_s, report.session.id};
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
