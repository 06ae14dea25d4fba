// Content a viewer lost sight of, kept on both ends alike so that it can come back for a few bytes. A ring: what is
// kept last pushes out what was kept first, in whole entries. The encoder decides what goes in; both ends do the same
// arithmetic, so that an entry one end names is there on the other.
//
// Entries have rising numbers, the first is 0. Memory is taken as entries come, never all of the capacity at once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>

#include "codec/picture.h"
#include "protocol/base/result.h"

namespace vitrine::codec {

// What an entry takes of the capacity besides its pixels: bounds how many tiny ones there can be.
inline constexpr int64_t kEntryCost = 64;
// Opening a ring frees what was in it; for a decoder it counts as one in so many of a picture.
inline constexpr int64_t kOpeningShare = 8;
// The largest ring an encoder may open, 1 GiB of pixels: what arithmetic and an honest browser can bear.
inline constexpr int64_t kMaxArchivePixels = int64_t{256} << 20;

// The capacity that so much memory is good for, in pixels.
constexpr int64_t archive_pixels(uint32_t kib) {
  return std::min(int64_t{kib} * 1024 / 4, kMaxArchivePixels);
}

struct ArchiveEntry {
  Rect place;  // where in the picture it was
  std::unique_ptr<uint32_t[]> pixels;
  uint32_t checksum = 0;  // of all entries up to this one
  int64_t ends_at = 0;    // what all entries up to this one took of the capacity

  [[nodiscard]] PictureView view() const { return {pixels.get(), place.width, place.height, place.width}; }
};

class Archive {
 public:
  // Empties the ring, which holds so many pixels from now on; numbers begin again.
  void open(int64_t capacity_pixels);
  // As an archive of this capacity, of which all before entry `first` is forgotten and had this checksum.
  void resume(int64_t capacity_pixels, uint64_t first, uint32_t checksum);
  // Makes `area` of the picture the newest entry. Errors, which change nothing: too_large (more than the capacity),
  // exhausted (no memory).
  Result<void> keep(const PictureView& picture, const Rect& area);
  // The same of pixels that are at hand, the rows of `place`. Errors: too_large.
  Result<void> put(const Rect& place, std::unique_ptr<uint32_t[]> pixels);

  [[nodiscard]] int64_t capacity() const { return capacity_; }
  // Entries kept since open(); the number of the next one.
  [[nodiscard]] uint64_t kept() const { return kept_; }
  // The number of the oldest entry that is still there; kept() when there is none.
  [[nodiscard]] uint64_t oldest() const { return kept_ - entries_.size(); }
  [[nodiscard]] bool has(uint64_t number) const { return number >= oldest() && number < kept_; }
  // An entry that the ring has.
  [[nodiscard]] const ArchiveEntry& entry(uint64_t number) const {
    return entries_[static_cast<size_t>(number - oldest())];
  }
  // What was kept after this entry, as a share of the capacity: near 1 it is about to go.
  [[nodiscard]] double age(uint64_t number) const {
    const ArchiveEntry& kept = entry(number);
    return static_cast<double>(entries_.back().ends_at - kept.ends_at) / static_cast<double>(capacity_);
  }

  // Forgets all entries from `kept` on, as if they had never been kept: what a lost link did not deliver. Ends that cut
  // back to the same number name the same entries again. False when the ring no longer knows what was before it.
  [[nodiscard]] bool cut_back(uint64_t kept);
  // Of numbers, places and pixels of everything kept since open(), for two ends to compare.
  [[nodiscard]] uint32_t checksum() const { return entries_.empty() ? forgotten_ : entries_.back().checksum; }
  // The same of those before entry `number`, which is oldest() to kept().
  [[nodiscard]] uint32_t checksum_before(uint64_t number) const {
    return number == oldest() ? forgotten_ : entry(number - 1).checksum;
  }
  [[nodiscard]] size_t memory_bytes() const;

 private:
  void drop_oldest();

  int64_t capacity_ = 0;
  int64_t used_ = 0;
  uint64_t kept_ = 0;
  uint32_t forgotten_ = 0;  // checksum of the entry before the oldest
  std::deque<ArchiveEntry> entries_;
};

}  // namespace vitrine::codec
