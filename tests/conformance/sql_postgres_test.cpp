// PostgreSQL under the SQL conformance suite, and what only a server on its own can do: go away and come back.
#include <gtest/gtest.h>

#include "broker/store/postgres_connection.h"
#include "tests/conformance/sql_conformance.h"
#include "tests/unit/broker/postgres_server.h"

namespace vitrine::broker {
namespace {

struct OwnDatabase {
  std::string url = PostgresServer::shared().create_database();
  ~OwnDatabase() { PostgresServer::shared().drop_database(url); }
};

Result<std::unique_ptr<SqlConnection>> open_at(const std::string& url) {
  return std::unique_ptr<SqlConnection>(TRY(PostgresConnection::open(url, "vitrine test")));
}

SqlBackend postgresql() {
  auto database = std::make_shared<OwnDatabase>();
  return {.connect = [url = database->url] { return open_at(url); }, .owner = database};
}

INSTANTIATE_TEST_SUITE_P(
    Postgresql, SqlConformance,
    testing::Values(SqlBackendMaker{
        "postgresql", &postgresql,
        "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"}));

class PostgresTest : public testing::Test {
 protected:
  PostgresTest() { EXPECT_TRUE(first_->run("CREATE TABLE t (n BIGINT)", {}).ok()); }
  std::unique_ptr<SqlConnection> connect() { return open_at(database_.url).take(); }
  int64_t rows() { return first_->run("SELECT COUNT(*) FROM t", {}).value().rows[0].integer(0); }
  // As the kernel does to the connections of a broker that is killed.
  static void cut_off(SqlConnection& connection) {
    const auto pid = connection.run("SELECT pg_backend_pid()", {}).value().rows[0].integer(0);
    server().administer("SELECT pg_terminate_backend(" + std::to_string(pid) + ", 10000)");
  }
  static PostgresServer& server() { return PostgresServer::shared(); }

  OwnDatabase database_;
  std::unique_ptr<SqlConnection> first_ = connect();
};

TEST_F(PostgresTest, AServerThatIsAwaySaysTryLaterAndItsReturnIsNoticed) {
  server().stop();
  for (const char* sql : {"SELECT 1", "INSERT INTO t(n) VALUES (1)"}) {
    const auto refused = first_->run(sql, {});
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable) << refused.error().message;
    EXPECT_NE(refused.error().message.find("later"), std::string::npos);
  }
  EXPECT_EQ(first_->begin(SqlPurpose::kWrite).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(open_at(database_.url).error().code, ErrorCode::kUnavailable);
  server().start();
  EXPECT_TRUE(first_->run("INSERT INTO t(n) VALUES (1)", {}).ok());
  EXPECT_EQ(rows(), 1);
}

TEST_F(PostgresTest, AConnectionLostWhileIdleIsNotNoticed) {
  cut_off(*first_);
  EXPECT_EQ(rows(), 0);
  cut_off(*first_);
  EXPECT_TRUE(first_->run("INSERT INTO t(n) VALUES (1)", {}).ok());
  cut_off(*first_);
  auto transaction = SqlTransaction::begin(*first_);
  ASSERT_TRUE(transaction.ok()) << transaction.error().message;
  ASSERT_TRUE(transaction.value().commit().ok());
  EXPECT_EQ(rows(), 1);
}

TEST_F(PostgresTest, AConnectionLostInATransactionLosesAllOfIt) {
  {
    auto transaction = SqlTransaction::begin(*first_);
    ASSERT_TRUE(transaction.ok());
    ASSERT_TRUE(first_->run("INSERT INTO t(n) VALUES (1)", {}).ok());
    cut_off(*first_);
    EXPECT_EQ(first_->run("INSERT INTO t(n) VALUES (2)", {}).error().code, ErrorCode::kUnavailable);
    EXPECT_FALSE(first_->run("INSERT INTO t(n) VALUES (3)", {}).ok()) << "the rest must not stand alone";
    EXPECT_FALSE(transaction.value().commit().ok());
  }
  EXPECT_EQ(rows(), 0);
  {
    auto transaction = SqlTransaction::begin(*first_);
    ASSERT_TRUE(first_->run("INSERT INTO t(n) VALUES (4)", {}).ok());
    cut_off(*first_);
    EXPECT_EQ(transaction.value().commit().error().code, ErrorCode::kUnavailable);
  }
  EXPECT_EQ(rows(), 0);
}

TEST_F(PostgresTest, AWriterThatWaitsTooLongSaysBusyAndOneThatDiesGivesItsTurnBack) {
  const auto second = connect();
  ASSERT_TRUE(second->run("SET lock_timeout = '20ms'", {}).ok());
  ASSERT_TRUE(first_->begin(SqlPurpose::kWrite).ok());
  EXPECT_EQ(second->begin(SqlPurpose::kWrite).error().code, ErrorCode::kUnavailable);
  const auto alone = second->run("INSERT INTO t(n) VALUES (1)", {});
  ASSERT_FALSE(alone.ok());
  EXPECT_EQ(alone.error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(second->run("SELECT n FROM t", {}).ok()) << "who reads does not wait";
  cut_off(*first_);
  EXPECT_TRUE(second->begin(SqlPurpose::kWrite).ok());
  EXPECT_TRUE(second->commit().ok());
  first_->rollback();
}

TEST_F(PostgresTest, ABrokerCutOffInATransactionLosesItsTurnSoon) {
  EXPECT_EQ(first_->run("SHOW idle_in_transaction_session_timeout", {}).value().rows[0].text(0), "10s");
  EXPECT_EQ(first_->run("SHOW lock_timeout", {}).value().rows[0].text(0), "5s");
}

TEST_F(PostgresTest, AddressesThatCannotBeUsedSayWhy) {
  const auto error = [](const std::string& url) {
    const auto opened = PostgresConnection::open(url, "vitrine test");
    EXPECT_FALSE(opened.ok()) << url;
    return opened.ok() ? Error{} : opened.error();
  };
  const Error password = error("postgresql://ada:secret@localhost/vitrine");
  EXPECT_EQ(password.code, ErrorCode::kInvalidArgument);
  EXPECT_NE(password.message.find("pgpass"), std::string::npos);
  EXPECT_EQ(password.message.find("secret"), std::string::npos);
  EXPECT_EQ(error("postgresql://localhost/vitrine?no_such=1").code, ErrorCode::kInvalidArgument);
  const std::string missing = database_.url.substr(0, database_.url.rfind('/')) + "/nothing";
  EXPECT_EQ(error(missing).code, ErrorCode::kUnavailable);
  EXPECT_NE(error(missing).message.find("nothing"), std::string::npos);
  server().administer("CREATE DATABASE bytes TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'");
  const Error encoding = error(database_.url.substr(0, database_.url.rfind('/')) + "/bytes");
  EXPECT_EQ(encoding.code, ErrorCode::kUnsupported);
  EXPECT_NE(encoding.message.find("createdb"), std::string::npos);
  server().administer("DROP DATABASE bytes");
}

}  // namespace
}  // namespace vitrine::broker
