// The folder that holds everything a Vitrine remembers. One `vitrine up` at a time has it.
#pragma once

#include <filesystem>

#include "program/child.h"
#include "protocol/base/result.h"

namespace vitrine {

// $XDG_DATA_HOME/vitrine, or ~/.local/share/vitrine. Errors: not_found (no home folder).
Result<std::filesystem::path> default_data_folder();

class DataFolder {
 public:
  // Makes the folder (0700) when it is not there, checks that it can be used, and locks it. Errors: io, exhausted (disk
  // full), conflict (another `vitrine up` has it; the sentence names its process).
  static Result<DataFolder> open(const std::filesystem::path& path);

  DataFolder(DataFolder&&) noexcept = default;
  DataFolder& operator=(DataFolder&&) noexcept = default;
  // A clean end is written down.
  ~DataFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // The last owner did not end cleanly, and what it started may still be about to.
  [[nodiscard]] bool left_behind() const { return left_behind_; }

 private:
  DataFolder() = default;

  std::filesystem::path path_;
  OwnedFd lock_;
  bool left_behind_ = false;
};

}  // namespace vitrine
