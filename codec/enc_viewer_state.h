// The state of a ViewerEncoder, shared by the parts of its implementation: enc_viewer.cpp makes updates of it,
// enc_viewer_codings.cpp writes the operations and paints what they do. Nobody else includes this.
#pragma once

#include <vector>

#include "codec/bitstream.h"
#include "codec/dec_jpeg.h"
#include "codec/enc_archive.h"
#include "codec/enc_jpeg.h"
#include "codec/enc_motion.h"
#include "codec/enc_photo.h"
#include "codec/enc_plan.h"
#include "codec/enc_recall.h"
#include "codec/enc_restless.h"
#include "codec/enc_screen.h"
#include "codec/enc_video.h"
#include "codec/enc_viewer.h"
#include "codec/frame_analysis.h"
#include "codec/tile_set.h"

namespace vitrine::codec {

// A lossy part is rebuilt when it has been still this long: longer than the pause between two frames of a slow
// animation, short enough to look immediate.
inline constexpr Micros kStillBeforeRefinement = 300 * kMillisecond;
// Of the link moving pictures take this much at most; the rest is for what else changes.
inline constexpr double kVideoShare = 0.9;
// A window that paused longer is not dragged any more.
inline constexpr Micros kDragPause = 100 * kMillisecond;
inline constexpr int kFullChromaQuality = 88;  // from here on JPEG keeps chroma at full resolution

struct ViewerEncoder::State {
  State(Size size, EncoderArchive kept, VideoOptions options)
      : grid{size, kCellSide},
        tiles{size, kTileSide},
        held(size),
        painted(size),
        missing(grid),
        lossy(grid),
        searched(grid),
        compared(grid),
        unclassified(grid),
        awaiting_frame(grid),
        blank(grid),
        unverified(tiles),
        considered(grid),
        classes(grid),
        restless(grid),
        painted_at(static_cast<size_t>(grid.columns()) * grid.rows(), 0),
        missing_since(painted_at.size(), 0),
        archive(std::move(kept)),
        video(size, std::move(options)) {
    missing.insert(Rect{0, 0, grid.columns(), grid.rows()});
    blank = missing;
    archive.fit(size);
  }

  // An update being made.
  struct Draft {
    const PictureView& source;
    const EncodeBudget& budget;
    Micros now;
    std::vector<uint8_t>& body;
    FrameAnalysis* shared;
    size_t start;  // of the body in the buffer
    UpdateInfo info;
    int64_t coded_pixels = 0;
    int64_t written_pixels = 0;

    [[nodiscard]] size_t bytes() const { return body.size() - start; }
  };

  void mark(const Rect& cells, Micros now);
  void mark_changed(const Rect& cells, Micros now);
  void compare_missing(const PictureView& source);
  void classify_missing(const Draft& draft);
  [[nodiscard]] std::vector<Motion> find_motions(const Draft& draft, const TileSet& fresh);
  [[nodiscard]] Micros waiting(const Rect& area, Micros now) const;
  void encode_missing(Draft& draft);
  [[nodiscard]] bool dragging(Micros now) const { return dragged_at != kNever && now - dragged_at <= kDragPause; }
  EncodeBudget with_exact_share(const Draft& draft, const std::vector<Motion>& motions);
  std::vector<Motion> move_and_recall(Draft& draft, const TileSet& fresh);
  enum class Painted : uint8_t { kSkip, kRepeat, kMakeExact };
  bool encode_regions(Draft& draft, const std::vector<Region>& regions, Painted painted_parts);
  [[nodiscard]] VideoLayer::Scene scene(const Draft& draft) const {
    return {draft.source, painted.view(), classes, lossy, draft.now};
  }
  void route_frames(const Draft& draft);
  bool encode_with_frames(Draft& draft, std::vector<Region>& regions);
  bool encode_overdue(Draft& draft, const std::vector<Region>& pictures);
  void encode_frames(Draft& draft);
  void refine(Draft& draft);
  void refine_film(Draft& draft);
  void give_back_owed(Draft& draft);
  void reclaim(const Rect& area);
  void widen(Region& region) const;
  void heal(Draft& draft);
  void restore(Draft& draft);
  void keep(Draft& draft, const TileSet& changing, const std::vector<Motion>& motions);
  void recall(Draft& draft, const std::vector<Recall>& recalls);
  void copy(Draft& draft, const std::vector<Motion>& motions);
  void encode_piece(Draft& draft, const Region& piece);
  void encode_flat(Draft& draft, const Rect& area);
  void encode_screen(Draft& draft, const Rect& area);
  void encode_photo(Draft& draft, const Rect& area);
  void encode_jpeg(Draft& draft, const Rect& area);
  bool paint_jpeg(Draft& draft, const Rect& area, int quality, JpegSampling sampling);
  void painted_exactly(const PictureView& source, const Rect& area);
  void became_exact(const Rect& area);
  [[nodiscard]] bool spent(const Draft& draft, const Rect& piece) const;
  [[nodiscard]] int64_t piece_pixels(Coding coding, const Draft& draft) const;
  void note_changed(Draft& draft, const Rect& area);
  void find_refine_time(Micros now);

  // The cells that lie wholly in an area of pixels.
  [[nodiscard]] Rect cells_inside(const Rect& area) const {
    const auto first = [](int at) { return (at + kCellSide - 1) / kCellSide; };
    const auto end = [](int at, int side) { return at == side ? (at + kCellSide - 1) / kCellSide : at / kCellSide; };
    const int x = first(area.x);
    const int y = first(area.y);
    return {x, y, std::max(0, end(area.right(), grid.picture.width) - x),
            std::max(0, end(area.bottom(), grid.picture.height) - y)};
  }
  [[nodiscard]] Micros& painted_time(int x, int y) { return painted_at[static_cast<size_t>(y) * grid.columns() + x]; }

  CellGrid grid;
  CellGrid tiles;
  Picture held;      // what the viewer shows
  Picture painted;   // what the source showed where it was last sent; differs from held where a coding was lossy
  TileSet missing;   // marked, or known to differ from the source
  TileSet lossy;     // cells where held differs from painted
  TileSet searched;  // missing cells already searched for motion since they were marked
  TileSet compared;  // missing cells known to differ since they were last marked or painted
  TileSet unclassified;
  TileSet awaiting_frame;  // missing cells that the last update could only have brought by a frame
  TileSet blank;           // never painted: black on both sides
  TileSet unverified;
  TileSet considered;  // cells whose content was judged worth keeping or not since it last changed
  CellClasses classes;
  RestlessCells restless;
  std::vector<uint32_t> wrong_tiles;
  // Hashes of what the viewer showed before, until the first update.
  std::vector<uint64_t> offered;
  std::vector<Micros> painted_at;     // when a lossy cell was last painted
  std::vector<Micros> missing_since;  // when a missing cell was first marked
  Micros next_refinement = kNever;
  FrameAnalysis::PictureNumber in_step = 0;  // `painted` is this picture of the source; 0: of none, or not known

  ScreenEncoder screen;
  PhotoEncoder photo;
  JpegEncoder jpeg;
  JpegScratch jpeg_scratch;
  MotionSearch motion;
  DragWatch drags;
  Micros dragged_at = kNever;  // when a window was last dragged; what else moves since ends that
  EncoderArchive archive;
  RecallSearch recalling;
  VideoLayer video;
  std::vector<uint8_t> scratch;
};

}  // namespace vitrine::codec
