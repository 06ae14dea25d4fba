// The whole store as one file, the same for every database, so that a backup also moves a store from one to another.
//
//   {"vitrine_store": 1, "made_s": ..., "migrations": [1, 2, 3]}     what it is
//   {"table": "users", "columns": ["id", "name", ...]}               for each table
//   ["u1", "ada", ...]                                               for each of its rows
//   {"end": true, "rows": 1234, "sha256": "..."}                     of all before it, line after line
#pragma once

#include <string>

#include "broker/store/sql.h"

namespace vitrine::broker {

struct BackupFacts {
  int64_t made_s = 0;
  int64_t tables = 0;
  int64_t rows = 0;
};

// Writes the store as it is at one moment, while others use it; the file is for its owner only and replaces another in
// one step. Holds the largest table in memory. Errors: unsupported (a newer schema), io, exhausted, the connection's.
Result<BackupFacts> back_up_store(SqlConnection& connection, const std::string& file, int64_t now_s);

// Puts what the file holds in place of whatever the store has, in one transaction, and brings it to this program's
// schema. Errors: malformed (damaged, cut short, no backup), unsupported (of a newer Vitrine), conflict (the store has
// users and `replace` is false), io.
Result<BackupFacts> restore_store(SqlConnection& connection, const std::string& file, bool replace, int64_t now_s);

}  // namespace vitrine::broker
