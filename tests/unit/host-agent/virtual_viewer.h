// A viewer for tests: the page's half of the session, with the real decoder.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "codec/dec_decoder.h"
#include "host-agent/desktop_agent.h"
#include "protocol/wire.h"

namespace vitrine::agent {

// A few of the tests' pictures.
inline constexpr uint32_t kCacheKib = 4096;

inline ViewerJoined joined_with(uint32_t rights, Size size, uint32_t monitor = 0, Point place = {}) {
  ViewerJoined joined;
  joined.viewer = 1;
  joined.session = "s1";
  joined.user = "ada";
  joined.rights = rights;
  joined.width = static_cast<uint32_t>(size.width);
  joined.height = static_cast<uint32_t>(size.height);
  joined.browser = "Test 1";
  joined.cache_kib = kCacheKib;
  joined.monitor = monitor;
  joined.left = place.x;
  joined.top = place.y;
  return joined;
}
inline constexpr uint32_t kAllRights = kMayView | kMayInput | kMayResize;

class VirtualViewer {
 public:
  // What came, newest last or in order.
  std::optional<codec::Decoder> decoder;
  SurfaceReset reset;
  std::vector<Update> updates;  // without bodies
  std::vector<FrameAck> acks;   // not yet sent
  std::vector<PictureCheck> checks;
  std::vector<CursorShape> cursors;
  std::vector<CursorMoved> moves;
  std::vector<Notice> notices;
  std::vector<Monitors> monitors;
  std::vector<Pong> pongs;
  int pings = 0;
  std::optional<Close> close;
  size_t bytes = 0;

  void receive(std::span<const uint8_t> message) {
    bytes += message.size();
    const auto accept = [](Direction direction) {
      return direction == Direction::kAgentToViewer || direction == Direction::kBoth;
    };
    const auto result = dispatch(message, accept, [this](const auto& parsed) { this->handle(parsed); });
    ASSERT_TRUE(result.ok()) << result.error().message;
  }

  // Whether the decoded picture is the source's, pixel for pixel.
  [[nodiscard]] bool shows(const codec::PictureView& source) const {
    if (!decoder || decoder->size() != Size{source.width, source.height}) return false;
    const uint8_t* at = decoder->rgba();
    for (int y = 0; y < source.height; ++y) {
      for (int x = 0; x < source.width; ++x, at += 4) {
        const uint32_t pixel = source.row(y)[x];
        if (at[0] != ((pixel >> 16) & 0xff) || at[1] != ((pixel >> 8) & 0xff) || at[2] != (pixel & 0xff)) return false;
      }
    }
    return true;
  }

 private:
  void handle(const SurfaceReset& message) {
    reset = message;
    if (decoder) {
      ASSERT_TRUE(decoder->restart({static_cast<int>(message.width), static_cast<int>(message.height)}).ok());
      return;
    }
    auto made = codec::Decoder::create({static_cast<int>(message.width), static_cast<int>(message.height)},
                                       codec::archive_pixels(kCacheKib));
    ASSERT_TRUE(made.ok());
    decoder.emplace(made.take());
  }
  void handle(const Update& message) {
    ASSERT_TRUE(decoder.has_value()) << "an update before the first SurfaceReset";
    const auto result = decoder->apply(message.body);
    ASSERT_TRUE(result.ok()) << result.error().message;
    Update kept = message;
    kept.body.clear();
    updates.push_back(kept);
    acks.push_back({message.id, 0, 100, 100});
  }
  void handle(const PictureCheck& message) { checks.push_back(message); }
  void handle(const CursorShape& message) { cursors.push_back(message); }
  void handle(const CursorMoved& message) { moves.push_back(message); }
  void handle(const Monitors& message) { monitors.push_back(message); }
  void handle(const Notice& message) { notices.push_back(message); }
  void handle(const Ping&) { ++pings; }
  void handle(const Pong& message) { pongs.push_back(message); }
  void handle(const Close& message) { close = message; }
  template <class M>
  void handle(const M&) {
    FAIL() << M::kName << " is not for a viewer";
  }
};

}  // namespace vitrine::agent
