// From what a browser says about a key (W3C UI Events: KeyboardEvent.code and .key) to X keysyms and keycodes.
// Tables and pure functions; no X server.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace vitrine::agent {

using Keysym = uint32_t;

// The keysyms that mean this key, best first; empty when it types nothing by itself ("Dead", "Process": the text that
// comes of it follows as another key or as text) or is unknown.
std::vector<Keysym> keysyms_for(std::string_view code, std::string_view key);

// What the physical key types on a US keyboard without modifiers; 0 when nothing. Shortcuts of non-Latin layouts
// and keys that a browser cannot identify go by it.
Keysym us_keysym_of(std::string_view code);

// The X keycode of the physical key where the server uses evdev's codes (all Linux servers do).
std::optional<uint8_t> evdev_keycode_of(std::string_view code);

// The only character of a string; nothing when there are none or several.
std::optional<char32_t> only_character(std::string_view utf8);
// Text as characters; malformed bytes are skipped.
std::vector<char32_t> characters_of(std::string_view utf8);

// What types this character; line ends, tab and backspace are keys, other control characters nothing (0).
Keysym keysym_of_character(char32_t character);

// The Unicode keysym of what types a character beyond Latin-1, else the keysym itself. Toolkits disagree about some of the
// older keysyms, and know others not at all (GDK: permille, leftanglebracket).
Keysym unambiguous(Keysym keysym);

// Shift, Control, Alt, Super ... and the locks.
bool is_modifier(Keysym keysym);
bool is_lock(Keysym keysym);
// Types a character.
bool is_printable(Keysym keysym);
bool is_keypad(Keysym keysym);
// Waits for the next key to put an accent on.
bool is_dead(Keysym keysym);

}  // namespace vitrine::agent
