// What pages keep on their devices for the day they are loaded anew: the key each one encrypts with, and what it said
// it holds. The key is nowhere but here and in the memory of a page whose link is of the same session, user and cache;
// it goes with the agent, so with the session, or after kSnapshotsFor, and what is on the device cannot be read from
// then on.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <vector>

#include "host-agent/parked_archives.h"
#include "protocol/base/time.h"
#include "protocol/messages.h"

namespace vitrine::agent {

// Over the night to the next working day; what is kept of a page is a few KiB.
inline constexpr Micros kSnapshotsFor = 16 * 3600 * kSecond;

// So many bytes that nobody can guess.
using RandomBytes = std::function<Bytes(size_t)>;

// One thread.
class DeviceSnapshots {
 public:
  // Without randomness there are no keys.
  explicit DeviceSnapshots(RandomBytes random = {}) : random_(std::move(random)) {}

  // The key of this cache, made when it is asked for first. Nothing when there can be none.
  std::optional<Bytes> key_for(const CacheOwner& owner, Micros now);
  // The page has a snapshot; of each cache the newest two are known, as the newest may not have reached the disk.
  void saved(const CacheOwner& owner, SnapshotSaved snapshot, Micros now);
  // The Holdings of this snapshot; nothing when it is not known (any more).
  [[nodiscard]] const Bytes* find(const CacheOwner& owner, uint32_t serial) const;
  // The right to it was withdrawn.
  void forget(const CacheOwner& owner);
  void drop_old(Micros now);
  // When drop_old() will have something to do.
  [[nodiscard]] Micros next_deadline() const;

  [[nodiscard]] size_t count() const { return caches_.size(); }

 private:
  struct Cache {
    CacheOwner owner;
    Bytes key;
    std::vector<SnapshotSaved> snapshots;  // oldest first
    Micros until = 0;
  };
  // Makes it the newest.
  Cache* use(const CacheOwner& owner, Micros now);

  RandomBytes random_;
  std::list<Cache> caches_;  // longest unused first
};

}  // namespace vitrine::agent
