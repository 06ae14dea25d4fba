// Mixes several opinions about one decision in the logistic domain (Mahoney, "Adaptive weighing of context models",
// 2005). Integers only, so that both sides, native or WebAssembly, agree to the bit.
#pragma once

#include <array>
#include <cstdint>

namespace vitrine::codec {

// squash(d) = 4096 / (1 + exp(-d / 256)), 1..4095, for d in -2047..2047.
constexpr int squash(int d) {
  constexpr int kKnots[33] = {1,    2,    3,    6,    10,   16,   27,   45,   73,   120,  194,
                              310,  488,  747,  1101, 1546, 2047, 2549, 2994, 3348, 3607, 3785,
                              3901, 3975, 4022, 4050, 4068, 4079, 4085, 4089, 4092, 4093, 4094};
  if (d > 2047) return 4095;
  if (d < -2047) return 1;
  const int fraction = d & 127;
  const int knot = (d >> 7) + 16;
  return (kKnots[knot] * (128 - fraction) + kKnots[knot + 1] * fraction + 64) >> 7;
}

// The inverse of squash.
inline constexpr auto kStretch = [] {
  std::array<int16_t, 4096> table{};
  int filled = 0;
  for (int d = -2047; d <= 2047; ++d) {
    const int p = squash(d);
    for (; filled <= p; ++filled) table[filled] = static_cast<int16_t>(d);
  }
  for (; filled < 4096; ++filled) table[filled] = 2047;
  return table;
}();

inline constexpr auto kSquash = [] {
  std::array<uint16_t, 4096> table{};
  for (int d = -2048; d < 2048; ++d) table[d + 2048] = static_cast<uint16_t>(squash(d));
  return table;
}();

// 65536 / (decisions seen + 1.6), as for BitModel.
inline constexpr auto kSmallModelRate = [] {
  std::array<int32_t, 16> rate{};
  for (int i = 0; i < 16; ++i) rate[i] = 655360 / (i * 10 + 16);
  return rate;
}();

// A probability in half the memory of a BitModel: p in 12 bits, decisions seen (at most 15) in 4.
struct SmallModel {
  uint16_t state = 2048 << 4;

  [[nodiscard]] int p() const { return state >> 4; }
  void adapt(bool bit) {
    const int seen = state & 15;
    const int old = state & 0xfff0;
    const int target = -static_cast<int>(bit) & 0xfff0;
    const int step = ((target - old) * kSmallModelRate[seen]) >> 16;
    state = static_cast<uint16_t>(((old + step) & 0xfff0) + seen + (seen < 15));
  }
};

template <int kInputs>
struct LogisticMixer {
  int32_t weights[kInputs];

  LogisticMixer() {
    for (int32_t& weight : weights) weight = 85197 / kInputs;  // 1.3 / kInputs: opinions of few cases are shy
  }

  // Codes `bit` as the models together expect it; all learn.
  template <class Coder>
  bool code(Coder& coder, SmallModel* const (&models)[kInputs], bool bit) {
    int opinion[kInputs];
    uint32_t total = 0;  // unsigned: weights that hostile input drove far apart may wrap, alike on both sides
    for (int i = 0; i < kInputs; ++i) {
      opinion[i] = kStretch[models[i]->p()];
      total += static_cast<uint32_t>(weights[i]) * static_cast<uint32_t>(opinion[i]);
    }
    int sum = static_cast<int32_t>(total) >> 16;
    sum = sum < -2047 ? -2047 : sum > 2047 ? 2047 : sum;
    const int p = kSquash[sum + 2048];
    bit = coder.code_with(static_cast<uint32_t>(p < 8 ? 8 : p > 4088 ? 4088 : p) << 4, bit);
    const int error = (static_cast<int>(bit) << 12) - p;
    for (int i = 0; i < kInputs; ++i) {
      weights[i] += (opinion[i] * error) >> 10;
      models[i]->adapt(bit);
    }
    return bit;
  }
};

}  // namespace vitrine::codec
