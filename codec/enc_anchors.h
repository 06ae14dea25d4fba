// Places in a picture that are chosen by what is around them, so that wherever content goes its anchors go along: one
// in sixteen of the places where a row changes colour, named by a hash of the pixels that follow.
#pragma once

#include <cstdint>
#include <vector>

#include "codec/picture.h"
#include "codec/tile_set.h"

namespace vitrine::codec {

// An anchor is named by this many pixels of its row: wide enough to tell words apart.
inline constexpr int kAnchorPixels = 32;

struct Anchor {
  uint32_t hash = 0;
  uint16_t x = 0;
  uint16_t y = 0;
};

// Of rows far apart and rows that are neighbours, a quarter each, a quarter of the former meet one of the latter
// however far down content moved.
enum class AnchorRows : uint8_t { kAll, kApart, kNeighbours };

// One per user, to keep its scratch memory.
class AnchorFinder {
 public:
  // Anchors of the cells, row by row. Their pixels may reach past the cells, never past the picture.
  void find(const PictureView& picture, const TileSet& cells, std::vector<Anchor>& anchors,
            AnchorRows rows = AnchorRows::kAll);
  // Appends the anchors of row `y` in [left, right) whose pixels end before `end`.
  void find_in_row(const PictureView& picture, int y, int left, int right, int end, std::vector<Anchor>& anchors);

 private:
  std::vector<uint32_t> hashes_;
  std::vector<uint8_t> flags_;
};

}  // namespace vitrine::codec
