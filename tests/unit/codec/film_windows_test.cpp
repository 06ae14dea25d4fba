// Windows that open over a film and close again: all of them, and the page beside the film, exact in every frame.
#include <gtest/gtest.h>

#include <initializer_list>
#include <utility>
#include <vector>

#include "codec/enc_diff.h"
#include "tests/unit/codec/cinema.h"

namespace vitrine::codec {
namespace {

constexpr Rect kFilm{37, 29, 390, 260};

// A frame of one colour, a drawn title and a light page with text.
void draw_window(Picture& picture, const Rect& at, Dice& dice) {
  fill(picture, at, 0x1e1e2e);
  for (int y = 1; y < 24; ++y) {
    fill(picture, {at.x + 1, at.y + y, at.width - 2, 1}, static_cast<uint32_t>(0xd0 + y) * 0x010101);
  }
  const Rect page{at.x + 1, at.y + 24, at.width - 2, at.height - 25};
  fill(picture, page, 0xf4f4f0);
  draw_text(picture, {page.x + 6, page.y + 4, page.width - 12, page.height - 8}, dice);
}

// Opens the window before the frame of this number and closes it before another. The worst of all frames is returned:
// pixels that are wrong of the window or outside of the film.
int wrong_pixels_over_film(const Rect& film, const Rect& window, int opens_at, int closes_at) {
  Cinema cinema;
  draw_text(cinema.desktop, cinema.desktop.bounds(), cinema.dice);
  cinema.encoder.mark(cinema.desktop.bounds(), cinema.now);
  cinema.update();
  Picture page(kScreen);
  copy_colours(cinema.desktop.view(), page, page.bounds());
  Picture with_window(kScreen);
  draw_window(with_window, window, cinema.dice);
  Camera camera({film.width, film.height}, cinema.dice);
  int worst = 0;
  for (int i = 0; i < closes_at + 12; ++i) {
    copy_colours(page.view(), cinema.desktop, page.bounds());
    camera.show(cinema.desktop, film.x, film.y);
    const bool open = i >= opens_at && i < closes_at;
    if (open) copy_colours(with_window.view(), cinema.desktop, window);
    cinema.encoder.mark(cinema.desktop.bounds(), cinema.now);
    cinema.update();
    if (cinema.frames_seen == 0) continue;  // a photograph as yet
    worst = std::max(worst, cinema.wrong(cinema.desktop.bounds(), film) + (open ? cinema.wrong(window) : 0));
  }
  EXPECT_GT(cinema.frames_seen, closes_at);
  EXPECT_TRUE(cinema.rest(kSecond));
  return worst;
}

TEST(WindowsOverFilms, AreExactInEveryFrameWheneverTheyOpen) {
  for (int opens_at = 1; opens_at < 40; opens_at += 3) {
    // At another place within cells each time.
    const Rect window{140 + opens_at % 17, 75 + opens_at * 5 % 16, 130 + opens_at * 3 % 16, 120 + opens_at % 13};
    EXPECT_EQ(wrong_pixels_over_film(kFilm, window, opens_at, opens_at + 14), 0) << "opened before frame " << opens_at;
  }
}

// What they uncover then is page and film in one cell.
TEST(WindowsOverFilms, LeaveThePageExactWhenTheyCloseOverASide) {
  for (const Rect& window : {Rect{5, 107, 103, 93}, Rect{155, 3, 103, 93}, Rect{381, 90, 90, 80},
                             Rect{200, 251, 140, 60}, Rect{11, 9, 80, 60}, Rect{370, 242, 90, 60}}) {
    EXPECT_EQ(wrong_pixels_over_film(kFilm, window, 12, 24), 0) << "window at " << window.x << "," << window.y;
  }
}

// A corner, or a side by a pixel or two, in a cell of the film or of its side.
TEST(WindowsOverFilms, AreExactWhereverTheirCornersLie) {
  struct Scene {
    Rect film;
    Rect window;
    int opens_at;
    int closes_at;
  };
  for (const Scene& scene : std::initializer_list<Scene>{
           {{187, 4, 248, 275}, {143, 89, 179, 140}, 25, 31},
           {{144, 14, 227, 151}, {71, 64, 189, 85}, 33, 39},
           {{70, 78, 209, 202}, {74, 44, 139, 102}, 25, 31},
           {{12, 19, 411, 274}, {84, 223, 157, 82}, 26, 32},
           {{84, 74, 221, 210}, {0, 80, 194, 51}, 29, 35},
           {{4, 37, 222, 271}, {154, 11, 205, 52}, 31, 36},
           {{95, 128, 354, 174}, {296, 24, 63, 124}, 33, 38},
           {{118, 103, 246, 206}, {203, 25, 148, 95}, 33, 38},
           {{68, 59, 283, 148}, {34, 70, 138, 104}, 22, 37},
           {{180, 113, 282, 187}, {76, 136, 148, 145}, 17, 27},
           {{120, 78, 244, 240}, {68, 52, 57, 158}, 12, 20},
           {{25, 61, 243, 253}, {259, 4, 90, 86}, 33, 40},
           {{194, 68, 278, 165}, {392, 1, 53, 75}, 35, 44},
           // Open before the film is known as one: they were part of lossy pictures then.
           {{85, 3, 338, 266}, {217, 231, 144, 77}, 2, 24},
           {{69, 32, 310, 226}, {188, 122, 125, 51}, 3, 22},
       }) {
    EXPECT_EQ(wrong_pixels_over_film(scene.film, scene.window, scene.opens_at, scene.closes_at), 0)
        << "window at " << scene.window.x << "," << scene.window.y;
  }
}

}  // namespace
}  // namespace vitrine::codec
