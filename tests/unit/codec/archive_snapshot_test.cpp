// What a decoder holds, put aside and loaded elsewhere: pixels, archive and numbers are the same, and bytes that are
// not what was written are refused without harm.
#include "codec/archive_snapshot.h"

#include <gtest/gtest.h>

#include "codec/dec_decoder.h"
#include "codec/enc_viewer.h"
#include "codec/tile_hash.h"
#include "tests/unit/codec/pictures.h"

namespace vitrine::codec {
namespace {

constexpr Size kSize{640, 400};
constexpr int64_t kRoom = int64_t{6} * 640 * 400;
constexpr EncodeBudget kLossless{.max_bytes = SIZE_MAX, .max_pixels = INT64_MAX, .jpeg_quality = 0};

class Snapshot : public testing::Test {
 protected:
  void show(const Picture& picture) {
    encoder_.mark(picture.bounds(), now_);
    for (int i = 0; i < 100; ++i) {
      std::vector<uint8_t> body;
      const bool exact = encoder_.encode(picture.view(), kLossless, now_, body).exact;
      now_ += kSecond;
      ASSERT_TRUE(decoder_.apply(body).ok());
      if (exact) return;
    }
    FAIL() << "never exact";
  }
  static Picture text(uint64_t seed) {
    Dice dice(seed);
    Picture picture(kSize);
    draw_text(picture, picture.bounds(), dice);
    return picture;
  }
  static Picture photo(uint64_t seed) {
    Dice dice(seed);
    Picture picture(kSize);
    draw_photo(picture, picture.bounds(), dice);
    return picture;
  }
  // A record of little, for tests that load it often.
  static std::vector<uint8_t> small_record() {
    Dice dice(7);
    Picture picture({96, 80});
    draw_text(picture, picture.bounds(), dice);
    Archive archive;
    archive.open(20'000);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(archive.keep(picture.view(), {i * 8, 4, 40, 30}).ok());
    SnapshotMark mark;
    std::vector<uint8_t> record;
    write_snapshot(picture.view(), archive, mark, record);
    return record;
  }
  const std::vector<uint8_t>& save() {
    records_.emplace_back();
    decoder_.save(mark_, records_.back());
    return records_.back();
  }
  // Another decoder with all records so far.
  Decoder loaded() const {
    Decoder other = Decoder::create({1, 1}, kRoom).take();
    for (const auto& record : records_) {
      const auto done = other.load(record);
      EXPECT_TRUE(done.ok()) << done.error().message;
    }
    return other;
  }
  void expect_same(const Decoder& other) const {
    ASSERT_EQ(other.size(), decoder_.size());
    for (uint32_t tile = 0; tile < tile_count(decoder_.size()); ++tile) {
      EXPECT_EQ(other.wide_tile_hash(tile), decoder_.wide_tile_hash(tile)) << tile;
    }
    const size_t bytes = static_cast<size_t>(kSize.width) * kSize.height * 4;
    EXPECT_TRUE(std::equal(other.rgba(), other.rgba() + bytes, decoder_.rgba()));
    EXPECT_EQ(other.archive().kept(), decoder_.archive().kept());
    EXPECT_EQ(other.archive().oldest(), decoder_.archive().oldest());
    EXPECT_EQ(other.archive().checksum(), decoder_.archive().checksum());
  }

  ViewerEncoder encoder_{kSize, EncoderArchive(kRoom)};
  Decoder decoder_ = Decoder::create(kSize, kRoom).take();
  SnapshotMark mark_;
  std::vector<std::vector<uint8_t>> records_;
  Micros now_ = 0;
};

TEST_F(Snapshot, LoadsIntoAnotherDecoderAsItWas) {
  show(text(1));
  show(photo(2));
  show(text(3));
  ASSERT_GT(decoder_.archive().kept(), 0U);
  save();
  expect_same(loaded());
}

TEST_F(Snapshot, GoesOnWithWhatChanged) {
  show(text(1));
  const size_t whole = save().size();
  Picture next = text(1);
  fill(next, {100, 100, 40, 12}, 0x123456);
  show(next);
  EXPECT_LT(save().size(), whole / 10);
  expect_same(loaded());
  EXPECT_LT(save().size(), 20U) << "nothing changed";
  show(photo(4));
  show(text(1));
  save();
  expect_same(loaded());
}

TEST_F(Snapshot, FollowsAnArchiveThatPushesOutAndOneThatIsCutBack) {
  for (uint64_t seed = 1; seed < 9; ++seed) {
    show(seed % 2 == 0 ? text(seed) : photo(seed));
    save();
    expect_same(loaded());
  }
  ASSERT_GT(decoder_.archive().oldest(), 0U);
  ASSERT_TRUE(decoder_.cut_archive_back(decoder_.archive().kept() - 1));
  save();
  expect_same(loaded());
}

TEST_F(Snapshot, OfAnotherSizeBeginsAnew) {
  show(text(1));
  save();
  const Size small{200, 90};
  ASSERT_TRUE(decoder_.restart(small).ok());
  save();
  EXPECT_EQ(loaded().size(), small);
  EXPECT_EQ(loaded().archive().checksum(), decoder_.archive().checksum());
}

TEST_F(Snapshot, ServesTheNextEncoderAsThePageItselfWould) {
  show(text(1));
  show(photo(2));
  const size_t before = encoder_.archive().ring().kept();
  save();
  Decoder other = loaded();
  std::vector<uint64_t> hashes;
  for (uint32_t tile = 0; tile < tile_count(kSize); ++tile) hashes.push_back(other.wide_tile_hash(tile));
  EncoderArchive archive = encoder_.take_archive();
  ASSERT_TRUE(archive.cut_back(before));
  encoder_ = ViewerEncoder(kSize, std::move(archive));
  encoder_.offer(hashes);
  ASSERT_TRUE(other.restart(kSize).ok());
  decoder_ = std::move(other);
  const Picture same = photo(2);
  std::vector<uint8_t> body;
  encoder_.encode(same.view(), kLossless, now_, body);
  EXPECT_LT(body.size(), 16U);
  ASSERT_TRUE(decoder_.apply(body).ok());
  show(text(1));
  expect_same(decoder_);
}

TEST_F(Snapshot, CutShortAnywhereIsRefused) {
  const std::vector<uint8_t> record = small_record();
  // What a record leaves behind is no matter to one that begins anew.
  Decoder other = Decoder::create({1, 1}, kRoom).take();
  for (size_t length = 0; length < record.size(); ++length) {
    EXPECT_FALSE(other.load(std::span(record).first(length)).ok()) << length;
  }
  EXPECT_TRUE(other.load(record).ok());
}

TEST_F(Snapshot, WithFlippedBitsIsRefusedOrLoadedButHarmsNothing) {
  const std::vector<uint8_t> record = small_record();
  size_t refused = 0;
  Decoder other = Decoder::create({1, 1}, 50'000).take();
  for (size_t bit = 0; bit < record.size() * 8; ++bit) {
    std::vector<uint8_t> bad = record;
    bad[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    if (!other.load(bad).ok()) ++refused;
    EXPECT_LE(other.archive().memory_bytes(), size_t{50'000} * 8);
  }
  EXPECT_GT(refused, record.size());
}

std::vector<uint8_t> record_of(std::initializer_list<uint32_t> numbers) {
  std::vector<uint8_t> bytes{1, 3};
  ByteWriter out(bytes);
  for (const uint32_t number : numbers) out.varint(number);
  return bytes;
}

TEST(HostileSnapshot, OfSizesThatCannotBeIsRefused) {
  const std::vector<uint8_t> cases[] = {
      record_of({0, 64}),                                       // no width
      record_of({8193, 64}),                                    // too wide
      record_of({64, 64, UINT32_MAX, 0, 0, 0, 0}),              // an archive of more than was allowed
      record_of({64, 64, 10, 0, UINT32_MAX, 0, 0, 0, 1}),       // numbers that would wrap
      record_of({64, 64, 1000, 0, 0, 0, UINT32_MAX, 0, 0}),     // entries without content
      record_of({64, 64, 1000, 0, 0, 0, 1, 0, 0, 8192, 8192}),  // larger than the archive
      record_of({64, 64, 1000, 0, 0, 0, 1, 8000, 0, 200, 1}),   // beyond the largest picture
      record_of({64, 64, 1000, 0, 0, 0, 0, 0, 2}),              // more tiles than there are
      record_of({64, 64, 1000, 0, 0, 0, 0, 0, 1, 4096 << 2}),   // a run past the tile
      record_of({64, 64, 1000, 0, 0, 0, 0, 0, 1, 1}),           // a row above the first
  };
  for (const auto& record : cases) {
    Decoder decoder = Decoder::create({1, 1}, 100'000).take();
    EXPECT_FALSE(decoder.load(record).ok()) << &record - cases;
  }
  Decoder decoder = Decoder::create({1, 1}, 100'000).take();
  EXPECT_TRUE(decoder.load(record_of({64, 64, 1000, 0, 0, 0, 0, 0, 1, 4095 << 2})).ok());
}

TEST(HostileSnapshot, ThatGoesOnWithAnotherPictureIsRefused) {
  Decoder decoder = Decoder::create({64, 64}, 1000).take();
  const std::vector<uint8_t> other_size{1, 0, 65, 64, 0, 2};
  EXPECT_FALSE(decoder.load(other_size).ok());
  const std::vector<uint8_t> same_size{1, 0, 64, 64, 0, 1};
  EXPECT_TRUE(decoder.load(same_size).ok());
}

}  // namespace
}  // namespace vitrine::codec
