// Finds what merely moved: scrolled pages, dragged windows, any direction, several a frame. Content-defined anchors
// (places that both pictures would choose wherever the content lies) are matched by hash and vote for motions; each
// motion that wins votes is then compared pixel by pixel, so a copy is always exact.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "codec/enc_anchors.h"
#include "codec/picture.h"
#include "codec/tile_set.h"

namespace vitrine::codec {

// Rectangles of the new picture that equal the old one displaced: new(x, y) == old(x - dx, y - dy).
struct Motion {
  int dx = 0;
  int dy = 0;
  std::vector<Rect> areas;
};

// One per encoder, to keep its scratch memory. Results depend on nothing kept.
class MotionSearch {
 public:
  MotionSearch();

  // `changed` are the cells where the pictures differ. Areas of different motions may overlap, and all read the old
  // picture as a whole. They lie inside the picture.
  // Cells of `blank` are known to show nothing yet. Motions are told from those of `telling`, a part of the changed
  // ones; what they explain may lie beside it.
  std::vector<Motion> find(const PictureView& now, const PictureView& old, const TileSet& changed, const TileSet& blank,
                           const TileSet& telling);

 private:
  struct Slot {
    uint32_t hash = 0;
    uint16_t x = 0;
    uint16_t y = 0;
    uint32_t seen = 0;
  };
  struct Vote {
    int dx = 0;
    int dy = 0;
    uint32_t count = 0;
  };

  std::vector<Vote> vote();
  void take_motions(const PictureView& now, const PictureView& old, TileSet& open, std::vector<Motion>& motions);

  AnchorFinder anchors_;
  std::vector<Anchor> now_anchors_;
  std::vector<Anchor> old_anchors_;
  std::vector<Slot> slots_;
  std::vector<Vote> votes_;
};

// By the pixels it moves; null when there is none.
[[nodiscard]] const Motion* largest_motion(std::span<const Motion> motions);

// Tells a dragged window from a scrolled page: the window's place moves along with it, the page's stays. What a window
// uncovers is there to stay; what a page brings moves on with its next step.
class DragWatch {
 public:
  // The motions of an update that has some. Whether the largest one is a window that was dragged before as well.
  bool note(std::span<const Motion> motions, Size picture);

 private:
  Rect place_;  // to which the largest of the last update's motions went
};

}  // namespace vitrine::codec
