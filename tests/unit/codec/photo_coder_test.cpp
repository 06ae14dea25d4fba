// The lossless coder for photographs: which prediction it takes, and that both sides predict alike.
#include <gtest/gtest.h>

#include "codec/dec_photo.h"
#include "codec/enc_photo.h"
#include "codec/enc_photo_fit.h"
#include "tests/unit/codec/pictures.h"

namespace vitrine::codec {
namespace {

constexpr Size kSize{192, 160};
constexpr Rect kWhole{0, 0, kSize.width, kSize.height};

// A plane under the grain of a camera: neighbours say little about a pixel, their mean says more.
Picture grain(uint64_t seed) {
  Dice dice(seed);
  Picture picture(kSize);
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      const int base = 60 + x / 4 + y / 3;
      const auto channel = [&] { return static_cast<uint32_t>(base + dice.below(9)); };
      const uint32_t red = channel();
      const uint32_t green = channel();
      picture.row(y)[x] = red << 16 | green << 8 | channel();
    }
  }
  return picture;
}

int64_t error_in_green(const Picture& picture, const PhotoWeights& weights) {
  const auto green = [&](int x, int y) { return static_cast<int>(picture.row(y)[x] >> 8 & 0xff); };
  int64_t sum = 0;
  for (int y = 1; y < kSize.height; ++y) {
    for (int x = 1; x + 1 < kSize.width; ++x) {
      sum += std::abs(green(x, y) -
                      weights.predict(green(x - 1, y), green(x, y - 1), green(x - 1, y - 1), green(x + 1, y - 1)));
    }
  }
  return sum;
}

std::vector<uint8_t> encode(const Picture& source, const Rect& area) {
  const Picture before(kSize);
  std::vector<uint8_t> bytes;
  PhotoEncoder().encode(source.view(), before.view(), area, bytes);
  return bytes;
}

TEST(PhotoCoder, GrainIsPredictedByTheMeanOfItsNeighbours) {
  const Picture picture = grain(1);
  const PhotoWeights weights = fit_photo_weights(picture.view(), kWhole);
  ASSERT_FALSE(weights.median);
  EXPECT_LT(error_in_green(picture, weights) * 10, error_in_green(picture, {}) * 9);
}

TEST(PhotoCoder, WhatTheMedianPredictsRightIsLeftToIt) {
  Dice dice(2);
  Picture steps(kSize);
  for (int y = 0; y < kSize.height; y += 16) {
    for (int x = 0; x < kSize.width; x += 16) fill(steps, {x, y, 16, 16}, dice.colour());
  }
  EXPECT_TRUE(fit_photo_weights(steps.view(), kWhole).median);
}

TEST(PhotoCoder, AreasAtAllEdgesComeBackExactly) {
  for (const Rect& area : {kWhole, Rect{0, 0, 1, 1}, Rect{191, 0, 1, 160}, Rect{0, 159, 192, 1}, Rect{3, 5, 90, 40}}) {
    for (const bool noisy : {true, false}) {
      Dice dice(3);
      Picture source = grain(4);
      // Nothing but the darkest and the lightest, where predictions leave the range.
      for (int y = 0; y < kSize.height && !noisy; ++y) {
        for (int x = 0; x < kSize.width; ++x) source.row(y)[x] = dice.below(2) == 0 ? 0 : 0xffffff;
      }
      const auto bytes = encode(source, area);
      Picture shown(kSize);
      const auto taken = PhotoDecoder().decode(bytes, shown.row(0), kSize.width, kSize, area);
      ASSERT_TRUE(taken.ok());
      EXPECT_EQ(taken.value(), bytes.size());
      for (int y = area.y; y < area.bottom(); ++y) {
        for (int x = area.x; x < area.right(); ++x) ASSERT_EQ(shown.row(y)[x], source.row(y)[x]) << x << ", " << y;
      }
    }
  }
}

TEST(PhotoCoder, WeightsThatWouldOverflowAreRefused) {
  const Rect area{0, 0, 64, 64};
  auto bytes = encode(grain(5), area);
  const size_t weights = 2;  // behind the number of words
  ASSERT_GE(bytes[0], 0x80);
  ASSERT_LT(bytes[1], 0x80);
  ASSERT_NE(static_cast<int8_t>(bytes[weights]), kPhotoMedianMark);
  bytes[weights] = 100;
  bytes[weights + 1] = 28;
  bytes[weights + 2] = 0;
  Picture shown(kSize);
  const auto refused = PhotoDecoder().decode(bytes, shown.row(0), kSize.width, kSize, area);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kMalformed);
}

}  // namespace
}  // namespace vitrine::codec
