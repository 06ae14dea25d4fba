#include "broker/catalogue/terms.h"

#include <fmt/format.h>

#include "protocol/limits.h"

namespace vitrine::broker {

namespace {

struct Preset {
  const char* name;
  Terms terms;
};
// The same as in the page (web-client/src/core/terms.ts).
constexpr Preset kPresets[] = {{"sharp", {150, 0, 85}}, {"balanced", {60, 0, 0}}, {"saver", {100, 2'000, 0}}};

struct Field {
  const char* name;
  int64_t Terms::*place;
  int64_t least;
  int64_t most;
};
constexpr Field kFields[] = {{"target_ms", &Terms::target_ms, kMinTargetMs, kMaxTargetMs},
                             {"ceiling_kbit", &Terms::ceiling_kbit, kMinCeilingKbit, kMaxCeilingKbit},
                             {"quality_floor", &Terms::quality_floor, 1, kMaxQuality}};

std::optional<Terms> terms_from_line(const std::string& line) {
  const auto json = parse_object(line);
  if (!json.ok()) return std::nullopt;
  auto terms = change_terms({}, json.value());
  return terms.ok() ? std::optional(terms.value()) : std::nullopt;
}

std::optional<Terms> terms_from(const SqlResult& result) {
  if (result.rows.empty() || result.rows.front().text(0).empty()) return std::nullopt;
  return terms_from_line(result.rows.front().text(0));
}

}  // namespace

Json terms_to_json(const Terms& terms) {
  Json json = Json::object();
  for (const Field& field : kFields) json[field.name] = terms.*field.place;
  return json;
}

Result<Terms> change_terms(const Terms& before, const Json& change) {
  Terms terms = before;
  if (const std::string name = text_field(change, "preset"); !name.empty()) {
    const Preset* found = nullptr;
    for (const Preset& preset : kPresets) {
      if (name == preset.name) found = &preset;
    }
    if (found == nullptr) {
      return Error{ErrorCode::kInvalidArgument, "The presets are \"sharp\", \"balanced\" and \"saver\"."};
    }
    terms = found->terms;
  }
  for (const Field& field : kFields) {
    if (!change.contains(field.name)) continue;
    const int64_t value = number_field(change, field.name, -1);
    if (value != 0 && (value < field.least || value > field.most)) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("{} is a number from {} to {}, or 0 for none.", field.name, field.least, field.most)};
    }
    terms.*field.place = value;
  }
  return terms;
}

Result<void> set_resource_terms(SqlConnection& connection, const std::string& resource, const Terms& terms) {
  const std::string line = to_line(terms_to_json(terms));
  const SqlResult apps = TRY(connection.run("UPDATE apps SET terms = $2 WHERE id = $1", {resource, line}));
  const SqlResult pools = TRY(connection.run("UPDATE pools SET terms = $2 WHERE id = $1", {resource, line}));
  if (apps.changed + pools.changed > 0) return {};
  return Error{ErrorCode::kNotFound,
               fmt::format("There is no pool or app \"{}\". See: vitrine pool list, vitrine app list", resource)};
}

Result<Terms> resource_terms(SqlConnection& connection, const std::string& resource) {
  const SqlResult found = TRY(connection.run(
      "SELECT terms FROM apps WHERE id = $1 UNION ALL SELECT terms FROM pools WHERE id = $1", {resource}));
  return terms_from(found).value_or(Terms());
}

Result<std::map<std::string, Terms>> all_resource_terms(SqlConnection& connection) {
  const SqlResult found =
      TRY(connection.run("SELECT id, terms FROM apps WHERE terms <> '' UNION ALL "
                         "SELECT id, terms FROM pools WHERE terms <> ''",
                         {}));
  std::map<std::string, Terms> all;
  for (const SqlRow& row : found.rows) {
    if (const auto terms = terms_from_line(row.text(1))) all[row.text(0)] = *terms;
  }
  return all;
}

Result<void> set_user_terms(SqlConnection& connection, const std::string& user_id, const Terms& terms) {
  TRY(connection.run("UPDATE users SET terms = $2 WHERE id = $1", {user_id, to_line(terms_to_json(terms))}));
  return {};
}

Result<std::optional<Terms>> user_terms(SqlConnection& connection, const std::string& user_id) {
  return terms_from(TRY(connection.run("SELECT terms FROM users WHERE id = $1", {user_id})));
}

}  // namespace vitrine::broker
