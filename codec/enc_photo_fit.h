// Which prediction suits a chunk of a photograph: grain and blur are linear, drawn edges are the median's.
#pragma once

#include "codec/photo_model.h"
#include "codec/photo_rows.h"
#include "codec/picture.h"

namespace vitrine::codec {

// Looks at some of the area's pixels. With too few of them, or none that say anything: the median.
[[nodiscard]] PhotoWeights fit_photo_weights(const PictureView& source, const Rect& area, PhotoSides sides);

}  // namespace vitrine::codec
