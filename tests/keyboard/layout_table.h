// What the keys of a layout of xkeyboard-config produce, by libxkbcommon: the yardstick of the conformance test.
#pragma once

#include <string>

namespace vitrine::keyboard {

// Prints one line of JSON: every stroke that types something on each level, what accents make of letters, and Compose
// sequences that this layout can type. False, with a sentence on standard error, when there is no such layout.
bool print_table(const std::string& layout_and_variant);

}  // namespace vitrine::keyboard
