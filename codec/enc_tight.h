// What differs between two pictures as few close rectangles: a window's corner moves on and uncovers an L, whose
// bounding rectangle is mostly what did not change.
#pragma once

#include <vector>

#include "codec/picture.h"

namespace vitrine::codec {

// Disjoint rectangles, at most eight and top to bottom, inside `area`, outside of which both pictures are equal (within
// `area`). Cut only across rows, and only where that saves clearly more than another rectangle costs.
[[nodiscard]] std::vector<Rect> tight_areas(const PictureView& a, const PictureView& b, const Rect& area);

}  // namespace vitrine::codec
