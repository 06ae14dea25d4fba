// Films through the encoder of a viewer, with the twin encoder: what streams show, what stays exact beside and over
// them, and that all of it is exact at rest.
#include <gtest/gtest.h>

#include <string_view>

#include "codec/enc_moving.h"
#include "tests/unit/codec/cinema.h"

namespace vitrine::codec {
namespace {

TEST(MovingPictures, BecomeOneStreamThatStartsWithTheOnlyKey) {
  Cinema cinema;
  draw_text(cinema.desktop, cinema.desktop.bounds(), cinema.dice);
  for (int i = 0; i < 60; ++i) cinema.play({112, 80, 240, 160});
  EXPECT_GE(cinema.frames_seen, 45);
  EXPECT_EQ(cinema.keys_seen, 1);
  EXPECT_EQ(cinema.decoder.video_areas().area(0), (Rect{112, 80, 240, 160}));
  EXPECT_FALSE(cinema.encoder.held().row(100)[200] == cinema.desktop.row(100)[200]);
}

// Films are stored with colour at half the resolution: on the film's own grid it is not sampled once more.
TEST(MovingPictures, KeepTheirGridOfColourWhereverTheirWindowIs) {
  for (const Rect& film :
       {Rect{101, 75, 240, 160}, Rect{102, 75, 241, 159}, Rect{97, 64, 240, 161}, Rect{96, 80, 160, 97}}) {
    Cinema cinema;
    draw_text(cinema.desktop, cinema.desktop.bounds(), cinema.dice);
    for (int i = 0; i < 20; ++i) cinema.play(film);
    const Rect area = cinema.decoder.video_areas().area(0);
    EXPECT_EQ(area.x % 2, film.x % 2) << "film at " << film.x << "," << film.y;
    EXPECT_EQ(area.y % 2, film.y % 2) << "film at " << film.x << "," << film.y;
    EXPECT_EQ(intersect(area, film), film);
    EXPECT_TRUE(cinema.rest(kSecond));
  }
}

// A film that ends with its cells has no room for that: none of it is left out.
TEST(MovingPictures, AreInTheirStreamWholly) {
  Cinema cinema;
  draw_text(cinema.desktop, cinema.desktop.bounds(), cinema.dice);
  const Rect film{101, 75, 235, 165};
  for (int i = 0; i < 20; ++i) cinema.play(film);
  EXPECT_EQ(intersect(cinema.decoder.video_areas().area(0), film), film);
  EXPECT_TRUE(cinema.rest(kSecond));
}

// Frames of one photograph under changing noise, as of a camera.
TEST(MovingPictures, BeginWithTheSecondFrameWhereTheyAreLarge) {
  Cinema cinema;
  draw_text(cinema.desktop, cinema.desktop.bounds(), cinema.dice);
  cinema.encoder.mark(cinema.desktop.bounds(), cinema.now);
  cinema.update();
  const Rect film{27, 21, 416, 272};
  Picture scene(kScreen);
  draw_photo(scene, film, cinema.dice);
  for (int i = 0; i < 20; ++i) {
    for (int y = film.y; y < film.bottom(); ++y) {
      for (int x = film.x; x < film.right(); ++x) {
        cinema.desktop.row(y)[x] = scene.row(y)[x] ^ (static_cast<uint32_t>(cinema.dice.below(8)) * 0x010101);
      }
    }
    cinema.encoder.mark(film, cinema.now);
    cinema.update();
    EXPECT_EQ(cinema.frames_seen, i) << "frame " << i;
    if (i == 0) continue;  // a photograph as yet
    EXPECT_EQ(cinema.wrong(cinema.desktop.bounds(), film), 0) << "frame " << i;
  }
  EXPECT_EQ(cinema.keys_seen, 1);
  EXPECT_TRUE(cinema.rest(kSecond));
}

// A film that begins under a window, its frames apart by kFrame and `pause` to twice as much, at random.
void expect_window_exact(Micros pause) {
  Cinema cinema;
  const Rect film{27, 21, 416, 272};
  const Rect window{155, 107, 103, 73};
  Picture scene(kScreen);
  draw_photo(scene, film, cinema.dice);
  draw_text(cinema.desktop, cinema.desktop.bounds(), cinema.dice);
  Picture text(kScreen);
  draw_text(text, window, cinema.dice);
  for (int i = 0; i < 40; ++i) {
    for (int y = film.y; y < film.bottom(); ++y) {
      for (int x = film.x; x < film.right(); ++x) {
        const bool covered = !intersect(window, {x, y, 1, 1}).empty();
        const uint32_t noise = static_cast<uint32_t>(cinema.dice.below(8)) * 0x010101;
        cinema.desktop.row(y)[x] = covered ? text.row(y)[x] : scene.row(y)[x] ^ noise;
      }
    }
    cinema.encoder.mark(film, cinema.now);
    cinema.update();
    if (pause > 0) cinema.now += pause + cinema.dice.below(static_cast<int>(pause / kMillisecond)) * kMillisecond;
    if (i == 0) continue;  // a photograph as yet
    EXPECT_EQ(cinema.wrong(window), 0) << "frame " << i;
  }
  EXPECT_GT(cinema.frames_seen, 30);
}

TEST(MovingPictures, LeaveAWindowExactThatLiesOverThemWhenTheyBegin) {
  expect_window_exact(0);
}

TEST(MovingPictures, LeaveAWindowExactThatLiesOverThemHoweverSlowTheyAre) {
  expect_window_exact(100 * kMillisecond);
}

// A film of which half stands still from frame to frame, as a camera's does after compression, and a window over its
// side or corner. What a window over a side covers of the film is known by no motion beside it.
TEST(MovingPictures, LeaveAWindowExactThatLiesOverTheirSides) {
  const Rect film{27, 21, 416, 272};
  for (const Rect& window :
       {Rect{5, 107, 103, 73}, Rect{155, 3, 103, 73}, Rect{381, 90, 90, 60}, Rect{200, 251, 140, 60},
        Rect{11, 9, 60, 40}, Rect{400, 262, 70, 40}, Rect{96, 16, 64, 48}}) {
    Cinema cinema;
    Picture scene(kScreen);
    draw_photo(scene, film, cinema.dice);
    draw_text(cinema.desktop, cinema.desktop.bounds(), cinema.dice);
    draw_text(cinema.desktop, window, cinema.dice);
    cinema.encoder.mark(cinema.desktop.bounds(), cinema.now);
    cinema.update();
    for (int i = 0; i < 30; ++i) {
      for (int y = film.y; y < film.bottom(); ++y) {
        for (int x = film.x; x < film.right(); ++x) {
          if (!intersect(window, {x, y, 1, 1}).empty() || (i > 0 && cinema.dice.below(2) == 0)) continue;
          cinema.desktop.row(y)[x] = scene.row(y)[x] ^ (static_cast<uint32_t>(cinema.dice.below(8)) * 0x010101);
        }
      }
      cinema.encoder.mark(film, cinema.now);
      cinema.update();
      EXPECT_EQ(cinema.wrong(cinema.desktop.bounds(), film), 0) << "frame " << i;
      if (i == 0) continue;  // a photograph as yet
      EXPECT_EQ(cinema.wrong(window), 0) << "frame " << i << ", window at " << window.x << "," << window.y;
    }
    EXPECT_GT(cinema.frames_seen, 25);
    EXPECT_TRUE(cinema.rest(kSecond));
  }
}

TEST(MovingPictures, AreExactWithinASecondOfRestAndTheirStreamEnds) {
  Cinema cinema;
  draw_text(cinema.desktop, cinema.desktop.bounds(), cinema.dice);
  for (int i = 0; i < 30; ++i) cinema.play({101, 75, 240, 160});
  ASSERT_TRUE(cinema.encoder.lossy());
  EXPECT_TRUE(cinema.rest(kSecond));
  EXPECT_FALSE(cinema.decoder.video_areas().any());
  EXPECT_EQ(cinema.encoder.refine_at(), kNever);
}

TEST(MovingPictures, LeaveTextBesideThemExactInEveryFrame) {
  Cinema cinema;
  draw_text(cinema.desktop, cinema.desktop.bounds(), cinema.dice);
  // The film's edges cut cells; text lies against them and is typed beside.
  const Rect film{101, 75, 243, 161};
  for (int i = 0; i < 60; ++i) {
    const Rect typed{20 + i * 5, 250, 5, 12};
    fill(cinema.desktop, typed, static_cast<uint32_t>(i) * 0x010305);
    cinema.encoder.mark(typed, cinema.now);
    cinema.play(film);
    EXPECT_EQ(cinema.wrong(cinema.desktop.bounds(), film), 0) << "frame " << i;
  }
  EXPECT_GT(cinema.frames_seen, 40);
}

// A camera that stands still: most of it flickers by a step or not at all, a wall is even, something passes by.
TEST(MovingPictures, KeepWhatIsStillOrEvenInThemAndCostLittleBesideTheirStream) {
  Cinema cinema;
  draw_text(cinema.desktop, cinema.desktop.bounds(), cinema.dice);
  const Rect film{101, 75, 243, 161};
  const Rect wall{101, 75, 90, 60};
  Picture scene(kScreen);
  draw_photo(scene, film, cinema.dice);
  fill(scene, wall, 0x7f8a94);
  int64_t beside_stream = 0;
  for (int i = 0; i < 75; ++i) {
    for (int y = film.y; y < film.bottom(); ++y) {
      for (int x = film.x; x < film.right(); ++x) {
        const bool flickers = ((x / 8 + y / 8 + i) % 3) == 0;
        cinema.desktop.row(y)[x] = scene.row(y)[x] ^ (flickers ? 0x010101 : 0);
      }
    }
    draw_noise(cinema.desktop, {110 + i * 2, 150, 40, 50}, cinema.dice);
    cinema.encoder.mark(film, cinema.now);
    const UpdateInfo info = cinema.update();
    EXPECT_EQ(cinema.wrong(cinema.desktop.bounds(), film), 0) << "frame " << i;
    if (i < 40) continue;
    for (size_t coding = 0; coding < info.bytes_by_coding.size(); ++coding) {
      if (std::string_view(coding_names()[coding]) != "video")
        beside_stream += static_cast<int64_t>(info.bytes_by_coding[coding]);
    }
  }
  EXPECT_GT(cinema.frames_seen, 60);
  EXPECT_LT(beside_stream / 35, 200) << "bytes a frame for cells that the stream brings anyway";
  EXPECT_TRUE(cinema.rest(kSecond));
}

TEST(MovingPictures, LeaveAWindowOverThemExactInEveryFrame) {
  Cinema cinema;
  draw_text(cinema.desktop, cinema.desktop.bounds(), cinema.dice);
  const Rect film{96, 64, 256, 192};
  const Rect window{160, 112, 96, 64};
  Picture text(kScreen);
  draw_text(text, window, cinema.dice);
  for (int i = 0; i < 90; ++i) {
    draw_noise(cinema.desktop, film, cinema.dice);
    if (i >= 30) {
      if (i % 20 == 0) draw_text(text, {160, 128, 96, 16}, cinema.dice);
      for (int y = window.y; y < window.bottom(); ++y) {
        std::copy_n(text.row(y) + window.x, window.width, cinema.desktop.row(y) + window.x);
      }
    }
    cinema.encoder.mark(film, cinema.now);
    cinema.update();
    if (i >= 30) {
      EXPECT_EQ(cinema.wrong(window), 0) << "frame " << i;
    }
  }
  EXPECT_GT(cinema.frames_seen, 70);
  EXPECT_TRUE(cinema.rest(kSecond));
}

// Where every update has a frame, and that takes all of the update's time.
TEST(MovingPictures, LeavePicturesBesideThemATurn) {
  Cinema cinema;
  fill(cinema.desktop, cinema.desktop.bounds(), 0xf8f8f8);
  const Rect film{96, 64, 256, 192};
  const Rect picture{384, 96, 64, 64};
  const Rect window{155, 107, 103, 73};
  constexpr int kOpens = 30;
  for (int i = 0; i < 60; ++i) {
    draw_noise(cinema.desktop, film, cinema.dice);
    if (i == kOpens) {
      draw_photo(cinema.desktop, picture, cinema.dice);
      cinema.encoder.mark(picture, cinema.now);
      cinema.max_pixels = 16 * 1024;
    }
    if (i >= kOpens) fill(cinema.desktop, window, 0x1e1e2e);
    cinema.encoder.mark(film, cinema.now);
    (void)cinema.update_once();
    cinema.now += kFrame;
    if (i >= kOpens + 2) {
      EXPECT_EQ(cinema.wrong(window), 0) << "frame " << i;
    }
    if (i >= kOpens + 12) {
      EXPECT_EQ(cinema.wrong(picture), 0) << "frame " << i;
    }
  }
  EXPECT_GT(cinema.frames_seen, 45);
}

// Where a machine is too busy for every frame.
TEST(MovingPictures, LeaveAWindowExactThatEndsInsideOfCellsHoweverSlowTheyGet) {
  Cinema cinema;
  fill(cinema.desktop, cinema.desktop.bounds(), 0xf8f8f8);
  const Rect film{96, 64, 256, 192};
  const Rect window{155, 107, 103, 73};
  for (int i = 0; i < 90; ++i) {
    draw_noise(cinema.desktop, film, cinema.dice);
    if (i >= 30) fill(cinema.desktop, window, 0x1e1e2e);
    cinema.encoder.mark(film, cinema.now);
    cinema.update();
    if (i >= 30) {
      EXPECT_EQ(cinema.wrong(window), 0) << "frame " << i;
    }
    if (i >= 25) cinema.now += (100 + cinema.dice.below(150)) * kMillisecond;
  }
  EXPECT_GT(cinema.frames_seen, 60);
  EXPECT_TRUE(cinema.rest(kSecond));
}

TEST(MovingPictures, LeaveAWindowExactThatEndsInsideOfCells) {
  Cinema cinema;
  fill(cinema.desktop, cinema.desktop.bounds(), 0xf8f8f8);
  const Rect film{96, 64, 256, 192};
  const Rect window{155, 107, 103, 73};
  for (int i = 0; i < 60; ++i) {
    draw_noise(cinema.desktop, film, cinema.dice);
    if (i >= 30) fill(cinema.desktop, window, 0x1e1e2e);
    cinema.encoder.mark(film, cinema.now);
    cinema.update();
    if (i >= 30) {
      EXPECT_EQ(cinema.wrong(window), 0) << "frame " << i;
    }
  }
  EXPECT_GT(cinema.frames_seen, 40);
  EXPECT_TRUE(cinema.rest(kSecond));
}

TEST(MovingPictures, GoOnAfterAPauseAndBeginAnewAfterRest) {
  Cinema cinema;
  draw_text(cinema.desktop, cinema.desktop.bounds(), cinema.dice);
  cinema.encoder.mark(cinema.desktop.bounds(), cinema.now);
  cinema.update();
  const Rect film{37, 29, 390, 260};
  Camera camera({film.width, film.height}, cinema.dice);
  const auto play = [&](int frames) {
    for (int i = 0; i < frames; ++i) {
      camera.show(cinema.desktop, film.x, film.y);
      cinema.encoder.mark(film, cinema.now);
      cinema.update();
      EXPECT_EQ(cinema.wrong(cinema.desktop.bounds(), film), 0) << "frame " << i;
    }
  };
  play(20);
  for (int i = 0; i < 5; ++i) cinema.update();
  play(20);
  EXPECT_EQ(cinema.keys_seen, 1);
  EXPECT_TRUE(cinema.rest(kSecond));
  EXPECT_FALSE(cinema.decoder.video_areas().any());
  play(20);
  EXPECT_EQ(cinema.keys_seen, 2);
  EXPECT_GE(cinema.frames_seen, 55);
  EXPECT_TRUE(cinema.rest(kSecond));
}

TEST(MovingPictures, MayBeTwoAtOnce) {
  Cinema cinema;
  draw_text(cinema.desktop, cinema.desktop.bounds(), cinema.dice);
  cinema.encoder.mark(cinema.desktop.bounds(), cinema.now);
  cinema.update();
  const std::array<Rect, 2> films{{{21, 19, 203, 170}, {262, 101, 197, 201}}};
  Camera first({films[0].width, films[0].height}, cinema.dice);
  Camera second({films[1].width, films[1].height}, cinema.dice);
  for (int i = 0; i < 60; ++i) {
    first.show(cinema.desktop, films[0].x, films[0].y);
    if (i % 2 == 0) second.show(cinema.desktop, films[1].x, films[1].y);
    const Rect typed{228 + i % 5 * 6, 30 + i / 5 * 12, 5, 8};
    fill(cinema.desktop, typed, static_cast<uint32_t>(i) * 0x030201);
    cinema.encoder.mark(cinema.desktop.bounds(), cinema.now);
    cinema.update();
    Picture films_apart(kScreen);
    for (int y = 0; y < kScreen.height; ++y) std::copy_n(cinema.canvas.row(y), kScreen.width, films_apart.row(y));
    for (const Rect& film : films) {
      for (int y = film.y; y < film.bottom(); ++y) {
        std::copy_n(cinema.desktop.row(y) + film.x, film.width, films_apart.row(y) + film.x);
      }
    }
    int wrong = 0;
    for (int y = 0; y < kScreen.height; ++y) {
      for (int x = 0; x < kScreen.width; ++x) {
        wrong += ((films_apart.row(y)[x] ^ cinema.desktop.row(y)[x]) & kColourMask) != 0 ? 1 : 0;
      }
    }
    EXPECT_EQ(wrong, 0) << "frame " << i;
  }
  EXPECT_TRUE(cinema.decoder.video_areas().live(0));
  EXPECT_TRUE(cinema.decoder.video_areas().live(1));
  EXPECT_TRUE(cinema.rest(kSecond));
  EXPECT_FALSE(cinema.decoder.video_areas().any());
}

// A film that plays on in a window that is dragged, and in a page that is scrolled: what it uncovers is exact at once.
TEST(MovingPictures, LeaveWhatTheyUncoverExactWhenTheyAreMoved) {
  for (const bool scrolls : {false, true}) {
    Cinema cinema;
    Picture page({kScreen.width, 2 * kScreen.height});
    draw_text(page, page.bounds(), cinema.dice);
    Camera camera({250, 170}, cinema.dice);
    Rect film{100, 110, 250, 170};
    int scrolled = 0;
    for (int i = 0; i < 70; ++i) {
      if (i >= 25 && i < 45) {
        film.x += scrolls ? 0 : 3;
        film.y -= scrolls ? 9 : 2;
        scrolled += scrolls ? 9 : 0;
      }
      for (int y = 0; y < kScreen.height; ++y) {
        std::copy_n(page.row(y + scrolled), kScreen.width, cinema.desktop.row(y));
      }
      camera.show(cinema.desktop, film.x, film.y);
      cinema.encoder.mark(cinema.desktop.bounds(), cinema.now);
      cinema.update();
      if (i == 0) continue;  // a photograph as yet, and the page with it
      EXPECT_EQ(cinema.wrong(cinema.desktop.bounds(), film), 0)
          << "frame " << i << (scrolls ? ", scrolled" : ", dragged");
    }
    EXPECT_GT(cinema.frames_seen, 40);
    EXPECT_TRUE(cinema.rest(kSecond));
  }
}

// On a busy machine frames come a few a second and unevenly, and a window may open with the stream's first ones: what a
// stream took of it for film has to leave it whatever the pauses are.
TEST(MovingPictures, LeaveAWindowOverThemExactHoweverUnevenlyTheyCome) {
  for (const int opens_at : {2, 3, 4, 6}) {
    Cinema cinema;
    draw_text(cinema.desktop, cinema.desktop.bounds(), cinema.dice);
    cinema.encoder.mark(cinema.desktop.bounds(), cinema.now);
    cinema.update();
    const Rect film{37, 29, 390, 260};
    const Rect window{161, 107, 103, 73};
    Camera camera({film.width, film.height}, cinema.dice);
    Picture text(kScreen);
    fill(text, window, 0xf4f4f0);
    draw_text(text, {window.x + 8, window.y + 8, window.width - 16, window.height - 16}, cinema.dice);
    for (int i = 0; i < opens_at + 40; ++i) {
      camera.show(cinema.desktop, film.x, film.y);
      for (int y = window.y; i >= opens_at && y < window.bottom(); ++y) {
        std::copy_n(text.row(y) + window.x, window.width, cinema.desktop.row(y) + window.x);
      }
      cinema.encoder.mark(film, cinema.now);
      cinema.update();
      if (i >= opens_at) cinema.now += (120 + cinema.dice.below(150)) * kMillisecond;
      if (i < opens_at + 6) continue;
      EXPECT_EQ(cinema.wrong(window), 0) << "opened at " << opens_at << ", frame " << i;
    }
    EXPECT_GT(cinema.frames_seen, 35);
  }
}

TEST(MovingPictures, SurviveTilesThatTheViewerReportsWrong) {
  Cinema cinema;
  for (int i = 0; i < 30; ++i) cinema.play({96, 64, 256, 192});
  cinema.encoder.mark_wrong(std::vector<uint32_t>{9});
  for (int i = 0; i < 30; ++i) cinema.play({96, 64, 256, 192});
  EXPECT_EQ(cinema.keys_seen, 2);
  EXPECT_TRUE(cinema.rest(kSecond));
}

TEST(MovingPictures, AreNotWhatScrollsOrIsWritten) {
  Cinema cinema;
  Picture page({480, 2000});
  draw_photo(page, {0, 0, 480, 1000}, cinema.dice);
  draw_text(page, {0, 1000, 480, 1000}, cinema.dice);
  for (int i = 0; i < 60; ++i) {
    for (int y = 0; y < kScreen.height; ++y) std::copy_n(page.row(y + i * 27), kScreen.width, cinema.desktop.row(y));
    cinema.encoder.mark(cinema.desktop.bounds(), cinema.now);
    cinema.update();
  }
  EXPECT_EQ(cinema.frames_seen, 0);
}

// The page has to put all of it on its canvas, though what lies under a film may have been right all along.
TEST(VideoAreas, TellWhatAPaintedPixelGivesBack) {
  VideoAreas areas(kScreen);
  const Rect film{32, 16, 64, 48};
  ASSERT_TRUE(areas.frame(0, VideoCodec::kVp8, true, film));
  ASSERT_TRUE(areas.claim(film));
  EXPECT_EQ(areas.give_back({50, 20, 1, 1}), (Rect{48, 16, 16, 16}));
  EXPECT_EQ(areas.give_back({50, 20, 1, 1}), Rect{});
  ASSERT_TRUE(areas.claim({64, 32, 5, 16}));
  EXPECT_EQ(areas.give_back({72, 40, 1, 1}), Rect{}) << "beside the part";
  EXPECT_EQ(areas.give_back({66, 40, 20, 1}), (Rect{64, 32, 32, 16}));
}

TEST(VideoAreas, MayLieBesideTheGridOfCells) {
  VideoAreas areas(kScreen);
  const Rect film{17, 35, 64, 48};
  ASSERT_TRUE(areas.allows(film));
  ASSERT_TRUE(areas.frame(0, VideoCodec::kVp8, true, film));
  EXPECT_FALSE(areas.frame(1, VideoCodec::kVp8, true, {81, 35, 64, 48})) << "cells of two streams";
  ASSERT_TRUE(areas.claim(film));
  EXPECT_TRUE(areas.kept(0).empty());
  EXPECT_EQ(areas.give_back({16, 32, 16, 3}), Rect{}) << "above it";
  EXPECT_EQ(areas.give_back({17, 35, 1, 1}), (Rect{17, 35, 15, 13}));
  EXPECT_EQ(areas.kept(0), (std::vector<Rect>{{17, 35, 15, 13}}));
  EXPECT_FALSE(areas.allows({465, 35, 16, 16})) << "beyond the picture";
}

TEST(MovingCells, NeedThreeTenthsOfASecondWithoutAPause) {
  const CellGrid grid{kScreen, 16};
  MovingCells cells(grid);
  const auto move = [&](Micros now) {
    for (int y = 2; y < 10; ++y) {
      for (int x = 3; x < 13; ++x) cells.note(x, y, {grid.pixels_of({x, y, 1, 1})}, now);
    }
  };
  Micros now = kSecond;
  for (; now < kSecond + 280 * kMillisecond; now += 40 * kMillisecond) move(now);
  EXPECT_TRUE(cells.patches(kSustainedMotion, TileSet(grid), now).empty());
  now += 40 * kMillisecond;
  move(now);
  EXPECT_EQ(cells.patches(kSustainedMotion, TileSet(grid), now), (std::vector<Rect>{{3, 2, 10, 8}}));
  now += kLongestMotionPause + 2 * kMillisecond;
  EXPECT_TRUE(cells.patches(kSustainedMotion, TileSet(grid), now).empty());
  move(now);
  EXPECT_TRUE(cells.patches(kSustainedMotion, TileSet(grid), now).empty());
}

TEST(MovingCells, KnowWhichPixelsOfThemMove) {
  const CellGrid grid{kScreen, 16};
  MovingCells cells(grid);
  for (int i = 0; i < 30; ++i) cells.note(2, 3, {{35, 50 + i % 3, 6, 4}}, kSecond + i * kFrame);
  EXPECT_EQ(cells.extent(2, 3), (Rect{35, 50, 6, 6}));
}

}  // namespace
}  // namespace vitrine::codec
