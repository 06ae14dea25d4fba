#include "codec/memory_video_encoder.h"

#include "codec/bitstream.h"

namespace vitrine::codec {
namespace {

uint32_t mean_colour(const PictureView& picture, const Rect& cell) {
  uint32_t mean = 0;
  for (int shift = 16; shift >= 0; shift -= 8) {
    int64_t sum = 0;
    for (int y = cell.y; y < cell.bottom(); ++y) {
      for (int x = cell.x; x < cell.right(); ++x) sum += picture.row(y)[x] >> shift & 255;
    }
    mean = mean << 8 | static_cast<uint32_t>(sum / cell.area());
  }
  return mean;
}

template <class Visit>
void for_each_cell(const Rect& area, Visit visit) {
  for (int y = area.y; y < area.bottom(); y += kVideoCellSide) {
    for (int x = area.x; x < area.right(); x += kVideoCellSide) {
      visit(intersect({x, y, kVideoCellSide, kVideoCellSide}, area));
    }
  }
}

}  // namespace

Result<std::unique_ptr<VideoEncoder>> MemoryVideoEncoder::create(VideoCodec, Size size, double) {
  return std::unique_ptr<VideoEncoder>(new MemoryVideoEncoder(size));
}

Result<void> MemoryVideoEncoder::encode(const VideoFrame& frame, std::vector<uint8_t>& packet) {
  const Rect& area = frame.area;
  if (area.width != size_.width || area.height != size_.height) {
    return Error{ErrorCode::kInternal, "a frame has another size than its stream"};
  }
  if (frame.key) number_ = 0;
  ByteWriter out(packet);
  out.varint(number_++);
  out.number(area.width);
  out.number(area.height);
  for_each_cell(area, [&](const Rect& cell) { out.colour(mean_colour(frame.picture, cell)); });
  return {};
}

Result<const Picture*> MemoryVideoDecoder::decode(std::span<const uint8_t> packet) {
  ByteReader in(packet);
  const uint32_t number = in.varint();
  const uint32_t width = in.varint();
  const uint32_t height = in.varint();
  if (in.failed() || width == 0 || height == 0 || width > 8192 || height > 8192) {
    return Error{ErrorCode::kMalformed, "a frame says no size"};
  }
  const Size size{static_cast<int>(width), static_cast<int>(height)};
  if (number != 0 && (!last_ || number != *last_ + 1 || picture_.size() != size)) {
    return Error{ErrorCode::kConflict, "frame " + std::to_string(number) + " does not follow"};
  }
  last_ = number;
  if (picture_.size() != size) picture_ = Picture(size);
  for_each_cell(picture_.bounds(), [&](const Rect& cell) {
    const uint32_t colour = in.colour();
    for (int y = cell.y; y < cell.bottom(); ++y) std::fill_n(picture_.row(y) + cell.x, cell.width, colour);
  });
  if (in.failed() || !in.at_end()) return Error{ErrorCode::kMalformed, "a frame has not the colours of its size"};
  return &picture_;
}

}  // namespace vitrine::codec
