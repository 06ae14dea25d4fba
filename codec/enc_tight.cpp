#include "codec/enc_tight.h"

#include <algorithm>
#include <array>
#include <span>

#include "codec/enc_diff.h"

namespace vitrine::codec {
namespace {

constexpr int kMostCuts = 3;  // deep: eight rectangles
// Taller areas are left whole; where they are that tall, corners no longer matter.
constexpr int kMostRows = 2048;

// Where the pictures differ in a row: from the first to behind the last pixel; nothing where they do not.
struct Extent {
  int left = INT32_MAX;
  int right = 0;

  void add(const Extent& other) {
    left = std::min(left, other.left);
    right = std::max(right, other.right);
  }
  [[nodiscard]] int64_t width() const { return std::max(0, right - left); }
};

Extent extent_of(const uint32_t* a, const uint32_t* b, int width) {
  const auto differs = [&](int x) { return ((a[x] ^ b[x]) & kColourMask) != 0; };
  int left = 0;
  while (left < width && !differs(left)) ++left;
  if (left == width) return {};
  int right = width;
  while (!differs(right - 1)) --right;
  return {left, right};
}

Rect bounds_of(std::span<const Extent> rows, int x, int y) {
  Extent all;
  for (const Extent& row : rows) all.add(row);
  if (all.width() == 0) return {};
  int top = 0;
  auto bottom = static_cast<int>(rows.size());
  while (rows[static_cast<size_t>(top)].width() == 0) ++top;
  while (rows[static_cast<size_t>(bottom) - 1].width() == 0) --bottom;
  return {x + all.left, y + top, static_cast<int>(all.width()), bottom - top};
}

void cut(std::span<const Extent> rows, int x, int y, int cuts_left, int64_t least_saved, std::vector<Rect>& areas) {
  const Rect whole = bounds_of(rows, x, y);
  if (whole.empty()) return;
  // Of the rows from each on, down to the end.
  std::array<Extent, kMostRows + 1> below;
  const size_t count = rows.size();
  below[count] = {};
  for (size_t i = count; i-- > 0;) {
    below[i] = below[i + 1];
    below[i].add(rows[i]);
  }
  Extent above;
  size_t best = 0;
  int64_t least = whole.area() - least_saved;
  for (size_t i = 1; cuts_left > 0 && i < count; ++i) {
    above.add(rows[i - 1]);
    const int64_t top = static_cast<int64_t>(i) - (whole.y - y);
    const int64_t bottom = whole.height - top;
    if (top <= 0 || bottom <= 0) continue;
    const int64_t pixels = above.width() * top + below[i].width() * bottom;
    if (pixels >= least) continue;
    least = pixels;
    best = i;
  }
  if (best == 0) {
    areas.push_back(whole);
    return;
  }
  cut(rows.first(best), x, y, cuts_left - 1, least_saved, areas);
  cut(rows.subspan(best), x, y + static_cast<int>(best), cuts_left - 1, least_saved, areas);
}

}  // namespace

std::vector<Rect> tight_areas(const PictureView& a, const PictureView& b, const Rect& area, int64_t least_saved) {
  std::vector<Rect> areas;
  const Rect whole = tighten(a, b, area);
  if (whole.empty()) return areas;
  if (whole.height > kMostRows || whole.area() <= least_saved) return {whole};
  std::array<Extent, kMostRows> rows;
  for (int y = 0; y < whole.height; ++y) {
    const int at = whole.y + y;
    rows[static_cast<size_t>(y)] = extent_of(a.row(at) + whole.x, b.row(at) + whole.x, whole.width);
  }
  cut(std::span<const Extent>(rows).first(static_cast<size_t>(whole.height)), whole.x, whole.y, kMostCuts, least_saved,
      areas);
  return areas;
}

}  // namespace vitrine::codec
