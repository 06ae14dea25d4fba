// The audit log: what was done, by whom, from where, with what outcome. Rows are only added. Each carries
// SHA-256(previous hash, its own fields), so an edited, removed or inserted row breaks the chain.
#pragma once

#include <cstdint>
#include <string>

#include "broker/store/sql.h"

namespace vitrine::broker {

struct AuditEntry {
  std::string actor;    // a user's name, "admin socket" or "broker"
  std::string address;  // the peer's; empty for local ones
  std::string action;   // "login", "session.open", "user.add", ...
  std::string target;   // what it was done to
  std::string outcome;  // "ok" or the error's code
  std::string detail;   // a sentence; may be empty
};

// In the caller's transaction when there is one, so that a change and its record stand or fall together.
// Otherwise call append_audit_alone.
Result<void> append_audit(SqlConnection& connection, const AuditEntry& entry, int64_t now_s);
Result<void> append_audit_alone(SqlConnection& connection, const AuditEntry& entry, int64_t now_s);

// The number of rows when the chain holds. Errors: malformed, naming the first row that does not fit.
Result<int64_t> verify_audit(SqlConnection& connection);

}  // namespace vitrine::broker
