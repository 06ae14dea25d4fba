#include "broker/session/live_sessions.h"

#include "broker/provision/measure_json.h"

namespace vitrine::broker {

namespace {

constexpr size_t kMostBrowser = 300;

constexpr std::string_view kSelectLive =
    "SELECT sessions.id, sessions.user_id, sessions.user_name, sessions.resource, sessions.resource_name, "
    "sessions.desktop_id, sessions.started_s, desktops.state, desktops.detail, desktops.changed_s, users.display_name, "
    "desktops.pool_id, apps.id, sessions.address, sessions.browser, session_reports.measure, session_reports.updated_s "
    "FROM sessions JOIN desktops ON desktops.id = sessions.desktop_id "
    "LEFT JOIN users ON users.id = sessions.user_id LEFT JOIN apps ON apps.id = sessions.resource "
    "LEFT JOIN session_reports ON session_reports.session_id = sessions.id WHERE sessions.ended_s IS NULL ";

LiveSession live_from(const SqlRow& row) {
  LiveSession live{.session = {.id = row.text(0),
                               .user_id = row.text(1),
                               .user = row.text(2),
                               .resource = row.text(3),
                               .name = row.text(4),
                               .desktop = row.text(5),
                               .started_s = row.integer(6),
                               .ended_s = 0,
                               .end_reason = "",
                               .life = life_from_name(row.text(7)),
                               .desktop_detail = row.text(8),
                               .changed_s = row.integer(9)},
                   .display_name = row.text(10),
                   .pool = row.text(11),
                   .app = !row.null(12),
                   .place = {.address = row.text(13), .browser = row.text(14)},
                   .measure = std::nullopt,
                   .measured_s = row.integer(16)};
  if (row.null(15)) return live;
  const auto json = parse_object(row.text(15));
  if (json.ok()) live.measure = measure_from_json(json.value());
  return live;
}

Result<std::vector<LiveSession>> select(SqlConnection& connection, std::string_view where, const SqlValues& values) {
  const SqlResult result = TRY(connection.run(std::string(kSelectLive).append(where), values));
  std::vector<LiveSession> list;
  for (const SqlRow& row : result.rows) list.push_back(live_from(row));
  return list;
}

}  // namespace

Result<void> note_place(SqlConnection& connection, const std::string& session, const SessionPlace& place,
                        int64_t now_s) {
  TRY(connection.run("UPDATE sessions SET address = $2, browser = $3, seen_s = $4 WHERE id = $1",
                     {session, place.address, place.browser.substr(0, kMostBrowser), now_s}));
  return {};
}

Result<std::vector<LiveSession>> live_sessions(SqlConnection& connection, int64_t since_s, const std::string& after,
                                               int64_t limit) {
  return select(connection,
                "AND sessions.id > $1 AND (sessions.started_s >= $2 OR sessions.seen_s >= $2 OR desktops.changed_s >= "
                "$2 OR session_reports.updated_s >= $2) ORDER BY sessions.id LIMIT $3",
                {after, since_s, limit});
}

Result<std::optional<LiveSession>> find_live_session(SqlConnection& connection, const std::string& id) {
  std::vector<LiveSession> found = TRY(select(connection, "AND sessions.id = $1", {id}));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

Result<std::vector<EndedSession>> ended_sessions(SqlConnection& connection, int64_t since_s, int64_t limit) {
  const SqlResult result = TRY(connection.run(
      "SELECT id, end_reason FROM sessions WHERE ended_s >= $1 ORDER BY ended_s DESC, id LIMIT $2", {since_s, limit}));
  std::vector<EndedSession> ended;
  for (const SqlRow& row : result.rows) ended.push_back({row.text(0), row.text(1)});
  return ended;
}

}  // namespace vitrine::broker
