#include "host-agent/input/keysyms.h"

#include <xkbcommon/xkbcommon-keysyms.h>
#include <xkbcommon/xkbcommon.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace vitrine::agent {
namespace {

struct NamedKey {
  std::string_view key;
  Keysym left;       // or the only one
  Keysym right = 0;  // where the right-hand key has its own
};

// https://www.w3.org/TR/uievents-key/#named-key-attribute-values
constexpr NamedKey kNamedKeys[] = {
    {"Alt", XKB_KEY_Alt_L, XKB_KEY_Alt_R},
    {"AltGraph", XKB_KEY_ISO_Level3_Shift},
    {"CapsLock", XKB_KEY_Caps_Lock},
    {"Control", XKB_KEY_Control_L, XKB_KEY_Control_R},
    {"Hyper", XKB_KEY_Hyper_L, XKB_KEY_Hyper_R},
    {"Meta", XKB_KEY_Super_L, XKB_KEY_Super_R},
    {"OS", XKB_KEY_Super_L, XKB_KEY_Super_R},
    {"Super", XKB_KEY_Super_L, XKB_KEY_Super_R},
    {"NumLock", XKB_KEY_Num_Lock},
    {"ScrollLock", XKB_KEY_Scroll_Lock},
    {"Shift", XKB_KEY_Shift_L, XKB_KEY_Shift_R},
    {"Enter", XKB_KEY_Return},
    {"Tab", XKB_KEY_Tab},
    {"ArrowDown", XKB_KEY_Down},
    {"ArrowLeft", XKB_KEY_Left},
    {"ArrowRight", XKB_KEY_Right},
    {"ArrowUp", XKB_KEY_Up},
    {"End", XKB_KEY_End},
    {"Home", XKB_KEY_Home},
    {"PageDown", XKB_KEY_Next},
    {"PageUp", XKB_KEY_Prior},
    {"Backspace", XKB_KEY_BackSpace},
    {"Clear", XKB_KEY_Clear},
    {"Copy", XKB_KEY_XF86Copy},
    {"Cut", XKB_KEY_XF86Cut},
    {"Delete", XKB_KEY_Delete},
    {"Insert", XKB_KEY_Insert},
    {"Paste", XKB_KEY_XF86Paste},
    {"Redo", XKB_KEY_Redo},
    {"Undo", XKB_KEY_Undo},
    {"Again", XKB_KEY_Redo},
    {"Cancel", XKB_KEY_Cancel},
    {"ContextMenu", XKB_KEY_Menu},
    {"Escape", XKB_KEY_Escape},
    {"Execute", XKB_KEY_Execute},
    {"Find", XKB_KEY_Find},
    {"Help", XKB_KEY_Help},
    {"Pause", XKB_KEY_Pause},
    {"Select", XKB_KEY_Select},
    {"ZoomIn", XKB_KEY_XF86ZoomIn},
    {"ZoomOut", XKB_KEY_XF86ZoomOut},
    {"BrightnessDown", XKB_KEY_XF86MonBrightnessDown},
    {"BrightnessUp", XKB_KEY_XF86MonBrightnessUp},
    {"Eject", XKB_KEY_XF86Eject},
    {"LogOff", XKB_KEY_XF86LogOff},
    {"PowerOff", XKB_KEY_XF86PowerOff},
    {"PrintScreen", XKB_KEY_Print},
    {"Hibernate", XKB_KEY_XF86Hibernate},
    {"Standby", XKB_KEY_XF86Standby},
    {"WakeUp", XKB_KEY_XF86WakeUp},
    {"Alphanumeric", XKB_KEY_Eisu_Shift},
    {"CodeInput", XKB_KEY_Codeinput},
    {"Compose", XKB_KEY_Multi_key},
    {"Convert", XKB_KEY_Henkan},
    {"GroupFirst", XKB_KEY_ISO_First_Group},
    {"GroupLast", XKB_KEY_ISO_Last_Group},
    {"GroupNext", XKB_KEY_ISO_Next_Group},
    {"GroupPrevious", XKB_KEY_ISO_Prev_Group},
    {"ModeChange", XKB_KEY_Mode_switch},
    {"NextCandidate", XKB_KEY_MultipleCandidate},
    {"NonConvert", XKB_KEY_Muhenkan},
    {"PreviousCandidate", XKB_KEY_PreviousCandidate},
    {"SingleCandidate", XKB_KEY_SingleCandidate},
    {"HangulMode", XKB_KEY_Hangul},
    {"HanjaMode", XKB_KEY_Hangul_Hanja},
    {"JunjaMode", XKB_KEY_Hangul_Jeonja},
    {"Eisu", XKB_KEY_Eisu_toggle},
    {"Hankaku", XKB_KEY_Hankaku},
    {"Hiragana", XKB_KEY_Hiragana},
    {"HiraganaKatakana", XKB_KEY_Hiragana_Katakana},
    {"KanaMode", XKB_KEY_Kana_Lock},
    {"KanjiMode", XKB_KEY_Kanji},
    {"Katakana", XKB_KEY_Katakana},
    {"Romaji", XKB_KEY_Romaji},
    {"Zenkaku", XKB_KEY_Zenkaku},
    {"ZenkakuHankaku", XKB_KEY_Zenkaku_Hankaku},
    {"Close", XKB_KEY_XF86Close},
    {"MailForward", XKB_KEY_XF86MailForward},
    {"MailReply", XKB_KEY_XF86Reply},
    {"MailSend", XKB_KEY_XF86Send},
    {"MediaFastForward", XKB_KEY_XF86AudioForward},
    {"MediaPause", XKB_KEY_XF86AudioPause},
    {"MediaPlay", XKB_KEY_XF86AudioPlay},
    {"MediaPlayPause", XKB_KEY_XF86AudioPlay},
    {"MediaRecord", XKB_KEY_XF86AudioRecord},
    {"MediaRewind", XKB_KEY_XF86AudioRewind},
    {"MediaStop", XKB_KEY_XF86AudioStop},
    {"MediaTrackNext", XKB_KEY_XF86AudioNext},
    {"MediaTrackPrevious", XKB_KEY_XF86AudioPrev},
    {"New", XKB_KEY_XF86New},
    {"Open", XKB_KEY_XF86Open},
    {"Print", XKB_KEY_Print},
    {"Save", XKB_KEY_XF86Save},
    {"SpellCheck", XKB_KEY_XF86Spell},
    {"AudioVolumeDown", XKB_KEY_XF86AudioLowerVolume},
    {"AudioVolumeMute", XKB_KEY_XF86AudioMute},
    {"AudioVolumeUp", XKB_KEY_XF86AudioRaiseVolume},
    {"MicrophoneVolumeMute", XKB_KEY_XF86AudioMicMute},
    {"LaunchApplication1", XKB_KEY_XF86MyComputer},
    {"LaunchApplication2", XKB_KEY_XF86Calculator},
    {"LaunchCalculator", XKB_KEY_XF86Calculator},
    {"LaunchMail", XKB_KEY_XF86Mail},
    {"LaunchMediaPlayer", XKB_KEY_XF86AudioMedia},
    {"LaunchMyComputer", XKB_KEY_XF86MyComputer},
    {"LaunchWebBrowser", XKB_KEY_XF86WWW},
    {"BrowserBack", XKB_KEY_XF86Back},
    {"BrowserFavorites", XKB_KEY_XF86Favorites},
    {"BrowserForward", XKB_KEY_XF86Forward},
    {"BrowserHome", XKB_KEY_XF86HomePage},
    {"BrowserRefresh", XKB_KEY_XF86Refresh},
    {"BrowserSearch", XKB_KEY_XF86Search},
    {"BrowserStop", XKB_KEY_XF86Stop},
};

// Keys of the number pad by what they produce; the digits follow from KP_0.
constexpr NamedKey kKeypadKeys[] = {
    {"Enter", XKB_KEY_KP_Enter},    {"Home", XKB_KEY_KP_Home},     {"End", XKB_KEY_KP_End},
    {"ArrowLeft", XKB_KEY_KP_Left}, {"ArrowUp", XKB_KEY_KP_Up},    {"ArrowRight", XKB_KEY_KP_Right},
    {"ArrowDown", XKB_KEY_KP_Down}, {"PageUp", XKB_KEY_KP_Prior},  {"PageDown", XKB_KEY_KP_Next},
    {"Clear", XKB_KEY_KP_Begin},    {"Insert", XKB_KEY_KP_Insert}, {"Delete", XKB_KEY_KP_Delete},
    {"+", XKB_KEY_KP_Add},          {"-", XKB_KEY_KP_Subtract},    {"*", XKB_KEY_KP_Multiply},
    {"/", XKB_KEY_KP_Divide},       {"=", XKB_KEY_KP_Equal},       {".", XKB_KEY_KP_Decimal},
    {",", XKB_KEY_KP_Separator},
};

struct PhysicalKey {
  std::string_view code;
  uint8_t keycode;  // evdev's number + 8
  Keysym us;        // 0: nothing to type
};

// https://www.w3.org/TR/uievents-code/
constexpr PhysicalKey kPhysicalKeys[] = {
    {"Escape", 9, XKB_KEY_Escape},
    {"Digit1", 10, '1'},
    {"Digit2", 11, '2'},
    {"Digit3", 12, '3'},
    {"Digit4", 13, '4'},
    {"Digit5", 14, '5'},
    {"Digit6", 15, '6'},
    {"Digit7", 16, '7'},
    {"Digit8", 17, '8'},
    {"Digit9", 18, '9'},
    {"Digit0", 19, '0'},
    {"Minus", 20, '-'},
    {"Equal", 21, '='},
    {"Backspace", 22, XKB_KEY_BackSpace},
    {"Tab", 23, XKB_KEY_Tab},
    {"KeyQ", 24, 'q'},
    {"KeyW", 25, 'w'},
    {"KeyE", 26, 'e'},
    {"KeyR", 27, 'r'},
    {"KeyT", 28, 't'},
    {"KeyY", 29, 'y'},
    {"KeyU", 30, 'u'},
    {"KeyI", 31, 'i'},
    {"KeyO", 32, 'o'},
    {"KeyP", 33, 'p'},
    {"BracketLeft", 34, '['},
    {"BracketRight", 35, ']'},
    {"Enter", 36, XKB_KEY_Return},
    {"ControlLeft", 37, XKB_KEY_Control_L},
    {"KeyA", 38, 'a'},
    {"KeyS", 39, 's'},
    {"KeyD", 40, 'd'},
    {"KeyF", 41, 'f'},
    {"KeyG", 42, 'g'},
    {"KeyH", 43, 'h'},
    {"KeyJ", 44, 'j'},
    {"KeyK", 45, 'k'},
    {"KeyL", 46, 'l'},
    {"Semicolon", 47, ';'},
    {"Quote", 48, '\''},
    {"Backquote", 49, '`'},
    {"ShiftLeft", 50, XKB_KEY_Shift_L},
    {"Backslash", 51, '\\'},
    {"KeyZ", 52, 'z'},
    {"KeyX", 53, 'x'},
    {"KeyC", 54, 'c'},
    {"KeyV", 55, 'v'},
    {"KeyB", 56, 'b'},
    {"KeyN", 57, 'n'},
    {"KeyM", 58, 'm'},
    {"Comma", 59, ','},
    {"Period", 60, '.'},
    {"Slash", 61, '/'},
    {"ShiftRight", 62, XKB_KEY_Shift_R},
    {"NumpadMultiply", 63, XKB_KEY_KP_Multiply},
    {"AltLeft", 64, XKB_KEY_Alt_L},
    {"Space", 65, ' '},
    {"CapsLock", 66, XKB_KEY_Caps_Lock},
    {"F1", 67, XKB_KEY_F1},
    {"F2", 68, XKB_KEY_F2},
    {"F3", 69, XKB_KEY_F3},
    {"F4", 70, XKB_KEY_F4},
    {"F5", 71, XKB_KEY_F5},
    {"F6", 72, XKB_KEY_F6},
    {"F7", 73, XKB_KEY_F7},
    {"F8", 74, XKB_KEY_F8},
    {"F9", 75, XKB_KEY_F9},
    {"F10", 76, XKB_KEY_F10},
    {"NumLock", 77, XKB_KEY_Num_Lock},
    {"ScrollLock", 78, XKB_KEY_Scroll_Lock},
    {"Numpad7", 79, XKB_KEY_KP_Home},
    {"Numpad8", 80, XKB_KEY_KP_Up},
    {"Numpad9", 81, XKB_KEY_KP_Prior},
    {"NumpadSubtract", 82, XKB_KEY_KP_Subtract},
    {"Numpad4", 83, XKB_KEY_KP_Left},
    {"Numpad5", 84, XKB_KEY_KP_Begin},
    {"Numpad6", 85, XKB_KEY_KP_Right},
    {"NumpadAdd", 86, XKB_KEY_KP_Add},
    {"Numpad1", 87, XKB_KEY_KP_End},
    {"Numpad2", 88, XKB_KEY_KP_Down},
    {"Numpad3", 89, XKB_KEY_KP_Next},
    {"Numpad0", 90, XKB_KEY_KP_Insert},
    {"NumpadDecimal", 91, XKB_KEY_KP_Delete},
    {"IntlBackslash", 94, '\\'},
    {"F11", 95, XKB_KEY_F11},
    {"F12", 96, XKB_KEY_F12},
    {"IntlRo", 97, 0},
    {"Convert", 100, XKB_KEY_Henkan},
    {"KanaMode", 101, XKB_KEY_Hiragana_Katakana},
    {"NonConvert", 102, XKB_KEY_Muhenkan},
    {"NumpadEnter", 104, XKB_KEY_KP_Enter},
    {"ControlRight", 105, XKB_KEY_Control_R},
    {"NumpadDivide", 106, XKB_KEY_KP_Divide},
    {"PrintScreen", 107, XKB_KEY_Print},
    {"AltRight", 108, XKB_KEY_Alt_R},
    {"Home", 110, XKB_KEY_Home},
    {"ArrowUp", 111, XKB_KEY_Up},
    {"PageUp", 112, XKB_KEY_Prior},
    {"ArrowLeft", 113, XKB_KEY_Left},
    {"ArrowRight", 114, XKB_KEY_Right},
    {"End", 115, XKB_KEY_End},
    {"ArrowDown", 116, XKB_KEY_Down},
    {"PageDown", 117, XKB_KEY_Next},
    {"Insert", 118, XKB_KEY_Insert},
    {"Delete", 119, XKB_KEY_Delete},
    {"AudioVolumeMute", 121, XKB_KEY_XF86AudioMute},
    {"AudioVolumeDown", 122, XKB_KEY_XF86AudioLowerVolume},
    {"AudioVolumeUp", 123, XKB_KEY_XF86AudioRaiseVolume},
    {"NumpadEqual", 125, XKB_KEY_KP_Equal},
    {"Pause", 127, XKB_KEY_Pause},
    {"NumpadComma", 129, XKB_KEY_KP_Separator},
    {"Lang1", 130, XKB_KEY_Hangul},
    {"Lang2", 131, XKB_KEY_Hangul_Hanja},
    {"IntlYen", 132, 0},
    {"MetaLeft", 133, XKB_KEY_Super_L},
    {"MetaRight", 134, XKB_KEY_Super_R},
    {"ContextMenu", 135, XKB_KEY_Menu},
};

const PhysicalKey* find_physical(std::string_view code) {
  const auto* const found = std::ranges::find(kPhysicalKeys, code, &PhysicalKey::code);
  return found == std::end(kPhysicalKeys) ? nullptr : found;
}

std::vector<Keysym> keypad_keysyms(std::string_view key) {
  if (key.size() == 1 && key[0] >= '0' && key[0] <= '9') {
    return {XKB_KEY_KP_0 + static_cast<Keysym>(key[0] - '0'), static_cast<Keysym>(key[0])};
  }
  const auto* const found = std::ranges::find(kKeypadKeys, key, &NamedKey::key);
  if (found == std::end(kKeypadKeys)) return {};
  // Where the map's decimal key types the other sign, the plain sign is right.
  if (key.size() == 1) return {found->left, static_cast<Keysym>(key[0])};
  return {found->left};
}

std::optional<Keysym> function_key(std::string_view key) {
  if (key.size() < 2 || key[0] != 'F') return std::nullopt;
  unsigned number = 0;
  const auto parsed = std::from_chars(key.data() + 1, key.data() + key.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != key.data() + key.size() || number < 1 || number > 35) {
    return std::nullopt;
  }
  return XKB_KEY_F1 + number - 1;
}

}  // namespace

std::vector<Keysym> keysyms_for(std::string_view code, std::string_view key) {
  if (key == "Dead" || key == "Process" || key.empty()) return {};
  if (code.starts_with("Numpad")) {
    if (auto keypad = keypad_keysyms(key); !keypad.empty()) return keypad;
  }
  if (const auto character = only_character(key)) {
    const Keysym keysym = keysym_of_character(*character);
    if (keysym == 0) return {};
    return {keysym};
  }
  if (const auto function = function_key(key)) return {*function};
  const auto* const named = std::ranges::find(kNamedKeys, key, &NamedKey::key);
  if (named != std::end(kNamedKeys)) {
    if (named->right != 0 && code.ends_with("Right")) return {named->right, named->left};
    return {named->left};
  }
  if (key == "Unidentified") {
    if (const Keysym keysym = us_keysym_of(code); keysym != 0) return {keysym};
  }
  return {};
}

Keysym us_keysym_of(std::string_view code) {
  const PhysicalKey* const key = find_physical(code);
  return key == nullptr ? 0 : key->us;
}

std::optional<uint8_t> evdev_keycode_of(std::string_view code) {
  const PhysicalKey* const key = find_physical(code);
  if (key == nullptr) return std::nullopt;
  return key->keycode;
}

std::vector<char32_t> characters_of(std::string_view utf8) {
  std::vector<char32_t> result;
  size_t at = 0;
  while (at < utf8.size()) {
    const auto lead = static_cast<uint8_t>(utf8[at]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || utf8.size() - at < length) {
      ++at;
      continue;
    }
    char32_t character = length == 1 ? lead : lead & (0x7fU >> length);
    for (size_t i = 1; i < length; ++i) character = (character << 6) | (static_cast<uint8_t>(utf8[at + i]) & 0x3fU);
    result.push_back(character);
    at += length;
  }
  return result;
}

std::optional<char32_t> only_character(std::string_view utf8) {
  if (utf8.empty() || utf8.size() > 4) return std::nullopt;
  const auto characters = characters_of(utf8);
  if (characters.size() != 1) return std::nullopt;
  return characters[0];
}

Keysym keysym_of_character(char32_t character) {
  switch (character) {
    case '\n':
    case '\r': return XKB_KEY_Return;
    case '\t': return XKB_KEY_Tab;
    case '\b': return XKB_KEY_BackSpace;
    default: break;
  }
  if (character < 0x20 || (character >= 0x7f && character < 0xa0)) return 0;
  return xkb_utf32_to_keysym(character);
}

Keysym unambiguous(Keysym keysym) {
  constexpr Keysym kUnicode = 0x01000000;
  const uint32_t character = is_printable(keysym) ? xkb_keysym_to_utf32(keysym) : 0;
  return character < 0x100 ? keysym : kUnicode | character;
}

bool is_modifier(Keysym keysym) {
  return (keysym >= XKB_KEY_Shift_L && keysym <= XKB_KEY_Hyper_R) || keysym == XKB_KEY_Mode_switch ||
         (keysym >= XKB_KEY_ISO_Lock && keysym <= XKB_KEY_ISO_Level5_Lock) || is_lock(keysym);
}

bool is_lock(Keysym keysym) {
  return keysym == XKB_KEY_Caps_Lock || keysym == XKB_KEY_Shift_Lock || keysym == XKB_KEY_Num_Lock ||
         keysym == XKB_KEY_Scroll_Lock;
}

bool is_printable(Keysym keysym) {
  return !is_keypad(keysym) && !is_dead(keysym) && keysym != XKB_KEY_Delete && xkb_keysym_to_utf32(keysym) >= 0x20;
}

bool is_keypad(Keysym keysym) {
  return keysym >= XKB_KEY_KP_Space && keysym <= XKB_KEY_KP_9;
}

bool is_dead(Keysym keysym) {
  return keysym >= XKB_KEY_dead_grave && keysym <= XKB_KEY_dead_greek;
}

}  // namespace vitrine::agent
