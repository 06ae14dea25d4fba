#include "broker/store/backup.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <set>

#include "broker/identity/secrets.h"
#include "broker/json_fields.h"
#include "broker/store/migrations.h"

namespace vitrine::broker {

namespace {

constexpr int kFormat = 1;
constexpr size_t kRowsAtOnce = 50;  // in one INSERT; databases take some ten thousand parameters

// The steps of this program that the store or the backup has. Errors: unsupported when it has others.
Result<std::vector<Migration>> known_migrations(const std::vector<int64_t>& versions, const std::string& what) {
  std::vector<Migration> known;
  for (const int64_t version : versions) {
    const auto all = all_migrations();
    const auto found = std::ranges::find(all, version, &Migration::version);
    if (found == all.end()) {
      return Error{ErrorCode::kUnsupported,
                   fmt::format("{} is of a newer Vitrine (schema {}). Use that version.", what, version)};
    }
    known.push_back(*found);
  }
  return known;
}

// Lines into a file beside the wanted one, which takes its place in the end.
class LineWriter {
 public:
  static Result<LineWriter> create(const std::string& path) {
    const std::string beside = path + ".new";
    const mode_t before = ::umask(0077);
    std::FILE* file = std::fopen(beside.c_str(), "wbe");
    const int number = errno;
    ::umask(before);
    if (file == nullptr) return failed(path, number);
    return LineWriter(path, file);
  }
  Result<void> write(const Json& json) {
    const std::string line = to_line(json) + "\n";
    hash_ = sha256_hex(hash_ + line);
    if (std::fwrite(line.data(), 1, line.size(), file_.get()) != line.size()) return failed(path_, errno);
    return {};
  }
  Result<void> finish() {
    if (std::fflush(file_.get()) != 0 || ::fsync(::fileno(file_.get())) != 0) return failed(path_, errno);
    if (std::rename((path_ + ".new").c_str(), path_.c_str()) != 0) return failed(path_, errno);
    return {};
  }
  [[nodiscard]] const std::string& hash() const { return hash_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  LineWriter(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}
  static Error failed(const std::string& path, int number) {
    const bool full = number == ENOSPC || number == EDQUOT;
    return {full ? ErrorCode::kExhausted : ErrorCode::kIo,
            fmt::format("Cannot write {}: {}.", path, std::strerror(number))};
  }

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::string hash_;  // SHA-256 of the hash so far and the next line
};

Json json_of(const SqlValue& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return *number;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return nullptr;
}

Error damaged(const std::string& file, const std::string& why) {
  return {ErrorCode::kMalformed, fmt::format("{} is no whole backup: {}. Nothing was changed.", file, why)};
}

// The first line, after every line was found to be as it was written.
Result<Json> checked_head(const std::string& file, BackupFacts& facts) {
  std::ifstream lines(file);
  if (!lines) return Error{ErrorCode::kIo, fmt::format("Cannot read {}: {}.", file, std::strerror(errno))};
  Json head;
  std::string hash;
  std::string line;
  while (std::getline(lines, line)) {
    const Json json = Json::parse(line, nullptr, false);
    if (head.is_null()) {
      if (number_field(json, "vitrine_store") == 0) return damaged(file, "it does not begin like one");
      head = json;
    }
    if (truth_field(json, "end")) {
      if (text_field(json, "sha256") != hash || number_field(json, "rows") != facts.rows) {
        return damaged(file, "it was changed after it was written");
      }
      if (number_field(head, "vitrine_store") != kFormat) {
        return Error{ErrorCode::kUnsupported, fmt::format("{} is of a newer Vitrine.", file)};
      }
      facts.made_s = number_field(head, "made_s");
      return head;
    }
    if (json.is_array()) ++facts.rows;
    if (json.contains("table")) ++facts.tables;
    hash = sha256_hex(hash + line + "\n");
  }
  return damaged(file, "its end is missing");
}

// Rows on their way into one table, some at a time.
class TableFiller {
 public:
  TableFiller(SqlConnection& connection, std::string table, const std::vector<std::string>& columns)
      : connection_(connection), columns_(columns.size()) {
    insert_ = fmt::format("INSERT INTO {}({}) VALUES ", table, fmt::join(columns, ", "));
  }
  Result<void> add(const Json& row) {
    for (const Json& value : row) {
      if (value.is_number_integer()) {
        values_.emplace_back(value.get<int64_t>());
      } else if (value.is_string()) {
        values_.emplace_back(value.get<std::string>());
      } else {
        values_.emplace_back();
      }
    }
    return values_.size() >= columns_ * kRowsAtOnce ? flush() : Result<void>();
  }
  Result<void> flush() {
    if (values_.empty()) return {};
    std::string sql = insert_;
    for (size_t i = 0; i < values_.size(); ++i) {
      sql += fmt::format("{}${}{}", i % columns_ == 0 ? (i == 0 ? "(" : ", (") : ", ", i + 1,
                         (i + 1) % columns_ == 0 ? ")" : "");
    }
    TRY(connection_.run(sql, values_));
    values_.clear();
    return {};
  }

 private:
  SqlConnection& connection_;
  size_t columns_;
  std::string insert_;
  SqlValues values_;
};

// The names come from the file, so only those that the schema has are let into a statement.
Result<TableFiller> filler_for(SqlConnection& connection, const std::string& file, const Json& json,
                               const std::vector<std::string>& tables) {
  const std::string table = text_field(json, "table");
  const auto columns = text_list_field(json, "columns").value_or(std::vector<std::string>());
  if (std::ranges::find(tables, table) == tables.end()) return damaged(file, "there is no table " + table);
  const SqlResult shape = TRY(connection.run(fmt::format("SELECT * FROM {} LIMIT 0", table), {}));
  const std::set<std::string> known(shape.columns.begin(), shape.columns.end());
  const bool good = !columns.empty() &&
                    std::ranges::all_of(columns, [&](const std::string& column) { return known.contains(column); });
  if (!good) return damaged(file, fmt::format("the table {} has other columns", table));
  return TableFiller(connection, table, columns);
}

Result<void> fill_tables(SqlConnection& connection, const std::string& file, const std::vector<std::string>& tables) {
  std::ifstream lines(file);
  std::optional<TableFiller> filler;
  std::string line;
  while (std::getline(lines, line)) {
    const Json json = Json::parse(line, nullptr, false);
    if (json.is_array()) {
      if (!filler) return damaged(file, "rows come before their table");
      TRY(filler->add(json));
      continue;
    }
    if (filler) TRY(filler->flush());
    if (json.contains("table")) filler.emplace(TRY(filler_for(connection, file, json, tables)));
  }
  return {};
}

Result<void> empty_store(SqlConnection& connection, bool replace) {
  TRY(connection.run(kSchemaMigrations, {}));
  const std::vector<int64_t> versions = TRY(applied_migrations(connection));
  const auto present = TRY(known_migrations(versions, "The store"));
  if (!present.empty() && !replace) {
    const int64_t users = TRY(connection.run("SELECT COUNT(*) FROM users", {})).rows.front().integer(0);
    if (users > 0) {
      return Error{ErrorCode::kConflict, fmt::format("The store has {} users already. Say --replace to lose all it "
                                                     "holds for what the backup holds.",
                                                     users)};
    }
  }
  std::vector<std::string> tables = tables_of(present);
  std::ranges::reverse(tables);
  for (const std::string& table : tables) TRY(connection.run("DROP TABLE " + table, {}));
  TRY(connection.run("DELETE FROM schema_migrations", {}));
  return {};
}

}  // namespace

Result<BackupFacts> back_up_store(SqlConnection& connection, const std::string& file, int64_t now_s) {
  const SqlTransaction snapshot = TRY(SqlTransaction::begin(connection, SqlPurpose::kRead));
  const std::vector<int64_t> versions = TRY(applied_migrations(connection));
  const std::vector<Migration> known = TRY(known_migrations(versions, "The store"));
  LineWriter writer = TRY(LineWriter::create(file));
  BackupFacts facts{.made_s = now_s};
  TRY(writer.write({{"vitrine_store", kFormat}, {"made_s", now_s}, {"migrations", versions}}));
  for (const std::string& table : tables_of(known)) {
    const SqlResult all = TRY(connection.run("SELECT * FROM " + table, {}));
    TRY(writer.write({{"table", table}, {"columns", all.columns}}));
    for (const SqlRow& row : all.rows) {
      Json values = Json::array();
      for (const SqlValue& value : row.values()) values.push_back(json_of(value));
      TRY(writer.write(values));
    }
    ++facts.tables;
    facts.rows += static_cast<int64_t>(all.rows.size());
  }
  const std::string hash = writer.hash();
  TRY(writer.write({{"end", true}, {"rows", facts.rows}, {"sha256", hash}}));
  TRY(writer.finish());
  return facts;
}

Result<BackupFacts> restore_store(SqlConnection& connection, const std::string& file, bool replace, int64_t now_s) {
  BackupFacts facts;
  const Json head = TRY(checked_head(file, facts));
  std::vector<int64_t> versions;
  if (head.contains("migrations") && head["migrations"].is_array()) {
    for (const Json& version : head["migrations"]) {
      if (version.is_number_integer()) versions.push_back(version.get<int64_t>());
    }
  }
  const std::vector<Migration> known = TRY(known_migrations(versions, file));
  {
    SqlTransaction transaction = TRY(SqlTransaction::begin(connection));
    TRY(empty_store(connection, replace));
    for (const Migration& migration : known) TRY(apply_migration(connection, migration, facts.made_s));
    // Rows that the steps themselves put in are in the backup as they were.
    const std::vector<std::string> made = tables_of(known);
    for (auto table = made.rbegin(); table != made.rend(); ++table) TRY(connection.run("DELETE FROM " + *table, {}));
    TRY(fill_tables(connection, file, made));
    for (const Migration& migration : all_migrations()) {
      const bool there = std::ranges::find(versions, migration.version) != versions.end();
      if (!there) TRY(apply_migration(connection, migration, now_s));
    }
    TRY(transaction.commit());
  }
  return facts;
}

}  // namespace vitrine::broker
