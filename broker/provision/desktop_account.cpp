#include "broker/provision/desktop_account.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "broker/provision/unique_fd.h"

namespace vitrine::broker {

namespace {

int64_t owner_of(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 ? int64_t{info.st_uid} : 0;
}

bool within(int64_t account, AccountRange range) {
  return account >= range.first && account <= range.last;
}

}  // namespace

Result<int64_t> account_of_folder(const std::string& parent, const std::string& name, AccountRange range) {
  const std::string home = parent + "/" + name;
  if (const int64_t owner = owner_of(home); within(owner, range)) return owner;
  const UniqueFd lock(::open((parent + "/.accounts.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock.open() || ::flock(lock.get(), LOCK_EX) != 0) {
    return Error{ErrorCode::kIo, fmt::format("Cannot lock {}: {}.", parent, std::strerror(errno))};
  }
  if (const int64_t owner = owner_of(home); within(owner, range)) return owner;
  int64_t last = range.first - 1;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(parent, failed)) {
    const int64_t owner = owner_of(entry.path().string());
    if (within(owner, range)) last = std::max(last, owner);
  }
  if (last >= range.last) {
    return Error{ErrorCode::kExhausted, fmt::format("There is no account left for another home folder in {}.", parent)};
  }
  TRY(give_tree(home, last + 1));
  return last + 1;
}

Result<void> give_tree(const std::string& path, int64_t account) {
  const auto id = static_cast<uid_t>(account);
  std::error_code failed;
  // The folder itself last: a process that dies before is not taken for having finished.
  for (auto it = std::filesystem::recursive_directory_iterator(path, failed);
       !failed && it != std::filesystem::recursive_directory_iterator(); it.increment(failed)) {
    if (::lchown(it->path().c_str(), id, id) != 0 && errno != ENOENT) {
      return Error{ErrorCode::kIo,
                   fmt::format("Cannot change the owner of {}: {}.", it->path().string(), std::strerror(errno))};
    }
  }
  if (failed || ::lchown(path.c_str(), id, id) != 0) {
    return Error{ErrorCode::kIo, fmt::format("Cannot change the owner of {}: {}.", path,
                                             failed ? failed.message() : std::strerror(errno))};
  }
  return {};
}

}  // namespace vitrine::broker
