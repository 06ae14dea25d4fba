// Which changes are searched for motion: those of a film seldom, all others always.
#include <gtest/gtest.h>

#include "codec/enc_diff.h"
#include "codec/enc_restless.h"
#include "tests/unit/codec/pictures.h"

namespace vitrine::codec {
namespace {

constexpr Micros kFrame = kSecond / 30;

class RestlessTest : public testing::Test {
 protected:
  const CellGrid grid{{640, 480}, kCellSide};
  RestlessCells restless{grid};
  Micros now = 0;

  [[nodiscard]] TileSet cells(const Rect& area) const {
    TileSet set(grid);
    set.insert(area);
    return set;
  }
  // These cells change `count` times and nothing is found to have moved; how often they were searched.
  int change(const TileSet& changed, const TileSet& natural, int count) {
    int searched = 0;
    for (int i = 0; i < count; ++i, now += kFrame) {
      searched += restless.worth_searching(changed, natural, now) == changed ? 1 : 0;
      restless.note(changed, {});
    }
    return searched;
  }
};

TEST_F(RestlessTest, AFilmIsSearchedAtItsStartAndTwiceASecond) {
  const TileSet film = cells({4, 4, 20, 10});
  EXPECT_EQ(change(film, film, 4), 4);
  EXPECT_LE(change(film, film, 30 * 60), 120);
  EXPECT_GE(change(film, film, 30 * 60), 110);
}

TEST_F(RestlessTest, TextIsSearchedHoweverOftenItChanges) {
  EXPECT_EQ(change(cells({4, 4, 20, 10}), TileSet(grid), 100), 100);
}

TEST_F(RestlessTest, WhatMovedOrPausedIsSearchedAgain) {
  const TileSet film = cells({4, 4, 20, 10});
  change(film, film, 10);
  EXPECT_FALSE(restless.worth_searching(film, film, now).any());
  const Motion scrolled{.dx = 0, .dy = -32, .areas = {grid.pixels_of({4, 4, 20, 8})}};
  restless.note(film, {{scrolled}});
  // What the scroll brought in at the bottom is not searched, the rest is.
  EXPECT_TRUE(restless.worth_searching(film, film, now += kFrame) == cells({4, 4, 20, 8}));
  EXPECT_TRUE(restless.worth_searching(film, film, now += kSecond) == film);
}

// A photograph in a page whose text is scrolled, after the photograph has long looked like a film.
TEST_F(RestlessTest, WhatTextTellsOfAMotionMovesTheRestlessToo) {
  Dice dice(4);
  Picture old(grid.picture);
  draw_text(old, {0, 0, 320, 480}, dice);
  draw_photo(old, {320, 0, 320, 480}, dice);
  Picture scrolled(grid.picture);
  constexpr int kStep = 40;
  for (int y = kStep; y < 480; ++y) std::copy_n(old.row(y), 640, scrolled.row(y - kStep));
  TileSet changed = cells({0, 0, grid.columns(), grid.rows()});
  keep_differing(scrolled.view(), old.view(), changed);
  TileSet telling = changed;
  telling.erase(Rect{20, 0, 20, grid.rows()});
  const auto motions = MotionSearch().find(scrolled.view(), old.view(), changed, TileSet(grid), telling);
  ASSERT_EQ(motions.size(), 1U);
  EXPECT_EQ(motions[0].dy, -kStep);
  int64_t right = 0;
  for (const Rect& area : motions[0].areas) right += intersect(area, {320, 0, 320, 480}).area();
  EXPECT_GE(right, 320 * (480 - kStep) * 95 / 100);
  EXPECT_TRUE(MotionSearch().find(scrolled.view(), old.view(), changed, TileSet(grid), TileSet(grid)).empty());
}

}  // namespace
}  // namespace vitrine::codec
