// The real video encoders behind one door, for those who compose an agent. Kept apart from the encoder of pictures,
// which links no video library.
#pragma once

#include "codec/enc_video_encoder.h"

namespace vitrine::codec {

// A MakeVideoEncoder. Errors: as there.
Result<std::unique_ptr<VideoEncoder>> make_video_encoder(VideoCodec codec, Size size, double bytes_per_s);

}  // namespace vitrine::codec
