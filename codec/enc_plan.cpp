#include "codec/enc_plan.h"

#include <algorithm>

#include "codec/enc_cells.h"
#include "codec/enc_tight.h"
#include "codec/video_areas.h"

namespace vitrine::codec {
namespace {

// Of 16 pixels, how many must equal their W or N neighbour for a cell to count as text or interface: eight (measured:
// it separates where the number of colours does not), with two more or less before a cell changes its mind.
constexpr int kTextShare = 8;
constexpr int kTextShareOfPicture = 10;
constexpr int kTextShareOfText = 6;
// Cells below this share that have this many colours are part picture, part something else, if a picture is beside
// them. Antialiased text can look like that too; so they are always coded exactly.
constexpr int kTextShareOfMixed = 12;
constexpr int kMixedColours = 56;
// Fewer of them are left to the screen coder: it takes longer, but fewer bytes.
constexpr int64_t kLeastMixed = 48;
// A cell among fewer natural neighbours than this is taken for text: icons and coloured glyphs.
constexpr int kPictureNeighbours = 2;
// How far soft cells grow into a hole.
constexpr int kAbsorbPasses = 8;
// Patches smaller than this many cells stay exact: icons. Where they would take more than kSmallShare of the budget
// (folders of thumbnails), only those below kLeastCrowdedCells.
constexpr int kLeastLossyCells = 16;
constexpr int kLeastCrowdedCells = 4;
constexpr double kSmallShare = 1.0 / 4;
// Pixels of cells for each pixel that changes in them, where it is worth counting those.
constexpr double kMostCellsOfStrips = 8;
// Cells that need not be sent but may be coded along when it saves a rectangle, plus one in kExtraShare. A rectangle
// takes about nine bytes, a cell of text two and a blank one nothing.
constexpr int64_t kExtraCells = 16;
constexpr int64_t kExtraShare = 2;
// Regions whose distance from the focus falls in the same ring are ordered by kind instead.
constexpr int64_t kFocusRing = 64;
// What differs of text-like cells is looked at by itself when it is at least this much and not more: a strip of
// wallpaper that comes out from under a window's edge lies in cells that look like the window.
constexpr int64_t kLeastStrip = 256;
constexpr int64_t kMostStrip = 32 * 1024;
// What waits a turn longer goes first whatever the focus is at: short enough to look immediate.
constexpr Micros kTurn = 100 * kMillisecond;

// Cells of `changed` that are in `kind` and have natural company.
TileSet with_company(const TileSet& changed, const TileSet& kind, const CellClasses& classes) {
  TileSet result = changed;
  result &= kind;
  const TileSet candidates = result;
  candidates.for_each([&](int x, int y) {
    const int left = std::max(0, x - 1);
    const int top = std::max(0, y - 1);
    const int right = std::min(candidates.columns(), x + 2);
    const int bottom = std::min(candidates.rows(), y + 2);
    const int64_t neighbours = classes.picture.count({left, top, right - left, bottom - top});
    if (neighbours - static_cast<int>(classes.picture.test(x, y)) < kPictureNeighbours) result.erase(x, y);
  });
  return result;
}

// Takes soft cells among natural ones into the picture: sky, shadow, blur. They are dear for the screen coder, and
// holes cut the picture into small rectangles.
void absorb_soft_cells(const PictureView& source, const TileSet& changed, const CellGrid& grid, TileSet& pictures) {
  TileSet soft(grid);
  TileSet tested(grid);
  for (int pass = 0; pass < kAbsorbPasses; ++pass) {
    TileSet rest = changed;
    rest -= pictures;
    TileSet added(grid);
    rest.for_each([&](int x, int y) {
      const Rect around = intersect({x - 1, y - 1, 3, 3}, {0, 0, rest.columns(), rest.rows()});
      // Where the picture's edge cuts the neighbourhood, half of what is left will do.
      if (pictures.count(around) * 2 < around.area() - 1) return;
      if (!tested.test(x, y)) {
        tested.insert(x, y);
        if (is_soft(source, grid.pixels_of({x, y, 1, 1}))) soft.insert(x, y);
      }
      if (soft.test(x, y)) added.insert(x, y);
    });
    if (!added.any()) return;
    pictures |= added;
  }
}

// Cells that are part picture, if there are enough of them. Colours are counted only where that can matter.
TileSet picture_edges(const PictureView& source, const TileSet& changed, const CellGrid& grid, const TileSet& pictures,
                      CellClasses& classes) {
  TileSet edges = with_company(changed, classes.mixed, classes);
  edges -= pictures;
  if (edges.count() < kLeastMixed) return TileSet(grid);
  TileSet uncounted = edges;
  uncounted -= classes.colourful;
  uncounted.for_each([&](int x, int y) {
    if (has_colours(source, grid.pixels_of({x, y, 1, 1}), kMixedColours)) {
      classes.colourful.insert(x, y);
    } else {
      classes.mixed.erase(x, y);
      edges.erase(x, y);
    }
  });
  return edges.count() < kLeastMixed ? TileSet(grid) : edges;
}

// Which of the picture's cells the budget wants lossy at first.
TileSet lossy_cells(const PictureView& source, const PictureView& painted, const TileSet& pictures,
                    const CellGrid& grid, const EncodeBudget& budget) {
  const auto share_of = [&budget](int64_t pixels) {
    return static_cast<double>(pixels) * kPhotoBytesPerPixel / static_cast<double>(budget.max_bytes);
  };
  const auto share = [&](const TileSet& cells) { return share_of(cells.count() * kCellSide * kCellSide); };
  const double all = share(pictures);
  if (all <= budget.exact_share) return TileSet(grid);
  // Strips that come out from under a window's edge cut their cells.
  if (all <= budget.exact_share * kMostCellsOfStrips) {
    int64_t pixels = 0;
    for (const Rect& cells : pictures.rectangles()) {
      for (const Rect& area : tight_areas(source, painted, grid.pixels_of(cells), kLeastSavedPhoto)) {
        pixels += area.area();
      }
    }
    if (share_of(pixels) <= budget.exact_share) return TileSet(grid);
  }
  TileSet lossy = large_patches(pictures, kLeastLossyCells, grid);
  TileSet small = pictures;
  small -= lossy;
  if (share(small) > kSmallShare) lossy = large_patches(pictures, kLeastCrowdedCells, grid);
  return lossy;
}

// Takes the cells out of `lossy` that a picture's edge cuts, as when a film begins in a page, and gives the pixels of
// them that change. Those of `mixed` beside lossy ones belong to them where what changes is picture.
std::vector<Rect> take_cut_cells(const PictureView& source, const PictureView& painted, const TileSet& mixed,
                                 const CellGrid& grid, TileSet& lossy) {
  const Rect all{0, 0, grid.columns(), grid.rows()};
  const TileSet whole = lossy;
  TileSet outer = lossy;
  outer -= lossy.interior();
  std::vector<Rect> parts;
  // Towards other lossy cells the picture goes on, whatever happens not to change there.
  const auto changed_part = [&](int x, int y) {
    const Rect cell = grid.pixels_of({x, y, 1, 1});
    Rect part = tighten_cell(source, painted, cell);
    if (part.empty()) return cell;
    const auto goes_on = [&](int dx, int dy) { return whole.count(intersect({x + dx, y + dy, 1, 1}, all)) > 0; };
    if (goes_on(-1, 0)) part = bounding(part, {cell.x, part.y, 1, 1});
    if (goes_on(0, -1)) part = bounding(part, {part.x, cell.y, 1, 1});
    if (goes_on(1, 0)) part = bounding(part, {cell.right() - 1, part.y, 1, 1});
    if (goes_on(0, 1)) part = bounding(part, {part.x, cell.bottom() - 1, 1, 1});
    return part;
  };
  const auto take = [&](int x, int y, bool natural) {
    const Rect part = changed_part(x, y);
    if (part == grid.pixels_of({x, y, 1, 1})) return;
    const auto enough = static_cast<int>((part.area() * kTextShare + 15) / 16);
    if (!natural && equal_pixels(source, part, enough) >= enough) return;
    parts.push_back(part);
    lossy.erase(x, y);
  };
  outer.for_each([&](int x, int y) { take(x, y, true); });
  mixed.for_each([&](int x, int y) {
    if (whole.count(intersect({x - 1, y - 1, 3, 3}, all)) > 0) take(x, y, false);
  });
  join_rects(parts);
  return parts;
}

// How to code exactly what differs of cells that are no picture.
Coding exact_coding(const PictureView& source, const Rect& area) {
  if (is_flat(source, area)) return Coding::kFlat;
  if (area.area() < kLeastStrip || area.area() > kMostStrip) return Coding::kScreen;
  const int enough = (kTextShareOfText * static_cast<int>(area.area()) + 15) / 16;
  return equal_pixels(source, area, enough) < enough ? Coding::kPhoto : Coding::kScreen;
}

// Rectangles over `wanted` that may take in a few other cells, never those of `avoided`.
std::vector<Rect> join_loosely(const TileSet& wanted, const TileSet& avoided) {
  std::vector<Rect> joined = wanted.rectangles();
  const auto worth = [&](const Rect& a, const Rect& b, Rect& both) {
    both = bounding(a, b);
    const int64_t extra = both.area() - wanted.count(both);
    return extra <= kExtraCells + both.area() / kExtraShare && avoided.count(both) == 0;
  };
  // Near rectangles are near each other in this list; a window keeps the search linear.
  constexpr size_t kWindow = 24;
  for (bool changed = true; changed;) {
    changed = false;
    std::sort(joined.begin(), joined.end(),
              [](const Rect& a, const Rect& b) { return a.y != b.y ? a.y < b.y : a.x < b.x; });
    for (size_t i = 0; i < joined.size(); ++i) {
      if (joined[i].empty()) continue;
      for (size_t j = i + 1; j < std::min(joined.size(), i + kWindow); ++j) {
        Rect both;
        if (joined[j].empty() || !worth(joined[i], joined[j], both)) continue;
        joined[i] = both;
        joined[j] = {};
        changed = true;
      }
    }
    std::erase_if(joined, [](const Rect& area) { return area.empty(); });
  }
  return joined;
}

}  // namespace

TileSet large_patches(const TileSet& cells, int least, const CellGrid& grid) {
  TileSet large(grid);
  TileSet left = cells;
  std::vector<std::pair<int, int>> patch;
  cells.for_each([&](int x, int y) {
    if (!left.test(x, y)) return;
    patch.assign(1, {x, y});
    left.erase(x, y);
    for (size_t i = 0; i < patch.size(); ++i) {
      const auto [px, py] = patch[i];
      for (int ny = std::max(0, py - 1); ny < std::min(left.rows(), py + 2); ++ny) {
        for (int nx = std::max(0, px - 1); nx < std::min(left.columns(), px + 2); ++nx) {
          if (!left.test(nx, ny)) continue;
          left.erase(nx, ny);
          patch.emplace_back(nx, ny);
        }
      }
    }
    if (patch.size() < static_cast<size_t>(least)) return;
    for (const auto& [px, py] : patch) large.insert(px, py);
  });
  return large;
}

bool is_soft_gradient(const PictureView& picture, const Rect& area) {
  return is_soft(picture, area) && !is_flat(picture, area);
}

void classify(const PictureView& source, const TileSet& changed, CellClasses& classes, FrameAnalysis* shared) {
  const CellGrid grid{{source.width, source.height}, kCellSide};
  changed.for_each([&](int x, int y) {
    const Rect cell = grid.pixels_of({x, y, 1, 1});
    const bool was_picture = classes.picture.test(x, y);
    const auto needed = [&cell](int share) { return (share * static_cast<int>(cell.area()) + 15) / 16; };
    const auto count = [&] { return equal_pixels(source, cell, needed(kTextShareOfMixed)); };
    const int equal = shared == nullptr ? count() : shared->equal_pixels(x, y, count);
    classes.picture.erase(x, y);
    classes.mixed.erase(x, y);
    classes.colourful.erase(x, y);
    classes.textlike.erase(x, y);
    if (equal >= needed(kTextShare)) classes.textlike.insert(x, y);
    if (equal < needed(was_picture ? kTextShareOfPicture : kTextShareOfText)) {
      classes.picture.insert(x, y);
    } else if (equal < needed(kTextShareOfMixed)) {
      classes.mixed.insert(x, y);
    }
  });
}

std::vector<Region> plan_regions(const PictureView& source, const PictureView& painted, const TileSet& changed,
                                 CellClasses& classes, const TileSet& avoided, const EncodeBudget& budget) {
  const CellGrid grid{{source.width, source.height}, kCellSide};
  TileSet pictures = with_company(changed, classes.picture, classes);
  absorb_soft_cells(source, changed, grid, pictures);
  const TileSet edges = picture_edges(source, changed, grid, pictures, classes);

  std::vector<Region> regions;
  TileSet lossy = budget.jpeg_quality > 0 ? lossy_cells(source, painted, pictures, grid, budget) : TileSet(grid);
  lossy -= avoided;
  TileSet natural = pictures;
  natural |= edges;
  std::vector<Rect> cut;
  if (lossy.any()) {
    TileSet mixed = with_company(changed, classes.mixed, classes);
    mixed -= lossy;
    mixed -= avoided;
    cut = take_cut_cells(source, painted, mixed, grid, lossy);
  }
  TileSet shared(grid);
  for (const Rect& part : cut) shared.insert(grid.cells_of(part));
  natural |= shared;
  TileSet exact = natural;
  exact -= lossy;
  exact -= shared;
  TileSet text = changed;
  text -= natural;
  for (const Rect& cells : lossy.rectangles()) regions.push_back({Coding::kJpeg, grid.pixels_of(cells), 0});
  for (const Rect& part : cut) regions.push_back({Coding::kJpeg, part, 0});
  for (const Rect& cells : exact.rectangles()) {
    for (const Rect& area : tight_areas(source, painted, grid.pixels_of(cells), kLeastSavedPhoto)) {
      regions.push_back({Coding::kPhoto, area, 0});
    }
  }
  TileSet apart = avoided;
  apart -= text;
  apart |= natural;
  for (const Rect& cells : join_loosely(text, apart)) {
    for (const Rect& area : tight_areas(source, painted, grid.pixels_of(cells), kLeastSavedText)) {
      regions.push_back({exact_coding(source, area), area, 0});
    }
  }
  return regions;
}

void order_by_need(std::vector<Region>& regions, const EncodeBudget& budget) {
  struct Rank {
    bool natural;   // text first: it is cheap, and what people wait for
    int64_t hurry;  // minus the turns it was passed over, so that a film at the focus does not starve the rest
    int64_t ring;   // 0 only for what holds the focus
    auto operator<=>(const Rank&) const = default;
  };
  const auto rank = [&](const Region& region) {
    const int64_t distance = focus_distance(region.area, budget);
    int64_t ring = 0;
    while (ring * ring * kFocusRing * kFocusRing < distance) ++ring;
    const bool natural = region.coding == Coding::kJpeg || region.coding == Coding::kPhoto;
    return Rank{natural, -(region.waiting / kTurn), ring};
  };
  std::stable_sort(regions.begin(), regions.end(), [&](const Region& a, const Region& b) {
    const Rank rank_a = rank(a);
    const Rank rank_b = rank(b);
    return rank_a != rank_b ? rank_a < rank_b : a.area.y != b.area.y ? a.area.y < b.area.y : a.area.x < b.area.x;
  });
}

std::vector<Rect> split_area(const Rect& area, int64_t pixels) {
  std::vector<Rect> pieces;
  int width = area.width;
  if (int64_t{width} * kCellSide > pixels * 2) {
    width = std::max(4 * kCellSide, static_cast<int>(pixels / kCellSide) & ~(kCellSide - 1));
  }
  width = std::min(width, area.width);
  const auto rows = static_cast<int>(std::min<int64_t>(pixels / width, area.height + kCellSide));
  const int height = std::max(kCellSide, rows & ~(kCellSide - 1));
  for (int y = area.y; y < area.bottom(); y += height) {
    for (int x = area.x; x < area.right(); x += width) {
      pieces.push_back(intersect({x, y, width, height}, area));
    }
  }
  return pieces;
}

int64_t focus_distance(const Rect& area, const EncodeBudget& budget) {
  if (budget.focus_x < 0 || budget.focus_y < 0) return 0;
  const int64_t dx = std::max({area.x - budget.focus_x, 0, budget.focus_x - area.right() + 1});
  const int64_t dy = std::max({area.y - budget.focus_y, 0, budget.focus_y - area.bottom() + 1});
  return dx * dx + dy * dy;
}

}  // namespace vitrine::codec
