#include "broker/json_fields.h"

namespace vitrine::broker {

namespace {

const Json* find(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

}  // namespace

Result<Json> parse_object(std::string_view text) {
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return Error{ErrorCode::kMalformed, "This is no JSON object."};
  return json;
}

std::string to_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string text_field(const Json& object, const char* key, std::string_view otherwise) {
  const Json* field = find(object, key);
  return field != nullptr && field->is_string() ? field->get<std::string>() : std::string(otherwise);
}

int64_t number_field(const Json& object, const char* key, int64_t otherwise) {
  const Json* field = find(object, key);
  return field != nullptr && field->is_number_integer() ? field->get<int64_t>() : otherwise;
}

bool truth_field(const Json& object, const char* key, bool otherwise) {
  const Json* field = find(object, key);
  return field != nullptr && field->is_boolean() ? field->get<bool>() : otherwise;
}

std::optional<std::vector<std::string>> text_list_field(const Json& object, const char* key) {
  const Json* field = find(object, key);
  if (field == nullptr || !field->is_array()) return std::nullopt;
  std::vector<std::string> list;
  for (const Json& item : *field) {
    if (!item.is_string()) return std::nullopt;
    list.push_back(item.get<std::string>());
  }
  return list;
}

Json object_field(const Json& object, const char* key) {
  const Json* field = find(object, key);
  return field != nullptr && field->is_object() ? *field : Json::object();
}

}  // namespace vitrine::broker
