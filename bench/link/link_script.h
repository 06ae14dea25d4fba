// How a link behaves over time, as text. One line for each change, in order of time; `#` starts a comment:
//
//   0s rate=20mbit delay=25ms       conditions hold until they are changed
//   5s rate=2mbit                   a cliff
//   8s stall=3s                     nothing passes for three seconds, what was on its way is kept
//   12s cut                         every connection is reset; new ones may be opened at once
//   20s cut=20s                     the same, and none can be opened for twenty seconds
//
// rate=R sets both directions, down=R and up=R one of them (down is towards the viewer); R is a number with bit, kbit,
// mbit or gbit, or `unlimited`. delay=T and jitter=T are one way, in us, ms or s. queue=N is the bottleneck's queue in
// bytes, or with kib or mib.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "bench/link/link_model.h"
#include "protocol/base/result.h"

namespace vitrine {

struct LinkChange {
  Micros at = 0;  // since the start of the script
  std::optional<uint64_t> down_bps;
  std::optional<uint64_t> up_bps;
  std::optional<Micros> delay;
  std::optional<Micros> jitter;
  std::optional<size_t> queue_bytes;
  std::optional<bool> stalled;
  bool reset = false;        // connections are reset at this moment
  std::optional<bool> shut;  // whether connections can be opened from here on
};

using LinkScript = std::vector<LinkChange>;

// Reads a script; the result is in order of time, a stall or cut with a duration is two changes. Errors:
// invalid_argument, with the line and the word that cannot be read.
[[nodiscard]] Result<LinkScript> parse_link_script(std::string_view text);

// Reads the values of the words above, for options of programs: "25ms", "5mbit", "64kib".
[[nodiscard]] Result<Micros> parse_duration(std::string_view text);
[[nodiscard]] Result<uint64_t> parse_rate(std::string_view text);
[[nodiscard]] Result<size_t> parse_size(std::string_view text);

}  // namespace vitrine
