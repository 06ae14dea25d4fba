// Viewers that come back to an agent: whose archive they get, and what of their picture they keep.
#include "host-agent/arrival.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "codec/tile_hash.h"
#include "host-agent/input/recording_input.h"
#include "host-agent/screen/memory_screen.h"
#include "tests/unit/codec/pictures.h"
#include "tests/unit/host-agent/virtual_viewer.h"

namespace vitrine::agent {
namespace {

constexpr Size kSize{256, 192};
constexpr int64_t kCapacity = 100'000;

codec::EncoderArchive archive_of(int entries, uint64_t seed = 1) {
  codec::Picture picture(kSize);
  codec::Dice dice(seed);
  codec::draw_noise(picture, picture.bounds(), dice);
  codec::EncoderArchive archive(kCapacity);
  archive.open(kSize);
  for (int i = 0; i < entries; ++i) EXPECT_TRUE(archive.keep(picture.view(), {i, 0, 100, 100}));
  return archive;
}
uint32_t checksum_of(int entries, uint64_t seed = 1) {
  return archive_of(entries, seed).ring().checksum();
}
CacheOwner owner(uint8_t cache, const std::string& session = "s1", const std::string& user = "ada") {
  return {session, user, Bytes(kCacheIdBytes, cache)};
}

TEST(FitArchive, CutsBackToWhatTheViewerHas) {
  const auto fitted = fit_archive(archive_of(5), {3, checksum_of(3)}, kCapacity);
  ASSERT_TRUE(fitted.has_value());
  EXPECT_EQ(fitted->ring().kept(), 3U);
}

TEST(FitArchive, RefusesWhatMayDiffer) {
  EXPECT_FALSE(fit_archive(archive_of(5), {3, checksum_of(4)}, kCapacity)) << "another checksum";
  EXPECT_FALSE(fit_archive(archive_of(5), {3, checksum_of(3, 2)}, kCapacity)) << "the same places, other pixels";
  EXPECT_FALSE(fit_archive(archive_of(5), {6, checksum_of(6)}, kCapacity)) << "more than the agent sent";
  EXPECT_FALSE(fit_archive(archive_of(5), {5, checksum_of(5)}, kCapacity + 1)) << "another capacity";
  // 9 entries of 10,064 fit.
  EXPECT_FALSE(fit_archive(archive_of(30), {5, checksum_of(5)}, kCapacity)) << "pushed out since";
  EXPECT_FALSE(fit_archive(codec::EncoderArchive(kCapacity), {0, 0}, kCapacity)) << "never opened";
}

TEST(ParkedArchivesTest, AreGivenBackOnceAndOnlyToTheirOwner) {
  ParkedArchives parked;
  parked.park(owner(1), archive_of(2), 0);
  EXPECT_FALSE(parked.take(owner(2)));
  EXPECT_FALSE(parked.take(owner(1, "s2")));
  EXPECT_FALSE(parked.take(owner(1, "s1", "bob")));
  EXPECT_TRUE(parked.take(owner(1)));
  EXPECT_FALSE(parked.take(owner(1)));
}

TEST(ParkedArchivesTest, OfNobodyAreNotKept) {
  ParkedArchives parked;
  parked.park({"s1", "ada", {}}, archive_of(2), 0);
  parked.park({"s1", "ada", Bytes(15, 1)}, archive_of(2), 0);
  parked.park(owner(1), archive_of(0), 0);
  EXPECT_EQ(parked.count(), 0U);
}

TEST(ParkedArchivesTest, AreFewAndSmallAndNotKeptForEver) {
  ParkedArchives parked;
  for (uint8_t i = 0; i < 20; ++i) parked.park(owner(i), archive_of(2), i);
  EXPECT_EQ(parked.count(), 4U);
  EXPECT_TRUE(parked.take(owner(19)));
  EXPECT_FALSE(parked.take(owner(15)));
  const Micros due = parked.next_deadline();
  EXPECT_LE(due, 3600 * kSecond);
  parked.drop_old(due - 1);
  EXPECT_EQ(parked.count(), 3U);
  parked.drop_old(due + kSecond);
  EXPECT_EQ(parked.count(), 0U);
  EXPECT_EQ(parked.next_deadline(), kNever);

  codec::Picture picture({3000, 3000});
  for (uint8_t i = 0; i < 4; ++i) {
    codec::EncoderArchive large(int64_t{10} << 20);
    large.open(picture.size());
    ASSERT_TRUE(large.keep(picture.view(), picture.bounds()));
    parked.park(owner(i), std::move(large), 0);
    EXPECT_LE(parked.memory_bytes(), size_t{48} << 20);
  }
  EXPECT_EQ(parked.count(), 1U);
}

TEST(ReadArrival, TakesHostileHoldingsForNone) {
  codec::Dice dice(4);
  ViewerJoined joined = joined_with(kAllRights, kSize);
  const Bytes good =
      serialize(Holdings{.cache = Bytes(kCacheIdBytes, 1), .width = 256, .height = 192, .tiles = Bytes(96, 7)});
  joined.holdings = good;
  EXPECT_EQ(read_arrival(joined).tiles, std::vector<uint64_t>(12, 0x0707070707070707));
  for (size_t length = 0; length < good.size(); ++length) {
    joined.holdings.assign(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length));
    const Arrival arrival = read_arrival(joined);
    EXPECT_TRUE(arrival.tiles.empty() && !arrival.owner.known()) << length;
  }
  joined.holdings = serialize(Holdings{.width = kMaxScreenSide + 1, .height = 5, .tiles = Bytes(96, 7)});
  EXPECT_TRUE(read_arrival(joined).tiles.empty());
  for (int i = 0; i < 200; ++i) {
    joined.holdings = good;
    for (int flips = 0; flips < 3; ++flips) {
      joined.holdings[static_cast<size_t>(dice.below(static_cast<int>(good.size())))] ^=
          static_cast<uint8_t>(1 << dice.below(8));
    }
    (void)read_arrival(joined);
  }
}

// A page whose link goes and comes, on a perfect network.
class ReturningViewerTest : public testing::Test {
 protected:
  ViewerId join(uint8_t cache, const std::string& user = "ada") {
    ViewerJoined joined = joined_with(kAllRights, kSize);
    joined.user = user;
    Holdings holdings{.cache = Bytes(kCacheIdBytes, cache), .tiles = {}};
    if (page_.decoder) {
      holdings.width = static_cast<uint32_t>(page_.decoder->size().width);
      holdings.height = static_cast<uint32_t>(page_.decoder->size().height);
      for (uint32_t tile = 0; tile < codec::tile_count(page_.decoder->size()); ++tile) {
        const uint64_t hash = page_.decoder->wide_tile_hash(tile);
        for (int shift = 0; shift < 64; shift += 8) holdings.tiles.push_back(static_cast<uint8_t>(hash >> shift));
      }
      holdings.entries = page_.decoder->archive().kept();
      holdings.checksum = page_.decoder->archive().checksum();
    }
    joined.holdings = serialize(holdings);
    page_.close.reset();
    return link_ = agent_.add_viewer(joined, now_);
  }
  // The bytes it took until nothing more came.
  size_t run() {
    const size_t before = page_.bytes;
    const Micros end = now_ + 3 * kSecond;
    for (; now_ < end; now_ += 10 * kMillisecond) {
      agent_.advance(now_);
      while (agent_.wants_output(link_, now_)) {
        const auto message = agent_.take_output(link_, now_);
        if (!message) break;
        page_.receive(*message);
        for (const FrameAck& ack : std::exchange(page_.acks, {})) agent_.receive(link_, serialize(ack), now_);
        for (const PictureCheck& check : std::exchange(page_.checks, {})) answer(check);
      }
    }
    EXPECT_TRUE(page_.shows(screen_.pixels().view()));
    return page_.bytes - before;
  }
  void answer(const PictureCheck& check) {
    for (size_t i = 0; i < check.tiles.size(); ++i) {
      EXPECT_EQ(page_.decoder->tile_hash(check.tiles[i]), check.hashes[i]);
    }
    agent_.receive(link_, serialize(PictureCheckResult{check.update_id, {}}), now_);
  }
  void show(uint64_t seed) {
    codec::Dice dice(seed);
    codec::draw_text(screen_.pixels(), screen_.pixels().bounds(), dice);
    screen_.damage(screen_.pixels().bounds());
  }

  MemoryScreen screen_{kSize};
  RecordingInput hands_;
  DesktopAgent agent_{screen_, hands_};
  VirtualViewer page_;
  ViewerId link_ = 0;
  Micros now_ = kSecond;
};

TEST_F(ReturningViewerTest, FindsPictureAndCacheWhenItsOldLinkIsGone) {
  show(1);
  join(1);
  const size_t first = run();
  show(2);
  run();
  agent_.remove_viewer(link_, now_);
  join(1);
  EXPECT_LT(run(), 400U);  // a cursor and the messages around a picture
  show(1);
  EXPECT_LT(run(), first / 4);
}

TEST_F(ReturningViewerTest, TakesOverFromItsOldLinkThatNobodyKnowsToBeDead) {
  show(1);
  const ViewerId old = join(1);
  run();
  agent_.receive(old, serialize(Key{.sequence = 1, .down = true, .code = "KeyA", .key = "a"}), now_);
  EXPECT_FALSE(hands_.held.empty());
  show(2);
  const size_t second = run();
  join(1);
  EXPECT_TRUE(agent_.session(old)->closing());
  EXPECT_TRUE(hands_.held.empty());
  EXPECT_EQ(agent_.viewer_count(), 1U);
  run();
  show(1);
  EXPECT_LT(run(), second / 4);
}

TEST_F(ReturningViewerTest, DoesNotTakeOverFromAnotherUser) {
  show(1);
  const ViewerId other = join(1, "bob");
  run();
  join(1, "ada");
  EXPECT_FALSE(agent_.session(other)->closing());
}

TEST_F(ReturningViewerTest, StartsAnEmptyCacheWhenItsOwnIsAnother) {
  show(1);
  join(1);
  run();
  show(2);
  const size_t second = run();
  agent_.remove_viewer(link_, now_);
  // As if a reload had emptied the page, and its number were the same.
  page_.decoder.reset();
  join(1);
  run();
  show(1);
  EXPECT_GT(run(), second / 2);
}

}  // namespace
}  // namespace vitrine::agent
