// Whether there is room for one more desktop, and for whom first.
#pragma once

#include <optional>
#include <string>

#include "broker/pools/pools.h"
#include "broker/pools/waiting_line.h"
#include "protocol/base/result.h"

namespace vitrine::broker {

struct Room {
  std::optional<Error> full;  // why there is none, with the numbers
  int64_t in_use = 0;         // then: of so many
  int64_t most = 0;
  std::optional<Spare> spare;          // the desktop to use; nothing: one may be made
  std::optional<std::string> evicted;  // a desktop that makes room, to be ended after the commit
};

// What there is for the waiter, whose turn it has to be: people who wait longer come first. A desktop that was prepared
// for the waiter is the waiter's in any case. Takes the spare. Run it in a transaction.
Result<Room> find_room(SqlConnection& connection, const std::optional<PoolSettings>& pool, const Waiter& waiter,
                       int64_t now_s);
// Whether the server takes one more desktop. Errors: exhausted, with the number.
Result<void> check_server_room(SqlConnection& connection);

}  // namespace vitrine::broker
