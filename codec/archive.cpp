#include "codec/archive.h"

#include <cstring>
#include <new>

namespace vitrine::codec {
namespace {

int64_t cost_of(const Rect& place) {
  return place.area() + kEntryCost;
}

// FNV-1a over the four numbers and the picture. Pixels belong to it: a window that is switched to and fro has the same
// places every time. Four lanes, as a processor can multiply while it waits.
uint32_t chain(uint32_t hash, const Rect& place, const uint32_t* pixels) {
  constexpr uint32_t kPrime = 0x01000193;
  const auto mix = [](uint32_t state, uint32_t value) {
    const uint32_t mixed = (state ^ value) * kPrime;
    return mixed << 13 | mixed >> 19;
  };
  uint32_t lanes[4] = {1, 2, 3, 4};
  const int64_t count = place.area();
  int64_t i = 0;
  for (; i + 4 <= count; i += 4) {
    for (int lane = 0; lane < 4; ++lane) lanes[lane] = mix(lanes[lane], pixels[i + lane] & kColourMask);
  }
  for (int lane = 0; i < count; ++i, ++lane) lanes[lane] = mix(lanes[lane], pixels[i] & kColourMask);
  for (const int side : {place.x, place.y, place.width, place.height}) hash = mix(hash, static_cast<uint32_t>(side));
  for (const uint32_t lane : lanes) hash = mix(hash, lane) ^ hash >> 15;
  return hash;
}

}  // namespace

void Archive::open(int64_t capacity_pixels) {
  entries_.clear();
  capacity_ = capacity_pixels;
  used_ = 0;
  kept_ = 0;
  forgotten_ = static_cast<uint32_t>(capacity_pixels);
}

void Archive::resume(int64_t capacity_pixels, uint64_t first, uint32_t checksum) {
  open(capacity_pixels);
  kept_ = first;
  forgotten_ = checksum;
}

Result<void> Archive::keep(const PictureView& picture, const Rect& area) {
  if (cost_of(area) > capacity_) return Error{ErrorCode::kTooLarge, "an entry is larger than the archive"};
  std::unique_ptr<uint32_t[]> pixels(new (std::nothrow) uint32_t[static_cast<size_t>(area.area())]);
  if (pixels == nullptr) return Error{ErrorCode::kExhausted, "there is not enough memory for the archive"};
  for (int y = 0; y < area.height; ++y) {
    std::memcpy(pixels.get() + static_cast<int64_t>(y) * area.width, picture.row(area.y + y) + area.x,
                static_cast<size_t>(area.width) * sizeof(uint32_t));
  }
  return put(area, std::move(pixels));
}

Result<void> Archive::put(const Rect& place, std::unique_ptr<uint32_t[]> pixels) {
  const int64_t cost = cost_of(place);
  if (cost > capacity_) return Error{ErrorCode::kTooLarge, "an entry is larger than the archive"};
  ArchiveEntry entry{place, std::move(pixels), 0, 0};
  entry.checksum = chain(checksum(), place, entry.pixels.get());
  while (used_ + cost > capacity_) drop_oldest();
  entry.ends_at = (entries_.empty() ? 0 : entries_.back().ends_at) + cost;
  entries_.push_back(std::move(entry));
  used_ += cost;
  ++kept_;
  return {};
}

void Archive::drop_oldest() {
  forgotten_ = entries_.front().checksum;
  used_ -= cost_of(entries_.front().place);
  entries_.pop_front();
}

bool Archive::cut_back(uint64_t kept) {
  if (kept > kept_ || kept < oldest()) return false;
  while (kept_ > kept) {
    used_ -= cost_of(entries_.back().place);
    entries_.pop_back();
    --kept_;
  }
  return true;
}

size_t Archive::memory_bytes() const {
  return static_cast<size_t>(used_ - static_cast<int64_t>(entries_.size()) * kEntryCost) * sizeof(uint32_t) +
         entries_.size() * sizeof(ArchiveEntry);
}

}  // namespace vitrine::codec
