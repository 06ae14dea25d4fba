// How a SessionService keeps desktops that are up before anybody asks: anybody's of disposable pools, and those that
// are prepared for people who are expected.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

#include "broker/identity/secrets.h"
#include "broker/session/prepared.h"
#include "broker/session/room.h"
#include "broker/session/session_service.h"

namespace vitrine::broker {

namespace {

constexpr const char* kNobody = "guest";  // as whom a desktop comes up that is nobody's yet
constexpr int64_t kAfterFailureS = 60;    // a pool whose spares fail is left alone for so long
constexpr const char* kNotNeeded = "This spare desktop is not needed any more.";

Result<bool> failed_lately(SqlConnection& connection, const std::string& pool, int64_t now_s) {
  const SqlResult found = TRY(
      connection.run("SELECT 1 FROM desktops WHERE pool_id = $1 AND state = 'failed' AND changed_s > $2 AND NOT EXISTS "
                     "(SELECT 1 FROM sessions WHERE desktop_id = desktops.id) LIMIT 1",
                     {pool, now_s - kAfterFailureS}));
  return !found.rows.empty();
}

Result<bool> anybody_waits(SqlConnection& connection, const std::string& pool, int64_t now_s) {
  return TRY(count_ahead(connection, {.pool = pool, .user_id = "", .resource = ""}, now_s)) > 0;
}

}  // namespace

Result<void> SessionService::tend_pools(int64_t now_s) {
  std::vector<PoolSettings> pools;
  {
    const Database::Lease connection = TRY(database_.lease());
    pools = TRY(list_pools(*connection));
  }
  for (const PoolSettings& pool : pools) TRY(tend_pool(pool, now_s));
  return {};
}

Result<void> SessionService::tend_pool(const PoolSettings& pool, int64_t now_s) {
  SparePlan plan;
  {
    const Database::Lease connection = TRY(database_.lease());
    plan = TRY(plan_spares(*connection, pool, now_s));
  }
  for (const std::string& id : plan.superfluous) {
    bool ours = false;
    {
      const Database::Lease connection = TRY(database_.lease());
      ours = TRY(recycle_spare(*connection, id, now_s));
    }
    if (ours) (void)provisioner_.command(id, DesktopVerb::kEnd, kNotNeeded);
  }
  if (!plan.resource || (plan.missing == 0 && plan.unprepared.empty())) return {};
  if (!check_installed_(*plan.resource).ok()) return {};
  for (int64_t missing = plan.missing; missing > 0; --missing) TRY(make_spare(pool, *plan.resource, nullptr, now_s));
  for (const User& user : plan.unprepared) TRY(make_spare(pool, *plan.resource, &user, now_s));
  return {};
}

Result<SessionService::SparePlan> SessionService::plan_spares(SqlConnection& connection, const PoolSettings& pool,
                                                              int64_t now_s) {
  SparePlan plan{
      .resource = TRY(find_resource(connection, pool.id)), .superfluous = {}, .missing = 0, .unprepared = {}};
  const bool anybodys = pool.kind == PoolKind::kDisposable;
  const int64_t wanted = pool.draining ? 0 : pool.spares;
  std::set<std::string> expected;
  if (!anybodys && wanted > 0 && plan.resource) {
    for (Expected& one : TRY(expected_users(connection, *plan.resource, wanted, now_s))) {
      expected.insert(one.user.id);
      if (!one.prepared) plan.unprepared.push_back(std::move(one.user));
    }
  }
  int64_t kept = 0;
  int64_t coming = 0;
  for (const DesktopRow& row : TRY(untaken_desktops(connection, pool.id))) {
    const bool prepared = !row.prepared_for.empty();
    const bool old = !prepared && pool.rebuild_s > 0 && now_s - row.created_s > pool.rebuild_s;
    const bool stays = prepared ? expected.contains(row.prepared_for) : anybodys && !old && kept + coming < wanted;
    if (stays) {
      (row.life == DesktopLife::kReady ? kept : coming) += 1;
    } else if (may_act(row, broker_, now_s)) {
      plan.superfluous.push_back(row.id);
    }
  }
  if (anybodys) plan.missing = std::max<int64_t>(0, wanted - kept - coming);
  return plan;
}

Result<void> SessionService::make_spare(const PoolSettings& pool, const Resource& resource, const User* user,
                                        int64_t now_s) {
  const NewDesktop desktop{
      .id = random_id(),
      .detail = user == nullptr ? "A spare is starting." : "It is prepared before it is asked for.",
      .device = {},
      .prepared_for = user == nullptr ? "" : user->id};
  {
    const Database::Lease connection = TRY(database_.lease());
    SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
    if (!TRY(may_make_spare(*connection, pool, desktop.prepared_for, now_s))) return {};
    TRY(insert_desktop_row(*connection, desktop, resource, now_s));
    follow(desktop.id);
    const auto committed = transaction.commit();
    if (!committed.ok()) unfollow(desktop.id);
    TRY(committed);
  }
  const auto started = start_desktop(desktop.id, user == nullptr ? kNobody : user->name, resource, {}, now_s);
  if (started.ok()) return {};
  spdlog::warn("A spare of {} could not be started: {}", pool.id, started.error().message);
  // Somebody may have taken it meanwhile.
  return record_end(desktop.id, DesktopLife::kFailed, started.error().message, now_s);
}

// Asked again in the transaction that makes one: another broker tends the same pool, and the user may have come.
Result<bool> SessionService::may_make_spare(SqlConnection& connection, const PoolSettings& pool,
                                            const std::string& user_id, int64_t now_s) {
  const std::vector<DesktopRow> untaken = TRY(untaken_desktops(connection, pool.id));
  if (static_cast<int64_t>(untaken.size()) >= pool.spares) return false;
  if (!check_room(pool, TRY(count_pool(connection, pool.id))).ok() || !check_server_room(connection).ok()) return false;
  if (TRY(failed_lately(connection, pool.id, now_s))) return false;
  if (user_id.empty()) return true;
  const auto same = [&](const DesktopRow& row) { return row.prepared_for == user_id; };
  if (std::ranges::any_of(untaken, same) || TRY(anybody_waits(connection, pool.id, now_s))) return false;
  return !TRY(find_running_session(connection, user_id, pool.id));
}

}  // namespace vitrine::broker
