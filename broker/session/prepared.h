// For whom desktops are prepared before they ask: people who have just signed in, or still look at their page, and may
// open the pool. Their home folder is known, so the whole desktop can be up by the time they open it.
#pragma once

#include <string>
#include <vector>

#include "broker/catalogue/catalogue.h"
#include "broker/pools/pools.h"
#include "broker/store/sql.h"

namespace vitrine::broker {

// So long after their page was last heard of people are expected to open something.
inline constexpr int64_t kExpectedForS = 15 * 60;

struct Expected {
  User user;
  bool prepared = false;  // a desktop is up or coming
};

// Whoever is expected to open the pool now, at most `most` of them, those heard of last first. People who have a
// session of the pool are not.
Result<std::vector<Expected>> expected_users(SqlConnection& connection, const Resource& pool, int64_t most,
                                             int64_t now_s);

}  // namespace vitrine::broker
