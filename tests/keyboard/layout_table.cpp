#include "tests/keyboard/layout_table.h"

#include <xkbcommon/xkbcommon-compose.h>
#include <xkbcommon/xkbcommon-keysyms.h>
#include <xkbcommon/xkbcommon.h>

#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace vitrine::keyboard {
namespace {

using nlohmann::json;
using Keycodes = std::vector<xkb_keycode_t>;

struct Free {
  void operator()(xkb_context* one) const { xkb_context_unref(one); }
  void operator()(xkb_keymap* one) const { xkb_keymap_unref(one); }
  void operator()(xkb_state* one) const { xkb_state_unref(one); }
  void operator()(xkb_compose_table* one) const { xkb_compose_table_unref(one); }
  void operator()(xkb_compose_state* one) const { xkb_compose_state_unref(one); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

constexpr xkb_keycode_t kShift = 50;
constexpr xkb_keycode_t kCompose = 135;  // the menu key, by the option compose:menu
// Where layouts have their third level: AltGr, else Caps Lock and the key beside Enter (Neo).
constexpr xkb_keycode_t kThirdLevelKeys[] = {108, 66, 51};
constexpr size_t kLettersOfAnAccent = 5;

// One press of a key with modifiers held.
struct Stroke {
  Keycodes modifiers;
  xkb_keycode_t key = 0;
  xkb_keysym_t keysym = 0;
  std::string text;
};

// The keys of the typewriter part, with those that only ISO, Brazilian and Japanese keyboards have.
std::vector<xkb_keycode_t> typewriter_keys() {
  std::vector<xkb_keycode_t> keys;
  for (const auto& [first, last] : {std::pair{10U, 21U}, {24U, 35U}, {38U, 49U}, {51U, 61U}}) {
    for (xkb_keycode_t key = first; key <= last; ++key) keys.push_back(key);
  }
  for (const xkb_keycode_t key : {65U, 94U, 97U, 132U}) keys.push_back(key);
  return keys;
}

bool is_dead(xkb_keysym_t keysym) {
  return keysym >= XKB_KEY_dead_grave && keysym <= XKB_KEY_dead_greek;
}

std::string name_of(xkb_keysym_t keysym) {
  char name[64] = {};
  xkb_keysym_get_name(keysym, name, sizeof name);
  return name;
}

class Layout {
 public:
  Layout(const std::string& layout, const std::string& variant) : context_(xkb_context_new(XKB_CONTEXT_NO_FLAGS)) {
    const xkb_rule_names names{"evdev", "pc105", layout.c_str(), variant.c_str(), "compose:menu"};
    keymap_.reset(xkb_keymap_new_from_names(context_.get(), &names, XKB_KEYMAP_COMPILE_NO_FLAGS));
    table_.reset(xkb_compose_table_new_from_locale(context_.get(), "en_US.UTF-8", XKB_COMPOSE_COMPILE_NO_FLAGS));
  }
  [[nodiscard]] bool valid() const { return keymap_ != nullptr && table_ != nullptr; }

  [[nodiscard]] std::optional<xkb_keycode_t> third_level_key() const {
    for (const xkb_keycode_t key : kThirdLevelKeys) {
      if (press({}, key).keysym == XKB_KEY_ISO_Level3_Shift) return key;
    }
    return std::nullopt;
  }

  [[nodiscard]] Stroke press(const Keycodes& modifiers, xkb_keycode_t key) const {
    const Owned<xkb_state> state = holding(modifiers);
    Stroke stroke{.modifiers = modifiers, .key = key, .keysym = xkb_state_key_get_one_sym(state.get(), key), .text = {}};
    char utf8[16] = {};
    xkb_state_key_get_utf8(state.get(), key, utf8, sizeof utf8);
    stroke.text = utf8;
    return stroke;
  }

  // Whether these modifiers choose another level of the key than none do.
  [[nodiscard]] xkb_level_index_t level(const Keycodes& modifiers, xkb_keycode_t key) const {
    return xkb_state_key_get_level(holding(modifiers).get(), key, 0);
  }

  // What a sequence of keysyms makes; nothing when it makes none or needs more.
  [[nodiscard]] std::string composed(const std::vector<xkb_keysym_t>& keysyms) const {
    const Owned<xkb_compose_state> state(xkb_compose_state_new(table_.get(), XKB_COMPOSE_STATE_NO_FLAGS));
    for (size_t i = 0; i < keysyms.size(); ++i) {
      xkb_compose_state_feed(state.get(), keysyms[i]);
      const bool last = i + 1 == keysyms.size();
      const auto wanted = last ? XKB_COMPOSE_COMPOSED : XKB_COMPOSE_COMPOSING;
      if (xkb_compose_state_get_status(state.get()) != wanted) return {};
    }
    char utf8[64] = {};
    xkb_compose_state_get_utf8(state.get(), utf8, sizeof utf8);
    return utf8;
  }

 private:
  [[nodiscard]] Owned<xkb_state> holding(const Keycodes& modifiers) const {
    Owned<xkb_state> state(xkb_state_new(keymap_.get()));
    for (const xkb_keycode_t key : modifiers) xkb_state_update_key(state.get(), key, XKB_KEY_DOWN);
    return state;
  }

  Owned<xkb_context> context_;
  Owned<xkb_keymap> keymap_;
  Owned<xkb_compose_table> table_;
};

// A level of the keyboard and the keys that are held for it.
std::vector<std::pair<std::string, Keycodes>> levels_of(const Layout& layout) {
  std::vector<std::pair<std::string, Keycodes>> levels{{"plain", {}}, {"shift", {kShift}}};
  if (const auto third = layout.third_level_key()) {
    levels.push_back({"altgr", {*third}});
    levels.push_back({"shift+altgr", {kShift, *third}});
  }
  return levels;
}

json keys_of(const Stroke& stroke) {
  json keys = stroke.modifiers;
  keys.push_back(stroke.key);
  return keys;
}

bool types_something(const Stroke& stroke) {
  return stroke.text.size() > 1 || (stroke.text.size() == 1 && stroke.text[0] >= ' ' && stroke.text[0] != 0x7f);
}

struct Strokes {
  json levels = json::object();       // by level: what types
  std::vector<Stroke> letters;        // plain and shifted, for accents to go on
  std::map<std::string, Stroke> dead;  // by name of the accent
};

Strokes strokes_of(const Layout& layout) {
  Strokes result;
  for (const auto& [name, modifiers] : levels_of(layout)) {
    json& level = result.levels[name] = json::array();
    for (const xkb_keycode_t key : typewriter_keys()) {
      // The same level as without Shift, or without AltGr, tells nothing new.
      Keycodes fewer = modifiers;
      if (!fewer.empty()) fewer.erase(name == "shift+altgr" ? fewer.begin() : fewer.end() - 1);
      if (!modifiers.empty() && layout.level(modifiers, key) == layout.level(fewer, key)) continue;
      const Stroke stroke = layout.press(modifiers, key);
      if (is_dead(stroke.keysym)) {
        result.dead.emplace(name_of(stroke.keysym), stroke);
      } else if (types_something(stroke)) {
        level.push_back({{"keys", keys_of(stroke)}, {"text", stroke.text}});
        if (modifiers.empty() || name == "shift") result.letters.push_back(stroke);
      }
    }
  }
  return result;
}

json dead_sequences(const Layout& layout, const Strokes& strokes) {
  json result = json::array();
  for (const auto& [name, accent] : strokes.dead) {
    std::set<std::string> seen;
    for (const Stroke& letter : strokes.letters) {
      if (seen.size() == kLettersOfAnAccent) break;
      const std::string text = layout.composed({accent.keysym, letter.keysym});
      if (text.empty() || !seen.insert(text).second) continue;
      result.push_back({{"name", name}, {"strokes", {keys_of(accent), keys_of(letter)}}, {"text", text}});
    }
  }
  return result;
}

json compose_sequences(const Layout& layout, const Strokes& strokes) {
  // Sequences of several kinds: accents, ligatures, signs, and one of three characters.
  constexpr const char* kSequences[] = {"'e", ",c", "oo", "ss", "<<", "ae", "=e", "12", "^a", "\"u", "---", "~n", "|c", "oA"};
  json result = json::array();
  for (const std::string sequence : kSequences) {
    std::vector<xkb_keysym_t> keysyms{XKB_KEY_Multi_key};
    json keys = json::array({json::array({kCompose})});
    for (const char character : sequence) {
      const auto found = std::find_if(strokes.letters.begin(), strokes.letters.end(), [character](const Stroke& one) {
        return one.text == std::string(1, character);
      });
      if (found == strokes.letters.end()) break;
      keysyms.push_back(found->keysym);
      keys.push_back(keys_of(*found));
    }
    if (keysyms.size() != sequence.size() + 1) continue;
    const std::string text = layout.composed(keysyms);
    if (!text.empty()) result.push_back({{"name", sequence}, {"strokes", keys}, {"text", text}});
  }
  return result;
}

}  // namespace

bool print_table(const std::string& layout_and_variant) {
  const size_t colon = layout_and_variant.find(':');
  const std::string variant = colon == std::string::npos ? "" : layout_and_variant.substr(colon + 1);
  const Layout layout(layout_and_variant.substr(0, colon), variant);
  if (!layout.valid()) {
    std::fprintf(stderr, "keyboard_tool: xkeyboard-config has no layout \"%s\"\n", layout_and_variant.c_str());
    return false;
  }
  const Strokes strokes = strokes_of(layout);
  const json line{{"layout", layout_and_variant},
                  {"levels", strokes.levels},
                  {"dead", dead_sequences(layout, strokes)},
                  {"compose", compose_sequences(layout, strokes)}};
  std::puts(line.dump().c_str());
  return true;
}

}  // namespace vitrine::keyboard
