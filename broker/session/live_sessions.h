// Running sessions as an administrator watches them: who has what, from where, how it answers; and only what changed
// since a time, so that watching ten thousand sessions costs what happens to them and not their number.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/session/sessions.h"
#include "protocol/session_measure.h"

namespace vitrine::broker {

// Where a session is used.
struct SessionPlace {
  std::string address;
  std::string browser;  // its User-Agent
};

struct LiveSession {
  Session session;
  std::string display_name;  // the user's; empty when the user is gone
  std::string pool;
  bool app = false;
  SessionPlace place;  // of the last ticket; empty before
  std::optional<SessionMeasure> measure;
  int64_t measured_s = 0;
};

struct EndedSession {
  std::string id;
  std::string reason;
};

// A ticket of the session was given out to a browser there. What a browser says about itself is cut to 300 bytes.
Result<void> note_place(SqlConnection& connection, const std::string& session, const SessionPlace& place,
                        int64_t now_s);

// Sessions that run and have changed at `since_s` or later, in the order of their ids, after the id `after`.
Result<std::vector<LiveSession>> live_sessions(SqlConnection& connection, int64_t since_s, const std::string& after,
                                               int64_t limit);
// The session if it runs.
Result<std::optional<LiveSession>> find_live_session(SqlConnection& connection, const std::string& id);
// Sessions that ended at `since_s` or later.
Result<std::vector<EndedSession>> ended_sessions(SqlConnection& connection, int64_t since_s, int64_t limit);

}  // namespace vitrine::broker
