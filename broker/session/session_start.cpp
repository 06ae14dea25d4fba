// How a SessionService gets desktops going: for a user, and where a dead broker stopped half-way.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "broker/identity/secrets.h"
#include "broker/session/region.h"
#include "broker/session/room.h"
#include "broker/session/session_entry.h"
#include "broker/session/session_service.h"
#include "broker/store/audit.h"
#include "broker/store/settings.h"
#include "protocol/limits.h"

namespace vitrine::broker {

namespace {

constexpr int kDefaultWidth = 1280;
constexpr int kDefaultHeight = 720;
constexpr size_t kMaxRegionText = 64;  // of a time zone or a language that is kept for the start

int clamp_side(int64_t wanted, int otherwise) {
  if (wanted <= 0) return otherwise;
  return static_cast<int>(std::clamp<int64_t>(wanted, kMinScreenSide, kMaxScreenSide));
}

int clamp_scale(int64_t percent) {
  return percent <= 0 ? 100 : static_cast<int>(std::clamp<int64_t>(percent, 50, 400));
}

Result<void> check_own_room(const std::vector<Session>& own, const Rules& rules) {
  if (static_cast<int64_t>(own.size()) < rules.max_sessions) return {};
  return Error{ErrorCode::kExhausted,
               fmt::format("You have {} sessions open, which is the most allowed. End one first.", own.size())};
}

std::string device_to_text(const ViewerDevice& device) {
  return to_line({{"width", device.width},
                  {"height", device.height},
                  {"scale_percent", device.scale_percent},
                  {"time_zone", device.time_zone.substr(0, kMaxRegionText)},
                  {"language", device.language.substr(0, kMaxRegionText)}});
}

ViewerDevice device_from_text(const std::string& text) {
  const auto json = parse_object(text);
  if (!json.ok()) return {};
  return {.width = number_field(json.value(), "width"),
          .height = number_field(json.value(), "height"),
          .scale_percent = number_field(json.value(), "scale_percent"),
          .time_zone = text_field(json.value(), "time_zone"),
          .language = text_field(json.value(), "language")};
}

AuditEntry wait_entry(const Asker& asker, const User& user, const Resource& resource, const std::string& reason) {
  return {.actor = asker.name,
          .address = asker.address,
          .action = "session.wait",
          .target = user.name + "/" + resource.id,
          .outcome = "ok",
          .detail = reason};
}

Error draining_error(const PoolSettings& pool) {
  return {ErrorCode::kUnavailable, fmt::format("{} takes no new sessions at the moment. {}", pool.name,
                                               pool.message.empty() ? "Try again later." : pool.message)};
}

}  // namespace

Result<void> SessionService::insert_desktop_row(SqlConnection& connection, const NewDesktop& desktop,
                                                const Resource& resource, int64_t now_s) {
  return insert_desktop(connection, {.id = desktop.id,
                                     .pool = resource.pool,
                                     .resource = resource.id,
                                     .provisioner = resource.provisioner,
                                     .life = DesktopLife::kProvisioning,
                                     .detail = desktop.detail,
                                     .created_s = now_s,
                                     .changed_s = now_s,
                                     .lease_owner = broker_,
                                     .lease_until_s = now_s + kLeaseS,
                                     .wanted = device_to_text(desktop.device),
                                     .prepared_for = desktop.prepared_for});
}

Result<SessionService::Inserted> SessionService::insert_rows(const Wish& wish, const Rules& rules, const Asker& asker,
                                                             int64_t now_s) {
  const User& user = wish.user;
  const Resource& resource = wish.resource;
  const Database::Lease connection = TRY(database_.lease());
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  const std::vector<Session> own = TRY(running_sessions(*connection, user.id));
  if (std::ranges::any_of(own, [&](const Session& session) { return session.resource == resource.id; })) {
    return Inserted{};
  }
  const auto pool = TRY(find_pool(*connection, resource.pool));
  if (pool && pool->draining) return draining_error(*pool);
  TRY(check_own_room(own, rules));
  const Waiter waiter{.pool = resource.pool, .user_id = user.id, .resource = resource.id};
  const Room room = TRY(find_room(*connection, pool, waiter, now_s));
  if (room.full) {
    if (!wish.patient) return *room.full;
    const bool comes = !TRY(is_in_line(*connection, waiter, now_s));
    const PlaceInLine place = TRY(stand_in_line(*connection, waiter, now_s));
    const AuditEntry entry = wait_entry(asker, user, resource, room.full->message);
    if (comes) TRY(append_audit(*connection, entry, now_s));
    TRY(transaction.commit());
    return Inserted{
        .session = {}, .waiting = Waiting{place, room.full->message, room.in_use, room.most}, .ready = false};
  }
  const bool spare = room.spare.has_value();
  const bool ready = spare && room.spare->ready;
  const Session session{.id = random_id(),
                        .user_id = user.id,
                        .user = user.name,
                        .resource = resource.id,
                        .name = resource.name,
                        .desktop = spare ? room.spare->id : random_id(),
                        .started_s = now_s,
                        .ended_s = 0,
                        .end_reason = "",
                        .life = ready ? DesktopLife::kAssigned : DesktopLife::kProvisioning,
                        .desktop_detail = ready ? "" : fmt::format("{} is starting.", resource.name),
                        .changed_s = now_s};
  if (!spare) {
    const NewDesktop desktop{
        .id = session.desktop, .detail = session.desktop_detail, .device = wish.device, .prepared_for = ""};
    TRY(insert_desktop_row(*connection, desktop, resource, now_s));
  }
  TRY(insert_session(*connection, session));
  TRY(leave_line(*connection, user.id, resource.id));
  TRY(append_audit(*connection, session_entry(asker, "session.open", session, ""), now_s));
  if (!spare) follow(session.desktop);
  const auto committed = transaction.commit();
  if (!committed.ok() && !spare) unfollow(session.desktop);
  TRY(committed);
  if (room.evicted) (void)provisioner_.command(*room.evicted, DesktopVerb::kEnd, "Its room was needed.");
  return Inserted{.session = session, .waiting = std::nullopt, .ready = spare};
}

Result<void> SessionService::start_desktop(const std::string& desktop, const std::string& user,
                                           const Resource& resource, const ViewerDevice& device, int64_t now_s) {
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
  if (row.life != DesktopLife::kProvisioning) {
    return record_end(row.id, DesktopLife::kEnded, "The server was stopped.", now_s);
  }
  std::optional<Session> session;
  {
    const Database::Lease connection = TRY(database_.lease());
    session = TRY(find_session_of_desktop(*connection, row.id));
  }
  if (!session) return record_end(row.id, DesktopLife::kEnded, "Nobody had asked for it yet.", now_s);
  if (TRY(finish_start(row, *session, now_s))) return {};
  return record_end(row.id, DesktopLife::kFailed, "The server stopped while this was starting. Open it again.", now_s);
}

// Starts what another broker wrote down and did not live to start. False: nobody wants it any more, or it does not
// start.
Result<bool> SessionService::finish_start(const DesktopRow& row, const Session& session, int64_t now_s) {
  std::optional<Resource> resource;
  {
    const Database::Lease connection = TRY(database_.lease());
    resource = TRY(find_resource(*connection, row.resource));
  }
  if (session.ended_s != 0 || !resource) return false;
  spdlog::info("Desktop {} of {} is started where another broker stopped.", row.id, session.user);
  return start_desktop(row.id, session.user, *resource, device_from_text(row.wanted), now_s).ok();
}

}  // namespace vitrine::broker
