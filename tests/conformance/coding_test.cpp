// Every coding through one door, the Decoder: what was encoded comes back exactly, every truncation is refused, and bit
// flips and hostile numbers never take it outside its picture.
#include <gtest/gtest.h>

#include <functional>

#include "codec/bitstream.h"
#include "codec/dec_decoder.h"
#include "codec/dec_jpeg.h"
#include "codec/enc_jpeg.h"
#include "codec/enc_photo.h"
#include "codec/enc_screen.h"
#include "tests/unit/codec/pictures.h"

namespace vitrine::codec {
namespace {

constexpr Size kSize{97, 83};
constexpr Rect kArea{11, 13, 70, 59};
// Less than two of the areas below.
constexpr int64_t kArchivePixels = 8000;

// A body with one operation of a coding, and the picture it must lead to from `before`.
struct Sample {
  std::vector<uint8_t> body;
  Picture expected;
  std::vector<uint8_t> first = {};  // what has to be applied before it
};

struct CodingCase {
  const char* name;
  std::function<Sample(const Picture& before, uint64_t seed)> make;
  // Whether a body cut at any byte is sure to be refused. The screen coder's chunks say how long they are only by being
  // decoded, so some cuts of one are another, shorter chunk.
  bool cut_is_always_noticed = true;
};

Picture content(uint64_t seed) {
  Dice dice(seed);
  Picture picture(kSize);
  switch (seed % 4) {
    case 0: draw_text(picture, picture.bounds(), dice); break;
    case 1: draw_photo(picture, picture.bounds(), dice); break;
    case 2: draw_noise(picture, picture.bounds(), dice); break;
    default: fill(picture, picture.bounds(), dice.colour()); break;
  }
  return picture;
}

Picture with_area(const Picture& before, const Picture& source, const Rect& area) {
  Picture result = before;
  for (int y = area.y; y < area.bottom(); ++y) std::copy_n(source.row(y) + area.x, area.width, result.row(y) + area.x);
  return result;
}

Sample make_copy(const Picture& before, uint64_t) {
  Sample sample{{}, before};
  ByteWriter out(sample.body);
  out.operation(Operation::kCopy);
  out.number(2);
  // The second piece reads what the first one overwrites.
  const int moves[2][2] = {{7, -9}, {-20, 3}};
  const Rect areas[2] = {{20, 10, 50, 40}, {5, 25, 40, 30}};
  for (int i = 0; i < 2; ++i) {
    out.zigzag(moves[i][0]);
    out.zigzag(moves[i][1]);
    out.number(1);
    out.rect(areas[i]);
    for (int y = areas[i].y; y < areas[i].bottom(); ++y) {
      for (int x = areas[i].x; x < areas[i].right(); ++x) {
        sample.expected.row(y)[x] = before.row(y - moves[i][1])[x - moves[i][0]];
      }
    }
  }
  return sample;
}

Sample make_flat(const Picture& before, uint64_t) {
  Sample sample{{}, before};
  ByteWriter out(sample.body);
  out.operation(Operation::kFlat);
  out.rect(kArea);
  out.colour(0xfe8001);
  fill(sample.expected, kArea, 0xfe8001);
  return sample;
}

Sample make_screen(const Picture& before, uint64_t seed) {
  const Picture source = content(seed);
  Sample sample{{}, with_area(before, source, kArea)};
  ByteWriter out(sample.body);
  out.operation(Operation::kScreen);
  out.rect(kArea);
  EXPECT_EQ(ScreenEncoder().encode(source.view(), before.view(), kArea, sample.body), kArea.height);
  return sample;
}

Sample make_photo(const Picture& before, uint64_t seed) {
  const Picture source = content(seed);
  Sample sample{{}, with_area(before, source, kArea)};
  ByteWriter out(sample.body);
  out.operation(Operation::kPhoto);
  out.rect(kArea);
  PhotoEncoder().encode(source.view(), before.view(), kArea, sample.body);
  return sample;
}

Sample make_jpeg(const Picture& before, uint64_t seed) {
  const Picture source = content(seed);
  const auto sampling = seed % 2 == 0 ? JpegSampling::k420 : JpegSampling::k444;
  std::vector<uint8_t> scan;
  EXPECT_TRUE(JpegEncoder().encode(source.view(), kArea, 70, sampling, scan));
  Sample sample{{}, before};
  ByteWriter out(sample.body);
  out.operation(Operation::kJpeg);
  out.rect(kArea);
  out.byte(70);
  out.byte(static_cast<uint8_t>(sampling));
  out.varint(static_cast<uint32_t>(scan.size()));
  out.bytes(scan);
  EXPECT_TRUE(decode_jpeg({70, sampling, {kArea.width, kArea.height}, scan}, sample.expected.row(kArea.y) + kArea.x,
                          kSize.width)
                  .ok());
  return sample;
}

void open_archive(ByteWriter& out) {
  out.operation(Operation::kKeep);
  out.number(0);
  out.number(kArchivePixels);
}

Sample make_keep(const Picture& before, uint64_t) {
  Sample sample{{}, before};
  ByteWriter first(sample.first);
  open_archive(first);
  ByteWriter out(sample.body);
  out.operation(Operation::kKeep);
  out.number(2);
  out.rect({5, 6, 7, 8});
  out.rect(kArea);
  return sample;
}

// Of three areas that were kept the first has been pushed out; the others come back, one to its place, one elsewhere.
Sample make_recall(const Picture& before, uint64_t) {
  Sample sample{{}, before};
  ByteWriter first(sample.first);
  open_archive(first);
  first.operation(Operation::kKeep);
  first.number(3);
  const Rect small{40, 30, 20, 25};
  first.rect(kArea);
  first.rect(small);
  first.rect(kArea);
  first.operation(Operation::kFlat);
  first.rect(kArea);
  first.colour(0x336699);
  fill(sample.expected, kArea, 0x336699);

  ByteWriter out(sample.body);
  out.operation(Operation::kRecall);
  out.number(2);
  const Rect part{12, 20, 69, 11};
  out.varint(0 << 1);
  out.rect(part);
  out.varint(1 << 1 | 1);
  out.number(3);
  out.number(5);
  out.rect({60, 60, 17, 20});
  sample.expected = with_area(sample.expected, before, part);
  for (int y = 0; y < 20; ++y) {
    for (int x = 0; x < 17; ++x) {
      sample.expected.row(60 + y)[60 + x] = before.row(small.y + 5 + y)[small.x + 3 + x];
    }
  }
  return sample;
}

// A frame leaves the picture as it is.
Sample make_video(const Picture& before, uint64_t seed) {
  Dice dice(seed);
  Sample sample{{}, before};
  ByteWriter out(sample.body);
  out.operation(Operation::kVideo);
  out.number(2);
  out.byte(kVideoKey);
  out.byte(static_cast<uint8_t>(VideoCodec::kVp9));
  out.rect({16, 32, 60, 40});
  out.number(2);
  out.rect({16, 32, 48, 16});
  out.rect({37, 50, 20, 20});
  const std::vector<uint8_t> packet(50, static_cast<uint8_t>(dice.below(256)));
  out.number(static_cast<int>(packet.size()));
  out.bytes(packet);
  return sample;
}

class CodingTest : public testing::TestWithParam<CodingCase> {
 protected:
  // A decoder that shows `picture`, put there by the plainest means.
  static Decoder showing(const Picture& picture) {
    Decoder decoder = Decoder::create(kSize, kArchivePixels).take();
    std::vector<uint8_t> body;
    ByteWriter out(body);
    out.operation(Operation::kScreen);
    out.rect(picture.bounds());
    ScreenEncoder().encode(picture.view(), Picture(kSize).view(), picture.bounds(), body);
    out.operation(Operation::kReset);
    EXPECT_TRUE(decoder.apply(body).ok());
    return decoder;
  }
  static Decoder prepared(const Sample& sample) {
    Decoder decoder = Decoder::create(kSize, kArchivePixels).take();
    EXPECT_TRUE(decoder.apply(sample.first).ok());
    return decoder;
  }
};

TEST_P(CodingTest, GivesBackExactlyWhatWasEncoded) {
  for (uint64_t seed = 0; seed < 8; ++seed) {
    const Picture before = content(seed + 1);
    Decoder decoder = showing(before);
    const Sample sample = GetParam().make(before, seed);
    EXPECT_TRUE(decoder.apply(sample.first).ok());
    const auto applied = decoder.apply(sample.body);
    ASSERT_TRUE(applied.ok()) << applied.error().message;
    EXPECT_EQ(wrong_pixels(decoder, sample.expected.view()), 0) << "seed " << seed;
  }
}

TEST_P(CodingTest, RefusesEveryTruncation) {
  const Picture before = content(2);
  const Sample sample = GetParam().make(before, 4);
  // Every one near both ends, where headers and last words are; in the middle of a long body some.
  const size_t step = std::max<size_t>(1, sample.body.size() / 100);
  for (size_t length = 1; length < sample.body.size();
       length += length < 30 || length + 30 > sample.body.size() ? 1 : step) {
    Decoder decoder = prepared(sample);
    const bool accepted = decoder.apply(std::span(sample.body).first(length)).ok();
    if (GetParam().cut_is_always_noticed) {
      EXPECT_FALSE(accepted) << length << " of " << sample.body.size();
    }
  }
}

TEST_P(CodingTest, SurvivesBitFlips) {
  const Picture before = content(2);
  const Sample sample = GetParam().make(before, 4);
  const size_t bits = sample.body.size() * 8;
  for (size_t bit = 0; bit < bits; bit += bit < 100 ? 1 : 1 + bits / 199) {
    auto damaged = sample.body;
    damaged[bit / 8] ^= static_cast<uint8_t>(1U << bit % 8);
    Decoder decoder = prepared(sample);
    (void)decoder.apply(damaged);
    for (const Rect& area : decoder.dirty()) {
      EXPECT_EQ(intersect(area, {0, 0, kSize.width, kSize.height}), area);
    }
  }
}

TEST_P(CodingTest, RefusesAreasOutsideThePicture) {
  const Picture before = content(2);
  const Sample sample = GetParam().make(before, 4);
  // The same operation for a picture that is too small for its area.
  Decoder decoder = Decoder::create({50, 50}, kArchivePixels).take();
  (void)decoder.apply(sample.first);
  EXPECT_FALSE(decoder.apply(sample.body).ok());
}

INSTANTIATE_TEST_SUITE_P(All, CodingTest,
                         testing::Values(CodingCase{"Copy", make_copy}, CodingCase{"Flat", make_flat},
                                         CodingCase{"Screen", make_screen, false}, CodingCase{"Jpeg", make_jpeg},
                                         CodingCase{"Photo", make_photo}, CodingCase{"Video", make_video},
                                         CodingCase{"Keep", make_keep}, CodingCase{"Recall", make_recall}),
                         [](const auto& one) { return one.param.name; });

// Bodies that no coding makes.
TEST(UpdateBody, RefusesHostileNumbers) {
  const std::vector<std::vector<uint8_t>> bodies = {
      {100},                                                                    // no such operation
      {255},                                                                    //
      {2, 0, 0, 0, 5, 1, 1, 1},                                                 // empty area
      {2, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 5, 5, 1, 1, 1},                      // x of 2^32 - 1
      {2, 0xff, 0xff, 0xff, 0xff, 0x1f, 0, 5, 5, 1, 1, 1},                      // more than 32 bits
      {2, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 5, 5, 1, 1},                   // a varint without end
      {1, 1, 0x80, 0x80, 0x80, 0x80, 8, 0, 1, 0, 0, 4, 4},                      // a motion of 2^30
      {1, 1, 2, 0, 1, 0, 0, 4, 4},                                              // from left of the picture
      {1, 1, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 4, 4},                   // 2^32 - 1 copies
      {4, 0, 0, 8, 8, 70, 2, 0},                                                // no such sampling
      {4, 0, 0, 8, 8, 0, 0, 4, 1, 2, 3, 4},                                     // quality 0
      {4, 0, 0, 8, 8, 70, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 1},                  // a scan of 4 GiB
      {5, 0, 0, 8, 8, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 1},                      // words without end
      {5, 0, 0, 8, 8, 0, 1, 2, 3},                                              // a state cut short
      {6, 4, 1, 0, 0, 0, 16, 16, 0, 1, 9},                                      // no such stream
      {6, 0, 4, 0, 0, 0, 16, 16, 0, 1, 9},                                      // no such flag
      {6, 0, 1, 3, 0, 0, 16, 16, 0, 1, 9},                                      // no such codec
      {6, 0, 0, 0, 0, 0, 16, 16, 0, 1, 9},                                      // a stream that starts without a key
      {6, 0, 1, 0, 0, 0, 15, 16, 0, 1, 9},                                      // an odd width
      {6, 0, 1, 0, 96, 0, 2, 16, 0, 1, 9},                                      // beyond the picture
      {6, 0, 1, 0, 0, 0, 16, 16, 0, 0},                                         // an empty packet
      {6, 0, 1, 0, 0, 0, 16, 16, 0, 0xff, 0xff, 0x3f, 9},                       // a packet of a megabyte
      {6, 0, 1, 0, 0, 0, 16, 16, 1, 1, 0, 16, 1, 1, 9},                         // a claim outside of the stream
      {6, 0, 1, 0, 0, 0, 16, 16, 0xff, 0xff, 0x03, 0, 0, 1, 1, 1, 9},           // too many claims
      {6, 0, 1, 0, 0, 0, 32, 32, 0, 1, 9, 6, 1, 1, 0, 16, 0, 16, 16, 0, 1, 9},  // over another stream
      {6, 0, 1, 0, 0, 0, 32, 32, 0, 1, 9, 6, 0, 0, 0, 0, 0, 16, 32, 0, 1, 9},   // resized without a key
      {6, 0, 1, 0, 0, 0, 32, 32, 0, 1, 9, 6, 0, 0, 1, 0, 0, 32, 32, 0, 1, 9},   // another codec without
      {6, 0, 1, 0, 0, 0, 32, 32, 0, 1, 9, 6, 0, 2, 6, 0, 0, 0, 0, 0, 32, 32, 0, 1, 9},  // goes on after its end
      {6, 0, 1, 0, 0, 0, 32, 32, 0, 1, 9, 0, 6, 0, 0, 0, 0, 0, 32, 32, 0, 1, 9},        // or after a reset
  };
  for (size_t i = 0; i < bodies.size(); ++i) {
    Decoder decoder = Decoder::create(kSize).take();
    EXPECT_FALSE(decoder.apply(bodies[i]).ok()) << "body " << i;
  }
}

TEST(UpdateBody, RefusesHostileNumbersForTheArchive) {
  const std::vector<uint8_t> opening = {7, 0, 0xc0, 0x3e, 7, 1, 4, 4, 9, 9};  // 8000 pixels, 9x9 kept
  const std::vector<std::vector<uint8_t>> bodies = {
      {7, 0, 0xc1, 0x3e},                                      // one pixel more than was offered
      {7, 0, 0xff, 0xff, 0xff, 0xff, 0x0f},                    // 2^32 - 1 pixels
      {7, 1, 90, 0, 20, 4},                                    // outside of the picture
      {7, 1, 0, 0, 97, 83},                                    // larger than the archive
      {7, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 4, 4},           // 2^32 - 1 areas
      {8, 1, 2, 4, 4, 9, 9},                                   // the entry before the first
      {8, 1, 0xfe, 0xff, 0xff, 0xff, 0x0f, 4, 4, 9, 9},        // 2^31 - 1 entries back
      {8, 1, 0, 3, 4, 9, 9},                                   // from left of the entry
      {8, 1, 0, 4, 4, 9, 10},                                  // from below it
      {8, 1, 1, 9, 0, 0, 0, 1, 1},                             // from right of it
      {8, 1, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0, 1, 1},  // from x of 2^32 - 1
      {8, 1, 1, 1, 0, 0, 0, 9, 9},                             // reaching out of it
      {8, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 4, 4, 9, 9},        // 2^32 - 1 recalls
  };
  for (size_t i = 0; i < bodies.size(); ++i) {
    Decoder decoder = Decoder::create(kSize, kArchivePixels).take();
    ASSERT_TRUE(decoder.apply(opening).ok());
    EXPECT_EQ(decoder.archive().kept(), 1U);
    EXPECT_FALSE(decoder.apply(bodies[i]).ok()) << "body " << i;
  }
}

TEST(UpdateBody, KeepsNothingWithoutAnArchive) {
  for (const std::vector<uint8_t>& body : {std::vector<uint8_t>{7, 1, 0, 0, 4, 4}, {8, 1, 0, 0, 0, 4, 4}, {7, 0, 1}}) {
    EXPECT_FALSE(Decoder::create(kSize).take().apply(body).ok());
  }
}

TEST(UpdateBody, OfManyTinyEntriesIsRefused) {
  Decoder decoder = Decoder::create(kSize, kMaxArchivePixels).take();
  std::vector<uint8_t> body = {7, 0, 0xff, 0xff, 0xff, 0x3f, 7, 0xff, 0xff, 0x03};
  for (int i = 0; i < 10'000; ++i) body.insert(body.end(), {0, 0, 1, 1});
  EXPECT_FALSE(decoder.apply(body).ok());
  EXPECT_LT(decoder.archive().memory_bytes(), 100'000U);
}

TEST(UpdateBody, OfManyResetsIsRefused) {
  Decoder decoder = Decoder::create(kSize).take();
  EXPECT_TRUE(decoder.apply(std::vector<uint8_t>(8, 0)).ok());
  EXPECT_FALSE(decoder.apply(std::vector<uint8_t>(100'000, 0)).ok());
}

TEST(UpdateBody, OfManyFramesIsRefused) {
  const std::vector<uint8_t> frame = {6, 0, 1, 0, 0, 0, 16, 16, 0, 1, 9};
  std::vector<uint8_t> body;
  Decoder decoder = Decoder::create(kSize).take();
  for (int i = 0; i < kMaxVideoPackets; ++i) body.insert(body.end(), frame.begin(), frame.end());
  EXPECT_TRUE(decoder.apply(body).ok());
  body.insert(body.end(), frame.begin(), frame.end());
  EXPECT_FALSE(decoder.apply(body).ok());
}

TEST(UpdateBody, GivesCellsBackThatAnythingElseWritesInto) {
  Decoder decoder = Decoder::create(kSize).take();
  // A stream that shows all of its area, then one pixel in its second cell.
  ASSERT_TRUE(decoder.apply(std::vector<uint8_t>{6, 1, 1, 0, 16, 0, 80, 80, 1, 16, 0, 80, 80, 3, 7, 8, 9}).ok());
  ASSERT_EQ(decoder.video_packets().size(), 1U);
  EXPECT_EQ(decoder.video_packets()[0].offset, 14U);
  EXPECT_EQ(decoder.video_packets()[0].length, 3U);
  EXPECT_TRUE(decoder.dirty().empty());
  EXPECT_TRUE(decoder.video_areas().kept(1).empty());
  ASSERT_TRUE(decoder.apply(std::vector<uint8_t>{2, 47, 15, 1, 1, 1, 2, 3}).ok());
  EXPECT_TRUE(decoder.video_packets().empty());
  EXPECT_EQ(decoder.video_areas().kept(1), (std::vector<Rect>{{32, 0, 16, 16}}));
  // Of that cell the stream shows a part; beside the part may be painted, into it not.
  ASSERT_TRUE(decoder.apply(std::vector<uint8_t>{6, 1, 0, 0, 16, 0, 80, 80, 1, 36, 0, 12, 16, 1, 7}).ok());
  ASSERT_TRUE(decoder.apply(std::vector<uint8_t>{2, 32, 0, 4, 16, 1, 2, 3}).ok());
  EXPECT_EQ(decoder.video_areas().kept(1), (std::vector<Rect>{{32, 0, 4, 16}}));
  ASSERT_TRUE(decoder.apply(std::vector<uint8_t>{2, 32, 0, 5, 1, 1, 2, 3}).ok());
  EXPECT_EQ(decoder.video_areas().kept(1), (std::vector<Rect>{{32, 0, 16, 16}}));
  // Another place shows nothing until it is claimed.
  ASSERT_TRUE(decoder.apply(std::vector<uint8_t>{6, 1, 0, 0, 0, 0, 80, 80, 0, 1, 7}).ok());
  EXPECT_EQ(decoder.video_areas().kept(1), (std::vector<Rect>{{0, 0, 80, 80}}));
  // A reset ends the stream, and says so.
  ASSERT_TRUE(decoder.apply(std::vector<uint8_t>{0}).ok());
  ASSERT_EQ(decoder.video_packets().size(), 1U);
  EXPECT_EQ(decoder.video_packets()[0].flags, kVideoEnd);
  EXPECT_FALSE(decoder.video_areas().live(1));
}

TEST(UpdateBody, MayBeEmpty) {
  Decoder decoder = Decoder::create(kSize).take();
  EXPECT_TRUE(decoder.apply({}).ok());
  EXPECT_TRUE(decoder.dirty().empty());
}

}  // namespace
}  // namespace vitrine::codec
