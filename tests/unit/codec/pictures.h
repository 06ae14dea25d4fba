// Small pictures for the codec's tests, made from a seed.
#pragma once

#include <cstdint>
#include <random>

#include "codec/dec_decoder.h"
#include "codec/picture.h"

namespace vitrine::codec {

// A pseudo-random generator whose numbers are the same everywhere.
class Dice {
 public:
  explicit Dice(uint64_t seed) : generator_(seed) {}
  // 0 <= result < count.
  int below(int count) { return static_cast<int>(generator_() % static_cast<uint64_t>(count)); }
  uint32_t colour() { return static_cast<uint32_t>(generator_()) & kColourMask; }

 private:
  std::mt19937_64 generator_;
};

inline void fill(Picture& picture, const Rect& area, uint32_t colour) {
  for (int y = area.y; y < area.bottom(); ++y) {
    for (int x = area.x; x < area.right(); ++x) picture.row(y)[x] = colour;
  }
}

// Something with the statistics of text: sharp glyph-like strokes of one colour on another, repeating.
inline void draw_text(Picture& picture, const Rect& area, Dice& dice) {
  const uint32_t paper = dice.colour();
  const uint32_t ink = dice.colour();
  const uint32_t blend = ((paper >> 1) & 0x7f7f7f) + ((ink >> 1) & 0x7f7f7f);
  fill(picture, area, paper);
  uint16_t glyphs[8];
  for (uint16_t& glyph : glyphs) glyph = static_cast<uint16_t>(dice.below(65536));
  for (int top = area.y + 2; top + 8 <= area.bottom(); top += 12) {
    for (int left = area.x + 2; left + 5 <= area.right(); left += 6) {
      const uint16_t glyph = glyphs[dice.below(8)];
      for (int i = 0; i < 16; ++i) {
        if ((glyph >> i & 1) != 0) picture.row(top + i / 4 * 2)[left + i % 4] = ink;
        if ((glyph >> i & 1) != 0) picture.row(top + i / 4 * 2 + 1)[left + i % 4] = blend;
      }
    }
  }
}

// Something with the statistics of a photograph: soft gradients under noise.
inline void draw_photo(Picture& picture, const Rect& area, Dice& dice) {
  const int phase = dice.below(256);
  for (int y = area.y; y < area.bottom(); ++y) {
    for (int x = area.x; x < area.right(); ++x) {
      const int base = ((x * 2 + y * 3) / 4 + phase) & 255;
      const auto channel = [&](int scale) {
        const int value = (base < 128 ? base : 255 - base) * scale / 2 + dice.below(9);
        return static_cast<uint32_t>(value > 255 ? 255 : value);
      };
      const uint32_t red = channel(3);
      const uint32_t green = channel(2);
      picture.row(y)[x] = red << 16 | green << 8 | channel(1);
    }
  }
}

inline void draw_noise(Picture& picture, const Rect& area, Dice& dice) {
  for (int y = area.y; y < area.bottom(); ++y) {
    for (int x = area.x; x < area.right(); ++x) picture.row(y)[x] = dice.colour();
  }
}

inline Rect random_area(Size size, Dice& dice) {
  const int width = 1 + dice.below(size.width);
  const int height = 1 + dice.below(size.height);
  return {dice.below(size.width - width + 1), dice.below(size.height - height + 1), width, height};
}

// Pixels that a decoder shows differently from a picture.
inline int64_t wrong_pixels(const Decoder& decoder, const PictureView& picture) {
  const uint8_t* rgba = decoder.rgba();
  int64_t wrong = 0;
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x, rgba += 4) {
      const uint32_t shown = uint32_t{rgba[0]} << 16 | uint32_t{rgba[1]} << 8 | rgba[2];
      wrong += shown != (picture.row(y)[x] & kColourMask) || rgba[3] != 255;
    }
  }
  return wrong;
}

}  // namespace vitrine::codec
