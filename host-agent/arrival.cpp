#include "host-agent/arrival.h"

#include <algorithm>

#include "protocol/wire.h"

namespace vitrine::agent {
namespace {

// What is kept for recall for one viewer, on both ends. Three screens of 1920x1080; an agent has a viewer or two.
constexpr uint32_t kMostArchiveKib = 24 * 1024;

}  // namespace

namespace {
void take(const Holdings& holdings, Arrival& arrival) {
  arrival.cache = {holdings.entries, holdings.checksum};
  if (holdings.width > kMaxScreenSide || holdings.height > kMaxScreenSide) return;
  arrival.picture = {static_cast<int>(holdings.width), static_cast<int>(holdings.height)};
  arrival.tiles.assign(holdings.tiles.size() / kTileHashBytes, 0);
  auto byte = holdings.tiles.begin();
  for (uint64_t& hash : arrival.tiles) {
    for (size_t i = 0; i < kTileHashBytes; ++i) hash |= uint64_t{*byte++} << 8 * i;
  }
}
}  // namespace

Arrival read_arrival(const ViewerJoined& joined) {
  Arrival arrival;
  if (joined.holdings.empty()) return arrival;
  const auto parsed = parse<Holdings>(joined.holdings);
  if (!parsed.ok()) return arrival;
  arrival.owner = {joined.session, joined.user, parsed.value().cache};
  arrival.snapshot = parsed.value().snapshot;
  take(parsed.value(), arrival);
  return arrival;
}

void take_holdings(const Bytes& holdings, Arrival& arrival) {
  if (const auto parsed = parse<Holdings>(holdings); parsed.ok()) take(parsed.value(), arrival);
}

int64_t archive_capacity(const ViewerJoined& joined) {
  return codec::archive_pixels(std::min(joined.cache_kib, kMostArchiveKib));
}

}  // namespace vitrine::agent
