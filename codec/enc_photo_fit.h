// Which prediction suits a part of a photograph: the encoder's choice for each chunk.
#pragma once

#include "codec/photo_model.h"
#include "codec/picture.h"

namespace vitrine::codec {

// The weights that leave the least error in green over `area` of the source, or the median where that leaves less.
[[nodiscard]] PhotoWeights fit_photo_weights(const PictureView& source, const Rect& area);

}  // namespace vitrine::codec
