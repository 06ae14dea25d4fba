#include "codec/enc_photo_sides.h"

#include <cstdlib>

namespace vitrine::codec {
namespace {

// A side goes on when crossing it changes at most so much more than one step further inside does, and a level a pixel.
constexpr int64_t kSeamNumerator = 3;
constexpr int64_t kSeamDenominator = 2;
// Pixels looked at of a side; more tell nothing new.
constexpr int kMostProbes = 256;

int step(uint32_t a, uint32_t b) {
  const auto channel = [&](int shift) {
    return std::abs(static_cast<int>(a >> shift & 0xff) - static_cast<int>(b >> shift & 0xff));
  };
  return channel(16) + channel(8) + channel(0);
}

// A side: its first pixel inside, the way along it and the way out.
struct Side {
  int x, y;
  int along_x, along_y;
  int out_x, out_y;
  int length;
  int depth;  // pixels inside, away from the side
};

bool goes_on(const PictureView& source, const PictureView& held, const Side& side) {
  const int beyond_x = side.x + side.out_x;
  const int beyond_y = side.y + side.out_y;
  if (beyond_x < 0 || beyond_x >= held.width || beyond_y < 0 || beyond_y >= held.height) return false;
  const int stride = std::max(1, side.length / kMostProbes);
  int64_t across = 0;
  int64_t inside = 0;
  int64_t probes = 0;
  for (int i = 0; i < side.length; i += stride) {
    const int x = side.x + i * side.along_x;
    const int y = side.y + i * side.along_y;
    const uint32_t pixel = source.row(y)[x];
    across += step(pixel, held.row(y + side.out_y)[x + side.out_x]);
    // Of an area one pixel thin the next one along.
    const bool thin = side.depth < 2;
    if (thin && i + 1 >= side.length) continue;
    inside +=
        step(pixel, thin ? source.row(y + side.along_y)[x + side.along_x] : source.row(y - side.out_y)[x - side.out_x]);
    ++probes;
  }
  return across * kSeamDenominator <= inside * kSeamNumerator + 3 * probes * kSeamDenominator;
}

}  // namespace

PhotoSides choose_photo_sides(const PictureView& source, const PictureView& held, const Rect& area) {
  const int last_x = area.right() - 1;
  const int last_y = area.bottom() - 1;
  const bool left = goes_on(source, held, {area.x, area.y, 0, 1, -1, 0, area.height, area.width});
  const bool right = goes_on(source, held, {last_x, area.y, 0, 1, 1, 0, area.height, area.width});
  const bool top = goes_on(source, held, {area.x, area.y, 1, 0, 0, -1, area.width, area.height});
  const bool bottom = goes_on(source, held, {area.x, last_y, 1, 0, 0, 1, area.width, area.height});
  PhotoSides sides;
  sides.from_right = right && !left;
  sides.from_bottom = bottom && !top;
  sides.left = left || right;
  sides.top = top || bottom;
  sides.right = left && right;
  return sides;
}

}  // namespace vitrine::codec
