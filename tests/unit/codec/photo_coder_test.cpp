// The lossless coder for photographs: which prediction it takes, and that both sides predict alike.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "codec/dec_photo.h"
#include "codec/enc_photo.h"
#include "codec/enc_photo_fit.h"
#include "codec/enc_photo_sides.h"
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

// Of the prediction in green, reckoned plainly.
int64_t error_in_green(const Picture& picture, const PhotoWeights& weights) {
  int64_t sum = 0;
  for (int y = 1; y < kSize.height; ++y) {
    for (int x = 2; x + 2 < kSize.width; ++x) {
      const auto green = [&](int dx, int dy) { return static_cast<int>(picture.row(y + dy)[x + dx] >> 8 & 0xff); };
      const int n = green(0, -1);
      const std::array<int, kPhotoNeighbours> near = {green(-1, 0), green(-2, 0),  green(-1, -1),
                                                      green(1, -1), green(-2, -1), green(2, -1)};
      double expected = n;
      for (size_t i = 0; i < near.size(); ++i) expected += weights.green[i] * (near[i] - n) / 32.0;
      if (weights.median) expected = std::clamp(near[0] + n - near[2], std::min(near[0], n), std::max(near[0], n));
      sum += std::abs(green(0, 0) - static_cast<int>(std::lround(expected)));
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

// Its bytes.
size_t expect_exact(const Picture& source, const Picture& held, const Rect& area) {
  std::vector<uint8_t> bytes;
  PhotoEncoder().encode(source.view(), held.view(), area, bytes);
  Picture shown = held;
  const auto taken = PhotoDecoder().decode(bytes, shown.row(0), kSize.width, kSize, area);
  EXPECT_TRUE(taken.ok());
  EXPECT_EQ(taken.value(), bytes.size());
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      const bool inside = !intersect(area, {x, y, 1, 1}).empty();
      const uint32_t expected = (inside ? source : held).row(y)[x];
      if (shown.row(y)[x] == expected) continue;
      ADD_FAILURE() << x << ", " << y;
      return bytes.size();
    }
  }
  return bytes.size();
}

TEST(PhotoCoder, GrainIsPredictedByTheMeanOfItsNeighbours) {
  const Picture picture = grain(1);
  const PhotoWeights weights = fit_photo_weights(picture.view(), kWhole, {});
  ASSERT_FALSE(weights.median);
  EXPECT_LT(error_in_green(picture, weights) * 10, error_in_green(picture, {}) * 9);
}

TEST(PhotoCoder, WhatTheMedianPredictsRightIsLeftToIt) {
  Dice dice(2);
  Picture steps(kSize);
  for (int y = 0; y < kSize.height; y += 16) {
    for (int x = 0; x < kSize.width; x += 16) fill(steps, {x, y, 16, 16}, dice.colour());
  }
  EXPECT_TRUE(fit_photo_weights(steps.view(), kWhole, {}).median);
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

TEST(PhotoCoder, AnErrorInOneChannelTellsOfTheNext) {
  Dice dice(6);
  Picture tinted(kSize);
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      const int green = 60 + dice.below(16);
      const int red = 40 + green / 2 + dice.below(3);
      const int blue = 30 + (green + red) / 3 + dice.below(3);
      tinted.row(y)[x] = static_cast<uint32_t>(red << 16 | green << 8 | blue);
    }
  }
  const PhotoWeights weights = fit_photo_weights(tinted.view(), kWhole, {});
  ASSERT_FALSE(weights.median);
  // Red less green falls by half of what green rises, and blue less green by a third of it and of what red falls.
  EXPECT_NEAR(weights.green_to_red, -16, 3);
  EXPECT_NEAR(weights.green_to_blue, -16, 3);
  EXPECT_GT(weights.red_to_blue, 4);
  // Green's 16 levels take four bits and some, the others' three each about two; alone they would take three and more.
  EXPECT_LT(encode(tinted, kWhole).size() * 8, static_cast<size_t>(kWhole.area()) * 9);
  expect_exact(tinted, Picture(kSize), kWhole);
}

// A window moved on over a picture: what it uncovered has the window on two sides, whichever way it went.
TEST(PhotoCoder, WhatAWindowUncoversCostsTheSameOnAllItsSides) {
  const Picture desktop = grain(7);
  const Rect window{40, 40, 100, 80};
  Picture shown = desktop;
  fill(shown, window, 0xf0f0f0);
  const std::array<Rect, 4> strips = {Rect{40, 40, 100, 6}, Rect{40, 114, 100, 6}, Rect{40, 40, 6, 80},
                                      Rect{134, 40, 6, 80}};
  std::array<double, 4> dear{};
  for (size_t i = 0; i < strips.size(); ++i) {
    const auto bytes = expect_exact(desktop, shown, strips[i]);
    dear[i] = static_cast<double>(bytes) / static_cast<double>(strips[i].area());
    const PhotoSides sides = choose_photo_sides(desktop.view(), shown.view(), strips[i]);
    EXPECT_EQ(sides.from_bottom, i == 1);
    EXPECT_EQ(sides.from_right, i == 3);
    EXPECT_TRUE(sides.left && sides.top);
    EXPECT_EQ(sides.right, i < 2);
  }
  for (const double one : dear) EXPECT_LT(one, dear[0] * 1.15);
}

TEST(PhotoCoder, SidesThatTellNothingOfAnAreaAreLeftOut) {
  const Picture desktop = grain(8);
  Picture shown(kSize);
  fill(shown, kWhole, 0xffffff);
  const Rect area{30, 30, 60, 50};
  const PhotoSides alone = choose_photo_sides(desktop.view(), shown.view(), area);
  EXPECT_EQ(alone, (PhotoSides{false, false, false, false, false}));
  expect_exact(desktop, shown, area);
  EXPECT_EQ(choose_photo_sides(desktop.view(), desktop.view(), area), PhotoSides{});
  for (uint8_t byte = 0; byte < 32; ++byte) EXPECT_EQ(PhotoSides::create(byte)->byte(), byte);
}

TEST(PhotoCoder, WeightsThatWouldOverflowAndUnknownSidesAreRefused) {
  const Rect area{0, 0, 64, 64};
  const auto honest = encode(grain(5), area);
  const size_t weights = 3;  // behind the sides and the number of words
  ASSERT_GE(honest[1], 0x80);
  ASSERT_LT(honest[2], 0x80);
  ASSERT_NE(static_cast<int8_t>(honest[weights]), kPhotoMedianMark);
  const auto refused = [&](size_t at, std::initializer_list<uint8_t> changed) {
    auto bytes = honest;
    std::copy(changed.begin(), changed.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
    Picture shown(kSize);
    const auto result = PhotoDecoder().decode(bytes, shown.row(0), kSize.width, kSize, area);
    return !result.ok() && result.error().code == ErrorCode::kMalformed;
  };
  EXPECT_TRUE(refused(weights, {32, 32, 0, 0, 0, 0}));
  EXPECT_TRUE(refused(weights + kPhotoNeighbours, {64, 0, 0, 0, 0, 0}));
  EXPECT_TRUE(refused(weights + kPhotoNeighbours, {62, 0, 0, 0, 0, 0, 0, 100, 100}));
  EXPECT_TRUE(refused(0, {32}));
}

}  // namespace
}  // namespace vitrine::codec
