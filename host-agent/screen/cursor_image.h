// From the X server's pointer picture to the one a browser draws.
#pragma once

#include <cstdint>
#include <span>

#include "host-agent/screen/screen_source.h"

namespace vitrine::agent {

// `argb`: words 0xAARRGGBB with premultiplied alpha, row by row, as XFixesGetCursorImage gives them. One larger than
// kMaxCursorSide is scaled down by a whole factor; one that shows nothing gets width 0.
CursorImage cursor_from_premultiplied(std::span<const uint32_t> argb, Size size, Point hot);

}  // namespace vitrine::agent
