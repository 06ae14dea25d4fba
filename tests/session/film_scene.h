// A film as a player shows it: a camera that glides over a landscape by parts of a pixel, a cut every five seconds.
// Without fresh grain, which coding took away before. The same numbers give the same pictures.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "codec/picture.h"

namespace vitrine::session {

class FilmScene {
 public:
  explicit FilmScene(Size film) : land_({film.width + kAround, film.height + kAround}) {
    for (int y = 0; y < land_.height(); ++y) {
      for (int x = 0; x < land_.width(); ++x) land_.row(y)[x] = colour_at(x, y);
    }
  }

  // The picture of this number, into `area` of a screen, which has the film's size.
  void draw(int number, codec::Picture& screen, const Rect& area) const {
    const int scene = number / kSceneFrames;
    const double time = number % kSceneFrames;
    const double x = std::clamp(kAround * (0.15 + 0.2 * (scene % 4)) + kSpeed * time, 0.0, double{kAround - 2});
    const double y = std::clamp(kAround * (0.5 + 0.4 * std::sin(time / 40 + scene * 2.1)), 0.0, double{kAround - 2});
    const int left = static_cast<int>(x);
    const int top = static_cast<int>(y);
    const auto fx = static_cast<uint32_t>((x - left) * 256);
    const auto fy = static_cast<uint32_t>((y - top) * 256);
    for (int row = 0; row < area.height; ++row) {
      const uint32_t* const above = land_.row(top + row) + left;
      const uint32_t* const below = land_.row(top + row + 1) + left;
      uint32_t* const out = screen.row(area.y + row) + area.x;
      for (int i = 0; i < area.width; ++i) out[i] = between(above + i, below + i, fx, fy);
    }
  }

 private:
  static constexpr int kSceneFrames = 150;
  static constexpr int kAround = 480;  // pixels the camera may glide over
  static constexpr double kSpeed = 1.7;

  // Seen between four pixels; weights of 256ths.
  static uint32_t between(const uint32_t* above, const uint32_t* below, uint32_t fx, uint32_t fy) {
    const std::array<uint32_t, 4> weights = {(256 - fx) * (256 - fy), fx * (256 - fy), (256 - fx) * fy, fx * fy};
    uint32_t result = 0;
    for (const int shift : {16, 8, 0}) {
      const auto channel = [shift](uint32_t pixel) { return pixel >> shift & 255; };
      const uint32_t sum = channel(above[0]) * weights[0] + channel(above[1]) * weights[1] +
                           channel(below[0]) * weights[2] + channel(below[1]) * weights[3];
      result |= (sum >> 16) << shift;
    }
    return result;
  }
  static double lattice(int x, int y, uint32_t octave) {
    uint32_t h = static_cast<uint32_t>(x) * 0x27d4eb2dU ^ static_cast<uint32_t>(y) * 0x165667b1U ^ octave * 0x9e3779b1U;
    h = (h ^ h >> 15) * 0x85ebca6bU;
    h = (h ^ h >> 13) * 0xc2b2ae35U;
    return static_cast<double>(h ^ h >> 16) / 4294967296.0;
  }
  static double noise(double x, double y, uint32_t octave) {
    const auto smooth = [](double t) { return t * t * (3 - 2 * t); };
    const int ix = static_cast<int>(x);
    const int iy = static_cast<int>(y);
    const double fx = smooth(x - ix);
    const double top = lattice(ix, iy, octave) * (1 - fx) + lattice(ix + 1, iy, octave) * fx;
    const double bottom = lattice(ix, iy + 1, octave) * (1 - fx) + lattice(ix + 1, iy + 1, octave) * fx;
    return std::lerp(top, bottom, smooth(y - iy));
  }
  // Coarse shapes with finer ones on them, half as strong each, as natural pictures have; a sky above.
  uint32_t colour_at(int x, int y) const {
    double sum = 0;
    double all = 0;
    double weight = 1;
    double size = 300;
    for (uint32_t octave = 0; octave < 6; ++octave, size /= 2.5, weight /= 1.25) {
      sum += weight * noise(x / size, y / size, octave);
      all += weight;
    }
    const bool sky = y < land_.height() * (0.35 + 0.3 * noise(x / 260.0, 0, 9));
    const double light =
        sky ? 0.8 + 0.3 * y / land_.height() + 0.1 * (sum / all - 0.5) : 0.3 + 2.2 * (sum / all - 0.25);
    const std::array<double, 3> tint = sky ? std::array{126.0, 170.0, 214.0} : std::array{104.0, 126.0, 86.0};
    // What a camera adds, and stays in the picture.
    const double grain = (lattice(x, y, 77) - 0.5) * 12;
    uint32_t colour = 0;
    for (const double channel : tint)
      colour = colour << 8 | static_cast<uint32_t>(std::clamp(channel * light + grain, 0.0, 255.0));
    return colour;
  }

  codec::Picture land_;
};

}  // namespace vitrine::session
