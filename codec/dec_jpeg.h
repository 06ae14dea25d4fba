// A small baseline JPEG decoder whose output is the same to the bit wherever it runs: integers only, unsigned
// arithmetic that wraps, no processor-dependent rounding. The encoder decodes its own output with it to know the
// viewer's pixels. It takes the entropy-coded scan alone; size, quality and sampling travel in the operation, and the
// tables follow from them (jpeg_tables.h).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "codec/jpeg_tables.h"
#include "protocol/base/geometry.h"
#include "protocol/base/result.h"

namespace vitrine::codec {

struct JpegScan {
  int quality = 75;  // 1..100
  JpegSampling sampling = JpegSampling::k420;
  Size size;
  std::span<const uint8_t> bytes;  // after the SOS header, with stuffed zero bytes, without the EOI marker
};

// Planes of a piece between its blocks and its colours: kept by whoever decodes many, so that memory is asked for once.
// It grows to what the largest piece takes, two bytes a pixel.
class JpegScratch {
 public:
  struct Plane {
    int width = 0;  // whole blocks
    int height = 0;
    std::vector<uint8_t> samples;
    void resize(int w, int h) {
      width = w;
      height = h;
      if (const auto needed = static_cast<size_t>(w) * static_cast<size_t>(h); samples.size() < needed) {
        samples.resize(needed);
      }
    }
    uint8_t* row(int y) { return samples.data() + static_cast<int64_t>(y) * width; }
  };

  Plane component[3];
  std::vector<int16_t> sums;  // of a row of chroma on its way to full width
  std::vector<uint8_t> full;  // two of them there
};

// Writes size.height rows of 0x00RRGGBB at `pixels`, `stride` apart. Errors: malformed, after which any of the pixels
// of the rectangle may have been written.
Result<void> decode_jpeg(const JpegScan& scan, uint32_t* pixels, int64_t stride, JpegScratch& scratch);
Result<void> decode_jpeg(const JpegScan& scan, uint32_t* pixels, int64_t stride);

// The same without SIMD, as the oracle for tests.
Result<void> decode_jpeg_plain(const JpegScan& scan, uint32_t* pixels, int64_t stride);

}  // namespace vitrine::codec
