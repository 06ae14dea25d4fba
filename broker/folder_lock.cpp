#include "broker/folder_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>

namespace vitrine::broker {

namespace {

// Nothing when somebody else has it.
Result<std::optional<UniqueFd>> try_lock(const std::string& path, int how) {
  UniqueFd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock.open()) return Error{ErrorCode::kIo, fmt::format("Cannot write {}: {}.", path, std::strerror(errno))};
  if (::flock(lock.get(), how | LOCK_NB) != 0) return std::optional<UniqueFd>();
  return std::optional(std::move(lock));
}

Error taken(const std::string& data_folder) {
  return {ErrorCode::kConflict, fmt::format("A broker is already running on {}. Stop it first, or choose another "
                                            "folder with --data.",
                                            data_folder)};
}

}  // namespace

std::string slot_name(const char* what, int slot) {
  return slot == 0 ? what : fmt::format("{}-{}", what, slot + 1);
}

Result<FolderLock> lock_slot(const std::string& data_folder, int slot) {
  auto folder = TRY(try_lock(data_folder + "/run/folder.lock", LOCK_SH));
  if (!folder) {
    return Error{ErrorCode::kConflict, fmt::format("{} is being restored. Start the broker after that.", data_folder)};
  }
  auto own = TRY(try_lock(fmt::format("{}/run/{}.lock", data_folder, slot_name("broker", slot)), LOCK_EX));
  if (!own) return taken(data_folder);
  return FolderLock{.folder = std::move(*folder), .slot = std::move(*own)};
}

Result<FolderLock> lock_folder_alone(const std::string& data_folder) {
  auto folder = TRY(try_lock(data_folder + "/run/folder.lock", LOCK_EX));
  if (!folder) return taken(data_folder);
  return FolderLock{.folder = std::move(*folder), .slot = UniqueFd()};
}

}  // namespace vitrine::broker
