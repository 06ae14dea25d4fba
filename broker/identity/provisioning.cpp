#include "broker/identity/provisioning.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "broker/identity/secrets.h"
#include "broker/identity/user_state.h"
#include "broker/store/audit.h"
#include "protocol/base/utf8.h"

namespace vitrine::broker {

namespace {

// What a provider calls somebody is as long as it likes; control characters hide in what is shown.
std::string shown_name(const Identity& identity, const std::string& name) {
  std::string shown = identity.display_name.empty() ? name : identity.display_name;
  std::erase_if(shown, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; });
  shown = first_characters(shown, kLongestDisplayName);
  return shown.empty() ? name : shown;
}

Result<void> record(SqlConnection& connection, const Provider& provider, const User& user, const char* action,
                    const std::string& detail, int64_t now_s) {
  return append_audit(connection,
                      {.actor = "provider " + provider.id,
                       .address = "",
                       .action = action,
                       .target = user.name,
                       .outcome = "ok",
                       .detail = detail},
                      now_s);
}

Result<std::optional<User>> find_by_subject(SqlConnection& connection, const Provider& provider,
                                            const std::string& subject) {
  const SqlResult result =
      TRY(connection.run("SELECT id FROM users WHERE provider = $1 AND subject = $2", {provider.id, subject}));
  if (result.rows.empty()) return std::optional<User>();
  return find_user_by_id(connection, result.rows.front().text(0));
}

Result<User> make_user(SqlConnection& connection, const Provider& provider, const Identity& identity, int64_t now_s) {
  User user{.id = random_id(),
            .name = normal_name(identity.name),
            .display_name = "",
            .admin = false,
            .password = "",
            .created_s = now_s,
            .provider = provider.id,
            .subject = identity.subject};
  user.display_name = shown_name(identity, user.name);
  if (!check_name("user", user.name).ok()) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("{} calls you \"{}\", which cannot be a user name here. Ask your administrator to choose "
                             "another attribute for the name.",
                             provider.name, identity.name.substr(0, 80))};
  }
  if (const auto other = TRY(find_user(connection, user.name))) {
    return Error{ErrorCode::kConflict,
                 fmt::format("The name \"{}\" belongs to another user here, who signs in {}. Ask your administrator to "
                             "remove or rename that user.",
                             user.name, other->provider == "local" ? "with a local password" : "elsewhere")};
  }
  TRY(add_user(connection, user));
  TRY(record(connection, provider, user, "user.provision", "First sign-in.", now_s));
  return user;
}

// Writes only when something differs: at most sign-ins and checks nothing does.
Result<void> follow_groups(SqlConnection& connection, const Provider& provider, const User& user,
                           const std::vector<std::string>& groups, int64_t now_s) {
  const SqlResult result =
      TRY(connection.run("SELECT group_name FROM group_members WHERE user_id = $1 AND by_provider = 1", {user.id}));
  std::vector<std::string> before;
  for (const SqlRow& row : result.rows) before.push_back(row.text(0));
  std::ranges::sort(before);
  if (before == groups) return {};
  TRY(connection.run("UPDATE group_members SET by_provider = 0 WHERE user_id = $1", {user.id}));
  for (const std::string& group : groups) {
    TRY(connection.run("INSERT INTO user_groups(name, built_in, created_s) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING",
                       {group, now_s}));
    TRY(
        connection.run("INSERT INTO group_members(group_name, user_id, by_hand, by_provider) VALUES ($1, $2, 0, 1) "
                       "ON CONFLICT (group_name, user_id) DO UPDATE SET by_provider = 1",
                       {group, user.id}));
  }
  TRY(connection.run("DELETE FROM group_members WHERE user_id = $1 AND by_hand = 0 AND by_provider = 0", {user.id}));
  return record(connection, provider, user, "user.groups", fmt::format("{}", fmt::join(groups, ", ")), now_s);
}

Result<void> follow_role(SqlConnection& connection, const Provider& provider, User& user,
                         const std::vector<std::string>& groups, int64_t now_s) {
  const std::string admins = mapping_of(provider).admins;
  const bool admin = std::ranges::find(groups, admins) != groups.end();
  if (admins.empty() || admin == user.admin) return {};
  user.admin = admin;
  TRY(connection.run("UPDATE users SET admin = $2 WHERE id = $1", {user.id, int64_t{admin}}));
  return record(connection, provider, user, "user.admin", admin ? "Became an administrator." : "No longer one.", now_s);
}

}  // namespace

Result<User> provision(SqlConnection& connection, const Provider& provider, const Identity& identity, int64_t now_s) {
  CHECK(!identity.subject.empty());
  SqlTransaction transaction = TRY(SqlTransaction::begin(connection));
  const auto known = TRY(find_by_subject(connection, provider, identity.subject));
  User user = known ? *known : TRY(make_user(connection, provider, identity, now_s));
  if (user.disabled && !TRY(disabled_by_directory(connection, user))) {
    return Error{ErrorCode::kForbidden, "Your account is disabled here. Ask your administrator."};
  }
  if (user.disabled) {
    TRY(enable_user(connection, user));
    TRY(record(connection, provider, user, "user.enable", "The directory has the user again.", now_s));
    user.disabled = false;
  }
  if (const std::string shown = shown_name(identity, user.name); shown != user.display_name) {
    TRY(connection.run("UPDATE users SET display_name = $2 WHERE id = $1", {user.id, shown}));
    user.display_name = shown;
  }
  const std::vector<std::string> groups = mapped_groups(mapping_of(provider), identity.groups);
  TRY(follow_groups(connection, provider, user, groups, now_s));
  TRY(follow_role(connection, provider, user, groups, now_s));
  TRY(transaction.commit());
  return user;
}

}  // namespace vitrine::broker
