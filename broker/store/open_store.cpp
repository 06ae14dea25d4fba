#include "broker/store/open_store.h"

#include <fmt/format.h>

#include "broker/store/postgres_connection.h"
#include "broker/store/sqlite_connection.h"

namespace vitrine::broker {

Result<Database::Connect> connector(const std::string& store, const std::string& data_folder,
                                    const std::string& application) {
  using Connected = Result<std::unique_ptr<SqlConnection>>;
  if (store.empty()) {
    return Database::Connect([path = data_folder + "/vitrine.db"]() -> Connected {
      return std::unique_ptr<SqlConnection>(TRY(SqliteConnection::open(path)));
    });
  }
  if (PostgresConnection::names(store)) {
    return Database::Connect([store, application]() -> Connected {
      return std::unique_ptr<SqlConnection>(TRY(PostgresConnection::open(store, application)));
    });
  }
  return Error{
      ErrorCode::kInvalidArgument,
      fmt::format("The store \"{}\" is not known. Give --store postgresql://HOST/DATABASE, or leave it out for "
                  "SQLite in the data folder.",
                  store)};
}

}  // namespace vitrine::broker
