// The schema, as the steps that lead to it. Steps are only ever added at the end.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/store/sql.h"

namespace vitrine::broker {

struct Migration {
  int64_t version;
  std::string_view name;
  std::span<const std::string_view> statements;
};

std::span<const Migration> all_migrations();

// The table that keeps what was applied.
inline constexpr std::string_view kSchemaMigrations =
    "CREATE TABLE IF NOT EXISTS schema_migrations "
    "(version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_s BIGINT NOT NULL)";

// Brings the database from whatever version it has to the last of `migrations`, each step in a transaction of its own.
// Errors: unsupported when a newer Vitrine made it; what the connection gives.
Result<void> migrate(SqlConnection& connection, std::span<const Migration> migrations, int64_t now_s);

// One step, without a transaction of its own.
Result<void> apply_migration(SqlConnection& connection, const Migration& migration, int64_t now_s);
// The numbers of the steps that were applied. Errors: what the connection gives.
Result<std::vector<int64_t>> applied_migrations(SqlConnection& connection);
// The tables that these steps make, in the order of their making.
std::vector<std::string> tables_of(std::span<const Migration> migrations);

}  // namespace vitrine::broker
