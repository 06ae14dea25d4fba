// Keeps the audit log honest where its chain alone cannot: the newest place of the chain is signed into a file beside
// the ticket key, away from the database, so that a log whose end was cut off, or that was made anew, is found out; and
// rows that are too old are removed behind a signed anchor.
//
// Out of its reach: rows of the last seconds before the file was written, and whoever holds both the database and the
// key. Against the latter, note down now and then what `vitrine audit verify` prints, and give it back with --expect.
#pragma once

#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "broker/store/audit.h"
#include "broker/store/database.h"
#include "protocol/ticket.h"

namespace vitrine::broker {

inline constexpr int64_t kMostRetentionDays = 36'500;

// Any thread; run() on one of its own.
class AuditKeeper {
 public:
  // `file`: where the newest place is written. Signer and database outlive it.
  AuditKeeper(Database& database, const TicketSigner& signer, std::string file);

  // Writes the newest place when it moved, and removes what is too old; every few seconds until told to stop.
  void run(const std::stop_token& stop);
  // What run() does. Errors: io, the store's; malformed when the log is shorter than the file says: then the file
  // stays.
  Result<void> checkpoint();
  // Removes rows older than the setting "audit_retention_days", if there is one; gives how many.
  Result<int64_t> trim(int64_t now_s);
  // The chain, the anchor's signature, the file, and a place that somebody noted down. Gives where the log ends.
  // Errors: malformed, saying what is wrong.
  Result<AuditPlace> verify(const std::optional<AuditPlace>& expected);

 private:
  Result<std::string> signed_place(const char* what, const AuditPlace& place) const;
  [[nodiscard]] bool holds(const char* what, const AuditPlace& place, const std::string& signature) const;
  // Nothing when no file was ever written. Errors: malformed, io.
  Result<std::optional<AuditPlace>> read_file_place() const;
  Result<std::optional<AuditPlace>> oldest_to_keep_after(SqlConnection& connection, int64_t before_s) const;

  Database& database_;
  const TicketSigner& signer_;
  const std::string file_;
  std::mutex mutex_;  // one checkpoint at a time
};

}  // namespace vitrine::broker
