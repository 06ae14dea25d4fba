#include "broker/session/prepared.h"

#include "broker/catalogue/policy_store.h"

namespace vitrine::broker {

namespace {

// People who are signed in, not by a link, without a session of the pool $1; those for whom a desktop is prepared come
// first, so that it stays theirs while they are expected. Each is judged, so not all of a large site.
constexpr std::string_view kSignedIn =
    "SELECT user_id, MAX(web_sessions.seen_s) AS seen, (SELECT COUNT(*) FROM desktops WHERE pool_id = $1 AND "
    "prepared_for = web_sessions.user_id AND state IN ('provisioning', 'ready') AND NOT EXISTS (SELECT 1 FROM sessions "
    "WHERE desktop_id = desktops.id)) AS prepared FROM web_sessions WHERE only_session = '' AND seen_s >= $2 AND NOT "
    "EXISTS (SELECT 1 FROM sessions WHERE sessions.user_id = web_sessions.user_id AND sessions.resource = $1 AND "
    "ended_s IS NULL) GROUP BY user_id ORDER BY prepared DESC, seen DESC, user_id LIMIT 200";

}  // namespace

Result<std::vector<Expected>> expected_users(SqlConnection& connection, const Resource& pool, int64_t most,
                                             int64_t now_s) {
  std::vector<Expected> expected;
  const SqlResult signed_in = TRY(connection.run(std::string(kSignedIn), {pool.id, now_s - kExpectedForS}));
  for (const SqlRow& row : signed_in.rows) {
    if (static_cast<int64_t>(expected.size()) >= most) break;
    const auto user = TRY(find_user_by_id(connection, row.text(0)));
    if (!user || user->disabled) continue;
    const Standing standing = TRY(standing_of(connection, *user, pool));
    // Where the user stands, and when a second factor was given, is judged when the desktop is opened.
    const Circumstances now{.now_s = now_s, .address = std::nullopt, .second_factor_s = std::nullopt};
    if (!standing.granted || refusal(standing.rules, now)) continue;
    expected.push_back({*user, row.integer(2) > 0});
  }
  return expected;
}

}  // namespace vitrine::broker
