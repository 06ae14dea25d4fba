// What sessions took and how they answered, kept beside their records: while they run and for as long as those are
// kept.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/session/sessions.h"
#include "protocol/session_measure.h"

namespace vitrine::broker {

struct SessionReport {
  Session session;
  SessionMeasure measure;
  int64_t updated_s = 0;
};

// Replaces what is known of the session of this desktop.
Result<void> keep_report(SqlConnection& connection, const std::string& session, const SessionMeasure& measure,
                         int64_t now_s);
// Nothing when the session is unknown or was never viewed.
Result<std::optional<SessionReport>> find_report(SqlConnection& connection, const std::string& session);
// Newest first.
Result<std::vector<SessionReport>> newest_reports(SqlConnection& connection, const Page& page);
SqlValues report_key(const SessionReport& report);  // of pages
// Of sessions that are forgotten, and all but the newest ten thousand.
Result<void> remove_old_reports(SqlConnection& connection);

}  // namespace vitrine::broker
