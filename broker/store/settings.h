// Settings: names with a text value.
#pragma once

#include <optional>
#include <string>

#include "broker/store/sql.h"

namespace vitrine::broker {

Result<std::optional<std::string>> read_setting(SqlConnection& connection, const std::string& key);
// The setting as a number, or `otherwise` when it is not set or no number.
Result<int64_t> read_number_setting(SqlConnection& connection, const std::string& key, int64_t otherwise);
Result<void> write_setting(SqlConnection& connection, const std::string& key, const std::string& value);

}  // namespace vitrine::broker
