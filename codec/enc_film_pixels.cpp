#include "codec/enc_film_pixels.h"

#include <cstdlib>

#include "codec/enc_cells.h"
#include "codec/video_areas.h"

namespace vitrine::codec {
namespace {

// The outermost `deep` lines of an area towards (dx, dy).
Rect side_of(const Rect& area, int dx, int dy, int deep) {
  if (dx != 0) return {dx < 0 ? area.x : area.right() - deep, area.y, deep, area.height};
  return {area.x, dy < 0 ? area.y : area.bottom() - deep, area.width, deep};
}

}  // namespace

bool steps_by(const PictureView& a, const PictureView& b, const Rect& area, int least) {
  for (int y = area.y; y < area.bottom(); ++y) {
    for (int x = area.x; x < area.right(); ++x) {
      const auto green = [&](const PictureView& of) { return static_cast<int>(of.row(y)[x] >> 8 & 255); };
      if (std::abs(green(a) - green(b)) >= least) return true;
    }
  }
  return false;
}

int mean_step(const PictureView& a, const PictureView& b, const Rect& cell) {
  int64_t sum = 0;
  for (int y = cell.y; y < cell.bottom(); ++y) {
    const uint32_t* row_a = a.row(y) + cell.x;
    const uint32_t* row_b = b.row(y) + cell.x;
    int row_sum = 0;
    for (int x = 0; x < cell.width; ++x) {
      row_sum += std::abs(static_cast<int>(row_a[x] >> 8 & 255) - static_cast<int>(row_b[x] >> 8 & 255));
    }
    sum += row_sum;
  }
  return static_cast<int>(sum / cell.area());
}

int64_t count_plain(const PictureView& picture, const Rect& area) {
  int equal = 0;
  for (int y = area.y; y < area.bottom(); ++y) {
    const uint32_t* row = picture.row(y);
    for (int x = area.x; x < area.right(); ++x) {
      const bool left = x > area.x && ((row[x] ^ row[x - 1]) & kColourMask) == 0;
      const bool upper = y > area.y && ((row[x] ^ picture.row(y - 1)[x]) & kColourMask) == 0;
      equal += left || upper ? 1 : 0;
    }
  }
  return equal;
}

bool is_plain(const PictureView& picture, const Rect& area) {
  return count_plain(picture, area) * 2 >= area.area();
}

bool has_even_lines(const PictureView& picture, const Rect& area) {
  int rows = 0;
  for (int y = area.y; y < area.bottom(); ++y) rows += is_flat(picture, {area.x, y, area.width, 1}) ? 1 : 0;
  if (rows * 2 > area.height) return true;
  int columns = 0;
  for (int x = area.x; x < area.right(); ++x) columns += is_flat(picture, {x, area.y, 1, area.height}) ? 1 : 0;
  return columns * 2 > area.width;
}

bool is_plain_somewhere(const PictureView& picture, const Rect& cell, int dx, int dy) {
  for (int deep = 1; deep <= kVideoCellSide / 2; deep *= 2) {
    if (is_plain(picture, side_of(cell, dx, dy, deep))) return true;
  }
  return false;
}

bool becomes_plain(const PictureView& before, const PictureView& now, const Rect& area, int dx, int dy) {
  for (int deep = 1; deep <= (dx != 0 ? area.width : area.height); deep *= 2) {
    const Rect side = side_of(area, dx, dy, deep);
    if (is_plain(now, side) && !is_plain(before, side)) return true;
  }
  return false;
}

}  // namespace vitrine::codec
