// Which policy wins, and what follows from it now. Pure; the time is an argument.
//
// The rule: for each setting the most specific grant that says something about it wins. A grant to the user comes
// before those to groups the user is listed in, these before the group everyone; and within each a grant of the app
// before one of the pool it runs on. Then come the pool's default, the site's, and what Vitrine starts with. Groups
// have no order that anybody could see, so where several on the same level say something, the most restrictive value
// counts, setting by setting: joining one more group on a level never loosens what another one there says.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/catalogue/networks.h"
#include "broker/catalogue/policy.h"
#include "broker/catalogue/week_hours.h"
#include "protocol/messages.h"

namespace vitrine::broker {

// The rule in one sentence, for `vitrine policy explain`.
inline constexpr std::string_view kPolicyRule =
    "For each setting the most specific wins: a grant to the user before one to a group, a group before everyone, an "
    "app before its pool, then the pool's default and the site's; among groups the most restrictive.";

// From the most specific on.
enum class PolicyLevel : uint8_t {
  kUserApp,
  kUserPool,
  kGroupApp,
  kGroupPool,
  kEveryoneApp,
  kEveryonePool,
  kPoolDefault,
  kSiteDefault,
  kBuiltIn,
};

struct PolicyLayer {
  PolicyLevel level = PolicyLevel::kBuiltIn;
  std::string source;  // "the grant of app notes to group writers"
  Json policy = Json::object();
};

// One setting after the rule.
struct ResolvedSetting {
  const PolicySetting* setting = nullptr;
  Json value;                        // of hours, networks and kinds: a list of those that all have to allow
  std::vector<std::string> sources;  // whose value it is; several when groups say the same or add up
  std::string why;                   // a sentence
};
std::vector<ResolvedSetting> resolve(const std::vector<PolicyLayer>& layers);

inline constexpr uint32_t kAnyClip = kClipText | kClipHtml | kClipImage;

// The same, ready to be used.
struct Rules {
  bool view_only = false;
  int64_t idle_limit_s = 0;        // 0: none
  int64_t disconnect_limit_s = 0;  // 0: none
  int64_t step_up_s = 0;           // 0: not needed
  int64_t max_sessions = 0;
  // kClip bits of what the clipboard may carry.
  uint32_t clipboard_in = kAnyClip;
  uint32_t clipboard_out = kAnyClip;
  bool device_cache = false;
  std::vector<WeekHours> hours;    // all have to be open
  std::vector<Networks> networks;  // all have to contain the address
  // What a ticket grants; when it differs from what a running link was granted, that link has to be opened anew.
  [[nodiscard]] std::string ticket_print() const;
};
// Errors: malformed, for values that normal_value() did not give.
Result<Rules> rules_from(const std::vector<ResolvedSetting>& resolved);

// What Vitrine starts with.
Json built_in_policy(int64_t disconnect_limit_s);

struct Circumstances {
  int64_t now_s = 0;
  std::optional<std::string> address;      // of the asking page; nothing: not to be judged
  std::optional<int64_t> second_factor_s;  // when one was last given, 0: never; nothing: not to be judged
};

// Nothing: allowed. Errors: forbidden with when or from where it can be used, step_up_required.
std::optional<Error> refusal(const Rules& rules, const Circumstances& now);

}  // namespace vitrine::broker
