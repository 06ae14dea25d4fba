// The film that a replay watches, as x264 superfast would send it and nothing else: at several constant qualities, so
// that its bytes are known at any quality between them.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "bench/codec/figures.h"
#include "codec/i420_frame.h"
#include "codec/picture.h"
#include "protocol/base/result.h"

struct x264_t;

namespace vitrine::codec {

class Superfast {
 public:
  // Rate factors, finest first: from better than anybody asks of a film in a window to clearly worse.
  static constexpr std::array<int, 4> kRateFactors = {20, 23, 26, 29};
  // What one frame took, and the squared distance of what is then shown to its luma, by rate factor.
  struct Frame {
    std::array<size_t, kRateFactors.size()> bytes = {};
    std::array<double, kRateFactors.size()> squares = {};
  };

  // Errors: internal (libx264 makes no encoder of this size).
  static Result<Superfast> create(Size size);
  Superfast(Superfast&&) noexcept;
  Superfast& operator=(Superfast&&) noexcept;
  ~Superfast();

  // The next frame, at 30 a second. One that equals the frame before takes nothing. Errors: internal.
  Result<Frame> show(const PictureView& picture, const Rect& film);
  // Squared distance of `picture` in the film's place to the luma of the frame shown last: how ours is judged.
  [[nodiscard]] double distance(const PictureView& picture, const Rect& film);
  // Of the encoder nearest to what films are sent with, without the conversion.
  [[nodiscard]] const Series& encode_ms() const { return encode_ms_; }

 private:
  struct Stream;
  explicit Superfast(Size size);
  Result<size_t> encode(Stream& stream);

  Size size_;
  I420Frame source_;
  I420Frame seen_;
  std::vector<uint8_t> shown_;  // luma of the frame shown last
  std::vector<std::unique_ptr<Stream>> streams_;
  int64_t number_ = 0;
  Series encode_ms_;
};

}  // namespace vitrine::codec
