// The lossless photograph coder, sending side; see photo_model.h. One per link, as its tables learn.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "codec/photo_model.h"

namespace vitrine::codec {

class PhotoEncoder {
 public:
  PhotoEncoder();
  ~PhotoEncoder();
  PhotoEncoder(PhotoEncoder&&) noexcept;
  PhotoEncoder& operator=(PhotoEncoder&&) noexcept;

  void reset() { model_.reset(); }
  // Appends `area` of the source. Around the area only `held` is read, which is what the decoder's picture shows;
  // rows of the area itself are read from the source.
  void encode(const PictureView& source, const PictureView& held, const Rect& area, std::vector<uint8_t>& out);
  [[nodiscard]] size_t memory_bytes() const { return model_.memory_bytes() + items_.capacity() * sizeof(uint32_t); }

 private:
  struct RowWork;

  void collect_row(const uint32_t* above, const uint32_t* current, int width);
  void write_chunk(std::vector<uint8_t>& out);

  PhotoModel model_;
  PhotoWeights weights_;         // of the current chunk
  std::vector<uint32_t> items_;  // of the current chunk, see enc_photo.cpp, and room for more
  size_t item_count_ = 0;
  std::unique_ptr<RowWork> work_;
  std::vector<uint16_t> words_;
};

}  // namespace vitrine::codec
