// Sessions in the store: a user's use of one desktop, from opening to end, whoever views it meanwhile.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/pools/desktop_life.h"
#include "broker/store/page.h"
#include "broker/store/sql.h"

namespace vitrine::broker {

struct Session {
  std::string id;
  std::string user_id;
  std::string user;      // name
  std::string resource;  // id of a pool or an app
  std::string name;      // the resource's, as shown
  std::string desktop;   // id
  int64_t started_s = 0;
  int64_t ended_s = 0;  // 0: goes on
  std::string end_reason;
  DesktopLife life = DesktopLife::kProvisioning;  // its desktop's
  std::string desktop_detail;
  int64_t changed_s = 0;  // when its desktop's state did

  // What the user is told: an ended session is over even while its desktop is still being taken down.
  [[nodiscard]] DesktopLife state() const;
  [[nodiscard]] std::string detail() const;
};

// Errors: conflict when the user has a running session of the resource already.
Result<void> insert_session(SqlConnection& connection, const Session& session);
Result<std::optional<Session>> find_session(SqlConnection& connection, const std::string& id);
Result<std::optional<Session>> find_running_session(SqlConnection& connection, const std::string& user_id,
                                                    const std::string& resource);
Result<std::optional<Session>> find_session_of_desktop(SqlConnection& connection, const std::string& desktop);
// Of one user, or of all when `user_id` is empty; oldest first.
Result<std::vector<Session>> running_sessions(SqlConnection& connection, const std::string& user_id,
                                              const Page& page = {});
SqlValues running_sessions_key(const Session& session);  // of pages
// False: it was over already.
Result<bool> end_session(SqlConnection& connection, const std::string& id, const std::string& reason, int64_t now_s);
// Rows of sessions and desktops that were over before this time.
Result<void> remove_old_sessions(SqlConnection& connection, int64_t ended_before_s);

// A code that opens one session once, within five minutes; the store keeps its SHA-256.
inline constexpr int64_t kOneTimeCodeLifetimeS = 300;
Result<std::string> make_one_time_code(SqlConnection& connection, const std::string& user_id,
                                       const std::string& session, int64_t now_s);
struct RedeemedCode {
  std::string user_id;
  std::string session;
};
// Uses the code up. Nothing when it is unknown, used or expired.
Result<std::optional<RedeemedCode>> redeem_one_time_code(SqlConnection& connection, const std::string& code,
                                                         int64_t now_s);
Result<void> remove_expired_codes(SqlConnection& connection, int64_t now_s);

}  // namespace vitrine::broker
