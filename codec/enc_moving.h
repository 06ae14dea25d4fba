// Where the picture keeps moving: films, animations, games. Each cell remembers how long it has been changing without a
// pause and in which of its pixels; patches of such cells are what streams are made of. Pure state, time is an
// argument.
#pragma once

#include <cstdint>
#include <vector>

#include "codec/picture.h"
#include "codec/tile_set.h"
#include "protocol/base/time.h"

namespace vitrine::codec {

// A pause longer than this ends a motion: a little more than the time of a frame at 8 Hz.
inline constexpr Micros kLongestMotionPause = 140 * kMillisecond;
// The same for a film of which a busy machine or a slow link takes fewer frames; what blinks has longer ones.
inline constexpr Micros kLongestPauseOfSlow = 400 * kMillisecond;
// What moved this long goes on moving.
inline constexpr Micros kSustainedMotion = 300 * kMillisecond;
// Where much moves (320x320 pixels and more), pictures cost more in this time than a stream's start.
inline constexpr Micros kMotionOfLarge = 100 * kMillisecond;

// How a cell changed.
struct CellChange {
  Rect part;            // inside of these pixels of the picture; empty: not looked at
  bool crisp = false;   // it looks like text or a drawing
  bool gentle = false;  // to something much like what was there, as from one frame of a film to the next
  bool shown = false;   // a stream shows it: a pause says nothing about where it moves
};

class MovingCells {
 public:
  explicit MovingCells(const CellGrid& grid);

  // For all that follows: kLongestMotionPause, or as long as the picture has not been looked at, within
  // kLongestPauseOfSlow.
  void allow_pause(Micros since_last_look);
  void note(int x, int y, const CellChange& change, Micros now);
  // What moved in it until now says nothing about where it will move: something opened over it.
  void restart_extent(int x, int y, Micros now);
  // Whether note() has anything to learn from where in the cell it changed.
  [[nodiscard]] bool wants_extent(int x, int y) const { return cell(x, y).box != kWhole; }

  [[nodiscard]] bool sustained(int x, int y, Micros now, Micros least = kSustainedMotion) const;
  // The same, should it change now.
  [[nodiscard]] bool sustained_by(int x, int y, Micros now) const;
  // It changed at least twice without a pause, or gently once, or for kMotionOfLarge: where much does, a film begins.
  [[nodiscard]] bool lively(int x, int y, Micros now) const;
  // Whether it is not known to be lively, so that note() wants to hear whether a change is gentle.
  [[nodiscard]] bool wants_gentle(int x, int y) const { return cell(x, y).evidence < kEnoughEvidence; }
  // At its last change before this one.
  [[nodiscard]] bool was_crisp(int x, int y, Micros now) const;
  // It was crisp at every change for as long.
  [[nodiscard]] bool sustained_crisp(int x, int y, Micros now) const;
  // Pixels of the cell that changed in the last kSustainedMotion at least.
  [[nodiscard]] Rect extent(int x, int y) const;
  // The same without the last kSustainedMotion at most; empty while that is all there is.
  [[nodiscard]] Rect earlier_extent(int x, int y) const { return unpacked(cell(x, y).old_box, x, y); }
  // Whether that is from long enough to tell where it moves.
  [[nodiscard]] bool knows_extent(int x, int y) const { return cell(x, y).old_box != kNothing; }
  // Rectangles of cells around what has been moving for `least` and looks natural, apart from the cells of `known`,
  // each large and dense enough for a stream, the largest first.
  [[nodiscard]] std::vector<Rect> patches(Micros least, const TileSet& known, Micros now) const;
  // The same of what is lively. Denser ones: most of a film's cells change with each of its first frames.
  [[nodiscard]] std::vector<Rect> lively_patches(const TileSet& known, Micros now) const;
  [[nodiscard]] size_t memory_bytes() const { return cells_.capacity() * sizeof(Cell); }

 private:
  // Milliseconds, to keep this small; 49 days until they repeat, which is a pause like any other.
  struct Cell {
    uint32_t last = 0;
    uint32_t since = 0;
    uint32_t crisp_since = 0;
    uint32_t box_since = 0;
    uint16_t box = kNothing;  // what changed in the present span of time, and in the one before
    uint16_t old_box = kNothing;
    bool moved = false;
    bool crisp = false;
    uint8_t evidence = 0;  // of a film: a point for a change without a pause before it, two for a gentle one
  };
  static constexpr uint8_t kEnoughEvidence = 2;
  static constexpr uint16_t kNothing = 0x00ff;  // left and top beyond right and bottom
  static constexpr uint16_t kWhole = 0xff00;

  [[nodiscard]] Rect unpacked(int box, int x, int y) const;
  template <class Moves>
  [[nodiscard]] std::vector<Rect> patches_of(Moves moves, const TileSet& known, int64_t least_share) const;
  [[nodiscard]] const Cell& cell(int x, int y) const { return cells_[static_cast<size_t>(y) * grid_.columns() + x]; }

  CellGrid grid_;
  uint32_t pause_ms_ = kLongestMotionPause / kMillisecond;
  std::vector<Cell> cells_;
};

}  // namespace vitrine::codec
