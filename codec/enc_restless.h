// Where a search for motion is a waste of time: natural pictures that have changed again and again and were never found
// to have moved, as a film is for a viewer that takes no streams. To search 1280x720 pixels of one takes 3 ms and more
// of every frame, in which the other viewers of the desktop wait.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "codec/enc_motion.h"
#include "codec/tile_set.h"
#include "protocol/base/time.h"

namespace vitrine::codec {

// One per encoder. One thread.
class RestlessCells {
 public:
  explicit RestlessCells(const CellGrid& grid);

  // Of the cells that changed since they were searched last, those that may tell of a motion. `natural` looked like a
  // picture when they last changed; only such are ever passed over, since text that is scrolled is dear to send again.
  [[nodiscard]] TileSet worth_searching(const TileSet& changed, const TileSet& natural, Micros now);
  // What was found for the same cells.
  void note(const TileSet& changed, std::span<const Motion> motions);

 private:
  [[nodiscard]] size_t index(int x, int y) const {
    return static_cast<size_t>(y) * static_cast<size_t>(grid_.columns()) + static_cast<size_t>(x);
  }

  CellGrid grid_;
  // By cell: changes one after the other that no motion explained, and when the last one was, in ms that wrap.
  std::vector<uint8_t> fruitless_;
  std::vector<uint32_t> changed_ms_;
};

}  // namespace vitrine::codec
