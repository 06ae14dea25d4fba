#include "broker/identity/users.h"

#include <fmt/format.h>

#include <algorithm>

#include "broker/store/change_mark.h"

namespace vitrine::broker {

namespace {

constexpr size_t kMaxUserName = 64;
constexpr std::string_view kUserColumns =
    "SELECT id, name, display_name, admin, password, created_s, provider, subject, disabled FROM users ";

User user_from(const SqlRow& row) {
  return {.id = row.text(0),
          .name = row.text(1),
          .display_name = row.text(2),
          .admin = row.truth(3),
          .password = row.text(4),
          .created_s = row.integer(5),
          .provider = row.text(6),
          .subject = row.text(7),
          .disabled = row.truth(8)};
}

Result<std::optional<User>> one_user(SqlConnection& connection, std::string_view where, const std::string& value) {
  const SqlResult result = TRY(connection.run(std::string(kUserColumns).append(where), {value}));
  if (result.rows.empty()) return std::optional<User>();
  return std::optional(user_from(result.rows.front()));
}

Result<void> check_can_have_members(SqlConnection& connection, const std::string& group) {
  const SqlResult result = TRY(connection.run("SELECT built_in FROM user_groups WHERE name = $1", {group}));
  if (result.rows.empty()) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("There is no group \"{}\". Make it with: vitrine group add {}", group, group)};
  }
  if (result.rows.front().truth(0)) {
    return Error{ErrorCode::kConflict, fmt::format("The group \"{}\" is built in and cannot be changed.", group)};
  }
  return {};
}

}  // namespace

std::string normal_name(std::string_view typed) {
  std::string name(typed);
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return name;
}

Result<void> check_name(std::string_view what, std::string_view name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const bool good =
      !name.empty() && name.size() <= kMaxUserName && plain(name.front()) && std::ranges::all_of(name, [&](char c) {
        return plain(c) || std::string_view("._-+@").find(c) != std::string_view::npos;
      });
  if (good) return {};
  return Error{ErrorCode::kInvalidArgument,
               fmt::format("A {} name starts with a lower-case letter or digit and goes on with those or . _ - + @, at "
                           "most {} characters.",
                           what, kMaxUserName)};
}

Result<std::optional<User>> find_user(SqlConnection& connection, const std::string& name) {
  return one_user(connection, "WHERE name = $1", normal_name(name));
}

Result<std::optional<User>> find_user_by_id(SqlConnection& connection, const std::string& id) {
  return one_user(connection, "WHERE id = $1", id);
}

Result<std::vector<User>> list_users(SqlConnection& connection, const Page& page) {
  const PagedQuery query = TRY(paged(kUserColumns, "", {}, {{"name", SqlKey::kText}}, SqlOrder::kUp, page));
  const SqlResult result = TRY(connection.run(query.sql, query.values));
  std::vector<User> users;
  for (const SqlRow& row : result.rows) users.push_back(user_from(row));
  return users;
}

Result<void> add_user(SqlConnection& connection, const User& user) {
  const auto added = connection.run(
      "INSERT INTO users(id, name, display_name, admin, password, created_s, provider, subject, disabled) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      {user.id, user.name, user.display_name, int64_t{user.admin}, user.password, user.created_s, user.provider,
       user.subject, int64_t{user.disabled}});
  if (!added.ok() && added.error().code == ErrorCode::kConflict) {
    return Error{ErrorCode::kConflict, fmt::format("There is a user \"{}\" already.", user.name)};
  }
  if (!added.ok()) return added.error();
  return {};
}

Result<void> remove_user(SqlConnection& connection, const User& user) {
  TRY(connection.run("DELETE FROM entitlements WHERE subject_kind = 'user' AND subject = $1", {user.id}));
  TRY(connection.run("DELETE FROM users WHERE id = $1", {user.id}));
  return note_change(connection);
}

Result<void> set_password(SqlConnection& connection, const std::string& user_id, const std::string& phc) {
  TRY(connection.run("UPDATE users SET password = $2 WHERE id = $1", {user_id, phc}));
  return {};
}

Result<std::vector<Group>> list_groups(SqlConnection& connection, const Page& page) {
  const PagedQuery query =
      TRY(paged("SELECT name, built_in FROM user_groups", "", {}, {{"name", SqlKey::kText}}, SqlOrder::kUp, page));
  const SqlResult groups = TRY(connection.run(query.sql, query.values));
  std::vector<Group> found;
  if (groups.rows.empty()) return found;
  std::map<std::string_view, size_t> places;
  found.reserve(groups.rows.size());
  for (const SqlRow& row : groups.rows) {
    found.push_back(Group{row.text(0), row.truth(1), {}});
    places[found.back().name] = found.size() - 1;
  }
  const SqlResult members =
      TRY(connection.run("SELECT group_name, name FROM group_members JOIN users ON users.id = group_members.user_id "
                         "WHERE group_name >= $1 AND group_name <= $2 ORDER BY name",
                         {found.front().name, found.back().name}));
  for (const SqlRow& member : members.rows) {
    const auto place = places.find(member.text(0));
    if (place != places.end()) found[place->second].members.push_back(member.text(1));
  }
  return found;
}

Result<std::map<std::string, std::vector<std::string>>> groups_of_all(SqlConnection& connection,
                                                                      const std::vector<User>& users) {
  std::map<std::string, std::vector<std::string>> groups;
  if (users.empty()) return groups;
  const SqlResult found =
      TRY(connection.run("SELECT users.name, group_name FROM users JOIN group_members ON user_id = users.id "
                         "WHERE users.name >= $1 AND users.name <= $2 ORDER BY group_name",
                         {users.front().name, users.back().name}));
  for (const SqlRow& row : found.rows) groups[row.text(0)].push_back(row.text(1));
  return groups;
}

Result<bool> group_exists(SqlConnection& connection, const std::string& name) {
  return !TRY(connection.run("SELECT 1 FROM user_groups WHERE name = $1", {name})).rows.empty();
}

Result<void> add_group(SqlConnection& connection, const std::string& name, bool built_in, int64_t now_s) {
  const auto added = connection.run("INSERT INTO user_groups(name, built_in, created_s) VALUES ($1, $2, $3)",
                                    {name, int64_t{built_in}, now_s});
  if (!added.ok() && added.error().code == ErrorCode::kConflict) {
    return Error{ErrorCode::kConflict, fmt::format("There is a group \"{}\" already.", name)};
  }
  if (!added.ok()) return added.error();
  return {};
}

Result<void> remove_group(SqlConnection& connection, const std::string& name) {
  TRY(check_can_have_members(connection, name));
  TRY(connection.run("DELETE FROM entitlements WHERE subject_kind = 'group' AND subject = $1", {name}));
  TRY(connection.run("DELETE FROM user_groups WHERE name = $1", {name}));
  return note_change(connection);
}

Result<void> add_member(SqlConnection& connection, const std::string& group, const User& user) {
  TRY(check_can_have_members(connection, group));
  TRY(
      connection.run("INSERT INTO group_members(group_name, user_id, by_hand, by_provider) VALUES ($1, $2, 1, 0) "
                     "ON CONFLICT (group_name, user_id) DO UPDATE SET by_hand = 1",
                     {group, user.id}));
  return note_change(connection);
}

Result<void> remove_member(SqlConnection& connection, const std::string& group, const User& user) {
  TRY(check_can_have_members(connection, group));
  const SqlResult provided = TRY(connection.run(
      "SELECT 1 FROM group_members WHERE group_name = $1 AND user_id = $2 AND by_provider = 1", {group, user.id}));
  if (!provided.rows.empty()) {
    return Error{ErrorCode::kConflict, fmt::format("{} is in {} because the provider {} says so; change it there.",
                                                   user.name, group, user.provider)};
  }
  TRY(connection.run("DELETE FROM group_members WHERE group_name = $1 AND user_id = $2", {group, user.id}));
  return note_change(connection);
}

Result<std::vector<std::string>> groups_of(SqlConnection& connection, const std::string& user_id) {
  const SqlResult result =
      TRY(connection.run("SELECT group_name FROM group_members WHERE user_id = $1 ORDER BY group_name", {user_id}));
  std::vector<std::string> names;
  for (const SqlRow& row : result.rows) names.push_back(row.text(0));
  return names;
}

}  // namespace vitrine::broker
