#include "codec/even_film.h"

#include <algorithm>
#include <cmath>

#include "codec/longest_frame.h"

namespace vitrine::codec {
namespace {

// What a film of 1280x720 comfortably takes in a second; larger ones need less a pixel.
constexpr double kComfortable = 178e3;
constexpr double kComfortablePixels = 1280.0 * 720;
constexpr double kComfortableGrowth = 0.75;
// Below so many times of that single frames fill the link. Back at a time with more, which has to last: the change
// costs a frame that begins anew.
constexpr double kTight = 2;
constexpr double kAmple = 3;
constexpr Micros kAmpleFor = 3 * kSecond;
// How fast the measured time between frames follows; a pause is not a new rate.
constexpr double kIntervalShare = 1.0 / 16;
constexpr double kFirstInterval = 1.0 / 30;
constexpr double kShortestInterval = 1.0 / 120;
constexpr double kLongestInterval = 0.1;
// The coder stays below what frames may take, by an eighth on average.
constexpr double kOver = 1.06;
// A film that has this much more than is comfortable looks clean, whatever the link carries.
constexpr double kMost = 1.25;

}  // namespace

double comfortable_film_rate(Size size) {
  const double pixels = static_cast<double>(size.width) * size.height;
  return kComfortable * std::pow(pixels / kComfortablePixels, kComfortableGrowth);
}

EvenFilm::EvenFilm(Size size, double bytes_per_s)
    : comfortable_(comfortable_film_rate(size)),
      rate_(bytes_per_s),
      even_(bytes_per_s < kTight * comfortable_),
      frame_seconds_(kFirstInterval) {}

bool EvenFilm::wanted(Micros now) {
  note_interval(now);
  if (rate_ < kAmple * comfortable_) {
    ample_since_ = kNever;
    even_ = even_ || rate_ < kTight * comfortable_;
  } else if (ample_since_ == kNever) {
    ample_since_ = now;
  } else if (now - ample_since_ >= kAmpleFor) {
    even_ = false;
  }
  return even_;
}

void EvenFilm::note_interval(Micros now) {
  if (frame_at_ != kNever) {
    const double seconds = static_cast<double>(now - frame_at_) / static_cast<double>(kSecond);
    const double interval = std::clamp(seconds, kShortestInterval, kLongestInterval);
    frame_seconds_ += (interval - frame_seconds_) * kIntervalShare;
  }
  frame_at_ = now;
}

double EvenFilm::frame_bytes() const {
  return std::min(rate_, kMost * comfortable_) * kOver * std::min(frame_seconds_, kLongestFrame);
}

}  // namespace vitrine::codec
