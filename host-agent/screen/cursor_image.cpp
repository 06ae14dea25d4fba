#include "host-agent/screen/cursor_image.h"

#include <algorithm>
#include <array>

#include "protocol/limits.h"

namespace vitrine::agent {
namespace {

// Mean of a square of premultiplied pixels; squares at the edge may be cut.
std::array<uint32_t, 4> mean_of(std::span<const uint32_t> argb, Size size, int x0, int y0, int factor) {
  std::array<uint32_t, 4> sum{};  // A, R, G, B
  uint32_t count = 0;
  for (int y = y0; y < std::min(y0 + factor, size.height); ++y) {
    for (int x = x0; x < std::min(x0 + factor, size.width); ++x) {
      const uint32_t pixel = argb[static_cast<size_t>(y) * size.width + x];
      for (size_t i = 0; i < 4; ++i) sum[i] += (pixel >> (24 - 8 * i)) & 0xff;
      ++count;
    }
  }
  for (uint32_t& value : sum) value = (value + count / 2) / count;
  return sum;
}

}  // namespace

CursorImage cursor_from_premultiplied(std::span<const uint32_t> argb, Size size, Point hot) {
  if (size.width <= 0 || size.height <= 0 || argb.size() < static_cast<size_t>(size.width) * size.height) return {};
  constexpr int kMost = kMaxCursorSide;
  const int factor = (std::max(size.width, size.height) + kMost - 1) / kMost;
  CursorImage image;
  image.size = {(size.width + factor - 1) / factor, (size.height + factor - 1) / factor};
  image.hot = {std::clamp(hot.x / factor, 0, image.size.width - 1),
               std::clamp(hot.y / factor, 0, image.size.height - 1)};
  image.rgba.reserve(static_cast<size_t>(image.size.width) * image.size.height * 4);
  bool visible = false;
  for (int y = 0; y < image.size.height; ++y) {
    for (int x = 0; x < image.size.width; ++x) {
      const auto [alpha, red, green, blue] = mean_of(argb, size, x * factor, y * factor, factor);
      visible = visible || alpha != 0;
      for (const uint32_t colour : {red, green, blue}) {
        const uint32_t straight = alpha == 0 ? 0 : std::min<uint32_t>(255, (colour * 255 + alpha / 2) / alpha);
        image.rgba.push_back(static_cast<uint8_t>(straight));
      }
      image.rgba.push_back(static_cast<uint8_t>(alpha));
    }
  }
  if (!visible) return {};
  return image;
}

}  // namespace vitrine::agent
