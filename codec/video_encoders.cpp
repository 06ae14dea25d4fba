#include "codec/video_encoders.h"

#include "codec/vpx_video_encoder.h"
#include "codec/x264_video_encoder.h"

namespace vitrine::codec {

Result<std::unique_ptr<VideoEncoder>> make_video_encoder(VideoCodec codec, Size size, double bytes_per_s) {
  if (size.width < kVideoCellSide || size.height < kVideoCellSide || size.width % 2 != 0 || size.height % 2 != 0) {
    return Error{ErrorCode::kInvalidArgument, "a stream has even sides of at least a cell"};
  }
  if (codec == VideoCodec::kH264) return X264VideoEncoder::create(size, bytes_per_s);
  return VpxVideoEncoder::create(codec, size, bytes_per_s);
}

}  // namespace vitrine::codec
