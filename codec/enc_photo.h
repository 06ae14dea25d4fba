// The lossless photograph coder, sending side; see photo_model.h. One per link, as its tables learn.
#pragma once

#include <cstdint>
#include <vector>

#include "codec/photo_model.h"

namespace vitrine::codec {

class PhotoEncoder {
 public:
  void reset() { model_.reset(); }
  // Appends `area` of the source. Around the area only `held` is read, which is what the decoder's picture shows;
  // rows of the area itself are read from the source.
  void encode(const PictureView& source, const PictureView& held, const Rect& area, std::vector<uint8_t>& out);
  [[nodiscard]] size_t memory_bytes() const { return model_.memory_bytes() + items_.capacity() * sizeof(uint32_t); }

 private:
  void collect_row(const uint32_t* above, const uint32_t* current, int width);
  void write_chunk(std::vector<uint8_t>& out);

  PhotoModel model_;
  PhotoWeights weights_;         // of the current chunk
  std::vector<uint32_t> items_;  // of the current chunk: see enc_photo.cpp
  std::vector<uint8_t> errors_;  // of the current row: folded green, red, blue
  std::vector<uint16_t> rough_;  // of the current row: sum of differences in green
  std::vector<uint16_t> words_;
};

}  // namespace vitrine::codec
