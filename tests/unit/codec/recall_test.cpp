// Content that was seen before comes back for a few bytes, and whatever happens both ends' archives stay the same.
#include <gtest/gtest.h>

#include "codec/archive.h"
#include "codec/dec_decoder.h"
#include "codec/enc_viewer.h"
#include "tests/unit/codec/pictures.h"

namespace vitrine::codec {
namespace {

constexpr Size kSize{640, 480};
constexpr int64_t kRoomy = 8 * 640 * 480;
// Everything is sent at once and exactly.
constexpr EncodeBudget kLossless{.max_bytes = SIZE_MAX, .max_pixels = INT64_MAX, .jpeg_quality = 0};

Picture text(uint64_t seed, Size size = kSize) {
  Dice dice(seed);
  Picture picture(size);
  draw_text(picture, picture.bounds(), dice);
  return picture;
}

Picture photo(uint64_t seed, Size size = kSize) {
  Dice dice(seed);
  Picture picture(size);
  draw_photo(picture, picture.bounds(), dice);
  return picture;
}

// Puts `what` on `on` with its corner at (x, y), as far as it fits.
void put(Picture& on, const Picture& what, int x, int y) {
  const Rect area = intersect({x, y, what.width(), what.height()}, on.bounds());
  for (int row = area.y; row < area.bottom(); ++row) {
    std::copy_n(what.row(row - y) + area.x - x, area.width, on.row(row) + area.x);
  }
}

class Screen {
 public:
  explicit Screen(Size size, int64_t archive_pixels)
      : encoder(size, EncoderArchive(archive_pixels)), decoder(Decoder::create(size, archive_pixels).take()) {}

  // Shows the picture in as many updates as it takes; bytes of them together.
  size_t show(const Picture& picture, const EncodeBudget& budget = kLossless) {
    encoder.mark(picture.bounds(), now);
    size_t total = 0;
    UpdateInfo info;
    for (int i = 0; i < 500 && !info.exact; ++i) {
      info = step(picture, budget);
      total += bytes;
    }
    EXPECT_TRUE(info.exact);
    EXPECT_EQ(wrong_pixels(decoder, picture.view()), 0);
    return total;
  }

  UpdateInfo step(const Picture& picture, const EncodeBudget& budget) {
    std::vector<uint8_t> body;
    const UpdateInfo info = encoder.encode(picture.view(), budget, now, body);
    const auto applied = decoder.apply(body);
    EXPECT_TRUE(applied.ok()) << applied.error().message;
    EXPECT_EQ(wrong_pixels(decoder, encoder.held()), 0);
    bytes = body.size();
    now += 100 * kMillisecond;
    return info;
  }
  void expect_same_archives() const {
    EXPECT_EQ(decoder.archive().kept(), encoder.archive().ring().kept());
    EXPECT_EQ(decoder.archive().oldest(), encoder.archive().ring().oldest());
    EXPECT_EQ(decoder.archive().checksum(), encoder.archive().ring().checksum());
    EXPECT_LE(decoder.archive().memory_bytes(), static_cast<size_t>(encoder.archive().capacity()) * 4 + 4096);
  }

  ViewerEncoder encoder;
  Decoder decoder;
  Micros now = 0;
  size_t bytes = 0;
};

// --- the ring --------------------------------------------------------------------------------------------------------

TEST(Archive, PushesOutItsOldestWholeEntries) {
  const Picture picture = text(1);
  Archive archive;
  archive.open(2 * (100 * 100 + kEntryCost) + 50);
  ASSERT_TRUE(archive.keep(picture.view(), {0, 0, 100, 100}).ok());
  ASSERT_TRUE(archive.keep(picture.view(), {50, 50, 100, 100}).ok());
  EXPECT_EQ(archive.oldest(), 0U);
  EXPECT_GT(archive.age(0), 0.4);
  EXPECT_EQ(archive.age(1), 0);
  ASSERT_TRUE(archive.keep(picture.view(), {9, 9, 1, 1}).ok());
  EXPECT_EQ(archive.oldest(), 1U);
  EXPECT_FALSE(archive.has(0));
  EXPECT_EQ(archive.entry(1).place, (Rect{50, 50, 100, 100}));
  EXPECT_EQ(archive.entry(1).view().row(3)[4], picture.row(53)[54]);
  EXPECT_EQ(archive.keep(picture.view(), {0, 0, 640, 480}).error().code, ErrorCode::kTooLarge);
  EXPECT_TRUE(archive.has(1));
}

TEST(Archive, CutBackNamesTheSameEntriesAgain) {
  const Picture picture = text(1);
  Archive cut;
  Archive other;
  cut.open(5000);
  other.open(5000);
  for (Archive* archive : {&cut, &other}) {
    for (int i = 0; i < 9; ++i) ASSERT_TRUE(archive->keep(picture.view(), {i, i, 20, 20}).ok());
  }
  // What one end alone was told: some of the common entries are pushed out.
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(cut.keep(picture.view(), {i, 0, 20, 30}).ok());
  EXPECT_NE(cut.checksum(), other.checksum());
  ASSERT_TRUE(cut.cut_back(9));
  EXPECT_EQ(cut.checksum(), other.checksum());
  // From here on whatever the shorter one has the other has too.
  for (int i = 0; i < 40; ++i) {
    for (Archive* archive : {&cut, &other}) ASSERT_TRUE(archive->keep(picture.view(), {i, 3, 10 + i, 20}).ok());
    EXPECT_EQ(cut.checksum(), other.checksum());
    EXPECT_GE(cut.oldest(), other.oldest());
  }
  EXPECT_FALSE(cut.cut_back(9));  // long forgotten
  EXPECT_FALSE(cut.cut_back(1000));
}

// --- what it is for --------------------------------------------------------------------------------------------------

TEST(Recall, SwitchingWindowsCostsAFewBytesFromTheSecondTimeOn) {
  Screen screen(kSize, kRoomy);
  const Picture windows[3] = {text(1), photo(2), text(3)};
  for (const Picture& window : windows) screen.show(window);
  for (int round = 0; round < 3; ++round) {
    for (const Picture& window : windows) EXPECT_LE(screen.show(window), 40U) << "round " << round;
  }
  screen.expect_same_archives();
  // Coming and going archives nothing anew.
  EXPECT_LE(screen.encoder.archive().ring().kept(), 4U);
}

TEST(Recall, WithAClockThatWentOnCostsAsMuchAsTheClock) {
  Screen screen(kSize, kRoomy);
  Picture first = text(1);
  const Picture second = text(2);
  screen.show(first);
  screen.show(second);
  Dice dice(5);
  draw_text(first, {560, 4, 60, 14}, dice);
  EXPECT_LE(screen.show(first), 300U);
}

TEST(Recall, AMenuThatClosesUncoversTheTextBehindIt) {
  Screen screen(kSize, kRoomy);
  const Picture page = text(1);
  screen.show(page);
  Dice dice(7);
  Picture menu({180, 250});
  draw_text(menu, menu.bounds(), dice);
  for (int i = 0; i < 4; ++i) {
    Picture open = page;
    put(open, menu, 37, 51);
    const size_t opening = screen.show(open);
    if (i > 0) {
      EXPECT_LE(opening, 40U);
    }
    EXPECT_LE(screen.show(page), 40U);
  }
}

TEST(Recall, AWindowDraggedToAndFroUncoversThePhotoBehindIt) {
  Screen screen(kSize, kRoomy);
  const Picture wallpaper = photo(1);
  const Picture window = text(2, {250, 200});
  screen.show(wallpaper);
  // Strips a few pixels thin, with corners.
  const auto at = [&](int step) {
    Picture desktop = wallpaper;
    put(desktop, window, 30 + step * 7, 40 + step * 5);
    return screen.show(desktop);
  };
  at(0);
  // A frame uncovers 2,600 pixels, which would take a byte each.
  size_t total = 0;
  const auto step_to = [&](int step) {
    const size_t bytes = at(step);
    EXPECT_LE(bytes, 500U) << step;
    total += bytes;
  };
  for (int step = 1; step <= 20; ++step) step_to(step);
  for (int step = 19; step >= 0; --step) step_to(step);
  EXPECT_LE(total, 40U * 150);
  screen.expect_same_archives();
}

TEST(Recall, ScrollingBackBringsWhatLeft) {
  Screen screen(kSize, kRoomy);
  const Picture page = text(4, {640, 1500});
  const auto scrolled = [&](int by) {
    Picture shown(kSize);
    put(shown, page, 0, -by);
    return screen.show(shown);
  };
  scrolled(0);
  for (int by = 50; by <= 900; by += 50) scrolled(by);
  // Steps of another length: the strips lie elsewhere than where they were kept.
  size_t most = 0;
  for (int by = 840; by >= 0; by -= 60) most = std::max(most, scrolled(by));
  EXPECT_LE(most, 250U);
}

TEST(Recall, AWindowThatMovedWhileHiddenIsFoundElsewhere) {
  Screen screen(kSize, kRoomy);
  const Picture desktop(kSize);
  const Picture window = text(2, {300, 240});
  Picture before = desktop;
  put(before, window, 50, 60);
  screen.show(before);
  screen.show(desktop);
  Picture after = desktop;
  put(after, window, 213, 101);
  EXPECT_LE(screen.show(after), 150U);
}

TEST(Recall, OfAPictureIsExactAlthoughItsFirstPaintWasNot) {
  Screen screen(kSize, kRoomy);
  const EncodeBudget lossy{.max_bytes = 20'000, .jpeg_quality = 50};
  screen.show(photo(1), lossy);
  screen.show(text(2), lossy);
  screen.encoder.mark({0, 0, 640, 480}, screen.now);
  const Picture again = photo(1);
  const UpdateInfo info = screen.step(again, lossy);
  EXPECT_TRUE(info.exact);
  EXPECT_LE(screen.bytes, 60U);
  EXPECT_EQ(wrong_pixels(screen.decoder, again.view()), 0);
}

TEST(Recall, KeepsNothingOfWhatIsCheapOrLossy) {
  Screen screen(kSize, kRoomy);
  Picture flat(kSize);
  fill(flat, flat.bounds(), 0x336699);
  screen.show(flat);
  Picture typed = flat;
  for (int i = 0; i < 30; ++i) {
    fill(typed, {20 + i * 8, 100, 5, 9}, 0);
    screen.show(typed);
  }
  EXPECT_FALSE(screen.encoder.archive().opened());
  // A film is lossy in every frame.
  for (uint64_t frame = 0; frame < 6; ++frame) {
    const Picture film = photo(frame);
    screen.encoder.mark(film.bounds(), screen.now);
    screen.step(film, {.max_bytes = 30'000, .jpeg_quality = 40, .refine = false});
  }
  EXPECT_LE(screen.decoder.archive().memory_bytes(), 640U * 480 * 4 / 2);
}

TEST(Recall, DoesNothingWithoutACapacity) {
  Screen screen(kSize, 0);
  const size_t first = screen.show(text(1));
  screen.show(text(2));
  EXPECT_GT(screen.show(text(1)), first / 2);
  EXPECT_EQ(screen.decoder.archive().kept(), 0U);
}

// --- both ends alike -------------------------------------------------------------------------------------------------

TEST(Recall, AWrongTileEmptiesTheArchive) {
  Screen screen(kSize, kRoomy);
  screen.show(text(1));
  screen.show(text(2));
  EXPECT_GT(screen.decoder.archive().kept(), 0U);
  const std::vector<uint32_t> wrong = {3, 4};
  screen.encoder.mark_wrong(wrong);
  screen.show(text(2));
  // What was kept before may be wrong as well.
  EXPECT_GT(screen.show(text(1)), 1000U);
  screen.expect_same_archives();
}

TEST(Recall, GoesOnInTheNextEncoderAndARestartedDecoder) {
  Screen screen(kSize, kRoomy);
  screen.show(text(1));
  screen.show(text(2));
  const uint64_t kept = screen.decoder.archive().kept();
  // One more update is encoded and lost with the link.
  std::vector<uint8_t> lost;
  screen.encoder.mark({0, 0, 640, 480}, screen.now);
  const Picture unseen = text(3);
  screen.encoder.encode(unseen.view(), kLossless, screen.now, lost);
  EXPECT_GT(screen.encoder.archive().ring().kept(), kept);

  EncoderArchive archive = screen.encoder.take_archive();
  ASSERT_TRUE(archive.cut_back(kept));
  EXPECT_EQ(archive.ring().checksum(), screen.decoder.archive().checksum());
  const Size wider{700, 480};
  screen.encoder = ViewerEncoder(wider, std::move(archive));
  ASSERT_TRUE(screen.decoder.restart(wider).ok());
  Picture again(wider);
  put(again, text(1), 0, 0);
  EXPECT_LE(screen.show(again), 60U);
  screen.expect_same_archives();
}

// Windows, menus, scrolls, photos and plain areas in rings that hold a picture or two, or less than one.
TEST(Recall, BothEndsStayAlikeWhateverHappens) {
  for (uint64_t seed = 1; seed <= 24; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Dice dice(seed);
    const Size size{100 + dice.below(400), 80 + dice.below(300)};
    const int64_t pixels = int64_t{size.width} * size.height;
    Screen screen(size, pixels * (1 + dice.below(20)) / 8);
    Picture desktop(size);
    std::vector<std::pair<Rect, Picture>> covered;
    for (int i = 0; i < 60; ++i) {
      const Rect area = random_area(size, dice);
      switch (dice.below(7)) {
        case 0: draw_text(desktop, area, dice); break;
        case 1: draw_photo(desktop, area, dice); break;
        case 2: fill(desktop, area, dice.colour()); break;
        case 3: {
          const Picture before = desktop;
          const int by = 1 + dice.below(area.height);
          for (int y = area.y; y + by < area.bottom(); ++y) {
            std::copy_n(before.row(y + by) + area.x, area.width, desktop.row(y) + area.x);
          }
          break;
        }
        case 4:
        case 5:
          covered.emplace_back(area, desktop);
          draw_text(desktop, area, dice);
          break;
        default:
          if (covered.empty()) break;
          desktop = covered.back().second;
          covered.pop_back();
          break;
      }
      screen.encoder.mark(desktop.bounds(), screen.now);
      const EncodeBudget budget{.max_bytes = static_cast<size_t>(500 + dice.below(40'000)),
                                .max_pixels = 4096 + dice.below(300'000),
                                .jpeg_quality = dice.below(3) * 40};
      if (dice.below(25) == 0) {
        const std::vector<uint32_t> wrong = {static_cast<uint32_t>(dice.below(20))};
        screen.encoder.mark_wrong(wrong);
      }
      screen.step(desktop, budget);
      if (HasFailure()) return;
      if (i % 20 == 19) screen.show(desktop);
    }
    if (screen.encoder.archive().opened()) screen.expect_same_archives();
  }
}

}  // namespace
}  // namespace vitrine::codec
