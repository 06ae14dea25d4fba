// What can be opened: pools, whose desktops are opened whole, and apps published on them; and who may.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker/identity/users.h"
#include "broker/store/sql.h"

namespace vitrine::broker {

// A pool or an app; their ids are one set of names.
struct Resource {
  std::string id;
  bool app = false;
  std::string pool;  // a pool's own id
  std::string name;
  std::string description;
  std::vector<std::string> command;  // of an app
  std::string desktop_entry;         // "org.xfce.mousepad.desktop", for its icon; may be empty
  std::string package;               // the Debian package that brings the program; may be empty
  bool opengl = false;
  std::string provisioner;
};

// In characters: a tile shows three lines of each.
inline constexpr size_t kLongestName = 100;
inline constexpr size_t kLongestDescription = 500;

struct Grant {
  bool group = false;
  std::string subject;  // the group's or the user's name
};

Result<std::vector<Resource>> list_resources(SqlConnection& connection, const Page& page = {});
SqlValues resource_key(const Resource& resource);  // of pages
Result<std::optional<Resource>> find_resource(SqlConnection& connection, const std::string& id);
// Those the user is entitled to, by name or by a group.
Result<std::vector<Resource>> resources_of(SqlConnection& connection, const User& user);
// Nothing both for what does not exist and for what is not this user's.
Result<std::optional<Resource>> find_resource_of(SqlConnection& connection, const User& user, const std::string& id);

// Errors: conflict when the id is taken, invalid_argument, not_found (an app's pool). Run it in a transaction.
Result<void> add_resource(SqlConnection& connection, const Resource& resource, int64_t now_s);
// Its names, and of an app its command and pool. Errors: not_found, invalid_argument.
Result<void> change_resource(SqlConnection& connection, const Resource& resource);
// With its grants. Errors: not_found; conflict for a pool that apps are published on. Run it in a transaction.
Result<void> remove_resource(SqlConnection& connection, const std::string& id);

// Granting twice and revoking what is not granted are fine. Errors: not_found, naming what is missing.
Result<void> grant(SqlConnection& connection, const std::string& resource, const Grant& to, int64_t now_s);
Result<void> revoke(SqlConnection& connection, const std::string& resource, const Grant& from);
Result<std::vector<Grant>> grants_of(SqlConnection& connection, const std::string& resource);
// Of every resource, by its id.
Result<std::map<std::string, std::vector<Grant>>> all_grants(SqlConnection& connection);

// Whether this machine has what the resource needs. Errors: unavailable, naming the Debian package.
Result<void> check_installed(const Resource& resource);

}  // namespace vitrine::broker
