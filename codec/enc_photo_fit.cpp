#include "codec/enc_photo_fit.h"

#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace vitrine::codec {
namespace {

// Where neighbours differ by more there is an edge, which says little about the texture and would outweigh it.
constexpr int kEdge = 20;
// Fewer pixels to go by than this are not worth three bytes.
constexpr int64_t kLeastSamples = 48;

struct Sample {
  int x, w, n, nw, ne;  // green
};

// Visits every fourth pixel of an area, elsewhere in each row, that has all its neighbours.
template <class Visit>
void visit_samples(const PictureView& source, const Rect& area, Visit visit) {
  const auto green = [](uint32_t pixel) { return static_cast<int>(pixel >> 8 & 0xff); };
  const int left = std::max(area.x, 1);
  const int right = std::min(area.right(), source.width - 1);
  for (int y = std::max(area.y, 1); y < area.bottom(); ++y) {
    const uint32_t* const row = source.row(y);
    const uint32_t* const above = source.row(y - 1);
    for (int x = left + (y & 3); x < right; x += 4) {
      visit(Sample{green(row[x]), green(row[x - 1]), green(above[x]), green(above[x - 1]), green(above[x + 1])});
    }
  }
}

// The normal equations of least squares for the differences of N, NW and NE to W.
struct Fit {
  std::array<std::array<int64_t, 3>, 3> products{};
  std::array<int64_t, 3> targets{};
  int64_t samples = 0;

  void add(const Sample& at) {
    const auto [low, high] = std::minmax({at.w, at.n, at.nw, at.ne});
    if (high - low >= kEdge) return;
    const std::array<int, 3> step = {at.n - at.w, at.nw - at.w, at.ne - at.w};
    const int target = at.x - at.w;
    for (size_t i = 0; i < 3; ++i) {
      for (size_t j = 0; j <= i; ++j) products[i][j] += step[i] * step[j];
      targets[i] += step[i] * target;
    }
    ++samples;
  }

  // Gauss without pivots: the matrix is symmetric, and its diagonal is raised so that no pivot is near 0.
  [[nodiscard]] std::optional<PhotoWeights> solve() const {
    if (samples < kLeastSamples) return {};
    std::array<std::array<double, 4>, 3> rows{};
    for (size_t i = 0; i < 3; ++i) {
      for (size_t j = 0; j < 3; ++j) rows[i][j] = static_cast<double>(i < j ? products[j][i] : products[i][j]);
      rows[i][i] += static_cast<double>(samples) / 256;
      rows[i][3] = static_cast<double>(targets[i]);
    }
    for (size_t i = 0; i < 3; ++i) {
      for (size_t below = i + 1; below < 3; ++below) {
        const double factor = rows[below][i] / rows[i][i];
        for (size_t j = i; j < 4; ++j) rows[below][j] -= factor * rows[i][j];
      }
    }
    std::array<double, 3> weights{};
    for (size_t i = 3; i-- > 0;) {
      double rest = rows[i][3];
      for (size_t j = i + 1; j < 3; ++j) rest -= rows[i][j] * weights[j];
      weights[i] = rest / rows[i][i];
    }
    const auto rounded = [](double weight) {
      return static_cast<int>(std::lround(std::min(std::max(weight, -2.0), 2.0) * kPhotoWeightOne));
    };
    return PhotoWeights::create(rounded(weights[0]), rounded(weights[1]), rounded(weights[2]));
  }
};

}  // namespace

PhotoWeights fit_photo_weights(const PictureView& source, const Rect& area) {
  Fit fit;
  visit_samples(source, area, [&](const Sample& at) { fit.add(at); });
  const auto weights = fit.solve();
  if (!weights) return {};
  int64_t by_median = 0;
  int64_t by_weights = 0;
  visit_samples(source, area, [&](const Sample& at) {
    by_median += std::abs(at.x - PhotoWeights().predict(at.w, at.n, at.nw, at.ne));
    by_weights += std::abs(at.x - weights->predict(at.w, at.n, at.nw, at.ne));
  });
  return by_weights < by_median ? *weights : PhotoWeights{};
}

}  // namespace vitrine::codec
