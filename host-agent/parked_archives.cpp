#include "host-agent/parked_archives.h"

#include <algorithm>
#include <utility>

namespace vitrine::agent {
namespace {

// A laptop carried to the next meeting. Who stays away longer pays for one picture.
constexpr Micros kParkedFor = 15 * 60 * kSecond;
// A desktop has one person or a few; a page that is opened again and again leaves nothing of use.
constexpr size_t kMostParked = 4;
// Two full archives of viewers, or several that have seen little.
constexpr size_t kMostParkedBytes = size_t{48} << 20;

}  // namespace

std::optional<codec::EncoderArchive> fit_archive(codec::EncoderArchive archive, const CacheState& state,
                                                 int64_t capacity) {
  if (archive.capacity() != capacity || !archive.cut_back(state.entries)) return std::nullopt;
  if (archive.ring().checksum() != state.checksum) return std::nullopt;
  return archive;
}

void ParkedArchives::park(CacheOwner owner, codec::EncoderArchive archive, Micros now) {
  if (!owner.known() || archive.ring().kept() == 0) return;
  parked_.push_back({std::move(owner), std::move(archive), now + kParkedFor});
  while (parked_.size() > kMostParked || memory_bytes() > kMostParkedBytes) parked_.pop_front();
}

std::optional<codec::EncoderArchive> ParkedArchives::take(const CacheOwner& owner) {
  const auto found = std::ranges::find(parked_, owner, &Parked::owner);
  if (!owner.known() || found == parked_.end()) return std::nullopt;
  std::optional<codec::EncoderArchive> archive = std::move(found->archive);
  parked_.erase(found);
  return archive;
}

void ParkedArchives::drop_old(Micros now) {
  std::erase_if(parked_, [now](const Parked& one) { return one.until <= now; });
}

Micros ParkedArchives::next_deadline() const {
  return parked_.empty() ? kNever : parked_.front().until;
}

size_t ParkedArchives::memory_bytes() const {
  size_t bytes = 0;
  for (const Parked& one : parked_) bytes += one.archive.memory_bytes();
  return bytes;
}

}  // namespace vitrine::agent
