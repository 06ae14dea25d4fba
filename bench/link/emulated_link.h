// A link in both directions that follows a script. The virtual-time simulation and the relay over real sockets use the
// same one. Owned by one thread.
//
//   EmulatedLink link({}, script, seed, start);
//   link.advance(now);                                // before anything else at a new time
//   link.down().send(flow, bytes, now);               // towards the viewer
//   consume(link.down().arrived(flow, now));
//   wait until link.next_deadline();
#pragma once

#include "bench/link/link_script.h"

namespace vitrine {

class EmulatedLink {
 public:
  // Conditions before the script's first line are `base`, in both directions.
  EmulatedLink(const LinkConditions& base, LinkScript script, uint64_t seed, Micros start);

  // Follows the script up to `now`. Returns true when connections were reset on the way: their owner ends them and
  // drops their flows.
  [[nodiscard]] bool advance(Micros now);
  // More of a script, whose time zero is `now`. What was still to come of the old one stays.
  void append(const LinkScript& script, Micros now);

  // Whether a connection can be opened now.
  [[nodiscard]] bool open() const { return open_; }
  [[nodiscard]] LinkModel& up() { return up_; }
  [[nodiscard]] LinkModel& down() { return down_; }
  [[nodiscard]] Micros next_deadline() const;
  // Time a packet needs both ways when nothing is queued.
  [[nodiscard]] Micros round_trip() const { return up_.conditions().delay + down_.conditions().delay; }

 private:
  void apply(const LinkChange& change, Micros when);

  LinkModel up_;
  LinkModel down_;
  std::deque<LinkChange> to_come_;  // with absolute times
  bool open_ = true;
};

}  // namespace vitrine
