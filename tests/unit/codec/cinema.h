// A desktop with a film on it, its viewer with the twin encoder, and what the viewer's canvas shows in the end.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include "codec/dec_decoder.h"
#include "codec/enc_viewer.h"
#include "codec/memory_video_encoder.h"
#include "tests/unit/codec/pictures.h"

namespace vitrine::codec {

inline constexpr Size kScreen{480, 320};
inline constexpr Micros kFrame = kSecond / 30;

// A desktop, its viewer, and what the viewer's canvas shows with streams drawn over it.
struct Cinema {
  Picture desktop{kScreen};
  ViewerEncoder encoder{kScreen, EncoderArchive(0), {VideoCodec::kVp8, MemoryVideoEncoder::create}};
  Decoder decoder = Decoder::create(kScreen).take();
  std::array<MemoryVideoDecoder, kMaxVideoStreams> films;
  std::array<Picture, kMaxVideoStreams> frames;
  Picture canvas{kScreen};
  Dice dice{7};
  Micros now = kSecond;
  int frames_seen = 0;
  int keys_seen = 0;
  bool takes_frames = true;
  int64_t max_pixels = INT64_MAX;  // of an update

  // Text leaves before the frame that it stands beside.
  UpdateInfo update() {
    UpdateInfo info = update_once();
    if (!info.complete) info = update_once();
    now += kFrame;
    return info;
  }
  UpdateInfo update_once() {
    std::vector<uint8_t> body;
    const EncodeBudget budget{
        .max_bytes = 1 << 20, .max_pixels = max_pixels, .link_bytes_per_s = 6e6, .frames = takes_frames};
    const UpdateInfo info = encoder.encode(desktop.view(), budget, now, body);
    const auto applied = decoder.apply(body);
    EXPECT_TRUE(applied.ok()) << applied.error().message;
    EXPECT_TRUE(same(encoder.held()));
    draw_changes();
    for (const VideoPacket& packet : decoder.video_packets()) {
      if ((packet.flags & kVideoEnd) != 0) continue;
      ++frames_seen;
      keys_seen += packet.flags & kVideoKey;
      const auto stream = static_cast<size_t>(packet.stream);
      const auto frame = films[stream].decode(std::span(body).subspan(packet.offset, packet.length));
      EXPECT_TRUE(frame.ok());
      frames[stream] = *frame.value();
      draw_frame(packet.stream);
    }
    return info;
  }
  bool same(const PictureView& held) const { return wrong_pixels(decoder, held) == 0; }

  // As the page does it: what changed goes on the canvas where no stream shows, and over a frame what the picture owns.
  void draw(const Rect& area) {
    for (int y = area.y; y < area.bottom(); ++y) {
      for (int x = area.x; x < area.right(); ++x) {
        const uint8_t* rgba = decoder.rgba() + (static_cast<int64_t>(y) * kScreen.width + x) * 4;
        canvas.row(y)[x] = uint32_t{rgba[0]} << 16 | uint32_t{rgba[1]} << 8 | rgba[2];
      }
    }
  }
  void draw_changes() {
    const VideoAreas& areas = decoder.video_areas();
    for (const Rect& changed : decoder.dirty()) {
      std::vector<Rect> open{changed};
      for (int i = 0; i < kMaxVideoStreams; ++i) {
        if (!areas.live(i)) continue;
        std::vector<Rect> left;
        for (const Rect& one : open) {
          const Rect covered = intersect(one, areas.area(i));
          if (covered.empty()) {
            left.push_back(one);
            continue;
          }
          for (const Rect& beside : around(one, covered)) left.push_back(beside);
          for (const Rect& kept : areas.kept(i)) left.push_back(intersect(kept, covered));
        }
        open = left;
      }
      for (const Rect& one : open) draw(one);
    }
  }
  void draw_frame(int stream) {
    const Rect& area = decoder.video_areas().area(stream);
    for (int y = 0; y < area.height; ++y) {
      std::copy_n(frames[static_cast<size_t>(stream)].row(y), area.width, canvas.row(area.y + y) + area.x);
    }
    for (const Rect& kept : decoder.video_areas().kept(stream)) draw(kept);
  }

  // Pixels of `area` that the canvas shows wrongly, but for those of `excused`.
  int wrong(const Rect& area, const Rect& excused = {}) const {
    int count = 0;
    for (int y = area.y; y < area.bottom(); ++y) {
      for (int x = area.x; x < area.right(); ++x) {
        if (!intersect(excused, {x, y, 1, 1}).empty()) continue;
        count += (canvas.row(y)[x] ^ desktop.row(y)[x]) & kColourMask ? 1 : 0;
      }
    }
    return count;
  }
  void play(const Rect& film) {
    draw_noise(desktop, film, dice);
    encoder.mark(film, now);
    update();
  }
  bool rest(Micros within) {
    const Micros end = now + within;
    while (now < end) {
      if (update().exact) return wrong(desktop.bounds()) == 0;
    }
    return false;
  }
};

// What films are made of here: a photograph of which half the pixels flicker, as a camera's after compression.
struct Camera {
  explicit Camera(Size size, Dice& the_dice) : scene(size), dice(the_dice) { draw_photo(scene, scene.bounds(), dice); }

  // The next frame, with its corner at (x, y).
  void show(Picture& desktop, int x, int y) {
    const Rect area = intersect({x, y, scene.width(), scene.height()}, desktop.bounds());
    for (int row = area.y; row < area.bottom(); ++row) {
      for (int column = area.x; column < area.right(); ++column) {
        uint32_t& pixel = scene.row(row - y)[column - x];
        if (dice.below(2) == 0) pixel ^= static_cast<uint32_t>(dice.below(8)) * 0x010101;
        desktop.row(row)[column] = pixel;
      }
    }
  }
  Picture scene;
  Dice& dice;
};

}  // namespace vitrine::codec
