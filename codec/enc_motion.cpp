#include "codec/enc_motion.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

#include "codec/enc_displaced.h"

namespace vitrine::codec {
namespace {

// Less damage than this many cells is cheaper to code than to search.
constexpr int64_t kLeastCells = 12;
// Motions of one frame that are tried, and how many votes make one worth comparing.
constexpr size_t kMostMotions = 6;
constexpr uint32_t kLeastVotes = 3;
// Where more cells changed, a few rows say what most of them did: finding anchors in all was half of what a dragged
// window takes. What they leave is looked at whole.
constexpr int64_t kManyCells = 512;
// How far a dragged window's side may be from where it should be, in pixels.
constexpr int kSideSlack = 2;

}  // namespace

MotionSearch::MotionSearch() = default;

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
  votes_.clear();
  size_t used = 0;
  for (const Anchor& anchor : now_anchors_) {
    size_t at = (anchor.hash * 0x85ebca77U) & (size - 1);
    while (slots_[at].seen != 0 && slots_[at].hash != anchor.hash) at = (at + 1) & (size - 1);
    // What occurs twice points nowhere in particular.
    if (slots_[at].seen != 1) continue;
    const int dx = anchor.x - slots_[at].x;
    const int dy = anchor.y - slots_[at].y;
    if (dx == 0 && dy == 0) continue;
    // Mostly nothing votes, and clearing the table takes longer than looking for it.
    if (votes_.empty()) votes_.assign(kVotes, Vote{});
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
                                       const TileSet& blank, const TileSet& telling) {
  if (now.width < kAnchorPixels || telling.count() < kLeastCells) return {};
  TileSet sources = telling;
  sources -= blank;
  const bool many = telling.count() > kManyCells;
  anchors_.find(old, sources, old_anchors_, many ? AnchorRows::kApart : AnchorRows::kAll);
  if (old_anchors_.size() < kLeastVotes) return {};
  TileSet open = changed;
  std::vector<Motion> motions;
  const auto explain = [&](AnchorRows rows) {
    TileSet asked = telling;
    asked &= open;
    anchors_.find(now, asked, now_anchors_, rows);
    take_motions(now, old, open, motions);
  };
  if (many) explain(AnchorRows::kNeighbours);
  if (open.count() >= kLeastCells) explain(AnchorRows::kAll);
  return motions;
}

// Appends what the anchors speak for and the pixels bear out, and removes it from `open`.
void MotionSearch::take_motions(const PictureView& now, const PictureView& old, TileSet& open,
                                std::vector<Motion>& motions) {
  int64_t copied = 0;
  for (const Motion& motion : motions) {
    for (const Rect& area : motion.areas) copied += area.area();
  }
  for (const Vote& vote : vote()) {
    if (motions.size() >= kMostMotions) break;
    DisplacedCells check(now, old, vote.dx, vote.dy);
    if (!check.explain(open)) continue;
    auto areas = check.areas();
    if (areas.empty()) continue;
    // Overlapping motions must not write more than a picture between them (kMaxPicturesPerUpdate).
    for (const Rect& area : areas) copied += area.area();
    if (copied > int64_t{now.width} * now.height) break;
    open -= check.moved();
    motions.push_back({vote.dx, vote.dy, std::move(areas)});
  }
}

const Motion* largest_motion(std::span<const Motion> motions) {
  const Motion* largest = nullptr;
  int64_t most = 0;
  for (const Motion& motion : motions) {
    int64_t pixels = 0;
    for (const Rect& area : motion.areas) pixels += area.area();
    if (pixels <= most) continue;
    most = pixels;
    largest = &motion;
  }
  return largest;
}

bool DragWatch::note(std::span<const Motion> motions, Size picture) {
  const Motion* const largest = largest_motion(motions);
  if (largest == nullptr) return false;
  const Rect before = place_;
  place_ = {};
  for (const Rect& area : largest->areas) place_ = bounding(place_, area);
  if (before.empty()) return false;
  // The picture's edge may cut a side, which then stays there.
  const auto along = [](int moved, int low_before, int low, int high_before, int high, int edge) {
    const bool low_moves = std::abs(low - low_before - moved) <= kSideSlack;
    const bool high_moves = std::abs(high - high_before - moved) <= kSideSlack;
    const bool low_cut = low == 0 || low_before == 0;
    const bool high_cut = high == edge || high_before == edge;
    return (low_moves && high_moves) || (low_moves && high_cut) || (high_moves && low_cut);
  };
  return along(largest->dx, before.x, place_.x, before.right(), place_.right(), picture.width) &&
         along(largest->dy, before.y, place_.y, before.bottom(), place_.bottom(), picture.height);
}

}  // namespace vitrine::codec
