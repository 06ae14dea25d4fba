// The site as one document.
#include <fmt/format.h>

#include "broker/api/router.h"
#include "broker/catalogue/site.h"
#include "broker/identity/providers.h"

namespace vitrine::broker {

namespace {

Result<HttpResponse> get_site(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  const SqlTransaction snapshot = TRY(SqlTransaction::begin(*connection, SqlPurpose::kRead));
  return json_response(200, TRY(export_site({*connection, request.services.sealer, request.now_s})));
}

// Sessions of pools and apps that were removed, and of users nobody vouches for any more.
Result<void> end_what_is_gone(ApiRequest& request, const std::vector<SiteChange>& changes) {
  SessionService& sessions = request.services.sessions;
  for (const SiteChange& change : changes) {
    if (!change.after.is_null()) continue;
    if (change.section == "pools" || change.section == "apps") {
      TRY(sessions.end_all_of_resource(change.key, "This was removed by an administrator.", request.asker,
                                       request.now_s));
    }
    if (change.section != "providers") continue;
    std::vector<std::string> users;
    {
      const Database::Lease connection = TRY(request.services.database.lease());
      users = TRY(ids_of_provider(*connection, change.key));
    }
    for (const std::string& user : users) {
      TRY(sessions.end_all_of(user, "The way you signed in was removed.", request.asker, request.now_s));
    }
  }
  return {};
}

Result<HttpResponse> put_site(ApiRequest& request) {
  const auto wish = request.query.find("dry_run");
  const bool dry = wish != request.query.end() && wish->second != "0";
  std::vector<SiteChange> changes;
  {
    const Database::Lease connection = TRY(request.services.database.lease());
    SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
    changes = TRY(apply_site({*connection, request.services.sealer, request.now_s}, request.body));
    if (!dry) TRY(transaction.commit());
  }
  Json list = Json::array();
  for (const SiteChange& change : changes) {
    list.push_back(
        {{"section", change.section}, {"key", change.key}, {"before", change.before}, {"after", change.after}});
  }
  request.audit_target = fmt::format("{}{} changes", dry ? "dry run, " : "", changes.size());
  if (!dry) TRY(end_what_is_gone(request, changes));
  return json_response(200, {{"changes", list}, {"applied", !dry}});
}

constexpr Route kSiteRoutes[] = {
    {"GET", "/api/admin/site", Access::kAdmin, nullptr, get_site},
    {"PUT", "/api/admin/site", Access::kAdmin, "site.apply", put_site},
};

}  // namespace

std::span<const Route> site_routes() {
  return kSiteRoutes;
}

}  // namespace vitrine::broker
