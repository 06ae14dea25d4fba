// The moving pictures of one viewer: finds them, decides cell by cell what a stream shows, and makes the frames.
//
// Where a stream shows a cell, `held` and `painted` of the viewer's encoder stay as they were when it was last painted
// there, on both ends alike; what was last sent is kept here ("filmed"). So a cell that leaves its stream, for text
// that covers it or at rest, differs from `painted` as any other and is painted whole.
//
// In an update, by the encoder of the viewer:
//
//     keep_differing      marked cells against what was last sent of them
//     route               cells of streams that the next frame brings leave `missing`
//     (copies, classes)
//     note, plan          activity; streams start, grow, end
//     encode              after text, before other pictures
#pragma once

#include <algorithm>
#include <array>
#include <climits>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "codec/enc_motion.h"
#include "codec/enc_moving.h"
#include "codec/enc_plan.h"
#include "codec/enc_video_encoder.h"
#include "codec/picture.h"
#include "codec/tile_set.h"
#include "codec/video_areas.h"

namespace vitrine::codec {

class VideoLayer {
 public:
  // Pictures of an update while it is made, and the cells still to be sent.
  struct Scene {
    PictureView source;
    PictureView painted;
    const CellClasses& classes;
    const TileSet& lossy;
    Micros now;
  };

  VideoLayer(Size size, VideoOptions options);

  [[nodiscard]] bool enabled() const { return options_.make != nullptr; }
  // Cells of which a stream shows something.
  [[nodiscard]] const TileSet& shown() const { return areas_.any() ? areas_.shown() : none_; }
  [[nodiscard]] bool shows_anything() const { return areas_.any() && areas_.shown().any(); }

  // The source may have changed here since the last note().
  void marked(const Rect& cells) {
    if (enabled()) marked_.insert(cells);
  }
  // As the function of this name, against what was last sent.
  void keep_differing(const PictureView& source, const PictureView& painted, TileSet& cells) const;
  // Cells that no lossy picture may be painted into: of which a stream shows something, and those that just left one.
  [[nodiscard]] TileSet exact_only() const;
  // Cells of streams' areas that may need classification.
  [[nodiscard]] TileSet inside(const TileSet& cells) const;
  // Moves cells of `missing` that a frame brings to frames(), and lists what has to be painted before, exactly.
  void route(const Scene& scene, TileSet& missing);
  // Takes note of what changed: cells of `missing` and frames(), those apart that copies explain. Call once an update.
  void note(const Scene& scene, const TileSet& missing, const std::vector<Motion>& motions);
  // Starts streams, of at most this rate, and fits their areas to what moves. True when route() should look again.
  bool plan(Micros now, double bytes_per_s);

  // Cells that a stream still shows, but that are to be painted exactly: what lies in them is no film any more. They are
  // missing until then.
  [[nodiscard]] const TileSet& owed() const { return shows_anything() ? owed_ : none_; }
  // Cells that wait for a frame.
  [[nodiscard]] const TileSet& frames() const { return frames_; }
  // Pieces to be painted exactly before encode(), in this update.
  [[nodiscard]] std::vector<Rect> take_strips();
  // Appends a frame of each stream that needs one; the pixels of their areas. `lost` gets the cells of streams that
  // failed. frames() is empty afterwards.
  int64_t encode(const Scene& scene, double bytes_per_s, std::vector<uint8_t>& body, TileSet& lost);
  // Nothing can be sent now: what waits for a frame is missing again.
  void skip(TileSet& missing);

  // Something else was painted here.
  void painted(const Rect& area) {
    if (areas_.any()) areas_.give_back(area);
  }
  // Shown cells that have not changed for `still` and may become exact; `changed_at` is by cell.
  [[nodiscard]] TileSet still_cells(const std::vector<Micros>& changed_at, Micros still, Micros now) const;
  // When still_cells() will have something; kNever.
  [[nodiscard]] Micros still_at(const std::vector<Micros>& changed_at, Micros still, Micros now) const;
  // Streams that show nothing any more and do not move end.
  void end_idle(Micros now, std::vector<uint8_t>& body);
  // The decoder's streams are gone by a reset. Returns the cells that were shown.
  TileSet drop_all();

  [[nodiscard]] size_t memory_bytes() const;

 private:
  // How far from the inner cells of a stream's area a side of its film changed, in its last frames that tell.
  class Side {
   public:
    // Of what changed since the frame of this time.
    void note(int reach, Micros frame_at) {
      if (frame_at != frame_at_) ++latest_;
      frame_at_ = frame_at;
      reaches_[latest_ % reaches_.size()] = reach;
    }
    [[nodiscard]] int farthest() const { return *std::max_element(reaches_.begin(), reaches_.end()); }
    // Reached in more than one frame: more than a window that closes.
    [[nodiscard]] int repeated() const {
      auto sorted = reaches_;
      std::sort(sorted.begin(), sorted.end());
      return sorted[sorted.size() - 2];
    }

   private:
    std::array<int, 4> reaches_{INT_MAX, INT_MAX, INT_MAX, INT_MAX};
    size_t latest_ = 0;
    Micros frame_at_ = -1;
  };
  struct Stream {
    std::unique_ptr<VideoEncoder> encoder;
    Rect area;                    // as the next frame will have it
    Rect film;                    // pixels of it that move: what lies beside them in the outermost cells is page
    std::array<Side, 4> sides{};  // left, top, right, bottom
    bool key = true;
    Micros began_at = 0;
    Micros frame_at = 0;   // when the last frame was made, or the stream
    Micros fitted_at = 0;  // when its area was last compared with what moves
  };

  [[nodiscard]] bool shown_at(int x, int y) const { return shows_anything() && areas_.shown().test(x, y); }
  // Whether something opened over these pixels of a cell of the film, as far as is known.
  [[nodiscard]] bool is_covered(int x, int y, const Rect& some) const {
    return shown_at(x, y) ? intersect(areas_.part(x, y), some).empty() : covered_.test(x, y);
  }
  [[nodiscard]] bool is_crisp(const Scene& scene, int x, int y) const;
  [[nodiscard]] TileSet crisp_cells_for_frames(const Scene& scene, const TileSet& crisp, const TileSet& natural) const;
  [[nodiscard]] TileSet doubtful_cells(const Scene& scene, const TileSet& crisp, const TileSet& natural);
  [[nodiscard]] Rect with_edges(const Rect& patch, Micros now) const;
  [[nodiscard]] Rect measured_film(const Rect& cells, Micros now) const;
  [[nodiscard]] std::optional<int> reach_now(const Scene& scene, const TileSet& missing, const Rect& line, int dx,
                                             int dy, const Rect& inner) const;
  void fit_film(const Scene& scene, const TileSet& missing, const Rect& measured, Stream& stream);
  void measure_films(const Scene& scene, const TileSet& missing);
  [[nodiscard]] Rect film_at(int x, int y) const;
  [[nodiscard]] bool moves_as_film(int x, int y, Micros now) const;
  [[nodiscard]] bool moves_as_crisp_film(int x, int y, Micros now) const;
  [[nodiscard]] bool stays_film(const Scene& scene, int x, int y) const;
  [[nodiscard]] TileSet still_film(const Scene& scene, const TileSet& missing) const;
  [[nodiscard]] bool uncovers_page(const Scene& scene, int x, int y, const Rect& part, const TileSet& film) const;
  [[nodiscard]] bool is_streamed(const Rect& cells) const;
  [[nodiscard]] bool is_plain_towards(const Scene& scene, int x, int y, const TileSet& cells, int least_step) const;
  [[nodiscard]] bool is_still(const Scene& scene, const Rect& cell, const Rect& area) const;
  [[nodiscard]] bool has_still_window(const Scene& scene, int x, int y) const;
  // What stays the picture's and was sent as a lossy one would stay lossy for as long as some of it moves.
  void make_exact(int x, int y) { strips_.push_back(grid_.pixels_of({x, y, 1, 1})); }
  [[nodiscard]] bool has_still_corner(const Scene& scene, int x, int y, const Rect& part) const;
  [[nodiscard]] Rect film_part(const Scene& scene, int x, int y, Rect moving) const;
  [[nodiscard]] Rect to_sides(const Scene& scene, const Rect& film, Rect moving) const;
  [[nodiscard]] Rect moved_part(const Scene& scene, int x, int y) const;
  [[nodiscard]] Rect without_window(const Scene& scene, int x, int y, const Rect& part) const;
  void route_cell(const Scene& scene, int x, int y);
  [[nodiscard]] bool is_covered(int x, int y) const;
  void request(const Scene& scene, int x, int y, const Rect& part);
  [[nodiscard]] Rect changed_part(const Scene& scene, int x, int y) const;
  [[nodiscard]] bool changed_gently(const Scene& scene, int x, int y) const;
  [[nodiscard]] bool may_start(const Rect& cells) const;
  [[nodiscard]] Rect stream_area(const Rect& cells, Micros now) const;
  void start(const Rect& cells, Micros now, double bytes_per_s);
  bool resize(Stream& stream, const Rect& cells, Micros now, double bytes_per_s);
  [[nodiscard]] std::vector<Rect> moving_patches(Micros now) const;
  // Of the stream that had one last; 0 without streams.
  [[nodiscard]] Micros since_last_frame(Micros now) const;
  bool fit_streams(Micros now, double bytes_per_s);
  bool fit(Stream& stream, const std::vector<Rect>& patches, Micros now, double bytes_per_s);
  void end(size_t index, std::vector<uint8_t>& body);
  Result<void> encode_stream(size_t index, const Scene& scene, double bytes_per_s, std::vector<uint8_t>& body);
  void complete_claims(const Stream& stream, bool fresh);
  [[nodiscard]] std::vector<Rect> take_claims(const Stream& stream);
  // The cell and its neighbours.
  [[nodiscard]] Rect around_cell(int x, int y) const {
    return intersect({x - 1, y - 1, 3, 3}, {0, 0, grid_.columns(), grid_.rows()});
  }
  [[nodiscard]] Rect& part_of(int x, int y) { return parts_[static_cast<size_t>(y) * grid_.columns() + x]; }

  CellGrid grid_;
  VideoOptions options_;
  VideoAreas areas_;
  TileSet none_;
  TileSet marked_;
  TileSet frames_;
  TileSet unframed_;         // cells of streams' areas that changed since the last frame and are not in frames_
  TileSet claims_;           // cells of which the next frame is to show what parts_ says
  std::vector<Rect> parts_;  // by cell of frames_ and claims_
  int requested_parts_ = 0;  // cells of claims_ that are to be shown in part
  std::vector<Rect> strips_;
  TileSet crisp_;        // cells that looked crisp when they were last given to a frame
  TileSet cut_;          // cells of which other pixels move from now on, since the last note()
  TileSet covered_;      // cells that left the film for what opened over it, until they are shown whole again
  TileSet doubted_;      // cells that are to be painted before a frame has them again
  TileSet owed_;         // cells that left the film and were shown by it then, until they are painted
  TileSet film_;         // what the next frame will show, while route() decides
  TileSet film_around_;  // and what looks like film and stands still
  TileSet settled_;      // shown whole, and all around is film too
  TileSet looks_crisp_;  // of the cells that route() has looked at for the next note()
  TileSet looked_at_;
  Micros planned_at_ = 0;
  Micros fitted_at_ = 0;
  std::vector<MovingCells> moving_;  // one, when enabled
  std::array<Stream, kMaxVideoStreams> streams_;
  Picture filmed_;  // what was last sent by a frame, in shown parts; empty without streams
  std::vector<uint8_t> packet_;
  bool failed_ = false;  // no more streams for this viewer
};

}  // namespace vitrine::codec
