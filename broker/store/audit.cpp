#include "broker/store/audit.h"

#include <fmt/format.h>

#include "broker/identity/secrets.h"

namespace vitrine::broker {

namespace {

// Lengths before fields keep "ab"+"c" apart from "a"+"bc".
std::string chain_hash(const std::string& previous, int64_t number, int64_t time_s, const AuditEntry& entry) {
  std::string text = fmt::format("{}\n{}\n{}\n", previous, number, time_s);
  for (const std::string* field :
       {&entry.actor, &entry.address, &entry.action, &entry.target, &entry.outcome, &entry.detail}) {
    text += fmt::format("{}:{}\n", field->size(), *field);
  }
  return sha256_hex(text);
}

}  // namespace

Result<void> append_audit(SqlConnection& connection, const AuditEntry& given, int64_t now_s) {
  // The hash is of what will be read back.
  const AuditEntry entry{storable_text(given.actor),  storable_text(given.address), storable_text(given.action),
                         storable_text(given.target), storable_text(given.outcome), storable_text(given.detail)};
  const SqlResult last = TRY(connection.run("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1", {}));
  const int64_t number = last.rows.empty() ? 1 : last.rows.front().integer(0) + 1;
  const std::string previous = last.rows.empty() ? "" : last.rows.front().text(1);
  TRY(
      connection.run("INSERT INTO audit(number, time_s, actor, address, action, target, outcome, detail, hash) "
                     "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                     {number, now_s, entry.actor, entry.address, entry.action, entry.target, entry.outcome,
                      entry.detail, chain_hash(previous, number, now_s, entry)}));
  return {};
}

Result<void> append_audit_alone(SqlConnection& connection, const AuditEntry& entry, int64_t now_s) {
  SqlTransaction transaction = TRY(SqlTransaction::begin(connection));
  TRY(append_audit(connection, entry, now_s));
  return transaction.commit();
}

Result<int64_t> verify_audit(SqlConnection& connection) {
  const SqlResult all = TRY(connection.run(
      "SELECT number, time_s, actor, address, action, target, outcome, detail, hash FROM audit ORDER BY number", {}));
  std::string previous;
  int64_t expected = 1;
  for (const SqlRow& row : all.rows) {
    const AuditEntry entry{row.text(2), row.text(3), row.text(4), row.text(5), row.text(6), row.text(7)};
    if (row.integer(0) != expected) {
      return Error{ErrorCode::kMalformed, fmt::format("Audit row {} is missing.", expected)};
    }
    if (row.text(8) != chain_hash(previous, expected, row.integer(1), entry)) {
      return Error{ErrorCode::kMalformed, fmt::format("Audit row {} was changed after it was written.", expected)};
    }
    previous = row.text(8);
    ++expected;
  }
  return expected - 1;
}

}  // namespace vitrine::broker
