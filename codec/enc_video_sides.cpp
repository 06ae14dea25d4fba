// Where a film ends: its sides, by what moves in the outermost cells of its stream.
#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "codec/enc_video.h"

namespace vitrine::codec {
namespace {

// Of the cells along a film's side, one in this many tells where it is, and no fewer than so many.
constexpr size_t kVoiceShare = 2;
constexpr size_t kLeastVoices = 2;
// And as many have to change for a frame to tell.
constexpr int64_t kSideShare = 4;

}  // namespace

Rect VideoLayer::film_at(int x, int y) const {
  for (const Stream& stream : streams_) {
    if (stream.encoder != nullptr && !intersect(grid_.cells_of(stream.area), {x, y, 1, 1}).empty()) return stream.film;
  }
  return {};
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

}  // namespace vitrine::codec
