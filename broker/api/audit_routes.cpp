// Reading and keeping the audit log.
#include <fmt/format.h>

#include "broker/api/query.h"
#include "broker/api/router.h"
#include "broker/store/audit_keeper.h"
#include "broker/store/settings.h"

namespace vitrine::broker {

namespace {

constexpr int64_t kMostRows = 1000;  // of one page
constexpr const char* kRetention = "audit_retention_days";

Json record_json(const AuditRecord& record) {
  const AuditEntry& entry = record.entry;
  return {{"number", record.number},  {"time_s", record.time_s}, {"actor", entry.actor},
          {"address", entry.address}, {"action", entry.action},  {"target", entry.target},
          {"outcome", entry.outcome}, {"detail", entry.detail},  {"hash", record.hash}};
}

Result<HttpResponse> get_audit(ApiRequest& request) {
  const auto query = TRY(query_of(
      request.http.target, {"after", "before", "limit", "since", "until", "actor", "action", "target", "outcome"}));
  const auto text = [&](const char* name) { return query.contains(name) ? query.at(name) : std::string(); };
  AuditQuery wanted{.after = TRY(number_in(query, "after", 0, INT64_MAX)),
                    .before = TRY(number_in(query, "before", 0, INT64_MAX)),
                    .since_s = TRY(time_in(query, "since")),
                    .until_s = TRY(time_in(query, "until")),
                    .actor = text("actor"),
                    .action = text("action"),
                    .target = text("target"),
                    .outcome = text("outcome"),
                    .limit = TRY(number_in(query, "limit", 1, kMostRows)).value_or(100)};
  if (wanted.after && wanted.before) {
    return Error{ErrorCode::kInvalidArgument, "Ask for rows after one number or before one, not both."};
  }
  ++wanted.limit;  // one more tells whether there is another page
  const Database::Lease connection = TRY(request.services.database.lease());
  std::vector<AuditRecord> records = TRY(find_audit(*connection, wanted));
  const bool more = static_cast<int64_t>(records.size()) == wanted.limit;
  if (more) records.pop_back();
  Json list = Json::array();
  for (const AuditRecord& record : records) list.push_back(record_json(record));
  return json_response(200, {{"records", list}, {"next", more ? Json(records.back().number) : Json()}});
}

Result<HttpResponse> get_verify(ApiRequest& request) {
  const auto query = TRY(query_of(request.http.target, {"number", "hash"}));
  std::optional<AuditPlace> expected;
  if (const auto number = TRY(number_in(query, "number", 1, INT64_MAX))) {
    expected = AuditPlace{*number, query.contains("hash") ? query.at("hash") : ""};
  }
  Result<AuditPlace> end = Error{};
  if (request.services.audit != nullptr) {
    end = request.services.audit->verify(expected);
  } else {
    const Database::Lease connection = TRY(request.services.database.lease());
    end = verify_audit(*connection, expected);
  }
  // A broken log is an answer here, not a failure of the request.
  if (!end.ok() && end.error().code == ErrorCode::kMalformed) {
    return json_response(200, {{"holds", false}, {"fault", end.error().message}});
  }
  if (!end.ok()) return end.error();
  const Database::Lease connection = TRY(request.services.database.lease());
  const int64_t removed = TRY(audit_anchor(*connection)).place.number;
  return json_response(200, {{"holds", true},
                             {"rows", end.value().number - removed},
                             {"removed", removed},
                             {"number", end.value().number},
                             {"hash", end.value().hash}});
}

Result<HttpResponse> get_retention(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  return json_response(200, {{"days", TRY(read_number_setting(*connection, kRetention, 0))}});
}

Result<HttpResponse> put_retention(ApiRequest& request) {
  const int64_t days = number_field(request.body, "days", -1);
  if (days < 0 || days > kMostRetentionDays) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("days is a number from 1 to {}, or 0 to keep everything.", kMostRetentionDays)};
  }
  {
    const Database::Lease connection = TRY(request.services.database.lease());
    TRY(write_setting(*connection, kRetention, std::to_string(days)));
  }
  request.audit_detail = days == 0 ? "everything is kept" : fmt::format("{} days", days);
  const int64_t removed = request.services.audit != nullptr ? TRY(request.services.audit->trim(request.now_s)) : 0;
  return json_response(200, {{"days", days}, {"removed", removed}});
}

constexpr Route kAuditRoutes[] = {
    {"GET", "/api/admin/audit", Access::kAdmin, nullptr, get_audit},
    {"GET", "/api/admin/audit/verify", Access::kAdmin, nullptr, get_verify},
    {"GET", "/api/admin/audit/retention", Access::kAdmin, nullptr, get_retention},
    {"PUT", "/api/admin/audit/retention", Access::kAdmin, "audit.retention", put_retention},
};

}  // namespace

std::span<const Route> audit_routes() {
  return kAuditRoutes;
}

}  // namespace vitrine::broker
