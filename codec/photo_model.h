// What both sides of the lossless photograph coder share: prediction, contexts and the adaptive frequency tables.
//
// Each channel is predicted by the median edge detector of JPEG-LS (W, N, W+N-NW); red and blue also give up what green
// was wrong by. The error, modulo 256 and folded (0, -1, 1, -2, ...), becomes a token and perhaps raw bits. A token's
// frequencies depend on its context: for green how rough the neighbourhood is, for red and blue also how large the
// error of the channel before was. Frequencies are counted on both sides and tables rebuilt from the counts at
// the same pixels, so no table travels, and what was learnt is kept for the life of the link.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
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
inline constexpr int kPhotoContexts = kPhotoRoughness + 2 * 20;
// Pixels coded by one run of the coder: enough to forget its 12 bytes of final state, little enough that the
// encoder's list of tokens stays in cache.
inline constexpr int kPhotoChunkPixels = 16384;

struct PhotoToken {
  uint8_t token;
  uint8_t raw_bits;
  uint8_t raw;
};

// By folded error.
[[nodiscard]] constexpr std::array<PhotoToken, 256> make_photo_tokens() {
  std::array<PhotoToken, 256> tokens{};
  constexpr int kStarts[8] = {24, 32, 48, 64, 96, 128, 192, 256};
  constexpr uint8_t kBits[7] = {3, 4, 4, 5, 5, 6, 6};
  for (int value = 0; value < 256; ++value) {
    if (value < kPhotoPlainTokens) {
      tokens[value] = {static_cast<uint8_t>(value), 0, 0};
      continue;
    }
    int group = 0;
    while (value >= kStarts[group + 1]) ++group;
    tokens[value] = {static_cast<uint8_t>(kPhotoPlainTokens + group), kBits[group],
                     static_cast<uint8_t>(value - kStarts[group])};
  }
  return tokens;
}
inline constexpr std::array<PhotoToken, 256> kPhotoTokenOf = make_photo_tokens();
inline constexpr std::array<uint8_t, 7> kPhotoGroupStart = {24, 32, 48, 64, 96, 128, 192};
inline constexpr std::array<uint8_t, 7> kPhotoGroupBits = {3, 4, 4, 5, 5, 6, 6};

[[nodiscard]] constexpr uint8_t photo_fold(int error) {
  const auto wrapped = static_cast<int8_t>(error);
  return static_cast<uint8_t>(wrapped >= 0 ? wrapped * 2 : -wrapped * 2 - 1);
}
[[nodiscard]] constexpr int photo_unfold(int folded) { return (folded & 1) != 0 ? -(folded + 1) / 2 : folded / 2; }

// The tables of one context.
struct PhotoContext {
  std::array<uint8_t, kPhotoScale> token_of_slot;
  std::array<uint32_t, kPhotoTokens> range;  // first slot in the low half, slots in the high half
  std::array<uint32_t, kPhotoTokens> counts;
  uint32_t fresh = 0;  // counted since the tables were made

  void rebuild();
};

class PhotoModel {
 public:
  PhotoModel() : contexts_(kPhotoContexts) { reset(); }

  void reset();
  PhotoContext& context(int index) { return contexts_[static_cast<size_t>(index)]; }
  // To be called after each row of `pixels` pixels, on both sides.
  void end_row(int pixels);
  [[nodiscard]] size_t memory_bytes() const { return contexts_.size() * sizeof(PhotoContext); }

 private:
  std::vector<PhotoContext> contexts_;
  int until_rebuild_ = 0;
  int interval_ = 0;
};

// The causal neighbours of a pixel.
struct PhotoNeighbours {
  uint32_t w, n, nw, ne;
};

struct PhotoPrediction {
  int red, green, blue;
  int roughness;
};

[[nodiscard]] VITRINE_INLINE int photo_median(int w, int n, int nw) {
  const int low = std::min(w, n);
  const int high = std::max(w, n);
  return std::max(low, std::min(high, w + n - nw));
}

// log-like classes of the sum of three differences, 0..765.
[[nodiscard]] constexpr std::array<uint8_t, 766> make_roughness() {
  constexpr int kLimits[kPhotoRoughness - 1] = {1, 2, 3, 5, 7, 10, 14, 20, 29, 43, 71};
  std::array<uint8_t, 766> classes{};
  int current = 0;
  for (int sum = 0; sum < 766; ++sum) {
    while (current < kPhotoRoughness - 1 && sum >= kLimits[current]) ++current;
    classes[sum] = static_cast<uint8_t>(current);
  }
  return classes;
}
inline constexpr std::array<uint8_t, 766> kPhotoRoughnessOf = make_roughness();

[[nodiscard]] VITRINE_INLINE PhotoPrediction photo_predict(const PhotoNeighbours& p) {
  const auto channel = [](uint32_t pixel, int shift) { return static_cast<int>(pixel >> shift & 0xff); };
  const int w = channel(p.w, 8);
  const int n = channel(p.n, 8);
  const int nw = channel(p.nw, 8);
  const int ne = channel(p.ne, 8);
  PhotoPrediction result;
  result.green = photo_median(w, n, nw);
  result.red = photo_median(channel(p.w, 16), channel(p.n, 16), channel(p.nw, 16));
  result.blue = photo_median(channel(p.w, 0), channel(p.n, 0), channel(p.nw, 0));
  result.roughness = kPhotoRoughnessOf[std::abs(w - nw) + std::abs(n - nw) + std::abs(ne - n)];
  return result;
}

// Classes 0..4 of a folded error.
[[nodiscard]] constexpr std::array<uint8_t, 256> make_error_classes() {
  std::array<uint8_t, 256> classes{};
  for (int folded = 0; folded < 256; ++folded) {
    classes[folded] = static_cast<uint8_t>(folded < 1 ? 0 : folded < 3 ? 1 : folded < 7 ? 2 : folded < 15 ? 3 : 4);
  }
  return classes;
}
inline constexpr std::array<uint8_t, 256> kPhotoErrorClass = make_error_classes();

// The context of channel 1 or 2 (red, blue) after an error of the channel before it.
[[nodiscard]] VITRINE_INLINE int photo_context(int channel, int roughness, uint8_t folded_before) {
  return kPhotoRoughness + (channel - 1) * 20 + roughness / 3 * 5 + kPhotoErrorClass[folded_before];
}

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
