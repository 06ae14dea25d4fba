#include "broker/store/open_store.h"

#include <fmt/format.h>

#include "broker/provision/files.h"
#include "broker/store/postgres_connection.h"
#include "broker/store/sqlite_connection.h"

namespace vitrine::broker {

namespace {

std::string note_path(const std::string& data_folder) {
  return data_folder + "/store";
}

}  // namespace

Result<std::string> chosen_store(const std::string& words, const std::string& data_folder) {
  if (words == "sqlite") return std::string();
  if (PostgresConnection::names(words)) return words;
  if (!words.empty()) {
    return Error{
        ErrorCode::kInvalidArgument,
        fmt::format("The store \"{}\" is not known. Give --store postgresql://HOST/DATABASE, or --store sqlite "
                    "for the one in the data folder.",
                    words)};
  }
  const auto noted = read_file(note_path(data_folder));
  if (noted.ok()) return noted.value().substr(0, noted.value().find('\n'));
  if (noted.error().code == ErrorCode::kNotFound) return std::string();
  return noted.error();
}

Result<void> remember_store(const std::string& store, const std::string& data_folder) {
  return write_file(note_path(data_folder), store + "\n", 0600);
}

Result<Database::Connect> connector(const std::string& store, const std::string& data_folder,
                                    const std::string& application) {
  using Connected = Result<std::unique_ptr<SqlConnection>>;
  if (store.empty()) {
    return Database::Connect([path = data_folder + "/vitrine.db"]() -> Connected {
      return std::unique_ptr<SqlConnection>(TRY(SqliteConnection::open(path)));
    });
  }
  return Database::Connect([store, application]() -> Connected {
    return std::unique_ptr<SqlConnection>(TRY(PostgresConnection::open(store, application)));
  });
}

Result<void> check_no_broker(SqlConnection& connection, const std::string& store) {
  if (store.empty()) return {};
  const SqlResult found =
      TRY(connection.run("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                         "application_name = $1",
                         {std::string(kBrokerApplication)}));
  if (found.rows.front().integer(0) == 0) return {};
  return Error{ErrorCode::kConflict, "A broker is using this store. Stop every broker of the site first."};
}

}  // namespace vitrine::broker
