// A viewer's canvas with streams on it, decoded by libavcodec as a browser would: the frames over their areas, and over
// them what the picture owns.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "codec/dec_decoder.h"
#include "codec/picture.h"

namespace vitrine::codec {

class VideoCanvas {
 public:
  explicit VideoCanvas(Size size);
  ~VideoCanvas();
  VideoCanvas(VideoCanvas&&) noexcept;

  // After decoder.apply(body). Errors: malformed (a packet gave no frame), internal (libavcodec lacks the decoder).
  Result<void> update(const Decoder& decoder, std::span<const uint8_t> body);
  // What the viewer sees; made by this call.
  [[nodiscard]] PictureView view(const Decoder& decoder);

 private:
  struct Stream;
  Result<void> decode(Stream& stream, const VideoPacket& packet, std::span<const uint8_t> bytes);

  Picture canvas_;
  std::array<std::unique_ptr<Stream>, kMaxVideoStreams> streams_;
};

}  // namespace vitrine::codec
