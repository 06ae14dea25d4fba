// The half of the session service that keeps to policies: tickets, and what becomes of sessions whose rules change.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "broker/catalogue/policy_store.h"
#include "broker/catalogue/terms.h"
#include "broker/session/session_entry.h"
#include "broker/session/session_rights.h"
#include "broker/session/session_service.h"
#include "broker/store/audit.h"
#include "broker/store/change_mark.h"
#include "protocol/limits.h"

namespace vitrine::broker {

namespace {

// The order of the kClip bits is that of the rights.
static_assert(kMayCopyText == kClipText << 3 && kMayCopyHtml == kClipHtml << 3 && kMayCopyImage == kClipImage << 3);
static_assert(kMayPasteText == kClipText << 6 && kMayPasteHtml == kClipHtml << 6 && kMayPasteImage == kClipImage << 6);

// The size belongs to whoever may work: who only looks takes the screen as it is, and brings nothing in.
uint32_t rights_by(const Rules& rules) {
  const uint32_t out = rules.clipboard_out << 3 | (rules.device_cache ? kMayKeepOnDevice : 0);
  if (rules.view_only) return kMayView | out;
  return kMayView | kMayInput | kMayResize | out | rules.clipboard_in << 6;
}

const char* plural(int count) {
  return count == 1 ? "" : "s";
}

}  // namespace

Result<void> SessionService::record_refusal(const std::string& action, const std::string& target, const Error& error,
                                            const Asker& asker, int64_t now_s) {
  const Database::Lease connection = TRY(database_.lease());
  return append_audit_alone(*connection,
                            {.actor = asker.name,
                             .address = asker.address,
                             .action = action,
                             .target = target,
                             .outcome = std::string(error_code_name(error.code)),
                             .detail = error.message},
                            now_s);
}

Result<std::string> SessionService::ticket(const Session& session, const std::string& origin, const Asker& asker,
                                           int64_t now_s) {
  if (session.ended_s != 0 || is_over(session.life)) {
    return Error{ErrorCode::kConflict, session.detail().empty() ? "This session is over." : session.detail()};
  }
  const auto made = [&]() -> Result<Ticket> {
    const Database::Lease connection = TRY(database_.lease());
    return ticket_for(*connection, session, asker, now_s);
  }();
  if (!made.ok()) {
    TRY(record_refusal("session.ticket", session_entry(asker, "", session, "").target, made.error(), asker, now_s));
    return made.error();
  }
  Ticket ticket = made.value();
  ticket.origin = origin;
  const Bytes bytes = TRY(signer_.sign(std::move(ticket)));
  return base64url_encode(bytes);
}

Result<Ticket> SessionService::ticket_for(SqlConnection& connection, const Session& session, const Asker& asker,
                                          int64_t now_s) {
  const auto user = TRY(find_user_by_id(connection, session.user_id));
  const auto resource = TRY(find_resource(connection, session.resource));
  Standing standing;
  if (user && !user->disabled && resource) standing = TRY(standing_of(connection, *user, *resource));
  if (!standing.granted) return Error{ErrorCode::kNotFound, "There is no such session."};
  const Rules& rules = standing.rules;
  if (auto refused =
          refusal(rules, {.now_s = now_s, .address = asker.address, .second_factor_s = asker.second_factor_s})) {
    return *refused;
  }
  const Terms terms = TRY(resource_terms(connection, session.resource));
  const int64_t generation = TRY(renew_generation(connection, session.id, rules.ticket_print()));
  TRY(note_viewer_address(connection, session.id, asker.address));
  return Ticket{.kind = TicketKind::kViewer,
                .id = {},
                .desktop = session.desktop,
                .session = session.id,
                .user = session.user,
                .origin = "",
                .rights = rights_by(rules),
                .issued_s = static_cast<uint64_t>(now_s),
                .expires_s = static_cast<uint64_t>(now_s + kTicketLifetimeSeconds),
                .target_ms = static_cast<uint32_t>(terms.target_ms),
                .ceiling_kbit = static_cast<uint32_t>(terms.ceiling_kbit),
                .quality_floor = static_cast<uint32_t>(terms.quality_floor),
                // Where networks matter, a ticket that is carried elsewhere within its minute is of no use there.
                .address = rules.networks.empty() ? "" : asker.address,
                .generation = static_cast<uint32_t>(generation)};
}

Result<WatchedSession> SessionService::judge(SqlConnection& connection, const Session& session) {
  WatchedSession watched{.session = session, .rules = {}, .over = "", .generation = 0};
  const auto user = TRY(find_user_by_id(connection, session.user_id));
  const auto resource = TRY(find_resource(connection, session.resource));
  if (!user) return watched.over = "Your account was removed.", watched;
  if (user->disabled) return watched.over = "Your account was disabled.", watched;
  if (!resource) return watched.over = "This was removed by an administrator.", watched;
  auto standing = standing_of(connection, *user, *resource);
  // One policy that cannot be read must not keep the others from being enforced, nor let its own session go on.
  if (!standing.ok() && standing.error().code == ErrorCode::kMalformed) {
    spdlog::error("{} of {}: {}", session.resource, session.user, standing.error().message);
    return watched.over = "The rules of this session cannot be read. Ask an administrator.", watched;
  }
  const Standing now = TRY(std::move(standing));
  if (!now.granted) watched.over = fmt::format("You may not open {} any more.", session.name);
  watched.rules = now.rules;
  const SessionRights rights = TRY(rights_of(connection, session.id));
  watched.generation = rights.generation;
  // Without a ticket so far there is no link that could have been granted anything.
  if (rights.generation > 0) {
    watched.generation = TRY(renew_generation(connection, session.id, watched.rules.ticket_print()));
  }
  return watched;
}

Result<void> SessionService::watch_all(int64_t now_s) {
  const Database::Lease connection = TRY(database_.lease());
  const int64_t mark = TRY(change_mark(*connection));
  std::vector<WatchedSession> all;
  for (const Session& session : TRY(running_sessions(*connection, ""))) {
    all.push_back(TRY(judge(*connection, session)));
  }
  watch_.set(std::move(all), now_s);
  seen_mark_ = mark;
  return {};
}

Result<void> SessionService::enforce(int64_t now_s) {
  int64_t mark = 0;
  {
    const Database::Lease connection = TRY(database_.lease());
    mark = TRY(change_mark(*connection));
  }
  if (mark != seen_mark_) TRY(watch_all(now_s));
  for (const SessionOrder& order : watch_.due(now_s)) obey(order, now_s);
  return {};
}

void SessionService::obey(const SessionOrder& order, int64_t now_s) {
  const Session& session = order.session;
  switch (order.kind) {
    case SessionOrder::Kind::kNotice:
      (void)provisioner_.command(session.desktop, DesktopVerb::kNotice, order.text);
      return;
    case SessionOrder::Kind::kReadmit:
      // Of a desktop that is another broker's, that one tells it.
      (void)provisioner_.command(session.desktop, DesktopVerb::kReadmit,
                                 to_line({{"generation", order.generation}, {"reason", order.text}}));
      return;
    case SessionOrder::Kind::kEnd: {
      const auto ended = end(session, order.text, broker_itself(), now_s);
      if (!ended.ok()) {
        spdlog::error("Session {} could not be ended: {}", session.id, ended.error().message);
        seen_mark_ = -1;  // judge it again
        watch_.forget(session.desktop);
      }
      return;
    }
  }
}

// Keeps the watch and the audit log up to date with who looks at a desktop.
Result<void> SessionService::keep_to_rules(const DesktopReport& report, int64_t now_s) {
  const auto before = report_of(report.id);
  const bool known = watch_.knows(report.id);
  if (!known || !before || before->viewers != report.viewers) {
    const Database::Lease connection = TRY(database_.lease());
    const auto session = TRY(find_session_of_desktop(*connection, report.id));
    if (!session || session->ended_s != 0) return {};
    if (!known) watch_.add(TRY(judge(*connection, *session)), now_s);
    // After a restart the row says whether somebody was there.
    const int viewers_before = before ? before->viewers : session->life == DesktopLife::kConnected ? 1 : 0;
    if (before || (viewers_before > 0) != (report.viewers > 0)) {
      const int change = report.viewers - viewers_before;
      const Asker viewer{session->user, TRY(rights_of(*connection, session->id)).viewer_address};
      AuditEntry entry = session_entry(viewer, change > 0 ? "session.attach" : "session.detach", *session,
                                       fmt::format("{} viewer{} now", report.viewers, plural(report.viewers)));
      if (change != 0) TRY(append_audit_alone(*connection, entry, now_s));
    }
  }
  watch_.heard(report.id, report.viewers, report.measure.inputs, now_s);
  return {};
}

}  // namespace vitrine::broker
