#include "bench/link/link_script.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

namespace vitrine {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr std::array<Unit, 3> kTimeUnits = {{{"us", 1}, {"ms", 1e3}, {"s", 1e6}}};
constexpr std::array<Unit, 4> kRateUnits = {{{"bit", 1}, {"kbit", 1e3}, {"mbit", 1e6}, {"gbit", 1e9}}};
constexpr std::array<Unit, 3> kSizeUnits = {{{"", 1}, {"kib", 1024}, {"mib", 1024 * 1024}}};
// A day, 100 Gbit/s, 1 GiB: beyond them a number is a slip, and sums of them still fit 64 bits.
constexpr double kMaxTime = 86'400e6;
constexpr double kMaxRate = 100e9;
constexpr double kMaxSize = 1 << 30;

Result<double> parse_number(std::string_view text, std::span<const Unit> units, double limit, std::string_view like) {
  const Error error{ErrorCode::kInvalidArgument, "'" + std::string(text) + "' is not " + std::string(like)};
  double number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (fault != std::errc() || !std::isfinite(number) || number < 0) return error;
  const std::string_view name = text.substr(static_cast<size_t>(end - text.data()));
  const auto unit = std::ranges::find(units, name, &Unit::name);
  if (unit == units.end() || number * unit->factor > limit) return error;
  return number * unit->factor;
}

std::string_view next_word(std::string_view& line) {
  const size_t from = std::min(line.find_first_not_of(" \t\r"), line.size());
  const size_t to = std::min(line.find_first_of(" \t\r", from), line.size());
  const std::string_view word = line.substr(from, to - from);
  line.remove_prefix(to);
  return word;
}

// What one word changes; `after` is what changes back when a stall or cut has lasted its time.
Result<void> read_word(std::string_view word, LinkChange& now, std::vector<LinkChange>& after) {
  const size_t equals = word.find('=');
  const std::string_view name = word.substr(0, equals);
  const std::string_view value = equals == word.npos ? "" : word.substr(equals + 1);
  if (name == "cut" && equals == word.npos) {
    now.reset = true;
  } else if (name == "cut") {
    now.reset = true;
    now.shut = true;
    after.push_back({.at = now.at + TRY(parse_duration(value)), .shut = false});
  } else if (name == "stall") {
    now.stalled = true;
    after.push_back({.at = now.at + TRY(parse_duration(value)), .stalled = false});
  } else if (name == "rate") {
    now.down_bps = now.up_bps = TRY(parse_rate(value));
  } else if (name == "down") {
    now.down_bps = TRY(parse_rate(value));
  } else if (name == "up") {
    now.up_bps = TRY(parse_rate(value));
  } else if (name == "delay") {
    now.delay = TRY(parse_duration(value));
  } else if (name == "jitter") {
    now.jitter = TRY(parse_duration(value));
  } else if (name == "queue") {
    now.queue_bytes = TRY(parse_size(value));
    if (*now.queue_bytes < kLinkPacket) return Error{ErrorCode::kInvalidArgument, "a queue holds at least 1448 bytes"};
  } else {
    return Error{ErrorCode::kInvalidArgument,
                 "'" + std::string(word) + "' is none of rate=, down=, up=, delay=, jitter=, queue=, stall=, cut"};
  }
  return {};
}

Result<void> read_line(std::string_view line, LinkScript& script) {
  line = line.substr(0, line.find('#'));
  const std::string_view time = next_word(line);
  if (time.empty()) return {};
  LinkChange now{.at = TRY(parse_duration(time))};
  std::vector<LinkChange> after;
  for (std::string_view word = next_word(line); !word.empty(); word = next_word(line)) {
    TRY(read_word(word, now, after));
  }
  script.push_back(now);
  script.insert(script.end(), after.begin(), after.end());
  return {};
}

}  // namespace

Result<Micros> parse_duration(std::string_view text) {
  return static_cast<Micros>(std::llround(TRY(parse_number(text, kTimeUnits, kMaxTime, "a time such as 25ms or 3s"))));
}

Result<uint64_t> parse_rate(std::string_view text) {
  if (text == "unlimited") return uint64_t{0};
  const double rate = TRY(parse_number(text, kRateUnits, kMaxRate, "a rate such as 5mbit or unlimited"));
  if (rate < 1) return Error{ErrorCode::kInvalidArgument, "a rate of nothing is a stall: write stall=3s"};
  return static_cast<uint64_t>(std::llround(rate));
}

Result<size_t> parse_size(std::string_view text) {
  return static_cast<size_t>(
      std::llround(TRY(parse_number(text, kSizeUnits, kMaxSize, "a size such as 65536 or 64kib"))));
}

Result<LinkScript> parse_link_script(std::string_view text) {
  LinkScript script;
  for (int number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const auto read = read_line(text.substr(0, end), script);
    if (!read.ok()) return Error{read.error().code, "line " + std::to_string(number) + ": " + read.error().message};
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  std::ranges::stable_sort(script, {}, &LinkChange::at);
  return script;
}

}  // namespace vitrine
