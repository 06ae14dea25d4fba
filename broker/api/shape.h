// A short notation for the JSON of the API, from which its JSON Schema (2020-12) is made:
//
//   {name: text, display_name?: text, groups: [text], kind: 'app'|'pool', ended_s: integer|null, pids: {*: integer}}
//
// text, integer, number, truth, null and any are the types; text(1-100) has so many characters, which the field's owner
// checks, who can call it by the name that people know; ? marks a field that may be missing; a capital letter
// begins the name of a shape that is defined elsewhere.
#pragma once

#include <string>
#include <string_view>

#include "broker/json_fields.h"

namespace vitrine::broker {

enum class ShapeStrictness : uint8_t {
  kOpen,    // fields that are not named are let through: what is added later does no harm
  kClosed,  // they are refused
};

// Errors: malformed, with the place in the shape.
Result<Json> schema_of(std::string_view shape, ShapeStrictness strictness = ShapeStrictness::kOpen);

// Whether a value follows a schema made by schema_of(); `named` are the schemas of names.
// Errors: invalid_argument with a sentence that names the field.
Result<void> check_schema(const Json& value, const Json& schema, const Json& named);

}  // namespace vitrine::broker
