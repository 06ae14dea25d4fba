// What a gateway thread counts. Each thread has its own set, writes it alone and without locks; /metrics adds them up.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "gateway/admission.h"
#include "protocol/base/time.h"
#include "protocol/limits.h"

namespace vitrine {

// One writer, any reader.
class Counter {
 public:
  void add(uint64_t amount = 1) { value_.store(get() + amount, std::memory_order_relaxed); }
  void sub(uint64_t amount = 1) { value_.store(get() - amount, std::memory_order_relaxed); }
  [[nodiscard]] uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_ = 0;
};

// A histogram in the buckets of protocol/histogram.h, as agents report it.
struct TimeCounters {
  std::array<Counter, kLatencyBuckets> counts;
  Counter sum_us;
};

// How long the relay held messages, from having read one to its socket having taken it: buckets of powers of two from
// 50 us, and one for all above a second.
struct HeldCounters {
  static constexpr size_t kBuckets = 16;
  static constexpr Micros bound_us(size_t bucket) { return Micros{50} << bucket; }

  std::array<Counter, kBuckets> counts;
  Counter sum_us;

  void add(Micros held) {
    size_t bucket = 0;
    while (bucket + 1 < kBuckets && held > bound_us(bucket)) ++bucket;
    counts[bucket].add();
    sum_us.add(static_cast<uint64_t>(held > 0 ? held : 0));
  }
};

// Of the relay, kept by Switchboard.
struct RelayCounters {
  Counter viewers;       // links there now
  Counter agents;        // links there now
  Counter pairs;         // there now
  Counter queued_bytes;  // waiting in the relay now
  Counter to_viewer_bytes;
  Counter to_viewer_messages;
  Counter to_agent_bytes;
  Counter to_agent_messages;
  HeldCounters held_to_viewer;
  HeldCounters held_to_agent;
  Counter not_granted;  // messages the policy dropped
  Counter skipped;      // messages of unknown type, or sent while no agent was there
  Counter pairings;
  Counter agents_lost;       // a viewer's agent link went away under it
  Counter closed_for_fault;  // links ended because of what the peer sent
  std::array<Counter, kRefusalNames.size()> refused;
  std::array<TimeCounters, kReportedTimes> times;  // SessionReport::counts, added up
};

// Of the sockets, kept by the shells around it.
struct SocketCounters {
  Counter connections;  // open now
  Counter accepted;
  Counter refused_total;  // connections refused because there are too many
  Counter refused_rate;   // connections refused because their address makes too many
  Counter handshakes;
  Counter handshakes_failed;
  Counter requests;
  Counter requests_bad;  // not HTTP, or HTTP we refuse to understand
  Counter proxied;
  Counter proxy_failed;
  Counter origin_refused;
  Counter openings;          // sessions asked for by links themselves
  Counter openings_refused;  // what the broker gave no ticket for
};

struct Counters {
  RelayCounters relay;
  SocketCounters socket;
};

}  // namespace vitrine
