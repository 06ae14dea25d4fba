// What may lie over a film: which of its cells are doubtful, for a window that opens or a page that comes out.
#include <algorithm>

#include "codec/enc_cells.h"
#include "codec/enc_diff.h"
#include "codec/enc_film_pixels.h"
#include "codec/enc_video.h"

namespace vitrine::codec {
namespace {

// A natural cell with this many crisp neighbours that leave the film leaves it with them.
constexpr int64_t kEnclosing = 5;
// An outer cell of the film with this many neighbours that leave it, or may, is at the corner of what leaves.
constexpr int64_t kCornerNeighbours = 3;
constexpr int kCornerPasses = 2;
// Of 16 pixels of a cell's side towards crisp cells, how many equal a neighbour where it may be theirs.
constexpr int64_t kPlainShare = 6;
// As is_plain_towards() takes them: any change at all.
constexpr int kAnyChange = 0;
// Pixels of a cell's corner that are looked at for what may lie over it.
constexpr int kCornerSide = 4;

}  // namespace

// Natural cells next to crisp ones that now leave the film, or that change beside it: part of them may be what opens
// over the film. They are painted exactly in this frame; the next one tells what of them still moves.
TileSet VideoLayer::doubtful_cells(const Scene& scene, const TileSet& crisp, const TileSet& natural) {
  TileSet leaving = crisp;
  leaving &= shown();
  TileSet beside = crisp;
  beside -= leaving;
  const TileSet changed_beside = beside;
  changed_beside.for_each([&](int x, int y) {
    if (moving_[0].sustained(x, y, scene.now) || moves_as_crisp_film(x, y, scene.now)) beside.erase(x, y);
  });
  TileSet doubtful(grid_);
  TileSet film = shown();
  film -= crisp;
  film |= natural;
  const TileSet inner = film.interior();
  TileSet outer = natural;
  outer &= shown();
  outer -= inner;
  outer.for_each([&](int x, int y) {
    if (uncovers_page(scene, x, y, areas_.part(x, y), film)) doubtful.insert(x, y);
  });
  cut_ |= doubtful;
  if (!leaving.any() && !beside.any()) return doubtful;
  TileSet near(grid_);
  const auto add_around = [&](int x, int y) { near.insert(around_cell(x, y)); };
  // A patch of the film that becomes even for itself is no window.
  TileSet opening = leaving;
  leaving.for_each([&](int x, int y) {
    if (crisp.count(around_cell(x, y)) == 1) opening.erase(x, y);
  });
  opening.for_each(add_around);
  beside.for_each(add_around);
  near &= natural;
  near.for_each([&](int x, int y) {
    const bool in_part = shown_at(x, y) && areas_.part(x, y) != grid_.pixels_of({x, y, 1, 1});
    if (is_plain_towards(scene, x, y, opening, kAnyChange) ||
        (!in_part && is_plain_towards(scene, x, y, beside, kOtherColour))) {
      doubtful.insert(x, y);
    }
  });
  // What comes out at a film's corner, or opens over one, is no wider than the corner; that its neighbours leave tells
  // more, and one of these may be known by the same.
  near &= outer;
  for (int pass = 0; pass < kCornerPasses; ++pass) {
    TileSet going = leaving;
    going |= doubtful;
    near -= doubtful;
    near.for_each([&](int x, int y) {
      if (going.count(around_cell(x, y)) >= kCornerNeighbours) doubtful.insert(x, y);
    });
  }
  cut_ |= leaving;
  cut_ |= doubtful;
  covered_ |= leaving;
  covered_ |= doubtful;
  return doubtful;
}

// Whether what was film in this cell, or is about to be, becomes plain towards what is no film: as when its window is
// dragged and the page behind it comes out.
bool VideoLayer::uncovers_page(const Scene& scene, int x, int y, const Rect& part, const TileSet& film) const {
  const PictureView sent = shown_at(x, y) ? filmed_.view() : scene.painted;
  const auto uncovers = [&](int dx, int dy) {
    const Rect beside = intersect({x + dx, y + dy, 1, 1}, {0, 0, grid_.columns(), grid_.rows()});
    return !beside.empty() && film.count(beside) == 0 && becomes_plain(sent, scene.source, part, dx, dy);
  };
  return uncovers(-1, 0) || uncovers(0, -1) || uncovers(1, 0) || uncovers(0, 1);
}

// Whether the cell's side or corner towards one of `cells` looks like the page or window that lies there, or it is
// enclosed by them; of what a pixel changed by `least_step` of green.
bool VideoLayer::is_plain_towards(const Scene& scene, int x, int y, const TileSet& cells, int least_step) const {
  const PictureView sent = shown_at(x, y) ? filmed_.view() : scene.painted;
  const Rect cell = grid_.pixels_of({x, y, 1, 1});
  if (cells.count(around_cell(x, y)) >= kEnclosing) return true;
  for (int dy = -1; dy <= 1; ++dy) {
    for (int dx = -1; dx <= 1; ++dx) {
      const Rect beside = intersect({x + dx, y + dy, 1, 1}, {0, 0, grid_.columns(), grid_.rows()});
      if (beside.empty() || cells.count(beside) == 0) continue;
      const int deep = dx != 0 && dy != 0 ? kCornerSide : 1;
      Rect side = cell;
      if (dx != 0) side = {dx < 0 ? cell.x : cell.right() - deep, side.y, deep, side.height};
      if (dy != 0) side = {side.x, dy < 0 ? cell.y : cell.bottom() - deep, side.width, deep};
      const auto enough = static_cast<int>(side.area() * kPlainShare / 16);
      if (equal_pixels(scene.source, side, enough) >= enough && steps_by(scene.source, sent, side, least_step)) {
        return true;
      }
    }
  }
  return false;
}

// Whether nothing of an area inside of a cell differs from what was last sent of it.
bool VideoLayer::is_still(const Scene& scene, const Rect& cell, const Rect& area) const {
  const Rect part = shown_at(cell.x, cell.y) ? intersect(areas_.part(cell.x, cell.y), area) : Rect{};
  if (part.empty()) return tighten_cell(scene.source, scene.painted, area).empty();
  if (!tighten_cell(scene.source, filmed_.view(), part).empty()) return false;
  const auto beside = around(area, part);
  return std::all_of(beside.begin(), beside.end(), [&](const Rect& strip) {
    return strip.empty() || tighten_cell(scene.source, scene.painted, strip).empty();
  });
}

// Whether what stands still of a cell that changes looks like a window.
bool VideoLayer::has_still_window(const Scene& scene, int x, int y) const {
  const auto still = around(grid_.pixels_of({x, y, 1, 1}), changed_part(scene, x, y));
  return std::any_of(still.begin(), still.end(),
                     [&](const Rect& strip) { return !strip.empty() && is_plain(scene.source, strip); });
}

// Whether a window's corner covers a corner of this part of the cell: of what no rectangle can be shown. The window's
// sides then run through the cells on both sides of it, and one is plain. A pixel that stands still by chance has none
// beside it that do.
bool VideoLayer::has_still_corner(const Scene& scene, int x, int y, const Rect& part) const {
  const Rect cell = grid_.pixels_of({x, y, 1, 1});
  if (cell.width < kVideoCellSide || cell.height < kVideoCellSide || part.empty()) return false;
  for (const int dy : {-1, 1}) {
    for (const int dx : {-1, 1}) {
      const Rect beside = intersect({x + dx, y + dy, 1, 1}, {0, 0, grid_.columns(), grid_.rows()});
      if (beside.empty() || film_around_.count(beside) > 0) continue;
      const int column = dx < 0 ? part.x : part.right() - 1;
      const int row = dy < 0 ? part.y : part.bottom() - 1;
      const Rect across = grid_.pixels_of({x + dx, y, 1, 1});
      const Rect along = grid_.pixels_of({x, y + dy, 1, 1});
      const Rect side_across{across.x, row, across.width, 1};
      const Rect side_along{column, along.y, 1, along.height};
      const Rect film = film_at(x, y);
      // Beside the film everything stands still: there the film must not be shown where the window's side is.
      if (intersect(grid_.pixels_of(beside), film).empty() &&
          (intersect(side_across, film).empty() || !is_covered(x + dx, y, side_across)) &&
          (intersect(side_along, film).empty() || !is_covered(x, y + dy, side_along))) {
        continue;
      }
      if (is_still(scene, {x, y, 1, 1}, {column, row, 1, 1}) && is_still(scene, {x + dx, y, 1, 1}, side_across) &&
          is_still(scene, {x, y + dy, 1, 1}, side_along) &&
          (!shown_at(beside.x, beside.y) || is_plain_somewhere(scene.source, across, 0, dy) ||
           is_plain_somewhere(scene.source, along, dx, 0))) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace vitrine::codec
