// Pages that are loaded anew: who is given which key, and that what they open is built on.
#include "host-agent/device_snapshots.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "codec/tile_hash.h"
#include "host-agent/desktop_agent.h"
#include "host-agent/input/recording_input.h"
#include "host-agent/screen/memory_screen.h"
#include "protocol/wire.h"
#include "tests/unit/codec/pictures.h"
#include "tests/unit/host-agent/virtual_viewer.h"

namespace vitrine::agent {
namespace {

constexpr Size kPageSize{512, 384};
constexpr uint32_t kKeeps = kAllRights | kMayKeepOnDevice;

RandomBytes counting() {
  return [next = uint8_t{0}](size_t count) mutable { return Bytes(count, ++next); };
}
CacheOwner keeper(uint8_t cache, const std::string& session = "s1", const std::string& user = "ada") {
  return {session, user, Bytes(kCacheIdBytes, cache)};
}

TEST(DeviceSnapshots, HaveAKeyForEachCacheOfEachSessionAndUser) {
  DeviceSnapshots snapshots(counting());
  const Bytes first = *snapshots.key_for(keeper(1), 0);
  EXPECT_EQ(first.size(), kSnapshotKeyBytes);
  EXPECT_EQ(snapshots.key_for(keeper(1), 1), first);
  EXPECT_NE(snapshots.key_for(keeper(2), 1), first);
  EXPECT_NE(snapshots.key_for(keeper(1, "s2"), 1), first);
  EXPECT_NE(snapshots.key_for(keeper(1, "s1", "bob"), 1), first);
  EXPECT_FALSE(snapshots.key_for({"s1", "ada", Bytes(15, 1)}, 1)) << "nobody's";
  EXPECT_FALSE(DeviceSnapshots().key_for(keeper(1), 0)) << "without randomness";
}

TEST(DeviceSnapshots, KnowTheNewestTwoOfEachCache) {
  DeviceSnapshots snapshots(counting());
  snapshots.saved(keeper(1), {.serial = 1, .holdings = {1}}, 0);
  EXPECT_EQ(snapshots.find(keeper(1), 1), nullptr) << "it was given no key";
  (void)snapshots.key_for(keeper(1), 0);
  for (uint8_t serial = 1; serial < 5; ++serial)
    snapshots.saved(keeper(1), {.serial = serial, .holdings = {serial}}, 0);
  EXPECT_EQ(snapshots.find(keeper(1), 2), nullptr);
  ASSERT_NE(snapshots.find(keeper(1), 3), nullptr);
  EXPECT_EQ(*snapshots.find(keeper(1), 4), Bytes{4});
  EXPECT_EQ(snapshots.find(keeper(2), 4), nullptr);
  snapshots.saved(keeper(1), {.serial = 4, .holdings = {9}}, 0);
  EXPECT_EQ(*snapshots.find(keeper(1), 4), Bytes{9}) << "said again, as by a page whose disk was behind";
  EXPECT_NE(snapshots.find(keeper(1), 3), nullptr);
}

TEST(DeviceSnapshots, AreFewAndGoWithTheirTimeOrTheRight) {
  DeviceSnapshots snapshots(counting());
  for (uint8_t i = 0; i < 40; ++i) (void)snapshots.key_for(keeper(i), i);
  EXPECT_EQ(snapshots.count(), 16U);
  snapshots.forget(keeper(39));
  EXPECT_EQ(snapshots.count(), 15U);
  const Micros due = snapshots.next_deadline();
  EXPECT_GT(due, 8 * 3600 * kSecond);
  snapshots.drop_old(due);
  EXPECT_EQ(snapshots.count(), 14U);
  snapshots.drop_old(due + kSecond);
  EXPECT_EQ(snapshots.count(), 0U);
  EXPECT_EQ(snapshots.next_deadline(), kNever);
}

// A page with a device under it. What the browser would encrypt is plain here; what is tested is who is told what.
class KeptPageTest : public testing::Test {
 protected:
  KeptPageTest() {
    agent_.keep_on_devices(counting());
    codec::Dice dice(3);
    codec::draw_text(text_, text_.bounds(), dice);
    codec::draw_photo(photo_, photo_.bounds(), dice);
    draw(text_);
  }

  struct Device {
    std::vector<uint8_t> record;
    uint32_t serial = 0;
  };

  // The page is opened, with what its device has, if it may.
  void open(uint32_t rights = kKeeps, uint32_t capabilities = kCanKeepSnapshots, const std::string& user = "ada") {
    page_ = {};
    key_.reset();
    ViewerJoined joined = joined_with(rights, kPageSize);
    joined.user = user;
    joined.capabilities = capabilities;
    joined.holdings = serialize(Holdings{.cache = cache_, .tiles = {}, .snapshot = device_.serial});
    link_ = agent_.add_viewer(joined, now_);
    rest();
  }
  // Until nothing is left to say.
  void rest() {
    for (int i = 0; i < 300; ++i) {
      agent_.advance(now_);
      while (const auto message = agent_.take_output(link_, now_)) take(*message);
      for (const FrameAck& ack : std::exchange(page_.acks, {})) agent_.receive(link_, serialize(ack), now_);
      now_ += 10 * kMillisecond;
    }
    EXPECT_TRUE(page_.shows(screen_.content().picture.view()));
  }
  void take(const Bytes& message) {
    const auto key = parse<SnapshotKey>(message);
    if (!key.ok()) return page_.receive(message);
    EXPECT_FALSE(page_.decoder) << "the key comes before anything is painted";
    key_ = key.value();
    if (key_->serial == 0) return;
    EXPECT_EQ(key_->serial, device_.serial);
    page_.decoder.emplace(codec::Decoder::create({1, 1}, codec::archive_pixels(kCacheKib)).take());
    ASSERT_TRUE(page_.decoder->load(device_.record).ok());
  }
  void save() {
    codec::SnapshotMark mark;
    device_.record.clear();
    page_.decoder->save(mark, device_.record);
    Holdings holdings{.cache = cache_,
                      .width = kPageSize.width,
                      .height = kPageSize.height,
                      .tiles = {},
                      .entries = page_.decoder->archive().kept(),
                      .checksum = page_.decoder->archive().checksum()};
    for (uint32_t tile = 0; tile < codec::tile_count(kPageSize); ++tile) {
      const uint64_t hash = page_.decoder->wide_tile_hash(tile);
      for (int shift = 0; shift < 64; shift += 8) holdings.tiles.push_back(static_cast<uint8_t>(hash >> shift));
    }
    const SnapshotSaved saved{.serial = ++device_.serial, .holdings = serialize(holdings)};
    agent_.receive(link_, serialize(saved), now_);
  }
  void draw(const codec::Picture& picture) {
    for (int y = 0; y < picture.height(); ++y) {
      std::copy_n(picture.row(y), picture.width(), screen_.pixels().row(y));
    }
    screen_.damage(picture.bounds());
  }
  void leave() { agent_.remove_viewer(link_, now_); }
  void show(const codec::Picture& picture) {
    draw(picture);
    rest();
  }

  codec::Picture text_{kPageSize};
  codec::Picture photo_{kPageSize};
  MemoryScreen screen_{kPageSize};
  RecordingInput hands_;
  DesktopAgent agent_{screen_, hands_};
  VirtualViewer page_;
  std::optional<SnapshotKey> key_;
  Device device_;
  Bytes cache_ = Bytes(kCacheIdBytes, 8);
  ViewerId link_ = 0;
  Micros now_ = kSecond;
};

TEST_F(KeptPageTest, ALoadedPageIsSentNextToNothing) {
  open();
  const size_t whole = page_.bytes;
  save();
  leave();
  open();
  ASSERT_TRUE(key_);
  EXPECT_EQ(key_->serial, 1U);
  EXPECT_LT(page_.bytes, 600U) << "of " << whole;
  EXPECT_GT(whole, 3000U);
}

TEST_F(KeptPageTest, WhatWasSeenBeforeComesBackToALoadedPageToo) {
  open();
  show(photo_);
  show(text_);
  save();
  leave();
  open();
  const size_t before = page_.bytes;
  show(photo_);
  EXPECT_LT(page_.bytes - before, 1000U);
}

TEST_F(KeptPageTest, WhatIsShownByThenIsBuiltOnWhatTheSnapshotHas) {
  open();
  const size_t whole = page_.bytes;
  show(photo_);
  save();
  codec::fill(text_, {10, 10, 80, 30}, 0xff0000);
  show(text_);
  leave();
  open();
  EXPECT_EQ(key_->serial, 1U);
  EXPECT_LT(page_.bytes, whole / 2) << "the text was seen before the photo";
}

TEST_F(KeptPageTest, ASnapshotTheAgentWasNotToldOfIsNotBuiltOn) {
  open();
  const size_t whole = page_.bytes;
  save();
  ++device_.serial;
  leave();
  open();
  EXPECT_EQ(key_->serial, 0U);
  EXPECT_GT(page_.bytes, whole / 2);
}

TEST_F(KeptPageTest, NobodyElseIsGivenTheKey) {
  open();
  const Bytes key = key_->key;
  save();
  leave();
  open(kKeeps, kCanKeepSnapshots, "bob");
  EXPECT_NE(key_->key, key);
  EXPECT_EQ(key_->serial, 0U);
}

TEST_F(KeptPageTest, WithoutTheRightThereIsNoKeyAndTheOldOneIsForgotten) {
  open();
  const Bytes key = key_->key;
  save();
  leave();
  open(kAllRights);
  EXPECT_FALSE(key_);
  save();
  leave();
  open();
  EXPECT_NE(key_->key, key);
  EXPECT_EQ(key_->serial, 0U);
}

TEST_F(KeptPageTest, ABrowserThatKeepsNothingIsGivenNoKey) {
  open(kKeeps, 0);
  EXPECT_FALSE(key_);
}

}  // namespace
}  // namespace vitrine::agent
