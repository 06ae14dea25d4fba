#include "codec/copy_areas.h"

#include <cstring>
#include <memory>

namespace vitrine::codec {
namespace {

Rect source_of(const CopyArea& copy) {
  return {copy.from_x, copy.from_y, copy.to.width, copy.to.height};
}

// Whether doing the copies one after the other would read what an earlier one wrote.
bool order_matters(std::span<const CopyArea> copies) {
  for (size_t i = 1; i < copies.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (!intersect(source_of(copies[i]), copies[j].to).empty()) return true;
    }
  }
  return false;
}

void copy_one(uint32_t* pixels, int64_t stride, const CopyArea& copy) {
  const size_t bytes = static_cast<size_t>(copy.to.width) * sizeof(uint32_t);
  const bool upwards = copy.from_y < copy.to.y;
  for (int i = 0; i < copy.to.height; ++i) {
    const int y = upwards ? copy.to.height - 1 - i : i;
    std::memmove(pixels + (copy.to.y + y) * stride + copy.to.x, pixels + (copy.from_y + y) * stride + copy.from_x,
                 bytes);
  }
}

}  // namespace

void copy_areas(uint32_t* pixels, int stride, std::span<const CopyArea> copies) {
  // Comparing all pairs would be slow for a hostile list; past a few, the copy through memory is cheaper anyway.
  constexpr size_t kMostCompared = 64;
  if (copies.size() <= kMostCompared && !order_matters(copies)) {
    for (const CopyArea& copy : copies) copy_one(pixels, stride, copy);
    return;
  }
  size_t total = 0;
  for (const CopyArea& copy : copies) total += static_cast<size_t>(copy.to.area());
  // Not a vector, which would clear it first.
  const std::unique_ptr<uint32_t[]> taken(new uint32_t[total]);
  uint32_t* at = taken.get();
  for (const CopyArea& copy : copies) {
    for (int y = 0; y < copy.to.height; ++y, at += copy.to.width) {
      std::memcpy(at, pixels + static_cast<int64_t>(copy.from_y + y) * stride + copy.from_x,
                  static_cast<size_t>(copy.to.width) * sizeof(uint32_t));
    }
  }
  at = taken.get();
  for (const CopyArea& copy : copies) {
    for (int y = 0; y < copy.to.height; ++y, at += copy.to.width) {
      std::memcpy(pixels + static_cast<int64_t>(copy.to.y + y) * stride + copy.to.x, at,
                  static_cast<size_t>(copy.to.width) * sizeof(uint32_t));
    }
  }
}

}  // namespace vitrine::codec
