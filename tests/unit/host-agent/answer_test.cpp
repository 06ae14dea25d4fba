// What is drawn as the answer to an input leaves before what takes long to encode: films' frames, and pixels of others.
#include <gtest/gtest.h>

#include "codec/memory_video_encoder.h"
#include "host-agent/input/recording_input.h"
#include "host-agent/screen/memory_screen.h"
#include "tests/unit/host-agent/virtual_viewer.h"

namespace vitrine::agent {
namespace {

constexpr Size kDesk = {320, 208};
constexpr Rect kMovie = {0, 0, 192, 144};
constexpr Rect kAnswer = {224, 160, 16, 16};
// How long an answer is expected.
constexpr Micros kExpected = 4 * kMillisecond;

// Someone types beside a film; another viewer, whose browser decodes no films, looks on.
class AnswerTest : public testing::Test {
 protected:
  struct Seat {
    ViewerId id = 0;
    VirtualViewer viewer;
    int updates = 0;
    int frames = 0;
  };

  AnswerTest() {
    join(typist, kMayView | kMayInput, kCanDecodeJpeg | kCanDecodeVp8);
    join(other, kMayView, kCanDecodeJpeg);
    for (int i = 0; i < 30; ++i) {
      draw_film();
      pass(33 * kMillisecond);
    }
    EXPECT_GT(typist.frames, 10) << "there is no film";
  }

  void join(Seat& seat, uint32_t rights, uint32_t capabilities) {
    ViewerJoined joined = joined_with(rights, kDesk);
    joined.capabilities = capabilities;
    seat.id = agent.add_viewer(joined, now);
  }
  // One message, if there is one; what it shows is acknowledged at once.
  void take(Seat& seat) {
    const auto bytes = agent.take_output(seat.id, now);
    if (!bytes) return;
    seat.viewer.receive(*bytes);
    for (const FrameAck& ack : std::exchange(seat.viewer.acks, {})) {
      ++seat.updates;
      agent.receive(seat.id, serialize(ack), now);
      if (seat.viewer.decoder->video_packets().empty()) continue;
      ++seat.frames;
      agent.receive(seat.id, serialize(VideoAck{ack.update_id}), now);
    }
  }
  void deliver(Seat& seat) {
    int turns = 0;
    while (agent.wants_output(seat.id, now)) {
      ASSERT_LT(++turns, 1000) << "the agent asks for output that it does not have";
      take(seat);
    }
  }
  // What both links take now. The other's comes first, as descriptors may.
  void deliver() {
    agent.advance(now);
    deliver(other);
    deliver(typist);
  }
  void pass(Micros time) {
    for (const Micros end = now + time; now < end; now += kMillisecond) deliver();
  }
  void draw_film() {
    ++frame;
    for (int y = 0; y < kMovie.height; ++y) {
      uint32_t* const row = screen.pixels().row(y);
      for (int x = 0; x < kMovie.width; ++x) {
        noise = noise * 1664525 + 1013904223;
        row[x] = static_cast<uint32_t>(x + frame * 3) << 16 | static_cast<uint32_t>(y) << 8 | (noise >> 28);
      }
    }
    screen.damage(kMovie);
  }
  void press(bool down = true) {
    agent.receive(typist.id, serialize(Key{.sequence = ++sequence, .down = down, .code = "KeyA", .key = "a"}), now);
  }
  void answer() { screen.fill(kAnswer, colour += 0x031507); }
  [[nodiscard]] bool shows_answer() const {
    const uint8_t* rgba = typist.viewer.decoder->rgba() + (kAnswer.y * kDesk.width + kAnswer.x) * 4;
    return (uint32_t{rgba[0]} << 16 | uint32_t{rgba[1]} << 8 | rgba[2]) == colour;
  }

  MemoryScreen screen{kDesk};
  RecordingInput hands;
  DesktopAgent agent{screen, hands, codec::MemoryVideoEncoder::create};
  Seat typist;
  Seat other;
  Micros now = kSecond;
  int frame = 0;
  uint32_t noise = 1;
  uint32_t sequence = 0;
  uint32_t colour = 0x102030;
};

TEST_F(AnswerTest, AnAnswerGoesBeforeAFrameThatWasDrawnBeforeIt) {
  const int frames = typist.frames;
  const int updates = other.updates;
  press();
  draw_film();
  pass(2 * kMillisecond);
  EXPECT_EQ(typist.frames, frames);
  EXPECT_EQ(other.updates, updates);
  answer();
  agent.advance(now);
  EXPECT_FALSE(agent.would_encode(other.id, now));
  take(typist);
  EXPECT_TRUE(shows_answer());
  EXPECT_EQ(typist.viewer.updates.back().input_sequence, sequence);
  EXPECT_EQ(typist.frames, frames);
  // Then the rest, at once.
  deliver();
  EXPECT_EQ(typist.frames, frames + 1);
  EXPECT_GT(other.updates, updates);
}

TEST_F(AnswerTest, NobodyWaitsForAnAnswerThatDoesNotCome) {
  const int frames = typist.frames;
  const int updates = other.updates;
  press();
  draw_film();
  deliver();
  EXPECT_EQ(typist.frames, frames);
  EXPECT_EQ(agent.next_deadline(now), now + kExpected);
  now += kExpected - 1;
  deliver();
  EXPECT_EQ(typist.frames, frames);
  EXPECT_EQ(other.updates, updates);
  now += 1;
  deliver();
  EXPECT_EQ(typist.frames, frames + 1);
  EXPECT_GT(other.updates, updates);
}

TEST_F(AnswerTest, ReleasedKeysAreNotWaitedFor) {
  press(false);
  draw_film();
  const int frames = typist.frames;
  deliver();
  EXPECT_EQ(typist.frames, frames + 1);
}

TEST_F(AnswerTest, NobodyWaitsForOneWhoIsNotShownAnything) {
  agent.receive(typist.id, serialize(Visibility{false}), now);
  press();
  draw_film();
  const int updates = other.updates;
  deliver();
  EXPECT_GT(other.updates, updates);
}

// As a program would that floods the desktop with keys to hold the others up.
TEST_F(AnswerTest, AFloodOfInputsTakesLittleOfTheTime) {
  const auto updates_beside = [this](bool flood) {
    const int before = other.updates;
    for (int i = 0; i < 3000; ++i, now += kMillisecond) {
      if (i % 33 == 0) draw_film();
      if (i % 10 == 0) answer();
      if (flood) press();
      deliver();
    }
    return other.updates - before;
  };
  const int alone = updates_beside(false);
  const int flooded = updates_beside(true);
  EXPECT_GT(alone, 100);
  EXPECT_GE(flooded * 8, alone * 7);
}

}  // namespace
}  // namespace vitrine::agent
