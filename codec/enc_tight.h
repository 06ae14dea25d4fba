// What differs between two pictures as few close rectangles: a window's corner moves on and uncovers an L, whose
// bounding rectangle is mostly what did not change.
#pragma once

#include <vector>

#include "codec/picture.h"

namespace vitrine::codec {

// Pixels that a cut has to save: what another rectangle takes in a photograph or the archive, at a byte a pixel, and in
// text, at some 80 pixels a byte, where those that did not change are often blank and take nothing.
inline constexpr int64_t kLeastSavedPhoto = 48;
inline constexpr int64_t kLeastSavedText = 4096;

// Disjoint rectangles, at most eight and top to bottom, inside `area`, outside of which both pictures are equal (within
// `area`). Cut only across rows, and only where that saves `least_saved` pixels.
[[nodiscard]] std::vector<Rect> tight_areas(const PictureView& a, const PictureView& b, const Rect& area,
                                            int64_t least_saved);

}  // namespace vitrine::codec
