// The time zone and the language of whoever opens a desktop, as browsers name them, turned into what programs on this
// machine take. Both end in the environment of the desktop's programs, so nothing gets there that this machine does not
// have itself.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace vitrine::broker {

inline constexpr const char* kZoneFolder = "/usr/share/zoneinfo";

// The name itself when it is a zone of this machine's database (IANA's names), else empty.
std::string known_time_zone(const std::string& name, const std::string& folder = kZoneFolder);

using HasLocale = std::function<bool(const std::string& name)>;
// Whether the C library has it.
bool has_locale(const std::string& name);

// A locale for a language tag (BCP 47, as "pt-BR" or "zh-Hant"): the one of its region, else the usual one of its
// language; empty when there is neither.
std::string known_locale(std::string_view tag, const HasLocale& has);

}  // namespace vitrine::broker
