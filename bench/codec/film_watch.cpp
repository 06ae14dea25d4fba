#include "bench/codec/film_watch.h"

#include <algorithm>
#include <cstdio>

namespace vitrine::codec {
namespace {

// What the film alone may take: more than it wants, so that only its quality decides.
constexpr double kAmpleBytesPerSecond = 50e6;
constexpr size_t kFramesOfSecond = 30;

double rounded(double value) {
  return std::round(value * 1000) / 1000;
}

// A frame's or a run's quality in luma, as far as 8 bits tell.
double luma_psnr(double squares, double pixels) {
  return 10 * std::log10(255.0 * 255.0 * pixels / std::max(squares, 1.0));
}

// A point of a curve of bytes by quality.
struct Quality {
  double db = 0;
  double bytes = 0;
};

// What the points, finest first, take at `db`: between two of them, or beyond by the nearest two, bytes go by powers.
double bytes_at(const std::vector<Quality>& points, double db) {
  size_t i = 0;
  while (i + 2 < points.size() && db < points[i + 1].db) ++i;
  const Quality& fine = points[i];
  const Quality& coarse = points[i + 1];
  const double share = (db - coarse.db) / (fine.db - coarse.db);
  return std::exp(std::log(coarse.bytes) + share * (std::log(fine.bytes) - std::log(coarse.bytes)));
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

Rect FilmWatch::crop(const PictureView& source) const {
  const Rect film = intersect(areas_[0].area, source.bounds());
  return {film.x, film.y, film.width & ~1, film.height & ~1};
}

void FilmWatch::encode_alone(const PictureView& source, Micros now) {
  const bool key = alone_ == nullptr;
  if (key) {
    auto made = video_.make(video_.codec, {crop_.width, crop_.height}, kAmpleBytesPerSecond);
    if (!made.ok()) return;
    alone_ = made.take();
  }
  packet_.clear();
  const double start = cpu_ms();
  if (!alone_->encode({source, crop_, key, now}, packet_).ok()) return;
  // Key frames are dear on both sides and rare; the ones after tell.
  if (!std::exchange(had_update_, true)) return;
  alone_ms_.add(cpu_ms() - start);
  alone_bytes_.add(static_cast<double>(packet_.size()));
}

void FilmWatch::note_sent(const PictureView& source, const Sent& sent, Micros now) {
  if (!watches() || video_.make == nullptr || sent.frame < areas_[0].from_frame) return;
  crop_ = crop(source);
  if (crop_.empty()) return;
  Shown shown{.by_coding = sent.by_coding};
  for (const auto& [coding, bytes] : sent.by_coding) shown.bytes += bytes;
  if (!superfast_) {
    auto made = Superfast::create({crop_.width, crop_.height});
    if (made.ok()) superfast_ = made.take();
  }
  if (superfast_) {
    auto alike = superfast_->show(source, crop_);
    if (alike.ok()) shown.superfast = alike.take();
  }
  shown_.push_back(std::move(shown));
  if (!sent.framed) return;
  if (had_update_) {
    bytes_.add(static_cast<double>(shown_.back().bytes));
    encode_ms_.add(sent.encode_ms);
  }
  encode_alone(source, now);
}

void FilmWatch::note_seen(const PictureView& seen, const PictureView& source, int frame) {
  if (!watches() || frame < areas_[0].from_frame) return;
  const auto excused = [&](int x, int y) {
    bool result = false;
    for (size_t i = 0; i < areas_.size(); ++i) {
      if (frame >= areas_[i].from_frame && !intersect(areas_[i].area, {x, y, 1, 1}).empty()) result = i == 0;
    }
    return result;
  };
  int64_t wrong = 0;
  for (int y = 0; y < source.height; ++y) {
    for (int x = 0; x < source.width; ++x) {
      if (((seen.row(y)[x] ^ source.row(y)[x]) & kColourMask) != 0 && !excused(x, y)) ++wrong;
    }
  }
  if (superfast_ && !shown_.empty()) shown_.back().squares = superfast_->distance(seen, crop_);
  most_wrong_ = std::max(most_wrong_, wrong);
  frames_wrong_ += wrong > 0 ? 1 : 0;
}

// All that was sent from this frame of the film on, beside what superfast takes for the same luma.
void FilmWatch::compare(nlohmann::ordered_json& line, const std::string& suffix, size_t from) const {
  if (!superfast_ || shown_.size() <= from) return;
  const double pixels = static_cast<double>(crop_.area()) * static_cast<double>(shown_.size() - from);
  Quality ours;
  std::vector<Quality> theirs(Superfast::kRateFactors.size());
  for (size_t i = from; i < shown_.size(); ++i) {
    const Shown& one = shown_[i];
    ours.bytes += static_cast<double>(one.bytes);
    ours.db += one.squares;
    for (size_t k = 0; k < theirs.size(); ++k) {
      theirs[k].bytes += static_cast<double>(one.superfast.bytes[k]);
      theirs[k].db += one.superfast.squares[k];
    }
  }
  ours.db = luma_psnr(ours.db, pixels);
  line["film_bytes" + suffix] = static_cast<int64_t>(ours.bytes);
  line["film_luma_psnr_db" + suffix] = rounded(ours.db);
  auto& list = line["superfast" + suffix] = nlohmann::ordered_json::array();
  for (size_t k = 0; k < theirs.size(); ++k) {
    theirs[k].db = luma_psnr(theirs[k].db, pixels);
    list.push_back({{"crf", Superfast::kRateFactors[k]},
                    {"bytes", static_cast<int64_t>(theirs[k].bytes)},
                    {"luma_psnr_db", rounded(theirs[k].db)}});
  }
  line["film_to_superfast" + suffix] = rounded(ours.bytes / bytes_at(theirs, ours.db));
}

nlohmann::ordered_json FilmWatch::bytes_by_second() const {
  auto seconds = nlohmann::ordered_json::array();
  for (size_t from = 0; from < shown_.size(); from += kFramesOfSecond) {
    std::map<std::string, size_t> sum;
    for (size_t i = from; i < std::min(shown_.size(), from + kFramesOfSecond); ++i) {
      for (const auto& [coding, bytes] : shown_[i].by_coding) {
        if (bytes > 0) sum[coding] += bytes;
      }
    }
    seconds.push_back(sum);
  }
  return seconds;
}

void FilmWatch::report(nlohmann::ordered_json& line) const {
  if (!watches()) return;
  line["wrong_beside_film_max"] = most_wrong_;
  line["frames_wrong_beside_film"] = frames_wrong_;
  compare(line, "", 0);
  compare(line, "_after_1s", kFramesOfSecond);
  line["film_bytes_by_second"] = bytes_by_second();
  line["film_update_bytes_mean"] = rounded(bytes_.mean());
  line["alone_bytes_mean"] = rounded(alone_bytes_.mean());
  line["film_update_ms_p50"] = rounded(encode_ms_.quantile(0.5));
  line["alone_ms_p50"] = rounded(alone_ms_.quantile(0.5));
  if (superfast_) line["superfast_ms_p50"] = rounded(superfast_->encode_ms().quantile(0.5));
}

}  // namespace vitrine::codec
