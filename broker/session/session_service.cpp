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

constexpr int64_t kKeepOverS = 30 * 24 * 3600;          // rows of sessions that are over
constexpr int64_t kAgentCredentialS = 366 * 24 * 3600;  // longer than a desktop lives; it dies with its file
constexpr int64_t kHousekeepingS = 60;
constexpr int64_t kLookS = 2;  // several times in the life of a lease
constexpr uint32_t kAllRights = kMayView | kMayInput | kMayResize;

// Who opens for somebody else stands at another place and has another second factor.
Circumstances circumstances(const std::string& user, const Asker& asker, int64_t now_s) {
  const bool self = asker.name == user;
  return {.now_s = now_s,
          .address = self ? std::optional(asker.address) : std::nullopt,
          .second_factor_s = self ? std::optional(asker.second_factor_s) : std::nullopt};
}

}  // namespace

SessionService::SessionService(Database& database, Provisioner& provisioner, const TicketSigner& signer,
                               CheckInstalled check, std::string broker)
    : database_(database),
      provisioner_(provisioner),
      signer_(signer),
      check_installed_(std::move(check)),
      broker_(std::move(broker)) {}

void SessionService::run(const std::stop_token& stop) {
  // The newest of each desktop that the store did not take yet; it may be away for long.
  std::map<std::string, DesktopReport> unrecorded;
  int64_t next_housekeeping_s = 0;
  int64_t next_look_s = 0;
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
    if (now_s >= next_look_s) {
      next_look_s = now_s + kLookS;
      if (const auto looked = look_around(now_s); !looked.ok()) spdlog::error("Desktops: {}", looked.error().message);
    }
    if (now_s < next_housekeeping_s) continue;
    next_housekeeping_s = now_s + kHousekeepingS;
    if (const auto kept = keep_house(now_s); !kept.ok()) spdlog::error("Housekeeping: {}", kept.error().message);
  }
}

Result<void> SessionService::look_around(int64_t now_s) {
  {
    const Database::Lease connection = TRY(database_.lease());
    TRY(renew_leases(*connection, broker_, now_s));
  }
  TRY(reconcile(now_s));
  return tend_pools(now_s);
}

Result<void> SessionService::take_report(const DesktopReport& report, int64_t now_s) {
  switch (report.phase) {
    case DesktopPhase::kStarting:
    case DesktopPhase::kRunning: {
      TRY(keep_to_rules(report, now_s));
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
  if (!TRY(find_session_of_desktop(*connection, report.id))) {
    TRY(change_life(*connection, report.id, DesktopLife::kReady, "", now_s));
    return {};
  }
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

Result<Session> SessionService::open(const User& user, const std::string& resource, const ViewerDevice& device,
                                     const Asker& asker, int64_t now_s) {
  Opening opened = TRY(open_recorded(user, resource, device, false, asker, now_s));
  CHECK(opened.session);
  return std::move(*opened.session);
}

Result<Opening> SessionService::open_or_wait(const User& user, const std::string& resource, const ViewerDevice& device,
                                             const Asker& asker, int64_t now_s) {
  return open_recorded(user, resource, device, true, asker, now_s);
}

Result<Opening> SessionService::open_recorded(const User& user, const std::string& resource, const ViewerDevice& device,
                                              bool patient, const Asker& asker, int64_t now_s) {
  auto opened = open_allowed(user, resource, device, patient, asker, now_s);
  if (!opened.ok()) {
    const std::string target = fmt::format("{}/{}", user.name, resource.substr(0, kMaxName));
    TRY(record_refusal("session.open", target, opened.error(), asker, now_s));
  }
  return opened;
}

Result<Opening> SessionService::open_allowed(const User& user, const std::string& resource, const ViewerDevice& device,
                                             bool patient, const Asker& asker, int64_t now_s) {
  std::optional<Resource> found;
  Standing standing;
  {
    const Database::Lease connection = TRY(database_.lease());
    found = TRY(find_resource(*connection, resource));
    if (found) standing = TRY(standing_of(*connection, user, *found));
    if (!standing.granted) return Error{ErrorCode::kNotFound, "There is no such desktop or app for you."};
    if (auto refused = refusal(standing.rules, circumstances(user.name, asker, now_s))) return *refused;
    if (auto running = TRY(find_running_session(*connection, user.id, resource))) {
      return Opening{std::move(*running), std::nullopt};
    }
  }
  TRY(check_installed_(*found));
  return start_new({user, *found, device, patient}, standing.rules, asker, now_s);
}

Result<Opening> SessionService::start_new(const Wish& wish, const Rules& rules, const Asker& asker, int64_t now_s) {
  const Resource& resource = wish.resource;
  Inserted inserted = TRY(insert_rows(wish, rules, asker, now_s));
  if (inserted.waiting) return Opening{std::nullopt, std::move(inserted.waiting)};
  if (!inserted.session) {
    const Database::Lease connection = TRY(database_.lease());
    // Another request of the same user was faster.
    auto running = TRY(find_running_session(*connection, wish.user.id, resource.id));
    if (running) return Opening{std::move(*running), std::nullopt};
    return Error{ErrorCode::kUnavailable, fmt::format("{} is just ending. Try again.", resource.name)};
  }
  const Session& session = *inserted.session;
  if (inserted.ready) return Opening{session, std::nullopt};
  const auto started = start_desktop(session.desktop, wish.user.name, resource, wish.device, now_s);
  if (started.ok()) return Opening{session, std::nullopt};
  spdlog::warn("{} of {} could not be started: {}", resource.id, wish.user.name, started.error().message);
  TRY(record_end(session.desktop, DesktopLife::kFailed, started.error().message, now_s));
  return started.error();
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
