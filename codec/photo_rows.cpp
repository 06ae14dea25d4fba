#include "codec/photo_rows.h"

#include <algorithm>
#include <cstring>

namespace vitrine::codec {

PhotoRows::PhotoRows(const PictureView& held, const Rect& area, PhotoSides sides)
    : held_(held), area_(area), sides_(sides) {
  for (auto& row : rows_) row.assign(static_cast<size_t>(area.width) + 2 * kBeside + 1, 0);
}

// The row outside of the area. With nothing known the first pixel's left neighbour stands for it.
void PhotoRows::begin_above(int y) {
  uint32_t* const up = above();
  if (!sides_.top || !knows(0, y)) {
    const int first = sides_.from_bottom ? y - 1 : y + 1;
    std::fill_n(up - kBeside, area_.width + kBeside, outside(-1, first, sides_.left, 0));
    return;
  }
  for (int x = 0; x < area_.width; ++x) up[x] = held_.row(y)[column(x)] & kColourMask;
  up[-1] = outside(-1, y, sides_.left, up[0]);
  up[-2] = outside(-2, y, sides_.left, up[-1]);
}

void PhotoRows::next() {
  ++coded_;
  y_ = sides_.from_bottom ? area_.bottom() - 1 - coded_ : area_.y + coded_;
  const int before = sides_.from_bottom ? y_ + 1 : y_ - 1;
  if (coded_ > 0) {
    above_ = 1 - above_;
  } else {
    begin_above(before);
  }
  uint32_t* const up = above();
  uint32_t* const now = current();
  const bool right = sides_.right && (coded_ > 0 || sides_.top);
  up[area_.width] = outside(area_.width, before, right, up[area_.width - 1]);
  up[area_.width + 1] = outside(area_.width + 1, before, right, up[area_.width]);
  now[-1] = outside(-1, y_, sides_.left, up[0]);
  now[-2] = outside(-2, y_, sides_.left, now[-1]);
}

void PhotoRows::read(const uint32_t* in) {
  uint32_t* const now = current();
  const int last = area_.width - 1;
  if (sides_.from_right) {
    for (int x = 0; x <= last; ++x) now[x] = in[last - x] & kColourMask;
  } else {
    for (int x = 0; x <= last; ++x) now[x] = in[x] & kColourMask;
  }
}

void PhotoRows::write(uint32_t* out) {
  const uint32_t* const now = current();
  if (sides_.from_right) {
    std::reverse_copy(now, now + area_.width, out);
  } else {
    std::memcpy(out, now, static_cast<size_t>(area_.width) * sizeof(uint32_t));
  }
}

}  // namespace vitrine::codec
