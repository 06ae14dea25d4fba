#include "codec/enc_moving.h"

#include <algorithm>
#include <utility>

namespace vitrine::codec {
namespace {

// A stream is worth its decoder and its key frame from about 128x96 pixels.
constexpr int kLeastColumns = 8;
constexpr int kLeastRows = 6;
constexpr int kLeastCells = 48;
// Of the cells of a patch's rectangle, one in this many has to move.
constexpr int64_t kLeastShare = 4;
constexpr int64_t kLeastLivelyShare = 2;
// Films have still parts; moving cells this near belong together.
constexpr int kReach = 2;

uint32_t milliseconds(Micros time) {
  return static_cast<uint32_t>(time / kMillisecond);
}

constexpr uint32_t kSustainedMs = kSustainedMotion / kMillisecond;

// Left, top, right - 1, bottom - 1, four bits each from the lowest.
uint16_t join_boxes(uint16_t a, uint16_t b) {
  const auto least = [&](int shift) { return std::min(a >> shift & 15, b >> shift & 15) << shift; };
  const auto most = [&](int shift) { return std::max(a >> shift & 15, b >> shift & 15) << shift; };
  return static_cast<uint16_t>(least(0) | least(4) | most(8) | most(12));
}

}  // namespace

MovingCells::MovingCells(const CellGrid& grid)
    : grid_(grid), cells_(static_cast<size_t>(grid.columns()) * grid.rows()) {}

void MovingCells::allow_pause(Micros since_last_look) {
  pause_ms_ = milliseconds(std::clamp(since_last_look, kLongestMotionPause, kLongestPauseOfSlow));
}

void MovingCells::note(int x, int y, const CellChange& change, Micros time) {
  const uint32_t now = milliseconds(time);
  Cell& one = cells_[static_cast<size_t>(y) * grid_.columns() + x];
  const auto points = static_cast<uint8_t>(change.gentle ? kEnoughEvidence : 1);
  if (!one.moved || now - one.last > pause_ms_) {
    const bool keeps_extent = one.moved && change.shown;
    one.last = one.since = one.crisp_since = now;
    one.moved = true;
    one.crisp = change.crisp;
    one.evidence = points;
    if (!keeps_extent) {
      // What appears first, with the window around it, says nothing about where it moves.
      one.box = one.old_box = kNothing;
      one.box_since = now;
      return;
    }
  } else {
    if (change.crisp && !one.crisp) one.crisp_since = now;
    one.crisp = change.crisp;
    one.last = now;
    one.evidence = static_cast<uint8_t>(std::min<int>(kEnoughEvidence, one.evidence + points));
  }
  if (now - one.box_since >= kSustainedMs) {
    one.old_box = std::exchange(one.box, kNothing);
    one.box_since = now;
  }
  const Rect& changed = change.part;
  if (changed.empty()) return;
  const int left = changed.x - x * grid_.side;
  const int top = changed.y - y * grid_.side;
  const uint16_t box =
      static_cast<uint16_t>(left | top << 4 | (left + changed.width - 1) << 8 | (top + changed.height - 1) << 12);
  one.box = join_boxes(one.box, box);
}

void MovingCells::restart_extent(int x, int y, Micros now) {
  Cell& one = cells_[static_cast<size_t>(y) * grid_.columns() + x];
  one.box = one.old_box = kNothing;
  one.box_since = milliseconds(now);
}

bool MovingCells::sustained(int x, int y, Micros time, Micros least) const {
  const Cell& one = cell(x, y);
  return one.moved && milliseconds(time) - one.last <= pause_ms_ && one.last - one.since >= milliseconds(least);
}

bool MovingCells::lively(int x, int y, Micros time) const {
  const Cell& one = cell(x, y);
  if (!one.moved || milliseconds(time) - one.last > pause_ms_) return false;
  return one.evidence >= kEnoughEvidence || one.last - one.since >= milliseconds(kMotionOfLarge);
}

bool MovingCells::sustained_by(int x, int y, Micros time) const {
  const Cell& one = cell(x, y);
  const uint32_t now = milliseconds(time);
  return one.moved && now - one.last <= pause_ms_ && now - one.since >= kSustainedMs;
}

bool MovingCells::was_crisp(int x, int y, Micros time) const {
  const Cell& one = cell(x, y);
  return one.moved && one.crisp && one.crisp_since != milliseconds(time);
}

bool MovingCells::sustained_crisp(int x, int y, Micros time) const {
  const Cell& one = cell(x, y);
  return sustained(x, y, time) && one.crisp && one.last - one.crisp_since >= kSustainedMs;
}

Rect MovingCells::extent(int x, int y) const {
  const Cell& one = cell(x, y);
  return unpacked(join_boxes(one.box, one.old_box), x, y);
}

Rect MovingCells::unpacked(int box, int x, int y) const {
  const int left = box & 15;
  const int top = box >> 4 & 15;
  return {x * grid_.side + left, y * grid_.side + top, (box >> 8 & 15) + 1 - left, (box >> 12) + 1 - top};
}

std::vector<Rect> MovingCells::patches(Micros least, const TileSet& known, Micros time) const {
  return patches_of([&](int x, int y) { return sustained(x, y, time, least); }, known, kLeastShare);
}

std::vector<Rect> MovingCells::lively_patches(const TileSet& known, Micros time) const {
  return patches_of([&](int x, int y) { return lively(x, y, time); }, known, kLeastLivelyShare);
}

template <class Moves>
std::vector<Rect> MovingCells::patches_of(Moves moves, const TileSet& known, int64_t least_share) const {
  TileSet left(grid_);
  for (int y = 0; y < grid_.rows(); ++y) {
    for (int x = 0; x < grid_.columns(); ++x) {
      if (!cell(x, y).crisp && !known.test(x, y) && moves(x, y)) left.insert(x, y);
    }
  }
  std::vector<Rect> found;
  std::vector<std::pair<int, int>> patch;
  const TileSet moving = left;
  moving.for_each([&](int x, int y) {
    if (!left.test(x, y)) return;
    patch.assign(1, {x, y});
    left.erase(x, y);
    Rect bounds{x, y, 1, 1};
    for (size_t i = 0; i < patch.size(); ++i) {
      const auto [px, py] = patch[i];
      bounds = bounding(bounds, {px, py, 1, 1});
      const Rect near =
          intersect({px - kReach, py - kReach, 2 * kReach + 1, 2 * kReach + 1}, {0, 0, grid_.columns(), grid_.rows()});
      for (int ny = near.y; ny < near.bottom(); ++ny) {
        for (int nx = near.x; nx < near.right(); ++nx) {
          if (!left.test(nx, ny)) continue;
          left.erase(nx, ny);
          patch.emplace_back(nx, ny);
        }
      }
    }
    const auto count = static_cast<int64_t>(patch.size());
    if (bounds.width < kLeastColumns || bounds.height < kLeastRows || count < kLeastCells) return;
    if (count * least_share >= bounds.area()) found.push_back(bounds);
  });
  std::stable_sort(found.begin(), found.end(), [](const Rect& a, const Rect& b) { return a.area() > b.area(); });
  return found;
}

}  // namespace vitrine::codec
