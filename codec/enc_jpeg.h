// JPEG by libjpeg-turbo, reduced to what travels: the scan. Tables are the decoder's own (jpeg_tables.h).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "codec/jpeg_tables.h"
#include "codec/picture.h"

namespace vitrine::codec {

class JpegEncoder {
 public:
  JpegEncoder();
  ~JpegEncoder();
  JpegEncoder(JpegEncoder&&) noexcept;
  JpegEncoder& operator=(JpegEncoder&&) noexcept;

  // Appends the scan of `area` to `scan`. False when the library failed or was made to use other tables than ours
  // (its environment variables can do that); the caller then codes the area another way.
  bool encode(const PictureView& source, const Rect& area, int quality, JpegSampling sampling,
              std::vector<uint8_t>& scan);

 private:
  struct Compressor;
  std::unique_ptr<Compressor> compressor_;
};

}  // namespace vitrine::codec
