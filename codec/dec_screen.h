// The lossless screen coder, receiving side; see enc_screen.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "codec/picture.h"
#include "protocol/base/geometry.h"
#include "protocol/base/result.h"

namespace vitrine::codec {

struct ScreenModel;
class RowWindow;

class ScreenDecoder {
 public:
  ScreenDecoder();
  ~ScreenDecoder();
  ScreenDecoder(ScreenDecoder&&) noexcept;
  ScreenDecoder& operator=(ScreenDecoder&&) noexcept;

  void reset();

  // Decodes the chunk at the start of `in` into `area` of the picture (0x00RRGGBB, `stride` pixels from row to row) and
  // answers how many bytes it had; what follows them is not looked at. Time is bounded by area + input, and nothing
  // outside `area` is written. Errors: invalid_argument (`area` is empty or not inside the picture), malformed
  // (`in` ends early); after one, or after bytes that are not the encoder's, reset both sides.
  Result<size_t> decode(std::span<const uint8_t> in, uint32_t* pixels, int stride, Size picture, const Rect& area);

  [[nodiscard]] uint32_t state_checksum() const;
  [[nodiscard]] size_t memory_bytes() const;

 private:
  std::unique_ptr<ScreenModel> model_;
  std::unique_ptr<RowWindow> window_;
};

}  // namespace vitrine::codec
