#include "broker/pools/waiting_line.h"

#include <fmt/format.h>

namespace vitrine::broker {

namespace {

Result<int64_t> count(SqlConnection& connection, const std::string& where, const SqlValues& values) {
  const SqlResult found = TRY(connection.run("SELECT COUNT(*) FROM waiting WHERE " + where, values));
  return found.rows.front().integer(0);
}

}  // namespace

Result<int64_t> count_ahead(SqlConnection& connection, const Waiter& waiter, int64_t now_s) {
  return count(connection,
               "pool_id = $1 AND seen_s >= $2 AND number < COALESCE((SELECT mine.number FROM waiting AS mine WHERE "
               "mine.user_id = $3 AND mine.resource = $4 AND mine.seen_s >= $2), 9223372036854775807)",
               {waiter.pool, now_s - kWaitingPatienceS, waiter.user_id, waiter.resource});
}

Result<bool> is_in_line(SqlConnection& connection, const Waiter& waiter, int64_t now_s) {
  return TRY(count(connection, "user_id = $1 AND resource = $2 AND seen_s >= $3",
                   {waiter.user_id, waiter.resource, now_s - kWaitingPatienceS})) > 0;
}

Result<PlaceInLine> stand_in_line(SqlConnection& connection, const Waiter& waiter, int64_t now_s) {
  TRY(clear_lines(connection, now_s));
  const SqlResult kept = TRY(connection.run("UPDATE waiting SET seen_s = $3 WHERE user_id = $1 AND resource = $2",
                                            {waiter.user_id, waiter.resource, now_s}));
  if (kept.changed == 0) {
    if (TRY(count(connection, "pool_id = $1", {waiter.pool})) >= kMostWaiting) {
      return Error{ErrorCode::kExhausted,
                   fmt::format("{} people are waiting already, which is the most. Try again later.", kMostWaiting)};
    }
    TRY(
        connection.run("INSERT INTO waiting(user_id, resource, pool_id, number, since_s, seen_s) VALUES ($1, $2, $3, "
                       "(SELECT COALESCE(MAX(number), 0) + 1 FROM waiting), $4, $4)",
                       {waiter.user_id, waiter.resource, waiter.pool, now_s}));
  }
  return PlaceInLine{.place = TRY(count_ahead(connection, waiter, now_s)) + 1,
                     .of = TRY(count(connection, "pool_id = $1", {waiter.pool}))};
}

Result<void> leave_line(SqlConnection& connection, const std::string& user_id, const std::string& resource) {
  TRY(connection.run("DELETE FROM waiting WHERE user_id = $1 AND resource = $2", {user_id, resource}));
  return {};
}

Result<void> clear_lines(SqlConnection& connection, int64_t now_s) {
  TRY(connection.run("DELETE FROM waiting WHERE seen_s < $1", {now_s - kWaitingPatienceS}));
  return {};
}

}  // namespace vitrine::broker
