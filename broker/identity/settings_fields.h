// What a provider's settings may hold, so that a mistyped field is refused and not passed over.
#pragma once

#include <span>
#include <string_view>

#include "broker/json_fields.h"
#include "protocol/base/result.h"

namespace vitrine::broker {

enum class SettingsType : uint8_t { kText, kTruth, kTextList };

struct SettingsField {
  std::string_view name;
  SettingsType type;
};

// Besides `fields`, those of group_mapping.h may be there. Errors: invalid_argument, naming the field.
Result<void> check_fields(const Json& json, std::span<const SettingsField> fields);

}  // namespace vitrine::broker
