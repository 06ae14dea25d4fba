#include "codec/enc_viewer.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "codec/bitstream.h"
#include "codec/copy_areas.h"
#include "codec/dec_jpeg.h"
#include "codec/enc_diff.h"
#include "codec/enc_jpeg.h"
#include "codec/enc_keep.h"
#include "codec/enc_motion.h"
#include "codec/enc_photo.h"
#include "codec/enc_plan.h"
#include "codec/enc_recall.h"
#include "codec/enc_screen.h"
#include "codec/restore.h"
#include "codec/tile_hash.h"
#include "codec/tile_set.h"
#include "protocol/base/check.h"

namespace vitrine::codec {
namespace {

// The operations by number, and apart from them what refinement took.
constexpr std::array<const char*, kOperationCount + 1> kCodingNames = {
    "reset", "copy", "flat", "screen", "jpeg", "photo", "unused", "keep", "recall", "restore", "refine"};
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
// The screen coder hands a piece over when it costs more than this many bytes a pixel: then it is a picture.
constexpr double kScreenGivesUp = 0.9;
constexpr int kFullChromaQuality = 88;  // from here on JPEG keeps chroma at full resolution

}  // namespace

std::span<const char* const> coding_names() {
  return kCodingNames;
}

struct ViewerEncoder::State {
  State(Size size, EncoderArchive kept)
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
        archive(std::move(kept)) {
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
    size_t start;  // of the body in the buffer
    UpdateInfo info;
    int64_t coded_pixels = 0;
    int64_t written_pixels = 0;

    [[nodiscard]] size_t bytes() const { return body.size() - start; }
  };

  void mark(const Rect& cells, Micros now);
  void compare_missing(const PictureView& source);
  void classify_missing(const PictureView& source);
  [[nodiscard]] Micros waiting(const Rect& area, Micros now) const;
  void encode_missing(Draft& draft);
  void move_and_recall(Draft& draft, const TileSet& fresh);
  enum class Painted : uint8_t { kSkip, kRepeat };
  bool encode_regions(Draft& draft, const std::vector<Region>& regions, Painted painted_parts);
  void refine(Draft& draft);
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
  void painted_exactly(const PictureView& source, const Rect& area);
  [[nodiscard]] bool spent(const Draft& draft, const Rect& piece) const;
  [[nodiscard]] int64_t piece_pixels(Coding coding, const Draft& draft) const;
  void note_changed(Draft& draft, const Rect& area);
  void find_refine_time();

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

  ScreenEncoder screen;
  PhotoEncoder photo;
  JpegEncoder jpeg;
  MotionSearch motion;
  EncoderArchive archive;
  RecallSearch recalling;
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
  searched.erase(cells);
  compared.erase(cells);
  considered.erase(cells);
}

// Drops the missing cells that are equal. A large change leaves in many updates; each looks only at what was marked or
// painted since the one before.
void ViewerEncoder::State::compare_missing(const PictureView& source) {
  TileSet fresh = missing;
  fresh -= compared;
  if (!fresh.any()) return;
  missing -= fresh;
  keep_differing(source, painted.view(), fresh);
  missing |= fresh;
  compared |= fresh;
  unclassified |= fresh;
}

void ViewerEncoder::State::classify_missing(const PictureView& source) {
  unclassified &= missing;
  classify(source, unclassified, classes);
  unclassified.clear();
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

  TileSet unsearched = missing;
  unsearched -= searched;
  if (unsearched.any()) {
    move_and_recall(draft, unsearched);
    searched |= unsearched;
  }
  classify_missing(draft.source);
  const auto regions = plan_regions(draft.source, painted.view(), missing, classes, draft.budget);
  if (encode_regions(draft, regions, Painted::kSkip)) {
    missing.clear();
  } else {
    compare_missing(draft.source);
  }
}

// Paints those of the missing cells `fresh` that the viewer has already: elsewhere on its screen or in its archive. A
// window that comes back is looked for first, so that chance motions do not break it up.
void ViewerEncoder::State::move_and_recall(Draft& draft, const TileSet& fresh) {
  TileSet open = fresh;
  const auto windows = recalling.find_windows(archive, draft.source, open);
  const auto motions = motion.find(draft.source, painted.view(), open, blank);
  keep(draft, fresh, motions);
  if (!motions.empty()) copy(draft, motions);
  recall(draft, windows);
  if (!motions.empty() || !windows.empty()) compare_missing(draft.source);
  open = fresh;
  open &= missing;
  const auto rest = recalling.find_rest(archive, draft.source, painted.view(), open);
  recall(draft, rest);
  if (!rest.empty()) compare_missing(draft.source);
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
      return std::clamp(bytes * 3, kLeastPiecePixels, dear ? kMostPiecePixels : kMostJpegPiecePixels);
    }
    case Coding::kPhoto: return std::clamp(bytes / 2, kLeastPiecePixels, kMostPiecePixels);
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
  draft.info.changed_pixels += area.area();
  draft.written_pixels += area.area();
  unverified.insert(tiles.cells_of(area));
  blank.erase(grid.cells_of(area));
  compared.erase(grid.cells_of(area));
  considered.erase(grid.cells_of(area));
}

// Both sides now show the source in `area`.
void ViewerEncoder::State::painted_exactly(const PictureView& source, const Rect& area) {
  copy_colours(source, held, area);
  copy_colours(source, painted, area);
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
  scratch.clear();
  if (!jpeg.encode(draft.source, area, quality, sampling, scratch)) return encode_photo(draft, area);
  const size_t before = draft.body.size();
  ByteWriter out(draft.body);
  out.operation(Operation::kJpeg);
  out.rect(area);
  out.byte(static_cast<uint8_t>(quality));
  out.byte(static_cast<uint8_t>(sampling));
  out.varint(static_cast<uint32_t>(scratch.size()));
  out.bytes(scratch);
  draft.info.bytes_by_coding[static_cast<size_t>(Operation::kJpeg)] += draft.body.size() - before;

  const JpegScan scan{quality, sampling, {area.width, area.height}, scratch};
  CHECK(decode_jpeg(scan, held.row(area.y) + area.x, held.width()).ok());
  copy_colours(draft.source, painted, area);
  note_changed(draft, area);
  const Rect cells = grid.cells_of(area);
  TileSet inexact(grid);
  inexact.insert(cells);
  keep_differing(painted.view(), held.view(), inexact);
  lossy.erase(cells);
  lossy |= inexact;
  inexact.for_each([&](int x, int y) { painted_time(x, y) = draft.now; });
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
  TileSet due = lossy;
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

void ViewerEncoder::State::find_refine_time() {
  next_refinement = kNever;
  lossy.for_each(
      [&](int x, int y) { next_refinement = std::min(next_refinement, painted_time(x, y) + kStillBeforeRefinement); });
}

// --- the class -----------------------------------------------------------------------------------------------------

ViewerEncoder::ViewerEncoder(Size size, EncoderArchive archive)
    : state_(std::make_unique<State>(size, std::move(archive))) {
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
  return state_->lossy.any();
}
Micros ViewerEncoder::refine_at() const {
  return state_->next_refinement;
}

UpdateInfo ViewerEncoder::encode(const PictureView& source, const EncodeBudget& budget, Micros now,
                                 std::vector<uint8_t>& body) {
  CHECK(source.width == size().width && source.height == size().height);
  State::Draft draft{source, budget, now, body, body.size(), {}};
  draft.info.bytes_by_coding.assign(kCodingNames.size(), 0);
  const bool had_lossy = state_->lossy.any();
  state_->restore(draft);
  state_->heal(draft);
  state_->encode_missing(draft);
  state_->refine(draft);
  if (had_lossy || state_->lossy.any()) state_->find_refine_time();
  draft.info.empty = draft.bytes() == 0;
  draft.info.complete = !state_->missing.any();
  draft.info.exact = draft.info.complete && !state_->lossy.any();
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
         state_->archive.memory_bytes();
}

}  // namespace vitrine::codec
