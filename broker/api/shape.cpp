#include "broker/api/shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace vitrine::broker {

namespace {

constexpr std::string_view kRefs = "#/components/schemas/";

// Recursive descent over a shape of our own; depth is that of the notation.
class ShapeReader {
 public:
  ShapeReader(std::string_view text, ShapeStrictness strictness) : text_(text), strictness_(strictness) {}

  Result<Json> whole() {
    Json schema = TRY(alternatives());
    if (skip() != 0) return wrong("something follows");
    return schema;
  }

 private:
  char skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char c) {
    if (skip() != c) return false;
    ++at_;
    return true;
  }
  std::string word() {
    skip();
    const size_t begin = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_')) {
      ++at_;
    }
    return std::string(text_.substr(begin, at_ - begin));
  }
  Error wrong(std::string_view why) const {
    return {ErrorCode::kMalformed, fmt::format("{} at \"{}\"", why, text_.substr(std::min(at_, text_.size())))};
  }

  Result<Json> alternatives() {
    Json any = Json::array();
    do {
      any.push_back(TRY(one()));
    } while (take('|'));
    if (any.size() == 1) return any[0];
    return Json{{"anyOf", any}};
  }

  Result<Json> one() {
    if (take('{')) return object();
    if (take('[')) {
      Json items = TRY(alternatives());
      if (!take(']')) return wrong("a ] is missing");
      return Json{{"type", "array"}, {"items", items}};
    }
    if (take('\'')) {
      const size_t end = text_.find('\'', at_);
      if (end == std::string_view::npos) return wrong("a ' is missing");
      const std::string constant(text_.substr(at_, end - at_));
      at_ = end + 1;
      return Json{{"const", constant}};
    }
    return named(word());
  }

  // A number of the notation.
  Result<int> number() {
    int value = 0;
    skip();
    const char* begin = text_.data() + at_;
    const auto [end, fault] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (fault != std::errc()) return wrong("a number is missing");
    at_ += static_cast<size_t>(end - begin);
    return value;
  }

  Result<Json> text() {
    Json schema = {{"type", "string"}};
    if (!take('(')) return schema;
    const int least = TRY(number());
    if (!take('-')) return wrong("a - is missing");
    schema["maxLength"] = TRY(number());
    if (!take(')')) return wrong("a ) is missing");
    if (least > 0) schema["minLength"] = least;
    return schema;
  }

  Result<Json> named(const std::string& name) {
    if (name == "text") return text();
    if (name == "integer" || name == "number" || name == "null") return Json{{"type", name}};
    if (name == "truth") return Json{{"type", "boolean"}};
    if (name == "any") return Json::object();
    if (!name.empty() && name[0] >= 'A' && name[0] <= 'Z') return Json{{"$ref", std::string(kRefs) + name}};
    return wrong("there is no type \"" + name + "\"");
  }

  Result<Json> object() {
    Json schema = {{"type", "object"}};
    if (take('*')) {
      if (!take(':')) return wrong("a : is missing");
      schema["additionalProperties"] = TRY(alternatives());
      if (!take('}')) return wrong("a } is missing");
      return schema;
    }
    Json properties = Json::object();
    Json required = Json::array();
    while (!take('}')) {
      const std::string name = word();
      if (name.empty()) return wrong("a field's name is missing");
      if (!take('?')) required.push_back(name);
      if (!take(':')) return wrong("a : is missing");
      properties[name] = TRY(alternatives());
      if (!take(',') && skip() != '}') return wrong("a , is missing");
    }
    schema["properties"] = properties;
    if (!required.empty()) schema["required"] = required;
    if (strictness_ == ShapeStrictness::kClosed) schema["additionalProperties"] = false;
    return schema;
  }

  std::string_view text_;
  ShapeStrictness strictness_;
  size_t at_ = 0;
};

bool is_type(const Json& value, const std::string& type) {
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  return type == "array" ? value.is_array() : value.is_object();
}

std::string type_for_people(const std::string& type) {
  if (type == "string") return "text";
  if (type == "boolean") return "true or false";
  if (type == "integer") return "a whole number";
  return type == "array" ? "a list" : type == "object" ? "an object" : "a " + type;
}

Error misfit(const std::string& place, const std::string& why) {
  return {ErrorCode::kInvalidArgument, fmt::format("{} {}.", place.empty() ? "This" : "\"" + place + "\"", why)};
}

Result<void> check_at(const std::string& place, const Json& value, const Json& schema, const Json& named);

// "; there are command, name"
std::string allowed_names(const Json& properties) {
  std::string names;
  for (const auto& [name, ignored] : properties.items()) names += (names.empty() ? "; there are " : ", ") + name;
  return names;
}

// "'persistent' or 'floating'", when the alternatives are nothing but constants; else empty.
std::string constants_of(const Json& alternatives) {
  std::string names;
  for (const Json& one : alternatives) {
    if (!one.contains("const")) return "";
    names += (names.empty() ? "" : " or ") + one["const"].get<std::string>();
  }
  return names;
}

Result<void> check_object(const std::string& place, const Json& value, const Json& schema, const Json& named) {
  const auto inside = [&](const std::string& name) { return place.empty() ? name : place + "." + name; };
  const Json properties = object_field(schema, "properties");
  for (const auto& [name, field] : value.items()) {
    if (properties.contains(name)) {
      TRY(check_at(inside(name), field, properties[name], named));
      continue;
    }
    const auto others = schema.find("additionalProperties");
    if (others == schema.end()) continue;
    if (others->is_object()) {
      TRY(check_at(inside(name), field, *others, named));
    } else {
      return misfit(inside(name), "is not known here" + allowed_names(properties));
    }
  }
  // Last: a field that is misspelt is missing as well.
  if (schema.contains("required")) {
    for (const Json& name : schema["required"]) {
      if (!value.contains(name.get<std::string>())) return misfit(inside(name.get<std::string>()), "is missing");
    }
  }
  return {};
}

Result<void> check_at(const std::string& place, const Json& value, const Json& schema, const Json& named) {
  if (schema.contains("$ref")) {
    const std::string name = schema["$ref"].get<std::string>().substr(kRefs.size());
    CHECK(named.contains(name));
    return check_at(place, value, named[name], named);
  }
  if (schema.contains("anyOf")) {
    std::optional<Error> last;
    for (const Json& one : schema["anyOf"]) {
      const auto fits = check_at(place, value, one, named);
      if (fits.ok()) return {};
      last = fits.error();
    }
    const std::string constants = constants_of(schema["anyOf"]);
    return constants.empty() ? *last : misfit(place, "is not " + constants);
  }
  if (schema.contains("const") && value != schema["const"]) {
    return misfit(place, "has a value that is not known");
  }
  if (!schema.contains("type")) return {};
  const std::string type = schema["type"].get<std::string>();
  if (!is_type(value, type)) return misfit(place, "is not " + type_for_people(type));
  if (type == "array") {
    for (size_t i = 0; i < value.size(); ++i) {
      TRY(check_at(fmt::format("{}[{}]", place, i), value[i], schema["items"], named));
    }
  }
  return type == "object" ? check_object(place, value, schema, named) : Result<void>();
}

}  // namespace

Result<Json> schema_of(std::string_view shape, ShapeStrictness strictness) {
  return ShapeReader(shape, strictness).whole();
}

Result<void> check_schema(const Json& value, const Json& schema, const Json& named) {
  return check_at("", value, schema, named);
}

}  // namespace vitrine::broker
