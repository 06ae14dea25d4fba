// What makes a stream's packets. Real encoders wrap libx264 and libvpx; MemoryVideoEncoder is their twin for tests,
// whose packets can be looked into without a decoder.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "codec/picture.h"
#include "codec/video_areas.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"

namespace vitrine::codec {

// One stream's encoder, for one size. Low delay: a packet comes with every frame. One thread, its own to call.
class VideoEncoder {
 public:
  virtual ~VideoEncoder() = default;
  // Appends the packet of the next frame: `area` of the picture, of the size this encoder was made for. `now` rises
  // from frame to frame. Errors: internal (the library refused); the stream has to begin again then.
  virtual Result<void> encode(const PictureView& picture, const Rect& area, bool key, Micros now,
                              std::vector<uint8_t>& packet) = 0;
  // Frames should take no more than this from now on, in bytes a second.
  virtual void set_rate(double bytes_per_s) = 0;
  // The frame that is made now should be a key, for one that goes on from here cannot keep to the rate. Asked once
  // before each frame.
  virtual bool wants_key(Micros) { return false; }
};

// Makes encoders of one codec. Errors: invalid_argument (a size it cannot do), unsupported, internal.
using MakeVideoEncoder =
    std::function<Result<std::unique_ptr<VideoEncoder>>(VideoCodec codec, Size size, double bytes_per_s)>;

// How a viewer's encoder sends moving pictures; without `make` it sends none.
struct VideoOptions {
  VideoCodec codec = VideoCodec::kH264;
  MakeVideoEncoder make;
};

}  // namespace vitrine::codec
