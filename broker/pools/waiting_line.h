// Who waits for a desktop of a full pool, in the order of coming. A place is held while its owner keeps asking.
#pragma once

#include <cstdint>
#include <string>

#include "broker/store/sql.h"

namespace vitrine::broker {

// A page asks every few seconds, one that nobody looks at about once a minute; whoever is silent for longer has left.
inline constexpr int64_t kWaitingPatienceS = 90;
// More would wait for hours, and their asking would be the load.
inline constexpr int64_t kMostWaiting = 200;

struct Waiter {
  std::string pool;
  std::string user_id;
  std::string resource;
};

struct PlaceInLine {
  int64_t place = 0;  // 1: the next
  int64_t of = 0;
};

// How many come before the waiter, or before somebody who is not in the line yet.
Result<int64_t> count_ahead(SqlConnection& connection, const Waiter& waiter, int64_t now_s);
// Keeps the waiter's place, or gives the last one. Run it in a transaction. Errors: exhausted (the line is full).
Result<PlaceInLine> stand_in_line(SqlConnection& connection, const Waiter& waiter, int64_t now_s);
// Whether the waiter holds a place.
Result<bool> is_in_line(SqlConnection& connection, const Waiter& waiter, int64_t now_s);
// Also when there was no place.
Result<void> leave_line(SqlConnection& connection, const std::string& user_id, const std::string& resource);
// Those who have stopped asking.
Result<void> clear_lines(SqlConnection& connection, int64_t now_s);

}  // namespace vitrine::broker
