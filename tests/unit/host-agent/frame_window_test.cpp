// A decoder behind a link, in virtual time: how many frames are let out, and how old they are on the canvas.
#include "host-agent/frame_window.h"

#include <gtest/gtest.h>

#include <deque>

namespace vitrine::agent {
namespace {

struct Felt {
  int painted = 0;
  Micros oldest = 0;  // from sending to painting, in the second half
};

// A film of 30 frames/s; frames need `way` to the page, `decode` each in the decoder, and their news `way` back.
Felt play(Micros way, Micros decode, Micros duration) {
  FrameWindow window;
  struct Frame {
    uint32_t id;
    Micros sent;
    Micros painted;
  };
  std::deque<Frame> frames;
  Felt felt;
  Micros decoder_free = 0;
  uint32_t id = 0;
  for (Micros now = 0; now < duration; now += kMillisecond) {
    while (!frames.empty() && frames.front().painted + way <= now) {
      window.painted(frames.front().id, now);
      ++felt.painted;
      if (now > duration / 2) felt.oldest = std::max(felt.oldest, frames.front().painted - frames.front().sent);
      frames.pop_front();
    }
    if (now % (33 * kMillisecond) != 0 || !window.has_room()) continue;
    decoder_free = std::max(decoder_free, now + way) + decode;
    frames.push_back({++id, now, decoder_free});
    window.sent(id, now);
  }
  return felt;
}

TEST(FrameWindowTest, AFilmThatTheDecoderKeepsUpWithMeetsNoLimit) {
  for (const Micros way : {0, 25, 150}) {
    const Felt felt = play(way * kMillisecond, 15 * kMillisecond, 10 * kSecond);
    EXPECT_GE(felt.painted, 280) << way;
    EXPECT_LE(felt.oldest, (way + 16) * kMillisecond) << way;
  }
}

TEST(FrameWindowTest, ASlowDecoderShowsWhatItCanAndNoOldFrames) {
  for (const Micros way : {0, 25}) {
    const Felt felt = play(way * kMillisecond, 80 * kMillisecond, 20 * kSecond);
    EXPECT_GE(felt.painted, 230) << way;  // of 250 that it could
    // Its own time, two frames that wait, and the rounding of one.
    EXPECT_LE(felt.oldest, (way + 4 * 80) * kMillisecond) << way;
  }
}

TEST(FrameWindowTest, ADecoderThatPaintsNothingIsSentFewFrames) {
  FrameWindow window;
  uint32_t id = 0;
  while (window.has_room() && id < 100) {
    ++id;
    window.sent(id, id * 33 * kMillisecond);
  }
  EXPECT_LE(id, 6u);
  window.painted(id, kSecond);
  EXPECT_TRUE(window.has_room());
  EXPECT_EQ(window.in_flight(), 0u);
}

TEST(FrameWindowTest, NewsOfUpdatesWithoutFramesChangeNothing) {
  FrameWindow window;
  window.sent(5, kSecond);
  window.painted(4, 2 * kSecond);
  EXPECT_EQ(window.in_flight(), 1u);
  window.painted(9, 2 * kSecond);
  EXPECT_EQ(window.in_flight(), 0u);
}

}  // namespace
}  // namespace vitrine::agent
