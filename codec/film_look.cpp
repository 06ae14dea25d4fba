#include "codec/film_look.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace vitrine::codec {
namespace {

// One pixel in so many of a row, and one row in so many.
constexpr int kEvery = 8;
constexpr int kEveryRow = 16;
// A cut steps by this at least, and by so many times what frames do in motion.
constexpr double kCutStep = 20;
constexpr double kCutTimes = 3;
constexpr double kUsualShare = 1.0 / 4;

int step(uint8_t a, uint8_t b) {
  return std::abs(int{a} - int{b});
}

}  // namespace

FrameLook FilmLook::look(const uint8_t* luma, int stride, Size size) {
  std::vector<uint8_t> seen;
  seen.reserve(static_cast<size_t>(size.width / kEvery) * static_cast<size_t>(size.height / kEveryRow));
  int64_t detail = 0;
  for (int y = kEveryRow / 2; y + 1 < size.height; y += kEveryRow) {
    const uint8_t* row = luma + int64_t{y} * stride;
    for (int x = kEvery / 2; x + 1 < size.width; x += kEvery) {
      seen.push_back(row[x]);
      detail += step(row[x], row[x + 1]) + step(row[x], row[x + stride]);
    }
  }
  const double count = static_cast<double>(std::max<size_t>(1, seen.size()));
  FrameLook result{.detail = static_cast<double>(detail) / 2 / count};
  if (!last_.empty()) {
    int64_t steps = 0;
    for (size_t i = 0; i < seen.size(); ++i) steps += step(seen[i], last_[i]);
    const double mean = static_cast<double>(steps) / count;
    result.cut = mean > kCutStep && mean > usual_step_ * kCutTimes;
    if (!result.cut) usual_step_ += (mean - usual_step_) * kUsualShare;
  }
  last_ = std::move(seen);
  return result;
}

}  // namespace vitrine::codec
