// A picture's area as video encoders take it: planar 4:2:0, BT.601, limited range, which every decoder takes for
// granted where a stream cannot say so (VP8).
#pragma once

#include <cstdint>
#include <vector>

#include "codec/picture.h"
#include "codec/tile_set.h"

namespace vitrine::codec {

class I420Frame {
 public:
  // Sides are even.
  explicit I420Frame(Size size);

  // Of the area, what lies in `changed` cells of the picture (null: all of it); the rest stays.
  void convert(const PictureView& picture, const Rect& area, const TileSet* changed = nullptr);
  uint8_t* plane(int index) { return bytes_.data() + offsets_[index]; }
  [[nodiscard]] int stride(int index) const { return index == 0 ? size_.width : size_.width / 2; }

 private:
  void convert_part(const PictureView& picture, const Rect& area, const Rect& part);

  Size size_;
  size_t offsets_[3];
  std::vector<uint8_t> bytes_;
};

}  // namespace vitrine::codec
