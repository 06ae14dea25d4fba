#include "broker/identity/directory_watch.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <condition_variable>
#include <ctime>

#include "broker/identity/provisioning.h"
#include "broker/identity/user_state.h"
#include "broker/store/audit.h"

namespace vitrine::broker {

void DirectoryWatch::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  while (!never.wait_for(lock, stop, std::chrono::seconds(kDirectoryCheckS), [&] { return stop.stop_requested(); })) {
    const auto checked = check(std::time(nullptr));
    if (!checked.ok()) spdlog::error("Cannot check the users of directories: {}", checked.error().message);
  }
}

Result<void> DirectoryWatch::check(int64_t now_s) {
  for (const auto& provider : TRY(providers_.active())) {
    if (!provider->ldap) continue;
    const std::vector<User> users = TRY(signed_in_users(provider->row.id));
    if (!users.empty()) TRY(check_users(*provider, users, now_s));
  }
  return {};
}

Result<std::vector<User>> DirectoryWatch::signed_in_users(const std::string& provider) {
  const Database::Lease connection = TRY(database_.lease());
  const SqlResult result = TRY(connection->run(
      "SELECT id FROM users WHERE provider = $1 AND disabled = 0 AND (id IN (SELECT user_id FROM web_sessions) OR "
      "id IN (SELECT user_id FROM sessions WHERE ended_s IS NULL)) ORDER BY id",
      {provider}));
  std::vector<User> users;
  for (const SqlRow& row : result.rows) {
    if (auto user = TRY(find_user_by_id(*connection, row.text(0)))) users.push_back(std::move(*user));
  }
  return users;
}

Result<void> DirectoryWatch::check_users(const ActiveProvider& provider, const std::vector<User>& users,
                                         int64_t now_s) {
  std::vector<std::string> subjects;
  for (const User& user : users) subjects.push_back(user.subject);
  const auto found = provider.ldap->look_up(subjects, now_s);
  if (!found.ok()) {
    spdlog::warn("Provider {}: {} Its {} signed-in users stay signed in.", provider.row.id, found.error().message,
                 users.size());
    return {};
  }
  for (size_t i = 0; i < users.size(); ++i) {
    const auto& identity = found.value()[i];
    if (!identity) {
      TRY(put_out(provider, users[i], now_s));
      continue;
    }
    const Database::Lease connection = TRY(database_.lease());
    const auto followed = provision(*connection, provider.row, *identity, now_s);
    // An administrator may have disabled the user between the two.
    if (!followed.ok() && followed.error().code != ErrorCode::kForbidden) return followed.error();
  }
  return {};
}

Result<void> DirectoryWatch::put_out(const ActiveProvider& provider, const User& user, int64_t now_s) {
  {
    const Database::Lease connection = TRY(database_.lease());
    SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
    TRY(disable_user(*connection, user, DisabledBy::kDirectory));
    TRY(append_audit(*connection,
                     {.actor = "provider " + provider.row.id,
                      .address = "",
                      .action = "user.disable",
                      .target = user.name,
                      .outcome = "ok",
                      .detail = "The directory no longer has the user, or has disabled the account."},
                     now_s));
    TRY(transaction.commit());
  }
  const Asker asker{.name = "provider " + provider.row.id, .address = ""};
  return sessions_.end_all_of(user.id, "Your account was disabled.", asker, now_s);
}

}  // namespace vitrine::broker
