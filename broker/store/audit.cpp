#include "broker/store/audit.h"

#include <fmt/format.h>

#include "broker/identity/secrets.h"

namespace vitrine::broker {

namespace {

constexpr int64_t kVerifiedAtATime = 1000;

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
  const AuditPlace last = TRY(newest_audit(connection));
  const int64_t number = last.number + 1;
  TRY(
      connection.run("INSERT INTO audit(number, time_s, actor, address, action, target, outcome, detail, hash) "
                     "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                     {number, now_s, entry.actor, entry.address, entry.action, entry.target, entry.outcome,
                      entry.detail, chain_hash(last.hash, number, now_s, entry)}));
  return {};
}

Result<void> append_audit_alone(SqlConnection& connection, const AuditEntry& entry, int64_t now_s) {
  SqlTransaction transaction = TRY(SqlTransaction::begin(connection));
  TRY(append_audit(connection, entry, now_s));
  return transaction.commit();
}

Result<AuditPlace> newest_audit(SqlConnection& connection) {
  const SqlResult last = TRY(connection.run("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1", {}));
  if (!last.rows.empty()) return AuditPlace{last.rows.front().integer(0), last.rows.front().text(1)};
  return TRY(audit_anchor(connection)).place;
}

Result<AuditAnchor> audit_anchor(SqlConnection& connection) {
  const SqlResult found = TRY(connection.run("SELECT number, hash, signature FROM audit_anchor WHERE id = 1", {}));
  if (found.rows.empty()) return AuditAnchor();
  const SqlRow& row = found.rows.front();
  return AuditAnchor{{row.integer(0), row.text(1)}, row.text(2)};
}

Result<void> write_anchor(SqlConnection& connection, const AuditAnchor& anchor) {
  TRY(
      connection.run("INSERT INTO audit_anchor(id, number, hash, signature) VALUES (1, $1, $2, $3) ON CONFLICT (id) DO "
                     "UPDATE SET number = excluded.number, hash = excluded.hash, signature = excluded.signature",
                     {anchor.place.number, anchor.place.hash, anchor.signature}));
  return {};
}

Result<AuditPlace> verify_audit(SqlConnection& connection, const std::optional<AuditPlace>& witness) {
  AuditPlace at = TRY(audit_anchor(connection)).place;
  while (true) {
    // In pieces, so that a log of years needs no more memory than one of a day.
    const auto rows = TRY(find_audit(connection, {.after = at.number, .limit = kVerifiedAtATime}));
    if (rows.empty()) break;
    for (const AuditRecord& row : rows) {
      if (row.number != at.number + 1) {
        return Error{ErrorCode::kMalformed, fmt::format("Audit row {} is missing.", at.number + 1)};
      }
      at = {row.number, chain_hash(at.hash, row.number, row.time_s, row.entry)};
      if (row.hash != at.hash) {
        return Error{
            ErrorCode::kMalformed,
            fmt::format("Audit row {} was changed after it was written, or stands in another's place.", row.number)};
      }
      if (witness && witness->number == at.number && witness->hash != at.hash) {
        return Error{ErrorCode::kMalformed, fmt::format("Audit row {} is another than it was.", at.number)};
      }
    }
  }
  if (witness && witness->number > at.number) {
    return Error{ErrorCode::kMalformed,
                 fmt::format("The audit log ends with row {}, but row {} was there already: its end was cut off.",
                             at.number, witness->number)};
  }
  return at;
}

Result<std::vector<AuditRecord>> find_audit(SqlConnection& connection, const AuditQuery& query) {
  std::string where;
  SqlValues values;
  const auto narrow = [&](std::string_view condition, SqlValue value) {
    values.push_back(std::move(value));
    where += fmt::format("{} {}${}", where.empty() ? "WHERE" : " AND", condition, values.size());
  };
  // Beginnings without LIKE, whose wildcards and case differ between databases.
  const auto text = [&](const std::string& column, const std::string& wanted, char open_end) {
    if (wanted.empty()) return;
    if (wanted.back() != open_end) return narrow(column + " = ", wanted);
    narrow(fmt::format("SUBSTR({}, 1, {}) = ", column, wanted.size()), wanted);
  };
  if (query.after) narrow("number > ", *query.after);
  if (query.before) narrow("number < ", *query.before);
  if (query.since_s) narrow("time_s >= ", *query.since_s);
  if (query.until_s) narrow("time_s < ", *query.until_s);
  text("actor", query.actor, 0);
  text("action", query.action, '.');
  text("target", query.target, '/');
  text("outcome", query.outcome, 0);
  values.emplace_back(query.limit);
  const SqlResult found = TRY(connection.run(
      fmt::format("SELECT number, time_s, actor, address, action, target, outcome, detail, hash FROM audit {} "
                  "ORDER BY number {} LIMIT ${}",
                  where, query.after ? "ASC" : "DESC", values.size()),
      values));
  std::vector<AuditRecord> records;
  for (const SqlRow& row : found.rows) {
    records.push_back({row.integer(0),
                       row.integer(1),
                       {row.text(2), row.text(3), row.text(4), row.text(5), row.text(6), row.text(7)},
                       row.text(8)});
  }
  return records;
}

}  // namespace vitrine::broker
