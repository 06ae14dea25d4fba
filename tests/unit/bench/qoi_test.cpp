#include "bench/codec/qoi.h"

#include <gtest/gtest.h>

#include <random>

#include "bench/codec/figures.h"

namespace vitrine::codec {
namespace {

// Runs, small and large differences, colours that return: every operation of the format.
Picture mixed_picture() {
  Picture picture({97, 61});
  std::mt19937 random(7);
  uint32_t pixel = 0;
  for (int64_t i = 0; i < picture.bounds().area(); ++i) {
    switch (random() % 6) {
      case 0: pixel = static_cast<uint32_t>(random() & kColourMask); break;
      case 1: pixel = (pixel + 0x010001) & kColourMask; break;
      case 2: pixel = (pixel + 0x0a0c0b) & kColourMask; break;
      case 3: pixel = static_cast<uint32_t>(random() % 5) * 0x332211; break;
      default: break;  // a run
    }
    picture.row(0)[i] = pixel;
  }
  for (int y = 40; y < 44; ++y) std::fill_n(picture.row(y), 97, 0xffffffu);  // runs longer than one operation holds
  return picture;
}

TEST(QoiTest, FollowsThePublishedFormat) {
  Picture picture({4, 1});
  const uint32_t pixels[] = {0x000000, 0x010101, 0x800000, 0x010101};
  std::copy(std::begin(pixels), std::end(pixels), picture.row(0));
  std::vector<uint8_t> file;
  encode_qoi(picture.view(), file);
  const std::vector<uint8_t> expected = {
      'q',  'o',  'i',  'f',  0, 0, 0, 4, 0, 0, 0, 1, 3, 0,
      0xc0,                    // a run of one: the pixel before the first is black
      0x7f,                    // one more in each channel
      0xfe, 0x80, 0x00, 0x00,  // red
      0x04,                    // (3 + 5 + 7 + 2805) % 64: the second pixel again
      0,    0,    0,    0,    0, 0, 0, 1,
  };
  EXPECT_EQ(file, expected);
}

TEST(QoiTest, GivesTheSamePictureBack) {
  const Picture picture = mixed_picture();
  std::vector<uint8_t> file;
  encode_qoi(picture.view(), file);
  Picture decoded(picture.size());
  ASSERT_TRUE(decode_qoi(file, decoded).ok());
  EXPECT_TRUE(same_colours(decoded.view(), picture.view()));
}

TEST(QoiTest, RefusesEveryTruncation) {
  const Picture picture = mixed_picture();
  std::vector<uint8_t> file;
  encode_qoi(picture.view(), file);
  Picture decoded(picture.size());
  for (size_t size = 0; size < file.size(); ++size) {
    // A copy of its own, so that a sanitizer sees a read past its end.
    const std::vector<uint8_t> part(file.begin(), file.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_FALSE(decode_qoi(part, decoded).ok()) << size;
  }
}

}  // namespace
}  // namespace vitrine::codec
