// The time that an agent's encoding takes in a simulated world. While it lasts the agent does nothing else, as its one
// event loop does not: what comes meanwhile waits.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "codec/enc_video_encoder.h"

namespace vitrine::session {

// What encoding one update takes, and each frame of a film in it besides. Nothing: no time passes.
struct EncodingTime {
  Micros update = 0;
  Micros frame = 0;
};

class VirtualProcessor {
 public:
  // Encoders whose frames are counted. The processor outlives them.
  codec::MakeVideoEncoder watch(codec::MakeVideoEncoder make) {
    return [this, make = std::move(make)](codec::VideoCodec codec, Size size,
                                          double bytes_per_s) -> Result<std::unique_ptr<codec::VideoEncoder>> {
      return std::unique_ptr<codec::VideoEncoder>(
          std::make_unique<Watched>(TRY(make(codec, size, bytes_per_s)), frames_));
    };
  }
  // An update that was just encoded, and keeps the agent busy from now on.
  void encoded(const EncodingTime& time, Micros now) {
    free_at_ = now + time.update + std::exchange(frames_, 0) * time.frame;
  }
  [[nodiscard]] Micros free_at() const { return free_at_; }

 private:
  class Watched : public codec::VideoEncoder {
   public:
    Watched(std::unique_ptr<codec::VideoEncoder> encoder, int& frames)
        : encoder_(std::move(encoder)), frames_(frames) {}
    Result<void> encode(const codec::VideoFrame& frame, std::vector<uint8_t>& packet) override {
      ++frames_;
      return encoder_->encode(frame, packet);
    }
    void set_rate(double bytes_per_s) override { encoder_->set_rate(bytes_per_s); }
    bool wants_key(Micros now) override { return encoder_->wants_key(now); }

   private:
    std::unique_ptr<codec::VideoEncoder> encoder_;
    int& frames_;
  };

  int frames_ = 0;  // since the last update
  Micros free_at_ = 0;
};

}  // namespace vitrine::session
