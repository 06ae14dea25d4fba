#include "codec/enc_anchors.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "codec/enc_diff.h"
#include "codec/simd.h"

namespace vitrine::codec {
namespace {

// One place in 2^kAnchorRarity that begins with a change of colour is an anchor.
constexpr int kAnchorRarity = 4;

// hashes[i] of pixels[i .. i + kAnchorPixels), for i in [0, count), and flags[i] not 0 where an anchor is. `hashes` has
// room for count + kAnchorPixels; pixels[-1] is readable.
VITRINE_INLINE void hash_row(const uint32_t* pixels, int count, uint32_t* hashes, uint8_t* flags) {
  constexpr uint32_t kFactors[5] = {0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1};
  int valid = count + kAnchorPixels - 1;
  for (int i = 0; i < valid; ++i) hashes[i] = (pixels[i] & kColourMask) + 0x51ed27;
  for (int level = 0; level < 5; ++level) {
    const int step = 1 << level;
    valid -= step;
    const uint32_t factor = kFactors[level];
    for (int i = 0; i < valid; ++i) hashes[i] = hashes[i] * factor + hashes[i + step];
  }
  for (int i = 0; i < count; ++i) {
    const bool chosen = (hashes[i] * 0x9e3779b1U) >> (32 - kAnchorRarity) == 0;
    const bool edge = ((pixels[i] ^ pixels[i - 1]) & kColourMask) != 0;
    flags[i] = static_cast<uint8_t>(chosen & edge);
  }
}

using HashRow = void (*)(const uint32_t* pixels, int count, uint32_t* hashes, uint8_t* flags);

void hash_row_plain(const uint32_t* pixels, int count, uint32_t* hashes, uint8_t* flags) {
  hash_row(pixels, count, hashes, flags);
}
#if defined(__x86_64__)
__attribute__((target("avx2"))) void hash_row_avx2(const uint32_t* pixels, int count, uint32_t* hashes,
                                                   uint8_t* flags) {
  hash_row(pixels, count, hashes, flags);
}
#endif

HashRow best_hash_row() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return hash_row_avx2;
#endif
  return hash_row_plain;
}

}  // namespace

void AnchorFinder::find_in_row(const PictureView& picture, int y, int left, int right, int end,
                               std::vector<Anchor>& anchors) {
  static const HashRow hash = best_hash_row();
  // The first column has nothing to differ from.
  left = std::max(left, 1);
  const int count = std::min(right, end - kAnchorPixels + 1) - left;
  if (count <= 0) return;
  hashes_.resize(static_cast<size_t>(count) + kAnchorPixels);
  flags_.assign((static_cast<size_t>(count) + 7) & ~size_t{7}, 0);
  hash(picture.row(y) + left, count, hashes_.data(), flags_.data());
  for (int i = 0; i < count; i += 8) {
    uint64_t eight;
    std::memcpy(&eight, flags_.data() + i, 8);
    for (; eight != 0; eight &= eight - 1) {
      const int at = i + std::countr_zero(eight) / 8;
      anchors.push_back({hashes_[static_cast<size_t>(at)], static_cast<uint16_t>(left + at), static_cast<uint16_t>(y)});
    }
  }
}

void AnchorFinder::find(const PictureView& picture, const TileSet& cells, std::vector<Anchor>& anchors,
                        AnchorRows rows) {
  constexpr int kApart = 4;
  static_assert(kApart * kApart == kCellSide);
  const int step = rows == AnchorRows::kApart ? kApart : 1;
  const int most = rows == AnchorRows::kNeighbours ? kApart : kCellSide;
  anchors.clear();
  for (int cy = 0; cy < cells.rows(); ++cy) {
    for (int x = 0; x < cells.columns();) {
      if (!cells.test(x, cy)) {
        ++x;
        continue;
      }
      const int first = x;
      while (x < cells.columns() && cells.test(x, cy)) ++x;
      const int bottom = std::min(cy * kCellSide + most, picture.height);
      for (int y = cy * kCellSide; y < bottom; y += step) {
        find_in_row(picture, y, first * kCellSide, std::min(x * kCellSide, picture.width), picture.width, anchors);
      }
    }
  }
}

}  // namespace vitrine::codec
