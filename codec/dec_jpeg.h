// A small baseline JPEG decoder whose output is the same to the bit wherever it runs: integers only, unsigned
// arithmetic that wraps, no processor-dependent rounding. The encoder decodes its own output with it to know the
// viewer's pixels. It takes the entropy-coded scan alone; size, quality and sampling travel in the operation, and the
// tables follow from them (jpeg_tables.h).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

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

// Writes size.height rows of 0x00RRGGBB at `pixels`, `stride` apart. Errors: malformed, after which any of the pixels
// of the rectangle may have been written.
Result<void> decode_jpeg(const JpegScan& scan, uint32_t* pixels, int64_t stride);

// The same without SIMD, as the oracle for tests.
Result<void> decode_jpeg_plain(const JpegScan& scan, uint32_t* pixels, int64_t stride);

}  // namespace vitrine::codec
