#include "broker/store/sqlite_connection.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace vitrine::broker {

namespace {

constexpr int kBusyTimeoutMs = 5'000;  // a writer holds the lock for milliseconds; longer means something is stuck

SqlValue column_value(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL: return std::monostate{};
    case SQLITE_INTEGER: return int64_t{sqlite3_column_int64(statement, column)};
    default: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      return std::string(text == nullptr ? "" : text, static_cast<size_t>(sqlite3_column_bytes(statement, column)));
    }
  }
}

int bind_value(sqlite3_stmt* statement, int index, const SqlValue& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return sqlite3_bind_int64(statement, index, *number);
  if (const auto* text = std::get_if<std::string>(&value)) {
    const std::string kept = storable_text(*text);
    return sqlite3_bind_text64(statement, index, kept.data(), kept.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  return sqlite3_bind_null(statement, index);
}

}  // namespace

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const std::string& path) {
  // SQLite would make the file readable for others; it holds password hashes.
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return Error{ErrorCode::kIo, fmt::format("Cannot write the store {}: {}. Make the folder writable for this user "
                                             "or choose another with --data.",
                                             path, std::strerror(errno))};
  }
  ::close(fd);
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(handle, path));
  if (code != SQLITE_OK) return connection->last_error(code);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  for (const char* pragma : {"PRAGMA journal_mode = WAL", "PRAGMA foreign_keys = ON", "PRAGMA synchronous = NORMAL",
                             "PRAGMA secure_delete = ON", "PRAGMA trusted_schema = OFF"}) {
    TRY(connection->run(pragma, {}));
  }
  return connection;
}

SqliteConnection::~SqliteConnection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

Error SqliteConnection::last_error(int code) const {
  const char* text = handle_ == nullptr ? "out of memory" : sqlite3_errmsg(handle_);
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT: return {ErrorCode::kConflict, text};
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {ErrorCode::kUnavailable, fmt::format("The store {} is busy. Try again.", path_)};
    case SQLITE_FULL:
      return {ErrorCode::kExhausted, fmt::format("The disk that holds {} is full. Free some space on it.", path_)};
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return {ErrorCode::kIo, fmt::format("{} is damaged or no Vitrine store ({}). Restore it from a backup, or move "
                                          "it away to start afresh.",
                                          path_, text)};
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {ErrorCode::kIo, fmt::format("Cannot use the store {}: {}. Check the folder's permissions and free "
                                          "space.",
                                          path_, text)};
    default: return {ErrorCode::kInternal, fmt::format("The store {} says: {}", path_, text)};
  }
}

Result<sqlite3_stmt*> SqliteConnection::prepared(std::string_view sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) return found->second;
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (code != SQLITE_OK) return last_error(code);
  statements_.emplace(sql, statement);
  return statement;
}

Result<SqlResult> SqliteConnection::step_all(sqlite3_stmt* statement) {
  SqlResult result;
  const int columns = sqlite3_column_count(statement);
  for (int column = 0; column < columns; ++column) result.columns.emplace_back(sqlite3_column_name(statement, column));
  const int before = sqlite3_total_changes(handle_);
  while (true) {
    const int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) break;
    if (code != SQLITE_ROW) return last_error(code);
    SqlValues values;
    values.reserve(static_cast<size_t>(columns));
    for (int column = 0; column < columns; ++column) values.push_back(column_value(statement, column));
    result.rows.emplace_back(std::move(values));
  }
  if (sqlite3_stmt_readonly(statement) == 0 && sqlite3_total_changes(handle_) != before) {
    result.changed = sqlite3_changes(handle_);
  }
  return result;
}

Result<SqlResult> SqliteConnection::run(std::string_view sql, const SqlValues& values) {
  auto result = execute(sql, values);
  if (!result.ok() && in_transaction_) doomed_ = true;
  return result;
}

Result<SqlResult> SqliteConnection::execute(std::string_view sql, const SqlValues& values) {
  sqlite3_stmt* statement = TRY(prepared(sql));
  CHECK(sqlite3_bind_parameter_count(statement) == static_cast<int>(values.size()));
  for (size_t i = 0; i < values.size(); ++i) {
    const std::string name = "$" + std::to_string(i + 1);
    const int index = sqlite3_bind_parameter_index(statement, name.c_str());
    CHECK(index > 0);
    if (const int code = bind_value(statement, index, values[i]); code != SQLITE_OK) return last_error(code);
  }
  auto result = step_all(statement);
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  return result;
}

Result<void> SqliteConnection::begin(SqlPurpose purpose) {
  CHECK(!in_transaction_);
  TRY(execute(purpose == SqlPurpose::kWrite ? "BEGIN IMMEDIATE" : "BEGIN", {}));
  in_transaction_ = true;
  doomed_ = false;
  return {};
}

Result<void> SqliteConnection::commit() {
  CHECK(in_transaction_);
  if (doomed_) return Error{ErrorCode::kInternal, "A statement of this transaction failed; it cannot be committed."};
  TRY(execute("COMMIT", {}));
  in_transaction_ = false;
  return {};
}

void SqliteConnection::rollback() {
  // Fails when SQLite has already rolled back by itself (disk full); then there is nothing left to undo.
  (void)execute("ROLLBACK", {});
  in_transaction_ = false;
  doomed_ = false;
}

}  // namespace vitrine::broker
