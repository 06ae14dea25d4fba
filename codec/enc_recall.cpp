#include "codec/enc_recall.h"

#include <algorithm>

#include "codec/bitstream.h"
#include "codec/enc_cells.h"
#include "codec/enc_diff.h"
#include "codec/enc_displaced.h"
#include "codec/enc_tight.h"
#include "codec/simd.h"

namespace vitrine::codec {
namespace {

// A recalled rectangle takes about 10 bytes; what is cheaper to code is left to the coders.
constexpr int64_t kLeastBytes = 24;
// Cells looked at to guess how much of an entry shows again, and entries that are looked into for whole windows.
constexpr int kProbes = 32;
constexpr size_t kMostWindows = 8;
// Cells that make looking for a window worth while.
constexpr int64_t kLeastWindowCells = 24;
// Entries that are compared with one area, areas that one update may fall into, displacements that are tried.
constexpr size_t kMostEntries = 48;
constexpr size_t kMostAreas = 512;
constexpr size_t kMostDisplaced = 8;
constexpr uint32_t kLeastVotes = 3;
// Runs of lines shorter than this are not cut out of an area.
constexpr int kLeastRun = 3;

struct Guess {
  uint64_t number = 0;
  int hits = 0;
};

// How many of some cells of `missing` with content show what the entry has at their place.
int probe(const PictureView& source, const ArchiveEntry& entry, const TileSet& missing, const CellGrid& grid) {
  const Rect cells = grid.cells_of(entry.place);
  // A lattice over the entry: coarse enough for kProbes, and no common divisor with rows of windows.
  const int across = std::max(1, cells.width / 8);
  const int down = std::max(1, cells.height / 8);
  int hits = 0;
  int tried = 0;
  for (int y = cells.y + down / 2; y < cells.bottom() && tried < 2 * kProbes; y += down) {
    for (int x = cells.x + across / 2; x < cells.right() && tried < 2 * kProbes; x += across) {
      if (!missing.test(x, y)) continue;
      const Rect cell = grid.pixels_of({x, y, 1, 1});
      if (is_flat(source, cell)) continue;
      ++tried;
      hits += static_cast<int>(shows_displaced(source, entry.view(), cell, entry.place.x, entry.place.y));
    }
  }
  return hits;
}

VITRINE_INLINE int count_new(const uint32_t* row, const uint32_t* above, int width) {
  // What lies left of the area is not known to stay.
  int fresh = static_cast<int>(((row[0] ^ above[0]) & kColourMask) != 0);
  for (int x = 1; x < width; ++x) {
    const uint32_t pixel = row[x] & kColourMask;
    fresh += static_cast<int>((pixel != (row[x - 1] & kColourMask)) & (pixel != (above[x] & kColourMask)));
  }
  return fresh;
}

void add_unless_empty(std::vector<Rect>& areas, const Rect& area) {
  if (!area.empty() && areas.size() < kMostAreas) areas.push_back(area);
}

// What of `area` lies outside of `inside`, a part of it.
void add_outside(const Rect& area, const Rect& inside, std::vector<Rect>& areas) {
  add_unless_empty(areas, {area.x, area.y, area.width, inside.y - area.y});
  add_unless_empty(areas, {area.x, inside.bottom(), area.width, area.bottom() - inside.bottom()});
  add_unless_empty(areas, {area.x, inside.y, inside.x - area.x, inside.height});
  add_unless_empty(areas, {inside.right(), inside.y, area.right() - inside.right(), inside.height});
}

}  // namespace

int64_t estimate_bytes(const PictureView& picture, const Rect& area, int64_t enough) {
  int64_t fresh = 0;
  int64_t seen = 0;
  int64_t bytes = 0;
  for (int y = area.y; y < area.bottom(); ++y) {
    const uint32_t* row = picture.row(y) + area.x;
    const uint32_t* above = picture.row(std::max(y - 1, 0)) + area.x;
    fresh += count_new(row, above, area.width);
    seen += area.width;
    bytes = std::max(fresh / 5, fresh * fresh / seen);
    if (bytes >= enough && y - area.y >= std::min(area.height, kCellSide) - 1) break;
  }
  return bytes;
}

std::vector<Recall> RecallSearch::find_windows(const EncoderArchive& archive, const PictureView& source,
                                               TileSet& missing) {
  std::vector<Recall> found;
  if (!archive.opened() || missing.count() < kLeastWindowCells) return found;
  const CellGrid grid{{source.width, source.height}, kCellSide};
  archive.find_at(grid.pixels_of(missing.bounds()), numbers_);
  std::vector<Guess> guesses;
  for (const uint64_t number : numbers_) {
    const ArchiveEntry& entry = archive.ring().entry(number);
    if (intersect(entry.place, source.bounds()) != entry.place) continue;
    if (entry.place.area() < kLeastWindowCells * kCellSide * kCellSide) continue;
    const int hits = probe(source, entry, missing, grid);
    if (hits > 0) guesses.push_back({number, hits});
  }
  std::stable_sort(guesses.begin(), guesses.end(), [](const Guess& a, const Guess& b) { return a.hits > b.hits; });
  if (guesses.size() > kMostWindows) guesses.resize(kMostWindows);
  for (const Guess& guess : guesses) {
    const ArchiveEntry& entry = archive.ring().entry(guess.number);
    const PictureView view = entry.view();
    DisplacedCells cells(source, view, entry.place.x, entry.place.y);
    if (!cells.explain(missing)) continue;
    const auto areas = cells.areas();
    if (areas.empty()) continue;
    for (const Rect& area : areas) found.push_back({guess.number, entry.place.x, entry.place.y, area});
    missing -= cells.moved();
    if (missing.count() < kLeastWindowCells) break;
  }
  return found;
}

std::vector<Recall> RecallSearch::find_rest(const EncoderArchive& archive, const PictureView& source,
                                            const PictureView& painted, const TileSet& missing) {
  std::vector<Recall> found;
  if (!archive.opened()) return found;
  const CellGrid grid{{source.width, source.height}, kCellSide};
  TileSet open = missing;
  find_displaced(archive, source, open, found);
  for (const Rect& cells : open.rectangles()) {
    for (const Rect& area : tight_areas(source, painted, grid.pixels_of(cells), kLeastSavedPhoto)) {
      if (found.size() >= kMostAreas) return found;
      find_in_place(archive, source, painted, area, found);
    }
  }
  return found;
}

// Orders entries by how much of an area they had, so that what shows again is taken from few of them.
void RecallSearch::largest_first(const EncoderArchive& archive, const Rect& area) {
  const auto covered = [&](uint64_t number) { return intersect(archive.ring().entry(number).place, area).area(); };
  std::stable_sort(numbers_.begin(), numbers_.end(), [&](uint64_t a, uint64_t b) { return covered(a) > covered(b); });
}

// What of an area shows again where it was.
void RecallSearch::find_in_place(const EncoderArchive& archive, const PictureView& source, const PictureView& painted,
                                 const Rect& area, std::vector<Recall>& found) {
  if (estimate_bytes(source, area, kLeastBytes) < kLeastBytes) return;
  archive.find_at(area, numbers_);
  if (numbers_.size() > kMostEntries) numbers_.resize(kMostEntries);
  largest_first(archive, area);
  std::vector<Rect> taken;
  std::vector<Rect> left(1, area);
  for (const uint64_t number : numbers_) {
    if (left.empty()) break;
    const Rect& place = archive.ring().entry(number).place;
    taken.clear();
    take_matching(archive, number, place.x, place.y, source, left, taken);
    for (const Rect& match : taken) {
      const Rect differing = tighten(source, painted, match);
      if (differing.empty() || estimate_bytes(source, differing, kLeastBytes) < kLeastBytes) continue;
      found.push_back({number, place.x, place.y, differing});
    }
  }
}

std::vector<Rect> RecallSearch::not_archived(const EncoderArchive& archive, const PictureView& picture,
                                             const Rect& area, double oldest_age) {
  std::vector<Rect> left(1, area);
  if (!archive.opened()) return left;
  archive.find_at(area, numbers_);
  if (numbers_.size() > kMostEntries) numbers_.resize(kMostEntries);
  std::vector<Rect> taken;
  for (const uint64_t number : numbers_) {
    if (left.empty()) break;
    if (archive.ring().age(number) > oldest_age) break;
    const Rect& place = archive.ring().entry(number).place;
    take_matching(archive, number, place.x, place.y, picture, left, taken);
  }
  return left;
}

std::vector<Rect> write_recall(const Archive& ring, std::span<const Recall> recalls, int64_t most_pixels,
                               std::vector<uint8_t>& body) {
  std::vector<Rect> painted;
  std::vector<uint8_t> items;
  ByteWriter out(items);
  for (const Recall& one : recalls) {
    if (!ring.has(one.number)) continue;
    most_pixels -= one.to.area();
    if (most_pixels < 0) break;
    const Rect& place = ring.entry(one.number).place;
    const bool moved = one.dx != place.x || one.dy != place.y;
    const auto back = static_cast<uint32_t>(ring.kept() - 1 - one.number);
    out.varint(back << 1 | static_cast<uint32_t>(moved));
    if (moved) {
      out.number(one.to.x - one.dx);
      out.number(one.to.y - one.dy);
    }
    out.rect(one.to);
    painted.push_back(one.to);
  }
  if (painted.empty()) return painted;
  ByteWriter whole(body);
  whole.operation(Operation::kRecall);
  whole.number(static_cast<int>(painted.size()));
  whole.bytes(items);
  return painted;
}

// --- displaced -----------------------------------------------------------------------------------------------------

void RecallSearch::find_displaced(const EncoderArchive& archive, const PictureView& source, TileSet& open,
                                  std::vector<Recall>& found) {
  if (source.width < kAnchorPixels) return;
  finder_.find(source, open, anchors_);
  if (anchors_.size() < kLeastVotes) return;
  for (const Vote& vote : vote(archive)) {
    const PictureView view = archive.ring().entry(vote.number).view();
    DisplacedCells cells(source, view, vote.dx, vote.dy);
    if (!cells.explain(open)) continue;
    for (const Rect& area : cells.areas()) {
      if (found.size() >= kMostAreas) return;
      if (estimate_bytes(source, area, kLeastBytes) >= kLeastBytes) {
        found.push_back({vote.number, vote.dx, vote.dy, area});
      }
    }
    open -= cells.moved();
  }
}

// Entries and displacements by how many anchors speak for them, best first.
std::vector<RecallSearch::Vote> RecallSearch::vote(const EncoderArchive& archive) {
  constexpr size_t kVotes = 4096;
  votes_.clear();
  size_t used = 0;
  const auto count = [&](const EncoderArchive::Place& at, const Anchor& anchor) {
    // Mostly nothing votes, and clearing the table takes longer than looking for it.
    if (votes_.empty()) votes_.assign(kVotes, Vote{});
    const Rect& place = archive.ring().entry(at.number).place;
    const int dx = anchor.x - (at.x - place.x);
    const int dy = anchor.y - (at.y - place.y);
    const uint32_t name = static_cast<uint32_t>(dx * 8191 + dy) ^ static_cast<uint32_t>(at.number) * 0x85ebca77U;
    size_t slot = name * 0x9e3779b1U >> 20;
    while (votes_[slot].count != 0 &&
           (votes_[slot].number != at.number || votes_[slot].dx != dx || votes_[slot].dy != dy)) {
      slot = (slot + 1) % kVotes;
    }
    if (votes_[slot].count == 0) {
      if (used > kVotes / 2) return;
      ++used;
      votes_[slot] = {at.number, dx, dy, 0};
    }
    ++votes_[slot].count;
  };
  for (const Anchor& anchor : anchors_) {
    archive.find_anchor(anchor.hash, [&](const EncoderArchive::Place& at) { count(at, anchor); });
  }
  std::vector<Vote> best;
  for (const Vote& vote : votes_) {
    if (vote.count >= kLeastVotes) best.push_back(vote);
  }
  std::sort(best.begin(), best.end(), [](const Vote& a, const Vote& b) {
    if (a.count != b.count) return a.count > b.count;
    if (a.number != b.number) return a.number > b.number;
    return a.dy != b.dy ? a.dy < b.dy : a.dx < b.dx;
  });
  if (best.size() > kMostDisplaced) best.resize(kMostDisplaced);
  return best;
}

// --- to the pixel --------------------------------------------------------------------------------------------------

void RecallSearch::take_matching(const EncoderArchive& archive, uint64_t number, int dx, int dy,
                                 const PictureView& picture, std::vector<Rect>& areas, std::vector<Rect>& taken) {
  const ArchiveEntry& entry = archive.ring().entry(number);
  const Rect placed{dx, dy, entry.place.width, entry.place.height};
  std::vector<Rect> left;
  for (const Rect& area : areas) {
    const Rect inside = intersect(area, placed);
    const size_t before = taken.size();
    if (!inside.empty()) {
      std::vector<Rect> unmatched;
      match_area(picture, entry.view(), dx, dy, inside, taken, unmatched);
      if (taken.size() > before) {
        add_outside(area, inside, left);
        for (const Rect& part : unmatched) add_unless_empty(left, part);
        continue;
      }
    }
    add_unless_empty(left, area);
  }
  areas.swap(left);
}

// Runs of matching rows, and between them of matching columns: an area, or the corner that a window's edge leaves.
void RecallSearch::match_area(const PictureView& picture, const PictureView& entry, int dx, int dy, const Rect& area,
                              std::vector<Rect>& taken, std::vector<Rect>& left) {
  const auto row_fits = [&](int y) {
    return rows_equal(picture.row(y) + area.x, entry.row(y - dy) + area.x - dx, area.width);
  };
  int gap_from = area.y;  // rows from here on do not match
  for (int y = area.y; y < area.bottom();) {
    const int from = y;
    while (y < area.bottom() && row_fits(y)) ++y;
    const bool at_edge = from == area.y || y == area.bottom();
    if (y > from && (at_edge || y - from >= kLeastRun)) {
      if (from > gap_from)
        match_columns(picture, entry, dx, dy, {area.x, gap_from, area.width, from - gap_from}, taken, left);
      taken.push_back({area.x, from, area.width, y - from});
      gap_from = y;
    }
    while (y < area.bottom() && !row_fits(y)) ++y;
  }
  if (gap_from < area.bottom()) {
    match_columns(picture, entry, dx, dy, {area.x, gap_from, area.width, area.bottom() - gap_from}, taken, left);
  }
}

void RecallSearch::match_columns(const PictureView& picture, const PictureView& entry, int dx, int dy, const Rect& area,
                                 std::vector<Rect>& taken, std::vector<Rect>& left) {
  differing_.assign(static_cast<size_t>(area.width), 0);
  for (int y = area.y; y < area.bottom(); ++y) {
    const uint32_t* a = picture.row(y) + area.x;
    const uint32_t* b = entry.row(y - dy) + area.x - dx;
    for (size_t x = 0; x < differing_.size(); ++x) differing_[x] |= (a[x] ^ b[x]) & kColourMask;
    // Content that has nothing to do with the entry shows so within a few rows.
    const bool look = (y - area.y) % kCellSide == kCellSide - 1;
    if (look && std::find(differing_.begin(), differing_.end(), 0) == differing_.end()) break;
  }
  int gap_from = 0;
  for (int x = 0; x < area.width;) {
    const int from = x;
    while (x < area.width && differing_[static_cast<size_t>(x)] == 0) ++x;
    const bool at_edge = from == 0 || x == area.width;
    if (x > from && (at_edge || x - from >= kLeastRun)) {
      if (from > gap_from) left.push_back({area.x + gap_from, area.y, from - gap_from, area.height});
      taken.push_back({area.x + from, area.y, x - from, area.height});
      gap_from = x;
    }
    while (x < area.width && differing_[static_cast<size_t>(x)] != 0) ++x;
  }
  if (gap_from < area.width) left.push_back({area.x + gap_from, area.y, area.width - gap_from, area.height});
}

}  // namespace vitrine::codec
