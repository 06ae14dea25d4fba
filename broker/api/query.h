// The part of a request's target after the question mark.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/result.h"

namespace vitrine::broker {

// The value of the first `name=`; empty when there is none. Not unescaped: for numbers and ids, which need no escapes.
std::string_view query_value(std::string_view target, std::string_view name);
// A number from `least` to `most`, or `otherwise` when there is none. Errors: invalid_argument, with the range.
Result<int64_t> query_number(std::string_view target, std::string_view name, int64_t otherwise, int64_t least,
                             int64_t most);

}  // namespace vitrine::broker
