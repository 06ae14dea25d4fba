// H.264 by libx264.
#pragma once

#include "codec/enc_video_encoder.h"
#include "codec/i420_frame.h"

struct x264_t;

namespace vitrine::codec {

class X264VideoEncoder final : public VideoEncoder {
 public:
  static Result<std::unique_ptr<VideoEncoder>> create(Size size, double bytes_per_s);
  ~X264VideoEncoder() override;

  Result<void> encode(const PictureView& picture, const Rect& area, bool key, Micros now,
                      std::vector<uint8_t>& packet) override;
  void set_rate(double bytes_per_s) override;

 private:
  X264VideoEncoder(x264_t* encoder, Size size) : encoder_(encoder), frame_(size) {}
  void note_interval(Micros now);

  x264_t* encoder_;  // owned
  I420Frame frame_;
  int64_t number_ = 0;  // of the next frame
  Micros frame_at_ = 0;
  double frame_seconds_ = 1.0 / 30;
  double frame_bytes_ = 0;  // what the limits were set for
};

}  // namespace vitrine::codec
