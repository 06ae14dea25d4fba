#include "broker/store/migrations.h"

#include <fmt/format.h>

#include <algorithm>

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

// Tokens of programs, and what lists in pages go by.
constexpr std::string_view kTokensAndLists[] = {
    // owner_id: NULL when it was made on the server itself.
    R"(CREATE TABLE api_tokens (
      name TEXT PRIMARY KEY, token_hash TEXT NOT NULL UNIQUE, owner_id TEXT REFERENCES users(id) ON DELETE CASCADE,
      scopes TEXT NOT NULL, created_s BIGINT NOT NULL, expires_s BIGINT NOT NULL, used_s BIGINT NOT NULL,
      used_from TEXT NOT NULL))",
    R"(CREATE INDEX api_tokens_by_owner ON api_tokens(owner_id))",
    R"(CREATE INDEX running_sessions ON sessions(started_s, id) WHERE ended_s IS NULL)",
    R"(CREATE INDEX sessions_by_end ON sessions(ended_s))",
    R"(DROP INDEX session_reports_by_time)",
    R"(CREATE INDEX session_reports_by_time ON session_reports(updated_s, session_id))",
};

// Second factors and passkeys of users, and the ceremonies that are under way.
constexpr std::string_view kFactors[] = {
    // secret: sealed (identity/sealed.h); last_step: of the newest code that was accepted.
    R"(CREATE TABLE totp_secrets (
      user_id TEXT PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE, secret TEXT NOT NULL, last_step BIGINT NOT NULL,
      created_s BIGINT NOT NULL))",
    R"(CREATE TABLE recovery_codes (
      user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, code_hash TEXT NOT NULL,
      PRIMARY KEY (user_id, code_hash)))",
    // id: the credential's; public_key: COSE; both in base64url.
    R"(CREATE TABLE passkeys (
      id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, name TEXT NOT NULL,
      public_key TEXT NOT NULL, sign_count BIGINT NOT NULL, created_s BIGINT NOT NULL, used_s BIGINT NOT NULL))",
    R"(CREATE INDEX passkeys_by_user ON passkeys(user_id))",
    // Wrong codes since the last right one. In the store, so that neither a restart nor another broker forgets them.
    R"(CREATE TABLE code_failures (
      user_id TEXT PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE, failures BIGINT NOT NULL,
      blocked_until_s BIGINT NOT NULL))",
    // bound_to: hash of the browser's cookie, or of its web session's token; user_id: empty until a passkey names one.
    R"(CREATE TABLE challenges (
      token_hash TEXT PRIMARY KEY, purpose TEXT NOT NULL, bound_to TEXT NOT NULL, user_id TEXT NOT NULL,
      provider TEXT NOT NULL, address TEXT NOT NULL, attempts BIGINT NOT NULL, expires_s BIGINT NOT NULL))",
    R"(CREATE INDEX challenges_by_time ON challenges(expires_s))",
    R"(ALTER TABLE users ADD COLUMN second_factor_required BIGINT NOT NULL DEFAULT 0)",
    R"(ALTER TABLE user_groups ADD COLUMN second_factor_required BIGINT NOT NULL DEFAULT 0)",
    // id: how a user names a web session; proved_s: when it was last proved who sits there.
    R"(ALTER TABLE web_sessions ADD COLUMN id TEXT NOT NULL DEFAULT '')",
    R"(ALTER TABLE web_sessions ADD COLUMN proved_s BIGINT NOT NULL DEFAULT 0)",
    R"(UPDATE web_sessions SET id = substr(token_hash, 1, 16))",
    R"(CREATE UNIQUE INDEX web_sessions_by_id ON web_sessions(id))",
};

// Where else users come from.
constexpr std::string_view kProviders[] = {
    // settings: JSON of oidc_settings.h or ldap_settings.h with group_mapping.h; secret: sealed, may be empty.
    R"(CREATE TABLE providers (
      id TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('oidc', 'ldap')), name TEXT NOT NULL,
      position BIGINT NOT NULL, enabled BIGINT NOT NULL, settings TEXT NOT NULL, secret TEXT NOT NULL,
      created_s BIGINT NOT NULL))",
    // A membership counts while somebody here or the user's provider says so.
    R"(ALTER TABLE group_members ADD COLUMN by_hand BIGINT NOT NULL DEFAULT 1)",
    R"(ALTER TABLE group_members ADD COLUMN by_provider BIGINT NOT NULL DEFAULT 0)",
    // 'administrator' or 'directory'; empty when not disabled.
    R"(ALTER TABLE users ADD COLUMN disabled_by TEXT NOT NULL DEFAULT '')",
    // Of a web session that began at a provider: its session there, and its sealed ID token.
    R"(ALTER TABLE web_sessions ADD COLUMN sid TEXT NOT NULL DEFAULT '')",
    R"(ALTER TABLE web_sessions ADD COLUMN id_token TEXT NOT NULL DEFAULT '')",
    // Answers and tokens that were taken once and must not be taken again.
    R"(CREATE TABLE used_once (key_hash TEXT PRIMARY KEY, expires_s BIGINT NOT NULL))",
};

// Policies, and what running sessions were granted by them.
constexpr std::string_view kPolicies[] = {
    // JSON of catalogue/policy.h; empty: says nothing.
    R"(ALTER TABLE entitlements ADD COLUMN policy TEXT NOT NULL DEFAULT '')",
    R"(ALTER TABLE pools ADD COLUMN policy TEXT NOT NULL DEFAULT '')",
    R"(CREATE TABLE policy_mark (id BIGINT PRIMARY KEY, version BIGINT NOT NULL))",
    R"(INSERT INTO policy_mark(id, version) VALUES (1, 1))",
    // generation: links opened with a ticket of an earlier one are closed; granted: what its tickets grant.
    R"(ALTER TABLE sessions ADD COLUMN generation BIGINT NOT NULL DEFAULT 0)",
    R"(ALTER TABLE sessions ADD COLUMN granted TEXT NOT NULL DEFAULT '')",
    // Where its last ticket was asked from.
    R"(ALTER TABLE sessions ADD COLUMN viewer_address TEXT NOT NULL DEFAULT '')",
    // What is left of audit rows that were removed: the hash of the last of them.
    R"(CREATE TABLE audit_anchor (
      id BIGINT PRIMARY KEY, number BIGINT NOT NULL, hash TEXT NOT NULL, signature TEXT NOT NULL))",
    R"(CREATE INDEX audit_by_time ON audit(time_s))",
};

// How pools keep their desktops, and who acts for each.
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

// Where a session was last opened from, and what changed since a time.
constexpr std::string_view kSessionPlaces[] = {
    R"(ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '')",
    R"(ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL DEFAULT '')",
    R"(ALTER TABLE sessions ADD COLUMN seen_s BIGINT NOT NULL DEFAULT 0)",
};

// Where a provider's secret came from, when a site's file said so.
constexpr std::string_view kSecretSources[] = {
    R"(ALTER TABLE providers ADD COLUMN secret_source TEXT NOT NULL DEFAULT '')",
};

// Desktops that are up before anybody asks, and people who wait for one.
constexpr std::string_view kPreparedAndWaiting[] = {
    // prepared_for: pools/desktop_life.h; wanted: JSON of the screen that was asked for, empty: the default.
    R"(ALTER TABLE desktops ADD COLUMN prepared_for TEXT NOT NULL DEFAULT '')",
    R"(ALTER TABLE desktops ADD COLUMN wanted TEXT NOT NULL DEFAULT '')",
    R"(CREATE TABLE waiting (
      user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, resource TEXT NOT NULL, pool_id TEXT NOT NULL,
      number BIGINT NOT NULL, since_s BIGINT NOT NULL, seen_s BIGINT NOT NULL, PRIMARY KEY (user_id, resource)))",
    R"(CREATE INDEX waiting_by_pool ON waiting(pool_id, number))",
};

constexpr Migration kMigrations[] = {
    {1, "first schema", kFirstSchema},
    {2, "terms and reports", kTermsAndReports},
    {3, "sign-in proofs", kSignInProofs},
    {4, "tokens and lists", kTokensAndLists},
    {5, "second factors", kFactors},
    {6, "providers", kProviders},
    {7, "policies", kPolicies},
    {8, "pools and leases", kPoolsAndLeases},
    {9, "session places", kSessionPlaces},
    {10, "secret sources", kSecretSources},
    {11, "prepared desktops and waiting", kPreparedAndWaiting},
};

constexpr std::string_view kCreateTable = "CREATE TABLE ";

}  // namespace

std::span<const Migration> all_migrations() {
  return kMigrations;
}

Result<std::vector<int64_t>> applied_migrations(SqlConnection& connection) {
  const SqlResult result = TRY(connection.run("SELECT version FROM schema_migrations ORDER BY version", {}));
  std::vector<int64_t> versions;
  for (const SqlRow& row : result.rows) versions.push_back(row.integer(0));
  return versions;
}

std::vector<std::string> tables_of(std::span<const Migration> migrations) {
  std::vector<std::string> tables;
  for (const Migration& migration : migrations) {
    for (std::string_view statement : migration.statements) {
      if (!statement.starts_with(kCreateTable)) continue;
      statement.remove_prefix(kCreateTable.size());
      tables.emplace_back(statement.substr(0, statement.find_first_of(" (\n")));
    }
  }
  return tables;
}

Result<void> apply_migration(SqlConnection& connection, const Migration& migration, int64_t now_s) {
  for (const std::string_view statement : migration.statements) TRY(connection.run(statement, {}));
  TRY(connection.run("INSERT INTO schema_migrations(version, name, applied_s) VALUES ($1, $2, $3)",
                     {migration.version, std::string(migration.name), now_s}));
  return {};
}

Result<void> migrate(SqlConnection& connection, std::span<const Migration> migrations, int64_t now_s) {
  const int64_t newest = migrations.empty() ? 0 : migrations.back().version;
  for (const Migration& migration : migrations) {
    // Two brokers may start at once: what was applied is read under the write lock.
    SqlTransaction transaction = TRY(SqlTransaction::begin(connection));
    TRY(connection.run(kSchemaMigrations, {}));
    const std::vector<int64_t> applied = TRY(applied_migrations(connection));
    if (!applied.empty() && applied.back() > newest) {
      return Error{ErrorCode::kUnsupported,
                   fmt::format("The store was made by a newer Vitrine (schema {}, this program knows {}). Use that "
                               "version, or restore a backup made before.",
                               applied.back(), newest)};
    }
    if (std::ranges::find(applied, migration.version) == applied.end()) {
      TRY(apply_migration(connection, migration, now_s));
    }
    TRY(transaction.commit());
  }
  return {};
}

}  // namespace vitrine::broker
