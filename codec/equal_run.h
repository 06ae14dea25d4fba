// Counting equal pixels, the inner loop of runs. x86-64 and WebAssembly both have 128-bit vectors without asking.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__wasm_simd128__)
#include <wasm_simd128.h>
#endif

#include "codec/simd.h"

namespace vitrine::codec {

inline int equal_run_plain(const uint32_t* pixels, int count, uint32_t colour) {
  int equal = 0;
  while (equal < count && pixels[equal] == colour) ++equal;
  return equal;
}

// Pixels past the last that equal_run() may read.
inline constexpr int kEqualRunMargin = 7;

// How many of `count` pixels from `pixels` on equal `colour`, counted to the first that does not.
VITRINE_INLINE int equal_run(const uint32_t* pixels, int count, uint32_t colour) {
#if defined(__SSE2__)
  const __m128i wanted = _mm_set1_epi32(static_cast<int>(colour));
  for (int i = 0; i < count; i += 8) {
    const auto* at = reinterpret_cast<const __m128i*>(pixels + i);
    const __m128i low = _mm_cmpeq_epi32(_mm_loadu_si128(at), wanted);
    const __m128i high = _mm_cmpeq_epi32(_mm_loadu_si128(at + 1), wanted);
    // A byte for each two of a pixel's.
    const auto mask = static_cast<uint32_t>(_mm_movemask_epi8(_mm_packs_epi32(low, high))) ^ 0xffff;
    if (mask != 0) {
      const int found = i + (std::countr_zero(mask) >> 1);
      return found < count ? found : count;
    }
  }
  return count;
#elif defined(__wasm_simd128__)
  const v128_t wanted = wasm_i32x4_splat(static_cast<int>(colour));
  for (int i = 0; i < count; i += 8) {
    const v128_t low = wasm_i32x4_eq(wasm_v128_load(pixels + i), wanted);
    const v128_t high = wasm_i32x4_eq(wasm_v128_load(pixels + i + 4), wanted);
    const uint32_t mask = wasm_i16x8_bitmask(wasm_i16x8_narrow_i32x4(low, high)) ^ 0xffu;
    if (mask != 0) {
      const int found = i + std::countr_zero(mask);
      return found < count ? found : count;
    }
  }
  return count;
#else
  return equal_run_plain(pixels, count, colour);
#endif
}

}  // namespace vitrine::codec
