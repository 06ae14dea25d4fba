#include "broker/session/session_service.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <ctime>
#include <vector>

#include "broker/catalogue/policy_store.h"
#include "broker/identity/secrets.h"
#include "broker/identity/web_sessions.h"
#include "broker/session/session_entry.h"
#include "broker/session/session_reports.h"
#include "broker/store/audit.h"
#include "broker/store/settings.h"
#include "protocol/base/time.h"
#include "protocol/limits.h"

namespace vitrine::broker {

namespace {

constexpr int kDefaultWidth = 1280;
constexpr int kDefaultHeight = 720;
constexpr int64_t kKeepOverS = 30 * 24 * 3600;          // rows of sessions that are over
constexpr int64_t kAgentCredentialS = 366 * 24 * 3600;  // longer than a desktop lives; it dies with its file
constexpr int64_t kHousekeepingS = 60;
constexpr uint32_t kAllRights = kMayView | kMayInput | kMayResize;

int clamp_side(int64_t wanted, int otherwise) {
  if (wanted <= 0) return otherwise;
  return static_cast<int>(std::clamp<int64_t>(wanted, kMinScreenSide, kMaxScreenSide));
}

int clamp_scale(int64_t percent) {
  return percent <= 0 ? 100 : static_cast<int>(std::clamp<int64_t>(percent, 50, 400));
}

// Who opens for somebody else stands at another place and has another second factor.
Circumstances circumstances(const std::string& user, const Asker& asker, int64_t now_s) {
  const bool self = asker.name == user;
  return {.now_s = now_s,
          .address = self ? std::optional(asker.address) : std::nullopt,
          .second_factor_s = self ? std::optional(asker.second_factor_s) : std::nullopt};
}

}  // namespace

SessionService::SessionService(Database& database, Provisioner& provisioner, const TicketSigner& signer,
                               CheckInstalled check)
    : database_(database), provisioner_(provisioner), signer_(signer), check_installed_(std::move(check)) {}

Result<void> SessionService::reconcile(int64_t now_s) {
  const std::vector<DesktopReport> found = provisioner_.adopt();
  std::vector<DesktopRow> rows;
  {
    const Database::Lease connection = TRY(database_.lease());
    rows = TRY(living_desktops(*connection));
  }
  for (const DesktopRow& row : rows) {
    const auto same = [&](const DesktopReport& report) { return report.id == row.id; };
    if (std::ranges::any_of(found, same)) continue;
    const bool starting = row.life == DesktopLife::kProvisioning;
    const DesktopLife life = starting ? DesktopLife::kFailed : DesktopLife::kEnded;
    TRY(record_end(row.id, life,
                   starting ? "The server stopped while this was starting. Open it again." : "The server was stopped.",
                   now_s));
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
  return {};
}

void SessionService::run(const std::stop_token& stop) {
  // The newest of each desktop that the store did not take yet; it may be away for long.
  std::map<std::string, DesktopReport> unrecorded;
  int64_t next_housekeeping_s = 0;
  while (!stop.stop_requested()) {
    if (auto report = provisioner_.next_report(kSecond / 2)) unrecorded[report->id] = std::move(*report);
    const int64_t now_s = std::time(nullptr);
    if (const auto done = enforce(now_s); !done.ok()) spdlog::error("Policies: {}", done.error().message);
    while (!unrecorded.empty()) {
      const auto first = unrecorded.begin();
      const auto taken = take_report(first->second, now_s);
      if (!taken.ok()) {
        spdlog::error("Cannot record how desktop {} is doing: {}", first->first, taken.error().message);
        break;
      }
      unrecorded.erase(first);
    }
    if (now_s < next_housekeeping_s) continue;
    next_housekeeping_s = now_s + kHousekeepingS;
    if (const auto kept = keep_house(now_s); !kept.ok()) spdlog::error("Housekeeping: {}", kept.error().message);
  }
}

Result<void> SessionService::take_report(const DesktopReport& report, int64_t now_s) {
  switch (report.phase) {
    case DesktopPhase::kStarting:
    case DesktopPhase::kRunning: {
      TRY(follow(report, now_s));
      {
        const std::lock_guard lock(mutex_);
        reports_[report.id] = report;
      }
      return report.phase == DesktopPhase::kRunning ? record_running(report, now_s) : Result<void>();
    }
    case DesktopPhase::kEnding: return record_end(report.id, DesktopLife::kRecycling, report.reason, now_s);
    case DesktopPhase::kEnded:
    case DesktopPhase::kFailed: {
      const bool failed = report.phase == DesktopPhase::kFailed;
      if (failed) spdlog::warn("Desktop {} failed: {}", report.id, report.reason);
      {
        const Database::Lease connection = TRY(database_.lease());
        TRY(record_measure(*connection, report, now_s));
      }
      TRY(record_end(report.id, failed ? DesktopLife::kFailed : DesktopLife::kEnded, report.reason, now_s));
      watch_.forget(report.id);
      {
        const std::lock_guard lock(mutex_);
        reports_.erase(report.id);
      }
      return provisioner_.command(report.id, DesktopVerb::kForget, "");
    }
  }
  return {};
}

Result<void> SessionService::record_running(const DesktopReport& report, int64_t now_s) {
  const Database::Lease connection = TRY(database_.lease());
  // What does not follow from the present state is not allowed by the table and changes nothing.
  TRY(change_life(*connection, report.id, DesktopLife::kAssigned, "", now_s));
  TRY(change_life(*connection, report.id, report.viewers > 0 ? DesktopLife::kConnected : DesktopLife::kDisconnected, "",
                  now_s));
  return record_measure(*connection, report, now_s);
}

Result<void> SessionService::record_measure(SqlConnection& connection, const DesktopReport& report, int64_t now_s) {
  if (report.measure.links == 0) return {};
  const auto session = TRY(find_session_of_desktop(connection, report.id));
  return session ? keep_report(connection, session->id, report.measure, now_s) : Result<void>();
}

Result<void> SessionService::record_end(const std::string& desktop, DesktopLife life, const std::string& reason,
                                        int64_t now_s) {
  const Database::Lease connection = TRY(database_.lease());
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  TRY(change_life(*connection, desktop, life, reason, now_s));
  const auto session = TRY(find_session_of_desktop(*connection, desktop));
  if (session && session->ended_s == 0) {
    TRY(end_session(*connection, session->id, reason, now_s));
    TRY(append_audit(*connection, session_entry(broker_itself(), "session.end", *session, reason), now_s));
  }
  return transaction.commit();
}

Result<void> SessionService::keep_house(int64_t now_s) {
  {
    const Database::Lease connection = TRY(database_.lease());
    TRY(remove_expired_web_sessions(*connection, now_s));
    TRY(remove_expired_codes(*connection, now_s));
    TRY(remove_old_sessions(*connection, now_s - kKeepOverS));
    TRY(remove_old_reports(*connection));
  }
  // The mark makes a change quick; this makes it certain, also for one that was not marked.
  TRY(watch_all(now_s));
  return enforce(now_s);
}

Result<Session> SessionService::open(const User& user, const std::string& resource, ScreenSize size, const Asker& asker,
                                     int64_t now_s) {
  auto opened = open_allowed(user, resource, size, asker, now_s);
  if (!opened.ok()) {
    const std::string target = fmt::format("{}/{}", user.name, resource.substr(0, kMaxName));
    TRY(record_refusal("session.open", target, opened.error(), asker, now_s));
  }
  return opened;
}

Result<Session> SessionService::open_allowed(const User& user, const std::string& resource, ScreenSize size,
                                             const Asker& asker, int64_t now_s) {
  std::optional<Resource> found;
  Standing standing;
  {
    const Database::Lease connection = TRY(database_.lease());
    found = TRY(find_resource(*connection, resource));
    if (found) standing = TRY(standing_of(*connection, user, *found));
    if (!standing.granted) return Error{ErrorCode::kNotFound, "There is no such desktop or app for you."};
    if (auto refused = refusal(standing.rules, circumstances(user.name, asker, now_s))) return *refused;
    if (auto running = TRY(find_running_session(*connection, user.id, resource))) return std::move(*running);
  }
  TRY(check_installed_(*found));
  return start_new(user, *found, standing.rules, size, asker, now_s);
}

Result<Session> SessionService::start_new(const User& user, const Resource& resource, const Rules& rules,
                                          ScreenSize size, const Asker& asker, int64_t now_s) {
  const auto inserted = TRY(insert_rows(user, resource, rules, asker, now_s));
  if (!inserted) {
    const Database::Lease connection = TRY(database_.lease());
    // Another request of the same user was faster.
    auto running = TRY(find_running_session(*connection, user.id, resource.id));
    if (running) return std::move(*running);
    return Error{ErrorCode::kUnavailable, fmt::format("{} is just ending. Try again.", resource.name)};
  }
  const auto credential = agent_credential(inserted->desktop, now_s);
  const auto started = !credential.ok() ? Result<void>(credential.error())
                                        : provisioner_.start({.id = inserted->desktop,
                                                              .user = user.name,
                                                              .resource = resource.id,
                                                              .name = resource.name,
                                                              .command = resource.command,
                                                              .opengl = resource.opengl,
                                                              .width = clamp_side(size.width, kDefaultWidth),
                                                              .height = clamp_side(size.height, kDefaultHeight),
                                                              .scale_percent = clamp_scale(size.scale_percent),
                                                              .agent_credential = credential.value()});
  if (started.ok()) return *inserted;
  spdlog::warn("{} of {} could not be started: {}", resource.id, user.name, started.error().message);
  TRY(record_end(inserted->desktop, DesktopLife::kFailed, started.error().message, now_s));
  return started.error();
}

Result<std::optional<Session>> SessionService::insert_rows(const User& user, const Resource& resource,
                                                           const Rules& rules, const Asker& asker, int64_t now_s) {
  const Database::Lease connection = TRY(database_.lease());
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  const int64_t limit = TRY(read_number_setting(*connection, kMaxDesktops));
  if (TRY(count_living_desktops(*connection)) >= limit) {
    return Error{ErrorCode::kExhausted,
                 fmt::format("All {} desktops of this server are in use. Try again later.", limit)};
  }
  const std::vector<Session> own = TRY(running_sessions(*connection, user.id));
  if (static_cast<int64_t>(own.size()) >= rules.max_sessions) {
    return Error{ErrorCode::kExhausted, fmt::format("You have {} sessions open, which is the most allowed. End one "
                                                    "first.",
                                                    own.size())};
  }
  if (std::ranges::any_of(own, [&](const Session& session) { return session.resource == resource.id; })) {
    return std::optional<Session>();
  }
  const Session session{.id = random_id(),
                        .user_id = user.id,
                        .user = user.name,
                        .resource = resource.id,
                        .name = resource.name,
                        .desktop = random_id(),
                        .started_s = now_s,
                        .ended_s = 0,
                        .end_reason = "",
                        .life = DesktopLife::kProvisioning,
                        .desktop_detail = fmt::format("{} is starting.", resource.name),
                        .changed_s = now_s};
  TRY(insert_desktop(*connection, {.id = session.desktop,
                                   .pool = resource.pool,
                                   .resource = resource.id,
                                   .provisioner = resource.provisioner,
                                   .life = session.life,
                                   .detail = session.desktop_detail,
                                   .created_s = now_s,
                                   .changed_s = now_s}));
  TRY(insert_session(*connection, session));
  TRY(append_audit(*connection, session_entry(asker, "session.open", session, ""), now_s));
  TRY(transaction.commit());
  return std::optional(session);
}

Result<void> SessionService::end(const Session& session, const std::string& reason, const Asker& asker, int64_t now_s) {
  {
    const Database::Lease connection = TRY(database_.lease());
    SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
    if (!TRY(end_session(*connection, session.id, reason, now_s))) return {};
    TRY(change_life(*connection, session.desktop, DesktopLife::kRecycling, reason, now_s));
    TRY(append_audit(*connection, session_entry(asker, "session.end", session, reason), now_s));
    TRY(transaction.commit());
  }
  // One that is gone already reports so by itself.
  (void)provisioner_.command(session.desktop, DesktopVerb::kEnd, reason);
  return {};
}

Result<void> SessionService::notify(const Session& session, const std::string& sentence) const {
  return provisioner_.command(session.desktop, DesktopVerb::kNotice, sentence);
}

Result<void> SessionService::disconnect(const Session& session, const std::string& reason) const {
  return provisioner_.command(session.desktop, DesktopVerb::kDisconnect, reason);
}

Result<void> SessionService::end_all_of(const std::string& user_id, const std::string& reason, const Asker& asker,
                                        int64_t now_s) {
  std::vector<Session> sessions;
  {
    const Database::Lease connection = TRY(database_.lease());
    sessions = TRY(running_sessions(*connection, user_id));
  }
  for (const Session& session : sessions) TRY(end(session, reason, asker, now_s));
  return {};
}

Result<void> SessionService::end_all_of_resource(const std::string& resource, const std::string& reason,
                                                 const Asker& asker, int64_t now_s) {
  std::vector<Session> sessions;
  {
    const Database::Lease connection = TRY(database_.lease());
    sessions = TRY(running_sessions(*connection, ""));
  }
  for (const Session& session : sessions) {
    if (session.resource == resource) TRY(end(session, reason, asker, now_s));
  }
  return {};
}

Result<std::string> SessionService::agent_credential(const std::string& desktop, int64_t now_s) const {
  const Bytes bytes = TRY(signer_.sign({.kind = TicketKind::kAgent,
                                        .id = {},
                                        .desktop = desktop,
                                        .session = "",
                                        .user = "",
                                        .origin = "",
                                        .rights = kAllRights,
                                        .issued_s = static_cast<uint64_t>(now_s),
                                        .expires_s = static_cast<uint64_t>(now_s + kAgentCredentialS)}));
  return base64url_encode(bytes);
}

std::optional<DesktopReport> SessionService::report_of(const std::string& desktop) const {
  const std::lock_guard lock(mutex_);
  const auto found = reports_.find(desktop);
  return found == reports_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace vitrine::broker
