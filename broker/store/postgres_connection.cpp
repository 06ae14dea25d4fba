#include "broker/store/postgres_connection.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <spdlog/spdlog.h>

#include <array>
#include <charconv>

namespace vitrine::broker {

namespace {

constexpr int kLeastServerVersion = 120'000;  // 12; Debian 12 brings 15
constexpr size_t kMaxStatements = 500;        // prepared for each connection; the program has about 200

// Given to the server with each connection. A writer holds its turn for milliseconds; longer means something is stuck.
// A broker that is cut off while it has its turn loses it after ten seconds.
constexpr const char* kSessionSettings =
    "SET client_encoding = 'UTF8'; SET standard_conforming_strings = on; SET lock_timeout = '5s'; "
    "SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '10s'; "
    "SET default_transaction_isolation = 'read committed'; SET default_transaction_read_only = off; "
    "SET client_min_messages = warning";

// The number is Vitrine's own; advisory locks are of one database.
constexpr const char* kBeginAlone = "BEGIN; SELECT pg_advisory_xact_lock(8626174923)";
constexpr const char* kBeginShared = "BEGIN; SELECT pg_advisory_xact_lock_shared(8626174923)";
// Who reads all of it may take its time: nobody waits for it.
constexpr const char* kBeginReading =
    "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL idle_in_transaction_session_timeout = '1h'; "
    "SET LOCAL statement_timeout = '1h'";

// Types as the server numbers them (pg_type.dat).
constexpr Oid kBool = 16;
constexpr Oid kInt8 = 20;
constexpr Oid kInt2 = 21;
constexpr Oid kInt4 = 23;
constexpr Oid kText = 25;
constexpr Oid kNumeric = 1700;

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using OwnedResult = std::unique_ptr<PGresult, ClearResult>;

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

bool starts_with_word(std::string_view sql, std::string_view word) {
  return sql.starts_with(word) && (sql.size() == word.size() || sql[word.size()] == ' ' || sql[word.size()] == '\n');
}

bool only_reads(std::string_view sql) {
  return starts_with_word(sql, "SELECT");
}

bool worth_preparing(std::string_view sql) {
  for (const std::string_view word : {"SELECT", "INSERT", "UPDATE", "DELETE"}) {
    if (starts_with_word(sql, word)) return true;
  }
  return false;
}

SqlValue value_from(const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column) != 0) return std::monostate{};
  const std::string_view text(PQgetvalue(result, row, column), static_cast<size_t>(PQgetlength(result, row, column)));
  switch (PQftype(result, column)) {
    case kBool: return int64_t{text == "t"};
    case kInt2:
    case kInt4:
    case kInt8:
    case kNumeric: {  // a SUM of BIGINT
      int64_t number = 0;
      const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (failed == std::errc() && end == text.data() + text.size()) return number;
      return std::string(text);
    }
    default: return std::string(text);
  }
}

std::string first_line(const char* message) {
  std::string line(message == nullptr ? "" : message);
  line.resize(std::min(line.size(), line.find('\n')));
  return line;
}

Error away() {
  return {ErrorCode::kUnavailable,
          "The server cannot reach its records right now. Try again later; sessions that are open go on."};
}

// The places of `url` without user and password. Errors: invalid_argument.
Result<std::string> place_of(const std::string& url) {
  char* why = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(PQconninfoParse(url.c_str(), &why));
  if (!options) {
    const std::string sentence = first_line(why);
    PQfreemem(why);
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("The store's address is not like postgresql://HOST/DATABASE: {}.", sentence)};
  }
  std::string host = "the local server";
  std::string database;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr || option->val[0] == 0) continue;
    const std::string_view keyword = option->keyword;
    if (keyword == "password") {
      return Error{ErrorCode::kInvalidArgument,
                   "A password in the store's address can be read by every user of this machine. Leave it out, and "
                   "put it into ~/.pgpass (a line HOST:PORT:DATABASE:USER:PASSWORD, mode 0600) or into the environment "
                   "variable PGPASSWORD."};
    }
    if (keyword == "host") host = option->val;
    if (keyword == "dbname") database = option->val;
  }
  return fmt::format("{}{}", host, database.empty() ? "" : "/" + database);
}

}  // namespace

// What a statement is bound to, in libpq's form. Borrows the texts.
struct PostgresConnection::Parameters {
  explicit Parameters(const SqlValues& values) {
    texts.reserve(values.size());
    for (const SqlValue& value : values) {
      if (const auto* number = std::get_if<int64_t>(&value)) {
        texts.push_back(std::to_string(*number));
        types.push_back(kInt8);
      } else if (const auto* text = std::get_if<std::string>(&value)) {
        texts.push_back(storable_text(*text));
        types.push_back(kText);
      } else {
        texts.emplace_back();
        types.push_back(0);  // the server sees from the place what it is
      }
      pointers.push_back(std::holds_alternative<std::monostate>(value) ? nullptr : texts.back().c_str());
    }
  }
  [[nodiscard]] int count() const { return static_cast<int>(pointers.size()); }

  std::vector<std::string> texts;
  std::vector<Oid> types;
  std::vector<const char*> pointers;
};

bool PostgresConnection::names(const std::string& url) {
  return url.starts_with("postgresql://") || url.starts_with("postgres://");
}

Result<std::unique_ptr<PostgresConnection>> PostgresConnection::open(const std::string& url,
                                                                     const std::string& application) {
  const std::string place = TRY(place_of(url));
  // The URL comes last, so that what it says itself takes precedence. A server that no longer answers is given up
  // after ten seconds instead of libpq's hours.
  const std::array keywords = {"connect_timeout",
                               "keepalives_idle",
                               "keepalives_interval",
                               "keepalives_count",
                               "tcp_user_timeout",
                               "application_name",
                               "dbname",
                               static_cast<const char*>(nullptr)};
  const std::array values = {
      "5", "5", "2", "3", "10000", application.c_str(), url.c_str(), static_cast<const char*>(nullptr)};
  std::unique_ptr<PostgresConnection> connection(
      new PostgresConnection(PQconnectdbParams(keywords.data(), values.data(), 1), place));
  if (connection->lost()) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("Cannot reach the store at {}: {}. Check that PostgreSQL runs there and that the database "
                             "and its user exist; a password comes from ~/.pgpass or PGPASSWORD.",
                             place, first_line(PQerrorMessage(connection->handle_)))};
  }
  if (PQserverVersion(connection->handle_) < kLeastServerVersion) {
    return Error{ErrorCode::kUnsupported, fmt::format("The PostgreSQL at {} is older than version 12.", place)};
  }
  const char* encoding = PQparameterStatus(connection->handle_, "server_encoding");
  if (encoding == nullptr || std::string_view(encoding) != "UTF8") {
    return Error{ErrorCode::kUnsupported,
                 fmt::format("The database at {} has the encoding {}. Make one with: createdb --template=template0 "
                             "--encoding=UTF8 NAME",
                             place, encoding == nullptr ? "unknown" : encoding)};
  }
  TRY(connection->set_up());
  return connection;
}

PostgresConnection::~PostgresConnection() {
  PQfinish(handle_);
}

bool PostgresConnection::lost() const {
  return PQstatus(handle_) != CONNECTION_OK;
}

Result<void> PostgresConnection::set_up() {
  statements_.clear();
  in_transaction_ = false;
  doomed_ = false;
  // What the server warns of is for its own log.
  PQsetNoticeReceiver(
      handle_, [](void*, const PGresult*) {}, nullptr);
  return command(kSessionSettings);
}

Result<void> PostgresConnection::reconnect() {
  PQreset(handle_);
  if (lost()) {
    spdlog::warn("The store at {} cannot be reached: {}", place_, first_line(PQerrorMessage(handle_)));
    return away();
  }
  return set_up();
}

// By the classes of SQLSTATE (PostgreSQL's documentation, appendix A).
Error PostgresConnection::error_of(const PGresult* result) const {
  const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string_view state = field == nullptr ? "" : field;
  const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  const std::string message = primary == nullptr ? first_line(PQerrorMessage(handle_)) : primary;
  const auto is = [&](std::string_view prefix) { return state.starts_with(prefix); };
  if (is("23")) return {ErrorCode::kConflict, message};
  if (is("55P03") || is("40")) return {ErrorCode::kUnavailable, "The store is busy. Try again."};
  if (is("53100")) return {ErrorCode::kExhausted, fmt::format("The disk of the store at {} is full.", place_)};
  if (is("53200")) return {ErrorCode::kExhausted, fmt::format("The store at {} has no memory left.", place_)};
  if (state.empty() || is("08") || is("57") || is("53") || is("25006") || is("25P03")) {
    spdlog::warn("The store at {} does not answer: {}", place_, message);
    return away();
  }
  if (is("42501")) {
    return {ErrorCode::kIo,
            fmt::format("The store at {} refuses: {}. Make Vitrine's user the database's owner.", place_, message)};
  }
  return {ErrorCode::kInternal, fmt::format("The store at {} says: {}", place_, message)};
}

Result<void> PostgresConnection::command(const char* sql) {
  const OwnedResult result(PQexec(handle_, sql));
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return error_of(result.get());
  return {};
}

Result<void> PostgresConnection::begin_turn(Turn turn) {
  const char* sql = turn == Turn::kAlone ? kBeginAlone : turn == Turn::kShared ? kBeginShared : kBeginReading;
  if (lost()) TRY(reconnect());
  auto begun = command(sql);
  if (!begun.ok() && lost()) {
    // It went while nobody used it; nothing has been done yet, so this is the place to begin again.
    TRY(reconnect());
    begun = command(sql);
  }
  if (!begun.ok()) {
    if (!lost()) (void)command("ROLLBACK");  // it began, and then did not get its turn
    return begun;
  }
  in_transaction_ = true;
  doomed_ = false;
  return {};
}

Result<void> PostgresConnection::begin(SqlPurpose purpose) {
  CHECK(!in_transaction_);
  return begin_turn(purpose == SqlPurpose::kWrite ? Turn::kAlone : Turn::kNone);
}

Result<void> PostgresConnection::commit() {
  CHECK(in_transaction_);
  if (doomed_) return Error{ErrorCode::kInternal, "A statement of this transaction failed; it cannot be committed."};
  TRY(command("COMMIT"));
  in_transaction_ = false;
  return {};
}

void PostgresConnection::rollback() {
  if (!lost()) (void)command("ROLLBACK");
  in_transaction_ = false;
  doomed_ = false;
}

Result<SqlResult> PostgresConnection::run(std::string_view sql, const SqlValues& values) {
  if (in_transaction_) {
    auto result = execute(sql, values);
    if (!result.ok()) doomed_ = true;
    return result;
  }
  if (!only_reads(sql)) return write_alone(sql, values);
  if (lost()) TRY(reconnect());
  auto result = execute(sql, values);
  if (result.ok() || !lost()) return result;
  TRY(reconnect());
  return execute(sql, values);
}

Result<SqlResult> PostgresConnection::write_alone(std::string_view sql, const SqlValues& values) {
  TRY(begin_turn(Turn::kShared));
  auto result = execute(sql, values);
  const auto committed = result.ok() ? command("COMMIT") : Result<void>();
  if (!result.ok() || !committed.ok()) rollback();
  in_transaction_ = false;
  if (!committed.ok()) return committed.error();
  return result;
}

Result<std::string> PostgresConnection::prepared(std::string_view sql, const Parameters& parameters) {
  std::string key(sql);
  for (const Oid type : parameters.types) key += fmt::format("\n{}", type);
  if (const auto found = statements_.find(key); found != statements_.end()) return found->second;
  if (statements_.size() >= kMaxStatements) {
    TRY(command("DEALLOCATE ALL"));
    statements_.clear();
  }
  const std::string name = fmt::format("s{}", statements_.size());
  const OwnedResult result(
      PQprepare(handle_, name.c_str(), std::string(sql).c_str(), parameters.count(), parameters.types.data()));
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) return error_of(result.get());
  statements_.emplace(std::move(key), name);
  return name;
}

Result<SqlResult> PostgresConnection::execute(std::string_view sql, const SqlValues& values) {
  const Parameters parameters(values);
  if (!worth_preparing(sql)) {
    const OwnedResult result(PQexecParams(handle_, std::string(sql).c_str(), parameters.count(),
                                          parameters.types.data(), parameters.pointers.data(), nullptr, nullptr, 0));
    return result_from(result.get());
  }
  const std::string name = TRY(prepared(sql, parameters));
  const OwnedResult result(
      PQexecPrepared(handle_, name.c_str(), parameters.count(), parameters.pointers.data(), nullptr, nullptr, 0));
  return result_from(result.get());
}

Result<SqlResult> PostgresConnection::result_from(PGresult* result) const {
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return error_of(result);
  SqlResult found;
  const int columns = PQnfields(result);
  for (int column = 0; column < columns; ++column) found.columns.emplace_back(PQfname(result, column));
  for (int row = 0; row < PQntuples(result); ++row) {
    SqlValues values;
    values.reserve(static_cast<size_t>(columns));
    for (int column = 0; column < columns; ++column) values.push_back(value_from(result, row, column));
    found.rows.emplace_back(std::move(values));
  }
  if (!only_reads(PQcmdStatus(result))) {
    const std::string_view count = PQcmdTuples(result);
    std::from_chars(count.data(), count.data() + count.size(), found.changed);
  }
  return found;
}

}  // namespace vitrine::broker
