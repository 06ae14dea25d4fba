#include "codec/enc_cells.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "codec/enc_diff.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace vitrine::codec {
namespace {

// Steps between neighbours, of 255, that sky and blur have and no edge of a letter.
constexpr int kSoftStep = 20;
// Rows counted between two looks at whether it is enough.
constexpr int kRowsAtOnce = 4;

bool same(uint32_t a, uint32_t b) {
  return ((a ^ b) & kColourMask) == 0;
}

#if defined(__x86_64__)
// For a whole cell that has neighbours on the left and above.
__attribute__((target("avx2"))) int count_equal_avx2(const uint32_t* pixels, int64_t stride, int enough) {
  const __m256i mask = _mm256_set1_epi32(static_cast<int>(kColourMask));
  const __m256i zero = _mm256_setzero_si256();
  int equal = 0;
  for (int y = 0; y < kCellSide && equal < enough; y += kRowsAtOnce) {
    __m256i found = zero;  // minus the equal pixels, by column modulo 8
    for (int i = 0; i < kRowsAtOnce * 2; ++i) {
      const uint32_t* at = pixels + (y + i / 2) * stride + i % 2 * 8;
      const auto load = [](const uint32_t* from) __attribute__((target("avx2"))) {
        return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
      };
      const __m256i here = load(at);
      const __m256i west = _mm256_and_si256(_mm256_xor_si256(here, load(at - 1)), mask);
      const __m256i north = _mm256_and_si256(_mm256_xor_si256(here, load(at - stride)), mask);
      found = _mm256_add_epi32(found, _mm256_or_si256(_mm256_cmpeq_epi32(west, zero), _mm256_cmpeq_epi32(north, zero)));
    }
    const __m128i half = _mm_add_epi32(_mm256_castsi256_si128(found), _mm256_extracti128_si256(found, 1));
    const __m128i quarter = _mm_add_epi32(half, _mm_unpackhi_epi64(half, half));
    equal -= _mm_cvtsi128_si32(quarter) + _mm_extract_epi32(quarter, 1);
  }
  return equal;
}

bool counts_by_avx2() {
  static const bool supported = __builtin_cpu_supports("avx2");
  return supported;
}
#endif

// Whether pixels of two rows of a cell differ by a sharp step: all bytes first, for vectors.
template <int kCount>
bool any_sharp(const uint32_t* a, const uint32_t* b) {
  std::array<uint8_t, kCount * 4> bytes_a;
  std::array<uint8_t, kCount * 4> bytes_b;
  std::memcpy(bytes_a.data(), a, sizeof(bytes_a));
  std::memcpy(bytes_b.data(), b, sizeof(bytes_b));
  for (size_t i = 0; i < bytes_a.size(); ++i) {
    const uint8_t step = static_cast<uint8_t>(std::max(bytes_a[i], bytes_b[i]) - std::min(bytes_a[i], bytes_b[i]));
    bytes_a[i] = step > kSoftStep ? 0xff : 0;
  }
  std::array<uint32_t, kCount> pixels;
  std::memcpy(pixels.data(), bytes_a.data(), sizeof(bytes_a));
  uint32_t bits = 0;
  for (const uint32_t pixel : pixels) bits |= pixel;
  return (bits & kColourMask) != 0;
}

bool any_sharp(const uint32_t* a, const uint32_t* b, int count) {
  if (count == kCellSide) return any_sharp<kCellSide>(a, b);
  for (int x = 0; x < count; ++x) {
    if (any_sharp<1>(a + x, b + x)) return true;
  }
  return false;
}

}  // namespace

int equal_pixels_plain(const PictureView& picture, const Rect& cell, int enough) {
  int equal = 0;
  for (int y = cell.y; y < cell.bottom() && equal < enough; ++y) {
    const uint32_t* row = picture.row(y);
    for (int x = cell.x; x < cell.right(); ++x) {
      // Nothing lies beyond the edges; a comparison with the pixel itself would call everything equal.
      const bool west = x > 0 && same(row[x], row[x - 1]);
      const bool north = y > 0 && same(row[x], picture.row(y - 1)[x]);
      equal += static_cast<int>(west | north);
    }
  }
  return equal;
}

int equal_pixels(const PictureView& picture, const Rect& cell, int enough) {
#if defined(__x86_64__)
  const bool whole = cell.x > 0 && cell.y > 0 && cell.width == kCellSide && cell.height == kCellSide;
  if (whole && counts_by_avx2()) return count_equal_avx2(picture.row(cell.y) + cell.x, picture.stride, enough);
#endif
  return equal_pixels_plain(picture, cell, enough);
}

bool has_colours(const PictureView& picture, const Rect& cell, int enough) {
  // Open addressing; twice as many places as a cell has pixels, so a free one is always found.
  constexpr size_t kPlaces = 512;
  constexpr uint32_t kFree = 0xffffffff;
  static_assert(kPlaces >= 2 * kCellSide * kCellSide);
  std::array<uint32_t, kPlaces> seen;
  seen.fill(kFree);
  int colours = 0;
  uint32_t last = kFree;
  for (int y = cell.y; y < cell.bottom(); ++y) {
    const uint32_t* row = picture.row(y);
    for (int x = cell.x; x < cell.right(); ++x) {
      const uint32_t colour = row[x] & kColourMask;
      if (colour == last) continue;
      last = colour;
      size_t at = (colour * 0x9e3779b1U) >> 23;
      while (seen[at] != kFree && seen[at] != colour) at = (at + 1) % kPlaces;
      if (seen[at] == colour) continue;
      seen[at] = colour;
      if (++colours >= enough) return true;
    }
  }
  return false;
}

bool is_flat(const PictureView& picture, const Rect& area) {
  const uint32_t colour = picture.row(area.y)[area.x];
  for (int y = area.y; y < area.bottom(); ++y) {
    const uint32_t* row = picture.row(y) + area.x;
    for (int x = 0; x < area.width; ++x) {
      if (!same(row[x], colour)) return false;
    }
  }
  return true;
}

bool is_soft(const PictureView& picture, const Rect& cell) {
  const int first = cell.x == 0 ? 1 : 0;  // a pixel that has a left neighbour
  for (int y = cell.y; y < cell.bottom(); ++y) {
    const uint32_t* row = picture.row(y) + cell.x;
    if (y > 0 && any_sharp(row, picture.row(y - 1) + cell.x, cell.width)) return false;
    if (any_sharp(row + first, row + first - 1, cell.width - first)) return false;
  }
  return true;
}

}  // namespace vitrine::codec
