// What every SqlConnection has to do alike. A backend instantiates the suite with how to make a database.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "broker/store/migrations.h"
#include "broker/store/sql.h"

namespace vitrine::broker {

// A fresh, empty database; `connect` opens further connections to it.
struct SqlBackend {
  std::function<Result<std::unique_ptr<SqlConnection>>()> connect;
  std::shared_ptr<void> owner;  // removes it in the end
};

struct SqlBackendMaker {
  const char* name;
  SqlBackend (*make)();
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

// The columns and tables of every version stay reachable by the steps after it.
TEST_P(SqlConformance, MigrationsLeadFromEveryVersionToTheLast) {
  const auto all = all_migrations();
  for (size_t from = 0; from <= all.size(); ++from) {
    backend_ = GetParam().make();
    first_ = connect();
    ASSERT_TRUE(migrate(*first_, all.first(from), 100).ok()) << "to " << from;
    const auto rest = migrate(*first_, all, 200);
    ASSERT_TRUE(rest.ok()) << "from " << from << ": " << rest.error().message;
    ASSERT_TRUE(migrate(*first_, all, 300).ok()) << "a second time";
    EXPECT_EQ(number("SELECT COUNT(*) FROM schema_migrations"), static_cast<int64_t>(all.size()));
    EXPECT_EQ(number("SELECT COUNT(*) FROM schema_migrations WHERE applied_s = 100"), static_cast<int64_t>(from));
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
