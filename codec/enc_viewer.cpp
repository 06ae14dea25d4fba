#include "codec/enc_viewer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <functional>
#include <utility>

#include "codec/bitstream.h"
#include "codec/copy_areas.h"
#include "codec/dec_jpeg.h"
#include "codec/enc_diff.h"
#include "codec/enc_edges.h"
#include "codec/enc_jpeg.h"
#include "codec/enc_keep.h"
#include "codec/enc_motion.h"
#include "codec/enc_photo.h"
#include "codec/enc_plan.h"
#include "codec/enc_recall.h"
#include "codec/enc_screen.h"
#include "codec/enc_video.h"
#include "codec/restore.h"
#include "codec/tile_hash.h"
#include "codec/tile_set.h"
#include "protocol/base/check.h"

namespace vitrine::codec {
namespace {

// The operations by number, and apart from them what refinement took.
constexpr std::array<const char*, kOperationCount + 1> kCodingNames = {
    "reset", "copy", "flat", "screen", "jpeg", "photo", "video", "keep", "recall", "restore", "refine"};
constexpr size_t kRefineBytes = kOperationCount;

// A lossy part is rebuilt when it has been still this long: longer than the pause between two frames of a slow
// animation, short enough to look immediate.
constexpr Micros kStillBeforeRefinement = 300 * kMillisecond;
// No body grows past this before its last piece, whatever the budget, so that the wire's limit of 1 MiB holds.
constexpr size_t kMostBytes = 448 * 1024;
// Pixels of one piece: large enough that pieces cost nothing, small enough to stop between them.
constexpr int64_t kMostPiecePixels = 64 * 1024;
constexpr int64_t kMostJpegPiecePixels = 256 * 1024;
constexpr int64_t kLeastPiecePixels = 4096;
// Lossless photographs take up to two bytes a pixel: a piece of them is 8 ms of a link of 2 Mbit/s.
constexpr int64_t kLeastPhotoPixels = 1024;
// The screen coder hands a piece over when it costs more than this many bytes a pixel: then it is a picture.
constexpr double kScreenGivesUp = 0.9;
// Of the link moving pictures take this much at most; the rest is for what else changes.
constexpr double kVideoShare = 0.8;
// A frame goes out although the text before it has not ended when its oldest cell has waited this long.
constexpr Micros kLongestFrameWait = 100 * kMillisecond;
constexpr int kFullChromaQuality = 88;  // from here on JPEG keeps chroma at full resolution

}  // namespace

std::span<const char* const> coding_names() {
  return kCodingNames;
}

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
        blank(grid),
        unverified(tiles),
        considered(grid),
        classes(grid),
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
  std::vector<Motion> move_and_recall(Draft& draft, const TileSet& fresh);
  enum class Painted : uint8_t { kSkip, kRepeat };
  bool encode_regions(Draft& draft, const std::vector<Region>& regions, Painted painted_parts);
  [[nodiscard]] VideoLayer::Scene scene(const Draft& draft) const {
    return {draft.source, painted.view(), classes, lossy, draft.now};
  }
  void route_frames(const Draft& draft);
  bool encode_with_frames(Draft& draft, std::vector<Region>& regions);
  void encode_frames(Draft& draft);
  void refine(Draft& draft);
  void refine_film(Draft& draft);
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
  TileSet blank;  // never painted: black on both sides
  TileSet unverified;
  TileSet considered;  // cells whose content was judged worth keeping or not since it last changed
  CellClasses classes;
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
  MotionSearch motion;
  EncoderArchive archive;
  RecallSearch recalling;
  VideoLayer video;
  std::vector<uint8_t> scratch;
};

// --- the update ----------------------------------------------------------------------------------------------------

void ViewerEncoder::State::mark(const Rect& cells, Micros now) {
  for (int y = cells.y; y < cells.bottom(); ++y) {
    for (int x = cells.x; x < cells.right(); ++x) {
      if (!missing.test(x, y)) missing_since[static_cast<size_t>(y) * grid.columns() + x] = now;
    }
  }
  missing.insert(cells);
  video.marked(cells);
  searched.erase(cells);
  compared.erase(cells);
  considered.erase(cells);
}

// What was not missing was painted as it looked before, so it differs; what was may have become as it was painted.
void ViewerEncoder::State::mark_changed(const Rect& cells, Micros now) {
  TileSet differing(grid);
  differing.insert(cells);
  differing -= missing;
  mark(cells, now);
  compared |= differing;
  unclassified |= differing;
}

// Drops the missing cells that are equal. A large change leaves in many updates; each looks only at what was marked or
// painted since the one before.
void ViewerEncoder::State::compare_missing(const PictureView& source) {
  TileSet fresh = missing;
  fresh -= compared;
  if (!fresh.any()) return;
  missing -= fresh;
  video.keep_differing(source, painted.view(), fresh);
  missing |= fresh;
  compared |= fresh;
  unclassified |= fresh;
}

void ViewerEncoder::State::classify_missing(const Draft& draft) {
  unclassified &= missing;
  classify(draft.source, unclassified, classes, draft.shared);
  unclassified.clear();
}

// Viewers in step search between the same two pictures.
std::vector<Motion> ViewerEncoder::State::find_motions(const Draft& draft, const TileSet& fresh) {
  const auto* known = draft.shared == nullptr ? nullptr : draft.shared->motions(in_step, fresh);
  if (known != nullptr) return *known;
  auto found = motion.find(draft.source, painted.view(), fresh, blank);
  if (draft.shared != nullptr) draft.shared->keep_motions(in_step, fresh, found);
  return found;
}

// How long the oldest missing cell of `area` has been missing.
Micros ViewerEncoder::State::waiting(const Rect& area, Micros now) const {
  const Rect cells = grid.cells_of(area);
  Micros longest = 0;
  for (int y = cells.y; y < cells.bottom(); ++y) {
    for (int x = cells.x; x < cells.right(); ++x) {
      if (!missing.test(x, y)) continue;
      longest = std::max(longest, now - missing_since[static_cast<size_t>(y) * grid.columns() + x]);
    }
  }
  return longest;
}

void ViewerEncoder::State::encode_missing(Draft& draft) {
  compare_missing(draft.source);
  if (!missing.any()) return;

  route_frames(draft);
  TileSet unsearched = missing;
  unsearched -= searched;
  std::vector<Motion> motions;
  if (unsearched.any()) {
    motions = move_and_recall(draft, unsearched);
    searched |= unsearched;
  }
  classify_missing(draft);
  if (video.enabled()) {
    video.note(scene(draft), missing, motions);
    if (video.plan(draft.now, draft.budget.link_bytes_per_s * kVideoShare)) video.route(scene(draft), missing);
    missing -= video.frames();
  }
  auto regions = plan_regions(draft.source, painted.view(), missing, classes, video.exact_only(), draft.budget);
  if (encode_with_frames(draft, regions)) {
    missing.clear();
  } else {
    compare_missing(draft.source);
  }
  video.skip(missing);
}

// Paints those of the missing cells `fresh` that the viewer has already: elsewhere on its screen or in its archive. A
// window that comes back is looked for first, so that chance motions do not break it up.
std::vector<Motion> ViewerEncoder::State::move_and_recall(Draft& draft, const TileSet& fresh) {
  TileSet open = fresh;
  const auto windows = recalling.find_windows(archive, draft.source, open);
  const auto motions = find_motions(draft, open);
  keep(draft, fresh, motions);
  if (!motions.empty()) copy(draft, motions);
  recall(draft, windows);
  if (!motions.empty() || !windows.empty()) compare_missing(draft.source);
  open = fresh;
  open &= missing;
  const auto rest = recalling.find_rest(archive, draft.source, painted.view(), open);
  recall(draft, rest);
  if (!rest.empty()) compare_missing(draft.source);
  return motions;
}

// False when the budget ended before the regions did. Regions of what is missing may span what an earlier update
// painted (the surroundings of the focus enclose it), which is skipped; a refinement paints the same again, exactly.
bool ViewerEncoder::State::encode_regions(Draft& draft, const std::vector<Region>& regions, Painted painted_parts) {
  std::vector<Region> pieces;
  for (const Region& region : regions) {
    for (const Rect& area : split_area(region.area, piece_pixels(region.coding, draft))) {
      pieces.push_back({region.coding, area, waiting(area, draft.now)});
    }
  }
  order_by_need(pieces, draft.budget);
  for (const Region& piece : pieces) {
    Rect area = piece.area;
    if (painted_parts == Painted::kSkip) {
      const Rect differing = tighten(draft.source, painted.view(), area);
      if (differing.empty()) continue;
      if (piece.coding != Coding::kJpeg) area = differing;  // a JPEG keeps to whole cells
    }
    if (spent(draft, area)) return false;
    encode_piece(draft, {piece.coding, area, piece.waiting});
  }
  return true;
}

// Whether the next piece has to wait for another update.
bool ViewerEncoder::State::spent(const Draft& draft, const Rect& piece) const {
  if (draft.coded_pixels == 0) return false;  // every update gets somewhere
  return draft.bytes() >= std::min(draft.budget.max_bytes, kMostBytes) ||
         draft.coded_pixels >= draft.budget.max_pixels ||
         draft.written_pixels + piece.area() > (kMaxPicturesPerUpdate - 1) * painted.bounds().area();
}

int64_t ViewerEncoder::State::piece_pixels(Coding coding, const Draft& draft) const {
  const auto bytes = static_cast<int64_t>(std::min(draft.budget.max_bytes, kMostBytes));
  switch (coding) {
    case Coding::kFlat: return INT32_MAX;
    case Coding::kScreen: return std::clamp(bytes * 8, kLeastPiecePixels, kMostPiecePixels);
    case Coding::kJpeg: {
      // At the highest qualities noise can take more bytes than raw pixels.
      const bool dear = draft.budget.jpeg_quality >= kFullChromaQuality;
      const int64_t pixels = std::clamp(bytes * 3, kLeastPiecePixels, dear ? kMostPiecePixels : kMostJpegPiecePixels);
      // Few sizes, so that viewers whose links are about as fast can share pieces.
      return static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(pixels)));
    }
    case Coding::kPhoto: return std::clamp(bytes / 2, kLeastPhotoPixels, kMostPiecePixels);
  }
  return kMostPiecePixels;
}

void ViewerEncoder::State::encode_piece(Draft& draft, const Region& piece) {
  const size_t before = draft.body.size();
  switch (piece.coding) {
    case Coding::kFlat: encode_flat(draft, piece.area); break;
    case Coding::kScreen: encode_screen(draft, piece.area); break;
    case Coding::kJpeg: encode_jpeg(draft, piece.area); break;
    case Coding::kPhoto: encode_photo(draft, piece.area); break;
  }
  CHECK(draft.body.size() > before);
  draft.coded_pixels += piece.area.area();
}

void ViewerEncoder::State::note_changed(Draft& draft, const Rect& area) {
  in_step = 0;
  draft.info.changed_pixels += area.area();
  draft.written_pixels += area.area();
  unverified.insert(tiles.cells_of(area));
  blank.erase(grid.cells_of(area));
  video.painted(area);
  compared.erase(grid.cells_of(area));
  considered.erase(grid.cells_of(area));
}

// Both sides now show the source in `area`.
void ViewerEncoder::State::painted_exactly(const PictureView& source, const Rect& area) {
  copy_colours(source, held, painted, area);
  if (!lossy.any()) return;
  // Only cells that lie wholly inside have become exact.
  const Rect cells = grid.cells_of(area);
  for (int y = cells.y; y < cells.bottom(); ++y) {
    for (int x = cells.x; x < cells.right(); ++x) {
      const Rect cell = grid.pixels_of({x, y, 1, 1});
      if (intersect(cell, area) == cell) lossy.erase(x, y);
    }
  }
}

// --- moving pictures -----------------------------------------------------------------------------------------------

// What streams show anyway need not be searched for copies.
void ViewerEncoder::State::route_frames(const Draft& draft) {
  if (!video.enabled()) return;
  TileSet film = video.inside(missing);
  if (!film.any()) return;
  film &= unclassified;
  classify(draft.source, film, classes);
  unclassified -= film;
  video.route(scene(draft), missing);
}

// To whole cells, which need not be of one colour any more.
void ViewerEncoder::State::widen(Region& region) const {
  const Rect whole = grid.pixels_of(grid.cells_of(region.area));
  if (whole == region.area) return;
  region.area = whole;
  if (region.coding == Coding::kFlat) region.coding = Coding::kScreen;
}

// Text first, then frames, then other pictures. False when the budget ended before the regions did.
bool ViewerEncoder::State::encode_with_frames(Draft& draft, std::vector<Region>& regions) {
  // Half a cell painted gives a stream's cell back, so these go out by whole cells.
  for (Region& region : regions) {
    const Rect cells = grid.cells_of(region.area);
    if (video.shown().count(cells) > 0) widen(region);
  }
  if (!video.frames().any()) return encode_regions(draft, regions, Painted::kSkip);
  const auto natural = [](const Region& region) {
    return region.coding == Coding::kJpeg || region.coding == Coding::kPhoto;
  };
  const auto first_natural = std::stable_partition(regions.begin(), regions.end(), std::not_fn(natural));
  const std::vector<Region> pictures(first_natural, regions.end());
  regions.erase(first_natural, regions.end());
  const bool all_text = encode_regions(draft, regions, Painted::kSkip);
  Micros oldest = kNever;
  video.frames().for_each(
      [&](int x, int y) { oldest = std::min(oldest, missing_since[static_cast<size_t>(y) * grid.columns() + x]); });
  if (all_text || draft.now - oldest > kLongestFrameWait) encode_frames(draft);
  return all_text && encode_regions(draft, pictures, Painted::kSkip);
}

void ViewerEncoder::State::encode_frames(Draft& draft) {
  // A body may write four pictures; a frame counts as one at most, its claims and strips as less than another.
  if (draft.written_pixels > (kMaxPicturesPerUpdate - 2) * painted.bounds().area()) return;
  for (const Rect& strip : video.take_strips()) encode_screen(draft, strip);
  const size_t before = draft.body.size();
  const TileSet brought = video.frames();
  TileSet lost(grid);
  const int64_t pixels = video.encode(scene(draft), draft.budget.link_bytes_per_s * kVideoShare, draft.body, lost);
  draft.info.bytes_by_coding[static_cast<size_t>(Operation::kVideo)] += draft.body.size() - before;
  draft.info.video_pixels += pixels;
  draft.info.changed_pixels += pixels;
  draft.coded_pixels += pixels;
  draft.written_pixels += pixels + pixels / 8;
  brought.for_each([&](int x, int y) { painted_time(x, y) = draft.now; });
  compared -= brought;
  missing |= lost;
  compared -= lost;
}

// A copy paints parts of cells; what streams show of the rest is stale in the picture.
void ViewerEncoder::State::reclaim(const Rect& area) {
  if (!video.shows_anything()) return;
  TileSet touched(grid);
  touched.insert(grid.cells_of(area));
  touched &= video.shown();
  missing |= touched;
  compared -= touched;
}

// Cells that streams show and that stand still become the picture's again, exactly.
void ViewerEncoder::State::refine_film(Draft& draft) {
  TileSet due = video.still_cells(painted_at, kStillBeforeRefinement, draft.now);
  if (!due.any()) return;
  EncodeBudget exactly = draft.budget;
  exactly.jpeg_quality = 0;
  auto regions = plan_regions(draft.source, painted.view(), due, classes, video.shown(), exactly);
  for (Region& region : regions) widen(region);
  // Where the picture happens to be right already, painting it again is what gives it back.
  TileSet right = due;
  keep_differing(draft.source, painted.view(), due);
  right -= due;
  TileSet text = right;
  text -= classes.picture;
  right &= classes.picture;
  for (const Rect& cells : text.rectangles()) regions.push_back({Coding::kScreen, grid.pixels_of(cells), 0});
  for (const Rect& cells : right.rectangles()) regions.push_back({Coding::kPhoto, grid.pixels_of(cells), 0});
  encode_regions(draft, regions, Painted::kRepeat);
}

// --- the codings ---------------------------------------------------------------------------------------------------

void ViewerEncoder::State::copy(Draft& draft, const std::vector<Motion>& motions) {
  const size_t before = draft.body.size();
  ByteWriter out(draft.body);
  out.operation(Operation::kCopy);
  out.number(static_cast<int>(motions.size()));
  std::vector<CopyArea> copies;
  for (const Motion& moved : motions) {
    out.zigzag(moved.dx);
    out.zigzag(moved.dy);
    out.number(static_cast<int>(moved.areas.size()));
    for (const Rect& area : moved.areas) {
      out.rect(area);
      reclaim(area);
      copies.push_back({area, area.x - moved.dx, area.y - moved.dy});
      note_changed(draft, area);
    }
  }
  draft.info.bytes_by_coding[static_cast<size_t>(Operation::kCopy)] += draft.body.size() - before;

  // A cell that received lossy pixels is lossy; one wholly covered by exact ones is not any more.
  TileSet was_lossy = lossy;
  const bool any_lossy = lossy.any();
  copy_areas(held.row(0), held.width(), copies);
  copy_areas(painted.row(0), painted.width(), copies);
  // Copies were compared when they were found.
  for (const CopyArea& area : copies) missing.erase(cells_inside(area.to));
  if (!any_lossy) return;
  for (const CopyArea& area : copies) {
    const Rect cells = grid.cells_of(area.to);
    for (int y = cells.y; y < cells.bottom(); ++y) {
      for (int x = cells.x; x < cells.right(); ++x) {
        const Rect cell = grid.pixels_of({x, y, 1, 1});
        const Rect covered = intersect(cell, area.to);
        const Rect from = grid.cells_of(
            {covered.x - area.to.x + area.from_x, covered.y - area.to.y + area.from_y, covered.width, covered.height});
        if (was_lossy.count(from) > 0) {
          lossy.insert(x, y);
          painted_time(x, y) = draft.now;
        } else if (covered == cell) {
          lossy.erase(x, y);
        }
      }
    }
  }
}

// Saves what the cells are about to lose.
void ViewerEncoder::State::keep(Draft& draft, const TileSet& changing, const std::vector<Motion>& motions) {
  if (!archive.enabled()) return;
  TileSet lost = changing;
  lost -= considered;
  lost -= blank;
  considered |= changing;
  if (!lost.any()) return;
  const auto areas = worth_keeping({held.view(), painted.view(), draft.source, lost, lossy, motions}, archive,
                                   recalling, held.bounds().area() + kEntryCost);
  if (areas.empty()) return;
  const size_t before = draft.body.size();
  draft.written_pixels += write_keep(archive, held.view(), areas, draft.body);
  draft.info.bytes_by_coding[static_cast<size_t>(Operation::kKeep)] += draft.body.size() - before;
}

// Paints what was found, and no more than leaves room for one more picture.
void ViewerEncoder::State::recall(Draft& draft, const std::vector<Recall>& recalls) {
  const size_t before = draft.body.size();
  const int64_t room = (kMaxPicturesPerUpdate - 1) * held.bounds().area() - draft.written_pixels;
  for (const Rect& area : write_recall(archive.ring(), recalls, room, draft.body)) {
    reclaim(area);
    painted_exactly(draft.source, area);
    note_changed(draft, area);
  }
  draft.info.bytes_by_coding[static_cast<size_t>(Operation::kRecall)] += draft.body.size() - before;
}

void ViewerEncoder::State::encode_flat(Draft& draft, const Rect& area) {
  const size_t before = draft.body.size();
  ByteWriter out(draft.body);
  const uint32_t colour = draft.source.row(area.y)[area.x];
  out.operation(Operation::kFlat);
  out.rect(area);
  out.colour(colour);
  draft.info.bytes_by_coding[static_cast<size_t>(Operation::kFlat)] += draft.body.size() - before;
  painted_exactly(draft.source, area);
  note_changed(draft, area);
}

void ViewerEncoder::State::encode_screen(Draft& draft, const Rect& area) {
  const auto limit = static_cast<size_t>(static_cast<double>(area.area()) * kScreenGivesUp) + 256;
  scratch.clear();
  const int rows = screen.encode(draft.source, held.view(), area, scratch, limit);
  const Rect coded{area.x, area.y, area.width, rows};
  const size_t before = draft.body.size();
  ByteWriter out(draft.body);
  out.operation(Operation::kScreen);
  out.rect(coded);
  out.bytes(scratch);
  draft.info.bytes_by_coding[static_cast<size_t>(Operation::kScreen)] += draft.body.size() - before;
  painted_exactly(draft.source, coded);
  note_changed(draft, coded);
  if (rows == area.height) return;
  const Rect rest{area.x, area.y + rows, area.width, area.height - rows};
  classes.picture.insert(grid.cells_of(rest));
  encode_photo(draft, rest);
}

void ViewerEncoder::State::encode_photo(Draft& draft, const Rect& area) {
  const size_t before = draft.body.size();
  ByteWriter out(draft.body);
  out.operation(Operation::kPhoto);
  out.rect(area);
  photo.encode(draft.source, held.view(), area, draft.body);
  draft.info.bytes_by_coding[static_cast<size_t>(Operation::kPhoto)] += draft.body.size() - before;
  painted_exactly(draft.source, area);
  note_changed(draft, area);
}

void ViewerEncoder::State::encode_jpeg(Draft& draft, const Rect& area) {
  const int quality = std::clamp(draft.budget.jpeg_quality, 1, 100);
  const JpegSampling sampling = quality >= kFullChromaQuality ? JpegSampling::k444 : JpegSampling::k420;
  if (!paint_jpeg(draft, area, quality, sampling)) return encode_photo(draft, area);
  const size_t before = draft.body.size();
  ByteWriter out(draft.body);
  out.operation(Operation::kJpeg);
  out.rect(area);
  out.byte(static_cast<uint8_t>(quality));
  out.byte(static_cast<uint8_t>(sampling));
  out.varint(static_cast<uint32_t>(scratch.size()));
  out.bytes(scratch);
  draft.info.bytes_by_coding[static_cast<size_t>(Operation::kJpeg)] += draft.body.size() - before;

  copy_colours(draft.source, painted, area);
  note_changed(draft, area);
  const Rect cells = grid.cells_of(area);
  TileSet inexact(grid);
  inexact.insert(cells);
  keep_differing(painted.view(), held.view(), inexact);
  lossy.erase(cells);
  lossy |= inexact;
  inexact.for_each([&](int x, int y) { painted_time(x, y) = draft.now; });
  for (const Rect& strip : strips_beside_picture(draft.source, area, classes.picture)) encode_screen(draft, strip);
}

// Leaves the scan in `scratch` and what it decodes to in `held`; false when it cannot be made.
bool ViewerEncoder::State::paint_jpeg(Draft& draft, const Rect& area, int quality, JpegSampling sampling) {
  const auto* known = draft.shared == nullptr ? nullptr : draft.shared->jpeg(area, quality, sampling);
  if (known != nullptr) {
    scratch = known->scan;
    copy_colours(draft.shared->decoded(), held, area);
    return true;
  }
  scratch.clear();
  if (!jpeg.encode(draft.source, area, quality, sampling, scratch)) return false;
  const JpegScan scan{quality, sampling, {area.width, area.height}, scratch};
  CHECK(decode_jpeg(scan, held.row(area.y) + area.x, held.width()).ok());
  if (draft.shared != nullptr) draft.shared->keep_jpeg({area, quality, sampling, scratch}, held.view());
  return true;
}

// Tiles that the viewer shows wrongly become black on both sides, and coder state that may have learnt from wrong
// pixels starts afresh; the ordinary comparison then finds what to send.
void ViewerEncoder::State::heal(Draft& draft) {
  if (wrong_tiles.empty()) return;
  ByteWriter out(draft.body);
  out.operation(Operation::kReset);
  screen.reset();
  photo.reset();
  archive.clear();
  const TileSet unshown = video.drop_all();
  for (const Rect& cells : unshown.rectangles()) mark(cells, draft.now);
  for (const uint32_t tile : wrong_tiles) {
    const auto column = static_cast<int>(tile % static_cast<uint32_t>(tiles.columns()));
    const auto row = static_cast<int>(tile / static_cast<uint32_t>(tiles.columns()));
    const Rect area = tiles.pixels_of({column, row, 1, 1});
    const size_t before = draft.body.size();
    out.operation(Operation::kFlat);
    out.rect(area);
    out.colour(0);
    draft.info.bytes_by_coding[static_cast<size_t>(Operation::kFlat)] += draft.body.size() - before;
    for (int y = area.y; y < area.bottom(); ++y) {
      std::fill_n(held.row(y) + area.x, area.width, 0);
      std::fill_n(painted.row(y) + area.x, area.width, 0);
    }
    lossy.erase(grid.cells_of(area));
    note_changed(draft, area);
    blank.insert(grid.cells_of(area));
    mark(grid.cells_of(area), draft.now);
  }
  ++draft.info.bytes_by_coding[static_cast<size_t>(Operation::kReset)];
  wrong_tiles.clear();
}

// What the viewer already shows of the source stays. The operation's own check proves it, so a PictureCheck has nothing
// to add until it changes.
void ViewerEncoder::State::restore(Draft& draft) {
  if (offered.empty()) return;
  const KeptTiles kept = find_kept_tiles(draft.source, std::exchange(offered, {}));
  if (std::find(kept.begin(), kept.end(), 1) == kept.end()) return;
  const size_t before = draft.body.size();
  ByteWriter out(draft.body);
  out.operation(Operation::kRestore);
  write_restore(draft.source, kept, out);
  for (uint32_t tile = 0; tile < kept.size();) {
    const bool stays = kept[tile] != 0;
    const Rect area = next_tile_run(held.size(), kept, tile);
    if (!stays) {
      draft.written_pixels += area.area();  // painted black
      continue;
    }
    painted_exactly(draft.source, area);
    const Rect cells = grid.cells_of(area);
    missing.erase(cells);
    blank.erase(cells);
  }
  draft.written_pixels += held.bounds().area();
  draft.info.bytes_by_coding[static_cast<size_t>(Operation::kRestore)] += draft.body.size() - before;
}

void ViewerEncoder::State::refine(Draft& draft) {
  if (!draft.budget.refine || missing.any() || draft.now < next_refinement) return;
  refine_film(draft);
  TileSet due = lossy;
  due -= video.shown();
  lossy.for_each([&](int x, int y) {
    if (painted_time(x, y) + kStillBeforeRefinement > draft.now) due.erase(x, y);
  });
  // Exact content next to lossy content may have been taken for lossy on its way.
  lossy -= due;
  keep_differing(painted.view(), held.view(), due);
  lossy |= due;
  std::vector<Region> regions;
  for (const Rect& cells : due.rectangles()) {
    regions.push_back({Coding::kPhoto, tighten(painted.view(), held.view(), grid.pixels_of(cells)), 0});
  }
  const size_t photo_before = draft.info.bytes_by_coding[static_cast<size_t>(Operation::kPhoto)];
  encode_regions(draft, regions, Painted::kRepeat);
  // What was painted is exact, also in cells that were painted in part.
  TileSet inexact = due;
  keep_differing(painted.view(), held.view(), inexact);
  lossy -= due;
  lossy |= inexact;
  size_t& photo_bytes = draft.info.bytes_by_coding[static_cast<size_t>(Operation::kPhoto)];
  draft.info.bytes_by_coding[kRefineBytes] += photo_bytes - photo_before;
  photo_bytes = photo_before;
}

void ViewerEncoder::State::find_refine_time(Micros now) {
  next_refinement = video.still_at(painted_at, kStillBeforeRefinement, now);
  TileSet seen = lossy;
  seen -= video.shown();
  seen.for_each(
      [&](int x, int y) { next_refinement = std::min(next_refinement, painted_time(x, y) + kStillBeforeRefinement); });
}

// --- the class -----------------------------------------------------------------------------------------------------

ViewerEncoder::ViewerEncoder(Size size, EncoderArchive archive, VideoOptions video)
    : state_(std::make_unique<State>(size, std::move(archive), std::move(video))) {
  CHECK(size.width > 0 && size.height > 0);
}
ViewerEncoder::~ViewerEncoder() = default;
ViewerEncoder::ViewerEncoder(ViewerEncoder&&) noexcept = default;
ViewerEncoder& ViewerEncoder::operator=(ViewerEncoder&&) noexcept = default;

Size ViewerEncoder::size() const {
  return state_->held.size();
}

void ViewerEncoder::mark(const Rect& area, Micros now) {
  state_->mark(state_->grid.cells_of(area), now);
}

void ViewerEncoder::mark_changed(const Rect& area, Micros now) {
  state_->mark_changed(state_->grid.cells_of(area), now);
}

void ViewerEncoder::offer(std::vector<uint64_t> hashes) {
  state_->offered = std::move(hashes);
}

void ViewerEncoder::mark_wrong(std::span<const uint32_t> tiles) {
  const auto count = static_cast<uint32_t>(state_->tiles.columns() * state_->tiles.rows());
  for (const uint32_t tile : tiles) {
    if (tile < count) state_->wrong_tiles.push_back(tile);
  }
  std::sort(state_->wrong_tiles.begin(), state_->wrong_tiles.end());
  const auto repeated = std::unique(state_->wrong_tiles.begin(), state_->wrong_tiles.end());
  state_->wrong_tiles.erase(repeated, state_->wrong_tiles.end());
}

bool ViewerEncoder::missing() const {
  return !state_->wrong_tiles.empty() || state_->missing.any();
}
bool ViewerEncoder::lossy() const {
  return state_->lossy.any() || state_->video.shows_anything();
}
Micros ViewerEncoder::refine_at() const {
  return state_->next_refinement;
}

UpdateInfo ViewerEncoder::encode(const PictureView& source, const EncodeBudget& budget, Micros now,
                                 std::vector<uint8_t>& body, FrameAnalysis* shared) {
  CHECK(source.width == size().width && source.height == size().height);
  State::Draft draft{source, budget, now, body, shared, body.size(), {}};
  draft.info.bytes_by_coding.assign(kCodingNames.size(), 0);
  const bool had_lossy = lossy();
  state_->restore(draft);
  state_->heal(draft);
  state_->encode_missing(draft);
  state_->refine(draft);
  if (state_->video.enabled()) state_->video.end_idle(now, body);
  if (had_lossy || lossy()) state_->find_refine_time(now);
  draft.info.empty = draft.bytes() == 0;
  draft.info.complete = !state_->missing.any();
  // What streams show was never painted, so that the picture is in step with no other viewer's.
  const bool in_step = shared != nullptr && draft.info.complete && !state_->video.shows_anything();
  state_->in_step = in_step ? shared->picture() : 0;
  draft.info.exact = draft.info.complete && !lossy();
  return draft.info;
}

std::vector<uint32_t> ViewerEncoder::take_unverified_tiles() {
  std::vector<uint32_t> taken;
  state_->unverified.for_each(
      [&](int x, int y) { taken.push_back(static_cast<uint32_t>(y * state_->tiles.columns() + x)); });
  state_->unverified.clear();
  return taken;
}

uint32_t ViewerEncoder::held_tile_hash(uint32_t tile) const {
  return tile_hash(state_->held.view(), tile);
}
PictureView ViewerEncoder::held() const {
  return state_->held.view();
}

const EncoderArchive& ViewerEncoder::archive() const {
  return state_->archive;
}
EncoderArchive ViewerEncoder::take_archive() {
  return std::exchange(state_->archive, EncoderArchive());
}

size_t ViewerEncoder::memory_bytes() const {
  const auto pixels = static_cast<size_t>(state_->held.bounds().area());
  return pixels * sizeof(uint32_t) * 2 + state_->painted_at.capacity() * sizeof(Micros) * 2 +
         state_->scratch.capacity() + state_->screen.memory_bytes() + state_->photo.memory_bytes() +
         state_->archive.memory_bytes() + state_->video.memory_bytes();
}

}  // namespace vitrine::codec
