// Colours on the line between two: what the line says, and that blended colours are cheaper than others.
#include "codec/colour_line.h"

#include <gtest/gtest.h>

#include <random>
#include <utility>

#include "codec/dec_screen.h"
#include "codec/enc_screen.h"

namespace vitrine::codec {
namespace {

constexpr uint32_t kWhite = 0xffffff;
constexpr uint32_t kBlue = 0x1f77b4;

uint32_t blend(uint32_t ink, uint32_t paper, int alpha) {
  uint32_t colour = 0;
  for (const int shift : {0, 8, 16}) {
    const int mixed = (channel(ink, shift) * alpha + channel(paper, shift) * (255 - alpha) + 127) / 255;
    colour |= static_cast<uint32_t>(mixed) << shift;
  }
  return colour;
}

TEST(ColourLine, PassesThroughEveryBlendOfItsEnds) {
  for (const auto& [ink, paper] : {std::pair{kBlue, kWhite}, std::pair{0xce9178u, 0x1e1e1eu}}) {
    for (const ColourLine line : {ColourLine{ink, paper}, ColourLine{paper, ink}}) {
      ASSERT_TRUE(line.known());
      for (int alpha = 0; alpha < 256; ++alpha) EXPECT_TRUE(line.passes(blend(ink, paper, alpha))) << alpha;
      EXPECT_FALSE(line.passes(0x80ff00));
    }
  }
}

TEST(ColourLine, GivesChannelsInRangeForEveryRed) {
  for (const ColourLine line : {ColourLine{0x10ff00, 0x2000ff}, ColourLine{0xf00000, 0xe0ffff}}) {
    ASSERT_TRUE(line.known());
    for (int red = 0; red < 256; ++red) {
      for (const int shift : {0, 8}) {
        EXPECT_GE(line.at(red, shift), 0);
        EXPECT_LE(line.at(red, shift), 255);
      }
      EXPECT_GE(line.reach(red), 0);
      EXPECT_LT(line.reach(red), ColourLine::kReaches);
    }
  }
}

TEST(ColourLine, OfAnInkNeedsAllNeighboursOnIt) {
  NearbyColours nearby = {kWhite, blend(kBlue, kWhite, 90), kWhite, kWhite, blend(kBlue, kWhite, 200), kWhite};
  EXPECT_TRUE(line_of_ink(nearby, kBlue).known());
  EXPECT_FALSE(line_of_ink(nearby, 0xd62728).known());
  nearby[3] = 0xd62728;
  EXPECT_FALSE(line_of_ink(nearby, kBlue).known());
  EXPECT_TRUE(line_of_neighbours(nearby).known());
  EXPECT_FALSE(line_of_neighbours({kWhite, 0, 0x808080, kWhite, 0, 0}).known());
}

// Bytes of a picture in which every other pixel is another colour that only `colour_of` knows.
template <class ColourOf>
size_t bytes_of(ColourOf colour_of) {
  const Size size{240, 120};
  std::mt19937 random(5);
  Picture picture(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) picture.row(y)[x] = x % 2 == 0 ? kWhite : colour_of(random);
  }
  const Picture held(size);
  std::vector<uint8_t> chunk;
  ScreenEncoder().encode(picture.view(), held.view(), picture.bounds(), chunk);
  Picture shown(size);
  EXPECT_TRUE(ScreenDecoder().decode(chunk, shown.row(0), size.width, size, shown.bounds()).ok());
  for (int i = 0; i < size.width * size.height; ++i) {
    if (shown.row(0)[i] != picture.row(0)[i]) ADD_FAILURE() << "at " << i;
  }
  return chunk.size();
}

// A byte says how much of a blend is ink; where the channels know nothing of one another each takes one.
TEST(ScreenCoder, BlendsOfTwoColoursCostAboutTheirRed) {
  const size_t blended = bytes_of([](auto& random) { return blend(kBlue, kWhite, static_cast<int>(random() % 256)); });
  const size_t noise = bytes_of([](auto& random) { return static_cast<uint32_t>(random()) & kColourMask; });
  EXPECT_LT(blended * 2, noise);
}

}  // namespace
}  // namespace vitrine::codec
