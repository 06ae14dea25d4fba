// Makes viewers' tickets single-use at one gateway, in bounded memory and across a restart.
#pragma once

#include <cstdint>
#include <map>
#include <set>

#include "protocol/base/result.h"
#include "protocol/ticket.h"

namespace vitrine {

// Tickets live 60 s, so this many allows a thousand new viewers a second; about 8 MB. A full set refuses new viewers
// rather than forget a used ticket.
inline constexpr size_t kMaxUsedTickets = 65'536;

// The ids of used tickets until they expire. One thread, or a lock around it: every way in must share one set.
class UsedTickets {
 public:
  // `started_s`: when this gateway began to remember, Unix time.
  explicit UsedTickets(uint64_t started_s) : started_s_(started_s) {}

  // Takes the one use of a verified ticket. Errors: unauthenticated (used already, or from before the start, when this
  // set cannot know), exhausted (too many in use; it may be tried again).
  [[nodiscard]] Result<void> use(const Ticket& ticket, uint64_t now_s) {
    while (!by_expiry_.empty() && by_expiry_.begin()->first <= now_s) {
      size_ -= by_expiry_.begin()->second.size();
      by_expiry_.erase(by_expiry_.begin());
    }
    // A ticket of the very second of the start may have been used just before it.
    if (ticket.issued_s <= started_s_) {
      return Error{ErrorCode::kUnauthenticated, "the ticket is older than this gateway"};
    }
    const auto bucket = by_expiry_.find(ticket.expires_s);
    if (bucket != by_expiry_.end() && bucket->second.contains(ticket.id)) {
      return Error{ErrorCode::kUnauthenticated, "the ticket was used before"};
    }
    if (size_ >= kMaxUsedTickets) return Error{ErrorCode::kExhausted, "too many viewers are arriving; try again"};
    by_expiry_[ticket.expires_s].insert(ticket.id);
    ++size_;
    return {};
  }

  [[nodiscard]] size_t size() const { return size_; }

 private:
  uint64_t started_s_;
  // A ticket's expiry is signed, so an id is only ever looked for in its own second.
  std::map<uint64_t, std::set<Bytes>> by_expiry_;
  size_t size_ = 0;
};

}  // namespace vitrine
