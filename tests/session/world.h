// A simulated world: one desktop, one gateway and any number of pages, each over a network of its own, under virtual
// time. The same seed gives the same run.
#pragma once

#include <list>
#include <memory>
#include <random>

#include "tests/session/virtual_page.h"

namespace vitrine::session {

class World {
 public:
  World(Size screen, uint64_t seed);

  // A person opens the desktop over a network with these conditions.
  VirtualPage& open_page(Size window, const LinkConditions& conditions);
  // The network of a page, to make it worse.
  EmulatedLink& network_of(const VirtualPage& page);

  [[nodiscard]] Micros now() const { return now_; }
  // Lets time pass.
  void run(Micros duration) {
    run_until([] { return false; }, duration);
  }
  // Lets time pass until `condition` holds; false when it did not within `limit`.
  template <class Condition>
  bool run_until(Condition condition, Micros limit) {
    const Micros end = now_ + limit;
    for (;;) {
      settle();
      if (condition()) return true;
      if (now_ >= end) return false;
      advance_to(std::min(end, next_deadline()));
    }
  }

  // Below a limit all have: [0, limit).
  uint32_t random(uint32_t limit) { return static_cast<uint32_t>(random_() % limit); }
  bool chance(uint32_t one_in) { return random(one_in) == 0; }

 private:
  // A page and the network it is connected by.
  struct Seat {
    Seat(World& world, Size window, const LinkConditions& conditions)
        : network(conditions, {}, world.seed_ + world.seats_.size() + 1, world.now_),
          page(world.desktop, window, world.connections_, world.gateway, network, world.broker_,
               static_cast<uint8_t>(world.seats_.size())) {}
    EmulatedLink network;
    VirtualPage page;
  };

  void settle();
  void advance_to(Micros time);
  [[nodiscard]] Micros next_deadline() const;

  std::mt19937_64 random_;
  uint64_t seed_;
  Micros now_ = 0;
  Connections connections_;
  TicketSigner broker_;
  EmulatedLink local_;  // between agent and gateway

 public:
  VirtualGateway gateway;
  VirtualDesktop desktop;

 private:
  std::list<Seat> seats_;
};

}  // namespace vitrine::session
