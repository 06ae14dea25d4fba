// What pixels tell of film, and of the pages and windows beside and over it.
#pragma once

#include <cstdint>

#include "codec/picture.h"

namespace vitrine::codec {

// Steps of green by which something changes that opens over a film, and the noise of a still one does not.
inline constexpr int kOtherColour = 32;

// Whether the green of some pixel of the area differs by so much or more.
[[nodiscard]] bool steps_by(const PictureView& a, const PictureView& b, const Rect& area, int least);
// By how much the colours of a cell differ, on average.
[[nodiscard]] int mean_step(const PictureView& a, const PictureView& b, const Rect& cell);
// Pixels that equal a neighbour in the area.
[[nodiscard]] int64_t count_plain(const PictureView& picture, const Rect& area);
// Whether half of the area is so: page or window, not film.
[[nodiscard]] bool is_plain(const PictureView& picture, const Rect& area);
// Whether most rows, or most columns, are of one colour each: a gradient that was drawn, as a window's title.
[[nodiscard]] bool has_even_lines(const PictureView& picture, const Rect& area);
// Whether so much of the cell at its side towards (dx, dy) is plain as a window may cover, whose letters may be cut.
[[nodiscard]] bool is_plain_somewhere(const PictureView& picture, const Rect& cell, int dx, int dy);
// Whether so much of the area at its side towards (dx, dy) is plain now and was not before.
[[nodiscard]] bool becomes_plain(const PictureView& before, const PictureView& now, const Rect& area, int dx, int dy);

}  // namespace vitrine::codec
