// A store and services for the broker's tests.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>

#include "broker/catalogue/catalogue.h"
#include "broker/identity/password.h"
#include "broker/identity/secrets.h"
#include "broker/identity/users.h"
#include "broker/store/database.h"
#include "broker/store/migrations.h"
#include "broker/store/open_store.h"

namespace vitrine::broker {

// A folder of its own below the temporary one, with a path short enough for sockets.
struct TemporaryFolder {
  std::string path = [] {
    std::string name = std::filesystem::temp_directory_path() / "vt-XXXXXX";
    return std::string(::mkdtemp(name.data()));
  }();
  TemporaryFolder() = default;
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

// Argon2id as cheap as it gets; what is tested here is what is done with it.
inline constexpr PasswordCost kCheap{.memory_kib = 8, .passes = 1};

// A new database of the test's PostgreSQL; empty when tests run with SQLite. In test_store.cpp.
std::string new_store_url();
void drop_store(const std::string& url);

// SQLite, or PostgreSQL when VITRINE_TEST_STORE says so: the same tests run over both.
struct TestStore {
  TemporaryFolder folder;
  std::string url = new_store_url();  // empty: SQLite in the folder
  Database database{connector(url, folder.path, "vitrine test").take()};
  PasswordHasher hasher{kCheap};

  TestStore() { CHECK(migrate(*lease(), all_migrations(), 1).ok()); }
  ~TestStore() { drop_store(url); }
  TestStore(const TestStore&) = delete;
  TestStore& operator=(const TestStore&) = delete;
  Database::Lease lease() { return database.lease().take(); }

  User add_user(const std::string& name, const std::string& password, bool admin = false) {
    User user{.id = random_id(),
              .name = name,
              .display_name = name,
              .admin = admin,
              .password = hasher.hash(password).take(),
              .created_s = 1};
    CHECK(broker::add_user(*lease(), user).ok());
    return user;
  }
  // A pool "desktop", and one app for each name.
  void add_catalogue(const std::vector<std::string>& apps) {
    CHECK(add_group(*lease(), "everyone", true, 1).ok());
    Resource pool{.id = "desktop",
                  .app = false,
                  .pool = "desktop",
                  .name = "Desktop",
                  .description = "",
                  .command = {},
                  .desktop_entry = "",
                  .package = "",
                  .opengl = false,
                  .provisioner = "local"};
    CHECK(add_resource(*lease(), pool, 1).ok());
    for (const std::string& id : apps) {
      Resource app = pool;
      app.id = id;
      app.app = true;
      app.name = "App " + id;
      app.command = {"true"};
      CHECK(add_resource(*lease(), app, 1).ok());
    }
  }
};

}  // namespace vitrine::broker
