// The audit log: what was done, by whom, from where, with what outcome. Rows are only added. Each carries
// SHA-256(previous hash, its own fields), so an edited, removed, reordered or inserted row breaks the chain. Rows that
// are too old to be kept leave an anchor: number and hash of the last of them, from which the chain goes on. What the
// chain itself cannot show, that its end or its anchor is another, audit_keeper.h does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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

// A place in the chain; number 0 and no hash: before the first row.
struct AuditPlace {
  int64_t number = 0;
  std::string hash;
  bool operator==(const AuditPlace&) const = default;
};
// The last row's, or the anchor's when there is none.
Result<AuditPlace> newest_audit(SqlConnection& connection);

// Keeps the place of the last row that is removed. `signature` is audit_keeper.h's.
struct AuditAnchor {
  AuditPlace place;
  std::string signature;
};
Result<AuditAnchor> audit_anchor(SqlConnection& connection);
Result<void> write_anchor(SqlConnection& connection, const AuditAnchor& anchor);

// Walks the chain from the anchor on, and gives where it ends. When `witness` is given, the row of that number has to
// have that hash; a witness before the anchor is passed over. Errors: malformed, naming the first row that does not
// fit.
Result<AuditPlace> verify_audit(SqlConnection& connection, const std::optional<AuditPlace>& witness = {});

struct AuditRecord {
  int64_t number = 0;
  int64_t time_s = 0;
  AuditEntry entry;
  std::string hash;
};
// Empty fields do not narrow.
struct AuditQuery {
  std::optional<int64_t> after;   // numbers above, ascending
  std::optional<int64_t> before;  // numbers below, descending; without both: the newest, descending
  std::optional<int64_t> since_s;
  std::optional<int64_t> until_s;  // not included
  std::string actor;
  std::string action;  // "session." with the dot at the end: all that begin so
  std::string target;  // exact, or all that begin so when it ends with '/'
  std::string outcome;
  int64_t limit = 100;
};
Result<std::vector<AuditRecord>> find_audit(SqlConnection& connection, const AuditQuery& query);

}  // namespace vitrine::broker
