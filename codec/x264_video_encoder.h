// H.264 by libx264.
#pragma once

#include <optional>

#include "codec/enc_video_encoder.h"
#include "codec/even_film.h"
#include "codec/film_look.h"
#include "codec/film_rate.h"
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
  bool wants_key(Micros now) override;

 private:
  X264VideoEncoder(Size size, double bytes_per_s)
      : size_(size), frame_(size), rate_(size, bytes_per_s), even_(size, bytes_per_s) {}
  Result<void> open(bool even);
  Result<void> limit_frames();
  Result<void> encode_by_quantizer(bool key, Micros now, std::vector<uint8_t>& packet);
  // Appends the packet of `frame_`. The library chooses the quantizer of a film of even frames.
  Result<void> encode_frame(bool key, std::optional<int> quantizer, std::vector<uint8_t>& packet);

  x264_t* encoder_ = nullptr;  // owned
  Size size_;
  I420Frame frame_;
  FilmLook look_;
  FilmRate rate_;
  EvenFilm even_;
  bool even_wanted_ = false;
  bool is_even_ = false;  // as encoder_ is
  int limit_kbit_ = 0;    // that it has, when even
  int64_t number_ = 0;    // of the next frame
};

}  // namespace vitrine::codec
