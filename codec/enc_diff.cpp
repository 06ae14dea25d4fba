#include "codec/enc_diff.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

#include "codec/simd.h"
#include "protocol/base/check.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace vitrine::codec {
namespace {

uint64_t first_cells(int cells) {
  return cells == 64 ? ~uint64_t{0} : (uint64_t{1} << cells) - 1;
}

// All kernels look at a cell's next row only while those above are equal: of a film mostly the first one tells.
uint64_t compare_cells_plain(const uint32_t* a, int64_t a_stride, const uint32_t* b, int64_t b_stride, int cells,
                             int rows) {
  uint64_t equal = first_cells(cells);
  for (int y = 0; y < rows && equal != 0; ++y, a += a_stride, b += b_stride) {
    for (uint64_t rest = equal; rest != 0; rest &= rest - 1) {
      const int cell = std::countr_zero(rest);
      uint32_t bits = 0;
      for (int x = 0; x < kCellSide; ++x) bits |= a[cell * kCellSide + x] ^ b[cell * kCellSide + x];
      equal &= ~(uint64_t{(bits & kColourMask) != 0} << cell);
    }
  }
  return first_cells(cells) & ~equal;
}

#if defined(__x86_64__)
__attribute__((target("avx2,bmi"))) uint64_t compare_cells_avx2(const uint32_t* a, int64_t a_stride, const uint32_t* b,
                                                                int64_t b_stride, int cells, int rows) {
  const __m256i mask = _mm256_set1_epi32(static_cast<int>(kColourMask));
  uint64_t equal = first_cells(cells);
  for (int y = 0; y < rows && equal != 0; ++y, a += a_stride, b += b_stride) {
    for (uint64_t rest = equal; rest != 0; rest &= rest - 1) {
      const int cell = std::countr_zero(rest);
      const auto* pa = reinterpret_cast<const __m256i*>(a + cell * kCellSide);
      const auto* pb = reinterpret_cast<const __m256i*>(b + cell * kCellSide);
      const __m256i bits = _mm256_or_si256(_mm256_xor_si256(_mm256_loadu_si256(pa), _mm256_loadu_si256(pb)),
                                           _mm256_xor_si256(_mm256_loadu_si256(pa + 1), _mm256_loadu_si256(pb + 1)));
      equal &= ~(uint64_t{_mm256_testz_si256(bits, mask) == 0} << cell);
    }
  }
  return first_cells(cells) & ~equal;
}

__attribute__((target("avx512f,bmi"))) uint64_t compare_cells_avx512(const uint32_t* a, int64_t a_stride,
                                                                     const uint32_t* b, int64_t b_stride, int cells,
                                                                     int rows) {
  const __m512i mask = _mm512_set1_epi32(static_cast<int>(kColourMask));
  uint64_t equal = first_cells(cells);
  for (int y = 0; y < rows && equal != 0; ++y, a += a_stride, b += b_stride) {
    for (uint64_t rest = equal; rest != 0; rest &= rest - 1) {
      const int cell = std::countr_zero(rest);
      const __m512i bits =
          _mm512_xor_si512(_mm512_loadu_si512(a + cell * kCellSide), _mm512_loadu_si512(b + cell * kCellSide));
      equal &= ~(uint64_t{_mm512_test_epi32_mask(bits, mask) != 0} << cell);
    }
  }
  return first_cells(cells) & ~equal;
}
#endif

struct KernelList {
  std::array<DiffKernel, 3> kernels{};
  size_t count = 0;
};

KernelList find_kernels() {
  KernelList list;
  list.kernels[list.count++] = {"plain", compare_cells_plain};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"))
    list.kernels[list.count++] = {"avx2", compare_cells_avx2};
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("bmi"))
    list.kernels[list.count++] = {"avx512", compare_cells_avx512};
#endif
  return list;
}

// A partial cell at the right edge.
bool narrow_cell_differs(const PictureView& a, const PictureView& b, int x, int y, int rows) {
  for (int row = y; row < y + rows; ++row) {
    if (!rows_equal(a.row(row) + x, b.row(row) + x, a.width - x)) return true;
  }
  return false;
}

void copy_row(const uint32_t* in, uint32_t* __restrict out, int count) {
  for (int x = 0; x < count; ++x) out[x] = in[x] & kColourMask;
}

// `first` and `second` are of different pictures.
VITRINE_INLINE void copy_row_twice(const uint32_t* in, uint32_t* __restrict first, uint32_t* __restrict second,
                                   int count) {
  for (int x = 0; x < count; ++x) first[x] = second[x] = in[x] & kColourMask;
}

using CopyRowTwice = void (*)(const uint32_t* in, uint32_t* first, uint32_t* second, int count);

void copy_row_twice_plain(const uint32_t* in, uint32_t* first, uint32_t* second, int count) {
  copy_row_twice(in, first, second, count);
}
#if defined(__x86_64__)
// Past the caches: what large areas bring in would drive out the coders' state, and is not looked at again soon.
__attribute__((target("avx2"))) void copy_row_twice_streaming(const uint32_t* in, uint32_t* first, uint32_t* second,
                                                              int count) {
  constexpr uintptr_t kAlignment = sizeof(__m256i);
  const auto misplaced = [](const uint32_t* at) { return reinterpret_cast<uintptr_t>(at) % kAlignment; };
  int x = 0;
  if (misplaced(first) == misplaced(second)) {
    const __m256i mask = _mm256_set1_epi32(static_cast<int>(kColourMask));
    for (; x < count && misplaced(first + x) != 0; ++x) first[x] = second[x] = in[x] & kColourMask;
    for (; x + 8 <= count; x += 8) {
      const __m256i colours = _mm256_and_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(in + x)), mask);
      _mm256_stream_si256(reinterpret_cast<__m256i*>(first + x), colours);
      _mm256_stream_si256(reinterpret_cast<__m256i*>(second + x), colours);
    }
  }
  copy_row_twice(in + x, first + x, second + x, count - x);
}
#endif

#if defined(__x86_64__)
__attribute__((target("avx2"))) void copy_row_streaming(const uint32_t* in, uint32_t* out, int count) {
  constexpr uintptr_t kAlignment = sizeof(__m256i);
  const __m256i mask = _mm256_set1_epi32(static_cast<int>(kColourMask));
  int x = 0;
  for (; x < count && reinterpret_cast<uintptr_t>(out + x) % kAlignment != 0; ++x) out[x] = in[x] & kColourMask;
  for (; x + 8 <= count; x += 8) {
    const __m256i colours = _mm256_and_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(in + x)), mask);
    _mm256_stream_si256(reinterpret_cast<__m256i*>(out + x), colours);
  }
  copy_row(in + x, out + x, count - x);
}
#endif

// Areas of fewer pixels stay in the cache: the next update may well compare them.
constexpr int64_t kLeastStreamed = 32 * 1024;

bool streams([[maybe_unused]] int64_t pixels) {
#if defined(__x86_64__)
  static const bool supported = __builtin_cpu_supports("avx2");
  return supported && pixels >= kLeastStreamed;
#else
  return false;
#endif
}

CopyRowTwice best_copy_row_twice(int64_t pixels) {
#if defined(__x86_64__)
  if (streams(pixels)) return copy_row_twice_streaming;
#endif
  return copy_row_twice_plain;
}

using CopyRow = void (*)(const uint32_t* in, uint32_t* out, int count);

CopyRow best_copy_row(int64_t pixels) {
#if defined(__x86_64__)
  if (streams(pixels)) return copy_row_streaming;
#endif
  return copy_row;
}

}  // namespace

std::span<const DiffKernel> diff_kernels() {
  static const KernelList list = find_kernels();
  return {list.kernels.data(), list.count};
}

void keep_differing(const PictureView& a, const PictureView& b, TileSet& cells) {
  static const DiffKernel best = diff_kernels().back();
  keep_differing(best, a, b, cells);
}

void keep_differing(const DiffKernel& kernel, const PictureView& a, const PictureView& b, TileSet& cells) {
  CHECK(a.width == b.width && a.height == b.height);
  const int full_columns = a.width / kCellSide;
  for (int cy = 0; cy < cells.rows(); ++cy) {
    const int y = cy * kCellSide;
    const int rows = std::min(kCellSide, a.height - y);
    for (int w = 0; w < cells.words_per_row(); ++w) {
      uint64_t& word = cells.row(cy)[w];
      // Comparing the span between the first and last member streams through memory; members far apart are rare
      // and cost only a comparison.
      for (uint64_t left = word; left != 0;) {
        const int first = std::countr_zero(left);
        const int run = std::countr_one(left >> first);
        const int cx = w * 64 + first;
        const int full = std::clamp(full_columns - cx, 0, run);
        uint64_t differing = 0;
        if (full > 0) {
          const int x = cx * kCellSide;
          differing = kernel.compare_cells(a.row(y) + x, a.stride, b.row(y) + x, b.stride, full, rows);
        }
        if (full < run && narrow_cell_differs(a, b, full_columns * kCellSide, y, rows)) {
          differing |= uint64_t{1} << full;
        }
        const uint64_t run_mask = first_cells(run) << first;
        word = (word & ~run_mask) | differing << first;
        left &= ~run_mask;
      }
    }
  }
}

void keep_coloured(const PictureView& picture, TileSet& cells) {
  const CellGrid grid{{picture.width, picture.height}, kCellSide};
  const auto black = [&](const Rect& cell) {
    for (int y = cell.y; y < cell.bottom(); ++y) {
      const uint32_t* const row = picture.row(y) + cell.x;
      uint32_t bits = 0;
      for (int x = 0; x < cell.width; ++x) bits |= row[x];
      if ((bits & kColourMask) != 0) return false;
    }
    return true;
  };
  const TileSet all = cells;
  all.for_each([&](int x, int y) {
    if (black(grid.pixels_of({x, y, 1, 1}))) cells.erase(x, y);
  });
}

namespace {

// One band of cells, or a part of its rows, on its way into a picture.
struct Band {
  const uint32_t* from;
  int64_t stride;
  int y;
  int rows;
  Picture& to;

  void copy(int x, int width, const uint32_t* source) {
    for (int row = 0; row < rows; ++row) std::copy_n(source + row * stride, width, to.row(y + row) + x);
  }
  // Less than a cell.
  void take_part(const uint32_t* source, int x, int width, TileSet& changed) {
    bool equal = width <= 0;
    for (int row = 0; row < rows && width > 0; ++row) {
      equal = rows_equal(source + row * stride, to.row(y + row) + x, width);
      if (!equal) break;
    }
    if (equal) return;
    copy(x, width, source);
    changed.insert(x / kCellSide, y / kCellSide);
  }
  void take_cells(const uint32_t* source, int cx, int count, const DiffKernel& kernel, TileSet& changed) {
    const int x = cx * kCellSide;
    uint64_t differing = kernel.compare_cells(source, stride, to.row(y) + x, to.width(), count, rows);
    while (differing != 0) {
      const int first = std::countr_zero(differing);
      const int run = std::countr_one(differing >> first);
      copy(x + first * kCellSide, run * kCellSide, source + first * kCellSide);
      changed.insert(Rect{cx + first, y / kCellSide, run, 1});
      differing &= first + run == 64 ? 0 : ~uint64_t{0} << (first + run);
    }
  }
};

}  // namespace

void take_changes(const uint32_t* from, int64_t stride, const Rect& area, Picture& to, TileSet& changed) {
  CHECK(intersect(area, to.bounds()) == area);
  static const DiffKernel kernel = diff_kernels().back();
  const int first_cell = (area.x + kCellSide - 1) / kCellSide;
  const int end_cell = area.right() / kCellSide;
  for (int y = area.y; y < area.bottom();) {
    const int rows = std::min(area.bottom(), (y / kCellSide + 1) * kCellSide) - y;
    const uint32_t* const source = from + (y - area.y) * stride;
    Band band{source, stride, y, rows, to};
    if (first_cell > end_cell) {
      band.take_part(source, area.x, area.width, changed);
    } else {
      band.take_part(source, area.x, first_cell * kCellSide - area.x, changed);
      for (int cx = first_cell; cx < end_cell; cx += 64) {
        band.take_cells(source + cx * kCellSide - area.x, cx, std::min(64, end_cell - cx), kernel, changed);
      }
      band.take_part(source + end_cell * kCellSide - area.x, end_cell * kCellSide, area.right() - end_cell * kCellSide,
                     changed);
    }
    y += rows;
  }
}

bool rows_equal(const uint32_t* a, const uint32_t* b, int count) {
  uint32_t bits = 0;
  int x = 0;
  for (; x + 16 <= count; x += 16) {
    for (int i = 0; i < 16; ++i) bits |= a[x + i] ^ b[x + i];
    if ((bits & kColourMask) != 0) return false;
  }
  for (; x < count; ++x) bits |= a[x] ^ b[x];
  return (bits & kColourMask) == 0;
}

Rect tighten(const PictureView& a, const PictureView& b, Rect area) {
  while (area.height > 0 && rows_equal(a.row(area.y) + area.x, b.row(area.y) + area.x, area.width)) {
    ++area.y;
    --area.height;
  }
  while (area.height > 0 &&
         rows_equal(a.row(area.bottom() - 1) + area.x, b.row(area.bottom() - 1) + area.x, area.width)) {
    --area.height;
  }
  if (area.height <= 0) return {};
  int left = area.width;
  int right = 0;
  for (int y = area.y; y < area.bottom(); ++y) {
    const uint32_t* pa = a.row(y) + area.x;
    const uint32_t* pb = b.row(y) + area.x;
    for (int x = 0; x < left; ++x) {
      if (((pa[x] ^ pb[x]) & kColourMask) != 0) left = x;
    }
    for (int x = area.width; x > right; --x) {
      if (((pa[x - 1] ^ pb[x - 1]) & kColourMask) != 0) right = x;
    }
  }
  return {area.x + left, area.y, right - left, area.height};
}

std::vector<Rect> areas_of(const TileSet& cells, const CellGrid& grid) {
  std::vector<Rect> areas = cells.rectangles();
  for (Rect& area : areas) area = grid.pixels_of(area);
  return areas;
}

Rect tighten_cell(const PictureView& a, const PictureView& b, const Rect& cell) {
  uint32_t columns[kCellSide] = {};
  uint32_t rows = 0;
  for (int y = 0; y < cell.height; ++y) {
    const uint32_t* row_a = a.row(cell.y + y) + cell.x;
    const uint32_t* row_b = b.row(cell.y + y) + cell.x;
    uint32_t any = 0;
    const auto compare = [&](int width) {
      for (int x = 0; x < width; ++x) {
        const uint32_t differs = (row_a[x] ^ row_b[x]) & kColourMask;
        columns[x] |= differs;
        any |= differs;
      }
    };
    if (cell.width == kCellSide) {
      compare(kCellSide);
    } else {
      compare(cell.width);
    }
    rows |= static_cast<uint32_t>(any != 0) << y;
  }
  if (rows == 0) return {};
  int left = 0;
  int right = cell.width;
  while (columns[left] == 0) ++left;
  while (columns[right - 1] == 0) --right;
  const int top = std::countr_zero(rows);
  return {cell.x + left, cell.y + top, right - left, 32 - std::countl_zero(rows) - top};
}

void copy_colours(const PictureView& from, Picture& to, const Rect& area) {
  const CopyRow copy = best_copy_row(area.area());
  for (int y = area.y; y < area.bottom(); ++y) copy(from.row(y) + area.x, to.row(y) + area.x, area.width);
}

RowPainter::RowPainter(Picture& to, Picture& also_to, const Rect& area)
    : to_(to), also_to_(also_to), copy_(best_copy_row_twice(area.area())) {}

void copy_colours(const PictureView& from, Picture& to, Picture& also_to, const Rect& area) {
  const RowPainter painter(to, also_to, area);
  for (int y = area.y; y < area.bottom(); ++y) painter.paint(from.row(y) + area.x, {area.x, y, area.width, 1});
}

}  // namespace vitrine::codec
