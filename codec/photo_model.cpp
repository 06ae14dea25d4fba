#include "codec/photo_model.h"

#include <cstring>

namespace vitrine::codec {
namespace {

// Tables are rebuilt often while there is little to go by, and every 16384 pixels (some 5 % of the time) later.
constexpr int kFirstInterval = 512;
constexpr int kLastInterval = 16384;
// Counts are halved beyond this, so that old pictures fade.
constexpr uint32_t kCountLimit = 16384;
// Fewer new tokens do not earn a rebuild.
constexpr uint32_t kFreshToRebuild = 48;

}  // namespace

void PhotoContext::rebuild() {
  uint32_t fresh_total = 0;
  for (const uint32_t count : counts) fresh_total += count;
  // Every token keeps at least one slot, so that it can be coded.
  uint32_t used = 0;
  size_t most = 0;
  std::array<uint32_t, kPhotoTokens> slots;
  for (size_t token = 0; token < slots.size(); ++token) {
    slots[token] = 1 + counts[token] * (kPhotoScale - kPhotoTokens) / fresh_total;
    used += slots[token];
    if (slots[token] > slots[most]) most = token;
  }
  slots[most] += kPhotoScale - used;
  uint32_t first = 0;
  for (size_t token = 0; token < slots.size(); ++token) {
    range[token] = slots[token] << 16 | first;
    std::memset(token_of_slot.data() + first, static_cast<int>(token), slots[token]);
    first += slots[token];
  }
  if (fresh_total > kCountLimit) {
    fresh_total = 0;
    for (uint32_t& count : counts) fresh_total += count = (count + 1) / 2;
  }
  total = fresh_total;
}

void PhotoContext::refresh() {
  uint32_t now = 0;
  for (const uint32_t count : counts) now += count;
  if (now - total >= kFreshToRebuild) rebuild();
}

PhotoModel::PhotoModel() : contexts_(kPhotoContexts) {
  for (const uint8_t one : kPhotoRoughnessOf) by_roughness_.push_back(&contexts_[one]);
  reset();
}

void PhotoModel::reset() {
  for (int index = 0; index < kPhotoContexts; ++index) {
    PhotoContext& context = contexts_[static_cast<size_t>(index)];
    // Errors fall off like a geometric series whose scale follows the class of the context.
    const int spread = index % kPhotoRoughness * 3 / 4;
    uint32_t weight = 4096;
    for (size_t token = 0; token < kPhotoTokens; ++token) {
      context.counts[token] = std::max(weight >> 6, 1U);
      weight = weight * static_cast<uint32_t>(8 + spread * 2) / static_cast<uint32_t>(12 + spread * 2);
    }
    context.rebuild();
  }
  interval_ = kFirstInterval;
  until_rebuild_ = interval_;
}

void PhotoModel::end_row(int pixels) {
  until_rebuild_ -= pixels;
  if (until_rebuild_ > 0) return;
  for (PhotoContext& context : contexts_) context.refresh();
  interval_ = std::min(interval_ * 2, kLastInterval);
  until_rebuild_ = interval_;
}

}  // namespace vitrine::codec
