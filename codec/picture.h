// Pictures in memory. A pixel is a uint32_t 0x00RRGGBB: the X server's 24-bit BGRX read as little-endian words. The top
// byte is undefined on input and never compared.
#pragma once

#include <cstdint>
#include <vector>

#include "protocol/base/geometry.h"

namespace vitrine::codec {

inline constexpr int kTileSide = 64;
inline constexpr uint32_t kColourMask = 0x00ffffff;

// A borrowed picture; `stride` counts pixels from one row to the next.
struct PictureView {
  const uint32_t* pixels = nullptr;
  int width = 0;
  int height = 0;
  int stride = 0;

  [[nodiscard]] const uint32_t* row(int y) const { return pixels + static_cast<int64_t>(y) * stride; }
  [[nodiscard]] Rect bounds() const { return {0, 0, width, height}; }
};

// An owned picture, black when made. Rows follow each other without gaps.
class Picture {
 public:
  Picture() = default;
  explicit Picture(Size size) : size_(size), pixels_(static_cast<size_t>(size.width) * size.height) {}

  [[nodiscard]] Size size() const { return size_; }
  [[nodiscard]] int width() const { return size_.width; }
  [[nodiscard]] int height() const { return size_.height; }
  [[nodiscard]] Rect bounds() const { return {0, 0, size_.width, size_.height}; }
  uint32_t* row(int y) { return pixels_.data() + static_cast<int64_t>(y) * size_.width; }
  [[nodiscard]] const uint32_t* row(int y) const { return pixels_.data() + static_cast<int64_t>(y) * size_.width; }
  [[nodiscard]] PictureView view() const { return {pixels_.data(), size_.width, size_.height, size_.width}; }

 private:
  Size size_;
  std::vector<uint32_t> pixels_;
};

}  // namespace vitrine::codec
