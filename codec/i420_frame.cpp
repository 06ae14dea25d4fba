#include "codec/i420_frame.h"

#include <libyuv/convert.h>

#include "codec/video_areas.h"
#include "protocol/base/check.h"

namespace vitrine::codec {

I420Frame::I420Frame(Size size) : size_(size) {
  const auto luma = static_cast<size_t>(size.width) * static_cast<size_t>(size.height);
  offsets_[0] = 0;
  offsets_[1] = luma;
  offsets_[2] = luma + luma / 4;
  bytes_.resize(luma + luma / 2);
}

void I420Frame::convert(const PictureView& picture, const Rect& area, const TileSet* changed) {
  CHECK(area.width == size_.width && area.height == size_.height);
  if (changed == nullptr) return convert_part(picture, area, area);
  const CellGrid grid{{picture.width, picture.height}, kVideoCellSide};
  for (const Rect& cells : changed->rectangles()) convert_part(picture, area, intersect(grid.pixels_of(cells), area));
}

void I420Frame::convert_part(const PictureView& picture, const Rect& area, const Rect& part) {
  if (part.empty()) return;
  // Two pixels of a row, and two rows, share their chroma.
  const int left = (part.x - area.x) & ~1;
  const int top = (part.y - area.y) & ~1;
  const int width = ((part.right() - area.x + 1) & ~1) - left;
  const int height = ((part.bottom() - area.y + 1) & ~1) - top;
  // libyuv names formats by the word, most significant byte first: ours is its ARGB.
  const auto* pixels = reinterpret_cast<const uint8_t*>(picture.row(area.y + top) + area.x + left);
  const int pixel_stride = picture.stride * static_cast<int>(sizeof(uint32_t));
  const auto chroma = [&](int index) { return plane(index) + int64_t{top / 2} * stride(index) + left / 2; };
  libyuv::ARGBToI420(pixels, pixel_stride, plane(0) + int64_t{top} * stride(0) + left, stride(0), chroma(1), stride(1),
                     chroma(2), stride(2), width, height);
}

}  // namespace vitrine::codec
