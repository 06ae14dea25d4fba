// A window dragged over a picture: what comes out from under it.
#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "codec/enc_motion.h"
#include "codec/enc_tight.h"
#include "codec/enc_viewer.h"
#include "tests/unit/codec/pictures.h"

namespace vitrine::codec {
namespace {

constexpr Size kDeskSize{640, 480};

bool differ(const Picture& a, const Picture& b, int x, int y) {
  return ((a.row(y)[x] ^ b.row(y)[x]) & kColourMask) != 0;
}

TEST(TightAreas, OfAnLAreItsTwoArms) {
  const Picture before(kDeskSize);
  Picture after(kDeskSize);
  fill(after, {100, 50, 300, 8}, 0xffffff);
  fill(after, {100, 58, 10, 200}, 0xffffff);
  const std::vector<Rect> expected = {{100, 50, 300, 8}, {100, 58, 10, 200}};
  EXPECT_EQ(tight_areas(after.view(), before.view(), {96, 48, 320, 224}, kLeastSavedPhoto), expected);
  EXPECT_TRUE(tight_areas(after.view(), before.view(), {416, 48, 64, 64}, kLeastSavedPhoto).empty());
}

TEST(TightAreas, OfTextAreNotCutForFewPixels) {
  const Picture before(kDeskSize);
  Picture after(kDeskSize);
  fill(after, {100, 50, 300, 20}, 0xffffff);
  fill(after, {100, 70, 250, 20}, 0xffffff);
  const Rect area{96, 48, 320, 64};
  EXPECT_EQ(tight_areas(after.view(), before.view(), area, kLeastSavedPhoto).size(), 2U);
  EXPECT_EQ(tight_areas(after.view(), before.view(), area, kLeastSavedText), std::vector<Rect>({{100, 50, 300, 40}}));
}

TEST(TightAreas, HoldEveryPixelThatDiffersOnceAndNoMoreThanTheirBounds) {
  for (uint64_t seed = 0; seed < 60; ++seed) {
    Dice dice(seed);
    const Picture before(kDeskSize);
    Picture after(kDeskSize);
    for (int i = dice.below(5); i >= 0; --i) fill(after, random_area(kDeskSize, dice), 0x123456);
    const Rect area = random_area(kDeskSize, dice);
    const auto found = tight_areas(after.view(), before.view(), area, kLeastSavedPhoto);
    EXPECT_LE(found.size(), 8U);
    int64_t pixels = 0;
    Rect bounds;
    for (const Rect& one : found) {
      EXPECT_EQ(intersect(one, area), one);
      for (const Rect& other : found) EXPECT_TRUE(&one == &other || intersect(one, other).empty());
      pixels += one.area();
      bounds = bounding(bounds, one);
    }
    EXPECT_LE(pixels, bounds.area());
    const auto inside = [&](int x, int y) {
      return std::any_of(found.begin(), found.end(), [&](const Rect& one) {
        return !intersect(one, {x, y, 1, 1}).empty();
      });
    };
    for (int y = area.y; y < area.bottom(); ++y) {
      for (int x = area.x; x < area.right(); ++x) {
        if (differ(after, before, x, y)) {
          EXPECT_TRUE(inside(x, y)) << seed << ": " << x << ", " << y;
        }
      }
    }
  }
}

std::vector<Motion> moved(int dx, int dy, const Rect& to) {
  return {{1, 0, {{600, 400, 16, 16}}}, {dx, dy, {to}}};
}

TEST(DragWatch, TellsAWindowFromAPage) {
  DragWatch window;
  EXPECT_FALSE(window.note(moved(9, 7, {100, 80, 300, 200}), kDeskSize));
  EXPECT_TRUE(window.note(moved(9, 7, {109, 87, 300, 200}), kDeskSize));
  EXPECT_TRUE(window.note(moved(-3, 0, {106, 87, 300, 200}), kDeskSize));
  // At the picture's edge one of its sides stays behind.
  EXPECT_TRUE(window.note(moved(0, 200, {106, 287, 300, 193}), kDeskSize));

  DragWatch page;
  for (const int step : {60, 60, 120, 20, 20, -60}) {
    const int kept = 400 - std::abs(step);
    EXPECT_FALSE(page.note(moved(0, -step, {20, step > 0 ? 30 : 30 - step, 500, kept}), kDeskSize)) << step;
  }
}

class Desktop {
 public:
  Desktop() : wallpaper(kDeskSize), window({250, 200}) {
    Dice dice(7);
    draw_photo(wallpaper, wallpaper.bounds(), dice);
    draw_text(window, window.bounds(), dice);
  }
  Picture with_window(int x, int y) const {
    Picture all = wallpaper;
    for (int row = 0; row < window.height(); ++row) std::copy_n(window.row(row), window.width(), all.row(y + row) + x);
    return all;
  }

  Picture wallpaper;
  Picture window;
};

struct Shown {
  size_t bytes = 0;
  size_t lossy_bytes = 0;
  bool exact = false;
};

class Viewer {
 public:
  Shown show(const Picture& picture, const EncodeBudget& budget) {
    encoder_.mark(picture.bounds(), now_);
    std::vector<uint8_t> body;
    const UpdateInfo info = encoder_.encode(picture.view(), budget, now_, body);
    EXPECT_TRUE(decoder_.apply(body).ok());
    now_ += 33 * kMillisecond;
    complete_ = info.complete;
    if (info.exact) {
      EXPECT_EQ(wrong_pixels(decoder_, picture.view()), 0);
    }
    const auto names = coding_names();
    const auto jpeg = std::find(names.begin(), names.end(), std::string_view("jpeg")) - names.begin();
    return {body.size(), info.bytes_by_coding[static_cast<size_t>(jpeg)], info.exact};
  }
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  ViewerEncoder encoder_{kDeskSize, EncoderArchive(1 << 20)};
  Decoder decoder_ = Decoder::create(kDeskSize, 1 << 20).take();
  Micros now_ = 0;
  bool complete_ = false;
};

TEST(Drag, UncoversAPictureForWhatItsPixelsTake) {
  const Desktop desktop;
  Viewer viewer;
  const EncodeBudget lossless{.max_bytes = SIZE_MAX, .max_pixels = INT64_MAX, .jpeg_quality = 0};
  const size_t whole = viewer.show(desktop.wallpaper, lossless).bytes;
  const double bytes_per_pixel = static_cast<double>(whole) / static_cast<double>(desktop.wallpaper.bounds().area());
  Viewer fresh;  // which never saw what is under the window
  fresh.show(desktop.with_window(30, 40), lossless);
  for (int step = 1; step <= 20; ++step) {
    const size_t bytes = fresh.show(desktop.with_window(30 + step * 7, 40 + step * 5), lossless).bytes;
    const double uncovered = 7 * 200 + 5 * (250 - 7);
    EXPECT_LE(static_cast<double>(bytes), uncovered * bytes_per_pixel * 1.15 + 100) << step;
  }
}

TEST(Drag, IsExactAtOnceWhereTheLinkTakesItAndAPageThatScrollsIsNot) {
  const Desktop desktop;
  const EncodeBudget fast{.max_bytes = 40'000, .jpeg_quality = 75, .exact_share = 0.5};
  Viewer viewer;
  bool exact = false;
  for (int i = 0; i < 100 && !exact; ++i) exact = viewer.show(desktop.with_window(30, 40), fast).exact;
  EXPECT_TRUE(exact);
  viewer.show(desktop.with_window(37, 45), fast);
  for (int step = 2; step <= 20; ++step) {
    EXPECT_EQ(viewer.show(desktop.with_window(30 + step * 7, 40 + step * 5), fast).lossy_bytes, 0U) << step;
  }

  Picture page({kDeskSize.width, 1200});
  Dice dice(3);
  draw_photo(page, page.bounds(), dice);
  Viewer reader;
  for (int y = 0; y < 300; y += 8) {
    Picture shown(kDeskSize);
    for (int row = 0; row < kDeskSize.height; ++row) std::copy_n(page.row(y + row), kDeskSize.width, shown.row(row));
    EXPECT_GT(reader.show(shown, fast).lossy_bytes, 0U) << y;
  }
}

// Entries are kept ahead of the window, so that it finds what comes out again in one or two of them.
TEST(Drag, BringsBackWhatItCrossedInFewRectangles) {
  const Desktop desktop;
  const EncodeBudget lossless{.max_bytes = SIZE_MAX, .max_pixels = INT64_MAX, .jpeg_quality = 0};
  Viewer viewer;
  viewer.show(desktop.wallpaper, lossless);
  int x = 30;
  int y = 40;
  const auto drag = [&](int steps, int dx, int dy) {
    size_t bytes = 0;
    for (int i = 0; i < steps; ++i) {
      x += dx + i % 3;
      y += dy - i % 2;
      bytes += viewer.show(desktop.with_window(x, y), lossless).bytes;
    }
    return bytes / static_cast<size_t>(steps);
  };
  viewer.show(desktop.with_window(x, y), lossless);
  EXPECT_LT(drag(30, 9, 6), 60U);
  EXPECT_LT(drag(30, -9, -4), 60U);
  EXPECT_LT(drag(20, 5, 3), 60U);
}

// An update that somebody waits for is small whatever the link carries; what it leaves comes with the next.
TEST(Drag, IsExactHoweverSmallAnUpdateMayBe) {
  const Desktop desktop;
  const EncodeBudget whole{.max_bytes = SIZE_MAX, .max_pixels = INT64_MAX, .jpeg_quality = 0};
  const EncodeBudget small{.max_bytes = 2000, .jpeg_quality = 75, .exact_share = 0.5, .link_bytes_per_s = 4e6};
  const EncodeBudget slow{.max_bytes = 2000, .jpeg_quality = 75, .exact_share = 0.5, .link_bytes_per_s = 1e5};
  for (const EncodeBudget& budget : {small, slow}) {
    Viewer viewer;
    viewer.show(desktop.with_window(30, 40), whole);
    viewer.show(desktop.with_window(37, 45), whole);
    size_t lossy = 0;
    for (int step = 2; step <= 20; ++step) {
      const Picture picture = desktop.with_window(30 + step * 7, 40 + step * 5);
      lossy += viewer.show(picture, budget).lossy_bytes;
      while (!viewer.complete()) lossy += viewer.show(picture, budget).lossy_bytes;
    }
    EXPECT_EQ(lossy == 0, budget.link_bytes_per_s > 1e6) << lossy;
  }
}

}  // namespace
}  // namespace vitrine::codec
