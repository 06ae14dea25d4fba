// Local users and groups in the store.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker/store/page.h"
#include "broker/store/sql.h"

namespace vitrine::broker {

// The group every user belongs to without being listed in it.
inline constexpr std::string_view kEveryone = "everyone";

inline constexpr size_t kLongestDisplayName = 100;  // characters; a line of any list

struct User {
  std::string id;
  std::string name;  // lower case; what is typed at sign-in, and the home folder's name
  std::string display_name;
  bool admin = false;
  std::string password;  // PHC string; empty: no password fits
  int64_t created_s = 0;
  std::string provider = "local";  // who vouches for the user
  std::string subject;             // the user's identifier there; empty for local users
  bool disabled = false;           // cannot sign in, has no web session
};

// The form under which a name is kept and looked up: ASCII lower case.
std::string normal_name(std::string_view typed);
// A letter or digit, then letters, digits, '.', '_', '-', '+', '@'; at most 64. Safe as a folder's name.
// Errors: invalid_argument with the sentence to show; `what` is "user", "group", "app", ...
Result<void> check_name(std::string_view what, std::string_view name);

Result<std::optional<User>> find_user(SqlConnection& connection, const std::string& name);
Result<std::optional<User>> find_user_by_id(SqlConnection& connection, const std::string& id);
Result<std::vector<User>> list_users(SqlConnection& connection, const Page& page = {});  // by name
// Errors: conflict when the name is taken.
Result<void> add_user(SqlConnection& connection, const User& user);
// With web sessions, memberships and entitlements. Run it in a transaction.
Result<void> remove_user(SqlConnection& connection, const User& user);
Result<void> set_password(SqlConnection& connection, const std::string& user_id, const std::string& phc);

struct Group {
  std::string name;
  bool built_in = false;
  std::vector<std::string> members;  // names of users; empty for kEveryone, which holds all
};

Result<std::vector<Group>> list_groups(SqlConnection& connection, const Page& page = {});  // by name
Result<bool> group_exists(SqlConnection& connection, const std::string& name);
// Errors: conflict when the name is taken.
Result<void> add_group(SqlConnection& connection, const std::string& name, bool built_in, int64_t now_s);
// Errors: not_found; conflict for a built-in one. Run it in a transaction.
Result<void> remove_group(SqlConnection& connection, const std::string& name);
// Adding a member twice and removing none are fine. Errors: not_found (group), conflict (built-in; a membership that
// the user's provider gives).
Result<void> add_member(SqlConnection& connection, const std::string& group, const User& user);
Result<void> remove_member(SqlConnection& connection, const std::string& group, const User& user);
Result<std::vector<std::string>> groups_of(SqlConnection& connection, const std::string& user_id);
// The groups of each of `users`, which are in order of their names; by name, in one query.
Result<std::map<std::string, std::vector<std::string>>> groups_of_all(SqlConnection& connection,
                                                                      const std::vector<User>& users);

}  // namespace vitrine::broker
