#include "codec/film_rate.h"

#include <algorithm>
#include <cmath>

#include "codec/even_film.h"
#include "codec/longest_frame.h"

namespace vitrine::codec {
namespace {

// Steps of the quantizer that halve the bytes of a frame.
constexpr double kHalving = 6;
// Finer than kFinest nobody sees; at kCoarsest a film still looks clean, with some 40 dB.
constexpr double kFinest = 23;
constexpr double kCoarsest = 28;
constexpr double kFirst = 25;
constexpr int kLargestQuantizer = 51;
// A frame that begins anew is what those after it are made of, and of what stands still in them all: quantized finer by
// this it is worth its bytes, as far as they are no more than this of what was saved up.
constexpr double kFinerFresh = 5;
constexpr double kFinerShare = 1.0 / 2;
// How fast the comfortable quantizer follows what frames take.
constexpr double kComfortShare = 1.0 / 8;
// What may be saved up and spent on one frame, as time of the rate: on a link that a film fills, what is typed beside
// it waits that long.
constexpr double kBurstSeconds = 0.075;
// Of what is saved up, a following frame takes this at most beyond its own share.
constexpr double kSavedShare = 0.5;
// A frame that took more than this of what there is is made again where that can be.
constexpr double kMuchMore = 1.5;
// A frame takes something at any quantizer, also where the link is far behind.
constexpr double kLeastBytes = 64;
// Scale of a fresh frame by pixels and detail, before one was made.
constexpr double kFreshScale = 0.5;
// Of a following frame by that of a fresh one.
constexpr double kFollowingShare = 0.2;
// How fast scales follow: at once where frames grow, slower where they shrink.
constexpr double kGrowingShare = 1.0 / 2;
constexpr double kShrinkingShare = 1.0 / 8;
// How fast the measured time between frames follows; one pause of a second is not a new rate.
constexpr double kIntervalShare = 1.0 / 16;
constexpr double kFirstInterval = 1.0 / 30;
constexpr double kShortestInterval = 1.0 / 120;
constexpr double kLongestInterval = 1.0 / 5;
// Pictures of one colour have no detail, and still take some bytes.
constexpr double kLeastDetail = 0.5;

double quantizer_for(double scale, double bytes) {
  return kHalving * std::log2(scale / std::max(bytes, kLeastBytes));
}

}  // namespace

FilmRate::FilmRate(Size size, double bytes_per_s)
    : pixels_(static_cast<double>(size.width) * size.height),
      comfortable_a_second_(comfortable_film_rate(size)),
      rate_(bytes_per_s),
      credit_(bytes_per_s * kBurstSeconds),
      frame_seconds_(kFirstInterval),
      comfortable_(kFirst) {}

double FilmRate::comfortable_bytes() const {
  return comfortable_a_second_ * frame_seconds_;
}

void FilmRate::note_interval(Micros now) {
  if (frame_at_ != kNever) {
    const double seconds = static_cast<double>(now - frame_at_) / static_cast<double>(kSecond);
    credit_ = std::min(credit_ + rate_ * seconds, rate_ * kBurstSeconds);
    const double interval = std::clamp(seconds, kShortestInterval, kLongestInterval);
    frame_seconds_ += (interval - frame_seconds_) * kIntervalShare;
  }
  frame_at_ = now;
}

int FilmRate::quantizer(bool fresh, double detail, Micros now) {
  note_interval(now);
  fresh_ = fresh;
  weight_ = fresh ? std::max(detail, kLeastDetail) : 1;
  double& scale = scale_[fresh ? 1 : 0];
  if (scale == 0) scale = fresh ? pixels_ * kFreshScale : scale_[1] * std::max(detail, kLeastDetail) * kFollowingShare;
  const double share = rate_ * std::min(frame_seconds_, kLongestFrame);
  const double saved = std::min(credit_ * kSavedShare, rate_ * kLongestFrame);
  const double room = fresh ? credit_ : std::min(credit_, std::max(share, saved));
  double wanted = comfortable_;
  if (fresh) {
    const double finer = quantizer_for(scale * weight_, credit_ * kFinerShare);
    wanted = std::clamp(finer, comfortable_ - kFinerFresh, comfortable_);
  }
  const double least = quantizer_for(scale * weight_, room);
  quantizer_ = static_cast<int>(std::lround(std::clamp(std::max(wanted, least), 0.0, double{kLargestQuantizer})));
  return quantizer_;
}

std::optional<int> FilmRate::again(size_t bytes) {
  const double over = static_cast<double>(bytes) / std::max(credit_, kLeastBytes);
  if (over <= kMuchMore || quantizer_ == kLargestQuantizer) return std::nullopt;
  quantizer_ = std::min(kLargestQuantizer, quantizer_ + static_cast<int>(std::ceil(kHalving * std::log2(over))));
  return quantizer_;
}

void FilmRate::took(size_t bytes) {
  credit_ -= static_cast<double>(bytes);
  double& scale = scale_[fresh_ ? 1 : 0];
  const double seen = std::max(static_cast<double>(bytes), kLeastBytes) * std::exp2(quantizer_ / kHalving) / weight_;
  scale += (seen - scale) * (seen > scale ? kGrowingShare : kShrinkingShare);
  if (fresh_) return;
  const double wanted = std::clamp(quantizer_for(scale, comfortable_bytes()), kFinest, kCoarsest);
  comfortable_ += (wanted - comfortable_) * kComfortShare;
}

}  // namespace vitrine::codec
