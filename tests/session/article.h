// An illustrated page, for scenes of people who read and write: text of a font of its own, and photographs beside it.
// The same seed gives the same pixels.
#pragma once

#include <algorithm>
#include <array>
#include <random>

#include "tests/session/film_scene.h"

namespace vitrine::session {

// Letters with grey edges, some of them frequent, as those of any language are.
class Typeface {
 public:
  static constexpr int kWidth = 8;
  static constexpr int kHeight = 12;
  static constexpr uint32_t kPaper = 0xffffff;

  explicit Typeface(uint64_t seed) : random_(seed) {
    for (auto& letter : letters_) {
      letter.fill(kPaper);
      for (int stroke = 0; stroke < 3; ++stroke) draw_stroke(letter);
    }
  }

  void write_letter(codec::Picture& page, int x, int y) {
    const auto& letter = letters_[std::min(random_() % letters_.size(), random_() % letters_.size())];
    for (int row = 0; row < kHeight; ++row) std::copy_n(letter.data() + row * kWidth, kWidth, page.row(y + row) + x);
  }
  // Words, as many as there is room for.
  void write_line(codec::Picture& page, const Rect& line) {
    int left_of_word = 3;
    for (int x = line.x; x + kWidth <= line.right(); x += kWidth) {
      if (left_of_word-- > 0) {
        write_letter(page, x, line.y);
      } else {
        left_of_word = 1 + static_cast<int>(random_() % 9);
      }
    }
  }

 private:
  using Letter = std::array<uint32_t, kWidth * kHeight>;

  // Upright or level, two pixels dark and one grey.
  void draw_stroke(Letter& letter) {
    const bool upright = random_() % 2 == 0;
    const int at = 1 + static_cast<int>(random_() % (upright ? 4 : 8));
    const int from = 1 + static_cast<int>(random_() % 3);
    const int to = (upright ? 7 : 4) + static_cast<int>(random_() % 3);
    for (int i = from; i < to; ++i) {
      for (int wide = 0; wide < 3; ++wide) {
        const int x = upright ? at + wide : i;
        const int y = upright ? i : at + wide;
        uint32_t& pixel = letter[static_cast<size_t>(y * kWidth + x)];
        pixel = std::min(pixel, wide < 2 ? 0x202122U : 0x9a9b9cU);
      }
    }
  }

  std::mt19937_64 random_;
  std::array<Letter, 60> letters_;
};

// Photographs of a size, cut out of one landscape and shown at half of its size, as pages do, so with half of the
// grain.
inline constexpr Size kFigure{384, 256};
inline void draw_figure(int number, codec::Picture& page, int left, int top) {
  static const FilmScene landscape({kFigure.width * 2, kFigure.height * 2});
  codec::Picture large({kFigure.width * 2, kFigure.height * 2});
  landscape.draw(number, large, large.bounds());
  for (int y = 0; y < kFigure.height; ++y) {
    const uint32_t* const a = large.row(y * 2);
    const uint32_t* const b = large.row(y * 2 + 1);
    for (int x = 0; x < kFigure.width; ++x) {
      uint32_t mean = 0;
      for (const int shift : {16, 8, 0}) {
        const auto channel = [shift](uint32_t pixel) { return pixel >> shift & 255; };
        const size_t i = static_cast<size_t>(x) * 2;
        mean |= (channel(a[i]) + channel(a[i + 1]) + channel(b[i]) + channel(b[i + 1]) + 2) / 4 << shift;
      }
      page.row(top + y)[left + x] = mean;
    }
  }
}

// A page as wide as a window and much higher. A figure in each 640 rows, where there is room for one.
inline codec::Picture make_article(Size size, uint64_t seed) {
  constexpr int kLine = 20;
  constexpr int kFigureEvery = 32;  // lines
  constexpr int kMargin = 16;
  codec::Picture page(size);
  for (int y = 0; y < size.height; ++y) std::fill_n(page.row(y), size.width, Typeface::kPaper);
  Typeface face(seed);
  const bool has_figures = size.width > kFigure.width * 2;
  for (int line = 0; (line + 1) * kLine <= size.height; ++line) {
    const int y = line * kLine;
    const int of_figure = line % kFigureEvery;
    const bool beside = has_figures && of_figure <= kFigure.height / kLine;
    const int right = size.width - kMargin - (beside ? kFigure.width + kMargin : 0);
    if (has_figures && of_figure == 0 && y + kFigure.height <= size.height) {
      draw_figure(line * 37 + static_cast<int>(seed) * 11, page, size.width - kMargin - kFigure.width, y);
    }
    if (line % 8 != 7) face.write_line(page, {kMargin, y, right - kMargin, kLine});
  }
  return page;
}

}  // namespace vitrine::session
