// Time as data. Core objects take `now` as an argument; only shells read a clock.
#pragma once

#include <cstdint>

namespace vitrine {

// Microseconds on a monotonic clock whose origin is arbitrary but fixed for the process.
using Micros = int64_t;

inline constexpr Micros kMillisecond = 1'000;
inline constexpr Micros kSecond = 1'000'000;
inline constexpr Micros kNever = INT64_MAX;

// The process's monotonic clock. For shells only.
Micros monotonic_now();

}  // namespace vitrine
