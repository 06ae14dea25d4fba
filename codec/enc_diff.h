// Exact comparison of pictures, cell by cell: the oracle of what has to be sent. The X byte of pixels is never looked
// at. Kernels are chosen at run time; all give the same answer.
#pragma once

#include <cstdint>
#include <span>

#include "codec/picture.h"
#include "codec/tile_set.h"

namespace vitrine::codec {

inline constexpr int kCellSide = 16;

// Compares `cells` (1..64) cells of 16 pixels side by side over `rows` rows; bit i is set when cell i differs.
using CompareCells = uint64_t (*)(const uint32_t* a, int64_t a_stride, const uint32_t* b, int64_t b_stride, int cells,
                                  int rows);
struct DiffKernel {
  const char* name;
  CompareCells compare_cells;
};

// All kernels this processor can run, the plain one first, the fastest last.
std::span<const DiffKernel> diff_kernels();

// Removes from `cells` those where both pictures are equal. Cost is proportional to the cells in the set.
void keep_differing(const PictureView& a, const PictureView& b, TileSet& cells);
void keep_differing(const DiffKernel& kernel, const PictureView& a, const PictureView& b, TileSet& cells);

// Whether rows of pixels are equal in colour.
[[nodiscard]] bool rows_equal(const uint32_t* a, const uint32_t* b, int count);

// The smallest rectangle inside `area` outside of which both pictures are equal (within `area`).
[[nodiscard]] Rect tighten(const PictureView& a, const PictureView& b, Rect area);

// The same for an area of at most 16x16 pixels, faster.
[[nodiscard]] Rect tighten_cell(const PictureView& a, const PictureView& b, const Rect& cell);

// Copies colours of `area`, clearing the X byte.
void copy_colours(const PictureView& from, Picture& to, const Rect& area);

}  // namespace vitrine::codec
