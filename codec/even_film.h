// When a film's frames have to be of even size, and what size that is: on a link that the film would fill.
//
// There a frame of twice its share makes all that is typed beside it, and the next frame, wait twice as long; and after
// one that is too small the link stands idle. A quantizer for the whole frame cannot do better: a step of it may halve
// a frame or make it four times as large, as the frame before was coded finer or coarser. So such a link is worth the
// time of a coder that follows its bytes from row to row of blocks. To change between the two ways takes a frame that
// begins anew, so it is not done for a moment. Pure state; time is an argument. One thread.
#pragma once

#include "codec/picture.h"
#include "protocol/base/time.h"

namespace vitrine::codec {

class EvenFilm {
 public:
  EvenFilm(Size size, double bytes_per_s);

  // Frames may take no more than this from now on.
  void set_rate(double bytes_per_s) { rate_ = bytes_per_s; }
  // Whether the frame that is made now should be followed row by row; once per frame.
  [[nodiscard]] bool wanted(Micros now);
  // The most that it may take, at the pace at which frames come.
  [[nodiscard]] double frame_bytes() const;

 private:
  void note_interval(Micros now);

  double comfortable_;  // bytes a second
  double rate_;
  bool even_;
  Micros ample_since_ = kNever;  // the link has had much more than the film takes
  double frame_seconds_;
  Micros frame_at_ = kNever;
};

// What a film of this size comfortably takes in a second.
[[nodiscard]] double comfortable_film_rate(Size size);

}  // namespace vitrine::codec
