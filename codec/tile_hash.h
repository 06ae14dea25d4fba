// The hash of a 64x64 tile's 24-bit colours. Both ends compute it over the same pixels, so a tile that went wrong at
// the viewer is found. Not a defence against someone who wants collisions: both pictures come from the same desktop.
// 32 bits prove a picture that both ends believe to have; 64 bits find out whether one has it at all.
#pragma once

#include <cstdint>

#include "codec/picture.h"

namespace vitrine::codec {

// Tiles are numbered row by row: how many a picture has.
[[nodiscard]] inline uint32_t tile_count(Size picture) {
  const auto across = [](int side) { return static_cast<uint32_t>((side + kTileSide - 1) / kTileSide); };
  return across(picture.width) * across(picture.height);
}

inline constexpr uint32_t kTilePrime = 0x9e3779b1;
inline constexpr uint32_t kOtherTilePrime = 0x85ebca6b;

// `tile` past the last one gives 0. `prime` makes one of a family of hashes.
[[nodiscard]] inline uint32_t tile_hash(const PictureView& picture, uint32_t tile, uint32_t prime = kTilePrime) {
  const uint32_t columns = static_cast<uint32_t>((picture.width + kTileSide - 1) / kTileSide);
  const uint32_t rows = static_cast<uint32_t>((picture.height + kTileSide - 1) / kTileSide);
  if (columns == 0 || tile >= columns * rows) return 0;
  const int x = static_cast<int>(tile % columns) * kTileSide;
  const int y = static_cast<int>(tile / columns) * kTileSide;
  const Rect area = intersect({x, y, kTileSide, kTileSide}, picture.bounds());

  // Four lanes over columns modulo four, so that one 128-bit register carries them; xor-multiply after FNV with a
  // rotation that lets high bits reach low ones.
  uint32_t lanes[4] = {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344};
  for (int row = area.y; row < area.bottom(); ++row) {
    const uint32_t* pixels = picture.row(row) + area.x;
    int i = 0;
    for (; i + 4 <= area.width; i += 4) {
      for (int lane = 0; lane < 4; ++lane) {
        const uint32_t mixed = (lanes[lane] ^ (pixels[i + lane] & kColourMask)) * prime;
        lanes[lane] = mixed << 13 | mixed >> 19;
      }
    }
    for (int lane = 0; i < area.width; ++i, ++lane) {
      const uint32_t mixed = (lanes[lane] ^ (pixels[i] & kColourMask)) * prime;
      lanes[lane] = mixed << 13 | mixed >> 19;
    }
  }
  uint32_t hash = static_cast<uint32_t>(area.width * kTileSide + area.height);
  for (const uint32_t lane : lanes) hash = (hash ^ lane) * prime ^ (hash >> 15);
  return hash ^ hash >> 16;
}

[[nodiscard]] inline uint64_t wide_tile_hash(const PictureView& picture, uint32_t tile) {
  return uint64_t{tile_hash(picture, tile, kOtherTilePrime)} << 32 | tile_hash(picture, tile);
}

}  // namespace vitrine::codec
