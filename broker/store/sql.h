// One SQL dialect for every database: what SQLite 3.35 and PostgreSQL 12 both understand. Placeholders are $1, $2, ...
// in order; integers are BIGINT (times in Unix seconds, booleans 0 or 1), everything else is TEXT (binary as hex).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/base/result.h"

namespace vitrine::broker {

using SqlValue = std::variant<std::monostate, int64_t, std::string>;
using SqlValues = std::vector<SqlValue>;

// The text as every database keeps it: valid UTF-8 without NUL; what is not becomes U+FFFD. Connections store and look
// up every text in this form.
std::string storable_text(std::string_view text);

class SqlRow {
 public:
  explicit SqlRow(SqlValues values) : values_(std::move(values)) {}
  // The column's value; NULL reads as 0 or "". The column's type is the schema's, so another one is our own bug.
  [[nodiscard]] int64_t integer(size_t column) const;
  [[nodiscard]] const std::string& text(size_t column) const;
  [[nodiscard]] bool null(size_t column) const;
  [[nodiscard]] bool truth(size_t column) const { return integer(column) != 0; }
  [[nodiscard]] const SqlValues& values() const { return values_; }

 private:
  SqlValues values_;
};

struct SqlResult {
  std::vector<std::string> columns;  // their names
  std::vector<SqlRow> rows;
  int64_t changed = 0;  // rows inserted, updated or deleted
};

enum class SqlPurpose : uint8_t {
  kWrite,  // nobody else writes what the transaction has read until it ends
  kRead,   // every statement sees the database as it was at the first one; writers do not wait for it
};

// One connection to a database. One thread at a time.
// Errors: conflict (a constraint says no), unavailable (locked by another for too long, or the server is away),
// exhausted (disk full), io, internal (the statement is wrong).
class SqlConnection {
 public:
  virtual ~SqlConnection() = default;
  // One statement. Outside of a transaction it stands alone; one that writes waits for a transaction to end.
  virtual Result<SqlResult> run(std::string_view sql, const SqlValues& values) = 0;
  virtual Result<void> begin(SqlPurpose purpose) = 0;
  // Refused, with internal, when a statement since begin() failed. When it answers with unavailable, the changes may
  // have been kept or not.
  virtual Result<void> commit() = 0;
  virtual void rollback() = 0;
};

// Rolls back unless committed.
class SqlTransaction {
 public:
  static Result<SqlTransaction> begin(SqlConnection& connection, SqlPurpose purpose = SqlPurpose::kWrite) {
    TRY(connection.begin(purpose));
    return SqlTransaction(connection);
  }
  SqlTransaction(SqlTransaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  SqlTransaction& operator=(SqlTransaction&&) = delete;
  ~SqlTransaction() {
    if (connection_ != nullptr) connection_->rollback();
  }
  Result<void> commit() {
    TRY(connection_->commit());
    connection_ = nullptr;
    return {};
  }

 private:
  explicit SqlTransaction(SqlConnection& connection) : connection_(&connection) {}
  SqlConnection* connection_;
};

}  // namespace vitrine::broker
