// A picture in memory as the X server wants it: rows of 32-bit pixels, 0x00RRGGBB.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/base/geometry.h"
#include "protocol/base/result.h"

namespace vitrine {

struct WorkloadPicture {
  Size size;
  std::vector<uint32_t> pixels;
  [[nodiscard]] const uint32_t* row(int y) const {
    return pixels.data() + static_cast<size_t>(y) * static_cast<size_t>(size.width);
  }
  [[nodiscard]] uint32_t* row(int y) {
    return pixels.data() + static_cast<size_t>(y) * static_cast<size_t>(size.width);
  }
};

// Reads a binary PPM (P6, 255 levels), as Netpbm defines it.
[[nodiscard]] Result<WorkloadPicture> read_ppm(const std::string& path);

}  // namespace vitrine
