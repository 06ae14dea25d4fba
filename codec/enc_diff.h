// Exact comparison of pictures, cell by cell: the oracle of what has to be sent. The X byte of pixels is never looked
// at. Kernels are chosen at run time; all give the same answer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

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

// Removes from `cells` those that are black, as cells are that were never painted; mostly one look at each tells.
void keep_coloured(const PictureView& picture, TileSet& cells);

// Makes `area` of `to` the pixels at `from` (the area's first; rows `stride` apart) and adds the cells in which a
// colour was another one to `changed`.
void take_changes(const uint32_t* from, int64_t stride, const Rect& area, Picture& to, TileSet& changed);

// Whether rows of pixels are equal in colour.
[[nodiscard]] bool rows_equal(const uint32_t* a, const uint32_t* b, int count);

// The smallest rectangle inside `area` outside of which both pictures are equal (within `area`).
[[nodiscard]] Rect tighten(const PictureView& a, const PictureView& b, Rect area);

// The cells of the set in pixels, joined to disjoint rectangles.
[[nodiscard]] std::vector<Rect> areas_of(const TileSet& cells, const CellGrid& grid);
// The same for an area of at most 16x16 pixels, faster.
[[nodiscard]] Rect tighten_cell(const PictureView& a, const PictureView& b, const Rect& cell);

// Copies colours of `area`, clearing the X byte.
void copy_colours(const PictureView& from, Picture& to, const Rect& area);
// The same into two pictures while the source is at hand.
void copy_colours(const PictureView& from, Picture& to, Picture& also_to, const Rect& area);

// Paints an area of two pictures row by row, by whoever has the rows at hand.
class RowPainter {
 public:
  RowPainter(Picture& to, Picture& also_to, const Rect& area);
  // The colours of `row`, an area one pixel high.
  void paint(const uint32_t* colours, const Rect& row) const {
    copy_(colours, to_.row(row.y) + row.x, also_to_.row(row.y) + row.x, row.width);
  }

 private:
  Picture& to_;
  Picture& also_to_;
  void (*copy_)(const uint32_t* in, uint32_t* first, uint32_t* second, int count);
};

}  // namespace vitrine::codec
