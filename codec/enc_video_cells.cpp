// Which cells a frame brings: those of the film, without what lies over it or beside it.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <utility>

#include "codec/enc_cells.h"
#include "codec/enc_diff.h"
#include "codec/enc_video.h"

namespace vitrine::codec {
namespace {

// A patch of crisp cells in sustained motion this large is a cartoon or a screencast; a smaller one is cheap exactly.
constexpr int64_t kCrispPatch = 48;
// Of the cells along a film's side, one in this many tells where it is, and no fewer than so many.
constexpr size_t kVoiceShare = 2;
constexpr size_t kLeastVoices = 2;
// And as many have to change for a frame to tell.
constexpr int64_t kSideShare = 4;
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
// A natural cell with this many crisp neighbours that leave the film leaves it with them.
constexpr int64_t kEnclosing = 5;
// An outer cell of the film with this many neighbours that leave it, or may, is at the corner of what leaves.
constexpr int64_t kCornerNeighbours = 3;
constexpr int kCornerPasses = 2;
// Of 16 pixels of a cell's side towards crisp cells, how many equal a neighbour where it may be theirs.
constexpr int64_t kPlainShare = 6;
// A film's patch that becomes even had this share of even pixels before, one in so many.
constexpr int64_t kEvenShare = 4;
// Steps of green by which something changes that opens over a film, and the noise of a still one does not.
constexpr int kOtherColour = 32;
constexpr int kAnyChange = 0;
// Of 255, on the average over a cell: one scene or page after another steps by three times as much.
constexpr int kGentleStep = 20;
// What moves of a cell around a window's corner reaches from side to side, but for a line that stands still by chance.
constexpr int64_t kCornerParts = 4;
// Pixels of a cell's corner that are looked at for what may lie over it.
constexpr int kCornerSide = 4;
// New cells shown in part by one frame; beyond, cells are shown whole.
constexpr int kMostParts = kMaxVideoPartCells / 4;

bool steps_by(const PictureView& a, const PictureView& b, const Rect& area, int least) {
  for (int y = area.y; y < area.bottom(); ++y) {
    for (int x = area.x; x < area.right(); ++x) {
      const auto green = [&](const PictureView& of) { return static_cast<int>(of.row(y)[x] >> 8 & 255); };
      if (std::abs(green(a) - green(b)) >= least) return true;
    }
  }
  return false;
}

// By how much the colours of a cell differ, on average.
int mean_step(const PictureView& a, const PictureView& b, const Rect& cell) {
  int64_t sum = 0;
  for (int y = cell.y; y < cell.bottom(); ++y) {
    const uint32_t* row_a = a.row(y) + cell.x;
    const uint32_t* row_b = b.row(y) + cell.x;
    int row_sum = 0;
    for (int x = 0; x < cell.width; ++x) {
      row_sum += std::abs(static_cast<int>(row_a[x] >> 8 & 255) - static_cast<int>(row_b[x] >> 8 & 255));
    }
    sum += row_sum;
  }
  return static_cast<int>(sum / cell.area());
}

// Pixels that equal a neighbour in the area.
int64_t count_plain(const PictureView& picture, const Rect& area) {
  int equal = 0;
  for (int y = area.y; y < area.bottom(); ++y) {
    const uint32_t* row = picture.row(y);
    for (int x = area.x; x < area.right(); ++x) {
      const bool left = x > area.x && ((row[x] ^ row[x - 1]) & kColourMask) == 0;
      const bool upper = y > area.y && ((row[x] ^ picture.row(y - 1)[x]) & kColourMask) == 0;
      equal += left || upper ? 1 : 0;
    }
  }
  return equal;
}

bool is_plain(const PictureView& picture, const Rect& area) {
  return count_plain(picture, area) * 2 >= area.area();
}

// Whether most rows, or most columns, are of one colour each: a gradient that was drawn, as a window's title.
bool has_even_lines(const PictureView& picture, const Rect& area) {
  int rows = 0;
  for (int y = area.y; y < area.bottom(); ++y) rows += is_flat(picture, {area.x, y, area.width, 1}) ? 1 : 0;
  if (rows * 2 > area.height) return true;
  int columns = 0;
  for (int x = area.x; x < area.right(); ++x) columns += is_flat(picture, {x, area.y, 1, area.height}) ? 1 : 0;
  return columns * 2 > area.width;
}

// The outermost `deep` lines of an area towards (dx, dy).
Rect side_of(const Rect& area, int dx, int dy, int deep) {
  if (dx != 0) return {dx < 0 ? area.x : area.right() - deep, area.y, deep, area.height};
  return {area.x, dy < 0 ? area.y : area.bottom() - deep, area.width, deep};
}

// Whether so much of the cell at its side towards (dx, dy) is plain as a window may cover, whose letters may be cut.
bool is_plain_somewhere(const PictureView& picture, const Rect& cell, int dx, int dy) {
  for (int deep = 1; deep <= kVideoCellSide / 2; deep *= 2) {
    if (is_plain(picture, side_of(cell, dx, dy, deep))) return true;
  }
  return false;
}

// Whether so much is plain now and was not before.
bool becomes_plain(const PictureView& before, const PictureView& now, const Rect& area, int dx, int dy) {
  for (int deep = 1; deep <= (dx != 0 ? area.width : area.height); deep *= 2) {
    const Rect side = side_of(area, dx, dy, deep);
    if (is_plain(now, side) && !is_plain(before, side)) return true;
  }
  return false;
}

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
  TileSet free = crisp;
  free -= owed_;
  const TileSet taken = crisp_cells_for_frames(scene, free, natural);
  crisp -= taken;
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

Rect VideoLayer::film_at(int x, int y) const {
  for (const Stream& stream : streams_) {
    if (stream.encoder != nullptr && !intersect(grid_.cells_of(stream.area), {x, y, 1, 1}).empty()) return stream.film;
  }
  return {};
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

// A film is a rectangle of pixels. Its sides run through the outermost cells of the stream's area, at the outermost
// place that motion reaches in several of them: a single one may be something small that moves beside the film.
Rect VideoLayer::measured_film(const Rect& cells, Micros now) const {
  std::vector<int> reaches;
  const auto side = [&](const Rect& line, auto reach) {
    reaches.clear();
    for (int y = line.y; y < line.bottom(); ++y) {
      for (int x = line.x; x < line.right(); ++x) {
        const Rect extent = moving_[0].extent(x, y);
        if (!extent.empty() && moving_[0].lively(x, y, now)) reaches.push_back(reach(extent));
      }
    }
    const size_t voices = std::max(kLeastVoices, reaches.size() / kVoiceShare);
    if (reaches.size() < voices) return 0;
    std::nth_element(reaches.begin(), reaches.end() - static_cast<int64_t>(voices), reaches.end());
    return reaches[reaches.size() - voices];
  };
  const Rect inner = grid_.pixels_of({cells.x + 1, cells.y + 1, cells.width - 2, cells.height - 2});
  const int left = side({cells.x, cells.y, 1, cells.height}, [&](const Rect& at) { return inner.x - at.x; });
  const int top = side({cells.x, cells.y, cells.width, 1}, [&](const Rect& at) { return inner.y - at.y; });
  const int right =
      side({cells.right() - 1, cells.y, 1, cells.height}, [&](const Rect& at) { return at.right() - inner.right(); });
  const int bottom =
      side({cells.x, cells.bottom() - 1, cells.width, 1}, [&](const Rect& at) { return at.bottom() - inner.bottom(); });
  return {inner.x - left, inner.y - top, inner.width + left + right, inner.height + top + bottom};
}

// How far what changes now reaches out of the area's inner cells into those of one side; nothing where too few change.
std::optional<int> VideoLayer::reach_now(const Scene& scene, const TileSet& missing, const Rect& line, int dx, int dy,
                                         const Rect& inner) const {
  int64_t changing = 0;
  std::array<int, kLeastVoices> farthest{};  // the least of them first
  for (int y = line.y; y < line.bottom(); ++y) {
    for (int x = line.x; x < line.right(); ++x) {
      if (!missing.test(x, y)) continue;
      const Rect changed = changed_part(scene, x, y);
      if (changed.empty()) continue;
      ++changing;
      const int across = dx < 0 ? inner.x - changed.x : changed.right() - inner.right();
      const int along = dy < 0 ? inner.y - changed.y : changed.bottom() - inner.bottom();
      farthest[0] = std::max(farthest[0], dx != 0 ? across : along);
      std::sort(farthest.begin(), farthest.end());
    }
  }
  if (changing * kSideShare < line.area()) return std::nullopt;
  return farthest[0];
}

// A side of which nothing changed lately beyond some line is there: what reached farther was a window that opened or
// closed while it was measured.
void VideoLayer::fit_film(const Scene& scene, const TileSet& missing, const Rect& measured, Stream& stream) {
  const Rect cells = grid_.cells_of(stream.area);
  const Rect inner = grid_.pixels_of({cells.x + 1, cells.y + 1, cells.width - 2, cells.height - 2});
  const auto fit = [&](size_t number, const Rect& line, int dx, int dy, int present, int wanted) {
    Side& side = stream.sides[number];
    if (const auto reach = reach_now(scene, missing, line, dx, dy, inner)) side.note(*reach, stream.frame_at);
    const int grown = stream.film.empty() ? wanted : std::max(present, std::min(wanted, side.repeated()));
    return std::min(grown, side.farthest());
  };
  const Rect film = stream.film;
  const int left = fit(0, {cells.x, cells.y, 1, cells.height}, -1, 0, inner.x - film.x, inner.x - measured.x);
  const int top = fit(1, {cells.x, cells.y, cells.width, 1}, 0, -1, inner.y - film.y, inner.y - measured.y);
  const int right = fit(2, {cells.right() - 1, cells.y, 1, cells.height}, 1, 0, film.right() - inner.right(),
                        measured.right() - inner.right());
  const int bottom = fit(3, {cells.x, cells.bottom() - 1, cells.width, 1}, 0, 1, film.bottom() - inner.bottom(),
                         measured.bottom() - inner.bottom());
  stream.film = {inner.x - left, inner.y - top, inner.width + left + right, inner.height + top + bottom};
}

void VideoLayer::measure_films(const Scene& scene, const TileSet& missing) {
  for (Stream& stream : streams_) {
    if (stream.encoder == nullptr) continue;
    const Rect film = intersect(measured_film(grid_.cells_of(stream.area), scene.now), stream.area);
    fit_film(scene, missing, film, stream);
  }
}

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

bool VideoLayer::is_streamed(const Rect& cells) const {
  return std::any_of(streams_.begin(), streams_.end(), [&](const Stream& stream) {
    return stream.encoder != nullptr && !intersect(grid_.cells_of(stream.area), cells).empty();
  });
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
