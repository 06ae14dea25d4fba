// The whole screen as a video, as systems built on a video encoder do: one frame in, one frame out, one thread.
#pragma once

#include <memory>

#include "bench/codec/peers/frame_coder.h"

namespace vitrine::codec {

// H.264 by x264 superfast, 4:2:0 and constant quality.
Result<std::unique_ptr<FrameCoder>> make_x264_coder(Size size);
// H.264 by x264 superfast, lossless: 4:4:4 in RGB, so that nothing is lost to a colour matrix either.
Result<std::unique_ptr<FrameCoder>> make_x264_lossless_coder(Size size);
// VP9 by libvpx in its real-time mode for screen content, 4:2:0 and constant quality.
Result<std::unique_ptr<FrameCoder>> make_vp9_coder(Size size);

}  // namespace vitrine::codec
