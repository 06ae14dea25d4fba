// The part of a request's target behind '?'.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.h"

namespace vitrine::broker {

// RFC 3986 section 2.1; nothing when an escape is not one.
std::optional<std::string> unescaped(std::string_view text);

// Of a repeated name the first counts, one without a name is passed over. Errors: invalid_argument for an escape that
// is none.
Result<std::map<std::string, std::string>> query_of(std::string_view target);
// The same, with invalid_argument also for a name that is not in `known`.
Result<std::map<std::string, std::string>> query_of(std::string_view target,
                                                    const std::vector<std::string_view>& known);
// The number of that name. Errors: invalid_argument, with the range.
Result<std::optional<int64_t>> number_in(const std::map<std::string, std::string>& query, const std::string& name,
                                         int64_t least, int64_t most);
// A time as Unix seconds, or as 2026-01-31, 2026-01-31T08:00 or with seconds, in UTC with or without a Z at the end.
Result<std::optional<int64_t>> time_in(const std::map<std::string, std::string>& query, const std::string& name);

}  // namespace vitrine::broker
