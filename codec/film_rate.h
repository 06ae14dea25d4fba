// How coarsely the next frame of a film is quantized: no finer than it takes to look clean, no coarser than the bytes
// that a film may comfortably take ask for, and in no case more than the link carries. For coders whose own rate
// control looks at each frame twice. Pure state; time is an argument. One thread.
//
//     bytes of a frame = scale x 2^(-quantizer / kHalving)
//
// is learnt from what frames took, apart for those that follow the one before and those that begin anew (the first one,
// and cuts), whose bytes are first guessed from how detailed they are.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "codec/picture.h"
#include "protocol/base/time.h"

namespace vitrine::codec {

class FilmRate {
 public:
  FilmRate(Size size, double bytes_per_s);

  // Frames may take no more than this from now on.
  void set_rate(double bytes_per_s) { rate_ = bytes_per_s; }
  // For the next frame, shown at `now`. `fresh`: little of the frame before is in it. `detail`: mean step between its
  // neighbouring pixels, of 255.
  [[nodiscard]] int quantizer(bool fresh, double detail, Micros now);
  // The quantizer for another try at that frame, when this one took much more than there is.
  [[nodiscard]] std::optional<int> again(size_t bytes);
  // What that frame took in the end.
  void took(size_t bytes);

 private:
  [[nodiscard]] double comfortable_bytes() const;
  void note_interval(Micros now);

  double pixels_;
  double comfortable_a_second_;
  double rate_;
  double credit_;  // bytes that were saved up
  double frame_seconds_;
  Micros frame_at_ = kNever;
  std::array<double, 2> scale_ = {};  // of following frames, and of fresh ones by detail; 0: not known
  double comfortable_;                // quantizer that keeps to comfortable_bytes()
  // Of the frame that is being made.
  bool fresh_ = false;
  double weight_ = 1;  // of its scale: its detail when fresh
  int quantizer_ = 0;
};

}  // namespace vitrine::codec
