// A look at some of the pixels of a film's frames, enough to tell what the next one will cost. One thread.
#pragma once

#include <cstdint>
#include <vector>

#include "codec/picture.h"

namespace vitrine::codec {

struct FrameLook {
  double detail = 0;  // mean step between neighbouring pixels, of 255
  bool cut = false;   // another scene than the frame before
};

class FilmLook {
 public:
  // The luma of the next frame; all frames have one size.
  FrameLook look(const uint8_t* luma, int stride, Size size);

 private:
  std::vector<uint8_t> last_;  // pixels of the frame before that were looked at; empty before the first
  double usual_step_ = 0;      // by which they differ from frame to frame, on average
};

}  // namespace vitrine::codec
