// Settings: names with a text value.
#pragma once

#include <optional>
#include <string>

#include "broker/store/sql.h"

namespace vitrine::broker {

// A setting that is a number, and what it may be.
struct NumberSetting {
  const char* key;
  int64_t otherwise;  // while it is not set
  int64_t least;
  int64_t most;
};
// Desktops that may run on the site at a time; each takes 60-150 MB.
inline constexpr NumberSetting kMaxDesktops{"max_desktops", 64, 1, 100'000};
// How long a session goes on without a viewer.
inline constexpr NumberSetting kDisconnectLimit{"disconnect_limit_s", 24 * 3600, 60, 90 * 24 * 3600};

Result<std::optional<std::string>> read_setting(SqlConnection& connection, const std::string& key);
// The setting as a number, or `otherwise` when it is not set or no number.
Result<int64_t> read_number_setting(SqlConnection& connection, const std::string& key, int64_t otherwise);
Result<int64_t> read_number_setting(SqlConnection& connection, const NumberSetting& setting);
// Errors: invalid_argument, with the range.
Result<void> write_number_setting(SqlConnection& connection, const NumberSetting& setting, int64_t value);
Result<void> write_setting(SqlConnection& connection, const std::string& key, const std::string& value);

}  // namespace vitrine::broker
