// What a viewer has from an earlier link: the picture it still shows and the cache it still holds.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "codec/enc_archive.h"
#include "host-agent/parked_archives.h"
#include "protocol/base/geometry.h"
#include "protocol/messages.h"

namespace vitrine::agent {

struct Arrival {
  CacheOwner owner;
  CacheState cache;
  Size picture;                                  // 0x0: it shows nothing
  std::vector<uint64_t> tiles;                   // wide hashes of its tiles, row by row, perhaps not of all
  std::optional<codec::EncoderArchive> archive;  // the agent's half of the cache, found and proven equal
  uint32_t snapshot = 0;                         // of a snapshot that it has not opened yet; 0: none
  std::optional<SnapshotKey> key;                // what lets it open that one, and keep others
};

// From ViewerJoined. Holdings that are malformed are none: a viewer can only lose by them.
[[nodiscard]] Arrival read_arrival(const ViewerJoined& joined);
// It has what this Holdings message says, in place of what its own said.
void take_holdings(const Bytes& holdings, Arrival& arrival);
// How much is kept for a viewer that offers so much.
[[nodiscard]] int64_t archive_capacity(const ViewerJoined& joined);

}  // namespace vitrine::agent
