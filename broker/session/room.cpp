#include "broker/session/room.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "broker/pools/desktop_life.h"
#include "broker/store/settings.h"

namespace vitrine::broker {

namespace {

Error server_full(int64_t limit) {
  return {ErrorCode::kExhausted, fmt::format("All {} desktops of this server are in use. Try again later.", limit)};
}

Error others_first(const PoolSettings& pool, int64_t ahead) {
  return {ErrorCode::kExhausted,
          fmt::format("{}: {} {} waiting for a desktop before you.", pool.name, ahead, ahead == 1 ? "is" : "are")};
}

// Desktops of the pool, or of all when it is empty, that were prepared for people who have not come yet.
Result<int64_t> count_prepared(SqlConnection& connection, const std::string& pool) {
  const SqlResult found = TRY(connection.run(
      "SELECT COUNT(*) FROM desktops WHERE prepared_for <> '' AND state IN ('ready', 'provisioning') AND "
      "($1 = '' OR pool_id = $1) AND NOT EXISTS (SELECT 1 FROM sessions WHERE desktop_id = desktops.id)",
      {pool}));
  return found.rows.front().integer(0);
}

}  // namespace

Result<void> check_server_room(SqlConnection& connection) {
  const int64_t limit = TRY(read_number_setting(connection, kMaxDesktops));
  if (TRY(count_living_desktops(connection)) < limit) return {};
  return server_full(limit);
}

Result<Room> find_room(SqlConnection& connection, const std::optional<PoolSettings>& pool, const Waiter& waiter,
                       int64_t now_s) {
  Room room;
  const bool whole = pool && waiter.resource == waiter.pool;  // no app
  const bool anybodys = pool && pool->kind == PoolKind::kDisposable;
  if (whole && !anybodys) room.spare = TRY(take_spare(connection, *pool, waiter.user_id, now_s));
  if (room.spare) return room;

  const int64_t limit = TRY(read_number_setting(connection, kMaxDesktops));
  const int64_t server_free = limit - TRY(count_living_desktops(connection));
  const PoolCount count = TRY(count_pool(connection, waiter.pool));
  const bool limited = pool && pool->max_desktops > 0;
  const int64_t pool_free = limited ? pool->max_desktops - count.living : std::numeric_limits<int32_t>::max();
  const int64_t spares = whole && anybodys ? count.ready : 0;
  const std::string narrow = pool_free <= 0 ? waiter.pool : "";  // where a desktop has to go for another to come
  const int64_t places = std::max<int64_t>(std::min(pool_free, server_free), 0) +
                         TRY(count_prepared(connection, limited ? waiter.pool : "")) + spares;
  const int64_t ahead = TRY(count_ahead(connection, waiter, now_s));
  const bool turn = !pool || ahead == 0 || ahead < places;
  if (turn && spares > 0) room.spare = TRY(take_spare(connection, *pool, waiter.user_id, now_s));
  if (turn && (room.spare || (pool_free > 0 && server_free > 0))) return room;
  if (turn) room.evicted = TRY(evict_prepared(connection, narrow, now_s));
  if (room.evicted) return room;
  const bool pool_full = limited && (pool_free <= 0 || server_free > 0);
  room.in_use = pool_full ? count.living : limit - server_free;
  room.most = pool_full ? pool->max_desktops : limit;
  const bool by_numbers = pool_free <= 0 || server_free <= 0;
  room.full = !by_numbers      ? others_first(*pool, ahead)
              : pool_free <= 0 ? check_room(*pool, count).error()
                               : server_full(limit);
  return room;
}

}  // namespace vitrine::broker
