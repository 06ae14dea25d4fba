#include "bench/codec/frames.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace vitrine::codec {
namespace {

class FramesTest : public testing::Test {
 protected:
  std::string write(size_t bytes) {
    std::ofstream out(path_, std::ios::binary);
    for (size_t i = 0; i < bytes; ++i) out.put(static_cast<char>(i));
    return path_;
  }
  void TearDown() override { std::filesystem::remove(path_); }

  std::string path_ = testing::TempDir() + testing::UnitTest::GetInstance()->current_test_info()->name() + ".bgra";
};

TEST_F(FramesTest, AFileIsReadFrameByFrame) {
  FrameFile file = FrameFile::open(write(2 * 3 * 2 * 4), {3, 2}).take();
  EXPECT_EQ(file.frames(), 2);
  Picture frame({3, 2});
  EXPECT_TRUE(file.read(frame).take());
  EXPECT_EQ(frame.row(0)[0], 0x03020100u);
  EXPECT_TRUE(file.read(frame).take());
  EXPECT_EQ(frame.row(0)[0], 0x1b1a1918u);
  EXPECT_FALSE(file.read(frame).take());
}

TEST_F(FramesTest, AFileThatIsNotWholeFramesIsRefused) {
  for (const size_t bytes : {0u, 23u, 25u}) {
    const auto file = FrameFile::open(write(bytes), {3, 2});
    ASSERT_FALSE(file.ok()) << bytes;
    EXPECT_EQ(file.error().code, ErrorCode::kInvalidArgument);
  }
  EXPECT_EQ(FrameFile::open(path_ + ".none", {3, 2}).error().code, ErrorCode::kNotFound);
}

TEST(ParseSizeTest, TakesWidthAndHeightOnly) {
  EXPECT_EQ(parse_size("1920x1080").take(), (Size{1920, 1080}));
  for (const char* wrong : {"", "1920", "0x5", "5x0", "-5x5", "8193x1", "10x10 ", "10x10x10", "axb"}) {
    EXPECT_FALSE(parse_size(wrong).ok()) << wrong;
  }
}

TEST(ChangedTilesTest, NamesTheTilesThatDifferInColour) {
  Picture before({130, 70});
  Picture after({130, 70});
  after.row(0)[0] = 0xff000000;  // the X byte only
  EXPECT_TRUE(changed_tiles(after, before).empty());
  after.row(69)[129] = 1;
  EXPECT_EQ(changed_tiles(after, before), (std::vector<Rect>{{128, 64, 2, 6}}));
}

}  // namespace
}  // namespace vitrine::codec
