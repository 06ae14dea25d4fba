// How a SessionService gets desktops going: for a user, as a spare, and where a dead broker stopped half-way.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "broker/identity/secrets.h"
#include "broker/session/region.h"
#include "broker/session/session_entry.h"
#include "broker/session/session_service.h"
#include "broker/store/audit.h"
#include "broker/store/settings.h"
#include "protocol/limits.h"

namespace vitrine::broker {

namespace {

constexpr int kDefaultWidth = 1280;
constexpr int kDefaultHeight = 720;
constexpr const char* kNobody = "guest";  // as whom a desktop comes up that is nobody's yet

int clamp_side(int64_t wanted, int otherwise) {
  if (wanted <= 0) return otherwise;
  return static_cast<int>(std::clamp<int64_t>(wanted, kMinScreenSide, kMaxScreenSide));
}

int clamp_scale(int64_t percent) {
  return percent <= 0 ? 100 : static_cast<int>(std::clamp<int64_t>(percent, 50, 400));
}

// What holds for every new desktop, whatever its pool.
Result<void> check_server_room(SqlConnection& connection) {
  const int64_t limit = TRY(read_number_setting(connection, kMaxDesktops));
  if (TRY(count_living_desktops(connection)) < limit) return {};
  return Error{ErrorCode::kExhausted,
               fmt::format("All {} desktops of this server are in use. Try again later.", limit)};
}

Result<void> check_own_room(const std::vector<Session>& own, const Rules& rules) {
  if (static_cast<int64_t>(own.size()) < rules.max_sessions) return {};
  return Error{ErrorCode::kExhausted,
               fmt::format("You have {} sessions open, which is the most allowed. End one first.", own.size())};
}

Error draining_error(const PoolSettings& pool) {
  return {ErrorCode::kUnavailable, fmt::format("{} takes no new sessions at the moment. {}", pool.name,
                                               pool.message.empty() ? "Try again later." : pool.message)};
}

}  // namespace

Result<void> SessionService::insert_desktop_row(SqlConnection& connection, const std::string& id,
                                                const Resource& resource, const std::string& detail, int64_t now_s) {
  return insert_desktop(connection, {.id = id,
                                     .pool = resource.pool,
                                     .resource = resource.id,
                                     .provisioner = resource.provisioner,
                                     .life = DesktopLife::kProvisioning,
                                     .detail = detail,
                                     .created_s = now_s,
                                     .changed_s = now_s,
                                     .lease_owner = broker_,
                                     .lease_until_s = now_s + kLeaseS});
}

Result<std::optional<SessionService::Opened>> SessionService::insert_rows(const User& user, const Resource& resource,
                                                                          const Rules& rules, const Asker& asker,
                                                                          int64_t now_s) {
  const Database::Lease connection = TRY(database_.lease());
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  const std::vector<Session> own = TRY(running_sessions(*connection, user.id));
  if (std::ranges::any_of(own, [&](const Session& session) { return session.resource == resource.id; })) {
    return std::optional<Opened>();
  }
  const auto pool = TRY(find_pool(*connection, resource.pool));
  if (pool && pool->draining) return draining_error(*pool);
  const auto spare = pool && !resource.app ? TRY(take_spare(*connection, resource.pool, now_s)) : std::nullopt;
  TRY(check_own_room(own, rules));
  if (!spare) {
    TRY(check_server_room(*connection));
    const PoolCount count = TRY(count_pool(*connection, resource.pool));
    if (pool) TRY(check_room(*pool, count));
  }
  const Session session{.id = random_id(),
                        .user_id = user.id,
                        .user = user.name,
                        .resource = resource.id,
                        .name = resource.name,
                        .desktop = spare ? *spare : random_id(),
                        .started_s = now_s,
                        .ended_s = 0,
                        .end_reason = "",
                        .life = spare ? DesktopLife::kAssigned : DesktopLife::kProvisioning,
                        .desktop_detail = spare ? "" : fmt::format("{} is starting.", resource.name),
                        .changed_s = now_s};
  if (!spare) TRY(insert_desktop_row(*connection, session.desktop, resource, session.desktop_detail, now_s));
  TRY(insert_session(*connection, session));
  TRY(append_audit(*connection, session_entry(asker, "session.open", session, ""), now_s));
  if (!spare) follow(session.desktop);
  const auto committed = transaction.commit();
  if (!committed.ok() && !spare) unfollow(session.desktop);
  TRY(committed);
  return std::optional(Opened{session, spare.has_value()});
}

Result<void> SessionService::start_desktop(const std::string& desktop, const std::string& user,
                                           const Resource& resource, ViewerDevice device, int64_t now_s) {
  follow(desktop);
  const auto started = [&]() -> Result<void> {
    std::optional<PoolSettings> pool;
    {
      const Database::Lease connection = TRY(database_.lease());
      pool = TRY(find_pool(*connection, resource.pool));
    }
    const std::string credential = TRY(agent_credential(desktop, now_s));
    return provisioner_.start({.id = desktop,
                               .user = user,
                               .fresh_home = pool && pool->kind == PoolKind::kDisposable,
                               .home_template = pool ? pool->home_template : "",
                               .resource = resource.id,
                               .name = resource.name,
                               .command = resource.command,
                               .opengl = resource.opengl,
                               .width = clamp_side(device.width, kDefaultWidth),
                               .height = clamp_side(device.height, kDefaultHeight),
                               .scale_percent = clamp_scale(device.scale_percent),
                               .time_zone = known_time_zone(device.time_zone),
                               .locale = known_locale(device.language, has_locale),
                               .agent_credential = credential});
  }();
  if (!started.ok()) unfollow(desktop);
  return started;
}

void SessionService::follow(const std::string& desktop) {
  const std::lock_guard lock(mutex_);
  reports_.try_emplace(desktop).first->second.id = desktop;
}

void SessionService::unfollow(const std::string& desktop) {
  const std::lock_guard lock(mutex_);
  reports_.erase(desktop);
}

bool SessionService::may_bury(const std::string& desktop, int64_t now_s) {
  const auto connection = database_.lease();
  if (!connection.ok()) return false;
  const auto row = find_desktop(*connection.value(), desktop);
  if (!row.ok()) return false;
  return !row.value() || is_over(row.value()->life) || may_act(*row.value(), broker_, now_s);
}

Result<void> SessionService::reconcile(int64_t now_s) {
  const std::vector<DesktopReport> found =
      provisioner_.adopt([&](const std::string& desktop) { return may_bury(desktop, now_s); });
  // After looking at what runs: a row is written before its desktop is there.
  std::vector<DesktopRow> rows;
  {
    const Database::Lease connection = TRY(database_.lease());
    rows = TRY(living_desktops(*connection));
  }
  for (const DesktopReport& report : found) {
    const bool known = std::ranges::any_of(rows, [&](const DesktopRow& row) { return row.id == report.id; });
    const bool over = report.phase == DesktopPhase::kEnded || report.phase == DesktopPhase::kFailed;
    if (!known && !over) {
      spdlog::warn("Desktop {} is in no record; it is being ended.", report.id);
      (void)provisioner_.command(report.id, DesktopVerb::kEnd, "This desktop belongs to no session.");
    }
    TRY(take_report(report, now_s));
  }
  for (const DesktopRow& row : rows) {
    // Whoever was to end it may have died in between; saying it again changes nothing.
    if (row.life == DesktopLife::kRecycling && may_act(row, broker_, now_s)) {
      (void)provisioner_.command(row.id, DesktopVerb::kEnd, row.detail);
    }
    const auto same = [&](const DesktopReport& report) { return report.id == row.id; };
    if (std::ranges::any_of(found, same) || report_of(row.id)) continue;
    TRY(settle_missing(row, now_s));
  }
  return {};
}

// A row whose desktop is nowhere, if it is this broker's to act.
Result<void> SessionService::settle_missing(const DesktopRow& row, int64_t now_s) {
  if (!may_act(row, broker_, now_s)) return {};
  {
    const Database::Lease connection = TRY(database_.lease());
    if (!TRY(take_lease(*connection, row.id, broker_, now_s))) return {};
  }
  const bool starting = row.life == DesktopLife::kProvisioning;
  if (starting && TRY(finish_start(row, now_s))) return {};
  return record_end(row.id, starting ? DesktopLife::kFailed : DesktopLife::kEnded,
                    starting ? "The server stopped while this was starting. Open it again." : "The server was stopped.",
                    now_s);
}

// Starts what another broker wrote down and did not live to start. False: it is for nobody.
Result<bool> SessionService::finish_start(const DesktopRow& row, int64_t now_s) {
  std::optional<Session> session;
  std::optional<Resource> resource;
  {
    const Database::Lease connection = TRY(database_.lease());
    session = TRY(find_session_of_desktop(*connection, row.id));
    resource = TRY(find_resource(*connection, row.resource));
  }
  if (!session || session->ended_s != 0 || !resource) return false;
  spdlog::info("Desktop {} of {} is started where another broker stopped.", row.id, session->user);
  return start_desktop(row.id, session->user, *resource, {}, now_s).ok();
}

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
  const bool keeps_spares = pool.kind == PoolKind::kDisposable && !pool.draining;
  std::optional<Resource> resource;
  PoolCount count;
  std::vector<std::string> superfluous;
  {
    const Database::Lease connection = TRY(database_.lease());
    resource = TRY(find_resource(*connection, pool.id));
    count = TRY(count_pool(*connection, pool.id));
    int64_t kept = 0;
    for (const DesktopRow& row : TRY(living_desktops(*connection))) {
      if (row.pool != pool.id || row.life != DesktopLife::kReady || !may_act(row, broker_, now_s)) continue;
      const bool old = pool.rebuild_s > 0 && now_s - row.created_s > pool.rebuild_s;
      if (!keeps_spares || old || ++kept > pool.spares) superfluous.push_back(row.id);
    }
  }
  for (const std::string& id : superfluous) {
    bool ours = false;
    {
      const Database::Lease connection = TRY(database_.lease());
      ours = TRY(recycle_spare(*connection, id, now_s));
    }
    if (ours) (void)provisioner_.command(id, DesktopVerb::kEnd, "This spare desktop is not needed any more.");
  }
  if (!keeps_spares || !resource || !check_installed_(*resource).ok()) return {};
  for (int64_t missing = pool.spares - count.ready - count.coming; missing > 0; --missing) {
    TRY(make_spare(pool, *resource, now_s));
  }
  return {};
}

Result<void> SessionService::make_spare(const PoolSettings& pool, const Resource& resource, int64_t now_s) {
  const std::string id = random_id();
  {
    const Database::Lease connection = TRY(database_.lease());
    SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
    // Counted again: another broker tends the same pool.
    const PoolCount count = TRY(count_pool(*connection, pool.id));
    if (count.ready + count.coming >= pool.spares || !check_room(pool, count).ok()) return {};
    if (!check_server_room(*connection).ok()) return {};
    TRY(insert_desktop_row(*connection, id, resource, "A spare is starting.", now_s));
    follow(id);
    const auto committed = transaction.commit();
    if (!committed.ok()) unfollow(id);
    TRY(committed);
  }
  const auto started = start_desktop(id, kNobody, resource, {}, now_s);
  if (started.ok()) return {};
  spdlog::warn("A spare of {} could not be started: {}", pool.id, started.error().message);
  const Database::Lease connection = TRY(database_.lease());
  TRY(change_life(*connection, id, DesktopLife::kFailed, started.error().message, now_s));
  return {};
}

}  // namespace vitrine::broker
