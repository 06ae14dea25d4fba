#include "bench/codec/film_watch.h"

#include <algorithm>
#include <cstdio>

namespace vitrine::codec {
namespace {

// What the film alone may take: more than it wants, so that only its quality decides.
constexpr double kAmpleBytesPerSecond = 50e6;

PictureView part_of(const PictureView& picture, const Rect& area) {
  return {picture.row(area.y) + area.x, area.width, area.height, picture.stride};
}

}  // namespace

Result<FilmArea> FilmArea::parse(const std::string& text) {
  FilmArea film;
  Rect& area = film.area;
  if (std::sscanf(text.c_str(), "%d,%d,%d,%d@%d", &area.x, &area.y, &area.width, &area.height, &film.from_frame) < 4 ||
      area.empty()) {
    return Error{ErrorCode::kInvalidArgument, "--film wants X,Y,WIDTH,HEIGHT or X,Y,WIDTH,HEIGHT@FRAME"};
  }
  return film;
}

void FilmWatch::note_update(const PictureView& source, size_t bytes, double encode_ms, Micros now) {
  if (!watches() || video_.make == nullptr) return;
  const Rect film = intersect(areas_[0].area, source.bounds());
  const Rect crop{film.x, film.y, film.width & ~1, film.height & ~1};
  if (crop.empty()) return;
  const bool key = alone_ == nullptr;
  if (key) {
    auto made = video_.make(video_.codec, {crop.width, crop.height}, kAmpleBytesPerSecond);
    if (!made.ok()) return;
    alone_ = made.take();
  }
  packet_.clear();
  const double start = cpu_ms();
  if (!alone_->encode(source, crop, key, now, packet_).ok()) return;
  // Key frames are dear on both sides and rare; the ones after tell.
  if (!std::exchange(had_update_, true)) return;
  alone_ms_.add(cpu_ms() - start);
  alone_bytes_.add(static_cast<double>(packet_.size()));
  bytes_.add(static_cast<double>(bytes));
  encode_ms_.add(encode_ms);
}

void FilmWatch::note_seen(const PictureView& seen, const PictureView& source, int number) {
  if (!watches()) return;
  const auto excused = [&](int x, int y) {
    bool result = false;
    for (size_t i = 0; i < areas_.size(); ++i) {
      if (number >= areas_[i].from_frame && !intersect(areas_[i].area, {x, y, 1, 1}).empty()) result = i == 0;
    }
    return result;
  };
  int64_t wrong = 0;
  for (int y = 0; y < source.height; ++y) {
    for (int x = 0; x < source.width; ++x) {
      if (((seen.row(y)[x] ^ source.row(y)[x]) & kColourMask) != 0 && !excused(x, y)) ++wrong;
    }
  }
  if (alone_ != nullptr) {
    const Rect film = intersect(areas_[0].area, source.bounds());
    const double db = psnr(part_of(seen, film), part_of(source, film));
    if (std::isfinite(db)) psnr_db_.add(db);
  }
  most_wrong_ = std::max(most_wrong_, wrong);
  frames_wrong_ += wrong > 0 ? 1 : 0;
}

void FilmWatch::report(nlohmann::ordered_json& line) const {
  if (!watches()) return;
  const auto rounded = [](double value) { return std::round(value * 1000) / 1000; };
  line["wrong_beside_film_max"] = most_wrong_;
  line["frames_wrong_beside_film"] = frames_wrong_;
  line["film_psnr_db_mean"] = rounded(psnr_db_.mean());
  line["film_update_bytes_mean"] = rounded(bytes_.mean());
  line["alone_bytes_mean"] = rounded(alone_bytes_.mean());
  line["film_update_ms_p50"] = rounded(encode_ms_.quantile(0.5));
  line["alone_ms_p50"] = rounded(alone_ms_.quantile(0.5));
}

}  // namespace vitrine::codec
