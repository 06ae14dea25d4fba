#include "broker/folder_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>

namespace vitrine::broker {

Result<UniqueFd> lock_folder(const std::string& data_folder) {
  const std::string path = data_folder + "/run/broker.lock";
  UniqueFd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock.open()) return Error{ErrorCode::kIo, fmt::format("Cannot write {}: {}.", path, std::strerror(errno))};
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return Error{ErrorCode::kConflict,
                 fmt::format("A broker is already running on {}. Stop it first, or choose another "
                             "folder with --data.",
                             data_folder)};
  }
  return lock;
}

}  // namespace vitrine::broker
