// Plain geometry shared by the codec, the agent and the messages. Pixels; origin at the top left; y grows downwards.
#pragma once

#include <algorithm>
#include <cstdint>

namespace vitrine {

struct Size {
  int width = 0;
  int height = 0;
  bool operator==(const Size&) const = default;
};

struct Rect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;

  [[nodiscard]] constexpr int right() const { return x + width; }    // one past the last column
  [[nodiscard]] constexpr int bottom() const { return y + height; }  // one past the last row
  [[nodiscard]] constexpr bool empty() const { return width <= 0 || height <= 0; }
  [[nodiscard]] constexpr int64_t area() const { return empty() ? 0 : int64_t{width} * height; }
  bool operator==(const Rect&) const = default;
};

// The common part of two rectangles; empty() when they do not meet.
constexpr Rect intersect(const Rect& a, const Rect& b) {
  const int x = std::max(a.x, b.x);
  const int y = std::max(a.y, b.y);
  return {x, y, std::min(a.right(), b.right()) - x, std::min(a.bottom(), b.bottom()) - y};
}

// The smallest rectangle that holds both; an empty one counts for nothing.
constexpr Rect bounding(const Rect& a, const Rect& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  const int x = std::min(a.x, b.x);
  const int y = std::min(a.y, b.y);
  return {x, y, std::max(a.right(), b.right()) - x, std::max(a.bottom(), b.bottom()) - y};
}

}  // namespace vitrine
