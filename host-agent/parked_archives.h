// Archives of viewers whose link is gone, for when they come back. A page that lost its link has its cache still; with
// the agent's half at hand, what it has seen before comes back for a few bytes over the next link too.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>

#include "codec/enc_archive.h"
#include "protocol/base/time.h"
#include "protocol/messages.h"

namespace vitrine::agent {

// Whose cache it is. The session and the user are the gateway's word, the cache is the page's own random number; an
// archive holds what somebody saw, so all three have to be the same.
struct CacheOwner {
  std::string session;
  std::string user;
  Bytes cache;

  bool operator==(const CacheOwner&) const = default;
  // A page without a number has no cache that could be known again.
  [[nodiscard]] bool known() const { return cache.size() == kCacheIdBytes; }
};

// What a viewer says of its cache.
struct CacheState {
  uint64_t entries = 0;
  uint32_t checksum = 0;
};

// `archive` as the viewer has it, or nothing when any entry may differ.
[[nodiscard]] std::optional<codec::EncoderArchive> fit_archive(codec::EncoderArchive archive, const CacheState& state,
                                                               int64_t capacity);

// One thread.
class ParkedArchives {
 public:
  // An archive that holds nothing is not kept, and the oldest go when there are too many.
  void park(CacheOwner owner, codec::EncoderArchive archive, Micros now);
  std::optional<codec::EncoderArchive> take(const CacheOwner& owner);
  void drop_old(Micros now);
  // When drop_old() will have something to do.
  [[nodiscard]] Micros next_deadline() const;

  [[nodiscard]] size_t count() const { return parked_.size(); }
  [[nodiscard]] size_t memory_bytes() const;

 private:
  struct Parked {
    CacheOwner owner;
    codec::EncoderArchive archive;
    Micros until = 0;
  };
  std::list<Parked> parked_;  // oldest first
};

}  // namespace vitrine::agent
