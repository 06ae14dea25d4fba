// The operations of an update, one after the other: each writes its bytes and paints the same into the encoder's
// pictures.
#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "codec/copy_areas.h"
#include "codec/dec_jpeg.h"
#include "codec/enc_diff.h"
#include "codec/enc_edges.h"
#include "codec/enc_keep.h"
#include "codec/enc_viewer_state.h"
#include "codec/restore.h"
#include "protocol/base/check.h"

namespace vitrine::codec {
namespace {

// The screen coder hands a piece over when it costs more than this many bytes a pixel: then it is a picture.
constexpr double kScreenGivesUp = 0.9;
// A frame goes out although the text before it has not ended when its oldest cell has waited this long, and pictures go
// before it when they have.
constexpr Micros kLongestFrameWait = 100 * kMillisecond;
constexpr Micros kLongestPictureWait = 100 * kMillisecond;

}  // namespace

// --- moving pictures -----------------------------------------------------------------------------------------------

// What streams show anyway need not be searched for copies.
void ViewerEncoder::State::route_frames(const Draft& draft) {
  if (!video.enabled()) return;
  TileSet film = video.inside(missing);
  if (!film.any()) return;
  film &= unclassified;
  classify(draft.source, film, classes, draft.shared);
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

// Text first, then frames, then other pictures. False when the budget ended before the regions did, or a frame is left
// for the next update: what was typed beside a film leaves while its frame is still to be made.
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
  const size_t before = draft.bytes();
  const bool all_text = encode_regions(draft, regions, Painted::kSkip);
  if (!draft.budget.frames) {
    awaiting_frame |= video.frames();
    return all_text && encode_regions(draft, pictures, Painted::kSkip);
  }
  TileSet beside = missing;
  beside -= video.inside(missing);
  const bool text_leaves = draft.bytes() > before && beside.any();
  Micros oldest = kNever;
  video.frames().for_each(
      [&](int x, int y) { oldest = std::min(oldest, missing_since[static_cast<size_t>(y) * grid.columns() + x]); });
  const bool due = (all_text && !text_leaves) || draft.now - oldest > kLongestFrameWait;
  const bool all_overdue = encode_overdue(draft, pictures);
  if (due) encode_frames(draft);
  return all_text && all_overdue && due && encode_regions(draft, pictures, Painted::kSkip);
}

// Where each update has a frame that takes up its time, as on a busy machine, what comes after it would wait for ever:
// pictures beside the film, windows that were taken for film, and parts of it that a window may have covered. Those are
// wrong until they are painted, so they do not wait at all.
bool ViewerEncoder::State::encode_overdue(Draft& draft, const std::vector<Region>& pictures) {
  if (draft.budget.refine && next_refinement <= draft.now - kLongestPictureWait) refine_film(draft);
  std::vector<Region> overdue;
  std::copy_if(pictures.begin(), pictures.end(), std::back_inserter(overdue), [&](const Region& region) {
    return video.owed().count(grid.cells_of(region.area)) > 0 || waiting(region.area, draft.now) > kLongestPictureWait;
  });
  return overdue.empty() || encode_regions(draft, overdue, Painted::kSkip);
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

// Of what left a film, cells that the picture has already, from before it: painting them again gives them back.
void ViewerEncoder::State::give_back_owed(Draft& draft) {
  TileSet right = video.owed();
  right &= missing;
  right &= video.shown();
  if (!right.any()) return;
  TileSet differing = right;
  keep_differing(draft.source, painted.view(), differing);
  right -= differing;
  std::vector<Region> regions;
  for (const Rect& cells : right.rectangles()) regions.push_back({Coding::kScreen, grid.pixels_of(cells), 0});
  encode_regions(draft, regions, Painted::kRepeat);
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
  const auto areas =
      worth_keeping({held.view(), painted.view(), draft.source, lost, lossy, motions, dragging(draft.now)}, archive,
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
  const RowPainter painter(held, painted, area);
  const int rows = screen.encode(draft.source, held.view(), area, scratch, limit, &painter);
  const Rect coded{area.x, area.y, area.width, rows};
  const size_t before = draft.body.size();
  ByteWriter out(draft.body);
  out.operation(Operation::kScreen);
  out.rect(coded);
  out.bytes(scratch);
  draft.info.bytes_by_coding[static_cast<size_t>(Operation::kScreen)] += draft.body.size() - before;
  became_exact(coded);
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
  keep_differing(draft.source, held.view(), inexact);
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
  CHECK(decode_jpeg(scan, held.row(area.y) + area.x, held.width(), jpeg_scratch).ok());
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

}  // namespace vitrine::codec
