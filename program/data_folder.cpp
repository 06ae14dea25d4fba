#include "program/data_folder.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace vitrine {
namespace {

// Room for the store's journal, logs and a home folder that begins; less is a full disk in all but name.
constexpr uint64_t kLeastFreeBytes = 64ULL << 20;

Error folder_error(const std::string& what, const std::filesystem::path& path, const std::string& why) {
  return {ErrorCode::kIo,
          what + " the data folder " + path.string() + ": " + why + ". Choose another with --data DIR."};
}

Result<void> check_usable(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return folder_error("Cannot use", path, std::strerror(errno));
  if (!S_ISDIR(status.st_mode)) return folder_error("Cannot use", path, "it is not a folder");
  if (status.st_uid != ::geteuid()) return folder_error("Cannot use", path, "it belongs to another user");
  if (::access(path.c_str(), R_OK | W_OK | X_OK) != 0)
    return folder_error("Cannot write to", path, std::strerror(errno));
  struct statvfs disk {};
  if (::statvfs(path.c_str(), &disk) == 0 && uint64_t{disk.f_bavail} * disk.f_frsize < kLeastFreeBytes) {
    return Error{ErrorCode::kExhausted,
                 "The disk of the data folder " + path.string() +
                     " is full: less than 64 MB are free. Free some, or choose another with --data DIR."};
  }
  return {};
}

}  // namespace

Result<std::filesystem::path> default_data_folder() {
  if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && data[0] == '/') {
    return std::filesystem::path(data) / "vitrine";
  }
  std::filesystem::path home;
  if (const char* variable = std::getenv("HOME"); variable != nullptr && variable[0] == '/') {
    home = variable;
  } else if (const passwd* user = ::getpwuid(::geteuid()); user != nullptr && user->pw_dir[0] == '/') {
    home = user->pw_dir;
  } else {
    return Error{ErrorCode::kNotFound, "You have no home folder; say where to keep the data with --data DIR."};
  }
  return home / ".local" / "share" / "vitrine";
}

Result<DataFolder> DataFolder::open(const std::filesystem::path& given) {
  std::error_code error;
  DataFolder folder;
  folder.path_ = std::filesystem::absolute(given, error).lexically_normal();
  if (error) return folder_error("Cannot find", given, error.message());
  if (!std::filesystem::exists(folder.path_, error)) {
    const mode_t old_mask = ::umask(0077);
    std::filesystem::create_directories(folder.path_, error);
    ::umask(old_mask);
    if (error) return folder_error("Cannot create", folder.path_, error.message());
  }
  TRY(check_usable(folder.path_));
  if (::chmod(folder.path_.c_str(), 0700) != 0)
    return folder_error("Cannot protect", folder.path_, std::strerror(errno));

  const auto lock_path = folder.path_ / "up.lock";
  folder.lock_ = OwnedFd(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (folder.lock_.get() < 0) return folder_error("Cannot write to", folder.path_, std::strerror(errno));
  std::array<char, 32> owner{};
  const bool taken = ::flock(folder.lock_.get(), LOCK_EX | LOCK_NB) != 0;
  const ssize_t size = ::pread(folder.lock_.get(), owner.data(), owner.size() - 1, 0);
  const int pid = size > 0 ? std::atoi(owner.data()) : 0;
  if (taken) {
    folder.lock_.reset();
    return Error{ErrorCode::kConflict, "Process " + std::to_string(pid) + " runs Vitrine on " + folder.path_.string() +
                                           " already; stop it first, or choose another folder with --data DIR."};
  }
  folder.left_behind_ = pid != 0;
  const std::string own = std::to_string(::getpid()) + "\n";
  if (::ftruncate(folder.lock_.get(), 0) != 0 ||
      ::pwrite(folder.lock_.get(), own.data(), own.size(), 0) != static_cast<ssize_t>(own.size())) {
    return folder_error("Cannot write to", folder.path_, std::strerror(errno));
  }
  return folder;
}

DataFolder::~DataFolder() {
  if (lock_.get() >= 0) (void)!::ftruncate(lock_.get(), 0);
}

}  // namespace vitrine
