// A viewer that comes back: what it still shows of the desktop is not sent again.
#include "codec/restore.h"

#include <gtest/gtest.h>

#include "codec/dec_decoder.h"
#include "codec/enc_viewer.h"
#include "codec/tile_hash.h"
#include "tests/unit/codec/pictures.h"

namespace vitrine::codec {
namespace {

constexpr Size kSize{640, 400};

class ComingBack : public testing::Test {
 protected:
  ComingBack() : desktop_(kSize), decoder_(Decoder::create(kSize).take()), encoder_(kSize) {
    Dice dice(11);
    draw_text(desktop_, desktop_.bounds(), dice);
    first_bytes_ = rest();
  }

  // Updates until all is exact; the bytes that took.
  size_t rest() {
    size_t bytes = 0;
    for (int i = 0; i < 200; ++i) {
      std::vector<uint8_t> body;
      const bool exact = encoder_.encode(desktop_.view(), {}, now_, body).exact;
      now_ += 33 * kMillisecond;
      bytes += body.size();
      const auto applied = decoder_.apply(body);
      EXPECT_TRUE(applied.ok()) << applied.error().message;
      EXPECT_EQ(wrong_pixels(decoder_, encoder_.held()), 0);
      if (exact) break;
    }
    EXPECT_EQ(wrong_pixels(decoder_, desktop_.view()), 0);
    return bytes;
  }
  std::vector<uint64_t> hashes() const {
    std::vector<uint64_t> result;
    for (uint32_t tile = 0; tile < tile_count(kSize); ++tile) result.push_back(decoder_.wide_tile_hash(tile));
    return result;
  }
  // Another encoder, as after a cut or a new agent.
  void reconnect(std::vector<uint64_t> offered) {
    encoder_ = ViewerEncoder(kSize);
    encoder_.offer(std::move(offered));
    EXPECT_TRUE(decoder_.restart(kSize).ok());
  }

  Picture desktop_;
  Decoder decoder_;
  ViewerEncoder encoder_;
  Micros now_ = 0;
  size_t first_bytes_ = 0;
};

TEST_F(ComingBack, ToAnUnchangedScreenCostsAHandfulOfBytes) {
  reconnect(hashes());
  EXPECT_LE(rest(), 12U);
  // Nothing is left to prove.
  EXPECT_TRUE(encoder_.take_unverified_tiles().empty());
}

TEST_F(ComingBack, SendsOnlyTheTilesThatChangedMeanwhile) {
  const auto offered = hashes();
  Dice dice(12);
  draw_text(desktop_, {130, 70, 100, 40}, dice);
  reconnect(offered);
  EXPECT_LT(rest(), first_bytes_ / 4);
  EXPECT_EQ(encoder_.take_unverified_tiles(), (std::vector<uint32_t>{12, 13}));
}

TEST_F(ComingBack, GoesOnAsBefore) {
  reconnect(hashes());
  rest();
  Dice dice(13);
  for (int i = 0; i < 20; ++i) {
    const Rect area = random_area(kSize, dice);
    i % 2 == 0 ? draw_text(desktop_, area, dice) : draw_photo(desktop_, area, dice);
    encoder_.mark(area, now_);
    rest();
    if (i % 5 == 4) reconnect(hashes());
  }
}

TEST_F(ComingBack, WithNothingOfTheScreenStartsFromBlack) {
  auto wrong = hashes();
  for (uint64_t& hash : wrong) ++hash;
  reconnect(wrong);
  EXPECT_GT(rest(), first_bytes_ / 2);
}

TEST_F(ComingBack, InTheMiddleOfAPictureGoesOnThere) {
  Dice dice(14);
  draw_noise(desktop_, desktop_.bounds(), dice);
  encoder_.mark(desktop_.bounds(), now_);
  std::vector<uint8_t> body;
  encoder_.encode(desktop_.view(), {.max_bytes = 200'000, .jpeg_quality = 0}, now_, body);
  ASSERT_TRUE(decoder_.apply(body).ok());
  reconnect(hashes());
  rest();
}

TEST_F(ComingBack, WithFewerHashesThanTilesKeepsThose) {
  auto some = hashes();
  some.resize(some.size() / 2);
  reconnect(some);
  const size_t bytes = rest();
  EXPECT_LT(bytes, first_bytes_);
  EXPECT_GT(bytes, first_bytes_ / 8);
}

TEST_F(ComingBack, WithForgedHashesIsFoundOut) {
  // It says that it shows what the desktop shows now, but it does not.
  std::vector<uint64_t> forged;
  Dice dice(15);
  draw_text(desktop_, {0, 0, 300, 100}, dice);
  for (uint32_t tile = 0; tile < tile_count(kSize); ++tile) forged.push_back(wide_tile_hash(desktop_.view(), tile));
  reconnect(forged);
  std::vector<uint8_t> body;
  encoder_.encode(desktop_.view(), {}, now_, body);
  EXPECT_FALSE(decoder_.apply(body).ok());
}

}  // namespace
}  // namespace vitrine::codec
