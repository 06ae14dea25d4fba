#include "host-agent/device_snapshots.h"

#include <algorithm>
#include <utility>

namespace vitrine::agent {
namespace {

// A page for each of four monitors on four devices; with two snapshots of the largest screen each 2 MiB.
constexpr size_t kMostCaches = 16;
constexpr size_t kMostSnapshots = 2;

}  // namespace

DeviceSnapshots::Cache* DeviceSnapshots::use(const CacheOwner& owner, Micros now) {
  const auto found = std::ranges::find(caches_, owner, &Cache::owner);
  if (found == caches_.end()) return nullptr;
  found->until = now + kSnapshotsFor;
  caches_.splice(caches_.end(), caches_, found);
  return &caches_.back();
}

std::optional<Bytes> DeviceSnapshots::key_for(const CacheOwner& owner, Micros now) {
  if (!owner.known() || !random_) return std::nullopt;
  if (const Cache* known = use(owner, now)) return known->key;
  caches_.push_back({owner, random_(kSnapshotKeyBytes), {}, now + kSnapshotsFor});
  if (caches_.size() > kMostCaches) caches_.pop_front();
  return caches_.back().key;
}

void DeviceSnapshots::saved(const CacheOwner& owner, SnapshotSaved snapshot, Micros now) {
  Cache* cache = use(owner, now);
  if (cache == nullptr || snapshot.serial == 0) return;
  std::erase_if(cache->snapshots, [&](const SnapshotSaved& one) { return one.serial == snapshot.serial; });
  cache->snapshots.push_back(std::move(snapshot));
  if (cache->snapshots.size() > kMostSnapshots) cache->snapshots.erase(cache->snapshots.begin());
}

const Bytes* DeviceSnapshots::find(const CacheOwner& owner, uint32_t serial) const {
  const auto cache = std::ranges::find(caches_, owner, &Cache::owner);
  if (cache == caches_.end()) return nullptr;
  const auto snapshot = std::ranges::find(cache->snapshots, serial, &SnapshotSaved::serial);
  return snapshot == cache->snapshots.end() ? nullptr : &snapshot->holdings;
}

void DeviceSnapshots::forget(const CacheOwner& owner) {
  std::erase_if(caches_, [&](const Cache& one) { return one.owner == owner; });
}

void DeviceSnapshots::drop_old(Micros now) {
  std::erase_if(caches_, [now](const Cache& one) { return one.until <= now; });
}

Micros DeviceSnapshots::next_deadline() const {
  return caches_.empty() ? kNever : caches_.front().until;
}

}  // namespace vitrine::agent
