// Fast paths against their plain C++.
#include <gtest/gtest.h>

#include "codec/dec_jpeg.h"
#include "codec/enc_cells.h"
#include "codec/enc_diff.h"
#include "codec/enc_jpeg.h"
#include "codec/enc_motion.h"
#include "codec/equal_run.h"
#include "codec/nibble_model.h"
#include "codec/tile_hash.h"
#include "tests/unit/codec/pictures.h"

namespace vitrine::codec {
namespace {

TEST(Diff, KernelsAgreeWithPlainCode) {
  const auto kernels = diff_kernels();
  for (uint64_t seed = 0; seed < 40; ++seed) {
    Dice dice(seed);
    const Size size{1 + dice.below(1200), 1 + dice.below(70)};
    const CellGrid grid{size, kCellSide};
    Picture a(size);
    draw_noise(a, a.bounds(), dice);
    Picture b = a;
    for (int i = dice.below(60); i > 0; --i) {
      // Some of the changes are in the byte that does not count.
      b.row(dice.below(size.height))[dice.below(size.width)] ^= 1U << dice.below(32);
    }
    TileSet marked(grid);
    for (int i = 0; i < 4; ++i) marked.insert(grid.cells_of(random_area(size, dice)));
    TileSet expected(grid);
    marked.for_each([&](int x, int y) {
      const Rect cell = grid.pixels_of({x, y, 1, 1});
      for (int py = cell.y; py < cell.bottom(); ++py) {
        for (int px = cell.x; px < cell.right(); ++px) {
          if (((a.row(py)[px] ^ b.row(py)[px]) & kColourMask) != 0) expected.insert(x, y);
        }
      }
    });
    for (const DiffKernel& kernel : kernels) {
      TileSet found = marked;
      keep_differing(kernel, a.view(), b.view(), found);
      EXPECT_EQ(found, expected) << kernel.name << " seed " << seed;
    }
  }
}

TEST(Diff, TakesExactlyTheChangesOfAnArea) {
  for (uint64_t seed = 0; seed < 60; ++seed) {
    Dice dice(seed);
    const Size size{1 + dice.below(1300), 1 + dice.below(70)};
    const CellGrid grid{size, kCellSide};
    Picture old(size);
    draw_noise(old, old.bounds(), dice);
    Picture now = old;
    for (int i = dice.below(40); i > 0; --i)
      now.row(dice.below(size.height))[dice.below(size.width)] ^= 1U << dice.below(32);
    const Rect area = random_area(size, dice);
    TileSet expected(grid);
    for (int y = area.y; y < area.bottom(); ++y) {
      for (int x = area.x; x < area.right(); ++x) {
        if (((now.row(y)[x] ^ old.row(y)[x]) & kColourMask) != 0) expected.insert(x / kCellSide, y / kCellSide);
      }
    }
    Picture taken = old;
    TileSet changed(grid);
    take_changes(now.row(area.y) + area.x, now.width(), area, taken, changed);
    EXPECT_EQ(changed, expected) << "seed " << seed;
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        const Picture& wanted = intersect({x, y, 1, 1}, area).empty() ? old : now;
        ASSERT_EQ(taken.row(y)[x] & kColourMask, wanted.row(y)[x] & kColourMask) << x << "," << y << " seed " << seed;
      }
    }
  }
}

TEST(Diff, TightensToThePixelsThatDiffer) {
  Dice dice(3);
  Picture a({100, 80});
  draw_noise(a, a.bounds(), dice);
  Picture b = a;
  EXPECT_TRUE(tighten(a.view(), b.view(), a.bounds()).empty());
  b.row(20)[30] ^= 1;
  b.row(41)[77] ^= 1;
  b.row(30)[50] ^= 1;
  EXPECT_EQ(tighten(a.view(), b.view(), a.bounds()), (Rect{30, 20, 48, 22}));
  EXPECT_EQ(tighten(a.view(), b.view(), {40, 20, 30, 60}), (Rect{50, 30, 1, 1}));
}

TEST(Diff, CopiesColoursIntoBothPictures) {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    Dice dice(seed);
    // Both below and above the size from which copies go past the caches.
    const Size size{1 + dice.below(seed % 4 == 0 ? 900 : 90), 1 + dice.below(seed % 4 == 0 ? 200 : 20)};
    Picture from(size);
    draw_noise(from, from.bounds(), dice);
    for (int y = 0; y < size.height; ++y) from.row(y)[dice.below(size.width)] |= 0xab000000;
    const Rect area = seed % 8 == 0 ? from.bounds() : random_area(size, dice);
    Picture first(size);
    Picture second(size);
    Picture alone(size);
    copy_colours(from.view(), first, second, area);
    copy_colours(from.view(), alone, area);
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        const bool inside = !intersect(area, {x, y, 1, 1}).empty();
        const uint32_t expected = inside ? from.row(y)[x] & kColourMask : 0;
        ASSERT_TRUE(first.row(y)[x] == expected && second.row(y)[x] == expected) << x << "," << y << " seed " << seed;
        ASSERT_EQ(alone.row(y)[x], expected) << x << "," << y << " seed " << seed;
      }
    }
  }
}

TEST(Diff, FindsWhatIsBlack) {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    Dice dice(seed);
    const Size size{1 + dice.below(200), 1 + dice.below(90)};
    const CellGrid grid{size, kCellSide};
    Picture picture(size);
    TileSet coloured(grid);
    for (int i = dice.below(20); i > 0; --i) {
      const int x = dice.below(size.width);
      const int y = dice.below(size.height);
      const uint32_t bit = 1U << dice.below(32);  // some are of the byte that does not count
      picture.row(y)[x] |= bit;
      if ((bit & kColourMask) != 0) coloured.insert(x / kCellSide, y / kCellSide);
    }
    TileSet found(grid);
    found.insert(grid.cells_of(picture.bounds()));
    keep_coloured(picture.view(), found);
    EXPECT_EQ(found, coloured) << "seed " << seed;
  }
}

TEST(Cells, AreSoftWithoutSharpSteps) {
  const auto sharp = [](uint32_t a, uint32_t b) {
    bool any = false;
    for (int shift = 0; shift < 24; shift += 8) {
      any = any || std::abs(static_cast<int>(a >> shift & 255) - static_cast<int>(b >> shift & 255)) > 20;
    }
    return any;
  };
  int soft_cells = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    Dice dice(seed);
    const Size size{1 + dice.below(120), 1 + dice.below(90)};
    const CellGrid grid{size, kCellSide};
    Picture picture(size);
    // A slope, with a step somewhere that is just sharp, just not, or of the byte that does not count.
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) picture.row(y)[x] = static_cast<uint32_t>(x + y) * 0x010101;
    }
    for (int i = dice.below(12); i > 0; --i) {
      picture.row(dice.below(size.height))[dice.below(size.width)] += static_cast<uint32_t>(18 + dice.below(4))
                                                                      << dice.below(4) * 8;
    }
    for (int y = 0; y < grid.rows(); ++y) {
      for (int x = 0; x < grid.columns(); ++x) {
        const Rect cell = grid.pixels_of({x, y, 1, 1});
        bool soft = true;
        for (int py = cell.y; py < cell.bottom(); ++py) {
          for (int px = cell.x; px < cell.right(); ++px) {
            const uint32_t pixel = picture.row(py)[px];
            soft = soft && (px == 0 || !sharp(pixel, picture.row(py)[px - 1]));
            soft = soft && (py == 0 || !sharp(pixel, picture.row(py - 1)[px]));
          }
        }
        ASSERT_EQ(is_soft(picture.view(), cell), soft) << x << "," << y << " seed " << seed;
        soft_cells += static_cast<int>(soft);
      }
    }
  }
  EXPECT_GT(soft_cells, 100);
}

TEST(Cells, EqualPixelsAgreeWithPlainCode) {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    Dice dice(seed);
    const Size size{1 + dice.below(120), 1 + dice.below(90)};
    const CellGrid grid{size, kCellSide};
    Picture picture(size);
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) picture.row(y)[x] = static_cast<uint32_t>(dice.below(2) << dice.below(26));
    }
    for (int y = 0; y < grid.rows(); ++y) {
      for (int x = 0; x < grid.columns(); ++x) {
        const Rect cell = grid.pixels_of({x, y, 1, 1});
        const int exact = equal_pixels_plain(picture.view(), cell, INT32_MAX);
        EXPECT_EQ(equal_pixels(picture.view(), cell, INT32_MAX), exact) << x << "," << y << " seed " << seed;
        const int enough = dice.below(256);
        EXPECT_EQ(equal_pixels(picture.view(), cell, enough) >= enough, exact >= enough) << "seed " << seed;
      }
    }
  }
}

TEST(Cells, CountTheirColours) {
  Picture picture({40, 40});
  for (int i = 0; i < 50; ++i) picture.row(16 + i / 12)[16 + i % 12] = static_cast<uint32_t>(i) * 512;
  const Rect cell{16, 16, 16, 16};
  EXPECT_TRUE(has_colours(picture.view(), cell, 50));
  EXPECT_FALSE(has_colours(picture.view(), cell, 51));
  Dice dice(1);
  draw_noise(picture, cell, dice);
  EXPECT_TRUE(has_colours(picture.view(), cell, 250));
}

TEST(EqualRun, AgreesWithPlainCode) {
  std::vector<uint32_t> pixels(100 + kEqualRunMargin);
  for (uint64_t seed = 0; seed < 500; ++seed) {
    Dice dice(seed);
    std::fill(pixels.begin(), pixels.end(), 0x123456);
    for (int i = dice.below(4); i > 0; --i) pixels[static_cast<size_t>(dice.below(100))] ^= 1U << dice.below(32);
    const int first = dice.below(100);
    const int count = dice.below(101 - first);
    EXPECT_EQ(equal_run(pixels.data() + first, count, 0x123456),
              equal_run_plain(pixels.data() + first, count, 0x123456))
        << "seed " << seed;
  }
}

// Takes the share of each symbol, as a coder would be given it.
struct ShareTaker {
  static constexpr bool kDecodes = false;
  uint32_t from = 0;
  uint32_t to = 0;
  void code_share(uint32_t share_from, uint32_t share_to, int /*bits*/) {
    from = share_from;
    to = share_to;
  }
};

// Answers where in the sum of all shares the next symbol is.
struct SharePoint : ShareTaker {
  static constexpr bool kDecodes = true;
  uint32_t at = 0;
  [[nodiscard]] uint32_t frequency(int /*bits*/) const { return at; }
};

TEST(Nibble, VectorsAgreeWithPlainCodeAndEverySymbolKeepsAShare) {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    Dice dice(seed);
    NibbleModel models[3];
    NibbleModel plain[3];
    for (int step = 0; step < 300; ++step) {
      const NibbleMix mix(models[0], models[1], models[2]);
      const NibbleMixOf<PlainLanes> plain_mix(plain[0], plain[1], plain[2]);
      uint32_t end = 0;
      for (int symbol = 0; symbol < kNibbleSymbols; ++symbol) {
        ShareTaker share;
        mix.code(share, symbol);
        ShareTaker plain_share;
        plain_mix.code(plain_share, symbol);
        ASSERT_EQ(share.from, plain_share.from);
        ASSERT_EQ(share.from, end);
        ASSERT_GT(share.to, share.from);
        for (const uint32_t at : {share.from, share.to - 1}) {
          SharePoint point;
          point.at = at;
          ASSERT_EQ(mix.code(point, -1), symbol);
          ASSERT_EQ(plain_mix.code(point, -1), symbol);
        }
        end = share.to;
      }
      ASSERT_EQ(end, 1U << kNibbleBits);
      // Of some seeds long stretches of one symbol, of others anything.
      const int symbol = dice.below(static_cast<int>(seed % 4) + 1) == 0 ? static_cast<int>(seed % 16) : dice.below(16);
      for (int i = 0; i < 3; ++i) {
        if (dice.below(i + 1) != 0) continue;
        models[i].adapt(symbol);
        plain[i].adapt<PlainLanes>(symbol);
        ASSERT_EQ(models[i].lanes, plain[i].lanes);
      }
    }
  }
}

TEST(Jpeg, SimdAgreesWithPlainCodeAndTheResultIsClose) {
  for (uint64_t seed = 0; seed < 24; ++seed) {
    Dice dice(seed);
    const Size size{1 + dice.below(150), 1 + dice.below(150)};
    Picture picture(size);
    draw_photo(picture, picture.bounds(), dice);
    const int quality = 1 + dice.below(100);
    const auto sampling = dice.below(2) == 0 ? JpegSampling::k420 : JpegSampling::k444;
    std::vector<uint8_t> bytes;
    JpegEncoder encoder;
    ASSERT_TRUE(encoder.encode(picture.view(), picture.bounds(), quality, sampling, bytes));
    Picture fast(size);
    Picture plain(size);
    ASSERT_TRUE(decode_jpeg({quality, sampling, size, bytes}, fast.row(0), size.width).ok());
    ASSERT_TRUE(decode_jpeg_plain({quality, sampling, size, bytes}, plain.row(0), size.width).ok());
    int64_t squares = 0;
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        ASSERT_EQ(fast.row(y)[x], plain.row(y)[x]) << x << "," << y << " seed " << seed;
        const int difference =
            static_cast<int>(fast.row(y)[x] >> 8 & 255) - static_cast<int>(picture.row(y)[x] >> 8 & 255);
        squares += difference * difference;
      }
    }
    if (quality >= 50) {
      EXPECT_LT(squares, picture.bounds().area() * 40) << "seed " << seed;
    }
  }
}

TEST(Jpeg, DamagedScansAreRefusedOrStayInside) {
  Dice dice(1);
  const Size size{70, 50};
  Picture picture(size);
  draw_photo(picture, picture.bounds(), dice);
  std::vector<uint8_t> bytes;
  ASSERT_TRUE(JpegEncoder().encode(picture.view(), picture.bounds(), 80, JpegSampling::k420, bytes));
  Picture out(size);
  for (size_t length = 0; length < bytes.size(); ++length) {
    const auto cut = std::span(bytes).first(length);
    EXPECT_FALSE(decode_jpeg({80, JpegSampling::k420, size, cut}, out.row(0), size.width).ok()) << length;
  }
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto damaged = bytes;
    damaged[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    Picture fast(size);
    Picture plain(size);
    const bool good = decode_jpeg({80, JpegSampling::k420, size, damaged}, fast.row(0), size.width).ok();
    EXPECT_EQ(good, decode_jpeg_plain({80, JpegSampling::k420, size, damaged}, plain.row(0), size.width).ok());
    if (!good) continue;
    for (int y = 0; y < size.height; ++y) {
      ASSERT_EQ(std::vector(fast.row(y), fast.row(y) + size.width),
                std::vector(plain.row(y), plain.row(y) + size.width));
    }
  }
  EXPECT_FALSE(decode_jpeg({0, JpegSampling::k420, size, bytes}, out.row(0), size.width).ok());
  EXPECT_FALSE(decode_jpeg({101, JpegSampling::k420, size, bytes}, out.row(0), size.width).ok());
}

TEST(Motion, FindsSeveralMotionsAndEachIsExact) {
  Dice dice(4);
  Picture old({900, 700});
  draw_photo(old, old.bounds(), dice);
  draw_text(old, {100, 100, 300, 250}, dice);
  draw_text(old, {500, 300, 300, 300}, dice);
  Picture now = old;
  const auto move = [&](const Rect& from, int dx, int dy) {
    for (int y = from.y; y < from.bottom(); ++y) {
      for (int x = from.x; x < from.right(); ++x) now.row(y + dy)[x + dx] = old.row(y)[x];
    }
  };
  move({100, 100, 300, 250}, 17, -23);
  move({500, 300, 300, 300}, 0, 41);
  const CellGrid grid{{900, 700}, kCellSide};
  TileSet changed(grid);
  changed.insert(Rect{0, 0, grid.columns(), grid.rows()});
  keep_differing(now.view(), old.view(), changed);
  const auto motions = MotionSearch().find(now.view(), old.view(), changed, TileSet(grid), changed);
  ASSERT_EQ(motions.size(), 2U);
  int64_t covered = 0;
  for (const Motion& motion : motions) {
    for (const Rect& area : motion.areas) {
      covered += area.area();
      for (int y = area.y; y < area.bottom(); ++y) {
        for (int x = area.x; x < area.right(); ++x) {
          ASSERT_EQ(now.row(y)[x], old.row(y - motion.dy)[x - motion.dx]);
        }
      }
    }
  }
  EXPECT_GT(covered, 150'000);
}

TEST(TileHash, DependsOnEveryColourBitAndNothingElse) {
  Dice dice(5);
  Picture picture({100, 90});
  draw_noise(picture, picture.bounds(), dice);
  const uint32_t hashes[4] = {tile_hash(picture.view(), 0), tile_hash(picture.view(), 1), tile_hash(picture.view(), 2),
                              tile_hash(picture.view(), 3)};
  for (int i = 0; i < 300; ++i) {
    const int x = dice.below(100);
    const int y = dice.below(90);
    const int bit = dice.below(32);
    picture.row(y)[x] ^= 1U << bit;
    for (uint32_t tile = 0; tile < 4; ++tile) {
      const bool inside = tile == static_cast<uint32_t>(x / 64 + y / 64 * 2);
      EXPECT_EQ(tile_hash(picture.view(), tile) != hashes[tile], inside && bit < 24);
    }
    picture.row(y)[x] ^= 1U << bit;
  }
  EXPECT_EQ(tile_hash(picture.view(), 4), 0U);
}

}  // namespace
}  // namespace vitrine::codec
