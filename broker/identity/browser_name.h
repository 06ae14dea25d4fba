// A browser's User-Agent in words a person knows.
#pragma once

#include <string>
#include <string_view>

namespace vitrine::broker {

// "Firefox on Windows"; "A browser" when it says nothing we know.
std::string browser_name(std::string_view user_agent);

}  // namespace vitrine::broker
