// What a cell of 16x16 pixels looks like: the tests that tell text and interfaces from pictures. Kernels are chosen at
// run time; all give the same answer.
#pragma once

#include "codec/picture.h"

namespace vitrine::codec {

// How many pixels of `cell` equal their left or upper neighbour, counted until `enough` are found: the answer is exact
// below `enough`, and else at least that.
[[nodiscard]] int equal_pixels(const PictureView& picture, const Rect& cell, int enough);
[[nodiscard]] int equal_pixels_plain(const PictureView& picture, const Rect& cell, int enough);

// Whether `cell` (at most 16x16 pixels) has at least `enough` colours.
[[nodiscard]] bool has_colours(const PictureView& picture, const Rect& cell, int enough);

// Whether all of `area` has one colour.
[[nodiscard]] bool is_flat(const PictureView& picture, const Rect& area);

// Whether no pixel of a cell differs from its left or upper neighbour by more than a soft gradient does: no text.
[[nodiscard]] bool is_soft(const PictureView& picture, const Rect& cell);

}  // namespace vitrine::codec
