// A film and text beside it, for a viewer whose link is quick and whose video decoder need not be.
#include <gtest/gtest.h>

#include "codec/memory_video_encoder.h"
#include "host-agent/input/recording_input.h"
#include "host-agent/screen/memory_screen.h"
#include "tests/unit/host-agent/virtual_viewer.h"

namespace vitrine::agent {
namespace {

constexpr Rect kFilm = {0, 0, 192, 144};

class FilmViewerTest : public testing::Test {
 protected:
  FilmViewerTest() {
    ViewerJoined joined = joined_with(kMayView, kSize);
    joined.capabilities = kCanDecodeJpeg | kCanDecodeVp8;
    viewer_id = agent.add_viewer(joined, now);
  }

  template <class M>
  void say(const M& message) {
    agent.receive(viewer_id, serialize(message), now);
  }
  // Bytes are acknowledged at once; frames only while the decoder works.
  void deliver() {
    int turns = 0;
    while (agent.wants_output(viewer_id, now)) {
      ASSERT_LT(++turns, 1000) << "the agent asks for output that it does not have";
      const auto bytes = agent.take_output(viewer_id, now);
      if (!bytes) continue;
      viewer.receive(*bytes);
      for (const FrameAck& ack : std::exchange(viewer.acks, {})) {
        if (viewer.decoder && !viewer.decoder->video_packets().empty()) {
          ++frames;
          framed = ack.update_id;
        }
        say(ack);
      }
      if (decodes && framed > told) say(VideoAck{told = framed});
    }
  }
  // One frame of the film each 33 ms, and a letter beside it each third.
  void play(int count) {
    for (int i = 0; i < count; ++i) {
      ++frame;
      for (int y = 0; y < kFilm.height; ++y) {
        uint32_t* const row = screen.pixels().row(y);
        for (int x = 0; x < kFilm.width; ++x) {
          noise = noise * 1664525 + 1013904223;
          row[x] = static_cast<uint32_t>(x + frame * 3) << 16 | static_cast<uint32_t>(y) << 8 | (noise >> 28);
        }
      }
      screen.damage(kFilm);
      if (i % 3 == 0) screen.fill({224 + frame % 64, 170, 1, 12}, static_cast<uint32_t>(frame) * 0x010203);
      for (int step = 0; step < 33; ++step, now += kMillisecond) {
        agent.advance(now);
        ASSERT_NO_FATAL_FAILURE(deliver());
      }
      const Point letter{224 + frame % 64, 175};
      if (i % 3 == 0) text_right += shown(letter) == (screen.pixels().row(letter.y)[letter.x] & codec::kColourMask);
    }
  }
  [[nodiscard]] uint32_t shown(Point at) const {
    const uint8_t* rgba = viewer.decoder->rgba() + (at.y * kSize.width + at.x) * 4;
    return uint32_t{rgba[0]} << 16 | uint32_t{rgba[1]} << 8 | rgba[2];
  }

  static constexpr Size kSize = {320, 208};
  MemoryScreen screen{kSize};
  RecordingInput hands;
  DesktopAgent agent{screen, hands, codec::MemoryVideoEncoder::create};
  VirtualViewer viewer;
  ViewerId viewer_id = 0;
  Micros now = kSecond;
  bool decodes = true;
  uint32_t framed = 0;
  uint32_t told = 0;
  int frame = 0;
  uint32_t noise = 1;
  int frames = 0;
  int text_right = 0;
};

TEST_F(FilmViewerTest, AStuckDecoderGetsFewFramesAndTextGoesOn) {
  play(60);
  EXPECT_GE(frames, 40);
  decodes = false;
  frames = text_right = 0;
  play(60);
  EXPECT_LE(frames, 5);
  EXPECT_EQ(text_right, 20) << "each letter is there before the next frame of the film";
  decodes = true;
  say(VideoAck{told = framed});
  frames = 0;
  play(60);
  EXPECT_GE(frames, 55);
}

TEST_F(FilmViewerTest, WhatAFilmLeavesBehindIsExactAlsoWhenItsDecoderIsStuck) {
  play(40);
  decodes = false;
  play(40);
  for (int i = 0; i < 2000; ++i, now += kMillisecond) {
    agent.advance(now);
    ASSERT_NO_FATAL_FAILURE(deliver());
  }
  decodes = true;
  say(VideoAck{framed});
  for (int i = 0; i < 3000; ++i, now += kMillisecond) {
    agent.advance(now);
    ASSERT_NO_FATAL_FAILURE(deliver());
  }
  EXPECT_TRUE(viewer.shows(screen.pixels().view()));
  EXPECT_EQ(viewer.updates.back().flags, kUpdateComplete | kUpdateExact);
}

TEST_F(FilmViewerTest, FramesThatWereNeverSentCannotBePainted) {
  play(3);
  say(VideoAck{1'000'000});
  deliver();
  ASSERT_TRUE(viewer.close.has_value());
  EXPECT_EQ(viewer.close->code, CloseCode::kProtocolError);
}

}  // namespace
}  // namespace vitrine::agent
