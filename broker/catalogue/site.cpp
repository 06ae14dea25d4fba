#include "broker/catalogue/site.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ranges>

#include "broker/api/shape.h"

namespace vitrine::broker {

namespace {

// "members[0]: sentence" of groups.writers -> "groups.writers.members[0]: sentence".
Error placed(const std::string& place, const Error& error) {
  // A place is one word; a sentence of its own begins otherwise.
  const size_t colon = error.message.find(": ");
  const bool has_place = colon != std::string::npos && error.message.find(' ') > colon;
  return {error.code, place + (has_place ? "." : ": ") + error.message};
}

// "\"members[0]\" is not text." as check_schema() says it, in the form above.
Error in_shape(const std::string& place, const Error& error) {
  const size_t end = error.message.find("\" ", 1);
  if (!error.message.starts_with('"') || end == std::string::npos) return placed(place, error);
  return {error.code,
          fmt::format("{}.{}: It {}", place, error.message.substr(1, end - 1), error.message.substr(end + 2))};
}

const SiteSection* section_named(const std::string& name) {
  const auto sections = site_sections();
  const auto found = std::ranges::find_if(sections, [&](const SiteSection& section) { return section.name == name; });
  return found == sections.end() ? nullptr : &*found;
}

Result<Json> complete_section(const SiteSection& section, const Json& given) {
  const std::string name = section.name;
  if (given.is_null()) return Json::object();
  if (!given.is_object()) return Error{ErrorCode::kInvalidArgument, name + ": It is not a list of names with entries."};
  const Json schema = schema_of(section.shape, ShapeStrictness::kClosed).take();
  Json complete = Json::object();
  for (const auto& [key, entry] : given.items()) {
    const std::string place = name + "." + key;
    const Json fields = entry.is_null() ? Json::object() : entry;
    if (const auto fits = check_schema(fields, schema, Json::object()); !fits.ok()) {
      return in_shape(place, fits.error());
    }
    auto full = section.complete(key, fields);
    if (!full.ok()) return placed(place, full.error());
    complete[key] = full.take();
  }
  return complete;
}

struct SectionPlan {
  const SiteSection* section;
  Json before;
  Json after;
};

Result<std::vector<SectionPlan>> plans_of(SqlConnection& connection, const Json& document) {
  std::vector<SectionPlan> plans;
  for (const auto& [name, given] : document.items()) {
    if (section_named(name) != nullptr) continue;
    std::vector<std::string> known;
    for (const SiteSection& section : site_sections()) known.emplace_back(section.name);
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("{}: There is no such section; there are {}.", name, fmt::join(known, ", "))};
  }
  for (const SiteSection& section : site_sections()) {
    if (!document.contains(section.name)) continue;
    Json after = TRY(complete_section(section, document[section.name]));
    Json before = TRY(section.read(connection));
    plans.push_back({&section, std::move(before), std::move(after)});
  }
  return plans;
}

Result<void> put_entries(SqlConnection& connection, const SectionPlan& plan, int64_t now_s,
                         std::vector<SiteChange>& changes) {
  for (const auto& [key, entry] : plan.after.items()) {
    const bool exists = plan.before.contains(key);
    if (exists && plan.before[key] == entry) continue;
    const auto put = plan.section->put(connection, key, entry, exists, now_s);
    if (!put.ok()) return placed(fmt::format("{}.{}", plan.section->name, key), put.error());
    changes.push_back({plan.section->name, key, exists ? plan.before[key] : Json(), entry});
  }
  return {};
}

Result<void> remove_entries(SqlConnection& connection, const SectionPlan& plan, std::vector<SiteChange>& changes) {
  for (const auto& [key, entry] : plan.before.items()) {
    if (plan.after.contains(key)) continue;
    const auto removed = plan.section->remove(connection, key);
    if (!removed.ok()) return placed(plan.section->name, removed.error());
    changes.push_back({plan.section->name, key, entry, Json()});
  }
  return {};
}

}  // namespace

Result<Json> export_site(SqlConnection& connection) {
  Json document = Json::object();
  for (const SiteSection& section : site_sections()) {
    Json entries = Json::object();
    const Json all = TRY(section.read(connection));
    for (const auto& [key, entry] : all.items()) {
      Json shown = entry;
      for (const auto& [field, value] : entry.items()) {
        // A field is left out when the entry without it means the same.
        Json without = shown;
        without.erase(field);
        const auto same = section.complete(key, without);
        if (same.ok() && same.value() == entry) shown = std::move(without);
      }
      entries[key] = std::move(shown);
    }
    document[section.name] = std::move(entries);
  }
  return document;
}

Result<std::vector<SiteChange>> apply_site(SqlConnection& connection, const Json& document, int64_t now_s) {
  const std::vector<SectionPlan> plans = TRY(plans_of(connection, document));
  std::vector<SiteChange> changes;
  for (const SectionPlan& plan : plans) TRY(put_entries(connection, plan, now_s, changes));
  for (const SectionPlan& plan : plans | std::views::reverse) TRY(remove_entries(connection, plan, changes));
  return changes;
}

}  // namespace vitrine::broker
