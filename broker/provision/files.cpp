#include "broker/provision/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "broker/provision/unique_fd.h"

namespace vitrine::broker {

namespace {

constexpr size_t kMaxFile = 16 << 20;

Error file_error(const char* verb, const std::string& path, int number) {
  if (number == ENOSPC || number == EDQUOT) {
    return {ErrorCode::kExhausted, fmt::format("Cannot {} {}: the disk is full. Free some space on it.", verb, path)};
  }
  if (number == EACCES || number == EPERM || number == EROFS) {
    return {ErrorCode::kIo, fmt::format("Cannot {} {}: {}. Make it writable for this user or choose another folder "
                                        "with --data.",
                                        verb, path, std::strerror(number))};
  }
  const ErrorCode code = number == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo;
  return {code, fmt::format("Cannot {} {}: {}.", verb, path, std::strerror(number))};
}

}  // namespace

Result<void> write_file(const std::string& path, const std::string& content, mode_t mode) {
  const std::string beside = path + ".new";
  UniqueFd fd(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
  if (!fd.open()) return file_error("write", path, errno);
  for (size_t at = 0; at < content.size();) {
    const ssize_t written = ::write(fd.get(), content.data() + at, content.size() - at);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int number = errno;
      ::unlink(beside.c_str());
      return file_error("write", path, number);
    }
    at += static_cast<size_t>(written);
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return file_error("write", path, errno);
  return {};
}

Result<std::string> read_file(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.open()) return file_error("read", path, errno);
  std::string content;
  std::array<char, 16384> buffer{};
  while (true) {
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error("read", path, errno);
    if (got == 0) return content;
    content.append(buffer.data(), static_cast<size_t>(got));
    if (content.size() > kMaxFile) return Error{ErrorCode::kTooLarge, fmt::format("{} is too large.", path)};
  }
}

Result<void> make_folder(const std::string& path, mode_t mode) {
  std::error_code failed;
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, failed);
  if (failed) return file_error("make the folder", parent.string(), failed.value());
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) return file_error("make the folder", path, errno);
  if (!std::filesystem::is_directory(path, failed)) return file_error("make the folder", path, ENOTDIR);
  return {};
}

Result<void> copy_tree(const std::string& from, const std::string& to) {
  std::error_code failed;
  if (!std::filesystem::is_directory(from, failed)) {
    return Error{ErrorCode::kNotFound, fmt::format("The template {} is no folder this server can read.", from)};
  }
  std::filesystem::copy(from, to,
                        std::filesystem::copy_options::recursive | std::filesystem::copy_options::copy_symlinks |
                            std::filesystem::copy_options::overwrite_existing,
                        failed);
  if (failed) {
    return Error{ErrorCode::kIo, fmt::format("Cannot copy the template {}: {}.", from, failed.message())};
  }
  return {};
}

void remove_tree(const std::string& path) {
  std::error_code ignored;  // what cannot be removed now is found again at the next start
  std::filesystem::remove_all(path, ignored);
}

}  // namespace vitrine::broker
