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

Result<Json> complete_entry(const SiteSection& section, const std::string& key, const Json& given) {
  const std::string place = std::string(section.name) + "." + key;
  const Json schema = schema_of(section.shape, ShapeStrictness::kClosed).take();
  const Json fields = given.is_null() ? Json::object() : given;
  if (const auto fits = check_schema(fields, schema, Json::object()); !fits.ok()) return in_shape(place, fits.error());
  auto full = section.complete(key, fields);
  if (!full.ok()) return placed(place, full.error());
  return full;
}

Result<Json> complete_section(const SiteSection& section, const Json& given) {
  const std::string name = section.name;
  if (!given.is_null() && !given.is_object()) {
    return Error{ErrorCode::kInvalidArgument, name + ": It is not a list of names with entries."};
  }
  Json complete = Json::object();
  for (const std::string_view key : section.fixed) complete[key] = Json::object();
  for (const auto& [key, entry] : given.items()) {
    if (!section.fixed.empty() && !complete.contains(key)) {
      return Error{ErrorCode::kInvalidArgument, fmt::format("{}.{}: It is not known here; there are {}.", name, key,
                                                            fmt::join(section.fixed, ", "))};
    }
    complete[key] = TRY(complete_entry(section, key, entry));
  }
  return complete;
}

struct SectionPlan {
  const SiteSection* section;
  Json before;
  Json after;
};

Result<std::vector<SectionPlan>> plans_of(const SiteStore& store, const Json& document) {
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
    Json before = TRY(section.read(store));
    plans.push_back({&section, std::move(before), std::move(after)});
  }
  return plans;
}

Result<void> put_entry(const SiteStore& store, const SectionPlan& plan, const std::string& key,
                       std::vector<SiteChange>& changes) {
  const SiteSection& section = *plan.section;
  const Json& entry = plan.after[key];
  const std::string place = fmt::format("{}.{}", section.name, key);
  SiteChange change{section.name, key, plan.before.contains(key) ? plan.before[key] : Json(), entry};
  if (section.settle != nullptr) {
    auto settled = section.settle(store, entry, change.before);
    if (!settled.ok()) return placed(place, settled.error());
    change.after = settled.take();
  }
  if (change.before == change.after) return {};
  if (const auto put = section.put(store, key, entry, change.before); !put.ok()) return placed(place, put.error());
  if (section.veil != nullptr) section.veil(change.before, change.after);
  changes.push_back(std::move(change));
  return {};
}

Result<void> remove_entries(const SiteStore& store, const SectionPlan& plan, std::vector<SiteChange>& changes) {
  for (const auto& [key, entry] : plan.before.items()) {
    if (plan.after.contains(key)) continue;
    const auto removed = plan.section->remove(store, key);
    if (!removed.ok()) return placed(plan.section->name, removed.error());
    SiteChange change{plan.section->name, key, entry, Json()};
    if (plan.section->veil != nullptr) plan.section->veil(change.before, change.after);
    changes.push_back(std::move(change));
  }
  return {};
}

// The entry without the fields, two levels deep, without which it means the same.
Json essence(const SiteSection& section, const std::string& key, const Json& entry) {
  const auto means_the_same = [&](const Json& shorter) {
    const auto full = section.complete(key, shorter);
    return full.ok() && full.value() == entry;
  };
  Json shown = entry;
  for (const auto& [field, value] : entry.items()) {
    Json without = shown;
    without.erase(field);
    if (means_the_same(without)) {
      shown = std::move(without);
      continue;
    }
    if (!value.is_object()) continue;
    for (const auto& [inner, ignored] : value.items()) {
      without = shown;
      without[field].erase(inner);
      if (means_the_same(without)) shown = without;
    }
  }
  return shown;
}

}  // namespace

Result<Json> export_site(const SiteStore& store) {
  Json document = Json::object();
  for (const SiteSection& section : site_sections()) {
    Json entries = Json::object();
    const Json all = TRY(section.read(store));
    for (const auto& [key, entry] : all.items()) {
      if (!section.fixed.empty() && entry.empty()) continue;
      Json shown = essence(section, key, entry);
      Json nothing;
      if (section.veil != nullptr) section.veil(nothing, shown);
      entries[key] = std::move(shown);
    }
    document[section.name] = std::move(entries);
  }
  return document;
}

Result<std::vector<SiteChange>> apply_site(const SiteStore& store, const Json& document) {
  const std::vector<SectionPlan> plans = TRY(plans_of(store, document));
  std::vector<SiteChange> changes;
  for (const SectionPlan& plan : plans) {
    for (const auto& [key, entry] : plan.after.items()) TRY(put_entry(store, plan, key, changes));
  }
  for (const SectionPlan& plan : plans | std::views::reverse) TRY(remove_entries(store, plan, changes));
  return changes;
}

}  // namespace vitrine::broker
