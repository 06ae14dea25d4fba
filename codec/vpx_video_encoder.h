// VP8 and VP9 by libvpx.
#pragma once

#include <vpx/vpx_encoder.h>

#include "codec/enc_video_encoder.h"
#include "codec/i420_frame.h"

namespace vitrine::codec {

class VpxVideoEncoder final : public VideoEncoder {
 public:
  // `codec` is kVp8 or kVp9.
  static Result<std::unique_ptr<VideoEncoder>> create(VideoCodec codec, Size size, double bytes_per_s);
  ~VpxVideoEncoder() override;

  Result<void> encode(const VideoFrame& frame, std::vector<uint8_t>& packet) override;
  void set_rate(double bytes_per_s) override;

 private:
  VpxVideoEncoder(Size size, double rate) : size_(size), frame_(size), rate_(rate) {}

  Size size_;
  I420Frame frame_;
  double rate_;
  vpx_codec_enc_cfg_t config_{};
  vpx_codec_ctx_t context_{};
  bool open_ = false;
};

}  // namespace vitrine::codec
