// The hash of a 64x64 tile's 24-bit colours. Both ends compute it over the same pixels, so a tile that went wrong at
// the viewer is found. Not a defence against someone who wants collisions: both pictures come from the same desktop.
#pragma once

#include <cstdint>

#include "codec/picture.h"

namespace vitrine::codec {

// Tiles are numbered row by row. `tile` past the last one gives 0.
[[nodiscard]] inline uint32_t tile_hash(const PictureView& picture, uint32_t tile) {
  const uint32_t columns = static_cast<uint32_t>((picture.width + kTileSide - 1) / kTileSide);
  const uint32_t rows = static_cast<uint32_t>((picture.height + kTileSide - 1) / kTileSide);
  if (columns == 0 || tile >= columns * rows) return 0;
  const int x = static_cast<int>(tile % columns) * kTileSide;
  const int y = static_cast<int>(tile / columns) * kTileSide;
  const Rect area = intersect({x, y, kTileSide, kTileSide}, picture.bounds());

  // Four lanes over columns modulo four, so that one 128-bit register carries them; xor-multiply after FNV with a
  // rotation that lets high bits reach low ones.
  constexpr uint32_t kPrime = 0x9e3779b1;
  uint32_t lanes[4] = {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344};
  for (int row = area.y; row < area.bottom(); ++row) {
    const uint32_t* pixels = picture.row(row) + area.x;
    int i = 0;
    for (; i + 4 <= area.width; i += 4) {
      for (int lane = 0; lane < 4; ++lane) {
        const uint32_t mixed = (lanes[lane] ^ (pixels[i + lane] & kColourMask)) * kPrime;
        lanes[lane] = mixed << 13 | mixed >> 19;
      }
    }
    for (int lane = 0; i < area.width; ++i, ++lane) {
      const uint32_t mixed = (lanes[lane] ^ (pixels[i] & kColourMask)) * kPrime;
      lanes[lane] = mixed << 13 | mixed >> 19;
    }
  }
  uint32_t hash = static_cast<uint32_t>(area.width * kTileSide + area.height);
  for (const uint32_t lane : lanes) hash = (hash ^ lane) * kPrime ^ (hash >> 15);
  return hash ^ hash >> 16;
}

}  // namespace vitrine::codec
