// From which corner an area of a photograph is coded, and what lies around it that it goes on from.
#pragma once

#include "codec/photo_rows.h"
#include "codec/picture.h"

namespace vitrine::codec {

// Around the area only `held` is read, inside only `source`.
[[nodiscard]] PhotoSides choose_photo_sides(const PictureView& source, const PictureView& held, const Rect& area);

}  // namespace vitrine::codec
