#include "broker/store/migrations.h"

#include <fmt/format.h>

namespace vitrine::broker {

namespace {

constexpr std::string_view kFirstSchema[] = {
    R"(CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL))",

    R"(CREATE TABLE users (
      id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, display_name TEXT NOT NULL, admin BIGINT NOT NULL,
      password TEXT NOT NULL, created_s BIGINT NOT NULL))",
    R"(CREATE TABLE user_groups (name TEXT PRIMARY KEY, built_in BIGINT NOT NULL, created_s BIGINT NOT NULL))",
    R"(CREATE TABLE group_members (
      group_name TEXT NOT NULL REFERENCES user_groups(name) ON DELETE CASCADE,
      user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, PRIMARY KEY (group_name, user_id)))",
    R"(CREATE INDEX group_members_by_user ON group_members(user_id))",

    R"(CREATE TABLE pools (
      id TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL, provisioner TEXT NOT NULL,
      opengl BIGINT NOT NULL, created_s BIGINT NOT NULL))",
    R"(CREATE TABLE apps (
      id TEXT PRIMARY KEY, pool_id TEXT NOT NULL REFERENCES pools(id), name TEXT NOT NULL, description TEXT NOT NULL,
      command TEXT NOT NULL, desktop_entry TEXT NOT NULL, package TEXT NOT NULL, opengl BIGINT NOT NULL,
      created_s BIGINT NOT NULL))",
    // subject: a user's id or a group's name; resource: the id of a pool or an app, which share one set of names.
    R"(CREATE TABLE entitlements (
      subject_kind TEXT NOT NULL CHECK (subject_kind IN ('user', 'group')), subject TEXT NOT NULL,
      resource TEXT NOT NULL, created_s BIGINT NOT NULL, PRIMARY KEY (subject_kind, subject, resource)))",
    R"(CREATE INDEX entitlements_by_resource ON entitlements(resource))",

    R"(CREATE TABLE web_sessions (
      token_hash TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
      only_session TEXT NOT NULL, created_s BIGINT NOT NULL, seen_s BIGINT NOT NULL, expires_s BIGINT NOT NULL))",
    R"(CREATE INDEX web_sessions_by_user ON web_sessions(user_id))",

    // A desktop may exist without a session (kept warm); a session that goes on always has its desktop.
    R"(CREATE TABLE desktops (
      id TEXT PRIMARY KEY, pool_id TEXT NOT NULL, resource TEXT NOT NULL, provisioner TEXT NOT NULL,
      state TEXT NOT NULL, detail TEXT NOT NULL, created_s BIGINT NOT NULL, changed_s BIGINT NOT NULL))",
    R"(CREATE INDEX desktops_by_state ON desktops(state))",
    R"(CREATE TABLE sessions (
      id TEXT PRIMARY KEY, user_id TEXT NOT NULL, user_name TEXT NOT NULL, resource TEXT NOT NULL,
      resource_name TEXT NOT NULL, desktop_id TEXT NOT NULL REFERENCES desktops(id), started_s BIGINT NOT NULL,
      ended_s BIGINT, end_reason TEXT NOT NULL))",
    R"(CREATE UNIQUE INDEX one_running_session ON sessions(user_id, resource) WHERE ended_s IS NULL)",
    R"(CREATE INDEX sessions_by_desktop ON sessions(desktop_id))",
    R"(CREATE TABLE one_time_codes (
      code_hash TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
      session_id TEXT NOT NULL, expires_s BIGINT NOT NULL))",

    R"(CREATE TABLE audit (
      number BIGINT PRIMARY KEY, time_s BIGINT NOT NULL, actor TEXT NOT NULL, address TEXT NOT NULL,
      action TEXT NOT NULL, target TEXT NOT NULL, outcome TEXT NOT NULL, detail TEXT NOT NULL,
      hash TEXT NOT NULL))",
};

constexpr std::string_view kTermsAndReports[] = {
    // JSON of catalogue/terms.h; empty: none.
    R"(ALTER TABLE pools ADD COLUMN terms TEXT NOT NULL DEFAULT '')",
    R"(ALTER TABLE apps ADD COLUMN terms TEXT NOT NULL DEFAULT '')",
    R"(ALTER TABLE users ADD COLUMN terms TEXT NOT NULL DEFAULT '')",
    // measure: JSON of provision/measure_json.h.
    R"(CREATE TABLE session_reports (
      session_id TEXT PRIMARY KEY, measure TEXT NOT NULL, updated_s BIGINT NOT NULL))",
    R"(CREATE INDEX session_reports_by_time ON session_reports(updated_s))",
};

// How a browser signed in, and users who come from elsewhere.
constexpr std::string_view kSignInProofs[] = {
    R"(ALTER TABLE users ADD COLUMN provider TEXT NOT NULL DEFAULT 'local')",
    // The user's identifier at a provider other than 'local'.
    R"(ALTER TABLE users ADD COLUMN subject TEXT NOT NULL DEFAULT '')",
    R"(ALTER TABLE users ADD COLUMN disabled BIGINT NOT NULL DEFAULT 0)",
    R"(CREATE UNIQUE INDEX users_by_subject ON users(provider, subject) WHERE subject <> '')",
    R"(ALTER TABLE web_sessions ADD COLUMN provider TEXT NOT NULL DEFAULT 'local')",
    R"(ALTER TABLE web_sessions ADD COLUMN second_factor_s BIGINT NOT NULL DEFAULT 0)",
    R"(ALTER TABLE web_sessions ADD COLUMN address TEXT NOT NULL DEFAULT '')",
    R"(ALTER TABLE web_sessions ADD COLUMN browser TEXT NOT NULL DEFAULT '')",
};

constexpr std::string_view kPoolsAndLeases[] = {
    // kind: see pools/pools.h; 0 or empty: not set.
    R"(ALTER TABLE pools ADD COLUMN kind TEXT NOT NULL DEFAULT 'persistent')",
    R"(ALTER TABLE pools ADD COLUMN spares BIGINT NOT NULL DEFAULT 0)",
    R"(ALTER TABLE pools ADD COLUMN max_desktops BIGINT NOT NULL DEFAULT 0)",
    R"(ALTER TABLE pools ADD COLUMN draining BIGINT NOT NULL DEFAULT 0)",
    R"(ALTER TABLE pools ADD COLUMN message TEXT NOT NULL DEFAULT '')",
    R"(ALTER TABLE pools ADD COLUMN template TEXT NOT NULL DEFAULT '')",
    R"(ALTER TABLE pools ADD COLUMN rebuild_s BIGINT NOT NULL DEFAULT 0)",
    // The broker that acts for the desktop, and until when nobody else does.
    R"(ALTER TABLE desktops ADD COLUMN lease_owner TEXT NOT NULL DEFAULT '')",
    R"(ALTER TABLE desktops ADD COLUMN lease_until_s BIGINT NOT NULL DEFAULT 0)",
};

constexpr Migration kMigrations[] = {
    {1, "first schema", kFirstSchema},
    {2, "terms and reports", kTermsAndReports},
    {3, "sign-in proofs", kSignInProofs},
    {8, "pools and leases", kPoolsAndLeases},
};

Result<int64_t> current_version(SqlConnection& connection) {
  TRY(
      connection.run("CREATE TABLE IF NOT EXISTS schema_migrations "
                     "(version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_s BIGINT NOT NULL)",
                     {}));
  const SqlResult result = TRY(connection.run("SELECT MAX(version) FROM schema_migrations", {}));
  return result.rows.front().integer(0);
}

}  // namespace

std::span<const Migration> all_migrations() {
  return kMigrations;
}

Result<void> migrate(SqlConnection& connection, std::span<const Migration> migrations, int64_t now_s) {
  const int64_t newest = migrations.empty() ? 0 : migrations.back().version;
  for (const Migration& migration : migrations) {
    // Two brokers may start at once: the version is read under the write lock.
    SqlTransaction transaction = TRY(SqlTransaction::begin(connection));
    const int64_t version = TRY(current_version(connection));
    if (version > newest) {
      return Error{ErrorCode::kUnsupported,
                   fmt::format("The store was made by a newer Vitrine (schema {}, this program knows {}). Use that "
                               "version, or restore a backup made before.",
                               version, newest)};
    }
    if (migration.version > version) {
      for (const std::string_view statement : migration.statements) TRY(connection.run(statement, {}));
      TRY(connection.run("INSERT INTO schema_migrations(version, name, applied_s) VALUES ($1, $2, $3)",
                         {migration.version, std::string(migration.name), now_s}));
    }
    TRY(transaction.commit());
  }
  return {};
}

}  // namespace vitrine::broker
