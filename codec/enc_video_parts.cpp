// What of a cell a frame shows: all of it, or the part that is film.
#include <utility>
#include <vector>

#include "codec/enc_diff.h"
#include "codec/enc_film_pixels.h"
#include "codec/enc_video.h"

namespace vitrine::codec {
namespace {

// What moves of a cell around a window's corner reaches from side to side, but for a line that stands still by chance.
constexpr int64_t kCornerParts = 4;
// New cells shown in part by one frame; beyond, cells are shown whole.
constexpr int kMostParts = kMaxVideoPartCells / 4;

}  // namespace

// Pixels of the cell that differ from what was last sent.
Rect VideoLayer::changed_part(const Scene& scene, int x, int y) const {
  const Rect cell = grid_.pixels_of({x, y, 1, 1});
  if (!shown_at(x, y)) return tighten_cell(scene.source, scene.painted, cell);
  const Rect part = areas_.part(x, y);
  Rect changed = tighten_cell(scene.source, filmed_.view(), part);
  for (const Rect& strip : around(cell, part)) {
    if (!strip.empty()) changed = bounding(changed, tighten_cell(scene.source, scene.painted, strip));
  }
  return changed;
}

// What of the cell is film when these pixels of it move: all as far as the film goes on beside it. Towards what is no
// film it ends where the motion does, so that the page or window there stays exact.
Rect VideoLayer::film_part(const Scene& scene, int x, int y, Rect moving) const {
  const Rect cell = grid_.pixels_of({x, y, 1, 1});
  const auto goes_on = [&](int dx, int dy) {
    const Rect beside = intersect({x + dx, y + dy, 1, 1}, {0, 0, grid_.columns(), grid_.rows()});
    return !beside.empty() && film_around_.test(beside.x, beside.y);
  };
  if (goes_on(-1, 0)) moving = bounding(moving, {cell.x, moving.y, 1, 1});
  if (goes_on(0, -1)) moving = bounding(moving, {moving.x, cell.y, 1, 1});
  if (goes_on(1, 0)) moving = bounding(moving, {cell.right() - 1, moving.y, 1, 1});
  if (goes_on(0, 1)) moving = bounding(moving, {moving.x, cell.bottom() - 1, 1, 1});
  return to_sides(scene, intersect(cell, film_at(x, y)), moving);
}

// Where the film itself ends in or beside the cell its side is known better than by what moves: all up to there is film
// that stands still, but for what is plain: a window that lies over the side.
Rect VideoLayer::to_sides(const Scene& scene, const Rect& film, Rect moving) const {
  for (const Rect& strip : around(film, intersect(moving, film))) {
    if (strip.empty()) continue;
    const bool beside = strip.x < moving.x || strip.right() > moving.right();
    const Rect cell = grid_.cells_of(strip);
    const Rect next = beside ? Rect{cell.x + (strip.x < moving.x ? -1 : 1), cell.y, 1, 1}
                             : Rect{cell.x, cell.y + (strip.y < moving.y ? -1 : 1), 1, 1};
    const bool ends = intersect(grid_.pixels_of(next), film_at(cell.x, cell.y)).empty();
    if (ends && !is_plain(scene.source, strip)) moving = bounding(moving, strip);
  }
  return moving;
}

void VideoLayer::request(const Scene& scene, int x, int y, const Rect& part) {
  claims_.insert(x, y);
  requested_parts_ += part == grid_.pixels_of({x, y, 1, 1}) ? 0 : 1;
  // What stays the picture's may be stale where a frame showed all of the cell, or lossy.
  const bool exact = !shown_at(x, y) && !scene.lossy.test(x, y);
  for (const Rect& strip : around(grid_.pixels_of({x, y, 1, 1}), part)) {
    if (strip.empty()) continue;
    const Rect wrong = exact ? tighten_cell(scene.source, scene.painted, strip) : strip;
    if (!wrong.empty()) strips_.push_back(wrong);
  }
}

// Where the cell changes or changed lately. A film that left some of it, as one that is dragged, moved there too.
Rect VideoLayer::moved_part(const Scene& scene, int x, int y) const {
  const Rect moved = moving_[0].extent(x, y);
  if (moved == grid_.pixels_of({x, y, 1, 1}) && shown_at(x, y)) return moved;
  const Rect changed = changed_part(scene, x, y);
  if (changed.empty() || shown_at(x, y)) return bounding(moved, changed);
  Rect part = changed;
  for (const Rect& strip : around(bounding(moved, changed), changed)) {
    if (!strip.empty() && !is_plain(scene.source, strip)) part = bounding(part, strip);
  }
  return part;
}

// What is left of a part of a cell without the plain strips that stand still towards what is no film: a window that was
// taken for film when it opened. However rarely frames come this needs no more than the next one.
Rect VideoLayer::without_window(const Scene& scene, int x, int y, const Rect& part) const {
  const Rect changed = changed_part(scene, x, y);
  if (changed.empty()) return part;
  Rect left = intersect(film_part(scene, x, y, changed), part);
  for (const Rect& strip : around(part, left)) {
    if (!strip.empty() && !is_plain(scene.source, strip)) left = bounding(left, strip);
  }
  return left;
}

void VideoLayer::route_cell(const Scene& scene, int x, int y) {
  const Rect cell = grid_.pixels_of({x, y, 1, 1});
  if (settled_.test(x, y) && areas_.part(x, y) == cell) {
    part_of(x, y) = cell;
    return frames_.insert(x, y);
  }
  const bool was_shown = shown_at(x, y);
  const Rect shown_part = was_shown ? areas_.part(x, y) : Rect{};
  const Rect film = film_at(x, y);
  Rect part = intersect(cell, film);
  if (part.empty()) return;
  if (was_shown && shown_part != cell) {
    // What changed beside the part is painted, unless the film has grown into it.
    part = intersect(film_part(scene, x, y, bounding(moving_[0].earlier_extent(x, y), shown_part)), film);
    part = without_window(scene, x, y, part);
    if (part == shown_part) {
      for (const Rect& strip : around(cell, part)) {
        const Rect changed = strip.empty() ? Rect{} : tighten_cell(scene.source, scene.painted, strip);
        if (!changed.empty()) strips_.push_back(changed);
      }
    }
  } else if ((!was_shown || moving_[0].knows_extent(x, y)) && requested_parts_ < kMostParts) {
    const Rect extent = moved_part(scene, x, y);
    if (!extent.empty()) part = intersect(film_part(scene, x, y, extent), film);
    if (was_shown) part = without_window(scene, x, y, part);
  } else if (requested_parts_ < kMostParts) {
    part = without_window(scene, x, y, part);
  }
  if (!was_shown && uncovers_page(scene, x, y, part, film_around_)) return;
  const int64_t of_film = intersect(cell, film).area();
  if (part.area() * kCornerParts >= of_film * (kCornerParts - 1) && has_still_corner(scene, x, y, part)) return;
  part_of(x, y) = part;
  if (part == cell) covered_.erase(x, y);
  if (part != shown_part) request(scene, x, y, part);
  frames_.insert(x, y);
}

std::vector<Rect> VideoLayer::take_strips() {
  std::vector<Rect> strips = std::exchange(strips_, {});
  join_rects(strips);
  return strips;
}

}  // namespace vitrine::codec
