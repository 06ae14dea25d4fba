#include "tests/session/world.h"

namespace vitrine::session {
namespace {

// A unix or loopback socket: no limit of rate, a hundredth of a millisecond.
constexpr LinkConditions kLocal{.rate_bps = 0, .delay = 10};

}  // namespace

World::World(Size screen, uint64_t seed)
    : random_(seed),
      seed_(seed),
      broker_(TicketSigner::generate().take()),
      local_(kLocal, {}, seed, 0),
      gateway(connections_, TicketVerifier::from_pem(broker_.public_key_pem()).take(), 0),
      desktop("d1", screen, connections_, gateway, local_, broker_) {}

VirtualPage& World::open_page(Size window, const LinkConditions& conditions) {
  return seats_.emplace_back(*this, window, conditions).page;
}

EmulatedLink& World::network_of(const VirtualPage& page) {
  for (Seat& seat : seats_) {
    if (&seat.page == &page) return seat.network;
  }
  CHECK(!"a page of this world");
}

// Everybody does what can be done at this moment.
void World::settle() {
  bool progress = true;
  while (progress) {
    progress = gateway.step(now_);
    progress = desktop.step(now_) || progress;
    for (Seat& seat : seats_) progress = seat.page.step(now_) || progress;
  }
}

void World::advance_to(Micros time) {
  now_ = time;
  (void)local_.advance(now_);
  for (Seat& seat : seats_) {
    if (!seat.network.advance(now_)) continue;
    // Whoever waits for bytes is not told of a cut; half of the time the gateway learns of it only by silence.
    if (chance(2)) {
      seat.page.lose_connection(now_);
    } else {
      for (const uint64_t id : connections_.over(seat.network)) connections_.reset(id);
    }
  }
}

// Deadlines that have passed are those of somebody who waits for something else first, such as room in a link.
Micros World::next_deadline() const {
  Micros next = kNever;
  const auto consider = [&](Micros deadline) {
    if (deadline > now_) next = std::min(next, deadline);
  };
  consider(gateway.next_deadline());
  consider(desktop.next_deadline());
  consider(local_.next_deadline());
  for (const Seat& seat : seats_) {
    consider(seat.network.next_deadline());
    consider(seat.page.next_deadline());
  }
  return next;
}

}  // namespace vitrine::session
