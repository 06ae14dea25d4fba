// Cells of a picture that show what another picture has elsewhere: one displacement under test. The other picture is
// the same screen earlier (motion) or a piece of it that was kept (recall).
#pragma once

#include <cstdint>
#include <vector>

#include "codec/enc_diff.h"
#include "codec/picture.h"
#include "codec/tile_set.h"

namespace vitrine::codec {

// Whether all pixels of `area` equal the other picture's that were (dx, dy) away; false where that has none.
[[nodiscard]] bool shows_displaced(const PictureView& now, const PictureView& old, const Rect& area, int dx, int dy);

class DisplacedCells {
 public:
  // now(x, y) == old(x - dx, y - dy) is tested. The views' structs must outlive this.
  DisplacedCells(const PictureView& now, const PictureView& old, int dx, int dy);

  // Cells of `open` that moved so. False when there are too few to bother.
  bool explain(const TileSet& open);
  [[nodiscard]] const TileSet& moved() const { return moved_; }
  // Rectangles that cover the moved cells, grown over unchanged ones that fit the motion too and then by single rows
  // and columns of pixels; none when there would be too many. In this order none overwrites what a later one reads.
  std::vector<Rect> areas();

 private:
  [[nodiscard]] TileSet fitting(const TileSet& cells) const;
  [[nodiscard]] uint64_t fitting_run(const DiffKernel& kernel, int cx, int cy, int run) const;
  [[nodiscard]] std::vector<Rect> join_rows(const TileSet& fitting, const Rect& bounds) const;
  [[nodiscard]] bool fits(const Rect& line) const { return shows_displaced(now_, old_, line, dx_, dy_); }
  [[nodiscard]] Rect grow(Rect area) const;

  const PictureView& now_;
  const PictureView& old_;
  CellGrid grid_;
  int dx_;
  int dy_;
  TileSet moved_;
};

}  // namespace vitrine::codec
