#include "codec/video_areas.h"

namespace vitrine::codec {

VideoAreas::VideoAreas(Size picture) : grid_{picture, kVideoCellSide} {}

bool VideoAreas::allows(const Rect& area) const {
  if (area.empty() || area.x % kVideoCellSide != 0 || area.y % kVideoCellSide != 0) return false;
  if (area.width % 2 != 0 || area.height % 2 != 0) return false;
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
  // A stream's set of cells is made when it first comes: most viewers never watch a film.
  if (one.shown.rows() == 0) one.shown = TileSet(grid_);
  if (key || one.area != area) one.shown.clear();
  one.codec = codec;
  one.area = area;
  live_ |= 1U << stream;
  return true;
}

void VideoAreas::claim(int stream, const Rect& cells) {
  streams_[static_cast<size_t>(stream)].shown.insert(cells);
}

void VideoAreas::give_back(const Rect& pixels) {
  for (int stream = 0; live_ >> stream != 0; ++stream) {
    if (!live(stream)) continue;
    Stream& one = streams_[static_cast<size_t>(stream)];
    const Rect touched = intersect(pixels, one.area);
    if (!touched.empty()) one.shown.erase(grid_.cells_of(touched));
  }
}

void VideoAreas::end(int stream) {
  if (!live(stream)) return;
  live_ &= ~(1U << stream);
  streams_[static_cast<size_t>(stream)].shown.clear();
}

std::vector<Rect> VideoAreas::kept(int stream) const {
  TileSet owned(grid_);
  owned.insert(cells(stream));
  owned -= shown(stream);
  std::vector<Rect> kept = owned.rectangles();
  for (Rect& one : kept) one = intersect(grid_.pixels_of(one), area(stream));
  return kept;
}

}  // namespace vitrine::codec
