#include "codec/tile_set.h"

#include <gtest/gtest.h>

#include "tests/unit/codec/pictures.h"

namespace vitrine::codec {
namespace {

const CellGrid kGrid{{150 * 16 - 5, 9 * 16 + 1}, 16};

TEST(CellGrid, CoversPartialCellsAtTheEdges) {
  EXPECT_EQ(kGrid.columns(), 150);
  EXPECT_EQ(kGrid.rows(), 10);
  EXPECT_EQ(kGrid.cells_of({15, 16, 2, 16}), (Rect{0, 1, 2, 1}));
  EXPECT_EQ(kGrid.pixels_of({149, 9, 1, 1}), (Rect{149 * 16, 144, 11, 1}));
  EXPECT_TRUE(kGrid.cells_of({-20, 0, 20, 10}).empty());
  EXPECT_EQ(kGrid.cells_of({-20, -20, 100'000, 100'000}), (Rect{0, 0, 150, 10}));
}

TEST(TileSet, InsertsAndErasesRectanglesAcrossWords) {
  TileSet set(kGrid);
  EXPECT_FALSE(set.any());
  set.insert(Rect{60, 2, 80, 3});
  EXPECT_EQ(set.count(), 240);
  EXPECT_TRUE(set.test(60, 2));
  EXPECT_TRUE(set.test(139, 4));
  EXPECT_FALSE(set.test(140, 4));
  EXPECT_FALSE(set.test(59, 2));
  EXPECT_EQ(set.bounds(), (Rect{60, 2, 80, 3}));
  set.erase(Rect{64, 3, 64, 1});
  EXPECT_EQ(set.count(), 240 - 64);
  EXPECT_EQ(set.count({60, 3, 80, 1}), 16);
}

TEST(TileSet, KnowsWhatIsSurroundedByMembers) {
  TileSet set(kGrid);
  set.insert(Rect{0, 0, 150, 10});
  Dice dice{3};
  for (int i = 0; i < 40; ++i) set.erase(dice.below(150), dice.below(10));
  const TileSet interior = set.interior();
  int64_t members = 0;
  for (int y = 0; y < 10; ++y) {
    for (int x = 0; x < 150; ++x) {
      const bool inside = x > 0 && y > 0 && x < 149 && y < 9 && set.count({x - 1, y - 1, 3, 3}) == 9;
      EXPECT_EQ(interior.test(x, y), inside) << x << ',' << y;
      members += inside ? 1 : 0;
    }
  }
  EXPECT_GT(members, 500);
}

TEST(TileSet, ComputesUnionIntersectionAndDifference) {
  TileSet a(kGrid);
  TileSet b(kGrid);
  a.insert(Rect{0, 0, 10, 1});
  b.insert(Rect{5, 0, 10, 1});
  TileSet both = a;
  both |= b;
  EXPECT_EQ(both.count(), 15);
  both -= a;
  EXPECT_EQ(both.bounds(), (Rect{10, 0, 5, 1}));
  a &= b;
  EXPECT_EQ(a.bounds(), (Rect{5, 0, 5, 1}));
}

TEST(TileSet, RectanglesCoverExactlyTheSetAndDoNotMeet) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Dice dice(seed);
    TileSet set(kGrid);
    for (int i = dice.below(12); i >= 0; --i) set.insert(random_area({150, 10}, dice));
    for (int i = dice.below(12); i >= 0; --i) set.erase(random_area({20, 5}, dice));
    TileSet covered(kGrid);
    int64_t area = 0;
    for (const Rect& rect : set.rectangles()) {
      covered.insert(rect);
      area += rect.area();
    }
    EXPECT_EQ(covered, set);
    EXPECT_EQ(area, set.count());
  }
}

}  // namespace
}  // namespace vitrine::codec
