// Policies of the site, of pools and of grants, and the explanation of what they come to.
#include <fmt/format.h>

#include "broker/api/query.h"
#include "broker/api/router.h"
#include "broker/catalogue/policy_store.h"

namespace vitrine::broker {

namespace {

Json place_json(const PolicyPlace& place) {
  switch (place.kind) {
    case PolicyPlace::Kind::kSite: return {{"of", "site"}};
    case PolicyPlace::Kind::kPool: return {{"of", "pool"}, {"pool", place.resource}};
    case PolicyPlace::Kind::kGrant: break;
  }
  return {{"of", "grant"}, {"resource", place.resource}, {place.to.group ? "group" : "user", place.to.subject}};
}

Json settings_json() {
  Json list = Json::array();
  for (const PolicySetting& setting : policy_settings()) {
    static constexpr const char* kKinds[] = {"choice", "duration", "count", "hours", "networks", "kinds", "choice"};
    list.push_back({{"name", setting.name},
                    {"kind", kKinds[static_cast<size_t>(setting.kind)]},
                    {"enforced", setting.enforced},
                    {"least", setting.least},
                    {"most", setting.most},
                    {"sentence", setting.sentence}});
  }
  return list;
}

Result<HttpResponse> get_policies(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  Json list = Json::array();
  for (const StoredPolicy& stored : TRY(list_policies(*connection, true))) {
    list.push_back({{"place", place_json(stored.place)}, {"policy", stored.policy}});
  }
  return json_response(200, {{"policies", list}, {"settings", settings_json()}, {"rule", kPolicyRule}});
}

Result<PolicyPlace> place_of_path(ApiRequest& request) {
  auto& path = request.path;
  if (path.contains("pool")) return PolicyPlace{PolicyPlace::Kind::kPool, path["pool"], {}};
  if (!path.contains("kind")) return PolicyPlace{};
  if (path["kind"] != "user" && path["kind"] != "group") {
    return Error{ErrorCode::kInvalidArgument, "A grant is one to a user or to a group."};
  }
  return PolicyPlace{PolicyPlace::Kind::kGrant, path["id"], {path["kind"] == "group", normal_name(path["subject"])}};
}

Result<HttpResponse> get_policy(ApiRequest& request) {
  const PolicyPlace place = TRY(place_of_path(request));
  const Database::Lease connection = TRY(request.services.database.lease());
  return json_response(200, {{"place", place_json(place)}, {"policy", TRY(policy_at(*connection, place))}});
}

Result<HttpResponse> put_policy(ApiRequest& request) {
  const PolicyPlace place = TRY(place_of_path(request));
  request.audit_target = place_to_people(place);
  const Database::Lease connection = TRY(request.services.database.lease());
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  const Json before = TRY(policy_at(*connection, place));
  const Json policy = TRY(set_policy(*connection, place, request.body));
  TRY(transaction.commit());
  const auto shown = [](const Json& one) { return one.empty() ? std::string("nothing") : policy_to_people(one); };
  request.audit_detail = fmt::format("from {} to {}", shown(before), shown(policy));
  return json_response(200, {{"place", place_json(place)}, {"policy", policy}});
}

Json setting_json(const ResolvedSetting& one) {
  const std::string name(one.setting->name);
  std::string shown;
  if (one.value.is_array() && one.setting->kind != SettingKind::kChoice) {
    for (const Json& part : one.value) shown += (shown.empty() ? "" : " and ") + value_to_people(*one.setting, part);
  } else {
    shown = value_to_people(*one.setting, one.value);
  }
  return {{"name", name}, {"value", one.value}, {"shown", shown}, {"sources", one.sources}, {"why", one.why}};
}

// What would come of opening it at that time, from that address; "yes", or the reason.
Json outcome_json(const User& user, const Standing& standing, const Circumstances& now) {
  std::optional<Error> refused;
  if (user.disabled) {
    refused = Error{ErrorCode::kForbidden, "The account is disabled."};
  } else if (!standing.granted) {
    refused = Error{ErrorCode::kNotFound, "No grant lets the user open it."};
  } else {
    refused = refusal(standing.rules, now);
  }
  if (!refused) return {{"allowed", true}, {"code", "ok"}, {"reason", "It may be opened."}};
  return {{"allowed", false}, {"code", error_code_name(refused->code)}, {"reason", refused->message}};
}

Result<HttpResponse> get_explain(ApiRequest& request) {
  const auto query = TRY(query_of(request.http.target, {"user", "resource", "at", "from", "second_factor"}));
  const auto text = [&](const char* name) { return query.contains(name) ? query.at(name) : std::string(); };
  if (text("user").empty() || text("resource").empty()) {
    return Error{ErrorCode::kInvalidArgument, "Say who and what: ?user=NAME&resource=ID, and if you like at and from."};
  }
  const auto at = TRY(time_in(query, "at"));
  Circumstances now{.now_s = at.value_or(request.now_s), .address = {}, .second_factor_s = {}};
  if (query.contains("from")) now.address = text("from");
  if (const auto age_s = TRY(number_in(query, "second_factor", 0, int64_t{1} << 40))) {
    now.second_factor_s = now.now_s - *age_s;
  }
  const Database::Lease connection = TRY(request.services.database.lease());
  const auto user = TRY(find_user(*connection, text("user")));
  if (!user) return Error{ErrorCode::kNotFound, fmt::format("There is no user \"{}\".", text("user").substr(0, 64))};
  const auto resource = TRY(find_resource(*connection, text("resource")));
  if (!resource) {
    return Error{ErrorCode::kNotFound, fmt::format("There is no pool or app \"{}\".", text("resource").substr(0, 64))};
  }
  const Standing standing = TRY(standing_of(*connection, *user, *resource));
  Json grants = Json::array();
  for (const PolicyLayer& layer : standing.layers) {
    grants.push_back({{"source", layer.source}, {"policy", layer.policy}, {"says", policy_to_people(layer.policy)}});
  }
  Json settings = Json::array();
  for (const ResolvedSetting& one : standing.settings) settings.push_back(setting_json(one));
  return json_response(200, {{"user", user->name},
                             {"resource", resource->id},
                             {"rule", kPolicyRule},
                             {"granted", standing.granted},
                             {"sources", grants},
                             {"settings", settings},
                             {"at_s", now.now_s},
                             {"outcome", outcome_json(*user, standing, now)}});
}

constexpr Route kPolicyRoutes[] = {
    {"GET", "/api/admin/policies", Access::kAdmin, nullptr, get_policies},
    {"GET", "/api/admin/policies/site", Access::kAdmin, nullptr, get_policy},
    {"PUT", "/api/admin/policies/site", Access::kAdmin, "policy.set", put_policy},
    {"GET", "/api/admin/policies/pools/:pool", Access::kAdmin, nullptr, get_policy},
    {"PUT", "/api/admin/policies/pools/:pool", Access::kAdmin, "policy.set", put_policy},
    {"GET", "/api/admin/policies/grants/:id/:kind/:subject", Access::kAdmin, nullptr, get_policy},
    {"PUT", "/api/admin/policies/grants/:id/:kind/:subject", Access::kAdmin, "policy.set", put_policy},
    {"GET", "/api/admin/explain", Access::kAdmin, nullptr, get_explain},
};

}  // namespace

std::span<const Route> policy_routes() {
  return kPolicyRoutes;
}

}  // namespace vitrine::broker
