// Reading JSON that others wrote: nothing throws, a missing field or one of another type reads as its default.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.h"

namespace vitrine::broker {

using Json = nlohmann::json;

// An object. Errors: malformed.
Result<Json> parse_object(std::string_view text);
// One line; bytes that are no UTF-8 become U+FFFD.
std::string to_line(const Json& json);

std::string text_field(const Json& object, const char* key, std::string_view otherwise = "");
int64_t number_field(const Json& object, const char* key, int64_t otherwise = 0);
bool truth_field(const Json& object, const char* key, bool otherwise = false);
// Nothing when the field is no list of strings.
std::optional<std::vector<std::string>> text_list_field(const Json& object, const char* key);
// The field when it is an object, else an empty object.
Json object_field(const Json& object, const char* key);

}  // namespace vitrine::broker
