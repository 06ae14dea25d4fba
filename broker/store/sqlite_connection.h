// SQLite as SqlConnection: WAL journal, foreign keys on, waits up to five seconds for another writer.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "broker/store/sql.h"

struct sqlite3;
struct sqlite3_stmt;

namespace vitrine::broker {

class SqliteConnection : public SqlConnection {
 public:
  // Opens or makes the file (0600). Errors: io with a sentence for the administrator.
  static Result<std::unique_ptr<SqliteConnection>> open(const std::string& path);
  ~SqliteConnection() override;
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  Result<SqlResult> run(std::string_view sql, const SqlValues& values) override;
  Result<void> begin(SqlPurpose purpose) override;
  Result<void> commit() override;
  void rollback() override;

 private:
  SqliteConnection(sqlite3* handle, std::string path) : handle_(handle), path_(std::move(path)) {}
  Result<sqlite3_stmt*> prepared(std::string_view sql);
  Result<SqlResult> execute(std::string_view sql, const SqlValues& values);
  Result<SqlResult> step_all(sqlite3_stmt* statement);
  [[nodiscard]] Error last_error(int code) const;

  sqlite3* handle_;
  bool in_transaction_ = false;
  bool doomed_ = false;  // a statement of the transaction failed
  std::string path_;
  std::map<std::string, sqlite3_stmt*, std::less<>> statements_;  // each statement text is compiled once
};

}  // namespace vitrine::broker
