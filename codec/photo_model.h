// What both sides of the lossless photograph coder share: prediction, contexts and the adaptive frequency tables.
//
// Each channel is predicted by weights of W, N, NW and NE that the encoder chose for the chunk, or by the median edge
// detector of JPEG-LS (W, N, W+N-NW); red and blue also give up what green was wrong by. The error, modulo 256 and
// folded (0, -1, 1, -2, ...), becomes a token and perhaps raw bits. A token's frequencies depend on its context: for
// green how rough the neighbourhood is, for red and blue also how large the error of the channel before was.
// Frequencies are counted on both sides and tables rebuilt from the counts at the same pixels, so no table travels, and
// what was learnt is kept for the life of the link.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

#include "codec/picture.h"
#include "codec/simd.h"

namespace vitrine::codec {

inline constexpr int kPhotoProbabilityBits = 12;
inline constexpr uint32_t kPhotoScale = 1U << kPhotoProbabilityBits;
// A state of the range asymmetric coder is below 2^32 and, between tokens, at least this; it moves by 16-bit words.
inline constexpr uint32_t kPhotoStateFloor = 1U << 16;
// Folded errors below this are tokens of their own; larger ones share tokens by size and carry raw bits.
inline constexpr int kPhotoPlainTokens = 24;
inline constexpr int kPhotoTokens = kPhotoPlainTokens + 7;
inline constexpr int kPhotoRoughness = 12;
inline constexpr int kPhotoContexts = kPhotoRoughness + 2 * 20;  // 4 degrees of roughness by 5 error classes
// Pixels coded by one run of the coder: enough to forget its 12 bytes of final state, little enough that the
// encoder's list of tokens stays in cache.
inline constexpr int kPhotoChunkPixels = 16384;

// By folded error: token, in bits 8..15 the raw value, in bits 16..23 how many raw bits. Packed, because compilers pass
// a struct of bytes through memory.
[[nodiscard]] constexpr std::array<uint32_t, 256> make_photo_tokens() {
  std::array<uint32_t, 256> tokens{};
  constexpr uint32_t kStarts[8] = {24, 32, 48, 64, 96, 128, 192, 256};
  constexpr uint32_t kBits[7] = {3, 4, 4, 5, 5, 6, 6};
  for (uint32_t value = 0; value < 256; ++value) {
    if (value < kPhotoPlainTokens) {
      tokens[value] = value;
      continue;
    }
    uint32_t group = 0;
    while (value >= kStarts[group + 1]) ++group;
    tokens[value] = (kPhotoPlainTokens + group) | (value - kStarts[group]) << 8 | kBits[group] << 16;
  }
  return tokens;
}
inline constexpr std::array<uint32_t, 256> kPhotoTokenOf = make_photo_tokens();
inline constexpr std::array<uint8_t, 7> kPhotoGroupStart = {24, 32, 48, 64, 96, 128, 192};
inline constexpr std::array<uint8_t, 7> kPhotoGroupBits = {3, 4, 4, 5, 5, 6, 6};

[[nodiscard]] constexpr int photo_unfold(int folded) {
  return (folded >> 1) ^ -(folded & 1);
}

// How a chunk is predicted. What is added to W fits 16 bits, which is what both sides' vectors hold; a sum of more than
// kPhotoWeightMost would not.
inline constexpr int kPhotoWeightBits = 6;
inline constexpr int kPhotoWeightOne = 1 << kPhotoWeightBits;
inline constexpr int kPhotoWeightMost = 127;
static_assert(255 * kPhotoWeightMost + kPhotoWeightOne / 2 <= INT16_MAX);
// Instead of the first weight: the chunk is predicted by the median. No weight is that large.
inline constexpr int8_t kPhotoMedianMark = -128;
struct PhotoWeights {
  bool median = true;
  int16_t north = 0;  // of the difference to W, in 1/64, so for the other two
  int16_t north_west = 0;
  int16_t north_east = 0;

  // Nothing when they are too large.
  [[nodiscard]] static constexpr std::optional<PhotoWeights> create(int n, int nw, int ne) {
    if (std::abs(n) + std::abs(nw) + std::abs(ne) > kPhotoWeightMost) return {};
    return PhotoWeights{false, static_cast<int16_t>(n), static_cast<int16_t>(nw), static_cast<int16_t>(ne)};
  }
  [[nodiscard]] constexpr int predict(int w, int n, int nw, int ne) const {
    if (median) {
      const int step = n - nw;
      return w + std::clamp(n - w, std::min(step, 0), std::max(step, 0));
    }
    const int sum = (n - w) * north + (nw - w) * north_west + (ne - w) * north_east;
    return std::clamp(w + ((sum + kPhotoWeightOne / 2) >> kPhotoWeightBits), 0, 255);
  }
};

// The tables of one context.
struct PhotoContext {
  std::array<uint8_t, kPhotoScale> token_of_slot;
  std::array<uint32_t, kPhotoTokens> range;  // first slot in the low half, slots in the high half
  std::array<uint32_t, kPhotoTokens> counts;
  uint32_t total = 0;  // of the counts when the tables were made

  // Makes the tables anew when enough was counted since.
  void refresh();
  void rebuild();
};

class PhotoModel {
 public:
  PhotoModel() : contexts_(kPhotoContexts) { reset(); }

  void reset();
  PhotoContext* contexts() { return contexts_.data(); }
  // To be called after each row of `pixels` pixels, on both sides.
  void end_row(int pixels);
  [[nodiscard]] size_t memory_bytes() const { return contexts_.size() * sizeof(PhotoContext); }

 private:
  std::vector<PhotoContext> contexts_;
  int until_rebuild_ = 0;
  int interval_ = 0;
};

// Contexts by the roughness of the neighbourhood: the sum of its three differences in green (0..765), in log-like
// classes. Green's context is in the low half. In the high half is the first of red's, to which the class of green's
// error is added; blue's are kPhotoChroma further, by the class of red's error.
inline constexpr uint32_t kPhotoErrorClasses = 5;
inline constexpr uint32_t kPhotoChroma = 20;
[[nodiscard]] constexpr std::array<uint32_t, 766> make_roughness() {
  constexpr uint32_t kLimits[kPhotoRoughness - 1] = {1, 2, 3, 5, 7, 10, 14, 20, 29, 43, 71};
  std::array<uint32_t, 766> contexts{};
  uint32_t current = 0;
  for (uint32_t sum = 0; sum < 766; ++sum) {
    while (current < kPhotoRoughness - 1 && sum >= kLimits[current]) ++current;
    contexts[sum] = current | (kPhotoRoughness + current / 3 * kPhotoErrorClasses) << 16;
  }
  return contexts;
}
inline constexpr std::array<uint32_t, 766> kPhotoRoughnessOf = make_roughness();

// Classes 0..4 of a folded error.
[[nodiscard]] constexpr std::array<uint8_t, 256> make_error_classes() {
  std::array<uint8_t, 256> classes{};
  for (int folded = 0; folded < 256; ++folded) {
    classes[folded] = static_cast<uint8_t>(folded < 1 ? 0 : folded < 3 ? 1 : folded < 7 ? 2 : folded < 15 ? 3 : 4);
  }
  return classes;
}
inline constexpr std::array<uint8_t, 256> kPhotoErrorClass = make_error_classes();

// Rows of an area with one more pixel at either end, as both sides see them: outside the area what the decoder's
// picture shows; beyond the picture the nearest thing known.
class PhotoRows {
 public:
  explicit PhotoRows(int width) : rows_(2, std::vector<uint32_t>(static_cast<size_t>(width) + 2)), width_(width) {}

  // Makes the current row the one above and starts a row of `area` at picture row `y`.
  void begin(const PictureView& held, const Rect& area, int y);
  [[nodiscard]] uint32_t* above() { return rows_[above_].data() + 1; }
  [[nodiscard]] uint32_t* current() { return rows_[1 - above_].data() + 1; }

 private:
  std::vector<std::vector<uint32_t>> rows_;
  int width_;
  size_t above_ = 0;
};

}  // namespace vitrine::codec
