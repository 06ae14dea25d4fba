// Small files and folders, with sentences for what goes wrong.
#pragma once

#include <sys/types.h>

#include <string>

#include "protocol/base/result.h"

namespace vitrine::broker {

// Replaces the file in one step (written beside it, then renamed), so a reader or a crash never sees half of it.
Result<void> write_file(const std::string& path, const std::string& content, mode_t mode);
// Errors: not_found, io, too_large (more than 16 MiB).
Result<std::string> read_file(const std::string& path);
// With parents; an existing folder is fine. The last one gets `mode`.
Result<void> make_folder(const std::string& path, mode_t mode);
// What is in `from`, into the folder `to`; links stay links. Errors: not_found, io.
Result<void> copy_tree(const std::string& from, const std::string& to);
// With everything in it; does not follow links. Nothing happens when there is none.
void remove_tree(const std::string& path);

}  // namespace vitrine::broker
