// PostgreSQL as SqlConnection, for sites with several brokers.
//
// Writers take turns, as with SQLite: a transaction begins by taking one advisory lock of the database alone, and a
// single writing statement takes it shared, so what a transaction has read nobody changes until it ends, whichever
// broker they come from. SERIALIZABLE would give the same and let every caller run into failures it must repeat by
// itself; it would gain nothing, since nearly every transaction appends to the one audit chain. The lock goes with the
// connection, and the server drops a connection that falls silent inside a transaction, so a broker that dies holds up
// the others for seconds at most.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "broker/store/sql.h"

struct pg_conn;
struct pg_result;

namespace vitrine::broker {

class PostgresConnection : public SqlConnection {
 public:
  // Whether the words name such a store: "postgresql://..." or "postgres://...".
  static bool names(const std::string& url);
  // `url` as libpq reads it; a password comes from libpq's environment (PGPASSWORD) or password file (~/.pgpass,
  // PGPASSFILE), never from the URL. `application` is what the server shows of the connection.
  // Errors: invalid_argument, unavailable, unsupported, each with a sentence for the administrator.
  static Result<std::unique_ptr<PostgresConnection>> open(const std::string& url, const std::string& application);
  ~PostgresConnection() override;
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  // A connection that was lost is made anew by the next run() or begin() outside of a transaction.
  Result<SqlResult> run(std::string_view sql, const SqlValues& values) override;
  Result<void> begin(SqlPurpose purpose) override;
  Result<void> commit() override;
  void rollback() override;

 private:
  enum class Turn : uint8_t { kAlone, kShared, kNone };
  struct Parameters;

  PostgresConnection(pg_conn* handle, std::string place) : handle_(handle), place_(std::move(place)) {}
  Result<void> set_up();
  Result<void> reconnect();
  Result<void> begin_turn(Turn turn);
  Result<SqlResult> write_alone(std::string_view sql, const SqlValues& values);
  Result<SqlResult> execute(std::string_view sql, const SqlValues& values);
  Result<void> command(const char* sql);
  Result<std::string> prepared(std::string_view sql, const Parameters& parameters);
  Result<SqlResult> result_from(pg_result* result) const;
  [[nodiscard]] bool lost() const;
  [[nodiscard]] Error error_of(const pg_result* result) const;

  pg_conn* handle_;
  std::string place_;  // host, port and database, for sentences
  bool in_transaction_ = false;
  bool doomed_ = false;                                         // a statement of the transaction failed
  std::map<std::string, std::string, std::less<>> statements_;  // text and types of parameters -> its name there
};

}  // namespace vitrine::broker
