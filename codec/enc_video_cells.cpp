// Which cells a frame brings: those of the film, without what lies over it or beside it.
#include <algorithm>

#include "codec/enc_cells.h"
#include "codec/enc_diff.h"
#include "codec/enc_film_pixels.h"
#include "codec/enc_plan.h"
#include "codec/enc_video.h"

namespace vitrine::codec {
namespace {

// A patch of crisp cells in sustained motion this large is a cartoon or a screencast; a smaller one is cheap exactly.
constexpr int64_t kCrispPatch = 48;
// A crisp cell in sustained motion with this many neighbours in the film, of eight (or as many of fewer at the film's
// edge), is part of it.
constexpr int64_t kCrispNeighbours = 5;
// One that only now became crisp is part of the film with this many: films have hard edges and even patches. Should it
// be a letter, it is exact when it has stood still for a moment.
constexpr int64_t kLoneNeighbours = 6;
constexpr int kCrispPasses = 8;
// A natural cell that is not shown joins the film with this many neighbours in it: fewer and it is a picture, or text
// of many colours, in a window that lies over the film.
constexpr int64_t kNaturalNeighbours = 3;
// A film's patch that becomes even had this share of even pixels before, one in so many.
constexpr int64_t kEvenShare = 4;
// Of 255, on the average over a cell: one scene or page after another steps by three times as much.
constexpr int kGentleStep = 20;

}  // namespace

// --- what differs ------------------------------------------------------------------------------------------------

void VideoLayer::keep_differing(const PictureView& source, const PictureView& painted, TileSet& cells) const {
  if (!shows_anything()) return codec::keep_differing(source, painted, cells);
  TileSet film = cells;
  film &= areas_.shown();
  cells -= film;
  // That a frame brought them since does not make them exact.
  TileSet owed = film;
  owed &= owed_;
  film -= owed;
  codec::keep_differing(source, painted, cells);
  TileSet parts(grid_);
  film.for_each([&](int x, int y) {
    const Rect cell = grid_.pixels_of({x, y, 1, 1});
    const Rect part = areas_.part(x, y);
    if (part == cell) return;
    film.erase(x, y);
    bool differs = !tighten_cell(source, filmed_.view(), part).empty();
    for (const Rect& strip : around(cell, part)) {
      differs = differs || (!strip.empty() && !tighten_cell(source, painted, strip).empty());
    }
    if (differs) parts.insert(x, y);
  });
  codec::keep_differing(source, filmed_.view(), film);
  cells |= film;
  cells |= parts;
  cells |= owed;
}

TileSet VideoLayer::exact_only() const {
  TileSet cells = shown();
  if (!enabled()) return cells;
  cells |= cut_;
  cells |= covered_;
  return cells;
}

TileSet VideoLayer::inside(const TileSet& cells) const {
  TileSet result(grid_);
  for (const Stream& stream : streams_) {
    if (stream.encoder != nullptr) result.insert(grid_.cells_of(stream.area));
  }
  result &= cells;
  return result;
}

// Frames of a film that follow each other differ by little, on the average of a cell's pixels.
bool VideoLayer::changed_gently(const Scene& scene, int x, int y) const {
  if (shown_at(x, y)) return true;
  return mean_step(scene.source, scene.painted, grid_.pixels_of({x, y, 1, 1})) <= kGentleStep;
}

// --- which cells a frame brings ------------------------------------------------------------------------------------

bool VideoLayer::is_crisp(const Scene& scene, int x, int y) const {
  // Without the hysteresis of classes: what was a film until now may be covered by text.
  if (scene.classes.picture.test(x, y) && !scene.classes.textlike.test(x, y)) return false;
  const Rect cell = grid_.pixels_of({x, y, 1, 1});
  // So may a soft one be that was drawn, where there was none before.
  if (is_soft_gradient(scene.source, cell)) {
    if (!has_even_lines(scene.source, cell) || !shown_at(x, y)) return false;
    if (is_soft(filmed_.view(), cell) && !steps_by(scene.source, filmed_.view(), cell, kOtherColour)) return false;
  }
  // A film's edge in a cell that is mostly page or window is judged by the film's pixels, or else by those that move.
  const Rect film = intersect(cell, film_at(x, y));
  if (!film.empty() && film != cell) return is_plain(scene.source, film);
  const Rect moving = moving_[0].extent(x, y);
  if (moving.empty() || moving == cell || !moving_[0].sustained_by(x, y, scene.now)) return true;
  return is_plain(scene.source, moving);
}

// Crisp cells in sustained motion that belong to a film: large patches, and what films enclose. The others are text
// that changes often, and stay exact.
TileSet VideoLayer::crisp_cells_for_frames(const Scene& scene, const TileSet& crisp, const TileSet& natural) const {
  TileSet sustained(grid_);
  crisp.for_each([&](int x, int y) {
    if (moving_[0].sustained_crisp(x, y, scene.now) || moves_as_crisp_film(x, y, scene.now)) sustained.insert(x, y);
  });
  TileSet taken = large_patches(sustained, static_cast<int>(kCrispPatch), grid_);
  TileSet film = shown();
  film -= crisp;
  film |= frames_;
  film |= natural;
  // An even patch that moves on is taken in from its corners.
  for (int pass = 0; pass < kCrispPasses; ++pass) {
    TileSet rest = crisp;
    rest -= taken;
    TileSet joining(grid_);
    rest.for_each([&](int x, int y) {
      const Rect near = around_cell(x, y);
      const int64_t of_film = grid_.cells_of(intersect(grid_.pixels_of(near), film_at(x, y))).area() - 1;
      const int64_t lone = of_film < 8 ? 8 : kLoneNeighbours;  // at a film's side all of them have to be
      const int64_t enough = sustained.test(x, y) ? kCrispNeighbours : lone;
      if (film.count(near) * 8 >= enough * of_film || stays_film(scene, x, y)) joining.insert(x, y);
    });
    if (!joining.any()) break;
    taken |= joining;
    joining &= sustained;
    film |= joining;
  }
  return taken;
}

// Films are even in places, as sky or a wall; what opens over one is of another colour, or was not even before.
bool VideoLayer::stays_film(const Scene& scene, int x, int y) const {
  if (!shown_at(x, y)) return false;
  const Rect part = areas_.part(x, y);
  return count_plain(filmed_.view(), part) * kEvenShare >= part.area() &&
         !steps_by(scene.source, filmed_.view(), part, kOtherColour);
}

void VideoLayer::route(const Scene& scene, TileSet& missing) {
  moving_[0].allow_pause(since_last_frame(scene.now));
  measure_films(scene, missing);
  TileSet crisp(grid_);
  TileSet natural(grid_);
  inside(missing).for_each([&](int x, int y) {
    if (intersect(grid_.pixels_of({x, y, 1, 1}), film_at(x, y)).empty()) return;
    (is_crisp(scene, x, y) ? crisp : natural).insert(x, y);
  });
  looked_at_ |= crisp;
  looked_at_ |= natural;
  looks_crisp_ -= natural;
  looks_crisp_ |= crisp;
  owed_ &= shown();
  TileSet may_join = crisp;
  may_join -= owed_;
  const TileSet taken = crisp_cells_for_frames(scene, may_join, natural);
  crisp -= taken;
  covered_ |= crisp;  // where a window's side cuts them, too, no lossy picture may have them
  TileSet doubtful = doubtful_cells(scene, crisp, natural);
  // Until they are painted, though those that told have left by then: text goes out before them.
  doubted_ &= shown();
  doubted_ &= natural;
  doubtful |= doubted_;
  doubted_ = doubtful;
  natural -= doubtful;
  owed_ |= crisp;
  owed_ |= doubtful;
  owed_ &= shown();
  film_ = shown();
  film_ -= crisp;
  film_ -= doubtful;
  film_ |= frames_;
  film_ |= natural;
  film_ |= taken;
  film_around_ = still_film(scene, missing);
  film_around_ |= film_;
  settled_ = film_around_.interior();
  settled_ &= shown();
  natural.for_each([&](int x, int y) {
    if (!shown_at(x, y)) {
      // Of a film that has just begun nothing is shown yet where it stands still.
      const TileSet& film = moves_as_film(x, y, scene.now) ? film_around_ : film_;
      if (film.count(around_cell(x, y)) - 1 < kNaturalNeighbours) return;
    }
    crisp_.erase(x, y);
    route_cell(scene, x, y);
    if (frames_.test(x, y)) return;
    covered_.insert(x, y);
    if (scene.lossy.test(x, y)) make_exact(x, y);
  });
  taken.for_each([&](int x, int y) {
    crisp_.insert(x, y);
    route_cell(scene, x, y);
  });
  crisp &= scene.lossy;
  crisp.for_each([&](int x, int y) {
    if (has_still_window(scene, x, y)) make_exact(x, y);
  });
  missing -= frames_;
  unframed_ |= inside(missing);
}

// Cells in streams' areas that stand still and look natural: parts of the film that do not move.
TileSet VideoLayer::still_film(const Scene& scene, const TileSet& missing) const {
  TileSet still = inside(scene.classes.picture);
  still -= scene.classes.textlike;
  // Those that the film's sides cut look like the page that is most of them.
  for (const Stream& stream : streams_) {
    if (stream.encoder == nullptr) continue;
    const Rect cells = grid_.cells_of(stream.area);
    for (const Rect& line : around(cells, {cells.x + 1, cells.y + 1, cells.width - 2, cells.height - 2})) {
      for (int y = line.y; y < line.bottom(); ++y) {
        for (int x = line.x; x < line.right(); ++x) {
          const Rect cell = grid_.pixels_of({x, y, 1, 1});
          const Rect film = intersect(cell, stream.film);
          if (!film.empty() && film != cell && !is_plain(scene.source, film)) still.insert(x, y);
        }
      }
    }
  }
  still -= missing;
  return still;
}

// When a stream has just begun nothing has moved for long in it, and nothing has opened over it: what is lively is
// film.
bool VideoLayer::moves_as_film(int x, int y, Micros now) const {
  return moving_[0].lively(x, y, now) && std::any_of(streams_.begin(), streams_.end(), [&](const Stream& stream) {
           return stream.encoder != nullptr && now - stream.began_at <= kSustainedMotion &&
                  !intersect(grid_.cells_of(stream.area), {x, y, 1, 1}).empty();
         });
}

// The same of what is even: it was so before, as no window is that opens.
bool VideoLayer::moves_as_crisp_film(int x, int y, Micros now) const {
  return moving_[0].was_crisp(x, y, now) && moves_as_film(x, y, now);
}

bool VideoLayer::is_streamed(const Rect& cells) const {
  return std::any_of(streams_.begin(), streams_.end(), [&](const Stream& stream) {
    return stream.encoder != nullptr && !intersect(grid_.cells_of(stream.area), cells).empty();
  });
}

void VideoLayer::skip(TileSet& missing) {
  if (!enabled()) return;
  cut_.clear();
  missing |= frames_;
  frames_.clear();
  claims_.clear();
  strips_.clear();
  requested_parts_ = 0;
}

}  // namespace vitrine::codec
