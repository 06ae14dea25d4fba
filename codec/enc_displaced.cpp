#include "codec/enc_displaced.h"

#include <algorithm>
#include <bit>

#include "codec/enc_cells.h"

namespace vitrine::codec {
namespace {

// Copies of one motion; a motion in more pieces than this is coincidence. Well below kMaxCopies for all motions.
constexpr size_t kMostAreas = 256;
// A rectangle costs about 8 bytes; fewer cells with content than this are not worth it.
constexpr int64_t kLeastCellsPerCopy = 4;

}  // namespace

bool shows_displaced(const PictureView& now, const PictureView& old, const Rect& area, int dx, int dy) {
  const int from_x = area.x - dx;
  const int from_y = area.y - dy;
  if (from_x < 0 || from_y < 0 || from_x + area.width > old.width || from_y + area.height > old.height) return false;
  for (int y = 0; y < area.height; ++y) {
    if (!rows_equal(now.row(area.y + y) + area.x, old.row(from_y + y) + from_x, area.width)) return false;
  }
  return true;
}

DisplacedCells::DisplacedCells(const PictureView& now, const PictureView& old, int dx, int dy)
    : now_(now), old_(old), grid_{{now.width, now.height}, kCellSide}, dx_(dx), dy_(dy), moved_(grid_) {}

bool DisplacedCells::explain(const TileSet& open) {
  moved_ = fitting(open);
  int64_t with_content = 0;
  moved_.for_each([&](int x, int y) {
    if (with_content < 2 * kLeastCellsPerCopy && !is_flat(now_, grid_.pixels_of({x, y, 1, 1}))) ++with_content;
  });
  return with_content >= 2 * kLeastCellsPerCopy;
}

std::vector<Rect> DisplacedCells::areas() {
  const Rect bounds = moved_.bounds();
  TileSet around(grid_);
  around.insert(bounds);
  around -= moved_;
  TileSet fit = fitting(around);
  fit |= moved_;
  std::vector<Rect> areas;
  for (const Rect& cells : join_rows(fit, bounds)) {
    if (moved_.count(cells) < kLeastCellsPerCopy) continue;
    areas.push_back(grow(grid_.pixels_of(cells)));
  }
  if (areas.size() > kMostAreas) return {};
  // In this order none overwrites what a later one reads.
  std::sort(areas.begin(), areas.end(), [this](const Rect& a, const Rect& b) {
    if (a.y != b.y) return dy_ > 0 ? a.y > b.y : a.y < b.y;
    return dx_ > 0 ? a.x > b.x : a.x < b.x;
  });
  return areas;
}

// Members of `cells` that equal the old picture displaced.
TileSet DisplacedCells::fitting(const TileSet& cells) const {
  static const DiffKernel kernel = diff_kernels().back();
  TileSet result = cells;
  for (int y = 0; y < cells.rows(); ++y) {
    for (int w = 0; w < cells.words_per_row(); ++w) {
      uint64_t& word = result.row(y)[w];
      for (uint64_t left = word; left != 0;) {
        const int first = std::countr_zero(left);
        const int run = std::countr_one(left >> first);
        const uint64_t mask = (run == 64 ? ~uint64_t{0} : (uint64_t{1} << run) - 1) << first;
        left &= ~mask;
        word = (word & ~mask) | fitting_run(kernel, w * 64 + first, y, run) << first;
      }
    }
  }
  return result;
}

// The same for `run` cells side by side, as bits.
uint64_t DisplacedCells::fitting_run(const DiffKernel& kernel, int cx, int cy, int run) const {
  const int y = cy * kCellSide;
  const int rows = std::min(kCellSide, now_.height - y);
  if (y - dy_ < 0 || y + rows - dy_ > old_.height) return 0;
  // Whole cells whose source lies inside the old picture.
  const int from = std::clamp((std::max(dx_, 0) + kCellSide - 1) / kCellSide, cx, cx + run);
  const int to = std::clamp(std::min(now_.width, old_.width + dx_) / kCellSide, from, cx + run);
  uint64_t fit = 0;
  if (from < to) {
    const int x = from * kCellSide;
    const uint64_t differing =
        kernel.compare_cells(now_.row(y) + x, now_.stride, old_.row(y - dy_) + x - dx_, old_.stride, to - from, rows);
    fit = ~differing & (to - from == 64 ? ~uint64_t{0} : (uint64_t{1} << (to - from)) - 1);
    fit <<= from - cx;
  }
  if (cx + run == grid_.columns() && now_.width % kCellSide != 0 &&
      shows_displaced(now_, old_, grid_.pixels_of({cx + run - 1, cy, 1, 1}), dx_, dy_)) {
    fit |= uint64_t{1} << (run - 1);
  }
  return fit;
}

// Runs of fitting cells cut to their moved ones, joined downwards wherever the union fits.
std::vector<Rect> DisplacedCells::join_rows(const TileSet& fitting, const Rect& bounds) const {
  std::vector<Rect> joined;
  size_t open_from = 0;  // joined[open_from..) may end in the row above
  for (int y = bounds.y; y < bounds.bottom(); ++y) {
    const size_t row_from = joined.size();
    for (int x = bounds.x; x < bounds.right();) {
      if (!fitting.test(x, y)) {
        ++x;
        continue;
      }
      int left = -1;
      int right = -1;
      for (; x < bounds.right() && fitting.test(x, y); ++x) {
        if (!moved_.test(x, y)) continue;
        if (left < 0) left = x;
        right = x + 1;
      }
      if (left < 0) continue;
      const Rect run{left, y, right - left, 1};
      bool taken = false;
      for (size_t i = open_from; i < row_from && !taken; ++i) {
        if (joined[i].bottom() != y) continue;
        const Rect both = bounding(joined[i], run);
        if (fitting.count(both) != both.area()) continue;
        joined[i] = both;
        taken = true;
      }
      if (!taken) joined.push_back(run);
    }
    while (open_from < row_from && joined[open_from].bottom() <= y) ++open_from;
  }
  return joined;
}

Rect DisplacedCells::grow(Rect area) const {
  const int left = std::max(0, area.x - kCellSide + 1);
  const int top = std::max(0, area.y - kCellSide + 1);
  const int right = std::min(now_.width, area.right() + kCellSide - 1);
  const int bottom = std::min(now_.height, area.bottom() + kCellSide - 1);
  while (area.y > top && fits({area.x, area.y - 1, area.width, 1})) {
    --area.y;
    ++area.height;
  }
  while (area.bottom() < bottom && fits({area.x, area.bottom(), area.width, 1})) ++area.height;
  while (area.x > left && fits({area.x - 1, area.y, 1, area.height})) {
    --area.x;
    ++area.width;
  }
  while (area.right() < right && fits({area.right(), area.y, 1, area.height})) ++area.width;
  return area;
}

}  // namespace vitrine::codec
