// SQLite under the SQL conformance suite, and what only a file can have.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "broker/store/sqlite_connection.h"
#include "tests/conformance/sql_conformance.h"

namespace vitrine::broker {
namespace {

struct Folder {
  std::string path = [] {
    std::string name = std::filesystem::temp_directory_path() / "vitrine-sql-XXXXXX";
    return std::string(::mkdtemp(name.data()));
  }();
  ~Folder() { std::filesystem::remove_all(path); }
};

SqlBackend sqlite() {
  auto folder = std::make_shared<Folder>();
  return {.connect = [path = folder->path + "/store.db"]() -> Result<std::unique_ptr<SqlConnection>> {
            return std::unique_ptr<SqlConnection>(TRY(SqliteConnection::open(path)));
          },
          .owner = folder};
}

INSTANTIATE_TEST_SUITE_P(Sqlite, SqlConformance,
                         testing::Values(SqlBackendMaker{
                             "sqlite", &sqlite, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"}));

TEST(SqliteTest, TheFileIsForItsOwnerOnly) {
  const Folder folder;
  ASSERT_TRUE(SqliteConnection::open(folder.path + "/store.db").ok());
  struct stat info {};
  ASSERT_EQ(::stat((folder.path + "/store.db").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
}

TEST(SqliteTest, AFolderThatCannotBeWrittenIsNamed) {
  const Folder folder;
  std::ofstream(folder.path + "/file") << "x";
  const auto opened = SqliteConnection::open(folder.path + "/file/store.db");
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.error().message.find(folder.path + "/file/store.db"), std::string::npos);
  EXPECT_NE(opened.error().message.find("--data"), std::string::npos);
}

TEST(SqliteTest, AFileThatIsNoStoreIsNamed) {
  const Folder folder;
  std::ofstream(folder.path + "/store.db") << std::string(5000, 'x');
  const auto opened = SqliteConnection::open(folder.path + "/store.db");
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::kIo);
  EXPECT_NE(opened.error().message.find("damaged"), std::string::npos) << opened.error().message;
}

TEST(SqliteTest, AFullDiskSaysSoAndLosesNothing) {
  const Folder folder;
  auto opened = SqliteConnection::open(folder.path + "/store.db");
  ASSERT_TRUE(opened.ok());
  SqlConnection& connection = *opened.value();
  ASSERT_TRUE(connection.run("CREATE TABLE t (s TEXT)", {}).ok());
  ASSERT_TRUE(connection.run("INSERT INTO t(s) VALUES ('kept')", {}).ok());
  ASSERT_TRUE(connection.run("PRAGMA max_page_count = 4", {}).ok());  // as a disk with no room for a fifth
  const auto written = connection.run("INSERT INTO t(s) VALUES ($1)", {std::string(100'000, 'x')});
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, ErrorCode::kExhausted);
  EXPECT_NE(written.error().message.find("full"), std::string::npos);
  const auto rows = connection.run("SELECT s FROM t", {});
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(rows.value().rows.size(), 1U);
}

TEST(SqliteTest, ASecondWriterWaitsForTheFirst) {
  const Folder folder;
  auto first = SqliteConnection::open(folder.path + "/store.db");
  auto second = SqliteConnection::open(folder.path + "/store.db");
  ASSERT_TRUE(first.ok() && second.ok());
  ASSERT_TRUE(first.value()->begin(SqlPurpose::kWrite).ok());
  ASSERT_TRUE(second.value()->run("PRAGMA busy_timeout = 1", {}).ok());
  const auto refused = second.value()->begin(SqlPurpose::kWrite);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  ASSERT_TRUE(first.value()->commit().ok());
  EXPECT_TRUE(second.value()->begin(SqlPurpose::kWrite).ok());
}

}  // namespace
}  // namespace vitrine::broker
