// Pools, for administrators: how they keep their desktops, and how they are doing.
#include <fmt/format.h>

#include "broker/api/router.h"
#include "broker/pools/desktop_life.h"
#include "broker/pools/pools.h"

namespace vitrine::broker {

namespace {

Json pool_json(const PoolSettings& pool, const PoolCount& count) {
  Json json = {{"id", pool.id},
               {"name", pool.name},
               {"living", count.living},
               {"ready", count.ready},
               {"state", pool_sentence(pool, count)}};
  json.update(pool_settings_to(pool));
  return json;
}

Result<PoolSettings> pool_of_path(ApiRequest& request, SqlConnection& connection) {
  auto pool = TRY(find_pool(connection, request.path["id"]));
  if (!pool) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("There is no pool \"{}\". See: vitrine pool status", request.path["id"])};
  }
  return std::move(*pool);
}

Result<HttpResponse> get_pools(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  Json list = Json::array();
  for (const PoolSettings& pool : TRY(list_pools(*connection))) {
    list.push_back(pool_json(pool, TRY(count_pool(*connection, pool.id))));
  }
  return json_response(200, {{"pools", list}});
}

Result<HttpResponse> get_pool(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  const PoolSettings pool = TRY(pool_of_path(request, *connection));
  Json body = pool_json(pool, TRY(count_pool(*connection, pool.id)));
  Json desktops = Json::array();
  for (const DesktopRow& row : TRY(living_desktops(*connection))) {
    if (row.pool != pool.id) continue;
    const auto user =
        row.prepared_for.empty() ? std::optional<User>() : TRY(find_user_by_id(*connection, row.prepared_for));
    desktops.push_back({{"id", row.id},
                        {"prepared_for", user ? Json(user->name) : Json()},
                        {"resource", row.resource},
                        {"state", life_name(row.life)},
                        {"since_s", row.changed_s},
                        {"broker", row.lease_owner}});
  }
  body["desktops"] = desktops;
  return json_response(200, body);
}

Result<HttpResponse> put_pool(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  const PoolSettings before = TRY(pool_of_path(request, *connection));
  const PoolSettings pool = TRY(change_pool(before, request.body));
  TRY(save_pool(*connection, pool));
  const PoolCount count = TRY(count_pool(*connection, pool.id));
  TRY(transaction.commit());
  return json_response(200, pool_json(pool, count));
}

constexpr Route kPoolRoutes[] = {
    {"GET", "/api/admin/pools", Access::kAdmin, nullptr, get_pools},
    {"GET", "/api/admin/pools/:id", Access::kAdmin, nullptr, get_pool},
    {"PUT", "/api/admin/pools/:id", Access::kAdmin, "pool.set", put_pool},
};

}  // namespace

std::span<const Route> pool_routes() {
  return kPoolRoutes;
}

}  // namespace vitrine::broker
