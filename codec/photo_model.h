// What both sides of the lossless photograph coder share: prediction, contexts and the adaptive frequency tables.
//
// A pixel is green, and red and blue less green. Each is predicted by weights of its six neighbours W, WW, NW, NE, NWW
// and NEE, less N, that the encoder chose for the chunk, or by the median edge detector of JPEG-LS (W, N, W+N-NW); red
// and blue may also add a share of what was wrong in the channels before. The error, modulo 256, turned the way the
// prediction was rounded, and folded (0, -1, 1, -2, ...), becomes a token and perhaps raw bits. A token's frequencies
// depend on how rough the channel is around the pixel. They are counted on both sides and tables rebuilt from the
// counts at the same pixels, so no table travels, and what was learnt is kept for the life of the link.
//
// No context needs another channel of the same pixel, so a decoder looks all three up at once.
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
inline constexpr int kPhotoRoughness = 16;
inline constexpr int kPhotoContexts = 3 * kPhotoRoughness;  // of green, red and blue
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

// How a chunk is predicted. Sums fit 16 bits, which is what both sides' vectors hold.
inline constexpr int kPhotoWeightBits = 5;
inline constexpr int kPhotoWeightOne = 1 << kPhotoWeightBits;
inline constexpr int kPhotoMostDifference = 2 * 255;  // of two pixels' red or blue less green
// Instead of the first weight: the chunk is predicted by the median. No weight is that large.
inline constexpr int8_t kPhotoMedianMark = -128;
inline constexpr int kPhotoNeighbours = 6;  // W, WW, NW, NE, NWW, NEE

struct PhotoWeights {
  using Neighbours = std::array<int8_t, kPhotoNeighbours>;  // in 1/32 of the difference to N

  bool median = true;
  Neighbours green{};
  Neighbours chroma{};
  // Of an error in a channel to the next ones, in 1/32.
  int8_t green_to_red = 0;
  int8_t green_to_blue = 0;
  int8_t red_to_blue = 0;

  // Whether no sum leaves 16 bits.
  [[nodiscard]] constexpr bool fits() const {
    const auto sum = [](const Neighbours& weights) {
      int all = 0;
      for (const int weight : weights) all += std::abs(weight);
      return all * kPhotoMostDifference;
    };
    const int errors = std::max(std::abs(green_to_red), std::abs(green_to_blue) + std::abs(red_to_blue)) * 128;
    return std::max(sum(green), sum(chroma) + errors) + kPhotoWeightOne / 2 <= INT16_MAX;
  }
  [[nodiscard]] constexpr bool uses_errors() const {
    return green_to_red != 0 || green_to_blue != 0 || red_to_blue != 0;
  }
};

// A sum of weighted differences with half of kPhotoWeightOne added, which rounds it. Whether it was rounded up: then
// errors are likelier below than above, and change their signs.
[[nodiscard]] VITRINE_INLINE int photo_turned(int error, int sum) {
  const int turn = (sum >> (kPhotoWeightBits - 1) & 1) - 1;
  return (error ^ turn) - turn;
}

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
  PhotoModel();
  PhotoModel(const PhotoModel&) = delete;
  PhotoModel& operator=(const PhotoModel&) = delete;
  PhotoModel(PhotoModel&&) noexcept = default;
  PhotoModel& operator=(PhotoModel&&) noexcept = default;

  void reset();
  PhotoContext* contexts() { return contexts_.data(); }
  // Green's by roughness, up to kPhotoRoughest; red's and blue's are kPhotoRoughness and twice that further.
  [[nodiscard]] PhotoContext* const* by_roughness() const { return by_roughness_.data(); }
  // To be called after each row of `pixels` pixels, on both sides.
  void end_row(int pixels);
  [[nodiscard]] size_t memory_bytes() const { return contexts_.size() * sizeof(PhotoContext); }

 private:
  std::vector<PhotoContext> contexts_;
  std::vector<PhotoContext*> by_roughness_;  // finding the address takes no multiplication
  int until_rebuild_ = 0;
  int interval_ = 0;
};

// Classes of roughness, the sum of six differences of neighbours in one channel: |W-N|, |W-WW|, |N-NW|, |N-NE|,
// |NW-NWW| and |NE-NEE|, at most kPhotoRoughest.
inline constexpr int kPhotoRoughest = 255;
[[nodiscard]] constexpr std::array<uint8_t, kPhotoRoughest + 1> make_roughness() {
  constexpr std::array<int, kPhotoRoughness - 1> kLimits = {1, 2, 3, 4, 6, 8, 11, 15, 20, 27, 37, 51, 72, 105, 160};
  std::array<uint8_t, kPhotoRoughest + 1> classes{};
  size_t current = 0;
  for (int sum = 0; sum <= kPhotoRoughest; ++sum) {
    while (current < kLimits.size() && sum >= kLimits[current]) ++current;
    classes[static_cast<size_t>(sum)] = static_cast<uint8_t>(current);
  }
  return classes;
}
inline constexpr std::array<uint8_t, kPhotoRoughest + 1> kPhotoRoughnessOf = make_roughness();

}  // namespace vitrine::codec
