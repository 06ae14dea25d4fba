#include "broker/store_verbs.h"

#include <fmt/format.h>

#include <ctime>

#include "broker/folder_lock.h"
#include "broker/provision/files.h"
#include "broker/store/backup.h"
#include "broker/store/open_store.h"
#include "broker/verb.h"

namespace vitrine::broker {

namespace {

struct StoreOptions {
  std::string file;
  std::string store;
  bool replace = false;
};

Result<void> back_up(const std::string& data, const StoreOptions& options) {
  const std::string store = TRY(chosen_store(options.store, data));
  if (store.empty() && !read_file(data + "/vitrine.db").ok() &&
      read_file(data + "/vitrine.db").error().code == ErrorCode::kNotFound) {
    return Error{ErrorCode::kNotFound, fmt::format("There is no store in {}. Say where with --data or --store.", data)};
  }
  const Database::Connect connect = TRY(connector(store, data, "vitrine store"));
  const auto connection = TRY(connect());
  const BackupFacts facts = TRY(back_up_store(*connection, options.file, std::time(nullptr)));
  fmt::print("Wrote {} rows of {} tables to {}. It holds password hashes: keep it where only you can read it.\n",
             facts.rows, facts.tables, options.file);
  return {};
}

Result<void> restore(const std::string& data, const StoreOptions& options) {
  TRY(make_folder(data, 0700));
  TRY(make_folder(data + "/run", 0700));
  const FolderLock lock = TRY(lock_folder_alone(data));
  const std::string store = TRY(chosen_store(options.store, data));
  const Database::Connect connect = TRY(connector(store, data, "vitrine store"));
  const auto connection = TRY(connect());
  TRY(check_no_broker(*connection, store));
  const BackupFacts facts = TRY(restore_store(*connection, options.file, options.replace, std::time(nullptr)));
  // It names a newer row of the audit log than the backup has (store/audit_keeper.h).
  ::unlink((data + "/keys/audit.newest").c_str());
  fmt::print(
      "The store holds {} rows of {} tables again. Start the broker; it ends desktops that the backup does not "
      "know.\n",
      facts.rows, facts.tables);
  return {};
}

CLI::App* add_store_verb(CLI::App& noun, const std::string& name, const std::string& text, int& exit_status,
                         Result<void> (*act)(const std::string&, const StoreOptions&)) {
  auto options = std::make_shared<StoreOptions>();
  CLI::App* verb =
      add_verb(noun, name, text, exit_status, [options, act](const std::string& data) { return act(data, *options); });
  verb->add_option("file", options->file, "The backup")->required();
  verb->add_option("--store", options->store,
                   "postgresql://HOST/DATABASE, or sqlite; default: what the broker of the data folder uses");
  if (act == &restore) verb->add_flag("--replace", options->replace, "Lose what the store holds now");
  return verb;
}

}  // namespace

void add_store_verbs(CLI::App& program, int& exit_status) {
  CLI::App* noun = program.add_subcommand("store", "Back up and restore what the broker keeps");
  noun->require_subcommand(1);
  add_store_verb(*noun, "backup", "Write the store into a file, also while a broker uses it", exit_status, &back_up);
  add_store_verb(*noun, "restore", "Bring the store back from a file, while no broker runs", exit_status, &restore);
}

}  // namespace vitrine::broker
