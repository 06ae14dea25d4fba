// What a session took and how it answered, added up over its links. Agents count it, supervisors and the broker add it.
#pragma once

#include <algorithm>
#include <array>

#include "protocol/histogram.h"

namespace vitrine {

inline constexpr std::array<const char*, kInputParts> kInputPartNames = {"network",  "agent",  "application", "encode",
                                                                         "transfer", "decode", "present"};

struct SessionMeasure {
  // Capacity.
  uint64_t bytes_down = 0;        // to the viewers, messages without the framing of sockets
  uint64_t bytes_up = 0;          // from the viewers
  uint64_t peak_bits_second = 0;  // to a viewer, over a whole second
  uint64_t connected_us = 0;      // of all viewers together
  // Throughput.
  uint64_t updates = 0;
  uint64_t frames = 0;  // updates after which nothing was missing
  uint64_t inputs = 0;  // of every kind
  // Links.
  uint64_t links = 0;
  uint64_t reconnects = 0;  // links that came after one was cut
  // Exactness.
  uint64_t checked_tiles = 0;
  uint64_t wrong_tiles = 0;
  // Response.
  LatencyHistogram response;
  LatencyHistogram rtt;
  std::array<uint64_t, kInputParts> part_sums_us{};

  void add(const SessionMeasure& other) {
    bytes_down += other.bytes_down;
    bytes_up += other.bytes_up;
    peak_bits_second = std::max(peak_bits_second, other.peak_bits_second);
    connected_us += other.connected_us;
    updates += other.updates;
    frames += other.frames;
    inputs += other.inputs;
    links += other.links;
    reconnects += other.reconnects;
    checked_tiles += other.checked_tiles;
    wrong_tiles += other.wrong_tiles;
    response.add(other.response);
    rtt.add(other.rtt);
    for (size_t i = 0; i < part_sums_us.size(); ++i) part_sums_us[i] += other.part_sums_us[i];
  }
};

}  // namespace vitrine
