// Antialiasing mixes the colour of a letter or a line into what is behind it, so its pixels lie on the straight line
// between two colours: who knows the line and a pixel's red knows its green and blue. The screen coder looks for the
// line among the neighbours and the colour that was last drawn with.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

namespace vitrine::codec {

inline int channel(uint32_t colour, int shift) {
  return static_cast<int>(colour >> shift) & 255;
}

inline int red_gap(uint32_t a, uint32_t b) {
  return std::abs(channel(a, 16) - channel(b, 16));
}

inline int saturation(uint32_t colour) {
  const int red = channel(colour, 16);
  const int green = channel(colour, 8);
  const int blue = channel(colour, 0);
  return std::max({red, green, blue}) - std::min({red, green, blue});
}

struct ColourLine {
  // Ends that are closer say too little about what lies between and beyond them.
  static constexpr int kLeastGap = 16;
  // Rounding of mixed colours, with some room for gamma.
  static constexpr int kTolerance = 3;
  static constexpr int kReaches = 4;

  uint32_t from = 0;
  uint32_t to = 0;

  [[nodiscard]] bool known() const { return red_gap(from, to) >= kLeastGap; }

  // The value of the channel at `shift` where red is this. Only where known().
  [[nodiscard]] int at(int red, int shift) const {
    const int first = channel(from, shift);
    int rise = (red - channel(from, 16)) * (channel(to, shift) - first);
    int run = channel(to, 16) - channel(from, 16);
    if (run < 0) {
      rise = -rise;
      run = -run;
    }
    const int rounded = (2 * std::abs(rise) + run) / (2 * run);
    return std::clamp(first + (rise < 0 ? -rounded : rounded), 0, 255);
  }

  [[nodiscard]] bool passes(uint32_t colour) const {
    const int red = channel(colour, 16);
    return std::abs(at(red, 8) - channel(colour, 8)) <= kTolerance &&
           std::abs(at(red, 0) - channel(colour, 0)) <= kTolerance;
  }

  // How far outside of the ends this red lies, in doubling steps: the less, the surer is what at() says.
  [[nodiscard]] int reach(int red) const {
    const uint32_t pixel = static_cast<uint32_t>(red) << 16;
    const int nearest = std::min(red_gap(from, pixel), red_gap(to, pixel));
    const int gap = red_gap(from, to);
    return (nearest > gap) + (nearest > 2 * gap) + (nearest > 4 * gap);
  }
};

using NearbyColours = std::array<uint32_t, 6>;  // the left neighbour first

// From the neighbour that is farthest from the ink to the ink, if that goes through all neighbours; else not known().
inline ColourLine line_of_ink(const NearbyColours& nearby, uint32_t ink) {
  ColourLine line{nearby[0], ink};
  for (const uint32_t colour : nearby) {
    if (red_gap(colour, ink) > red_gap(line.from, ink)) line.from = colour;
  }
  if (!line.known()) return {};
  const bool fits = std::all_of(nearby.begin(), nearby.end(), [&](uint32_t colour) { return line.passes(colour); });
  return fits ? line : ColourLine{};
}

// From the left neighbour to the one that is farthest from it. Two greys are no line: what is on it is grey too, and
// that is coded otherwise.
inline ColourLine line_of_neighbours(const NearbyColours& nearby) {
  const uint32_t west = nearby[0];
  ColourLine line{west, west};
  for (const uint32_t colour : nearby) {
    if (saturation(colour) + saturation(west) == 0) continue;
    if (red_gap(colour, west) > red_gap(line.to, west)) line.to = colour;
  }
  return line;
}

}  // namespace vitrine::codec
