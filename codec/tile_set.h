// A set of square cells of a picture, as a bitset with set arithmetic. Used with 16x16 cells for damage and with
// 64x64 tiles for checks.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "protocol/base/geometry.h"

namespace vitrine::codec {

// How a picture is cut into square cells; the last column and row may be narrower.
struct CellGrid {
  Size picture;
  int side = 16;

  [[nodiscard]] int columns() const { return (picture.width + side - 1) / side; }
  [[nodiscard]] int rows() const { return (picture.height + side - 1) / side; }
  // The cells a rectangle of pixels touches, in cell units, clipped to the picture.
  [[nodiscard]] Rect cells_of(const Rect& pixels) const {
    const Rect inside = intersect(pixels, {0, 0, picture.width, picture.height});
    if (inside.empty()) return {};
    const int x = inside.x / side;
    const int y = inside.y / side;
    return {x, y, (inside.right() - 1) / side - x + 1, (inside.bottom() - 1) / side - y + 1};
  }
  // The pixels of a rectangle of cells, clipped to the picture.
  [[nodiscard]] Rect pixels_of(const Rect& cells) const {
    return intersect({cells.x * side, cells.y * side, cells.width * side, cells.height * side},
                     {0, 0, picture.width, picture.height});
  }
};

class TileSet {
 public:
  TileSet() = default;
  explicit TileSet(const CellGrid& grid) : columns_(grid.columns()), rows_(grid.rows()), words_((columns_ + 63) / 64) {
    bits_.resize(static_cast<size_t>(words_) * rows_);
  }

  [[nodiscard]] int columns() const { return columns_; }
  [[nodiscard]] int rows() const { return rows_; }
  [[nodiscard]] int words_per_row() const { return words_; }
  [[nodiscard]] uint64_t* row(int y) { return bits_.data() + static_cast<size_t>(y) * words_; }
  [[nodiscard]] const uint64_t* row(int y) const { return bits_.data() + static_cast<size_t>(y) * words_; }

  [[nodiscard]] bool test(int x, int y) const { return (row(y)[x >> 6] >> (x & 63) & 1) != 0; }
  void insert(int x, int y) { row(y)[x >> 6] |= uint64_t{1} << (x & 63); }
  void erase(int x, int y) { row(y)[x >> 6] &= ~(uint64_t{1} << (x & 63)); }
  // `cells` in cell units, inside the grid.
  void insert(const Rect& cells);
  void erase(const Rect& cells);
  void clear() { bits_.assign(bits_.size(), 0); }

  [[nodiscard]] bool any() const;
  [[nodiscard]] bool row_any(int y) const;
  [[nodiscard]] int64_t count() const;
  // How many cells of this rectangle are in the set.
  [[nodiscard]] int64_t count(const Rect& cells) const;
  // The smallest rectangle that holds the set, in cells.
  [[nodiscard]] Rect bounds() const;

  // Members all of whose eight neighbours are members; none lies at the grid's edge.
  [[nodiscard]] TileSet interior() const;

  TileSet& operator|=(const TileSet& other);
  TileSet& operator&=(const TileSet& other);
  TileSet& operator-=(const TileSet& other);
  bool operator==(const TileSet&) const = default;

  // Calls visit(x, y) for each member, row by row.
  template <class Visit>
  void for_each(Visit visit) const {
    for (int y = 0; y < rows_; ++y) {
      const uint64_t* words = row(y);
      for (int w = 0; w < words_; ++w) {
        for (uint64_t bits = words[w]; bits != 0; bits &= bits - 1) visit(w * 64 + std::countr_zero(bits), y);
      }
    }
  }

  // Disjoint rectangles (in cells) that cover exactly the set: runs of a row, joined downwards while they repeat.
  [[nodiscard]] std::vector<Rect> rectangles() const;

 private:
  int columns_ = 0;
  int rows_ = 0;
  int words_ = 0;
  std::vector<uint64_t> bits_;
};

}  // namespace vitrine::codec
