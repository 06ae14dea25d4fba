#include "codec/video_areas.h"

#include <algorithm>

namespace vitrine::codec {
namespace {

constexpr uint16_t kWholeCell = 0xff00;

uint16_t packed(const Rect& inside) {
  return static_cast<uint16_t>(inside.x | inside.y << 4 | (inside.right() - 1) << 8 | (inside.bottom() - 1) << 12);
}

}  // namespace

void join_rects(std::vector<Rect>& rects) {
  const auto run = [&](auto before, auto follows, auto add) {
    std::sort(rects.begin(), rects.end(), before);
    size_t last = 0;
    for (size_t i = 1; i < rects.size(); ++i) {
      if (follows(rects[last], rects[i])) {
        add(rects[last], rects[i]);
      } else {
        rects[++last] = rects[i];
      }
    }
    if (!rects.empty()) rects.resize(last + 1);
  };
  run([](const Rect& a, const Rect& b) { return a.y != b.y ? a.y < b.y : a.x < b.x; },
      [](const Rect& a, const Rect& b) { return a.y == b.y && a.height == b.height && a.right() == b.x; },
      [](Rect& a, const Rect& b) { a.width += b.width; });
  run([](const Rect& a, const Rect& b) { return a.x != b.x ? a.x < b.x : a.y < b.y; },
      [](const Rect& a, const Rect& b) { return a.x == b.x && a.width == b.width && a.bottom() == b.y; },
      [](Rect& a, const Rect& b) { a.height += b.height; });
}

std::array<Rect, 4> around(const Rect& whole, const Rect& part) {
  return {{{whole.x, whole.y, whole.width, part.y - whole.y},
           {whole.x, part.y, part.x - whole.x, part.height},
           {part.right(), part.y, whole.right() - part.right(), part.height},
           {whole.x, part.bottom(), whole.width, whole.bottom() - part.bottom()}}};
}

VideoAreas::VideoAreas(Size picture) : grid_{picture, kVideoCellSide} {}

Rect VideoAreas::part(int x, int y) const {
  const int bits = parts_[index(x, y)];
  const int left = bits & 15;
  const int top = bits >> 4 & 15;
  return {x * kVideoCellSide + left, y * kVideoCellSide + top, (bits >> 8 & 15) + 1 - left, (bits >> 12) + 1 - top};
}

bool VideoAreas::allows(const Rect& area) const {
  if (area.empty() || area.width % 2 != 0 || area.height % 2 != 0) return false;
  return intersect(area, {0, 0, grid_.picture.width, grid_.picture.height}) == area;
}

bool VideoAreas::frame(int stream, VideoCodec codec, bool key, const Rect& area) {
  Stream& one = streams_[static_cast<size_t>(stream)];
  const bool same_size = one.area.width == area.width && one.area.height == area.height;
  if (!key && (!live(stream) || one.codec != codec || !same_size)) return false;
  for (int other = 0; other < kMaxVideoStreams; ++other) {
    if (other == stream || !live(other)) continue;
    if (!intersect(grid_.cells_of(area), cells(other)).empty()) return false;
  }
  // The bookkeeping is made when the first stream comes: most viewers never watch a film.
  if (parts_.empty()) {
    shown_ = TileSet(grid_);
    parts_.resize(static_cast<size_t>(grid_.columns()) * grid_.rows());
  }
  if (live(stream) && (key || one.area != area)) forget(cells(stream));
  one = {codec, area};
  live_ |= 1U << stream;
  return true;
}

bool VideoAreas::claim(const Rect& pixels) {
  const Rect cells = grid_.cells_of(pixels);
  for (int y = cells.y; y < cells.bottom(); ++y) {
    for (int x = cells.x; x < cells.right(); ++x) {
      hide(x, y);
      const Rect cell{x * kVideoCellSide, y * kVideoCellSide, kVideoCellSide, kVideoCellSide};
      Rect inside = intersect(pixels, cell);
      inside.x -= cell.x;
      inside.y -= cell.y;
      parts_[index(x, y)] = packed(inside);
      shown_.insert(x, y);
      if (parts_[index(x, y)] != kWholeCell) ++part_cells_;
    }
  }
  return part_cells_ <= kMaxVideoPartCells;
}

void VideoAreas::hide(int x, int y) {
  if (!shown_.test(x, y)) return;
  shown_.erase(x, y);
  if (parts_[index(x, y)] != kWholeCell) --part_cells_;
}

void VideoAreas::forget(const Rect& cells) {
  for (int y = cells.y; y < cells.bottom(); ++y) {
    for (int x = cells.x; x < cells.right(); ++x) hide(x, y);
  }
}

Rect VideoAreas::give_back(const Rect& pixels) {
  Rect given;
  for (int stream = 0; live_ >> stream != 0; ++stream) {
    if (!live(stream)) continue;
    const Rect touched = grid_.cells_of(intersect(pixels, area(stream)));
    for (int y = touched.y; y < touched.bottom(); ++y) {
      for (int x = touched.x; x < touched.right(); ++x) {
        if (!shown_.test(x, y) || intersect(part(x, y), pixels).empty()) continue;
        given = bounding(given, part(x, y));
        hide(x, y);
      }
    }
  }
  return given;
}

void VideoAreas::end(int stream) {
  if (!live(stream)) return;
  forget(cells(stream));
  live_ &= ~(1U << stream);
}

std::vector<Rect> VideoAreas::kept(int stream) const {
  const Rect cells = this->cells(stream);
  TileSet owned(grid_);
  owned.insert(cells);
  owned -= shown_;
  std::vector<Rect> kept = owned.rectangles();
  for (Rect& one : kept) one = intersect(grid_.pixels_of(one), area(stream));
  if (part_cells_ == 0) return kept;

  std::vector<Rect> strips;
  for (int y = cells.y; y < cells.bottom(); ++y) {
    for (int x = cells.x; x < cells.right(); ++x) {
      if (!shown_.test(x, y) || parts_[index(x, y)] == kWholeCell) continue;
      for (const Rect& strip : around(intersect(grid_.pixels_of({x, y, 1, 1}), area(stream)), part(x, y))) {
        if (!strip.empty()) strips.push_back(strip);
      }
    }
  }
  join_rects(strips);
  kept.insert(kept.end(), strips.begin(), strips.end());
  return kept;
}

}  // namespace vitrine::codec
