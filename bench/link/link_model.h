// One direction of an emulated link, as data: bytes go in, come out later. A bottleneck serves a bounded
// first-in-first-out queue at a rate; what left it arrives one delay (and some jitter) later, in order. Several flows
// (connections) share the bottleneck. A full queue takes nothing: over TCP that is back-pressure, which is also what
// loss looks like there.
//
//   send ──▶ queue (bounded) ──rate──▶ in flight ──delay + jitter──▶ arrived ──▶ receive
//
// No clock, socket or thread inside; the same seed and calls give the same result. Owned by one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <vector>

#include "bench/link/queue_delays.h"
#include "protocol/base/time.h"

namespace vitrine {

// Bytes are served in packets of at most this many: the payload of an Ethernet-sized TCP segment.
inline constexpr size_t kLinkPacket = 1448;
// Router queues of access links hold tens to hundreds of milliseconds; this is 105 ms at 5 Mbit/s.
inline constexpr size_t kDefaultLinkQueue = 64 * 1024;
// A flow whose reader does not drain may hold this many arrived bytes before it takes no more.
inline constexpr size_t kMaxArrived = 64 * 1024;

struct LinkConditions {
  uint64_t rate_bps = 0;  // bits a second; 0 is unlimited
  Micros delay = 0;       // one way
  Micros jitter = 0;      // up to this much is added to the delay of each packet
  size_t queue_bytes = kDefaultLinkQueue;
  bool stalled = false;  // nothing leaves the queue
  bool operator==(const LinkConditions&) const = default;
};

class LinkModel {
 public:
  using Flow = uint32_t;

  LinkModel(const LinkConditions& conditions, uint64_t seed);

  // Conditions hold from `now` on, also for what is queued already. Times given to all calls must not go backwards.
  void set_conditions(const LinkConditions& conditions, Micros now);
  [[nodiscard]] const LinkConditions& conditions() const { return conditions_; }

  // How many bytes of this flow `send` would take now.
  [[nodiscard]] size_t room(Flow flow, Micros now);
  // Takes as many bytes as fit and says how many.
  size_t send(Flow flow, std::span<const uint8_t> bytes, Micros now);
  // The bytes of this flow that have arrived and were not consumed. Valid until the next call.
  [[nodiscard]] std::span<const uint8_t> arrived(Flow flow, Micros now);
  void consume(Flow flow, size_t count);
  // True when nothing of this flow is queued, in flight or waiting to be consumed.
  [[nodiscard]] bool idle(Flow flow) const;
  // Forgets a flow and its bytes, as when its connection was reset.
  void drop(Flow flow);

  // When something next leaves the queue or arrives; kNever when nothing will by itself.
  [[nodiscard]] Micros next_deadline() const;

  [[nodiscard]] size_t queued_bytes(Micros now);
  // Bytes that arrived since the start, all flows.
  [[nodiscard]] uint64_t delivered_bytes() const { return delivered_; }
  // From a packet's coming to its last bit's leaving.
  QueueDelayHistogram& queue_delays() { return delays_; }
  StandingQueue& standing_queue() { return standing_; }

 private:
  struct Packet {
    Flow flow = 0;
    Micros time = 0;  // queued: when it came; in flight: when it arrives
    std::vector<uint8_t> bytes;
  };
  struct Arrived {
    std::vector<uint8_t> bytes;
    size_t consumed = 0;
    size_t on_the_way = 0;  // queued or in flight
  };

  void advance(Micros now);
  void depart(Micros when);
  void deliver(Micros now);
  // Bit-microseconds the head packet still needs; a rate of r bit/s serves r of them a microsecond.
  [[nodiscard]] uint64_t head_work() const { return queue_.front().bytes.size() * 8 * 1'000'000; }
  [[nodiscard]] Micros head_departure() const;
  [[nodiscard]] Micros jitter();

  LinkConditions conditions_;
  uint64_t random_;
  std::deque<Packet> queue_;
  std::deque<Packet> in_flight_;
  std::map<Flow, Arrived> flows_;
  size_t queued_ = 0;
  Micros clock_ = 0;         // up to here the queue has been served
  uint64_t work_done_ = 0;   // bit-microseconds already spent on the head packet
  Micros last_arrival_ = 0;  // no packet arrives before the one in front of it
  uint64_t delivered_ = 0;
  Micros last_departure_ = 0;
  QueueDelayHistogram delays_;
  StandingQueue standing_;
};

}  // namespace vitrine
