#include "broker/store/settings.h"

#include <fmt/format.h>

#include <charconv>

namespace vitrine::broker {

Result<std::optional<std::string>> read_setting(SqlConnection& connection, const std::string& key) {
  const SqlResult result = TRY(connection.run("SELECT value FROM settings WHERE key = $1", {key}));
  if (result.rows.empty()) return std::optional<std::string>();
  return std::optional(result.rows.front().text(0));
}

Result<int64_t> read_number_setting(SqlConnection& connection, const std::string& key, int64_t otherwise) {
  const auto text = TRY(read_setting(connection, key));
  int64_t number = otherwise;
  if (text) std::from_chars(text->data(), text->data() + text->size(), number);
  return number;
}

Result<int64_t> read_number_setting(SqlConnection& connection, const NumberSetting& setting) {
  return read_number_setting(connection, setting.key, setting.otherwise);
}

Result<void> write_number_setting(SqlConnection& connection, const NumberSetting& setting, int64_t value) {
  if (value < setting.least || value > setting.most) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("{} is a number from {} to {}.", setting.key, setting.least, setting.most)};
  }
  return write_setting(connection, setting.key, std::to_string(value));
}

Result<void> write_setting(SqlConnection& connection, const std::string& key, const std::string& value) {
  TRY(
      connection.run("INSERT INTO settings(key, value) VALUES ($1, $2) "
                     "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                     {key, value}));
  return {};
}

}  // namespace vitrine::broker
