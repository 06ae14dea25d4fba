#include "codec/enc_edges.h"

#include <algorithm>
#include <array>

#include "codec/enc_cells.h"
#include "codec/enc_plan.h"
#include "codec/video_areas.h"

namespace vitrine::codec {
namespace {

// Of 16 pixels of a line, how many equal a neighbour where it is text or interface: what tells cells of text apart.
constexpr int64_t kPlainShare = 6;
// Lines in a row that do not, through the middle of letters, before the picture is taken to begin.
constexpr int kMostUnclear = 2;

// How deep from its outer side towards (dx, dy) the cell is page.
int page_depth(const PictureView& source, const Rect& cell, int dx, int dy) {
  const int most = dx != 0 ? cell.width : cell.height;
  int depth = 0;
  for (int i = 0; i < most && i - depth <= kMostUnclear; ++i) {
    Rect line = cell;
    if (dx != 0) line = {dx < 0 ? cell.x + i : cell.right() - 1 - i, cell.y, 1, cell.height};
    if (dy != 0) line = {cell.x, dy < 0 ? cell.y + i : cell.bottom() - 1 - i, cell.width, 1};
    const auto enough = static_cast<int>((line.area() * kPlainShare + 15) / 16);
    if (equal_pixels(source, line, enough) >= enough) depth = i + 1;
  }
  return depth;
}

Rect outer_strip(const Rect& cell, int dx, int dy, int depth) {
  if (dx != 0) return {dx < 0 ? cell.x : cell.right() - depth, cell.y, depth, cell.height};
  return {cell.x, dy < 0 ? cell.y : cell.bottom() - depth, cell.width, depth};
}

}  // namespace

std::vector<Rect> strips_beside_picture(const PictureView& source, const Rect& area, const TileSet& natural) {
  const CellGrid grid{{source.width, source.height}, kCellSide};
  const Rect cells = grid.cells_of(area);
  const Rect whole = grid.pixels_of(cells);
  const auto cuts = [&](int dx, int dy) {
    if (dx != 0) return dx < 0 ? area.x > whole.x : area.right() < whole.right();
    return dy < 0 ? area.y > whole.y : area.bottom() < whole.bottom();
  };
  std::vector<Rect> strips;
  const auto look = [&](int x, int y, int dx, int dy) {
    const Rect cell = intersect(grid.pixels_of({x, y, 1, 1}), area);
    const Rect beside = intersect({x + dx, y + dy, 1, 1}, {0, 0, grid.columns(), grid.rows()});
    if (!cuts(dx, dy)) {
      if (beside.empty() || natural.count(beside) > 0 || is_soft_gradient(source, grid.pixels_of(beside))) return;
    }
    const int depth = page_depth(source, cell, dx, dy);
    if (depth > 0) strips.push_back(outer_strip(cell, dx, dy, depth));
  };
  for (int x = cells.x; x < cells.right(); ++x) {
    look(x, cells.y, 0, -1);
    look(x, cells.bottom() - 1, 0, 1);
  }
  for (int y = cells.y; y < cells.bottom(); ++y) {
    look(cells.x, y, -1, 0);
    look(cells.right() - 1, y, 1, 0);
  }
  join_rects(strips);
  return strips;
}

}  // namespace vitrine::codec
