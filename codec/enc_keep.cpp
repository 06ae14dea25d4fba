#include "codec/enc_keep.h"

#include <algorithm>

#include "codec/bitstream.h"
#include "codec/enc_diff.h"

namespace vitrine::codec {
namespace {

// An area takes about 8 bytes to keep, and most of what is kept is never seen again.
constexpr int64_t kLeastBytes = 100;
// What an edge of a dragged window covers is seen again, and what is left out once is in no entry.
constexpr int64_t kLeastBytesOfEdge = 24;
// Entries of one update.
constexpr size_t kMostAreas = 24;
// Sources of motions and pieces of areas that are told apart; more are coincidences.
constexpr size_t kMostSources = 64;
constexpr size_t kMostPieces = 256;
// What is archived counts as long as it is younger than this share of the ring: what falls out before the content
// returns would be lost.
constexpr double kOldestAge = 0.75;
// Entries among which an edge's last strip is looked for, and how far ahead of it and beside it is kept.
constexpr uint64_t kEdgeEntries = 8;
constexpr int kAhead = 320;
constexpr int kBeside = 64;
// The same for a window that is dragged, as shares of the picture's width: it comes back to most of what it crosses,
// and every entry that an edge crosses is a rectangle to recall with every step.
constexpr int kAheadOfWindow = 4;
constexpr int kBesideWindow = 16;
// Cells kept along to save a rectangle: up to as many as are lost.
constexpr int64_t kMostWaste = 2;
// Rectangles of a set that are few enough as they are.
constexpr size_t kFewRectangles = 4;

// Rectangles over `cells`, each at least half filled: halves of halves until they are.
void cover(const TileSet& cells, Rect bounds, std::vector<Rect>& areas) {
  // Tight around what is in it.
  while (!bounds.empty() && cells.count({bounds.x, bounds.y, bounds.width, 1}) == 0) ++bounds.y, --bounds.height;
  while (!bounds.empty() && cells.count({bounds.x, bounds.bottom() - 1, bounds.width, 1}) == 0) --bounds.height;
  while (!bounds.empty() && cells.count({bounds.x, bounds.y, 1, bounds.height}) == 0) ++bounds.x, --bounds.width;
  while (!bounds.empty() && cells.count({bounds.right() - 1, bounds.y, 1, bounds.height}) == 0) --bounds.width;
  if (bounds.empty() || areas.size() >= kMostPieces) return;
  if (cells.count(bounds) * kMostWaste >= bounds.area()) {
    areas.push_back(bounds);
    return;
  }
  if (bounds.width > bounds.height) {
    const int half = bounds.width / 2;
    cover(cells, {bounds.x, bounds.y, half, bounds.height}, areas);
    cover(cells, {bounds.x + half, bounds.y, bounds.width - half, bounds.height}, areas);
  } else {
    const int half = bounds.height / 2;
    cover(cells, {bounds.x, bounds.y, bounds.width, half}, areas);
    cover(cells, {bounds.x, bounds.y + half, bounds.width, bounds.height - half}, areas);
  }
}

void subtract(std::vector<Rect>& areas, const Rect& source) {
  std::vector<Rect> left;
  for (const Rect& area : areas) {
    const Rect common = intersect(area, source);
    if (common.empty() || left.size() + 4 > kMostPieces) {
      left.push_back(area);
      continue;
    }
    const Rect parts[4] = {{area.x, area.y, area.width, common.y - area.y},
                           {area.x, common.bottom(), area.width, area.bottom() - common.bottom()},
                           {area.x, common.y, common.x - area.x, common.height},
                           {common.right(), common.y, area.right() - common.right(), common.height}};
    for (const Rect& part : parts) {
      if (!part.empty()) left.push_back(part);
    }
  }
  areas.swap(left);
}

// Joins areas that share a side.
void join(std::vector<Rect>& areas) {
  for (size_t i = 0; i < areas.size(); ++i) {
    for (size_t j = 0; j < areas.size(); ++j) {
      const Rect both = bounding(areas[i], areas[j]);
      if (i == j || areas[i].empty() || areas[j].empty() || both.area() != areas[i].area() + areas[j].area()) continue;
      areas[i] = both;
      areas[j] = {};
      j = 0;
    }
  }
  std::erase_if(areas, [](const Rect& area) { return area.empty(); });
}

// Where the motions take from, largest first.
std::vector<Rect> sources_of(std::span<const Motion> motions) {
  std::vector<Rect> sources;
  for (const Motion& motion : motions) {
    for (const Rect& area : motion.areas) {
      sources.push_back({area.x - motion.dx, area.y - motion.dy, area.width, area.height});
    }
  }
  std::sort(sources.begin(), sources.end(), [](const Rect& a, const Rect& b) { return a.area() > b.area(); });
  if (sources.size() > kMostSources) sources.resize(kMostSources);
  return sources;
}

// Cuts what is shown lossy out of the areas: it will not be seen again as it is.
void drop_lossy(const Loss& loss, const TileSet& inexact, const CellGrid& grid, std::vector<Rect>& areas) {
  for (const Rect& cells : inexact.rectangles()) {
    const Rect lossy = grid.pixels_of(cells);
    std::vector<Rect> parts;
    for (const Rect& area : areas) {
      const Rect common = intersect(area, lossy);
      if (!common.empty()) parts.push_back(tighten(loss.held, loss.painted, common));
    }
    for (const Rect& part : parts) {
      if (!part.empty()) subtract(areas, part);
    }
  }
}

// An edge that moves on covers strip after strip. When the last entries end where this area begins, what the edge will
// cover next is kept along, so that an area crossed once is one entry and not a dozen.
Rect with_what_comes(const Rect& area, const Archive& ring, const Rect& picture) {
  const auto meets = [](int from, int to, int other_from, int other_to) {
    return 2 * (std::min(to, other_to) - std::max(from, other_from)) >= to - from;
  };
  const uint64_t first = std::max(ring.oldest(), ring.kept() - std::min(ring.kept(), kEdgeEntries));
  for (uint64_t number = ring.kept(); number-- > first;) {
    const Rect& last = ring.entry(number).place;
    Rect more = area;
    if (meets(area.y, area.bottom(), last.y, last.bottom())) {
      if (last.right() == area.x) more = {area.x, area.y - kBeside, area.width + kAhead, area.height + 2 * kBeside};
      if (last.x == area.right()) {
        more = {area.x - kAhead, area.y - kBeside, area.width + kAhead, area.height + 2 * kBeside};
      }
    } else if (meets(area.x, area.right(), last.x, last.right())) {
      if (last.bottom() == area.y) more = {area.x - kBeside, area.y, area.width + 2 * kBeside, area.height + kAhead};
      if (last.y == area.bottom()) {
        more = {area.x - kBeside, area.y - kAhead, area.width + 2 * kBeside, area.height + kAhead};
      }
    }
    if (more != area) return intersect(more, picture);
  }
  return area;
}

// The same of what lies before an edge of a window that moves on.
Rect with_what_is_ahead(const Rect& area, std::span<const Motion> motions, const Rect& picture) {
  const Motion* const window = largest_motion(motions);
  if (window == nullptr) return area;
  const int ahead = picture.width / kAheadOfWindow;
  const int beside = picture.width / kBesideWindow;
  const bool upright = area.height > area.width;
  int left = 0;
  int right = 0;
  int top = 0;
  int bottom = 0;
  if (upright) {
    if (window->dx == 0) return area;
    (window->dx > 0 ? right : left) = ahead;
    top = window->dy < 0 ? ahead : beside;
    bottom = window->dy > 0 ? ahead : beside;
  } else {
    if (window->dy == 0) return area;
    (window->dy > 0 ? bottom : top) = ahead;
    left = window->dx < 0 ? ahead : beside;
    right = window->dx > 0 ? ahead : beside;
  }
  const Rect more{area.x - left, area.y - top, area.width + left + right, area.height + top + bottom};
  return intersect(more, picture);
}

}  // namespace

std::vector<Rect> worth_keeping(const Loss& loss, const EncoderArchive& archive, RecallSearch& search,
                                int64_t most_pixels) {
  const CellGrid grid{{loss.source.width, loss.source.height}, kCellSide};
  TileSet lost = loss.cells;
  TileSet inexact = loss.lossy;
  inexact &= lost;
  keep_differing(loss.held, loss.painted, inexact);
  // Of a film nothing is worth looking at to the pixel; of an exact surrounding everything.
  const bool film = inexact.count() * 2 > lost.count();
  if (film) lost -= inexact;
  std::vector<Rect> areas = lost.rectangles();
  if (areas.size() > kFewRectangles) {
    areas.clear();
    cover(lost, lost.bounds(), areas);
  }
  for (Rect& area : areas) area = grid.pixels_of(area);
  for (const Rect& source : sources_of(loss.motions)) subtract(areas, source);
  if (!film && inexact.any()) drop_lossy(loss, inexact, grid, areas);
  join(areas);

  const int64_t least = loss.dragging ? kLeastBytesOfEdge : kLeastBytes;
  std::vector<Rect> kept;
  for (const Rect& whole : areas) {
    const Rect area = tighten(loss.source, loss.painted, whole);
    if (area.empty() || estimate_bytes(loss.held, area, least) < least) continue;
    int64_t fresh = 0;
    Rect around;
    for (const Rect& part : search.not_archived(archive, loss.held, area, kOldestAge)) {
      fresh += estimate_bytes(loss.held, part, least);
      around = bounding(around, part);
    }
    if (fresh < least) continue;
    const Rect known = around;
    if (loss.dragging) around = with_what_is_ahead(known, loss.motions, loss.source.bounds());
    if (around == known) around = with_what_comes(known, archive.ring(), loss.source.bounds());
    if (around.area() + kEntryCost > std::min(most_pixels, archive.capacity())) continue;
    most_pixels -= around.area() + kEntryCost;
    kept.push_back(around);
    if (kept.size() == kMostAreas) break;
  }
  return kept;
}

int64_t write_keep(EncoderArchive& archive, const PictureView& held, std::span<const Rect> areas,
                   std::vector<uint8_t>& body) {
  ByteWriter out(body);
  int64_t cost = 0;
  if (!archive.opened()) {
    archive.open({held.width, held.height});
    out.operation(Operation::kKeep);
    out.number(0);
    out.number(static_cast<int>(archive.capacity()));
    cost += held.bounds().area() / kOpeningShare;
  }
  std::vector<Rect> kept;
  for (const Rect& area : areas) {
    if (archive.keep(held, area)) kept.push_back(area);
  }
  if (kept.empty()) return cost;
  out.operation(Operation::kKeep);
  out.number(static_cast<int>(kept.size()));
  for (const Rect& area : kept) {
    out.rect(area);
    cost += area.area() + kEntryCost;
  }
  return cost;
}

}  // namespace vitrine::codec
