#include "host-agent/desktop_agent.h"

#include <gtest/gtest.h>

#include <map>

#include "host-agent/encoding_turns.h"
#include "host-agent/input/recording_input.h"
#include "host-agent/screen/memory_screen.h"
#include "tests/unit/host-agent/virtual_viewer.h"

namespace vitrine::agent {
namespace {

constexpr Size kDesktopSize{320, 200};

// A desktop with viewers on a perfect link, in virtual time.
class DesktopAgentTest : public testing::Test {
 protected:
  MemoryScreen screen{kDesktopSize};
  RecordingInput hands;
  DesktopAgent agent{screen, hands};
  std::map<ViewerId, VirtualViewer> viewers;
  Micros now = 1 * kSecond;
  bool answer = true;  // viewers acknowledge what they show

  ViewerId join(uint32_t rights = kAllRights, Size size = kDesktopSize) {
    const ViewerId id = agent.add_viewer(joined_with(rights, size), now);
    viewers[id];
    return id;
  }
  template <class M>
  void say(ViewerId viewer, const M& message) {
    agent.receive(viewer, serialize(message), now);
  }
  // Delivers all that wants to be sent now; true when there was something.
  bool deliver() {
    bool any = false;
    for (auto& [id, viewer] : viewers) {
      while (agent.wants_output(id, now)) {
        const auto bytes = agent.take_output(id, now);
        if (!bytes) break;
        any = true;
        viewer.receive(*bytes);
        if (!answer) continue;
        for (const FrameAck& ack : std::exchange(viewer.acks, {})) say(id, ack);
      }
    }
    return any;
  }
  // Lets time pass in steps of a millisecond, or of the agent's deadlines where those are later.
  void run(Micros duration) {
    const Micros end = now + duration;
    while (now < end) {
      agent.advance(now);
      const bool busy = deliver();
      const Micros next = busy ? now + kMillisecond : std::max(now + kMillisecond, agent.next_deadline());
      now = std::min(end, next);
    }
    agent.advance(now);
    deliver();
  }
  codec::PictureView desktop() { return screen.pixels().view(); }
};

TEST(EncodingTurnsTest, OneEncodesInATurnAndEverybodyInTheEnd) {
  EncodingTurns turns;
  std::map<int, int> served;
  for (int turn = 0; turn < 40; ++turn) {
    turns.begin();
    int in_turn = 0;
    // Always asked in this order, as descriptors are.
    for (const int id : {1, 2, 3, 4}) {
      if (!turns.take(static_cast<uint64_t>(id))) continue;
      ++served[id];
      ++in_turn;
    }
    EXPECT_EQ(in_turn, 1) << turn;
  }
  for (const int id : {1, 2, 3, 4}) EXPECT_EQ(served[id], 10) << id;
}

TEST(EncodingTurnsTest, WhoDoesNotComeBackHoldsUpOneTurn) {
  EncodingTurns turns;
  turns.begin();
  EXPECT_TRUE(turns.take(1));
  EXPECT_FALSE(turns.take(2));
  turns.begin();
  EXPECT_FALSE(turns.take(1));  // 2 would be next, but its link is full now
  turns.begin();
  EXPECT_TRUE(turns.take(1));
  EXPECT_FALSE(turns.take(2));
  turns.forget(2);
  turns.begin();
  EXPECT_TRUE(turns.take(1));
}

// A film, a window that moves over it, and text, for viewers that keep up, one that skips frames and one that comes
// late.
TEST_F(DesktopAgentTest, WhatViewersShareIsAsExactAsWhatTheyFindAlone) {
  screen.set_size({320, 208});
  const ViewerId first = join(kMayView);
  join(kMayView);
  const ViewerId slow = join(kMayView);
  run(kSecond);
  uint32_t noise = 1;
  for (int frame = 0; frame < 60; ++frame) {
    for (int y = 0; y < 160; ++y) {
      uint32_t* const row = screen.pixels().row(y);
      for (int x = 0; x < 200; ++x) {
        noise = noise * 1664525 + 1013904223;
        row[x] = static_cast<uint32_t>(x + frame * 3) << 16 | static_cast<uint32_t>(y) << 8 | (noise >> 28);
      }
    }
    screen.damage({0, 0, 200, 160});
    screen.fill({frame * 3, 40, 60, 50}, 0xf0f0f0);
    for (int i = 0; i < 50; i += 5) screen.fill({frame * 3 + i, 44 + i / 2, 3, 9}, 0x202020);
    screen.fill({210 + frame, 170, 1, 12}, 0xffffff);
    say(slow, Visibility{.visible = frame % 3 == 0});
    if (frame == 30) join(kMayView);
    if (frame == 40) say(first, Visibility{.visible = false});
    if (frame == 50) say(first, Visibility{.visible = true});
    run(kSecond / 30);
  }
  for (const auto& [id, viewer] : viewers) say(id, Visibility{.visible = true});
  run(3 * kSecond);
  for (const auto& [id, viewer] : viewers) {
    EXPECT_TRUE(viewer.shows(desktop())) << id;
    EXPECT_EQ(viewer.updates.back().flags, kUpdateComplete | kUpdateExact) << id;
    EXPECT_FALSE(viewer.close.has_value()) << id;
  }
}

// Servers report far more than what changed.
TEST_F(DesktopAgentTest, DamageWithoutAnotherColourReachesNoViewer) {
  const ViewerId id = join();
  join();
  run(3 * kSecond);
  const size_t updates = viewers[id].updates.size();
  const int captures = screen.captures();
  screen.damage(screen.pixels().bounds());
  run(kSecond);
  EXPECT_EQ(screen.captures(), captures + 1);
  EXPECT_EQ(viewers[id].updates.size(), updates);
  EXPECT_FALSE(agent.session(id)->lacks_pixels(now));
}

TEST_F(DesktopAgentTest, AViewerSeesTheScreenPixelForPixel) {
  screen.fill({10, 20, 100, 50}, 0x336699);
  const ViewerId id = join();
  run(kSecond);
  EXPECT_TRUE(viewers[id].shows(desktop()));
  screen.fill({0, 0, 5, 5}, 0xffffff);
  screen.fill({200, 100, 64, 64}, 0x123456);
  run(kSecond);
  EXPECT_TRUE(viewers[id].shows(desktop()));
  EXPECT_EQ(viewers[id].updates.back().flags, kUpdateComplete | kUpdateExact);
}

TEST_F(DesktopAgentTest, AStillScreenIsNeitherReadNorSent) {
  const ViewerId id = join();
  say(id, Visibility{true});
  run(2 * kSecond);
  const int captures = screen.captures();
  const int reads = screen.event_reads();
  const size_t bytes = viewers[id].bytes;
  run(7 * kSecond);  // below the time after which a silent link is pinged
  EXPECT_EQ(screen.captures(), captures);
  EXPECT_LE(screen.event_reads(), reads + 2);
  EXPECT_EQ(viewers[id].bytes, bytes);
}

TEST_F(DesktopAgentTest, WithoutViewersNothingIsRead) {
  screen.fill({0, 0, 50, 50}, 0xff);
  agent.advance(now);
  EXPECT_EQ(agent.next_deadline(), kNever);
  EXPECT_EQ(screen.captures(), 0);
}

TEST_F(DesktopAgentTest, AHiddenPageIsSentNoPixelsUntilItIsShown) {
  const ViewerId id = join();
  run(kSecond);
  say(id, Visibility{false});
  const int captures = screen.captures();
  const size_t updates = viewers[id].updates.size();
  screen.fill({0, 0, 50, 50}, 0xff00ff);
  run(kSecond);
  EXPECT_EQ(screen.captures(), captures);
  EXPECT_EQ(viewers[id].updates.size(), updates);
  say(id, Visibility{true});
  run(kSecond);
  EXPECT_TRUE(viewers[id].shows(desktop()));
}

TEST_F(DesktopAgentTest, AScreenFullOfVideoIsReadSixtyTimesASecond) {
  join();
  run(kSecond);
  const int captures = screen.captures();
  for (int i = 0; i < 1000; ++i) {
    screen.fill({0, 0, 64, 64}, static_cast<uint32_t>(i));
    run(kMillisecond);
  }
  EXPECT_GE(screen.captures() - captures, 55);
  EXPECT_LE(screen.captures() - captures, 66);
}

TEST_F(DesktopAgentTest, AnUpdateNamesTheLastInputBeforeItsPicture) {
  const ViewerId id = join();
  run(kSecond);
  say(id, Key{7, true, "KeyA", "a", 0});
  screen.fill({0, 0, 8, 8}, 0x010101);
  run(kMillisecond * 100);
  EXPECT_EQ(viewers[id].updates.back().input_sequence, 7U);
  EXPECT_EQ(hands.typed, "a");
}

TEST_F(DesktopAgentTest, InputReachesTheHands) {
  const ViewerId id = join();
  say(id, PointerMove{1, 5000, -3});
  say(id, PointerButton{2, 30, 40, 2, true});
  say(id, Wheel{3, 30, 40, 0, 120});
  say(id, TextInput{4, "h\xc3\xa9"});
  ASSERT_EQ(hands.pointers.size(), 3U);
  EXPECT_EQ(hands.pointers[0].input.at, (Point{kDesktopSize.width - 1, 0}));
  EXPECT_EQ(hands.pointers[1].input.button, 2U);
  EXPECT_EQ(hands.pointers[2].input.wheel_y, 120);
  EXPECT_EQ(hands.typed, "h\xc3\xa9");
}

TEST_F(DesktopAgentTest, ACapturedPointerAndAPenReachTheHands) {
  const ViewerId id = join();
  say(id, RelativePointer{.sequence = 1, .dx = 12, .dy = -2'000'000'000});
  say(id, RelativePointer{.sequence = 2, .button = 0, .down = true});
  say(id, Pen{.sequence = 3, .x = 163, .y = 32, .pressure = 4000, .buttons = 1, .near = true});
  say(id, Pen{.sequence = 4, .x = -50, .y = 2'000'000'000, .near = true});
  ASSERT_EQ(hands.pointers.size(), 4U);
  EXPECT_TRUE(hands.pointers[0].input.relative);
  EXPECT_EQ(hands.pointers[0].input.at, (Point{12, -4096}));
  EXPECT_FALSE(hands.pointers[0].input.button.has_value());
  EXPECT_EQ(hands.pointers[1].input.button, 0U);
  ASSERT_TRUE(hands.pointers[2].input.pen.has_value());
  EXPECT_EQ(hands.pointers[2].input.at, (Point{10, 2}));
  EXPECT_EQ(hands.pointers[2].input.pen->fine, (Point{163, 32}));
  EXPECT_EQ(hands.pointers[2].input.pen->pressure, kMaxPenPressure);
  EXPECT_EQ(hands.pointers[3].input.at, (Point{0, kDesktopSize.height - 1}));
  EXPECT_EQ(hands.pointers[3].input.pen->fine, (Point{0, (kDesktopSize.height - 1) * kPenSteps + kPenSteps - 1}));
}

TEST_F(DesktopAgentTest, WhatAViewerHeldIsLiftedWhenItGoes) {
  const ViewerId one = join();
  const ViewerId two = join();
  say(one, Key{1, true, "ShiftLeft", "Shift", kModShift});
  say(two, PointerButton{1, 1, 1, 0, true});
  agent.remove_viewer(one, now);
  EXPECT_EQ(hands.held.size(), 1U);
  say(two, ReleaseAll{2});
  EXPECT_TRUE(hands.held.empty());
}

TEST_F(DesktopAgentTest, InputWithoutTheRightIsLeftOut) {
  const ViewerId id = join(kMayView);
  say(id, Key{1, true, "KeyA", "a", 0});
  say(id, Resize{640, 480, 100});
  EXPECT_TRUE(hands.keys.empty());
  EXPECT_EQ(agent.screen_size(), kDesktopSize);
  run(kSecond);
  EXPECT_FALSE(viewers[id].close.has_value());
}

TEST_F(DesktopAgentTest, TheScreenFollowsWhoJoinedOrResizedLast) {
  const ViewerId one = join(kAllRights, {640, 480});
  EXPECT_EQ(agent.screen_size(), (Size{640, 480}));
  run(kSecond);
  EXPECT_TRUE(viewers[one].shows(desktop()));
  const ViewerId two = join(kAllRights, {400, 300});
  run(kSecond);
  EXPECT_EQ(viewers[one].reset.width, 400U);
  EXPECT_EQ(viewers[one].reset.epoch, 2U);
  EXPECT_TRUE(viewers[one].shows(desktop()));
  EXPECT_TRUE(viewers[two].shows(desktop()));
  say(one, Resize{700, 1, 200});
  run(kSecond);
  EXPECT_EQ(agent.screen_size(), (Size{700, 64}));
  EXPECT_EQ(screen.last_mode().scale_percent, 200U);
  EXPECT_TRUE(viewers[two].shows(desktop()));
}

TEST_F(DesktopAgentTest, ManyResizesInARowEndAtTheLast) {
  const ViewerId id = join();
  for (uint32_t i = 0; i < 50; ++i) say(id, Resize{300 + i, 200, 100});
  EXPECT_EQ(agent.screen_size().width, kDesktopSize.width);
  run(kSecond);
  EXPECT_EQ(agent.screen_size().width, 349);
  EXPECT_LE(viewers[id].reset.epoch, 3U);
}

TEST_F(DesktopAgentTest, AScreenResizedByOthersIsFollowed) {
  const ViewerId id = join();
  run(kSecond);
  screen.set_size({128, 96});
  screen.fill({0, 0, 128, 96}, 0xabcdef);
  run(kSecond);
  EXPECT_TRUE(viewers[id].shows(desktop()));
  EXPECT_EQ(viewers[id].reset.width, 128U);
}

TEST_F(DesktopAgentTest, CursorAndForeignMovesAreTold) {
  const ViewerId id = join();
  run(kMillisecond * 10);
  screen.set_cursor({{1, 1}, {0, 0}, {1, 2, 3, 255}});
  agent.advance(now);
  deliver();
  EXPECT_EQ(viewers[id].cursors.back().rgba, (Bytes{1, 2, 3, 255}));
  const size_t told = viewers[id].moves.size();
  say(id, PointerMove{1, 20, 30});
  screen.move_pointer({20, 30});
  agent.advance(now);
  deliver();
  EXPECT_EQ(viewers[id].moves.size(), told);
  screen.move_pointer({50, 60});
  agent.advance(now);
  deliver();
  ASSERT_EQ(viewers[id].moves.size(), told + 1);
  EXPECT_EQ(viewers[id].moves.back().x, 50);
}

TEST_F(DesktopAgentTest, APictureAtRestIsCheckedAndWrongTilesAreSentAgain) {
  screen.fill({10, 10, 200, 100}, 0x336699);
  const ViewerId id = join();
  run(2 * kSecond);
  ASSERT_EQ(viewers[id].checks.size(), 1U);
  const PictureCheck check = viewers[id].checks[0];
  EXPECT_EQ(check.update_id, viewers[id].updates.back().id);
  ASSERT_EQ(check.tiles.size(), check.hashes.size());
  for (size_t i = 0; i < check.tiles.size(); ++i) {
    EXPECT_EQ(viewers[id].decoder->tile_hash(check.tiles[i]), check.hashes[i]);
  }
  const size_t updates = viewers[id].updates.size();
  say(id, PictureCheckResult{check.update_id, {check.tiles[0]}});
  run(2 * kSecond);
  EXPECT_GT(viewers[id].updates.size(), updates);
  EXPECT_EQ(viewers[id].checks.size(), 2U);
  EXPECT_TRUE(viewers[id].shows(desktop()));
}

TEST_F(DesktopAgentTest, ACodingTheBrowserGaveUpStartsAnewAndIsDroppedWhenItFailsAgainSoon) {
  ViewerJoined joined = joined_with(kAllRights, kDesktopSize);
  joined.capabilities = kCanDecodeJpeg | kCanDecodeVp9;
  const ViewerId id = agent.add_viewer(joined, now);
  viewers[id];
  run(kSecond);
  const auto fail = [&](uint32_t capability) {
    const uint32_t before = viewers[id].reset.epoch;
    say(id, VideoFailed{capability, "no such profile"});
    run(kSecond);
    EXPECT_TRUE(viewers[id].shows(desktop()));
    return viewers[id].reset.epoch - before;
  };
  EXPECT_EQ(fail(kCanDecodeH264), 0U) << "it never promised that";
  EXPECT_EQ(fail(kCanDecodeJpeg), 0U) << "pictures come as JPEG whatever happens";
  EXPECT_EQ(fail(kCanDecodeVp9), 1U);
  for (int i = 0; i < 4; ++i) {
    run(10 * kSecond);
    say(id, Visibility{true});  // it is alive
  }
  EXPECT_EQ(fail(kCanDecodeVp9), 1U) << "a decoder taken away from an idle page comes back";
  EXPECT_EQ(fail(kCanDecodeVp9), 1U);
  EXPECT_EQ(fail(kCanDecodeVp9), 0U) << "no stream of it can be running any more";
  EXPECT_FALSE(viewers[id].close.has_value());
}

TEST_F(DesktopAgentTest, BrokenMessagesCloseOnlyTheirLink) {
  const ViewerId good = join();
  const auto expect_closed = [&](Bytes message, CloseCode code) {
    const ViewerId bad = join();
    say(bad, Key{1, true, "KeyA", "a", 0});
    agent.receive(bad, message, now);
    deliver();
    ASSERT_TRUE(viewers[bad].close.has_value());
    EXPECT_EQ(viewers[bad].close->code, code) << viewers[bad].close->reason;
    EXPECT_FALSE(viewers[bad].close->reason.empty());
    EXPECT_TRUE(agent.finished(bad));
    EXPECT_TRUE(hands.held.empty());
    agent.remove_viewer(bad, now);
    viewers.erase(bad);
  };
  expect_closed({}, CloseCode::kProtocolError);
  expect_closed({0x20}, CloseCode::kProtocolError);
  expect_closed(Bytes(kMaxViewerMessage + 1, 0x21), CloseCode::kLimit);
  expect_closed(serialize(SurfaceReset{1, 2, 3}), CloseCode::kProtocolError);
  expect_closed(serialize(PointerMove{1, 2, 3}), CloseCode::kProtocolError);
  expect_closed(serialize(FrameAck{999, 0, 0, 0}), CloseCode::kProtocolError);
  run(kSecond);
  EXPECT_TRUE(viewers[good].shows(desktop()));
  EXPECT_FALSE(viewers[good].close.has_value());
}

TEST_F(DesktopAgentTest, AFloodOfInputIsStopped) {
  const ViewerId id = join();
  for (uint32_t i = 1; i < 5000; ++i) say(id, PointerMove{i, 1, 1});
  deliver();
  ASSERT_TRUE(viewers[id].close.has_value());
  EXPECT_EQ(viewers[id].close->code, CloseCode::kLimit);
  EXPECT_LE(hands.pointers.size(), 2000U);
}

TEST_F(DesktopAgentTest, TheNinthViewerIsToldWhy) {
  for (size_t i = 0; i < kMaxViewersPerDesktop; ++i) join();
  const ViewerId last = join(kAllRights, {1000, 1000});
  deliver();
  ASSERT_TRUE(viewers[last].close.has_value());
  EXPECT_EQ(viewers[last].close->code, CloseCode::kLimit);
  EXPECT_EQ(agent.screen_size(), kDesktopSize);
}

TEST_F(DesktopAgentTest, LinksOfAnEarlierGenerationAreClosedNowAndLater) {
  const auto join_with = [&](uint32_t generation) {
    ViewerJoined joined = joined_with(kAllRights, kDesktopSize);
    joined.generation = generation;
    const ViewerId id = agent.add_viewer(joined, now);
    viewers[id];
    return id;
  };
  const ViewerId old = join_with(1);
  const ViewerId fresh = join_with(2);
  say(old, Key{1, true, "KeyA", "a", 0});
  agent.require_generation(2, "Your rights were changed.");
  say(old, Key{2, true, "KeyB", "b", 0});
  const ViewerId late = join_with(1);
  deliver();
  for (const ViewerId id : {old, late}) {
    ASSERT_TRUE(viewers[id].close.has_value());
    EXPECT_EQ(viewers[id].close->code, CloseCode::kBadTicket);
    EXPECT_EQ(viewers[id].close->reason, "Your rights were changed.");
  }
  EXPECT_FALSE(viewers[fresh].close.has_value());
  EXPECT_EQ(hands.keys.size(), 1U) << "nothing of the old link reaches the desktop any more";
  agent.require_generation(1, "An order that came late.");
  deliver();
  EXPECT_FALSE(viewers[fresh].close.has_value());
}

TEST_F(DesktopAgentTest, ASilentViewerIsPingedThenClosed) {
  const ViewerId id = join();
  run(11 * kSecond);
  EXPECT_EQ(viewers[id].pings, 2);  // one at the start measures the round trip
  say(id, Ping{42});
  deliver();
  EXPECT_EQ(viewers[id].pongs.back().time_us, 42U);
  run(26 * kSecond);
  ASSERT_TRUE(viewers[id].close.has_value());
  EXPECT_EQ(viewers[id].close->code, CloseCode::kTimeout);
}

TEST_F(DesktopAgentTest, AViewerThatDoesNotAnswerIsNotFlooded) {
  answer = false;
  const ViewerId id = join();
  uint32_t seed = 1;
  for (int frame = 0; frame < 200; ++frame) {
    for (int y = 0; y < kDesktopSize.height; ++y) {
      for (int x = 0; x < kDesktopSize.width; ++x)
        screen.pixels().row(y)[x] = (seed = seed * 1664525 + 1013904223) >> 8;
    }
    screen.damage({0, 0, kDesktopSize.width, kDesktopSize.height});
    run(20 * kMillisecond);
  }
  EXPECT_LE(viewers[id].bytes, 200'000U);
  answer = true;
  for (const FrameAck& ack : std::exchange(viewers[id].acks, {})) say(id, ack);
  run(3 * kSecond);
  EXPECT_TRUE(viewers[id].shows(desktop()));
}

TEST_F(DesktopAgentTest, ALostScreenClosesEveryViewerWithItsReason) {
  const ViewerId id = join();
  run(kSecond);
  screen.fail("the X server is gone");
  agent.advance(now);
  deliver();
  ASSERT_TRUE(agent.fault().has_value());
  ASSERT_TRUE(viewers[id].close.has_value());
  EXPECT_EQ(viewers[id].close->reason, "the X server is gone");
}

TEST_F(DesktopAgentTest, NoticesAndClosingReachAll) {
  const ViewerId one = join();
  const ViewerId two = join();
  deliver();
  const size_t before = viewers[one].notices.size();
  agent.notify(NoticeLevel::kWarning, std::string(kMaxNotice - 1, 'x') + "\xc3\xa9");
  deliver();
  ASSERT_EQ(viewers[one].notices.size(), before + 1);
  EXPECT_EQ(viewers[one].notices.back().text, std::string(kMaxNotice - 1, 'x')) << "no part of a character";
  agent.close_all(CloseCode::kShuttingDown, "bye");
  deliver();
  EXPECT_EQ(viewers[one].close->code, CloseCode::kShuttingDown);
  EXPECT_EQ(viewers[two].close->reason, "bye");
}

}  // namespace
}  // namespace vitrine::agent
