#include "broker/identity/settings_fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "protocol/base/utf8.h"

namespace vitrine::broker {

namespace {

constexpr size_t kMaxText = 2000;

constexpr SettingsField kMappingFields[] = {
    {"group_prefix", SettingsType::kText},
    {"only_mapped_groups", SettingsType::kTruth},
    {"admin_group", SettingsType::kText},
};

// Control characters never mean anything in a name or an address, and hide in what is shown.
bool good_text(const Json& value) {
  return value.is_string() && has_characters(value.get_ref<const std::string&>(), 0, kMaxText) &&
         std::ranges::none_of(value.get_ref<const std::string&>(),
                              [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; });
}

Result<void> check_field(const std::string& name, const Json& value, SettingsType type) {
  switch (type) {
    case SettingsType::kText:
      if (good_text(value)) return {};
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("\"{}\" is a text of at most {} characters on one line.", name, kMaxText)};
    case SettingsType::kTruth:
      if (value.is_boolean()) return {};
      return Error{ErrorCode::kInvalidArgument, fmt::format("\"{}\" is true or false.", name)};
    case SettingsType::kTextList:
      if (value.is_array() && value.size() <= 16 && std::ranges::all_of(value, good_text)) return {};
      return Error{ErrorCode::kInvalidArgument, fmt::format("\"{}\" is a list of at most 16 texts.", name)};
  }
  return {};
}

std::string known_names(std::span<const SettingsField> fields) {
  std::string names = "group_map";
  for (const auto list : {fields, std::span<const SettingsField>(kMappingFields)}) {
    for (const SettingsField& field : list) names += fmt::format(", {}", field.name);
  }
  return names;
}

}  // namespace

Result<void> check_fields(const Json& json, std::span<const SettingsField> fields) {
  for (const auto& [name, value] : json.items()) {
    if (name == "group_map" && value.is_object()) continue;
    const auto named = [&name = name](const SettingsField& field) { return field.name == name; };
    const auto own = std::ranges::find_if(fields, named);
    const auto shared = std::ranges::find_if(kMappingFields, named);
    if (own == fields.end() && shared == std::end(kMappingFields)) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("There is no setting \"{}\" for this kind of provider; there are {}.",
                               name.substr(0, 64), known_names(fields))};
    }
    TRY(check_field(name, value, own != fields.end() ? own->type : shared->type));
  }
  return {};
}

}  // namespace vitrine::broker
