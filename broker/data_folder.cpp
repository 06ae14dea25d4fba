#include "broker/data_folder.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

namespace vitrine::broker {

std::string default_data_folder() {
  if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && data[0] == '/') {
    return std::string(data) + "/vitrine";
  }
  const char* home = std::getenv("HOME");
  if (home == nullptr || home[0] != '/') {
    const passwd* account = ::getpwuid(::getuid());
    home = account != nullptr ? account->pw_dir : "/root";
  }
  return std::string(home) + "/.local/share/vitrine";
}

}  // namespace vitrine::broker
