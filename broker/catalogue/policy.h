// A policy: what a grant, a pool or the site says about how something may be used. It is a JSON object of settings, of
// which each has a name, a normal form and a sentence; what is not named is left to whoever is less specific
// (policy_rules.h). Settings that nothing enforces yet are known by name and refused, so that nobody relies on them.
//
//   setting            normal form                       text also taken
//   view_only          true, false                       "yes", "no"
//   idle_limit         seconds, 0: none                  "15m", "2h", "90s", "1d", "none"
//   disconnect_limit   seconds, 0: none                  the same
//   hours              "any" or as in week_hours.h       the same
//   networks           list of CIDR, empty: any          "10.0.0.0/8, fd00::/8", "any"
//   step_up            seconds, 0: not needed            "10m", "none"
//   max_sessions       1 ... 16                          "4"
//   clipboard_in       list of text, html, image         "text, image", "all", "none"
//   clipboard_out      the same                          the same
//   device_cache       true, false                       "yes", "no"
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "broker/json_fields.h"
#include "protocol/base/result.h"

namespace vitrine::broker {

// Of a choice yes is the stricter, of a permit no.
enum class SettingKind : uint8_t { kChoice, kDuration, kCount, kHours, kNetworks, kKinds, kPermit };

struct PolicySetting {
  std::string_view name;
  SettingKind kind;
  bool enforced;
  int64_t least;  // of numbers, beside 0
  int64_t most;
  std::string_view sentence;
};

std::span<const PolicySetting> policy_settings();
// What kKinds lists, in the order of its normal form.
inline constexpr std::string_view kClipboardKinds[] = {"text", "html", "image"};
// Nothing for an unknown name.
const PolicySetting* find_setting(std::string_view name);

// The normal form of one value. Errors: invalid_argument with range and examples; unsupported for a setting that this
// version does not enforce.
Result<Json> normal_value(const PolicySetting& setting, const Json& value);
// `before` with the changes of `change`: each a value, or null to leave the setting to the less specific again.
// Errors: those of normal_value(), invalid_argument for a name that no version knows.
Result<Json> change_policy(const Json& before, const Json& change);
// What the store holds; empty: nothing. Errors: malformed, so that a rule that cannot be read lets nobody in.
Result<Json> policy_from_text(const std::string& text);
// As people read it: "15 minutes", "no input", "10.0.0.0/8".
std::string value_to_people(const PolicySetting& setting, const Json& value);
// "idle_limit: 15 minutes; view_only: yes", for the audit log.
std::string policy_to_people(const Json& policy);

// "15 minutes", "1 hour 30 minutes".
std::string span_to_people(int64_t seconds);

}  // namespace vitrine::broker
