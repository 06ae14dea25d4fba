// Operation 9, which is an operation only once: as the first after a restart.
#include "codec/restore.h"

#include <gtest/gtest.h>

#include "codec/dec_decoder.h"
#include "codec/tile_hash.h"
#include "tests/unit/codec/pictures.h"

namespace vitrine::codec {
namespace {

constexpr Size kRestoredSize{200, 150};  // 4x3 tiles, the last ones cut
constexpr uint32_t kTiles = 12;

class RestoreTest : public testing::Test {
 protected:
  RestoreTest() : picture_(kRestoredSize) {
    Dice dice(3);
    ByteWriter out(painting_);
    for (int i = 0; i < 60; ++i) {
      const Rect area =
          intersect({dice.below(kRestoredSize.width), dice.below(kRestoredSize.height), 40, 40}, picture_.bounds());
      const uint32_t colour = dice.colour();
      fill(picture_, area, colour);
      out.operation(Operation::kFlat);
      out.rect(area);
      out.colour(colour);
    }
  }

  // A decoder that shows the picture, told that its link starts again.
  Decoder restarted(Size size = kRestoredSize) const {
    Decoder decoder = Decoder::create(kRestoredSize).take();
    EXPECT_TRUE(decoder.apply(painting_).ok());
    EXPECT_TRUE(decoder.restart(size).ok());
    return decoder;
  }
  std::vector<uint8_t> body_for(const KeptTiles& kept) const {
    std::vector<uint8_t> body;
    ByteWriter out(body);
    out.operation(Operation::kRestore);
    write_restore(picture_.view(), kept, out);
    return body;
  }
  Picture with_black(const KeptTiles& kept) const {
    Picture result = picture_;
    for (uint32_t tile = 0; tile < kTiles; ++tile) {
      const int x = static_cast<int>(tile % 4) * kTileSide;
      const int y = static_cast<int>(tile / 4) * kTileSide;
      if (kept[tile] == 0) fill(result, intersect({x, y, kTileSide, kTileSide}, picture_.bounds()), 0);
    }
    return result;
  }

  Picture picture_;
  std::vector<uint8_t> painting_;  // an update that paints it
};

TEST_F(RestoreTest, KeepsTheNamedTilesAndBlackensTheOthers) {
  Dice dice(5);
  for (int round = 0; round < 50; ++round) {
    KeptTiles kept(kTiles);
    const int one_in = 1 + round % 4;
    for (uint8_t& flag : kept) flag = dice.below(one_in) == 0 ? 1 : 0;
    Decoder decoder = restarted();
    const auto applied = decoder.apply(body_for(kept));
    ASSERT_TRUE(applied.ok()) << applied.error().message;
    EXPECT_EQ(wrong_pixels(decoder, with_black(kept).view()), 0);
  }
}

TEST_F(RestoreTest, TellsWhatItHoldsUntilThatIsDecided) {
  Decoder decoder = restarted();
  EXPECT_EQ(decoder.wide_tile_hash(7), wide_tile_hash(picture_.view(), 7));
  EXPECT_TRUE(decoder.restart(kRestoredSize).ok());
  EXPECT_EQ(decoder.wide_tile_hash(7), wide_tile_hash(picture_.view(), 7));
}

TEST_F(RestoreTest, AnyOtherFirstUpdateStartsFromBlack) {
  for (const std::vector<uint8_t>& body : {std::vector<uint8_t>{}, std::vector<uint8_t>{0}}) {
    Decoder decoder = restarted();
    EXPECT_TRUE(decoder.apply(body).ok());
    EXPECT_EQ(wrong_pixels(decoder, Picture(kRestoredSize).view()), 0);
    ASSERT_FALSE(decoder.dirty().empty());
  }
}

TEST_F(RestoreTest, IsRefusedWhereThereIsNothingToRestore) {
  const auto body = body_for(KeptTiles(kTiles, 0));
  Decoder fresh = Decoder::create(kRestoredSize).take();
  EXPECT_FALSE(fresh.apply(body).ok());
  Decoder resized = restarted({300, 150});
  EXPECT_FALSE(resized.apply(body).ok());
  Decoder begun = restarted();
  EXPECT_TRUE(begun.apply({}).ok());
  EXPECT_FALSE(begun.apply(body).ok());
  auto twice = body;
  twice.insert(twice.end(), body.begin(), body.end());
  EXPECT_FALSE(restarted().apply(twice).ok());
  auto late = body;
  late.insert(late.begin(), 0);
  EXPECT_FALSE(restarted().apply(late).ok());
}

TEST_F(RestoreTest, RefusesTheTilesOfAnotherPicture) {
  KeptTiles kept(kTiles, 0);
  kept[5] = 1;
  picture_.row(70)[70] ^= 1;
  const auto body = body_for(kept);
  picture_.row(70)[70] ^= 1;
  EXPECT_FALSE(restarted().apply(body).ok());
}

TEST_F(RestoreTest, RefusesEveryTruncationAndEveryFlip) {
  const KeptTiles kept{0, 1, 1, 0, 0, 0, 1, 1, 1, 0, 1, 0};
  const auto body = body_for(kept);
  for (size_t length = 1; length < body.size(); ++length) {
    EXPECT_FALSE(restarted().apply(std::span(body).first(length)).ok()) << length;
  }
  for (size_t bit = 8; bit < body.size() * 8; ++bit) {
    auto damaged = body;
    damaged[bit / 8] ^= static_cast<uint8_t>(1U << bit % 8);
    EXPECT_FALSE(restarted().apply(damaged).ok()) << bit;
  }
}

TEST_F(RestoreTest, RefusesHostileRuns) {
  const std::vector<std::vector<uint8_t>> bodies = {
      {9},                                            // nothing
      {9, 13, 0, 0, 0, 0},                            // more tiles than there are
      {9, 6, 7, 0, 0, 0, 0},                          //
      {9, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0, 0},  // 2^32 - 1 tiles
      {9, 0, 0, 12, 0, 0, 0, 0},                      // a second empty run
      {9, 12, 0, 0, 0},                               // a check cut short
  };
  for (size_t i = 0; i < bodies.size(); ++i) EXPECT_FALSE(restarted().apply(bodies[i]).ok()) << "body " << i;
  // Empty runs without end cost no time.
  std::vector<uint8_t> empty_runs(100'000, 0);
  empty_runs[0] = 9;
  EXPECT_FALSE(restarted().apply(empty_runs).ok());
}

}  // namespace
}  // namespace vitrine::codec
