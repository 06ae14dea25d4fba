// The wire's named constants with their comments. The values come from the compiler, the comments from the headers'
// text, so both languages and the specification say the same.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.h"

namespace vitrine::gen {

struct Constant {
  std::string_view name;  // as in C++
  uint64_t value = 0;
  bool bit = false;  // one of a set of flags, otherwise a limit
};

// Every constant of messages.h and limits.h, in their order.
std::vector<Constant> wire_constants();

// What a header says about each `kName` constant (key "kName") and each value of an enum (key "Enum::kName").
struct HeaderComments {
  std::map<std::string, std::string, std::less<>> of;
  std::vector<std::string> constants;  // all that are defined, to find one that wire_constants() forgot

  void read(std::string_view header_text);
  [[nodiscard]] std::string about(std::string_view key) const;
};

// An error that names the constant which the headers define and wire_constants() does not list, if any.
Result<void> check_constants_complete(const HeaderComments& comments);

}  // namespace vitrine::gen
