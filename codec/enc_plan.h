// Which coding for which region: pure functions of the pictures, what differs, what cells were before, and the budget.
#pragma once

#include <vector>

#include "codec/enc_diff.h"
#include "codec/enc_motion.h"
#include "codec/enc_viewer.h"
#include "codec/frame_analysis.h"
#include "codec/tile_set.h"

namespace vitrine::codec {

enum class Coding : uint8_t { kFlat, kScreen, kJpeg, kPhoto };

struct Region {
  Coding coding = Coding::kScreen;
  Rect area;
  Micros waiting = 0;  // since its oldest cell was marked
};

// What each cell looked like when it last changed. Remembered so that a cell on the border between text and picture
// does not flip with every frame.
struct CellClasses {
  explicit CellClasses(const CellGrid& grid) : picture(grid), textlike(grid), mixed(grid), colourful(grid) {}
  TileSet picture;
  TileSet textlike;   // by its last look alone
  TileSet mixed;      // of those that are no picture, what could be the edge of one
  TileSet colourful;  // mixed cells whose colours were counted: they are many
};

// Bytes a pixel of natural picture takes losslessly, for estimates (1.17 was measured by median prediction).
inline constexpr double kPhotoBytesPerPixel = 1.2;

// Classifies the cells of `changed` from the source. `shared`, if given, knows this source.
void classify(const PictureView& source, const TileSet& changed, CellClasses& classes, FrameAnalysis* shared = nullptr);

// Regions that together cover the cells of `changed`, in no particular order, each cut to the pixels that differ.
// `classes` must be up to date for `changed`; what of them has to be counted now is noted there. None but changed cells
// of `avoided` are coded along, and those exactly.
std::vector<Region> plan_regions(const PictureView& source, const PictureView& painted, const TileSet& changed,
                                 CellClasses& classes, const TileSet& avoided, const EncodeBudget& budget);

// Cells of patches (joined by sides or corners) that have at least `least` cells.
[[nodiscard]] TileSet large_patches(const TileSet& cells, int least, const CellGrid& grid);

// Whether an area is soft (enc_cells.h) and not of one colour.
[[nodiscard]] bool is_soft_gradient(const PictureView& picture, const Rect& area);

// Text and interface before pictures; then what was passed over longest, in turns of 100 ms; then what surrounds the
// focus, in rings; then top to bottom.
void order_by_need(std::vector<Region>& regions, const EncodeBudget& budget);

// Cuts an area into pieces of about `pixels`, whole cells high where it can.
std::vector<Rect> split_area(const Rect& area, int64_t pixels);

// Squared distance of the focus from an area; 0 inside it or without a focus.
int64_t focus_distance(const Rect& area, const EncodeBudget& budget);

}  // namespace vitrine::codec
