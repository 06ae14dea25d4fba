// The screen coder: what is decoded equals what was encoded, and nothing a peer sends takes it out of bounds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "codec/dec_screen.h"
#include "codec/enc_screen.h"

namespace vitrine::codec {
namespace {

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  uint32_t operator()() { return static_cast<uint32_t>(engine_()); }

 private:
  std::mt19937 engine_;
};

int below(Random& random, int limit) {
  return static_cast<int>(random() % static_cast<uint32_t>(limit));
}

// A made-up screen: flat windows, glyphs that repeat, a gradient, noise; the top byte is rubbish as on a real one.
Picture make_screen(Size size, unsigned seed) {
  Random random(seed);
  Picture picture(size);
  const uint32_t background = random() & kColourMask;
  const uint32_t ink = random() & kColourMask;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      uint32_t colour = background;
      const int cell = (x / 9) * 7 + (y / 14) * 13;
      if (x % 9 < 7 && y % 14 < 10 && ((x % 9) * (y % 14 + 3) + cell % 5) % 4 == 0) colour = ink;
      if (y * 4 < size.height) colour = static_cast<uint32_t>(x & 255) * 0x010101;
      if (x * 5 > size.width * 4) colour = random();
      picture.row(y)[x] = colour | (random() & 0xff) << 24;
    }
  }
  return picture;
}

void expect_equal(const Picture& got, const Picture& want) {
  for (int y = 0; y < want.height(); ++y) {
    for (int x = 0; x < want.width(); ++x) {
      ASSERT_EQ(got.row(y)[x] & kColourMask, want.row(y)[x] & kColourMask) << "at " << x << "," << y;
    }
  }
}

// One link: an encoder with what it believes the viewer holds, and the viewer.
struct Link {
  explicit Link(Size size) : held(size), shown(size) {}

  // Sends `area` of `source`; answers the bytes.
  size_t send(const Picture& source, const Rect& area, size_t max_bytes = SIZE_MAX) {
    std::vector<uint8_t> chunk;
    Rect coded = area;
    coded.height = encoder.encode(source.view(), held.view(), area, chunk, max_bytes);
    for (int y = coded.y; y < coded.bottom(); ++y) {
      std::copy_n(source.row(y) + coded.x, coded.width, held.row(y) + coded.x);
    }
    const size_t size = chunk.size();
    for (int i = 0; i < 5; ++i) chunk.push_back(static_cast<uint8_t>(below(random, 256)));  // the next chunk's
    const auto taken = decoder.decode(chunk, shown.row(0), shown.width(), shown.size(), coded);
    EXPECT_TRUE(taken.ok());
    if (taken.ok()) {
      EXPECT_EQ(taken.value(), size);
    }
    if (++sends % 16 == 1) {
      EXPECT_EQ(encoder.state_checksum(), decoder.state_checksum());
    }
    rows = coded.height;
    return size;
  }

  Picture held;
  Picture shown;
  ScreenEncoder encoder;
  ScreenDecoder decoder;
  Random random{1};
  int rows = 0;
  int sends = 0;
};

Rect random_area(Random& random, Size size) {
  const int x = below(random, size.width);
  const int y = below(random, size.height);
  const int most = random() % 4 == 0 ? 1000 : 17;
  return {x, y, 1 + below(random, std::min(most, size.width - x)), 1 + below(random, std::min(most, size.height - y))};
}

TEST(ScreenCoder, WholeScreensComeBackExactly) {
  for (const Size size : {Size{1, 1}, Size{1, 50}, Size{50, 1}, Size{3, 3}, Size{64, 64}, Size{257, 131}}) {
    for (unsigned seed = 0; seed < 6; ++seed) {
      const Picture screen = make_screen(size, seed);
      Link link(size);
      link.send(screen, screen.bounds());
      expect_equal(link.shown, screen);
    }
  }
}

TEST(ScreenCoder, AnySequenceOfAreasComesBackExactly) {
  for (unsigned seed = 0; seed < 4; ++seed) {
    Random random(seed);
    const Size size{120 + below(random, 90), 90 + below(random, 60)};
    Link link(size);
    Picture wanted(size);
    for (int i = 0; i < 150; ++i) {
      const Picture source = make_screen(size, random());
      const Rect area = random_area(random, size);
      link.send(source, area);
      for (int y = area.y; y < area.bottom(); ++y) {
        std::copy_n(source.row(y) + area.x, area.width, wanted.row(y) + area.x);
      }
    }
    expect_equal(link.shown, wanted);
  }
}

TEST(ScreenCoder, AFlatAreaCostsAByteOrTwo) {
  const Size size{640, 480};
  Link link(size);
  Picture screen(size);
  link.send(screen, screen.bounds());
  EXPECT_LE(link.send(screen, {64, 64, 16, 16}), 2u);
}

TEST(ScreenCoder, WhatWasSeenBeforeCostsLess) {
  const Size size{256, 256};
  const Picture screen = make_screen(size, 7);
  Link link(size);
  const size_t fresh = link.send(screen, {0, 80, 180, 80});
  EXPECT_LT(link.send(screen, {0, 80, 180, 80}), fresh);
}

// Letters of two stems at places that do not repeat: where the second begins follows from the first.
TEST(ScreenCoder, GapsInsideOfShapesAreLearned) {
  const Size size{1200, 14};
  const auto line = [size](unsigned seed, bool even) {
    Random random(seed);
    Picture picture(size);
    for (int y = 0; y < size.height; ++y) std::fill_n(picture.row(y), size.width, 0xffffffu);
    for (int x = 10; x + 30 < size.width; x += 22 + below(random, 7)) {
      const int gap = even ? 6 : 4 + below(random, 5);
      for (int y = 4; y < 12; ++y) picture.row(y)[x] = picture.row(y)[x + 1] = 0x101010;
      for (int y = 4; y < 12; ++y) picture.row(y)[x + 1 + gap] = picture.row(y)[x + 2 + gap] = 0x808080;
    }
    return picture;
  };
  const auto bytes_of_second_line = [&](bool even) {
    Link link(size);
    link.send(line(1, even), {0, 0, size.width, size.height});
    link.send(Picture(size), {0, 0, size.width, size.height});
    return link.send(line(2, even), {0, 0, size.width, size.height});
  };
  // A gap among five that is not known takes more than two bits each in some fifty letters.
  EXPECT_LE(bytes_of_second_line(true) * 2, bytes_of_second_line(false));
}

// Marks of two colours, and three rows below each another one, of the same colour or of any.
TEST(ScreenCoder, WhatLiesFourRowsAboveIsLearned) {
  constexpr int kPitch = 12;
  const Size size{1200, 240};
  const auto bytes = [size](bool follows) {
    Random random(4);
    Picture picture(size);
    for (int y = 2; y + 5 < size.height; y += 10) {
      for (int x = 8; x + kPitch < size.width; x += kPitch) {
        const uint32_t above = random() % 2 == 0 ? 0x303030 : 0x909090;
        const uint32_t other = random() % 2 == 0 ? 0x303030 : 0x909090;
        picture.row(y)[x] = above;
        for (int i = 1; i < 4; ++i) std::fill_n(&picture.row(y + i)[x - 1], 3, 0x606060u);
        picture.row(y + 4)[x] = follows ? above : other;
      }
    }
    return Link(size).send(picture, picture.bounds());
  };
  // Half of what is random in the picture, a byte for each eight marks, but for what learning takes.
  EXPECT_LT(bytes(true) * 10, bytes(false) * 7);
}

TEST(ScreenCoder, StopsAfterTheRowThatPassesTheLimit) {
  const Size size{256, 256};
  Random random(3);
  Picture noise(size);
  for (int i = 0; i < 256 * 256; ++i) noise.row(0)[i] = random() & kColourMask;
  Link link(size);
  const size_t bytes = link.send(noise, noise.bounds(), 5'000);
  EXPECT_LT(link.rows, 12);
  EXPECT_GT(bytes, 4'990u);
  EXPECT_LT(bytes, 5'000u + 256 * 4);
  link.send(noise, {0, link.rows, 256, 256 - link.rows});
  expect_equal(link.shown, noise);
}

TEST(ScreenCoder, ResetForgetsEverything) {
  const Size size{128, 128};
  const Picture screen = make_screen(size, 5);
  Link link(size);
  const size_t first = link.send(screen, screen.bounds());
  link.encoder.reset();
  link.decoder.reset();
  link.held = Picture(size);
  link.shown = Picture(size);
  EXPECT_EQ(link.encoder.state_checksum(), ScreenEncoder().state_checksum());
  EXPECT_EQ(link.send(screen, screen.bounds()), first);
}

struct Chunk {
  explicit Chunk(Size size) : screen(make_screen(size, 11)) {
    const Picture black(size);
    ScreenEncoder().encode(screen.view(), black.view(), screen.bounds(), bytes);
  }
  Picture screen;
  std::vector<uint8_t> bytes;
};

TEST(ScreenCoder, EveryTruncationIsMalformed) {
  const Chunk chunk(Size{32, 20});
  for (size_t length = 0; length < chunk.bytes.size(); ++length) {
    Picture shown(chunk.screen.size());
    ScreenDecoder decoder;
    const std::vector<uint8_t> part(chunk.bytes.begin(), chunk.bytes.begin() + static_cast<std::ptrdiff_t>(length));
    const auto taken = decoder.decode(part, shown.row(0), shown.width(), shown.size(), shown.bounds());
    ASSERT_FALSE(taken.ok()) << length;
    EXPECT_EQ(taken.error().code, ErrorCode::kMalformed);
  }
}

TEST(ScreenCoder, FlippedBitsStayInsideTheArea) {
  const Chunk chunk(Size{48, 40});
  const Rect area{8, 8, 48, 40};
  for (size_t i = 0; i < chunk.bytes.size() * 8; i += 11) {
    std::vector<uint8_t> bytes = chunk.bytes;
    bytes[i / 8] = static_cast<uint8_t>(bytes[i / 8] ^ (1 << (i % 8)));
    Picture shown(Size{64, 64});
    ScreenDecoder decoder;
    const auto taken = decoder.decode(bytes, shown.row(0), shown.width(), shown.size(), area);
    if (taken.ok()) {
      EXPECT_LE(taken.value(), bytes.size());
    }
    for (int y = 0; y < 64; ++y) {
      for (int x = 0; x < 64; ++x) {
        if (intersect(area, {x, y, 1, 1}).empty()) {
          ASSERT_EQ(shown.row(y)[x], 0u);
        }
      }
    }
  }
}

TEST(ScreenCoder, AnyBytesDecodeToSomethingOrAreMalformed) {
  Random random(9);
  ScreenDecoder decoder;
  Picture shown(Size{200, 150});
  for (int i = 0; i < 400; ++i) {
    std::vector<uint8_t> bytes(static_cast<size_t>(below(random, 600)));
    const unsigned kind = random() % 3;
    for (uint8_t& byte : bytes) {
      byte = kind == 0 ? static_cast<uint8_t>(random()) : kind == 1 ? uint8_t{255} : uint8_t{0};
    }
    const auto taken =
        decoder.decode(bytes, shown.row(0), shown.width(), shown.size(), random_area(random, shown.size()));
    if (taken.ok()) {
      EXPECT_LE(taken.value(), bytes.size());
    }
  }
}

TEST(ScreenCoder, AreasOutsideThePictureAreRefused) {
  Picture shown(Size{20, 20});
  ScreenDecoder decoder;
  const std::vector<uint8_t> bytes(100);
  for (const Rect area : {Rect{0, 0, 21, 1}, Rect{0, 0, 1, 21}, Rect{-1, 0, 2, 2}, Rect{0, -1, 2, 2}, Rect{20, 0, 1, 1},
                          Rect{0, 0, 0, 5}, Rect{0, 0, 5, -1}, Rect{INT32_MAX, 0, 1, 1}, Rect{1, 1, INT32_MAX, 1}}) {
    const auto taken = decoder.decode(bytes, shown.row(0), shown.width(), shown.size(), area);
    ASSERT_FALSE(taken.ok());
    EXPECT_EQ(taken.error().code, ErrorCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace vitrine::codec
