#include "bench/session/workloads/picture.h"

#include <fstream>

namespace vitrine {

Result<WorkloadPicture> read_ppm(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string magic;
  WorkloadPicture picture;
  int levels = 0;
  file >> magic >> picture.size.width >> picture.size.height >> levels;
  file.get();
  // 32767 is the largest picture X11 can hold a side of.
  const auto side_fits = [](int side) { return side > 0 && side <= 32767; };
  if (!file || magic != "P6" || levels != 255 || !side_fits(picture.size.width) || !side_fits(picture.size.height)) {
    return Error{ErrorCode::kInvalidArgument, path + " is not a binary PPM with 255 levels"};
  }
  const size_t count = static_cast<size_t>(picture.size.width) * static_cast<size_t>(picture.size.height);
  std::vector<uint8_t> bytes(count * 3);
  if (!file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()))) {
    return Error{ErrorCode::kMalformed, path + " is cut short"};
  }
  picture.pixels.resize(count);
  for (size_t i = 0; i < count; ++i) {
    picture.pixels[i] = uint32_t{bytes[i * 3]} << 16 | uint32_t{bytes[i * 3 + 1]} << 8 | bytes[i * 3 + 2];
  }
  return picture;
}

}  // namespace vitrine
