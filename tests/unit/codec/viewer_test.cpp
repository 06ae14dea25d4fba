// Encoder and decoder as a pair: whatever happens on the desktop, the viewer ends with exactly its pixels.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "codec/dec_decoder.h"
#include "codec/enc_viewer.h"
#include "codec/frame_analysis.h"
#include "codec/tile_hash.h"
#include "tests/unit/codec/pictures.h"

namespace vitrine::codec {
namespace {

class Pair {
 public:
  explicit Pair(Size size) : desktop(size), encoder(size), decoder(Decoder::create(size).take()) {}

  // One update; the viewer must show what the encoder believes it does.
  UpdateInfo update(const EncodeBudget& budget = {}) {
    std::vector<uint8_t> body;
    const UpdateInfo info = encoder.encode(desktop.view(), budget, now, body);
    EXPECT_EQ(info.empty, body.empty());
    const auto applied = decoder.apply(body);
    EXPECT_TRUE(applied.ok()) << applied.error().message;
    EXPECT_EQ(wrong_pixels(decoder, encoder.held()), 0);
    bytes = body.size();
    now += 33 * kMillisecond;
    return info;
  }
  void mark(const Rect& area) { encoder.mark(area, now); }
  // Updates until all is exact; false when that never comes.
  bool rest(const EncodeBudget& budget = {}) {
    for (int i = 0; i < 2000; ++i) {
      if (update(budget).exact) return wrong_pixels(decoder, desktop.view()) == 0;
    }
    return false;
  }

  Picture desktop;
  ViewerEncoder encoder;
  Decoder decoder;
  Micros now = 0;
  size_t bytes = 0;
};

void scroll(Picture& picture, const Rect& area, int dx, int dy) {
  const Picture before = picture;
  for (int y = area.y; y < area.bottom(); ++y) {
    for (int x = area.x; x < area.right(); ++x) {
      const int from_x = x - dx;
      const int from_y = y - dy;
      if (from_x >= area.x && from_x < area.right() && from_y >= area.y && from_y < area.bottom()) {
        picture.row(y)[x] = before.row(from_y)[from_x];
      }
    }
  }
}

// Draws the next picture of a film with a window dragged over it.
void draw_film(Picture& picture, int frame) {
  Dice dice(7);
  draw_photo(picture, {0, 0, 400, 300}, dice);
  for (int y = 0; y < 300; ++y) {
    for (int x = 0; x < 400; ++x) picture.row(y)[x] += static_cast<uint32_t>((x + frame * 5) & 63) << 8;
  }
  Dice same(1);
  draw_text(picture, {20 + frame * 4, 30 + frame * 2, 120, 90}, same);
}

// Bytes and pixels do not depend on who else looks.
TEST(ViewerEncoder, SharingChangesNothingButTheWork) {
  const Size size{480, 320};
  Pair alone(size);
  FrameAnalysis shared(size);
  std::vector<ViewerEncoder> others;
  for (int i = 0; i < 3; ++i) others.emplace_back(size);
  for (int frame = 0; frame < 12; ++frame) {
    draw_film(alone.desktop, frame);
    shared.changed(std::vector<Rect>{alone.desktop.bounds()});
    const EncodeBudget budget{.max_bytes = 200'000, .jpeg_quality = frame % 5 == 4 ? 0 : 75};
    std::vector<uint8_t> expected;
    Micros now = frame * 33 * kMillisecond;
    alone.mark(alone.desktop.bounds());
    alone.encoder.encode(alone.desktop.view(), budget, now, expected);
    ASSERT_TRUE(alone.decoder.apply(expected).ok());
    for (ViewerEncoder& other : others) {
      std::vector<uint8_t> body;
      other.mark(alone.desktop.bounds(), now);
      other.encode(alone.desktop.view(), budget, now, body, &shared);
      EXPECT_EQ(body, expected) << "frame " << frame;
      EXPECT_EQ(wrong_pixels(alone.decoder, other.held()), 0) << "frame " << frame;
    }
  }
}

TEST(FrameAnalysis, KeepsNothingOfWhatChanged) {
  const Size size{256, 128};
  FrameAnalysis analysis(size);
  Picture shown(size);
  const auto keep = [&](const Rect& area) {
    analysis.keep_jpeg({area, 75, JpegSampling::k420, {1, 2, 3}}, shown.view());
  };
  keep({0, 0, 64, 64});
  keep({64, 0, 64, 64});
  EXPECT_EQ(analysis.jpeg({0, 0, 64, 64}, 60, JpegSampling::k420), nullptr);
  TileSet cells(CellGrid{size, 16});
  cells.insert(3, 3);
  const auto first = analysis.picture();
  analysis.keep_motions(first, cells, {{1, 2, {}}});
  EXPECT_NE(analysis.motions(first, cells), nullptr);
  EXPECT_EQ(analysis.motions(0, cells), nullptr);  // nobody is in step with no picture
  EXPECT_EQ(analysis.equal_pixels(4, 4, [] { return 5; }), 5);
  EXPECT_EQ(analysis.equal_pixels(5, 5, [] { return 6; }), 6);
  analysis.changed(std::vector<Rect>{{48, 48, 16, 16}});
  EXPECT_EQ(analysis.jpeg({0, 0, 64, 64}, 75, JpegSampling::k420), nullptr);
  EXPECT_NE(analysis.jpeg({64, 0, 64, 64}, 75, JpegSampling::k420), nullptr);
  EXPECT_EQ(analysis.motions(first, cells), nullptr);
  EXPECT_EQ(analysis.equal_pixels(4, 4, [] { return 7; }), 7);  // its left neighbour's last pixels changed
  EXPECT_EQ(analysis.equal_pixels(5, 5, [] { return 7; }), 6);
  EXPECT_NE(analysis.picture(), first);
  // The later of two pieces that overlap.
  keep({100, 0, 64, 64});
  EXPECT_EQ(analysis.jpeg({64, 0, 64, 64}, 75, JpegSampling::k420), nullptr);
  EXPECT_NE(analysis.jpeg({100, 0, 64, 64}, 75, JpegSampling::k420), nullptr);
}

TEST(FrameAnalysis, MemoryStaysBelowAPictureAndAFewScans) {
  const Size size{4096, 512};
  FrameAnalysis analysis(size);
  const Picture shown(size);
  for (int i = 0; i < 2000; ++i) {
    const Rect area{i % 128 * 32, i / 128 * 32, 32, 32};
    analysis.keep_jpeg({area, 75, JpegSampling::k420, std::vector<uint8_t>(64 * 1024)}, shown.view());
  }
  EXPECT_LE(analysis.memory_bytes(), size_t{4096} * 512 * 4 + 9 * 1024 * 1024);
  analysis.forget();
  EXPECT_LT(analysis.memory_bytes(), 64U * 1024);
}

// What lies around the focus encloses what was painted there first; that must not be painted for ever.
TEST(ViewerEncoder, GetsFromTheFocusToTheEdgesInSmallSteps) {
  Pair pair({700, 900});
  for (int y = 0; y < 900; ++y) {
    for (int x = 0; x < 700; ++x) pair.desktop.row(y)[x] = 0x204060 + static_cast<uint32_t>(y / 8);
  }
  pair.mark(pair.desktop.bounds());
  const EncodeBudget budget{.max_bytes = 4096, .max_pixels = 64 * 1024, .focus_x = 350, .focus_y = 450};
  int updates = 1;
  while (!pair.update(budget).exact && updates < 100) ++updates;
  EXPECT_LE(updates, 30);  // 10 steps would do if none overlapped
}

// A film at the focus wants more than the budget all the time; what is typed elsewhere leaves with the next update, and
// every part of the film gets its turn.
TEST(ViewerEncoder, AFilmAtTheFocusStarvesNothing) {
  Pair pair({640, 480});
  EXPECT_TRUE(pair.rest());
  const Rect film{0, 0, 512, 384};
  const Rect typed{600, 440, 8, 12};
  const EncodeBudget budget{.max_bytes = 4096, .max_pixels = 32 * 1024, .focus_x = 500, .focus_y = 300};
  for (uint32_t frame = 1; frame <= 60; ++frame) {
    for (int y = film.y; y < film.bottom(); ++y) {
      for (int x = film.x; x < film.right(); ++x) {
        const auto noise = static_cast<uint32_t>(x * 2654435761U + static_cast<uint32_t>(y) * 40503U + frame * 97U);
        pair.desktop.row(y)[x] = (noise ^ noise >> 15) & 0xffffff;
      }
    }
    pair.mark(film);
    if (frame == 20) {
      for (int y = typed.y; y < typed.bottom(); ++y) std::fill_n(pair.desktop.row(y) + typed.x, typed.width, 0xffffffU);
      pair.mark(typed);
    }
    pair.update(budget);
    if (frame == 20) {
      EXPECT_EQ(pair.encoder.held().row(typed.y)[typed.x], 0xffffffU);
    }
  }
  // The far corner of the film was black and got its turn.
  EXPECT_NE(pair.encoder.held().row(8)[8], 0U);
}

TEST(ViewerEncoder, SendsNothingForABlackDesktop) {
  Pair pair({100, 70});
  EXPECT_TRUE(pair.encoder.missing());
  const UpdateInfo info = pair.update();
  EXPECT_TRUE(info.empty);
  EXPECT_TRUE(info.exact);
  EXPECT_FALSE(pair.encoder.missing());
}

TEST(ViewerEncoder, IgnoresTheUnusedByteOfPixels) {
  Pair pair({64, 64});
  ASSERT_TRUE(pair.rest());
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) pair.desktop.row(y)[x] |= 0xab000000;
  }
  pair.mark({0, 0, 64, 64});
  EXPECT_TRUE(pair.update().empty);
  pair.desktop.row(3)[3] = 0xcd000001;
  pair.mark({0, 0, 64, 64});
  EXPECT_FALSE(pair.update().empty);
  EXPECT_EQ(pair.encoder.held().row(3)[3], 1U);
}

TEST(ViewerEncoder, SendsOnlyWhatWasMarked) {
  Pair pair({128, 128});
  ASSERT_TRUE(pair.rest());
  fill(pair.desktop, {0, 0, 128, 128}, 0x123456);
  pair.mark({32, 32, 16, 16});
  EXPECT_FALSE(pair.update().empty);
  EXPECT_EQ(wrong_pixels(pair.decoder, pair.desktop.view()), 128 * 128 - 16 * 16);
}

TEST(ViewerEncoder, SendsAScrolledTextAsACopy) {
  Dice dice(5);
  Pair pair({640, 480});
  draw_text(pair.desktop, {0, 0, 640, 480}, dice);
  pair.mark({0, 0, 640, 480});
  ASSERT_TRUE(pair.rest());
  for (const auto& [dx, dy] : {std::pair{0, -13}, {0, 29}, {7, 0}, {-33, 0}, {5, 11}}) {
    const Rect area{40, 50, 500, 400};
    scroll(pair.desktop, area, dx, dy);
    pair.mark(area);
    EXPECT_TRUE(pair.update().exact);
    EXPECT_LT(pair.bytes, 60U) << dx << "," << dy;
  }
}

TEST(ViewerEncoder, KeepsToItsBudgetAndFinishesLater) {
  Dice dice(6);
  Pair pair({800, 600});
  draw_text(pair.desktop, {0, 0, 800, 600}, dice);
  draw_photo(pair.desktop, {200, 200, 300, 300}, dice);
  pair.mark({0, 0, 800, 600});
  EncodeBudget budget;
  budget.max_bytes = 3000;
  budget.max_pixels = 40'000;
  const UpdateInfo first = pair.update(budget);
  EXPECT_FALSE(first.complete);
  EXPECT_LT(pair.bytes, 30'000U);
  EXPECT_LT(first.changed_pixels, 120'000);
  EXPECT_TRUE(pair.rest(budget));
}

TEST(ViewerEncoder, StartsNearTheFocus) {
  Dice dice(7);
  Pair pair({1024, 768});
  draw_noise(pair.desktop, {0, 0, 1024, 768}, dice);
  pair.mark({0, 0, 1024, 768});
  EncodeBudget budget;
  budget.jpeg_quality = 0;
  budget.max_pixels = 100'000;
  budget.focus_x = 1000;
  budget.focus_y = 700;
  ASSERT_FALSE(pair.update(budget).complete);
  EXPECT_EQ(pair.encoder.held().row(700)[1000], pair.desktop.row(700)[1000]);
}

TEST(ViewerEncoder, PaintsAPictureAtOnceAndRefinesItWhenStill) {
  Dice dice(8);
  Pair pair({640, 480});
  draw_photo(pair.desktop, {0, 0, 640, 480}, dice);
  pair.mark({0, 0, 640, 480});
  const UpdateInfo first = pair.update();
  EXPECT_TRUE(first.complete);
  EXPECT_FALSE(first.exact);
  EXPECT_TRUE(pair.encoder.lossy());
  EXPECT_EQ(pair.encoder.refine_at(), 300 * kMillisecond);
  EXPECT_TRUE(pair.update().empty);
  pair.now = pair.encoder.refine_at();
  EXPECT_FALSE(pair.update().empty);
  EXPECT_TRUE(pair.rest());
  EXPECT_EQ(pair.encoder.refine_at(), kNever);
}

// Cells that a picture's edge cuts hold text or lines too: they are exact, but not by the coder for text.
TEST(ViewerEncoder, SendsTheEdgeOfAPictureExactlyAtOnce) {
  Pair pair({400, 400});
  Dice dice(7);
  fill(pair.desktop, pair.desktop.bounds(), 0xffffff);
  const Rect photo{40, 41, 296, 302};
  draw_photo(pair.desktop, photo, dice);
  pair.mark(pair.desktop.bounds());
  const UpdateInfo info = pair.update({.max_bytes = 200000, .max_pixels = INT64_MAX});
  EXPECT_TRUE(info.complete);
  EXPECT_FALSE(info.exact);
  const auto bytes_of = [&info](std::string_view coding) {
    const auto names = coding_names();
    const auto found = std::find(names.begin(), names.end(), coding);
    return info.bytes_by_coding[static_cast<size_t>(found - names.begin())];
  };
  EXPECT_GT(bytes_of("photo"), 1000U);
  EXPECT_LT(bytes_of("screen"), 1000U);
  for (int y = 41; y < 48; ++y) {
    EXPECT_EQ(std::memcmp(pair.encoder.held().row(y) + 64, pair.desktop.row(y) + 64, 256 * sizeof(uint32_t)), 0);
  }
}

// As when a film begins or a picture is opened in a page: what of its cells is page stays exact and costs nothing.
TEST(ViewerEncoder, LeavesAPageAsItIsBesideAPictureThatAppearsInIt) {
  Pair pair({400, 400});
  Dice dice(7);
  draw_text(pair.desktop, pair.desktop.bounds(), dice);
  pair.mark(pair.desktop.bounds());
  pair.update({.max_bytes = 200000, .max_pixels = INT64_MAX});
  const Rect photo{40, 41, 299, 303};
  draw_photo(pair.desktop, photo, dice);
  pair.mark(photo);
  const UpdateInfo info = pair.update({.max_bytes = 200000, .max_pixels = INT64_MAX});
  EXPECT_TRUE(info.complete);
  EXPECT_FALSE(info.exact);
  const PictureView held = pair.encoder.held();
  int wrong = 0;
  for (int y = 0; y < 400; ++y) {
    for (int x = 0; x < 400; ++x) {
      const bool inside = !intersect(photo, {x, y, 1, 1}).empty();
      wrong += !inside && ((held.row(y)[x] ^ pair.desktop.row(y)[x]) & kColourMask) != 0 ? 1 : 0;
    }
  }
  EXPECT_EQ(wrong, 0);
  size_t exactly = 0;
  for (const size_t coding : {size_t{3}, size_t{5}}) exactly += info.bytes_by_coding[coding];
  EXPECT_STREQ(coding_names()[3], "screen");
  EXPECT_STREQ(coding_names()[5], "photo");
  EXPECT_LT(exactly, 3000U);
  EXPECT_TRUE(pair.rest());
}

// A folder of thumbnails is not sent exactly at once when that would take most of the budget; one icon is.
TEST(ViewerEncoder, SmallPicturesAreLossyOnlyInACrowd) {
  for (const int count : {1, 36}) {
    Pair pair({720, 720});
    Dice dice(8);
    fill(pair.desktop, pair.desktop.bounds(), 0xffffff);
    for (int i = 0; i < count; ++i) {
      draw_photo(pair.desktop, {16 + i % 6 * 112, 16 + i / 6 * 112, 48, 48}, dice);
    }
    pair.mark(pair.desktop.bounds());
    const UpdateInfo info = pair.update({.max_bytes = 100000, .max_pixels = INT64_MAX});
    EXPECT_TRUE(info.complete);
    EXPECT_EQ(info.exact, count == 1);
    EXPECT_TRUE(pair.rest());
  }
}

TEST(ViewerEncoder, DoesNotSendALossyPartAgainThatDidNotChange) {
  Dice dice(9);
  Pair pair({640, 480});
  draw_photo(pair.desktop, {0, 0, 640, 480}, dice);
  pair.mark({0, 0, 640, 480});
  ASSERT_TRUE(pair.update().complete);
  pair.mark({0, 0, 640, 480});
  EXPECT_TRUE(pair.update().empty);
}

TEST(ViewerEncoder, SendsNothingLossyWhenToldSo) {
  Dice dice(10);
  Pair pair({320, 240});
  draw_photo(pair.desktop, {0, 0, 320, 240}, dice);
  pair.mark({0, 0, 320, 240});
  EncodeBudget budget;
  budget.jpeg_quality = 0;
  budget.max_bytes = SIZE_MAX;
  EXPECT_TRUE(pair.update(budget).exact);
}

TEST(ViewerEncoder, HealsTilesThatTheViewerReportsWrong) {
  Dice dice(11);
  const Size size{256, 192};
  Pair pair(size);
  draw_text(pair.desktop, {0, 0, size.width, size.height}, dice);
  pair.mark({0, 0, size.width, size.height});
  ASSERT_TRUE(pair.rest());
  pair.encoder.take_unverified_tiles();
  // An update that only the viewer saw: its picture is now wrong in two tiles, and nobody knows.
  const std::vector<uint8_t> rogue = {2, 70, 70, 60, 20, 1, 2, 3};
  ASSERT_TRUE(pair.decoder.apply(rogue).ok());
  std::vector<uint32_t> wrong;
  for (uint32_t tile = 0; tile < 12; ++tile) {
    if (pair.decoder.tile_hash(tile) != pair.encoder.held_tile_hash(tile)) wrong.push_back(tile);
  }
  ASSERT_EQ(wrong, (std::vector<uint32_t>{5, 6}));
  pair.encoder.mark_wrong(wrong);
  EXPECT_TRUE(pair.encoder.missing());
  EXPECT_TRUE(pair.rest());
  EXPECT_EQ(pair.encoder.take_unverified_tiles(), wrong);
}

TEST(ViewerEncoder, ListsChangedTilesOnce) {
  Pair pair({256, 256});
  ASSERT_TRUE(pair.rest());
  pair.encoder.take_unverified_tiles();
  fill(pair.desktop, {130, 10, 4, 4}, 0xffffff);
  pair.mark({0, 0, 256, 256});
  ASSERT_TRUE(pair.update().exact);
  EXPECT_EQ(pair.encoder.take_unverified_tiles(), std::vector<uint32_t>{2});
  EXPECT_TRUE(pair.encoder.take_unverified_tiles().empty());
}

// Random changes of all kinds under random budgets; at every rest the viewer shows the desktop exactly.
TEST(ViewerEncoder, ConvergesWhateverHappens) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    const Size size{200 + dice.below(400), 150 + dice.below(300)};
    Pair pair(size);
    for (int step = 0; step < 60; ++step) {
      const Rect area = random_area(size, dice);
      switch (dice.below(7)) {
        case 0: draw_text(pair.desktop, area, dice); break;
        case 1: draw_photo(pair.desktop, area, dice); break;
        case 2: fill(pair.desktop, area, dice.colour()); break;
        case 3: scroll(pair.desktop, area, 0, dice.below(61) - 30); break;
        case 4: scroll(pair.desktop, area, dice.below(61) - 30, dice.below(61) - 30); break;
        case 5: draw_noise(pair.desktop, intersect(area, {area.x, area.y, 40, 40}), dice); break;
        default: break;
      }
      pair.mark(area);
      EncodeBudget budget;
      budget.max_bytes = static_cast<size_t>(500 << dice.below(8));
      budget.jpeg_quality = dice.below(3) == 0 ? 0 : 30 + dice.below(70);
      budget.focus_x = dice.below(size.width + 1) - 1;
      budget.focus_y = dice.below(size.height);
      pair.now += dice.below(400) * kMillisecond;
      pair.update(budget);
      if (step % 20 == 19) {
        EXPECT_TRUE(pair.rest(budget)) << "step " << step;
      }
    }
  }
}

TEST(Decoder, ReportsWhatChangedInAtMost64Rectangles) {
  Decoder decoder = Decoder::create({300, 300}).take();
  std::vector<uint8_t> body;
  for (int i = 0; i < 100; ++i) {
    const auto x = static_cast<uint8_t>(i % 10 * 12);
    const auto y = static_cast<uint8_t>(i / 10 * 12);
    body.insert(body.end(), {2, x, y, 3, 3, 9, 9, 9});
  }
  ASSERT_TRUE(decoder.apply(body).ok());
  EXPECT_EQ(decoder.dirty().size(), 64U);
  for (int i = 0; i < 100; ++i) {
    const Rect one{i % 10 * 12, i / 10 * 12, 3, 3};
    bool covered = false;
    for (const Rect& dirty : decoder.dirty()) covered = covered || intersect(dirty, one) == one;
    EXPECT_TRUE(covered) << i;
  }
}

TEST(Decoder, RefusesSizesBeyondTheLimits) {
  EXPECT_FALSE(Decoder::create({0, 10}).ok());
  EXPECT_FALSE(Decoder::create({10, -1}).ok());
  EXPECT_FALSE(Decoder::create({8193, 10}).ok());
}

TEST(Decoder, RefusesABodyThatWritesThePictureManyTimes) {
  Decoder decoder = Decoder::create({64, 64}).take();
  std::vector<uint8_t> body;
  for (int i = 0; i < 5; ++i) body.insert(body.end(), {2, 0, 0, 64, 64, 1, 2, 3});
  const auto applied = decoder.apply(body);
  ASSERT_FALSE(applied.ok());
  EXPECT_EQ(applied.error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace vitrine::codec
