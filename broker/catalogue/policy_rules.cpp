#include "broker/catalogue/policy_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace vitrine::broker {

namespace {

constexpr int64_t kMostSessions = 16;  // so that one user cannot use up the server

bool adds_up(const PolicySetting& setting) {
  return setting.kind == SettingKind::kHours || setting.kind == SettingKind::kNetworks ||
         setting.kind == SettingKind::kKinds;
}

// Larger is more restrictive.
int64_t strictness(const PolicySetting& setting, const Json& value) {
  if (setting.kind == SettingKind::kChoice) return value == true ? 1 : 0;
  if (setting.kind == SettingKind::kPermit) return value == true ? 0 : 1;
  const int64_t number = value.is_number_integer() ? value.get<int64_t>() : 0;
  const bool unlimited = setting.kind == SettingKind::kDuration && number == 0;
  return unlimited ? INT64_MIN : -number;
}

uint32_t clip_bits(const Json& kinds) {
  uint32_t bits = 0;
  for (const Json& kind : kinds) bits |= kind == "text" ? kClipText : kind == "html" ? kClipHtml : kClipImage;
  return bits;
}

bool allows_all(const PolicySetting& setting, const Json& value) {
  if (setting.kind == SettingKind::kKinds) return value.size() == std::size(kClipboardKinds);
  return value == "any" || (value.is_array() && value.empty());
}

// Of one level, several grants: hours and networks add up, of the rest the strictest counts.
ResolvedSetting combined(const PolicySetting& setting, const std::vector<const PolicyLayer*>& saying) {
  const std::string name(setting.name);
  ResolvedSetting resolved{.setting = &setting, .value = Json::array(), .sources = {}, .why = ""};
  if (adds_up(setting)) {
    for (const PolicyLayer* layer : saying) {
      if (allows_all(setting, layer->policy[name]) && saying.size() > 1) continue;
      resolved.value.push_back(layer->policy[name]);
      resolved.sources.push_back(layer->source);
    }
    if (resolved.value.empty()) {
      resolved.value.push_back(saying.front()->policy[name]);
      resolved.sources.push_back(saying.front()->source);
    }
  } else {
    const auto strict = [&](const PolicyLayer* layer) { return strictness(setting, layer->policy[name]); };
    const int64_t strictest = strict(*std::ranges::max_element(saying, {}, strict));
    for (const PolicyLayer* layer : saying) {
      if (strict(layer) != strictest) continue;
      resolved.value = layer->policy[name];
      resolved.sources.push_back(layer->source);
    }
  }
  return resolved;
}

std::string why(const ResolvedSetting& resolved, size_t saying, size_t less_specific) {
  std::string text = fmt::format("It is said by {}", fmt::join(resolved.sources, " and "));
  if (saying > 1) {
    const bool adds = adds_up(*resolved.setting) && resolved.sources.size() > 1;
    text += adds ? ", which all have to allow it" : fmt::format(", the most restrictive of {} on its level", saying);
  }
  if (less_specific > 0) text += fmt::format("; {} less specific say otherwise or the same", less_specific);
  return text + ".";
}

}  // namespace

std::vector<ResolvedSetting> resolve(const std::vector<PolicyLayer>& layers) {
  std::vector<ResolvedSetting> all;
  for (const PolicySetting& setting : policy_settings()) {
    const std::string name(setting.name);
    std::vector<const PolicyLayer*> saying;
    for (const PolicyLayer& layer : layers) {
      if (setting.enforced && layer.policy.contains(name)) saying.push_back(&layer);
    }
    if (saying.empty()) continue;
    const PolicyLevel best = (*std::ranges::min_element(saying, {}, &PolicyLayer::level))->level;
    const auto lower =
        std::ranges::stable_partition(saying, [&](const PolicyLayer* one) { return one->level == best; });
    const size_t less_specific = lower.size();
    saying.erase(lower.begin(), lower.end());
    ResolvedSetting resolved = combined(setting, saying);
    resolved.why = why(resolved, saying.size(), less_specific);
    all.push_back(std::move(resolved));
  }
  return all;
}

Result<Rules> rules_from(const std::vector<ResolvedSetting>& resolved) {
  Rules rules;
  for (const ResolvedSetting& one : resolved) {
    const std::string_view name = one.setting->name;
    const auto number = [&] { return one.value.is_number_integer() ? one.value.get<int64_t>() : 0; };
    if (name == "view_only") rules.view_only = one.value == true;
    if (name == "idle_limit") rules.idle_limit_s = number();
    if (name == "disconnect_limit") rules.disconnect_limit_s = number();
    if (name == "step_up") rules.step_up_s = number();
    if (name == "device_cache") rules.device_cache = one.value == true;
    if (name == "max_sessions") rules.max_sessions = number();
    if (!adds_up(*one.setting)) continue;
    for (const Json& value : one.value) {
      if (name == "clipboard_in") rules.clipboard_in &= clip_bits(value);
      if (name == "clipboard_out") rules.clipboard_out &= clip_bits(value);
      if (one.setting->kind == SettingKind::kKinds || allows_all(*one.setting, value)) continue;
      if (name == "hours") {
        rules.hours.push_back(TRY(WeekHours::parse(value.is_string() ? value.get<std::string>() : "")));
      } else {
        const auto list = text_list_field(Json{{"list", value}}, "list");
        if (!list) return Error{ErrorCode::kMalformed, "Stored networks are no list."};
        rules.networks.push_back(TRY(Networks::parse(*list)));
      }
    }
  }
  return rules;
}

std::string Rules::ticket_print() const {
  std::string text = fmt::format("view_only {}; clipboard {} {}; device_cache {}; step_up {}; networks", view_only,
                                 clipboard_in, clipboard_out, device_cache, step_up_s);
  for (const Networks& one : networks) text += fmt::format(" [{}]", fmt::join(one.list(), " "));
  return text;
}

namespace {
Json all_kinds() {
  Json kinds = Json::array();
  for (const std::string_view kind : kClipboardKinds) kinds.push_back(kind);
  return kinds;
}
}  // namespace

Json built_in_policy(int64_t disconnect_limit_s) {
  return {{"view_only", false},
          {"idle_limit", 0},
          {"disconnect_limit", disconnect_limit_s},
          {"hours", "any"},
          {"networks", Json::array()},
          {"step_up", 0},
          {"max_sessions", kMostSessions},
          {"clipboard_in", all_kinds()},
          {"clipboard_out", all_kinds()},
          {"device_cache", false}};
}

std::optional<Error> refusal(const Rules& rules, const Circumstances& now) {
  if (!open_at(rules.hours, now.now_s)) {
    const auto opens = next_change(rules.hours, now.now_s);
    const WeekHours& clock = rules.hours.front();
    return Error{ErrorCode::kForbidden,
                 opens ? fmt::format("It can be used from {} ({}) on.", clock.moment(*opens), clock.zone_name())
                       : std::string("Its hours leave no time at which it can be used.")};
  }
  if (now.address &&
      !std::ranges::all_of(rules.networks, [&](const Networks& networks) { return networks.contain(*now.address); })) {
    return Error{ErrorCode::kForbidden, fmt::format("It cannot be used from this network ({}).",
                                                    now.address->empty() ? "no address" : now.address->substr(0, 64))};
  }
  if (now.second_factor_s && rules.step_up_s > 0 && now.now_s - *now.second_factor_s > rules.step_up_s) {
    return Error{ErrorCode::kStepUpRequired,
                 fmt::format("This needs a second factor given within the last {}.", span_to_people(rules.step_up_s))};
  }
  return std::nullopt;
}

}  // namespace vitrine::broker
