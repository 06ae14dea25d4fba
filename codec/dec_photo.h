// The lossless photograph coder, receiving side; see photo_model.h.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "codec/photo_model.h"
#include "protocol/base/result.h"

namespace vitrine::codec {

class PhotoDecoder {
 public:
  void reset() { model_.reset(); }
  // Decodes into `area`, which lies inside the picture, and answers how many bytes of `in` it took. Time is bounded
  // by the area; nothing outside it is written. Errors: malformed.
  Result<size_t> decode(std::span<const uint8_t> in, uint32_t* pixels, int stride, Size picture, const Rect& area);

 private:
  PhotoModel model_;
  std::vector<uint8_t> words_;  // of the current chunk, with room to read past them
  std::vector<int16_t> row_;    // of the row above: its channels, and what they add to sums and roughness
};

}  // namespace vitrine::codec
