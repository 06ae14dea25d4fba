// Copying rectangles within a picture, as both sides do it.
#pragma once

#include <cstdint>
#include <span>

#include "protocol/base/geometry.h"

namespace vitrine::codec {

struct CopyArea {
  Rect to;
  int from_x = 0;
  int from_y = 0;
};

// All copies read the picture as it was before the first; where they overlap, later ones win. Everything lies inside
// the picture, whose rows are `stride` pixels apart.
void copy_areas(uint32_t* pixels, int stride, std::span<const CopyArea> copies);

}  // namespace vitrine::codec
