// H.264 by libx264.
#pragma once

#include "codec/enc_video_encoder.h"
#include "codec/film_look.h"
#include "codec/film_rate.h"
#include "codec/i420_frame.h"

struct x264_t;

namespace vitrine::codec {

class X264VideoEncoder final : public VideoEncoder {
 public:
  static Result<std::unique_ptr<VideoEncoder>> create(Size size, double bytes_per_s);
  ~X264VideoEncoder() override;

  Result<void> encode(const VideoFrame& frame, std::vector<uint8_t>& packet) override;
  void set_rate(double bytes_per_s) override { rate_.set_rate(bytes_per_s); }

 private:
  X264VideoEncoder(x264_t* encoder, Size size, double bytes_per_s)
      : encoder_(encoder), size_(size), frame_(size), rate_(size, bytes_per_s) {}
  void note_constant(const VideoFrame& frame);
  // Appends the packet of `frame_`.
  Result<void> encode_frame(bool key, int quantizer, std::vector<uint8_t>& packet);

  x264_t* encoder_;  // owned
  Size size_;
  I420Frame frame_;
  FilmLook look_;
  FilmRate rate_;
  std::vector<uint8_t> constant_;  // flags of libx264 by block; empty: nothing is known
  int64_t number_ = 0;             // of the next frame
};

}  // namespace vitrine::codec
