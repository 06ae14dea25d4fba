#include "program/data_folder.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace vitrine {
namespace {

class DataFolderTest : public testing::Test {
 protected:
  DataFolderTest() {
    std::string name = std::filesystem::temp_directory_path() / "vitrine-data-XXXXXX";
    CHECK(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
  }
  ~DataFolderTest() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

TEST_F(DataFolderTest, FollowsTheEnvironment) {
  ::setenv("XDG_DATA_HOME", "/x/data", 1);
  EXPECT_EQ(default_data_folder().value(), "/x/data/vitrine");
  ::setenv("XDG_DATA_HOME", "not absolute", 1);
  ::setenv("HOME", "/home/ann", 1);
  EXPECT_EQ(default_data_folder().value(), "/home/ann/.local/share/vitrine");
}

TEST_F(DataFolderTest, IsForOneOwnerAtATime) {
  auto first = DataFolder::open(folder_ / "a/b");
  ASSERT_TRUE(first.ok()) << first.error().message;
  const auto second = DataFolder::open(folder_ / "a/b");
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kConflict);
  { const DataFolder gone = first.take(); }
  const auto third = DataFolder::open(folder_ / "a/b");
  ASSERT_TRUE(third.ok());
  EXPECT_FALSE(third.value().left_behind());
}

TEST_F(DataFolderTest, NoticesThatTheLastOwnerWasKilled) {
  { ASSERT_TRUE(DataFolder::open(folder_).ok()); }
  std::ofstream(folder_ / "up.lock") << "4711\n";
  EXPECT_TRUE(DataFolder::open(folder_).value().left_behind());
}

}  // namespace
}  // namespace vitrine
