#include "codec/enc_motion.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "codec/enc_diff.h"
#include "codec/simd.h"

namespace vitrine::codec {
namespace {

// An anchor is named by this many pixels of its row: wide enough to tell words apart.
constexpr int kAnchorPixels = 32;
// One place in 2^kAnchorRarity that begins with a change of colour is an anchor.
constexpr int kAnchorRarity = 4;
// Less damage than this many cells is cheaper to code than to search.
constexpr int64_t kLeastCells = 12;
// Motions of one frame that are tried, and how many votes make one worth comparing.
constexpr size_t kMostMotions = 6;
constexpr uint32_t kLeastVotes = 3;
// Copies of one motion; a motion in more pieces than this is coincidence. Well below kMaxCopies for all motions.
constexpr size_t kMostAreas = 256;
// A rectangle costs about 8 bytes; fewer cells with content than this are not worth it.
constexpr int64_t kLeastCellsPerCopy = 4;

// hashes[i] of pixels[i .. i + kAnchorPixels), for i in [0, count), and flags[i] not 0 where an anchor is. `hashes` has
// room for count + kAnchorPixels; pixels[-1] is readable.
VITRINE_INLINE void hash_row(const uint32_t* pixels, int count, uint32_t* hashes, uint8_t* flags) {
  constexpr uint32_t kFactors[5] = {0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1};
  int valid = count + kAnchorPixels - 1;
  for (int i = 0; i < valid; ++i) hashes[i] = (pixels[i] & kColourMask) + 0x51ed27;
  for (int level = 0; level < 5; ++level) {
    const int step = 1 << level;
    valid -= step;
    const uint32_t factor = kFactors[level];
    for (int i = 0; i < valid; ++i) hashes[i] = hashes[i] * factor + hashes[i + step];
  }
  for (int i = 0; i < count; ++i) {
    const bool chosen = (hashes[i] * 0x9e3779b1U) >> (32 - kAnchorRarity) == 0;
    const bool edge = ((pixels[i] ^ pixels[i - 1]) & kColourMask) != 0;
    flags[i] = static_cast<uint8_t>(chosen & edge);
  }
}

using HashRow = void (*)(const uint32_t* pixels, int count, uint32_t* hashes, uint8_t* flags);

void hash_row_plain(const uint32_t* pixels, int count, uint32_t* hashes, uint8_t* flags) {
  hash_row(pixels, count, hashes, flags);
}
#if defined(__x86_64__)
__attribute__((target("avx2"))) void hash_row_avx2(const uint32_t* pixels, int count, uint32_t* hashes,
                                                   uint8_t* flags) {
  hash_row(pixels, count, hashes, flags);
}
#endif

HashRow best_hash_row() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return hash_row_avx2;
#endif
  return hash_row_plain;
}

bool cell_moved(const PictureView& now, const PictureView& old, const Rect& cell, int dx, int dy) {
  const int from_x = cell.x - dx;
  const int from_y = cell.y - dy;
  if (from_x < 0 || from_y < 0 || from_x + cell.width > old.width || from_y + cell.height > old.height) return false;
  for (int y = 0; y < cell.height; ++y) {
    if (!rows_equal(now.row(cell.y + y) + cell.x, old.row(from_y + y) + from_x, cell.width)) return false;
  }
  return true;
}

bool is_flat(const PictureView& picture, const Rect& cell) {
  const uint32_t colour = picture.row(cell.y)[cell.x] & kColourMask;
  for (int y = cell.y; y < cell.bottom(); ++y) {
    const uint32_t* row = picture.row(y) + cell.x;
    uint32_t bits = 0;
    for (int x = 0; x < cell.width; ++x) bits |= (row[x] & kColourMask) ^ colour;
    if (bits != 0) return false;
  }
  return true;
}

// One motion under test: which changed cells it explains, and the rectangles that carry them.
class MotionCheck {
 public:
  MotionCheck(const PictureView& now, const PictureView& old, int dx, int dy)
      : now_(now), old_(old), grid_{{now.width, now.height}, kCellSide}, dx_(dx), dy_(dy), moved_(grid_) {}

  // Cells of `open` that moved so. False when there are too few to bother.
  bool explain(const TileSet& open) {
    moved_ = fitting(open);
    int64_t with_content = 0;
    moved_.for_each([&](int x, int y) {
      if (with_content < 2 * kLeastCellsPerCopy && !is_flat(now_, grid_.pixels_of({x, y, 1, 1}))) ++with_content;
    });
    return with_content >= 2 * kLeastCellsPerCopy;
  }

  [[nodiscard]] const TileSet& moved() const { return moved_; }

  // Rectangles that cover the moved cells, grown over unchanged ones that fit the motion too and then by single rows
  // and columns of pixels.
  std::vector<Rect> areas() {
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

 private:
  // Members of `cells` that equal the old picture displaced.
  [[nodiscard]] TileSet fitting(const TileSet& cells) const {
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
  [[nodiscard]] uint64_t fitting_run(const DiffKernel& kernel, int cx, int cy, int run) const {
    const int y = cy * kCellSide;
    const int rows = std::min(kCellSide, now_.height - y);
    if (y - dy_ < 0 || y + rows - dy_ > old_.height) return 0;
    // Whole cells whose source lies inside the old picture.
    const int from = std::clamp((std::max(dx_, 0) + kCellSide - 1) / kCellSide, cx, cx + run);
    const int to = std::clamp((now_.width + std::min(dx_, 0)) / kCellSide, from, cx + run);
    uint64_t fit = 0;
    if (from < to) {
      const int x = from * kCellSide;
      const uint64_t differing =
          kernel.compare_cells(now_.row(y) + x, now_.stride, old_.row(y - dy_) + x - dx_, old_.stride, to - from, rows);
      fit = ~differing & (to - from == 64 ? ~uint64_t{0} : (uint64_t{1} << (to - from)) - 1);
      fit <<= from - cx;
    }
    if (cx + run == grid_.columns() && now_.width % kCellSide != 0 &&
        cell_moved(now_, old_, grid_.pixels_of({cx + run - 1, cy, 1, 1}), dx_, dy_)) {
      fit |= uint64_t{1} << (run - 1);
    }
    return fit;
  }

  // Runs of fitting cells cut to their moved ones, joined downwards wherever the union fits.
  std::vector<Rect> join_rows(const TileSet& fitting, const Rect& bounds) const {
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

  [[nodiscard]] bool fits(const Rect& line) const { return cell_moved(now_, old_, line, dx_, dy_); }

  [[nodiscard]] Rect grow(Rect area) const {
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

  const PictureView& now_;
  const PictureView& old_;
  CellGrid grid_;
  int dx_;
  int dy_;
  TileSet moved_;
};

}  // namespace

MotionSearch::MotionSearch() = default;

void MotionSearch::collect_row(const uint32_t* pixels, int width, int left, int right, int y,
                               std::vector<Anchor>& anchors) {
  static const HashRow hash = best_hash_row();
  // The window reaches past the cells, but not past the picture; the first column has nothing to differ from.
  left = std::max(left, 1);
  const int count = std::min(right, width - kAnchorPixels + 1) - left;
  if (count <= 0) return;
  hashes_.resize(static_cast<size_t>(count) + kAnchorPixels);
  flags_.assign((static_cast<size_t>(count) + 7) & ~size_t{7}, 0);
  hash(pixels + left, count, hashes_.data(), flags_.data());
  for (int i = 0; i < count; i += 8) {
    uint64_t eight;
    std::memcpy(&eight, flags_.data() + i, 8);
    for (; eight != 0; eight &= eight - 1) {
      const int at = i + std::countr_zero(eight) / 8;
      anchors.push_back({hashes_[static_cast<size_t>(at)], static_cast<uint16_t>(left + at), static_cast<uint16_t>(y)});
    }
  }
}

void MotionSearch::collect_anchors(const PictureView& picture, const TileSet& cells, std::vector<Anchor>& anchors) {
  anchors.clear();
  for (int cy = 0; cy < cells.rows(); ++cy) {
    for (int x = 0; x < cells.columns();) {
      if (!cells.test(x, cy)) {
        ++x;
        continue;
      }
      const int first = x;
      while (x < cells.columns() && cells.test(x, cy)) ++x;
      const int bottom = std::min((cy + 1) * kCellSide, picture.height);
      for (int y = cy * kCellSide; y < bottom; ++y) {
        collect_row(picture.row(y), picture.width, first * kCellSide, std::min(x * kCellSide, picture.width), y,
                    anchors);
      }
    }
  }
}

// Motions by how many anchors speak for them, best first.
std::vector<MotionSearch::Vote> MotionSearch::vote() {
  const size_t size = std::bit_ceil(old_anchors_.size() * 2 + 16);
  slots_.assign(size, Slot{});
  for (const Anchor& anchor : old_anchors_) {
    size_t at = (anchor.hash * 0x85ebca77U) & (size - 1);
    while (slots_[at].seen != 0 && slots_[at].hash != anchor.hash) at = (at + 1) & (size - 1);
    if (slots_[at].seen++ == 0) slots_[at] = {anchor.hash, anchor.x, anchor.y, 1};
  }
  constexpr size_t kVotes = 4096;
  votes_.assign(kVotes, Vote{});
  size_t used = 0;
  for (const Anchor& anchor : now_anchors_) {
    size_t at = (anchor.hash * 0x85ebca77U) & (size - 1);
    while (slots_[at].seen != 0 && slots_[at].hash != anchor.hash) at = (at + 1) & (size - 1);
    // What occurs twice points nowhere in particular.
    if (slots_[at].seen != 1) continue;
    const int dx = anchor.x - slots_[at].x;
    const int dy = anchor.y - slots_[at].y;
    if (dx == 0 && dy == 0) continue;
    size_t entry = (static_cast<uint32_t>(dx * 8191 + dy) * 0x9e3779b1U) >> 20;
    while (votes_[entry].count != 0 && (votes_[entry].dx != dx || votes_[entry].dy != dy)) {
      entry = (entry + 1) % kVotes;
    }
    if (votes_[entry].count == 0) {
      if (used > kVotes / 2) continue;
      ++used;
      votes_[entry] = {dx, dy, 0};
    }
    ++votes_[entry].count;
  }
  std::vector<Vote> best;
  for (const Vote& vote : votes_) {
    if (vote.count >= kLeastVotes) best.push_back(vote);
  }
  std::sort(best.begin(), best.end(), [](const Vote& a, const Vote& b) {
    return a.count != b.count ? a.count > b.count : a.dy != b.dy ? a.dy < b.dy : a.dx < b.dx;
  });
  if (best.size() > kMostMotions) best.resize(kMostMotions);
  return best;
}

std::vector<Motion> MotionSearch::find(const PictureView& now, const PictureView& old, const TileSet& changed,
                                       const TileSet& blank) {
  if (now.width < kAnchorPixels || changed.count() < kLeastCells) return {};
  TileSet sources = changed;
  sources -= blank;
  collect_anchors(old, sources, old_anchors_);
  if (old_anchors_.size() < kLeastVotes) return {};
  collect_anchors(now, changed, now_anchors_);
  std::vector<Motion> motions;
  TileSet open = changed;
  int64_t copied = 0;
  for (const Vote& vote : vote()) {
    MotionCheck check(now, old, vote.dx, vote.dy);
    if (!check.explain(open)) continue;
    auto areas = check.areas();
    if (areas.empty()) continue;
    // Overlapping motions must not write more than a picture between them (kMaxPicturesPerUpdate).
    for (const Rect& area : areas) copied += area.area();
    if (copied > int64_t{now.width} * now.height) break;
    open -= check.moved();
    motions.push_back({vote.dx, vote.dy, std::move(areas)});
  }
  return motions;
}

}  // namespace vitrine::codec
