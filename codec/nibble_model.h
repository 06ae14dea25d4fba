// How likely each of sixteen symbols is, as cumulative frequencies that fit two vectors: a symbol is coded in one step,
// and what several contexts expect is mixed and learnt for all sixteen at once. Integers only, and every version gives
// the same numbers. x86-64 and WebAssembly both have 128-bit vectors without asking.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__wasm_simd128__)
#include <wasm_simd128.h>
#endif

#include "codec/simd.h"

namespace vitrine::codec {

inline constexpr int kNibbleBits = 15;  // frequencies add up to 1 << kNibbleBits
inline constexpr int kNibbleSymbols = 16;
inline constexpr int kNibbleFloor = 8;  // the least frequency of a symbol in a model
inline constexpr int kNibbleMostSeen = 15;
inline constexpr int kNibbleMostTrust = 3;

// Eight lanes of 16 bits, plain and in a vector.
struct PlainLanes {
  std::array<int16_t, 8> v;
  template <class Each>
  static PlainLanes each(Each each) {
    PlainLanes result;
    for (size_t i = 0; i < 8; ++i) result.v[i] = static_cast<int16_t>(each(i));
    return result;
  }
  static PlainLanes load(const uint16_t* at) {
    return each([at](size_t i) { return at[i]; });
  }
  void store(uint16_t* at) const { std::copy(v.begin(), v.end(), at); }
  static PlainLanes all(int value) {
    return each([value](size_t) { return value; });
  }
  [[nodiscard]] PlainLanes with_first(int value) const {
    return each([this, value](size_t i) { return i == 0 ? value : v[i]; });
  }
  [[nodiscard]] PlainLanes shifted_right(int bits) const {
    return each([this, bits](size_t i) { return v[i] >> bits; });
  }
  friend PlainLanes operator+(PlainLanes a, PlainLanes b) {
    return each([&](size_t i) { return a.v[i] + b.v[i]; });
  }
  friend PlainLanes operator-(PlainLanes a, PlainLanes b) {
    return each([&](size_t i) { return a.v[i] - b.v[i]; });
  }
  friend PlainLanes operator*(PlainLanes a, PlainLanes b) {
    return each([&](size_t i) { return a.v[i] * b.v[i]; });
  }
  static int first_above(PlainLanes a, PlainLanes b, int limit) {
    const auto above = [limit](int16_t lane) { return lane > limit; };
    const auto found = std::find_if(a.v.begin(), a.v.end(), above);
    if (found != a.v.end()) return static_cast<int>(found - a.v.begin());
    return static_cast<int>(8 + (std::find_if(b.v.begin(), b.v.end(), above) - b.v.begin()));
  }
};

#if defined(__SSE2__)
struct VectorLanes {
  __m128i v;
  static VectorLanes load(const uint16_t* at) { return {_mm_load_si128(reinterpret_cast<const __m128i*>(at))}; }
  void store(uint16_t* at) const { _mm_store_si128(reinterpret_cast<__m128i*>(at), v); }
  static VectorLanes all(int value) { return {_mm_set1_epi16(static_cast<int16_t>(value))}; }
  [[nodiscard]] VectorLanes with_first(int value) const {
    return {_mm_insert_epi16(v, static_cast<int16_t>(value), 0)};
  }
  [[nodiscard]] VectorLanes shifted_right(int bits) const { return {_mm_sra_epi16(v, _mm_cvtsi32_si128(bits))}; }
  friend VectorLanes operator+(VectorLanes a, VectorLanes b) { return {_mm_add_epi16(a.v, b.v)}; }
  friend VectorLanes operator-(VectorLanes a, VectorLanes b) { return {_mm_sub_epi16(a.v, b.v)}; }
  friend VectorLanes operator*(VectorLanes a, VectorLanes b) { return {_mm_mullo_epi16(a.v, b.v)}; }
  // The first lane of the two (signed, rising) that is above `limit`; 16 when none is.
  static int first_above(VectorLanes a, VectorLanes b, int limit) {
    const __m128i than = _mm_set1_epi16(static_cast<int16_t>(limit));
    const __m128i above = _mm_packs_epi16(_mm_cmpgt_epi16(a.v, than), _mm_cmpgt_epi16(b.v, than));
    return std::countr_zero(static_cast<uint32_t>(_mm_movemask_epi8(above)) | 1u << 16);
  }
};
using Lanes = VectorLanes;
#elif defined(__wasm_simd128__)
struct VectorLanes {
  v128_t v;
  static VectorLanes load(const uint16_t* at) { return {wasm_v128_load(at)}; }
  void store(uint16_t* at) const { wasm_v128_store(at, v); }
  static VectorLanes all(int value) { return {wasm_i16x8_splat(static_cast<int16_t>(value))}; }
  [[nodiscard]] VectorLanes with_first(int value) const {
    return {wasm_i16x8_replace_lane(v, 0, static_cast<int16_t>(value))};
  }
  [[nodiscard]] VectorLanes shifted_right(int bits) const { return {wasm_i16x8_shr(v, static_cast<uint32_t>(bits))}; }
  friend VectorLanes operator+(VectorLanes a, VectorLanes b) { return {wasm_i16x8_add(a.v, b.v)}; }
  friend VectorLanes operator-(VectorLanes a, VectorLanes b) { return {wasm_i16x8_sub(a.v, b.v)}; }
  friend VectorLanes operator*(VectorLanes a, VectorLanes b) { return {wasm_i16x8_mul(a.v, b.v)}; }
  static int first_above(VectorLanes a, VectorLanes b, int limit) {
    const v128_t than = wasm_i16x8_splat(static_cast<int16_t>(limit));
    const v128_t above = wasm_i8x16_narrow_i16x8(wasm_i16x8_gt(a.v, than), wasm_i16x8_gt(b.v, than));
    return std::countr_zero(static_cast<uint32_t>(wasm_i8x16_bitmask(above)) | 1u << 16);
  }
};
using Lanes = VectorLanes;
#else
using Lanes = PlainLanes;
#endif

// Lane i holds how often symbols below i come. In lane 0, where that is always 0, are how many symbols were seen and,
// above them, how far the model is to be trusted: it rises with each symbol that the model thought likelier than all
// others.
struct alignas(32) NibbleModel {
  std::array<uint16_t, kNibbleSymbols> lanes = [] {
    std::array<uint16_t, kNibbleSymbols> even{};
    for (int i = 1; i < kNibbleSymbols; ++i)
      even[static_cast<size_t>(i)] = static_cast<uint16_t>(i << (kNibbleBits - 4));
    return even;
  }();

  [[nodiscard]] int seen() const { return lanes[0] & kNibbleMostSeen; }
  [[nodiscard]] int trust() const { return lanes[0] >> 4; }
  [[nodiscard]] int frequency(int symbol) const {  // without branches, which would be hard to predict
    constexpr int kLast = kNibbleSymbols - 1;
    const int from = lanes[static_cast<size_t>(symbol)] & -static_cast<int>(symbol != 0);
    const int to = lanes[static_cast<size_t>(symbol + 1) & kLast] & -static_cast<int>(symbol != kLast);
    return to - from + (static_cast<int>(symbol == kLast) << kNibbleBits);
  }
  template <class L = Lanes>
  void adapt(int symbol);
};

// What a model that knew nothing but `symbol` would hold.
inline constexpr auto kNibbleTarget = [] {
  struct alignas(32) Row {
    std::array<uint16_t, kNibbleSymbols> lanes{};
  };
  std::array<Row, kNibbleSymbols> target;
  for (int symbol = 0; symbol < kNibbleSymbols; ++symbol) {
    for (int i = 0; i < kNibbleSymbols; ++i) {
      const int above = i > symbol ? (1 << kNibbleBits) - kNibbleSymbols * kNibbleFloor : 0;
      target[symbol].lanes[i] = static_cast<uint16_t>(i * kNibbleFloor + above);
    }
  }
  return target;
}();

// By symbols seen, the logarithm of the rate: about that of a running average, but never quick.
inline constexpr std::array<uint8_t, kNibbleMostSeen + 1> kNibbleRate = {2, 2, 2, 2, 3, 3, 3, 3,
                                                                         4, 4, 4, 4, 4, 5, 5, 5};

// The next trust by this one and by how likely the model thought the symbol, in eighths.
inline constexpr std::array<std::array<uint8_t, 8>, kNibbleMostTrust + 1> kNibbleTrust = [] {
  std::array<std::array<uint8_t, 8>, kNibbleMostTrust + 1> next{};
  for (int trust = 0; trust <= kNibbleMostTrust; ++trust) {
    const int more = trust < kNibbleMostTrust ? trust + 1 : trust;
    for (int eighths = 0; eighths < 8; ++eighths) {
      const int then = eighths >= 4 ? more : eighths >= 1 ? trust : trust / 2;
      next[static_cast<size_t>(trust)][static_cast<size_t>(eighths)] = static_cast<uint8_t>(then);
    }
  }
  return next;
}();

template <class L>
void NibbleModel::adapt(int symbol) {
  const auto eighths = static_cast<size_t>(frequency(symbol) >> (kNibbleBits - 3));
  const int trusted = kNibbleTrust[static_cast<size_t>(trust())][eighths];
  const int count = seen();
  const int rate = kNibbleRate[static_cast<size_t>(count)];
  const int first = (count + static_cast<int>(count < kNibbleMostSeen)) | trusted << 4;
  const uint16_t* const target = kNibbleTarget[static_cast<size_t>(symbol)].lanes.data();
  const auto learnt = [&](int half) {
    const L old = L::load(lanes.data() + half);
    return old + (L::load(target + half) - old).shifted_right(rate);
  };
  const L low = learnt(0).with_first(first);
  const L high = learnt(8);
  low.store(lanes.data());
  high.store(lanes.data() + 8);
}

// What three models expect together, each weighted by how far it is trusted.
template <class L>
struct NibbleMixOf {
  L low, high;

  NibbleMixOf(const NibbleModel& a, const NibbleModel& b, const NibbleModel& c);
  // Of one model alone.
  explicit NibbleMixOf(const NibbleModel& model)
      : low(L::load(model.lanes.data()).with_first(0)), high(L::load(model.lanes.data() + 8)) {}

  template <class Coder>
  int code(Coder& coder, int symbol) const {
    alignas(32) std::array<uint16_t, kNibbleSymbols + 8> from;
    low.store(from.data());
    high.store(from.data() + 8);
    from[kNibbleSymbols] = 1 << kNibbleBits;
    if constexpr (Coder::kDecodes) {
      const auto at = static_cast<int>(coder.frequency(kNibbleBits));
      symbol = L::first_above(low, high, at) - 1;
    }
    const auto i = static_cast<size_t>(symbol);
    coder.code_share(from[i], from[i + 1], kNibbleBits);
    return symbol;
  }
};
using NibbleMix = NibbleMixOf<Lanes>;

// Sixteenths for each of three models, by how far each is trusted. The shares were fitted to screens.
inline constexpr auto kNibbleWeights = [] {
  constexpr int kShare[3][kNibbleMostTrust + 1] = {{5, 18, 30, 116}, {3, 9, 13, 34}, {4, 39, 56, 142}};
  std::array<std::array<uint8_t, 3>, 64> weights{};
  for (int i = 0; i < 64; ++i) {
    const int shares[3] = {kShare[0][i >> 4], kShare[1][i >> 2 & 3], kShare[2][i & 3]};
    const int sum = shares[0] + shares[1] + shares[2];
    const int a = (shares[0] * 32 + sum) / (2 * sum);
    const int b = std::min((shares[1] * 32 + sum) / (2 * sum), 16 - a);
    weights[static_cast<size_t>(i)] = {static_cast<uint8_t>(a), static_cast<uint8_t>(b),
                                       static_cast<uint8_t>(16 - a - b)};
  }
  return weights;
}();

// Added to what a mix keeps of the floor, so that every symbol can be coded.
inline constexpr NibbleModel kNibbleRise = [] {
  NibbleModel rise;
  for (int i = 0; i < kNibbleSymbols; ++i) rise.lanes[static_cast<size_t>(i)] = static_cast<uint16_t>(2 * i);
  return rise;
}();

template <class L>
NibbleMixOf<L>::NibbleMixOf(const NibbleModel& a, const NibbleModel& b, const NibbleModel& c) {
  const auto& weights = kNibbleWeights[static_cast<size_t>(a.trust() << 4 | b.trust() << 2 | c.trust())];
  const auto mix = [&](int half) {
    const auto part = [half](const NibbleModel& model, int weight) {
      return L::load(model.lanes.data() + half).shifted_right(4) * L::all(weight);
    };
    const L sum = part(a, weights[0]) + part(b, weights[1]) + part(c, weights[2]);
    return sum - sum.shifted_right(10) + L::load(kNibbleRise.lanes.data() + half);
  };
  low = mix(0).with_first(0);
  high = mix(8);
}

}  // namespace vitrine::codec
