#include "codec/enc_photo_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace vitrine::codec {
namespace {

// Where neighbours differ by more there is an edge, which says little about the texture and would outweigh it.
constexpr int kEdge = 20;
// Fewer pixels to go by than this are not worth the bytes of the weights.
constexpr int kLeastSamples = 96;
constexpr int kMostSamples = 768;
// What weights take, in bits of all of the chunk.
constexpr double kWeightBits = 8.0 * (2 * kPhotoNeighbours + 2);

// Eight numbers, so that the compiler makes vectors of them.
constexpr size_t kStepCount = 8;
constexpr size_t kTargetAt = kPhotoNeighbours;
static_assert(kTargetAt + 2 == kStepCount);

// A pixel of one channel: its neighbours and itself less N, as weights see them, and 0.
using Steps = std::array<int16_t, kStepCount>;
// The same pixel in green, red and blue.
struct Sample {
  std::array<Steps, 3> steps;
  bool smooth;
};
struct Samples {
  std::vector<Sample> pixels;
  double share = 1;  // of the area's pixels
};

int weighted_sum(const Steps& steps, const PhotoWeights::Neighbours& neighbours) {
  Steps weights{};
  std::copy(neighbours.begin(), neighbours.end(), weights.begin());
  int sum = kPhotoWeightOne / 2;
  for (size_t i = 0; i < kStepCount; ++i) sum += steps[i] * weights[i];
  return sum;
}

int error_at(const Steps& steps, int sum) {
  return steps[kTargetAt] - (sum >> kPhotoWeightBits);
}

int median_error(const Steps& steps) {
  const int step = -steps[2];  // N - NW
  return steps[kTargetAt] - steps[0] - std::clamp(-steps[0], std::min(step, 0), std::max(step, 0));
}

// `near` is W, WW, NW, NE, NWW, NEE, the pixel and N.
Sample make_sample(const std::array<uint32_t, kStepCount>& near) {
  Sample sample;
  auto& [green, red, blue] = sample.steps;
  for (size_t i = 0; i < kStepCount; ++i) {
    const auto g = static_cast<int16_t>(near[i] >> 8 & 0xff);
    green[i] = g;
    red[i] = static_cast<int16_t>(static_cast<int16_t>(near[i] >> 16 & 0xff) - g);
    blue[i] = static_cast<int16_t>(static_cast<int16_t>(near[i] & 0xff) - g);
  }
  for (Steps& steps : sample.steps) {
    const int16_t north = steps[kStepCount - 1];
    for (int16_t& step : steps) step = static_cast<int16_t>(step - north);
  }
  const auto [least, most] = std::minmax({int16_t{0}, green[0], green[2], green[3]});
  sample.smooth = most - least < kEdge;
  return sample;
}

Samples take_samples(const PictureView& source, const Rect& area, PhotoSides sides) {
  constexpr int kBeside = PhotoRows::kBeside;
  const int dx = sides.from_right ? -1 : 1;
  const int64_t up = sides.from_bottom ? source.stride : -source.stride;
  // Positions in coding order that have all their neighbours in the picture, and in what goes on.
  const int beyond_left = sides.from_right ? source.width - area.right() : area.x;
  const int beyond_right = sides.from_right ? area.x : source.width - area.right();
  const int beyond_top = sides.from_bottom ? source.height - area.bottom() : area.y;
  const int from_x = sides.left ? std::max(0, kBeside - beyond_left) : kBeside;
  const int end_x = area.width - (sides.right ? std::max(0, kBeside - beyond_right) : kBeside);
  const int from_y = sides.top && beyond_top > 0 ? 0 : 1;
  Samples samples;
  const auto stride = static_cast<int>(std::max<int64_t>(3, area.area() / kMostSamples));
  samples.share = 1.0 / stride;
  samples.pixels.reserve(static_cast<size_t>(area.area() / stride + area.height));
  for (int row = from_y; row < area.height; ++row) {
    const int y = sides.from_bottom ? area.bottom() - 1 - row : area.y + row;
    for (int x = from_x + row * 5 % stride; x < end_x; x += stride) {
      const uint32_t* const at = source.row(y) + (sides.from_right ? area.right() - 1 - x : area.x + x);
      const uint32_t* const above = at + up;
      samples.pixels.push_back(
          make_sample({at[-dx], at[-2 * dx], above[-dx], above[dx], above[-2 * dx], above[2 * dx], at[0], above[0]}));
    }
  }
  return samples;
}

// The normal equations of least squares.
struct Fit {
  static constexpr size_t kSides = kPhotoNeighbours;
  std::array<std::array<float, kStepCount>, kSides> products{};  // the target's are in the last column but one
  int samples = 0;

  void add(const Steps& sample) {
    std::array<float, kStepCount> steps;
    for (size_t i = 0; i < kStepCount; ++i) steps[i] = sample[i];
    for (size_t i = 0; i < kSides; ++i) {
      for (size_t j = 0; j < kStepCount; ++j) products[i][j] += steps[i] * steps[j];
    }
    ++samples;
  }

  // Gauss without pivots: the matrix is symmetric, and its diagonal is raised so that no pivot is near 0.
  [[nodiscard]] PhotoWeights::Neighbours solve() const {
    std::array<std::array<double, kSides + 1>, kSides> rows{};
    for (size_t i = 0; i < kSides; ++i) {
      std::copy_n(products[i].begin(), kSides + 1, rows[i].begin());
      rows[i][i] += samples / 256.0 + 1;
    }
    for (size_t i = 0; i < kSides; ++i) {
      for (size_t below = i + 1; below < kSides; ++below) {
        const double factor = rows[below][i] / rows[i][i];
        for (size_t j = i; j <= kSides; ++j) rows[below][j] -= factor * rows[i][j];
      }
    }
    PhotoWeights::Neighbours weights{};
    std::array<double, kSides> exact{};
    for (size_t i = kSides; i-- > 0;) {
      double rest = rows[i][kSides];
      for (size_t j = i + 1; j < kSides; ++j) rest -= rows[i][j] * exact[j];
      exact[i] = rest / rows[i][i];
      weights[i] = static_cast<int8_t>(std::lround(std::clamp(exact[i], -1.9, 1.9) * kPhotoWeightOne));
    }
    return weights;
  }
};

// n log2 n.
constexpr size_t kMostCounted = 2 * kMostSamples;
const std::array<float, kMostCounted>& entropies() {
  static const auto table = [] {
    std::array<float, kMostCounted> made{};
    for (size_t n = 1; n < made.size(); ++n) {
      made[n] = static_cast<float>(static_cast<double>(n) * std::log2(static_cast<double>(n)));
    }
    return made;
  }();
  return table;
}

// How often each error was seen, and the bits that says they take.
class Spread {
 public:
  void add(int error) { ++counts_[static_cast<uint8_t>(error)]; }
  [[nodiscard]] double bits() const {
    const auto& table = entropies();
    const auto of = [&table](size_t n) { return table[std::min(n, kMostCounted - 1)]; };
    size_t all = 0;
    float bits = 0;
    for (const uint32_t count : counts_) {
      all += count;
      bits -= of(count);
    }
    return bits + of(all);
  }

 private:
  std::array<uint32_t, 256> counts_{};
};

int8_t share_of(double product, double square) {
  if (square < 1) return 0;
  return static_cast<int8_t>(std::lround(std::clamp(product / square, -1.0, 1.0) * kPhotoWeightOne));
}

// What of an error in one channel is one in the next. Adds to weights what pays.
class ErrorShares {
 public:
  ErrorShares(const Samples& samples, const PhotoWeights& weights) : errors_(samples.pixels.size()) {
    for (size_t i = 0; i < errors_.size(); ++i) {
      const auto& [green, red, blue] = samples.pixels[i].steps;
      Errors& at = errors_[i];
      at.green = error_at(green, weighted_sum(green, weights.green));
      at.red_sum = weighted_sum(red, weights.chroma);
      at.blue_sum = weighted_sum(blue, weights.chroma);
      at.red_target = red[kTargetAt];
      at.blue_target = blue[kTargetAt];
      at.red = error_at(red, at.red_sum);
    }
  }

  // The bits that the samples take then.
  double choose(PhotoWeights& weights) {
    Spread green;
    for (const Errors& at : errors_) green.add(at.green);
    return green.bits() + choose_red(weights) + choose_blue(weights);
  }

 private:
  struct Errors {
    int green, red, red_sum, red_target, blue_sum, blue_target;
  };

  double choose_red(PhotoWeights& weights) {
    float product = 0;
    float square = 0;
    Spread alone;
    for (const Errors& at : errors_) {
      alone.add(at.red);
      product += static_cast<float>(at.red * at.green);
      square += static_cast<float>(at.green * at.green);
    }
    const double bits = alone.bits();
    const int8_t share = share_of(product, square);
    const auto with_share = [share](const Errors& at) {
      return at.red_target - ((at.red_sum + at.green * share) >> kPhotoWeightBits);
    };
    Spread with;
    for (const Errors& at : errors_) with.add(with_share(at));
    if (share == 0 || with.bits() >= bits) return bits;
    for (Errors& at : errors_) at.red = with_share(at);
    weights.green_to_red = share;
    return with.bits();
  }

  double choose_blue(PhotoWeights& weights) {
    float gg = 0.5;
    float gr = 0;
    float rr = 0.5;
    float gb = 0;
    float rb = 0;
    Spread alone;
    for (const Errors& at : errors_) {
      const int blue = at.blue_target - (at.blue_sum >> kPhotoWeightBits);
      alone.add(blue);
      gg += static_cast<float>(at.green * at.green);
      gr += static_cast<float>(at.green * at.red);
      rr += static_cast<float>(at.red * at.red);
      gb += static_cast<float>(at.green * blue);
      rb += static_cast<float>(at.red * blue);
    }
    const double bits = alone.bits();
    const double determinant = double{gg} * rr - double{gr} * gr;
    const int8_t green = share_of(double{gb} * rr - double{rb} * gr, determinant);
    const int8_t red = share_of(double{rb} * gg - double{gb} * gr, determinant);
    Spread with;
    for (const Errors& at : errors_) {
      with.add(at.blue_target - ((at.blue_sum + at.green * green + at.red * red) >> kPhotoWeightBits));
    }
    if (with.bits() >= bits) return bits;
    weights.green_to_blue = green;
    weights.red_to_blue = red;
    return with.bits();
  }

  std::vector<Errors> errors_;
};

double bits_by_median(const Samples& samples) {
  std::array<Spread, 3> spreads;
  for (const Sample& sample : samples.pixels) {
    for (size_t channel = 0; channel < 3; ++channel) spreads[channel].add(median_error(sample.steps[channel]));
  }
  return spreads[0].bits() + spreads[1].bits() + spreads[2].bits();
}

}  // namespace

PhotoWeights fit_photo_weights(const PictureView& source, const Rect& area, PhotoSides sides) {
  const Samples samples = take_samples(source, area, sides);
  if (samples.pixels.size() < kLeastSamples) return {};
  Fit green;
  Fit chroma;
  for (const Sample& sample : samples.pixels) {
    if (!sample.smooth) continue;
    green.add(sample.steps[0]);
    chroma.add(sample.steps[1]);
    chroma.add(sample.steps[2]);
  }
  PhotoWeights weights{.median = false, .green = green.solve(), .chroma = chroma.solve()};
  const double bits = ErrorShares(samples, weights).choose(weights);
  if (!weights.fits()) return {};
  return bits + kWeightBits * samples.share < bits_by_median(samples) ? weights : PhotoWeights{};
}

}  // namespace vitrine::codec
