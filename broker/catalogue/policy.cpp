#include "broker/catalogue/policy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "broker/catalogue/networks.h"
#include "broker/catalogue/week_hours.h"

namespace vitrine::broker {

namespace {

constexpr int64_t kMinute = 60;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;

// Shorter idle times could not be warned of; the agent tells of inputs every ten seconds.
constexpr PolicySetting kSettings[] = {
    {"view_only", SettingKind::kChoice, true, 0, 0, "Whether the screen may only be looked at."},
    {"idle_limit", SettingKind::kDuration, true, 2 * kMinute, 30 * kDay,
     "A session nobody types or points in for this long is ended, a minute after a warning."},
    {"disconnect_limit", SettingKind::kDuration, true, kMinute, 365 * kDay,
     "A session nobody looks at for this long is ended."},
    {"hours", SettingKind::kHours, true, 0, 0,
     "When it may be used; at the end of the hours sessions are ended, five minutes after a warning."},
    {"networks", SettingKind::kNetworks, true, 0, 0, "From which addresses it may be used."},
    {"step_up", SettingKind::kDuration, true, kMinute, kDay,
     "How old the second factor may be when it is opened or connected to."},
    {"max_sessions", SettingKind::kCount, true, 1, 16, "Sessions a user may have at a time, this one included."},
    {"clipboard_in", SettingKind::kKinds, true, 0, 0, "What of the viewer's clipboard may be pasted in the session."},
    {"clipboard_out", SettingKind::kKinds, true, 0, 0, "What is copied in the session and may be taken out of it."},
    {"device_cache", SettingKind::kPermit, true, 0, 0,
     "Whether a browser may keep what it has shown on its device, encrypted with a key that goes with the session."},
    {"files_in", SettingKind::kChoice, false, 0, 0, "Whether files may be brought into the session."},
    {"files_out", SettingKind::kChoice, false, 0, 0, "Whether files may be taken out of the session."},
    {"audio", SettingKind::kChoice, false, 0, 0, "Whether the session's sound is heard."},
    {"microphone", SettingKind::kChoice, false, 0, 0, "Whether the session hears the microphone."},
    {"printing", SettingKind::kChoice, false, 0, 0, "Whether the session may print on the viewer's printers."},
    {"watermark", SettingKind::kChoice, false, 0, 0, "Whether the viewer's name is drawn over the screen."},
    {"recording", SettingKind::kChoice, false, 0, 0, "Whether the session is recorded."},
};

std::string known_names() {
  std::string names;
  for (const PolicySetting& setting : kSettings) {
    if (setting.enforced) names += (names.empty() ? "" : ", ") + std::string(setting.name);
  }
  return names;
}

Error wrong(std::string sentence) {
  return {ErrorCode::kInvalidArgument, std::move(sentence)};
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> list;
  std::string word;
  for (const char c : text) {
    if (c != ',' && c != ' ') {
      word += c;
    } else if (!word.empty()) {
      list.push_back(std::exchange(word, ""));
    }
  }
  if (!word.empty()) list.push_back(word);
  return list;
}

// "90", "90s", "15m", "2h", "1d"; "none" is 0. Nothing when it is none of these.
std::optional<int64_t> span_from(const std::string& text) {
  if (text == "none") return 0;
  int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || number < 0 || number > 365 * kDay) return std::nullopt;
  const std::string_view unit(read.ptr, static_cast<size_t>(end - read.ptr));
  if (unit.empty() || unit == "s") return number;
  if (unit == "m") return number * kMinute;
  if (unit == "h") return number * kHour;
  return unit == "d" ? std::optional(number * kDay) : std::nullopt;
}

Result<Json> normal_choice(const PolicySetting& setting, const Json& value) {
  if (value.is_boolean()) return value;
  if (value == "yes") return Json(true);
  if (value == "no") return Json(false);
  return wrong(fmt::format("{} is yes or no.", setting.name));
}

Result<Json> normal_number(const PolicySetting& setting, const Json& value) {
  const bool span = setting.kind == SettingKind::kDuration;
  std::optional<int64_t> number;
  if (value.is_number_integer() && !(value.is_number_unsigned() && value.get<uint64_t>() > INT64_MAX)) {
    number = value.get<int64_t>();
  }
  if (value.is_string()) number = span_from(value.get<std::string>());
  const bool none = span && number == 0;
  if (number && (none || (*number >= setting.least && *number <= setting.most))) return Json(*number);
  if (!span) return wrong(fmt::format("{} is a number from {} to {}.", setting.name, setting.least, setting.most));
  return wrong(fmt::format("{} is a time from {} to {} like 90s, 15m, 8h or 1d, or none.", setting.name,
                           span_to_people(setting.least), span_to_people(setting.most)));
}

Result<Json> normal_hours(const PolicySetting& setting, const Json& value) {
  if (!value.is_string()) return wrong(fmt::format("{} is a time zone and windows, or any.", setting.name));
  const auto text = value.get<std::string>();
  if (text == "any") return value;
  const WeekHours hours = TRY(WeekHours::parse(text));
  return Json(hours.text());
}

Result<Json> normal_networks(const PolicySetting& setting, const Json& value) {
  auto list = text_list_field(Json{{"list", value}}, "list");
  if (value.is_string()) {
    list = words(value.get<std::string>());
    if (list == std::vector<std::string>{"any"})
      list->clear();
    else if (list->empty())
      list.reset();
  }
  if (!list) return wrong(fmt::format("{} is a list of networks like 10.0.0.0/8, or any.", setting.name));
  const Networks networks = TRY(Networks::parse(*list));
  return Json(networks.list());
}

Result<Json> normal_kinds(const PolicySetting& setting, const Json& value) {
  auto list = text_list_field(Json{{"list", value}}, "list");
  if (value == "all") list.emplace(std::begin(kClipboardKinds), std::end(kClipboardKinds));
  if (value == "none") list.emplace();
  if (value.is_string() && !list) {
    list = words(value.get<std::string>());
    if (list->empty()) list.reset();
  }
  const auto known = [](const std::string& one) {
    return std::ranges::find(kClipboardKinds, one) != std::end(kClipboardKinds);
  };
  if (!list || !std::ranges::all_of(*list, known))
    return wrong(fmt::format("{} is a list of text, html and image, or all, or none.", setting.name));
  Json normal = Json::array();
  for (const std::string_view kind : kClipboardKinds) {
    if (std::ranges::find(*list, kind) != list->end()) normal.push_back(kind);
  }
  return normal;
}

}  // namespace

std::span<const PolicySetting> policy_settings() {
  return kSettings;
}

const PolicySetting* find_setting(std::string_view name) {
  const auto* found = std::ranges::find_if(kSettings, [&](const PolicySetting& one) { return one.name == name; });
  return found == std::end(kSettings) ? nullptr : found;
}

Result<Json> normal_value(const PolicySetting& setting, const Json& value) {
  if (!setting.enforced) {
    return Error{ErrorCode::kUnsupported,
                 fmt::format("{} is not enforced by this version, so it cannot be set.", setting.name)};
  }
  switch (setting.kind) {
    case SettingKind::kChoice:
    case SettingKind::kPermit: return normal_choice(setting, value);
    case SettingKind::kDuration:
    case SettingKind::kCount: return normal_number(setting, value);
    case SettingKind::kHours: return normal_hours(setting, value);
    case SettingKind::kNetworks: return normal_networks(setting, value);
    case SettingKind::kKinds: return normal_kinds(setting, value);
  }
  return wrong(fmt::format("{} is of no known kind.", setting.name));
}

Result<Json> change_policy(const Json& before, const Json& change) {
  Json policy = before;
  for (const auto& [name, value] : change.items()) {
    const PolicySetting* setting = find_setting(name);
    if (setting == nullptr) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("There is no setting \"{}\". The settings are {}.", name.substr(0, 64), known_names())};
    }
    if (value.is_null()) {
      policy.erase(name);
    } else {
      policy[name] = TRY(normal_value(*setting, value));
    }
  }
  return policy;
}

Result<Json> policy_from_text(const std::string& text) {
  if (text.empty()) return Json::object();
  const auto stored = parse_object(text);
  const auto policy = stored.ok() ? change_policy(Json::object(), stored.value()) : stored;
  if (policy.ok()) return policy;
  return Error{
      ErrorCode::kMalformed,
      fmt::format("A stored policy cannot be read: {} Set it anew with: vitrine policy set", policy.error().message)};
}

std::string span_to_people(int64_t seconds) {
  struct Unit {
    int64_t size;
    const char* name;
  };
  std::string text;
  for (const Unit unit : {Unit{kDay, "day"}, Unit{kHour, "hour"}, Unit{kMinute, "minute"}, Unit{1, "second"}}) {
    const int64_t count = seconds / unit.size;
    seconds %= unit.size;
    if (count > 0) text += fmt::format("{}{} {}{}", text.empty() ? "" : " ", count, unit.name, count == 1 ? "" : "s");
  }
  return text.empty() ? "0 seconds" : text;
}

std::string value_to_people(const PolicySetting& setting, const Json& value) {
  switch (setting.kind) {
    case SettingKind::kChoice:
    case SettingKind::kPermit: return value == true ? "yes" : "no";
    case SettingKind::kDuration: {
      const int64_t seconds = value.is_number_integer() ? value.get<int64_t>() : 0;
      return seconds == 0 ? "none" : span_to_people(seconds);
    }
    case SettingKind::kCount: return value.dump();
    case SettingKind::kHours: return value.is_string() ? value.get<std::string>() : "any";
    case SettingKind::kNetworks: {
      const auto list = text_list_field(Json{{"list", value}}, "list").value_or(std::vector<std::string>());
      return list.empty() ? "any" : fmt::format("{}", fmt::join(list, ", "));
    }
    case SettingKind::kKinds: {
      const auto list = text_list_field(Json{{"list", value}}, "list").value_or(std::vector<std::string>());
      if (list.size() == std::size(kClipboardKinds)) return "all";
      return list.empty() ? "none" : fmt::format("{}", fmt::join(list, ", "));
    }
  }
  return "";
}

std::string policy_to_people(const Json& policy) {
  std::string text;
  for (const PolicySetting& setting : kSettings) {
    const std::string name(setting.name);
    if (!policy.contains(name)) continue;
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", name, value_to_people(setting, policy[name]));
  }
  return text;
}

}  // namespace vitrine::broker
