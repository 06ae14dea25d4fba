#include "broker/provision/desktop_spec.h"

#include <fmt/format.h>

#include <algorithm>

#include "broker/json_fields.h"
#include "protocol/limits.h"

namespace vitrine::broker {

std::string spec_to_json(const DesktopSpec& spec) {
  const Json json = {{"id", spec.id},
                     {"name", spec.name},
                     {"command", spec.command},
                     {"folder", spec.folder},
                     {"home", spec.home},
                     {"opengl", spec.opengl},
                     {"width", spec.width},
                     {"height", spec.height},
                     {"scale_percent", spec.scale_percent},
                     {"sandbox", spec.sandbox},
                     {"hidden", spec.hidden},
                     {"readable", spec.readable},
                     {"uid", spec.uid},
                     {"agent", spec.agent},
                     {"time_zone", spec.time_zone},
                     {"locale", spec.locale},
                     {"home_source", spec.home_source}};
  return to_line(json) + "\n";
}

Result<DesktopSpec> spec_from_json(const std::string& text) {
  const Json json = TRY(parse_object(text));
  DesktopSpec spec;
  for (auto [key, field] :
       {std::pair{"id", &spec.id}, {"name", &spec.name}, {"folder", &spec.folder}, {"home", &spec.home}}) {
    *field = text_field(json, key);
    if (field->empty()) return Error{ErrorCode::kMalformed, fmt::format("The field \"{}\" is missing.", key)};
  }
  for (auto [key, field] : {std::pair{"command", &spec.command}, {"agent", &spec.agent}}) {
    auto list = text_list_field(json, key);
    if (!list) return Error{ErrorCode::kMalformed, fmt::format("The field \"{}\" is no list of strings.", key)};
    *field = std::move(*list);
  }
  for (auto [key, field] : {std::pair{"width", &spec.width}, {"height", &spec.height}}) {
    const int64_t side = number_field(json, key);
    if (side < int64_t{kMinScreenSide} || side > int64_t{kMaxScreenSide}) {
      return Error{ErrorCode::kMalformed,
                   fmt::format("The field \"{}\" is not between {} and {}.", key, kMinScreenSide, kMaxScreenSide)};
    }
    *field = static_cast<int>(side);
  }
  // A folder of an earlier version has no such field.
  spec.scale_percent = static_cast<int>(std::clamp<int64_t>(number_field(json, "scale_percent", 100), 0, 1000));
  spec.time_zone = text_field(json, "time_zone");
  spec.locale = text_field(json, "locale");
  spec.opengl = truth_field(json, "opengl");
  spec.sandbox = truth_field(json, "sandbox");
  spec.hidden = text_field(json, "hidden");
  spec.home_source = text_field(json, "home_source");
  spec.readable = text_list_field(json, "readable").value_or(std::vector<std::string>());
  spec.uid = number_field(json, "uid");
  if (spec.sandbox && spec.hidden.empty()) {
    return Error{ErrorCode::kMalformed, "The field \"hidden\" is missing, and a sandbox needs it."};
  }
  if (spec.agent.empty()) return Error{ErrorCode::kMalformed, "The field \"agent\" is empty."};
  return spec;
}

}  // namespace vitrine::broker
