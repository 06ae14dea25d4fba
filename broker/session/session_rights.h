// What a session's tickets grant, kept with its row. When that changes, the session's generation counts up: links
// opened with a ticket of an earlier one are closed, and their pages come back with a ticket of the new one.
#pragma once

#include <string>

#include "broker/store/sql.h"

namespace vitrine::broker {

struct SessionRights {
  int64_t generation = 0;
  std::string granted;  // Rules::ticket_print()
  std::string viewer_address;
};

// All empty for a session that is unknown.
Result<SessionRights> rights_of(SqlConnection& connection, const std::string& session);
// The generation for tickets that grant `print`; a new one when the last granted something else. Of several brokers
// that do this at once, one counts up.
Result<int64_t> renew_generation(SqlConnection& connection, const std::string& session, const std::string& print);
Result<void> note_viewer_address(SqlConnection& connection, const std::string& session, const std::string& address);

}  // namespace vitrine::broker
