// The twin of the real video encoders: its packets say which frame of which size they are and hold the mean colour of
// each cell, and they can only be read in order, as those of a real codec.
#pragma once

#include <optional>
#include <span>

#include "codec/enc_video_encoder.h"

namespace vitrine::codec {

class MemoryVideoEncoder final : public VideoEncoder {
 public:
  static Result<std::unique_ptr<VideoEncoder>> create(VideoCodec codec, Size size, double bytes_per_s);

  Result<void> encode(const VideoFrame& frame, std::vector<uint8_t>& packet) override;
  void set_rate(double) override {}

 private:
  explicit MemoryVideoEncoder(Size size) : size_(size) {}

  Size size_;
  uint32_t number_ = 0;  // of the next frame since the key
};

// Reads a stream's packets. The picture is the stream's area, each cell in one colour.
class MemoryVideoDecoder {
 public:
  // Errors: malformed; conflict when the packet does not follow the one before.
  Result<const Picture*> decode(std::span<const uint8_t> packet);

 private:
  std::optional<uint32_t> last_;
  Picture picture_;
};

}  // namespace vitrine::codec
