// What every SqlConnection has to do alike. A backend instantiates the suite with how to make a database.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <thread>

#include "broker/catalogue/catalogue.h"
#include "broker/catalogue/terms.h"
#include "broker/identity/api_tokens.h"
#include "broker/identity/secrets.h"
#include "broker/identity/web_sessions.h"
#include "broker/session/session_reports.h"
#include "broker/store/audit.h"
#include "broker/store/backup.h"
#include "broker/store/migrations.h"
#include "broker/store/settings.h"
#include "broker/store/sql.h"
#include "tests/conformance/old_rows.h"

namespace vitrine::broker {

// A fresh, empty database; `connect` opens further connections to it.
struct SqlBackend {
  std::function<Result<std::unique_ptr<SqlConnection>>()> connect;
  std::shared_ptr<void> owner;  // removes it in the end
};

struct SqlBackendMaker {
  const char* name;
  SqlBackend (*make)();
  const char* list_tables;  // a statement that lists them in order
  friend void PrintTo(const SqlBackendMaker& maker, std::ostream* out) { *out << maker.name; }
};

class SqlConformance : public testing::TestWithParam<SqlBackendMaker> {
 protected:
  void SetUp() override {
    backend_ = GetParam().make();
    first_ = connect();
  }
  std::unique_ptr<SqlConnection> connect() {
    auto connection = backend_.connect();
    if (!connection.ok()) {
      ADD_FAILURE() << connection.error().message;
      return nullptr;
    }
    return connection.take();
  }
  SqlResult run(SqlConnection& connection, std::string_view sql, const SqlValues& values = {}) {
    auto result = connection.run(sql, values);
    if (!result.ok()) {
      ADD_FAILURE() << sql << ": " << result.error().message;
      return {};
    }
    return result.take();
  }
  int64_t number(std::string_view sql) { return run(*first_, sql).rows.at(0).integer(0); }

  SqlBackend backend_;
  std::unique_ptr<SqlConnection> first_;
};

TEST_P(SqlConformance, ValuesComeBackAsTheyWere) {
  run(*first_, "CREATE TABLE t (n BIGINT, s TEXT)");
  const std::string text = std::string("Grüße ' \" -- \xf0\x9f\x98\x80 ; DROP TABLE t");
  run(*first_, "INSERT INTO t(n, s) VALUES ($1, $2)", {int64_t{1} << 60, text});
  run(*first_, "INSERT INTO t(n, s) VALUES ($1, $2)", {std::monostate{}, std::monostate{}});
  const SqlResult all = run(*first_, "SELECT n, s FROM t ORDER BY n IS NULL");
  ASSERT_EQ(all.rows.size(), 2U);
  EXPECT_EQ(all.rows[0].integer(0), int64_t{1} << 60);
  EXPECT_EQ(all.rows[0].text(1), text);
  EXPECT_TRUE(all.rows[1].null(0));
  EXPECT_EQ(all.rows[1].integer(0), 0);
  EXPECT_EQ(all.rows[1].text(1), "");
}

TEST_P(SqlConformance, OnePlaceholderMayBeUsedTwice) {
  EXPECT_EQ(run(*first_, "SELECT 1 WHERE CAST($1 AS TEXT) = 'a' OR CAST($1 AS TEXT) = $2",
                {std::string("b"), std::string("b")})
                .rows.size(),
            1U);
}

TEST_P(SqlConformance, ChangedRowsAreCounted) {
  run(*first_, "CREATE TABLE t (n BIGINT PRIMARY KEY)");
  EXPECT_EQ(run(*first_, "INSERT INTO t(n) VALUES (1), (2), (3)").changed, 3);
  EXPECT_EQ(run(*first_, "UPDATE t SET n = n + 10 WHERE n > 1").changed, 2);
  EXPECT_EQ(run(*first_, "UPDATE t SET n = 0 WHERE n = 99").changed, 0);
  EXPECT_EQ(run(*first_, "INSERT INTO t(n) VALUES (1) ON CONFLICT DO NOTHING").changed, 0);
  const SqlResult deleted = run(*first_, "DELETE FROM t WHERE n = 1 RETURNING n");
  ASSERT_EQ(deleted.rows.size(), 1U);
  EXPECT_EQ(deleted.rows[0].integer(0), 1);
  EXPECT_EQ(run(*first_, "SELECT n FROM t").changed, 0);
}

TEST_P(SqlConformance, BrokenConstraintsAreConflicts) {
  run(*first_, "CREATE TABLE parent (id TEXT PRIMARY KEY)");
  run(*first_, "CREATE TABLE child (id TEXT NOT NULL REFERENCES parent(id) ON DELETE CASCADE)");
  run(*first_, "INSERT INTO parent(id) VALUES ('a')");
  for (const char* sql : {"INSERT INTO parent(id) VALUES ('a')", "INSERT INTO child(id) VALUES ('b')",
                          "INSERT INTO child(id) VALUES (NULL)"}) {
    const auto result = first_->run(sql, {});
    ASSERT_FALSE(result.ok()) << sql;
    EXPECT_EQ(result.error().code, ErrorCode::kConflict) << sql;
  }
  run(*first_, "INSERT INTO child(id) VALUES ('a')");
  run(*first_, "DELETE FROM parent WHERE id = 'a'");
  EXPECT_EQ(number("SELECT COUNT(*) FROM child"), 0);
}

TEST_P(SqlConformance, AWrongStatementIsAnErrorAndTheConnectionGoesOn) {
  EXPECT_EQ(first_->run("SELECT no_such_column FROM nowhere", {}).error().code, ErrorCode::kInternal);
  EXPECT_EQ(number("SELECT 7"), 7);
}

TEST_P(SqlConformance, ATransactionThatIsNotCommittedLeavesNothing) {
  run(*first_, "CREATE TABLE t (n BIGINT)");
  {
    auto transaction = SqlTransaction::begin(*first_);
    ASSERT_TRUE(transaction.ok());
    run(*first_, "INSERT INTO t(n) VALUES (1)");
  }
  EXPECT_EQ(number("SELECT COUNT(*) FROM t"), 0);
  auto transaction = SqlTransaction::begin(*first_);
  ASSERT_TRUE(transaction.ok());
  run(*first_, "INSERT INTO t(n) VALUES (1)");
  const auto second = connect();
  EXPECT_EQ(run(*second, "SELECT COUNT(*) FROM t").rows[0].integer(0), 0) << "not committed, yet seen";
  ASSERT_TRUE(transaction.value().commit().ok());
  EXPECT_EQ(run(*second, "SELECT COUNT(*) FROM t").rows[0].integer(0), 1);
}

TEST_P(SqlConformance, NumbersAndNamesOfColumnsAreThoseOfTheStatement) {
  run(*first_, "CREATE TABLE t (n BIGINT, s TEXT)");
  run(*first_, "INSERT INTO t(n, s) VALUES (1, 'a'), (2, 'b')");
  const SqlResult all = run(*first_, "SELECT COUNT(*) AS rows, SUM(n) AS total, MAX(s) AS last, 1 AS one FROM t");
  EXPECT_EQ(all.columns, (std::vector<std::string>{"rows", "total", "last", "one"}));
  EXPECT_EQ(all.rows[0].integer(0), 2);
  EXPECT_EQ(all.rows[0].integer(1), 3);
  EXPECT_EQ(all.rows[0].text(2), "b");
  EXPECT_EQ(all.rows[0].integer(3), 1);
  EXPECT_EQ(run(*first_, "SELECT n IS NULL FROM t").rows[0].integer(0), 0);
}

TEST_P(SqlConformance, BytesThatAreNoTextBecomeReplacements) {
  run(*first_, "CREATE TABLE t (s TEXT PRIMARY KEY)");
  const std::string bytes("a\0b\xff\xc3\xa4\xed\xa0\x80", 9);
  run(*first_, "INSERT INTO t(s) VALUES ($1)", {bytes});
  const std::string kept =
      "a\xef\xbf\xbd"
      "b\xef\xbf\xbd\xc3\xa4\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd";
  EXPECT_EQ(run(*first_, "SELECT s FROM t").rows.at(0).text(0), kept);
  EXPECT_EQ(run(*first_, "SELECT s FROM t WHERE s = $1", {bytes}).rows.size(), 1U);
  EXPECT_TRUE(run(*first_, "SELECT s FROM t WHERE s = $1", {std::string("a")}).rows.empty());
}

TEST_P(SqlConformance, AFailedStatementDoomsItsTransaction) {
  run(*first_, "CREATE TABLE t (n BIGINT PRIMARY KEY)");
  {
    auto transaction = SqlTransaction::begin(*first_);
    ASSERT_TRUE(transaction.ok());
    run(*first_, "INSERT INTO t(n) VALUES (1)");
    EXPECT_FALSE(first_->run("INSERT INTO t(n) VALUES (1)", {}).ok());
    EXPECT_FALSE(transaction.value().commit().ok());
  }
  EXPECT_EQ(number("SELECT COUNT(*) FROM t"), 0);
  run(*first_, "INSERT INTO t(n) VALUES (1)");
}

TEST_P(SqlConformance, NobodyWritesWhatATransactionHasRead) {
  run(*first_, "CREATE TABLE t (n BIGINT)");
  run(*first_, "INSERT INTO t(n) VALUES (0)");
  constexpr int kRounds = 60;
  const auto count = [&](bool in_transaction) {
    const auto connection = connect();
    for (int i = 0; i < kRounds; ++i) {
      if (!in_transaction) {
        run(*connection, "UPDATE t SET n = n + 1");
        continue;
      }
      auto transaction = SqlTransaction::begin(*connection);
      ASSERT_TRUE(transaction.ok()) << transaction.error().message;
      const int64_t read = run(*connection, "SELECT n FROM t").rows.at(0).integer(0);
      run(*connection, "UPDATE t SET n = $1", {read + 1});
      ASSERT_TRUE(transaction.value().commit().ok());
    }
  };
  {
    const std::jthread one([&] { count(true); });
    const std::jthread two([&] { count(true); });
    const std::jthread alone([&] { count(false); });
  }
  EXPECT_EQ(number("SELECT n FROM t"), 3 * kRounds);
}

TEST_P(SqlConformance, TheAuditChainHoldsUnderTwoWriters) {
  ASSERT_TRUE(migrate(*first_, all_migrations(), 1).ok());
  constexpr int kRounds = 60;
  const auto append = [&](const std::string& actor) {
    const auto connection = connect();
    for (int i = 0; i < kRounds; ++i) {
      const AuditEntry entry{actor, "::1", "login", std::to_string(i), "ok", "bytes \xff"};
      const auto appended = append_audit_alone(*connection, entry, i);
      ASSERT_TRUE(appended.ok()) << appended.error().message;
    }
  };
  {
    const std::jthread one([&] { append("ada"); });
    const std::jthread two([&] { append("eve"); });
  }
  const auto verified = verify_audit(*first_);
  ASSERT_TRUE(verified.ok()) << verified.error().message;
  EXPECT_EQ(verified.value().number, 2 * kRounds);
}

TEST_P(SqlConformance, TwoBrokersThatStartAtOnceMakeOneSchema) {
  const auto start = [&] {
    const auto connection = connect();
    const auto migrated = migrate(*connection, all_migrations(), 1);
    EXPECT_TRUE(migrated.ok()) << migrated.error().message;
  };
  {
    const std::jthread one(start);
    const std::jthread two(start);
  }
  EXPECT_EQ(number("SELECT COUNT(*) FROM schema_migrations"), static_cast<int64_t>(all_migrations().size()));
}

// A store of this version with its rows.
inline void fill_old(SqlConnection& connection, int64_t version) {
  const auto all = all_migrations();
  size_t steps = 0;
  while (steps < all.size() && all[steps].version <= version) ++steps;
  ASSERT_TRUE(migrate(connection, all.first(steps), 100).ok());
  for (const OldRows& rows : kOldRows) {
    if (rows.version > version) continue;
    for (const std::string_view statement : rows.statements) {
      const auto filled = connection.run(statement, {});
      ASSERT_TRUE(filled.ok()) << statement << ": " << filled.error().message;
    }
  }
}

// What the rows of tests/conformance/old_rows.h became, as the program reads them today.
inline void expect_old_rows(SqlConnection& connection, int64_t version) {
  const std::vector<User> users = list_users(connection).value();
  ASSERT_EQ(users.size(), version >= 3 ? 3U : 2U);
  EXPECT_EQ(users[0].name, "ada");
  EXPECT_EQ(users[0].display_name, "Ada Lovelace");
  EXPECT_EQ(users[0].password, "$argon2id$x");
  EXPECT_EQ(users[0].provider, "local");
  EXPECT_TRUE(users[0].admin && !users[0].disabled);
  if (version >= 3) {
    EXPECT_TRUE(users[2].disabled);
    EXPECT_EQ(users[2].subject, "joan@example.org");
  }
  EXPECT_EQ(groups_of(connection, "u2").value(), std::vector<std::string>{"writers"});
  EXPECT_EQ(resources_of(connection, users[0]).value().size(), 2U);
  EXPECT_EQ(find_resource(connection, "notes").value()->command, (std::vector<std::string>{"notes", "--new"}));
  EXPECT_EQ(resource_terms(connection, "notes").value().target_ms, version >= 2 ? 60 : 0);
  EXPECT_EQ(user_terms(connection, "u1").value().has_value(), version >= 2);
  const std::vector<Session> sessions = running_sessions(connection, "").value();
  ASSERT_EQ(sessions.size(), 1U);
  EXPECT_EQ(sessions[0].state(), DesktopLife::kConnected);
  EXPECT_EQ(find_session(connection, "s2").value()->end_reason, "You ended this session.");
  EXPECT_EQ(find_report(connection, "s1").value().has_value(), version >= 2);
  const auto web = find_web_session(connection, "token of ada", 50).value();
  ASSERT_TRUE(web.has_value());
  EXPECT_EQ(web->user.name, "ada");
  EXPECT_EQ(web->proof.second_factor_s, version >= 3 ? 21 : 0);
  const std::vector<ApiToken> tokens = list_tokens(connection, {}).value();
  ASSERT_EQ(tokens.size(), version >= 4 ? 2U : 0U);
  if (version >= 4) {
    EXPECT_EQ(tokens[1].owner, "ada");
    EXPECT_TRUE(tokens[1].allows("users", true) && !tokens[1].allows("sessions", false));
  }
  EXPECT_EQ(read_number_setting(connection, "max_desktops", 1).value(), 7);
  EXPECT_EQ(verify_audit(connection).value().number, 1);
}

TEST_P(SqlConformance, MigrationsLeadFromEveryVersionToTheLastAndKeepItsRows) {
  const auto all = all_migrations();
  for (size_t from = 0; from <= all.size(); ++from) {
    SCOPED_TRACE("from version " + std::to_string(from == 0 ? 0 : all[from - 1].version));
    backend_ = GetParam().make();
    first_ = connect();
    const int64_t version = from == 0 ? 0 : all[from - 1].version;
    fill_old(*first_, version);
    const auto rest = migrate(*first_, all, 200);
    ASSERT_TRUE(rest.ok()) << rest.error().message;
    ASSERT_TRUE(migrate(*first_, all, 300).ok()) << "a second time";
    EXPECT_EQ(number("SELECT COUNT(*) FROM schema_migrations"), static_cast<int64_t>(all.size()));
    EXPECT_EQ(number("SELECT COUNT(*) FROM schema_migrations WHERE applied_s = 100"), static_cast<int64_t>(from));
    if (from > 0) expect_old_rows(*first_, version);
  }
}

TEST_P(SqlConformance, TheTablesOfTheSchemaAreTheTablesThereAre) {
  ASSERT_TRUE(migrate(*first_, all_migrations(), 1).ok());
  std::vector<std::string> named = tables_of(all_migrations());
  named.emplace_back("schema_migrations");
  std::ranges::sort(named);
  std::vector<std::string> there;
  for (const SqlRow& row : run(*first_, GetParam().list_tables).rows) there.push_back(row.text(0));
  EXPECT_EQ(named, there);
}

TEST_P(SqlConformance, AReaderSeesOneMomentAndNobodyWaitsForIt) {
  run(*first_, "CREATE TABLE t (n BIGINT)");
  const auto second = connect();
  const auto reading = SqlTransaction::begin(*second, SqlPurpose::kRead);
  ASSERT_TRUE(reading.ok());
  EXPECT_EQ(run(*second, "SELECT COUNT(*) FROM t").rows[0].integer(0), 0);
  run(*first_, "INSERT INTO t(n) VALUES (1)");
  EXPECT_EQ(run(*second, "SELECT COUNT(*) FROM t").rows[0].integer(0), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM t"), 1);
}

struct BackupFile {
  std::string path = [] {
    std::string name = std::filesystem::temp_directory_path() / "vitrine-backup-XXXXXX";
    ::close(::mkstemp(name.data()));
    return name;
  }();
  ~BackupFile() { ::unlink(path.c_str()); }
  std::string text() const {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& text) const { std::ofstream(path) << text; }
};

TEST_P(SqlConformance, ABackupOfEveryVersionComesBackWhole) {
  for (const Migration& migration : all_migrations()) {
    SCOPED_TRACE(migration.version);
    const BackupFile file;
    backend_ = GetParam().make();
    first_ = connect();
    fill_old(*first_, migration.version);
    const auto written = back_up_store(*first_, file.path, 500);
    ASSERT_TRUE(written.ok()) << written.error().message;
    EXPECT_GT(written.value().rows, 10);
    // Into another, fresh one; then over that one, which has users by now.
    backend_ = GetParam().make();
    first_ = connect();
    const auto restored = restore_store(*first_, file.path, false, 600);
    ASSERT_TRUE(restored.ok()) << restored.error().message;
    EXPECT_EQ(restored.value().rows, written.value().rows);
    expect_old_rows(*first_, migration.version);
    EXPECT_EQ(restore_store(*first_, file.path, false, 700).error().code, ErrorCode::kConflict);
    run(*first_, "DELETE FROM audit");
    ASSERT_TRUE(restore_store(*first_, file.path, true, 700).ok());
    expect_old_rows(*first_, migration.version);
    ASSERT_TRUE(migrate(*first_, all_migrations(), 800).ok());
  }
}

TEST_P(SqlConformance, ABackupIsOfOneMomentWhileOthersWrite) {
  fill_old(*first_, all_migrations().back().version);
  const std::jthread writer([&](const std::stop_token& stop) {
    const auto connection = connect();
    for (int i = 0; !stop.stop_requested(); ++i) {
      const AuditEntry entry{"ada", "::1", "login", std::to_string(i), "ok", ""};
      ASSERT_TRUE(append_audit_alone(*connection, entry, i).ok());
    }
  });
  for (int round = 0; round < 5; ++round) {
    const BackupFile file;
    ASSERT_TRUE(back_up_store(*first_, file.path, 500).ok());
    const SqlBackend other = GetParam().make();
    const auto fresh = other.connect().take();
    ASSERT_TRUE(restore_store(*fresh, file.path, false, 600).ok());
    EXPECT_TRUE(verify_audit(*fresh).ok()) << "a row without the one before it";
  }
}

TEST_P(SqlConformance, ADamagedBackupChangesNothing) {
  fill_old(*first_, all_migrations().back().version);
  const BackupFile file;
  ASSERT_TRUE(back_up_store(*first_, file.path, 500).ok());
  const std::string good = file.text();
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  const std::string last_line = good.substr(good.rfind('\n', good.size() - 2) + 1);
  for (const std::string& bad :
       {std::string(), std::string("hello\n"), good.substr(0, good.size() / 2),
        replaced("Ada Lovelace", "Eve Lovelace"), replaced("\"users\"", "\"nobodies\""), replaced(last_line, "")}) {
    file.write(bad);
    const auto restored = restore_store(*first_, file.path, true, 600);
    ASSERT_FALSE(restored.ok());
    EXPECT_EQ(restored.error().code, ErrorCode::kMalformed) << restored.error().message;
    expect_old_rows(*first_, all_migrations().back().version);
  }
  EXPECT_EQ(restore_store(*first_, "/no/such/file", true, 600).error().code, ErrorCode::kIo);
}

// Names in a backup reach SQL; whoever can make one fit its own checksum still gets no statement in.
TEST_P(SqlConformance, ABackupCannotNameWhatTheSchemaDoesNotHave) {
  ASSERT_TRUE(migrate(*first_, all_migrations(), 1).ok());
  const BackupFile file;
  for (const Json& line : {Json{{"table", "users; DROP TABLE users"}, {"columns", {"id"}}},
                           Json{{"table", "users"}, {"columns", {"id) VALUES ('x'); DROP TABLE users; --"}}},
                           Json{{"table", "schema_migrations"}, {"columns", {"version"}}}}) {
    const std::string head = Json{{"vitrine_store", 1}, {"made_s", 1}, {"migrations", {1}}}.dump() + "\n";
    const std::string middle = line.dump() + "\n";
    const std::string hash = sha256_hex(sha256_hex(head) + middle);
    file.write(head + middle + Json{{"end", true}, {"rows", 0}, {"sha256", hash}}.dump() + "\n");
    const auto restored = restore_store(*first_, file.path, true, 600);
    ASSERT_FALSE(restored.ok());
    EXPECT_EQ(restored.error().code, ErrorCode::kMalformed) << restored.error().message;
    EXPECT_EQ(number("SELECT COUNT(*) FROM users"), 0);
  }
}

TEST_P(SqlConformance, AFailingMigrationChangesNothing) {
  static constexpr std::string_view kGood[] = {"CREATE TABLE good (n BIGINT)"};
  static constexpr std::string_view kBad[] = {"CREATE TABLE half (n BIGINT)", "NO SQL AT ALL"};
  static constexpr Migration kSteps[] = {{1, "good", kGood}, {2, "bad", kBad}};
  EXPECT_FALSE(migrate(*first_, kSteps, 1).ok());
  EXPECT_EQ(number("SELECT MAX(version) FROM schema_migrations"), 1);
  EXPECT_FALSE(first_->run("SELECT * FROM half", {}).ok());
  run(*first_, "SELECT * FROM good");
}

TEST_P(SqlConformance, AStoreOfANewerVersionIsRefused) {
  ASSERT_TRUE(migrate(*first_, all_migrations(), 1).ok());
  run(*first_, "INSERT INTO schema_migrations(version, name, applied_s) VALUES (9999, 'of tomorrow', 1)");
  const auto migrated = migrate(*first_, all_migrations(), 2);
  ASSERT_FALSE(migrated.ok());
  EXPECT_EQ(migrated.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(migrated.error().message.find("newer Vitrine"), std::string::npos);
}

}  // namespace vitrine::broker
