// The schema, as the steps that lead to it. Steps are only ever added at the end.
#pragma once

#include <span>
#include <string_view>

#include "broker/store/sql.h"

namespace vitrine::broker {

struct Migration {
  int64_t version;
  std::string_view name;
  std::span<const std::string_view> statements;
};

std::span<const Migration> all_migrations();

// Brings the database from whatever version it has to the last of `migrations`, each step in a transaction of its own.
// Errors: unsupported when a newer Vitrine made it; what the connection gives.
Result<void> migrate(SqlConnection& connection, std::span<const Migration> migrations, int64_t now_s);

}  // namespace vitrine::broker
