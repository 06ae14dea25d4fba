#include "codec/i420_frame.h"

#include <libyuv/convert.h>

#include "protocol/base/check.h"

namespace vitrine::codec {

I420Frame::I420Frame(Size size) : size_(size) {
  const auto luma = static_cast<size_t>(size.width) * static_cast<size_t>(size.height);
  offsets_[0] = 0;
  offsets_[1] = luma;
  offsets_[2] = luma + luma / 4;
  bytes_.resize(luma + luma / 2);
}

void I420Frame::convert(const PictureView& picture, const Rect& area) {
  CHECK(area.width == size_.width && area.height == size_.height);
  // libyuv names formats by the word, most significant byte first: ours is its ARGB.
  const auto* pixels = reinterpret_cast<const uint8_t*>(picture.row(area.y) + area.x);
  const int stride = picture.stride * static_cast<int>(sizeof(uint32_t));
  libyuv::ARGBToI420(pixels, stride, plane(0), this->stride(0), plane(1), this->stride(1), plane(2), this->stride(2),
                     area.width, area.height);
}

}  // namespace vitrine::codec
