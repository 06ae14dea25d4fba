#include "codec/enc_archive.h"

#include <algorithm>

namespace vitrine::codec {
namespace {

// Entries remembered for one place. A window dragged to and fro leaves a dozen strips on a tile.
constexpr size_t kMostPerTile = 32;
// 1 MiB of anchors: four screens full of text.
constexpr size_t kAnchorSlots = size_t{1} << 16;
// Anchors of one entry beyond about so many say nothing new; the choice is by hash, so that both a part and a whole
// choose the same.
constexpr size_t kEnoughAnchors = 4096;

}  // namespace

void EncoderArchive::open(Size picture) {
  ring_.open(capacity_);
  anchors_.assign(kAnchorSlots, {});
  fit(picture);
}

void EncoderArchive::fit(Size picture) {
  if (!opened()) return;
  tiles_ = {picture, kTileSide};
  by_tile_.assign(static_cast<size_t>(tiles_.columns()) * tiles_.rows(), {});
  for (uint64_t number = ring_.oldest(); number < ring_.kept(); ++number) index_place(number);
}

bool EncoderArchive::keep(const PictureView& picture, const Rect& area) {
  const uint64_t number = ring_.kept();
  if (!ring_.keep(picture, area).ok()) return false;
  index_place(number);
  index_anchors(number, picture, area);
  return true;
}

bool EncoderArchive::cut_back(uint64_t kept) {
  if (!opened() || !ring_.cut_back(kept)) {
    clear();
    return false;
  }
  // Numbers from here on will name other entries.
  for (auto& numbers : by_tile_) {
    while (!numbers.empty() && numbers.back() >= kept) numbers.pop_back();
  }
  for (AnchorSlot& slot : anchors_) {
    if (slot.number >= kept) slot = {};
  }
  return true;
}

void EncoderArchive::find_at(const Rect& area, std::vector<uint64_t>& numbers) const {
  numbers.clear();
  const Rect cells = tiles_.cells_of(area);
  for (int y = cells.y; y < cells.bottom(); ++y) {
    for (int x = cells.x; x < cells.right(); ++x) {
      for (const uint64_t number : by_tile_[static_cast<size_t>(y) * tiles_.columns() + x]) {
        if (ring_.has(number) && !intersect(ring_.entry(number).place, area).empty()) numbers.push_back(number);
      }
    }
  }
  std::sort(numbers.begin(), numbers.end(), std::greater<>());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

size_t EncoderArchive::bucket_of(uint32_t hash) {
  return (hash * 0x85ebca77U >> 16) % (kAnchorSlots / kBucket) * kBucket;
}

void EncoderArchive::index_place(uint64_t number) {
  const Rect cells = tiles_.cells_of(ring_.entry(number).place);
  for (int y = cells.y; y < cells.bottom(); ++y) {
    for (int x = cells.x; x < cells.right(); ++x) {
      auto& numbers = by_tile_[static_cast<size_t>(y) * tiles_.columns() + x];
      if (numbers.size() == kMostPerTile) numbers.erase(numbers.begin());
      numbers.push_back(number);
    }
  }
}

void EncoderArchive::index_anchors(uint64_t number, const PictureView& picture, const Rect& area) {
  found_.clear();
  for (int y = area.y; y < area.bottom(); ++y) {
    finder_.find_in_row(picture, y, area.x + 1, area.right(), area.right(), found_);
  }
  // Bits that the finder's own choice did not look at.
  uint32_t mask = 0;
  for (size_t count = found_.size(); count > kEnoughAnchors; count /= 2) mask = mask << 1 | 1;
  for (const Anchor& anchor : found_) {
    if ((anchor.hash & mask) != 0) continue;
    AnchorSlot* bucket = &anchors_[bucket_of(anchor.hash)];
    // What an entry has twice points nowhere in particular, and should not push out other entries.
    const auto same = [&](const AnchorSlot& slot) { return slot.hash == anchor.hash && slot.number == number; };
    if (std::any_of(bucket, bucket + kBucket, same)) continue;
    std::copy_backward(bucket, bucket + kBucket - 1, bucket + kBucket);
    bucket[0] = {anchor.hash, anchor.x, anchor.y, number};
  }
}

size_t EncoderArchive::memory_bytes() const {
  size_t numbers = 0;
  for (const auto& list : by_tile_) numbers += list.capacity();
  return ring_.memory_bytes() + anchors_.capacity() * sizeof(AnchorSlot) + numbers * sizeof(uint64_t);
}

}  // namespace vitrine::codec
