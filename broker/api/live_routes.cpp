// What administrators' pages follow while they are looked at, and what can be done to a running session.
#include <fmt/format.h>

#include <charconv>
#include <set>

#include "broker/api/router.h"
#include "broker/provision/measure_json.h"
#include "broker/session/live_sessions.h"
#include "protocol/base/utf8.h"
#include "protocol/limits.h"

namespace vitrine::broker {

namespace {

constexpr int64_t kMostLiveRows = 1000;  // of one answer: about 700 bytes each
constexpr int64_t kMostActions = 2000;   // a page that missed more than these reads everything anew
constexpr int64_t kLongestTime = 1LL << 40;
constexpr size_t kLongestMessage = 500;  // characters, a dozen lines on a phone
static_assert(kLongestMessage * 4 <= kMaxNotice);

// The value of the first `name=` behind the question mark; empty when there is none. For numbers and ids, which need no
// escapes.
std::string_view query_value(std::string_view target, std::string_view name) {
  const size_t start = target.find('?');
  if (start == std::string_view::npos) return {};
  std::string_view rest = target.substr(start + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) return pair.substr(name.size() + 1);
    rest.remove_prefix(pair.size() == rest.size() ? pair.size() : pair.size() + 1);
  }
  return {};
}

// Errors: invalid_argument, with the range.
Result<int64_t> query_number(std::string_view target, std::string_view name, int64_t otherwise, int64_t least,
                             int64_t most) {
  const std::string_view text = query_value(target, name);
  if (text.empty()) return otherwise;
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("{} is a number from {} to {}.", name, least, most)};
  }
  return number;
}

// Sums and counts, so that whoever follows can tell the last ten seconds from the last ten hours.
Json times_json(const LatencyHistogram& times) {
  return {{"count", times.count()},
          {"sum_ms", static_cast<double>(times.sum_us()) / 1000.0},
          {"p50_ms", static_cast<double>(times.quantile(0.5)) / 1000.0},
          {"p95_ms", static_cast<double>(times.quantile(0.95)) / 1000.0}};
}

Json live_json(ApiRequest& request, const LiveSession& live) {
  const Session& session = live.session;
  Json item = {{"session", session.id},
               {"user", session.user},
               {"display_name", live.display_name.empty() ? session.user : live.display_name},
               {"resource", session.resource},
               {"name", session.name},
               {"kind", live.app ? "app" : "desktop"},
               {"pool", live.pool},
               {"desktop", session.desktop},
               {"state", life_name(session.state())},
               {"detail", session.detail()},
               {"started_s", session.started_s},
               {"changed_s", session.changed_s},
               {"address", live.place.address},
               {"browser", live.place.browser},
               {"viewers", 0},
               {"width", 0},
               {"height", 0},
               {"measure", nullptr}};
  if (const auto report = request.services.sessions.report_of(session.desktop)) {
    item.update({{"viewers", report->viewers}, {"width", report->width}, {"height", report->height}});
  }
  if (live.measure) {
    item["measure"] = {{"measured_s", live.measured_s},
                       {"bytes_down", live.measure->bytes_down},
                       {"bytes_up", live.measure->bytes_up},
                       {"peak_mbit_s", static_cast<double>(live.measure->peak_bits_second) / 1e6},
                       {"connected_s", live.measure->connected_us / 1'000'000},
                       {"inputs", live.measure->inputs},
                       {"reconnects", live.measure->reconnects},
                       {"response", times_json(live.measure->response)},
                       {"round_trip", times_json(live.measure->rtt)}};
  }
  return item;
}

// The kinds of recorded actions after number `after`; null when too many to look through.
Result<Json> actions_after(SqlConnection& connection, int64_t after, int64_t newest) {
  if (newest - after > kMostActions) return Json();
  const SqlResult result = TRY(connection.run("SELECT action FROM audit WHERE number > $1", {after}));
  std::set<std::string> actions;
  for (const SqlRow& row : result.rows) actions.insert(row.text(0));
  return Json(actions);
}

Result<HttpResponse> get_live(ApiRequest& request) {
  const std::string& target = request.http.target;
  const int64_t since_s = TRY(query_number(target, "since", 0, 0, kLongestTime));
  const int64_t seen = TRY(query_number(target, "audit", -1, -1, kLongestTime));
  const int64_t limit = TRY(query_number(target, "limit", kMostLiveRows, 1, kMostLiveRows));
  const std::string after(query_value(target, "after"));
  const Database::Lease connection = TRY(request.services.database.lease());
  const SqlResult last = TRY(connection->run("SELECT MAX(number) FROM audit", {}));
  const int64_t newest = last.rows.front().integer(0);
  Json body = {{"now_s", request.now_s}, {"audit", newest}, {"actions", nullptr}, {"next", nullptr}};
  if (seen >= 0) body["actions"] = TRY(actions_after(*connection, seen, newest));
  Json sessions = Json::array();
  for (const LiveSession& live : TRY(live_sessions(*connection, since_s, after, limit))) {
    sessions.push_back(live_json(request, live));
  }
  if (static_cast<int64_t>(sessions.size()) == limit) body["next"] = sessions.back()["session"];
  body["sessions"] = std::move(sessions);
  Json ended = Json::array();
  if (since_s > 0 && after.empty()) {
    for (const EndedSession& one : TRY(ended_sessions(*connection, since_s, kMostLiveRows + 1))) {
      ended.push_back({{"session", one.id}, {"reason", one.reason}});
    }
  }
  // More have ended than are told one by one: start anew.
  body["whole"] = static_cast<int64_t>(ended.size()) <= kMostLiveRows;
  body["ended"] = std::move(ended);
  return json_response(200, body);
}

Result<Session> running_session(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  auto session = TRY(find_session(*connection, request.path["id"]));
  if (session && session->ended_s == 0) return std::move(*session);
  return Error{ErrorCode::kNotFound,
               fmt::format("No session \"{}\" is running. See: vitrine session list", request.path["id"])};
}

Result<HttpResponse> get_live_session(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  const auto live = TRY(find_live_session(*connection, request.path["id"]));
  if (!live) {
    return Error{ErrorCode::kNotFound, fmt::format("No session \"{}\" is running.", request.path["id"])};
  }
  return json_response(200, {{"now_s", request.now_s}, {"session", live_json(request, *live)}});
}

Result<HttpResponse> post_message(ApiRequest& request) {
  const std::string text = text_field(request.body, "text");
  if (!has_characters(text, 1, kLongestMessage)) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("A message needs 1 to {} characters.", kLongestMessage)};
  }
  const Session session = TRY(running_session(request));
  request.audit_target = session.user + "/" + session.resource + " " + session.id;
  TRY(request.services.sessions.notify(session, text));
  return empty_response();
}

Result<HttpResponse> post_disconnect(ApiRequest& request) {
  const Session session = TRY(running_session(request));
  request.audit_target = session.user + "/" + session.resource + " " + session.id;
  TRY(request.services.sessions.disconnect(
      session,
      text_field(request.body, "reason", "An administrator disconnected you. What you have open keeps running.")));
  return empty_response();
}

constexpr Route kLiveRoutes[] = {
    {"GET", "/api/admin/live", Access::kAdmin, nullptr, get_live},
    {"GET", "/api/admin/live/:id", Access::kAdmin, nullptr, get_live_session},
    {"POST", "/api/admin/sessions/:id/message", Access::kAdmin, "session.message", post_message},
    {"POST", "/api/admin/sessions/:id/disconnect", Access::kAdmin, "session.disconnect", post_disconnect},
};

}  // namespace

std::span<const Route> live_routes() {
  return kLiveRoutes;
}

}  // namespace vitrine::broker
