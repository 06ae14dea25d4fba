// Where a picture ends inside of cells: the strips of page or window that share its outermost cells.
#pragma once

#include <vector>

#include "codec/picture.h"
#include "codec/tile_set.h"

namespace vitrine::codec {

// Strips of the outermost cells of `area` (coded lossily together) that look like text or interface and lie towards cells
// not in `natural`, or towards the rest of their own. They may overlap at corners.
[[nodiscard]] std::vector<Rect> strips_beside_picture(const PictureView& source, const Rect& area,
                                                      const TileSet& natural);

}  // namespace vitrine::codec
