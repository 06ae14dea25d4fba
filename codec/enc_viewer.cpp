#include "codec/enc_viewer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "codec/enc_diff.h"
#include "codec/enc_viewer_state.h"
#include "codec/tile_hash.h"
#include "protocol/base/check.h"

namespace vitrine::codec {
namespace {

// The operations by number, and apart from them what refinement took.
constexpr std::array<const char*, kOperationCount + 1> kCodingNames = {
    "reset", "copy", "flat", "screen", "jpeg", "photo", "video", "keep", "recall", "restore", "refine"};
constexpr size_t kRefineBytes = kOperationCount;

// No body grows past this before its last piece, whatever the budget, so that the wire's limit of 1 MiB holds.
constexpr size_t kMostBytes = 448 * 1024;
// Pixels of one piece: large enough that pieces cost nothing, small enough to stop between them.
constexpr int64_t kMostPiecePixels = 64 * 1024;
constexpr int64_t kMostJpegPiecePixels = 256 * 1024;
constexpr int64_t kLeastPiecePixels = 4096;
// Lossless photographs take up to two bytes a pixel: a piece of them is 8 ms of a link of 2 Mbit/s.
constexpr int64_t kLeastPhotoPixels = 1024;
// Of the pictures that would be sent exactly at once, as many while a page is scrolled: they move on with its next step
// and are often gone before they would have to be exact.
constexpr double kExactWhileScrolling = 1.0 / 8;
// What a dragged window uncovers stays, and only what is exact can be archived when it is covered again: then the share
// is one of this time of the link, however small an update has to be.
constexpr double kExactSecondsWhileDragging = 0.008;

}  // namespace

std::span<const char* const> coding_names() {
  return kCodingNames;
}

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
  awaiting_frame.erase(cells);
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
  TileSet unpainted = fresh;
  unpainted &= blank;
  unpainted -= video.shown();
  fresh -= unpainted;
  keep_coloured(source, unpainted);
  video.keep_differing(source, painted.view(), fresh);
  fresh |= unpainted;
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
  const TileSet telling = restless.worth_searching(fresh, classes.picture, draft.now);
  auto found = motion.find(draft.source, painted.view(), fresh, blank, telling);
  restless.note(fresh, found);
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
  awaiting_frame.clear();
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
    // What appears for the first time does not move.
    TileSet changed = missing;
    changed -= blank;
    video.note(scene(draft), changed, motions);
    if (video.plan(draft.now, draft.budget.link_bytes_per_s * kVideoShare)) video.route(scene(draft), missing);
    missing -= video.frames();
    give_back_owed(draft);
  }
  const EncodeBudget budget = with_exact_share(draft, motions);
  auto regions = plan_regions(draft.source, painted.view(), missing, classes, video.exact_only(), budget);
  if (encode_with_frames(draft, regions)) {
    missing.clear();
  } else {
    compare_missing(draft.source);
  }
  video.skip(missing);
}

// The budget with the share of it that pictures may take to be sent exactly at once.
EncodeBudget ViewerEncoder::State::with_exact_share(const Draft& draft, const std::vector<Motion>& motions) {
  EncodeBudget budget = draft.budget;
  if (!motions.empty()) {
    dragged_at = drags.note(motions, grid.picture) ? draft.now : kNever;
    if (dragged_at == kNever) budget.exact_share *= kExactWhileScrolling;
  }
  // What an update leaves comes with the next ones, in which nothing moves.
  if (dragging(draft.now)) {
    const double bytes = budget.link_bytes_per_s * kExactSecondsWhileDragging;
    budget.exact_share *= bytes / static_cast<double>(std::max<size_t>(budget.max_bytes, 1));
  }
  return budget;
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
// painted (the surroundings of the focus enclose it), which is skipped. A refinement paints again what is not exact,
// and none of it twice: a piece of cells that others make exact would else be the first one for ever.
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
      if (piece.coding != Coding::kJpeg) area = differing;  // a JPEG keeps to what was planned
    }
    if (painted_parts == Painted::kMakeExact) {
      area = tighten(painted.view(), held.view(), area);
      if (area.empty()) continue;
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
  became_exact(area);
}

void ViewerEncoder::State::became_exact(const Rect& area) {
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
  encode_regions(draft, regions, Painted::kMakeExact);
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
bool ViewerEncoder::missing(bool frames) const {
  if (frames || !state_->awaiting_frame.any()) return missing();
  TileSet others = state_->missing;
  others -= state_->awaiting_frame;
  return !state_->wrong_tiles.empty() || others.any();
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
