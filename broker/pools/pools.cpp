#include "broker/pools/pools.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "broker/pools/desktop_life.h"
#include "protocol/base/utf8.h"

namespace vitrine::broker {

namespace {

constexpr std::array<std::pair<PoolKind, std::string_view>, 3> kKinds = {{
    {PoolKind::kPersistent, "persistent"},
    {PoolKind::kFloating, "floating"},
    {PoolKind::kDisposable, "disposable"},
}};
constexpr int64_t kMostDesktops = 10'000;
constexpr int64_t kMostSpares = 100;  // each takes 60-150 MB
constexpr int64_t kMostRebuildS = 30 * 24 * 3600;
constexpr int64_t kLeastRebuildS = 60;
constexpr size_t kLongestMessage = 500;

constexpr std::string_view kSelect =
    "SELECT id, name, kind, spares, max_desktops, draining, message, template, rebuild_s FROM pools ";

PoolSettings pool_from(const SqlRow& row) {
  const auto kind = std::ranges::find_if(kKinds, [&](const auto& item) { return item.second == row.text(2); });
  return {.id = row.text(0),
          .name = row.text(1),
          .kind = kind == kKinds.end() ? PoolKind::kPersistent : kind->first,
          .spares = row.integer(3),
          .max_desktops = row.integer(4),
          .draining = row.truth(5),
          .message = row.text(6),
          .home_template = row.text(7),
          .rebuild_s = row.integer(8)};
}

Result<void> change_number(const Json& changes, const char* key, int64_t most, int64_t& value) {
  const auto given = changes.find(key);
  if (given == changes.end()) return {};
  if (!given->is_number_integer() || given->get<int64_t>() < 0 || given->get<int64_t>() > most) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("\"{}\" is a number from 0 to {}.", key, most)};
  }
  value = given->get<int64_t>();
  return {};
}

Result<void> change_text(const Json& changes, const char* key, std::string& value) {
  const auto given = changes.find(key);
  if (given == changes.end()) return {};
  if (!given->is_string() || !has_characters(given->get_ref<const std::string&>(), 0, kLongestMessage)) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("\"{}\" is a text of at most {} characters.", key, kLongestMessage)};
  }
  value = given->get<std::string>();
  return {};
}

Result<void> check_pool(const PoolSettings& pool) {
  const bool disposable = pool.kind == PoolKind::kDisposable;
  if (!disposable && (!pool.home_template.empty() || pool.rebuild_s > 0)) {
    return Error{ErrorCode::kUnsupported,
                 "A template and rebuilding are for disposable pools: other desktops have the home folder of the one "
                 "who asks. Set --kind disposable, or leave them out."};
  }
  if (pool.max_desktops > 0 && pool.spares > pool.max_desktops) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("{} spares do not fit in a pool of at most {} desktops.", pool.spares, pool.max_desktops)};
  }
  if (!pool.home_template.empty() && !pool.home_template.starts_with('/')) {
    return Error{ErrorCode::kInvalidArgument, "The template is a folder's full path, like /srv/templates/lab."};
  }
  if (pool.rebuild_s > 0 && pool.rebuild_s < kLeastRebuildS) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("Spares can be rebuilt every {} seconds at the most often.", kLeastRebuildS)};
  }
  return {};
}

}  // namespace

std::string_view pool_kind_name(PoolKind kind) {
  return std::ranges::find_if(kKinds, [&](const auto& item) { return item.first == kind; })->second;
}

Result<std::optional<PoolSettings>> find_pool(SqlConnection& connection, const std::string& id) {
  const SqlResult result = TRY(connection.run(std::string(kSelect).append("WHERE id = $1"), {id}));
  if (result.rows.empty()) return std::optional<PoolSettings>();
  return std::optional(pool_from(result.rows.front()));
}

Result<std::vector<PoolSettings>> list_pools(SqlConnection& connection) {
  const SqlResult result = TRY(connection.run(std::string(kSelect).append("ORDER BY id"), {}));
  std::vector<PoolSettings> pools;
  for (const SqlRow& row : result.rows) pools.push_back(pool_from(row));
  return pools;
}

Result<void> save_pool(SqlConnection& connection, const PoolSettings& pool) {
  TRY(connection.run(
      "UPDATE pools SET kind = $2, spares = $3, max_desktops = $4, draining = $5, message = $6, template = $7, "
      "rebuild_s = $8 WHERE id = $1",
      {pool.id, std::string(pool_kind_name(pool.kind)), pool.spares, pool.max_desktops, int64_t{pool.draining},
       pool.message, pool.home_template, pool.rebuild_s}));
  return {};
}

Result<PoolSettings> change_pool(PoolSettings pool, const Json& changes) {
  if (changes.contains("kind")) {
    const std::string wanted = text_field(changes, "kind");
    const auto kind = std::ranges::find_if(kKinds, [&](const auto& item) { return item.second == wanted; });
    if (kind == kKinds.end()) {
      return Error{ErrorCode::kInvalidArgument, "The kind is persistent, floating or disposable."};
    }
    pool.kind = kind->first;
  }
  TRY(change_number(changes, "spares", kMostSpares, pool.spares));
  TRY(change_number(changes, "max", kMostDesktops, pool.max_desktops));
  TRY(change_number(changes, "rebuild_s", kMostRebuildS, pool.rebuild_s));
  TRY(change_text(changes, "message", pool.message));
  TRY(change_text(changes, "template", pool.home_template));
  pool.draining = truth_field(changes, "draining", pool.draining);
  TRY(check_pool(pool));
  return pool;
}

Json pool_settings_to(const PoolSettings& pool) {
  return {{"kind", pool_kind_name(pool.kind)}, {"spares", pool.spares},   {"max", pool.max_desktops},
          {"draining", pool.draining},         {"message", pool.message}, {"template", pool.home_template},
          {"rebuild_s", pool.rebuild_s}};
}

Result<PoolCount> count_pool(SqlConnection& connection, const std::string& pool) {
  const SqlResult result = TRY(connection.run(
      "SELECT state, COUNT(*), SUM(CASE WHEN id IN (SELECT desktop_id FROM sessions) THEN 0 ELSE 1 END) FROM desktops "
      "WHERE pool_id = $1 AND state NOT IN ('failed', 'ended') GROUP BY state",
      {pool}));
  PoolCount count;
  for (const SqlRow& row : result.rows) {
    const DesktopLife life = life_from_name(row.text(0));
    // One that is being taken down takes no room that anybody would have to wait for.
    if (life == DesktopLife::kRecycling) continue;
    count.living += row.integer(1);
    if (life == DesktopLife::kReady) count.ready += row.integer(1);
    if (life == DesktopLife::kProvisioning) count.coming += row.integer(2);
  }
  return count;
}

std::string pool_sentence(const PoolSettings& pool, const PoolCount& count) {
  const int64_t used = count.living - count.ready - count.coming;
  std::string text =
      pool.max_desktops > 0 ? fmt::format("{} of {} in use", used, pool.max_desktops) : fmt::format("{} in use", used);
  if (pool.spares > 0) text += fmt::format(", {} of {} spares ready", count.ready, pool.spares);
  if (pool.draining) text += ", takes no new sessions";
  return text;
}

Result<void> check_room(const PoolSettings& pool, const PoolCount& count) {
  if (pool.max_desktops == 0 || count.living < pool.max_desktops) return {};
  return Error{ErrorCode::kExhausted, fmt::format("{}: {} of {} desktops are in use. Try again when somebody has ended "
                                                  "theirs.",
                                                  pool.name, count.living, pool.max_desktops)};
}

namespace {

constexpr std::string_view kUntaken = "AND NOT EXISTS (SELECT 1 FROM sessions WHERE desktop_id = desktops.id) ";

Result<std::optional<Spare>> take_prepared(SqlConnection& connection, const std::string& pool,
                                           const std::string& user_id, int64_t now_s) {
  const SqlResult prepared = TRY(connection.run(
      std::string("SELECT id, state FROM desktops WHERE pool_id = $1 AND resource = $1 AND prepared_for = $2 AND state "
                  "IN ('ready', 'provisioning') ")
          .append(kUntaken)
          .append("ORDER BY state DESC, created_s, id"),
      {pool, user_id}));
  for (const SqlRow& row : prepared.rows) {
    const std::string id = row.text(0);
    if (row.text(1) == "provisioning") return std::optional(Spare{id, false});
    if (TRY(change_life(connection, id, DesktopLife::kAssigned, "", now_s))) return std::optional(Spare{id, true});
  }
  return std::optional<Spare>();
}

}  // namespace

Result<std::optional<Spare>> take_spare(SqlConnection& connection, const PoolSettings& pool, const std::string& user_id,
                                        int64_t now_s) {
  if (pool.kind != PoolKind::kDisposable) return take_prepared(connection, pool.id, user_id, now_s);
  const SqlResult ready = TRY(connection.run(
      std::string("SELECT id FROM desktops WHERE pool_id = $1 AND resource = $1 AND state = 'ready' AND prepared_for = "
                  "'' ")
          .append(kUntaken)
          .append("ORDER BY created_s, id"),
      {pool.id}));
  for (const SqlRow& row : ready.rows) {
    const std::string id = row.text(0);
    if (TRY(change_life(connection, id, DesktopLife::kAssigned, "", now_s))) return std::optional(Spare{id, true});
  }
  return std::optional<Spare>();
}

Result<std::optional<std::string>> evict_prepared(SqlConnection& connection, const std::string& pool, int64_t now_s) {
  const SqlResult prepared = TRY(connection.run(
      std::string(
          "SELECT id FROM desktops WHERE prepared_for <> '' AND state IN ('ready', 'provisioning') AND ($1 = '' "
          "OR pool_id = $1) ")
          .append(kUntaken)
          .append("ORDER BY created_s, id LIMIT 1"),
      {pool}));
  if (prepared.rows.empty()) return std::optional<std::string>();
  const std::string id = prepared.rows.front().text(0);
  if (!TRY(change_life(connection, id, DesktopLife::kRecycling, "Its room was needed.", now_s))) {
    return std::optional<std::string>();
  }
  return std::optional(id);
}

namespace {

Result<bool> has_session(SqlConnection& connection, const std::string& desktop) {
  return !TRY(connection.run("SELECT 1 FROM sessions WHERE desktop_id = $1", {desktop})).rows.empty();
}

}  // namespace

Result<bool> recycle_spare(SqlConnection& connection, const std::string& id, int64_t now_s) {
  SqlTransaction transaction = TRY(SqlTransaction::begin(connection));
  const auto desktop = TRY(find_desktop(connection, id));
  if (!desktop || is_over(desktop->life) || TRY(has_session(connection, id))) return false;
  TRY(change_life(connection, id, DesktopLife::kRecycling, "A spare that is not needed.", now_s));
  TRY(transaction.commit());
  return true;
}

}  // namespace vitrine::broker
