#include "host-agent/input/server_keymap.h"

#include <xkbcommon/xkbcommon-keysyms.h>
#include <xkbcommon/xkbcommon-x11.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "host-agent/x11/xcb_xkb.h"

namespace vitrine::agent {
namespace {

constexpr size_t kKeycodes = 256;
constexpr size_t kModifiers = 8;

// Maps write one character as an old or as a Unicode keysym; compare by one of them. The keypad's keys and dead keys
// are something else than the characters they resemble.
Keysym canonical(Keysym keysym) {
  if (is_keypad(keysym) || is_dead(keysym)) return keysym;
  const uint32_t character = xkb_keysym_to_utf32(keysym);
  return character < 0x20 || character == 0x7f ? keysym : xkb_utf32_to_keysym(character);
}

}  // namespace

Result<ServerKeymap> ServerKeymap::read(X11Display& display) {
  xcb_connection_t* const x = display.connection();
  const std::unique_ptr<xkb_context, KeymapFree> context(xkb_context_new(XKB_CONTEXT_NO_DEFAULT_INCLUDES));
  const int32_t device = xkb_x11_get_core_keyboard_device_id(x);
  if (context == nullptr || device < 0) return display.failure("the keyboard");
  ServerKeymap map;
  map.keymap_.reset(xkb_x11_keymap_new_from_device(context.get(), x, device, XKB_KEYMAP_COMPILE_NO_FLAGS));
  if (map.keymap_ == nullptr) return display.failure("the keyboard map");
  map.state_.reset(xkb_state_new(map.keymap_.get()));
  map.scratch_.reset(xkb_state_new(map.keymap_.get()));
  map.index_keysyms();
  map.try_modifier_keys();
  TRY(map.read_state(display));
  return map;
}

void ServerKeymap::index_keysyms() {
  const xkb_keycode_t last = std::min<xkb_keycode_t>(xkb_keymap_max_keycode(keymap_.get()), kKeycodes - 1);
  for (xkb_keycode_t key = xkb_keymap_min_keycode(keymap_.get()); key <= last; ++key) {
    const xkb_layout_index_t layouts = xkb_keymap_num_layouts_for_key(keymap_.get(), key);
    for (xkb_layout_index_t layout = 0; layout < layouts; ++layout) {
      const xkb_level_index_t levels = xkb_keymap_num_levels_for_key(keymap_.get(), key, layout);
      for (xkb_level_index_t level = 0; level < levels; ++level) {
        const xkb_keysym_t* keysyms = nullptr;
        const int count = xkb_keymap_key_get_syms_by_level(keymap_.get(), key, layout, level, &keysyms);
        if (count == 1 && keysyms[0] != 0) {
          entries_[canonical(keysyms[0])].push_back({static_cast<Keycode>(key), layout, level});
        }
      }
    }
  }
}

// What each key does to the modifiers, found by trying. (The core modifier map does not tell: it lists keys that do
// nothing, and AltGr often works without being in it.)
void ServerKeymap::try_modifier_keys() {
  modifiers_.assign(kKeycodes, 0);
  modifier_keys_.assign(kModifiers, 0);
  const xkb_keycode_t last = std::min<xkb_keycode_t>(xkb_keymap_max_keycode(keymap_.get()), kKeycodes - 1);
  std::unique_ptr<xkb_state, KeymapFree> trial(xkb_state_new(keymap_.get()));
  for (xkb_keycode_t key = xkb_keymap_min_keycode(keymap_.get()); key <= last; ++key) {
    xkb_state_update_key(trial.get(), key, XKB_KEY_DOWN);
    const ModMask held = xkb_state_serialize_mods(trial.get(), XKB_STATE_MODS_DEPRESSED) & 0xff;
    const bool same_layout = xkb_state_serialize_layout(trial.get(), XKB_STATE_LAYOUT_EFFECTIVE) == 0;
    xkb_state_update_key(trial.get(), key, XKB_KEY_UP);
    const ModMask left = xkb_state_serialize_mods(trial.get(), XKB_STATE_MODS_EFFECTIVE) & 0xff;
    const bool clean = left == 0 && same_layout;
    if (!clean) trial.reset(xkb_state_new(keymap_.get()));
    if (held == 0) continue;
    const auto keycode = static_cast<Keycode>(key);
    const Keysym keysym = first_keysym(keycode);
    if (keysym == XKB_KEY_Num_Lock) num_lock_ = left;
    if (!clean) continue;
    modifiers_[keycode] = held;
    if (keysym == XKB_KEY_ISO_Level3_Shift) level3_ |= held;
    if (keysym == XKB_KEY_Alt_L || keysym == XKB_KEY_Alt_R) alt_ |= held;
    for (size_t bit = 0; bit < kModifiers; ++bit) {
      if (held == 1U << bit && modifier_keys_[bit] == 0) modifier_keys_[bit] = keycode;
    }
  }
  has_caps_lock_ = entries_.contains(XKB_KEY_Caps_Lock);
}

Result<ModifierState> ServerKeymap::read_state(X11Display& display) {
  xcb_connection_t* const x = display.connection();
  const XcbPtr<xcb_xkb_get_state_reply_t> reply(
      xcb_xkb_get_state_reply(x, xcb_xkb_get_state(x, XCB_XKB_ID_USE_CORE_KBD), nullptr));
  if (reply == nullptr) return display.failure("XkbGetState");
  group_ = reply->group;
  xkb_state_update_mask(state_.get(), reply->baseMods, reply->latchedMods, reply->lockedMods, 0, 0, group_);
  return ModifierState{reply->baseMods, reply->latchedMods, reply->lockedMods};
}

bool ServerKeymap::equals(const ServerKeymap& other) const {
  const auto text = [](const ServerKeymap& map) {
    return std::unique_ptr<char, decltype(&std::free)>(
        xkb_keymap_get_as_string(map.keymap_.get(), XKB_KEYMAP_FORMAT_TEXT_V1), &std::free);
  };
  const auto [own, others] = std::pair(text(*this), text(other));
  return own != nullptr && others != nullptr && std::string_view(own.get()) == others.get();
}

xkb_layout_index_t ServerKeymap::layout_of(Keycode keycode) const {
  const xkb_layout_index_t layout = xkb_state_key_get_layout(state_.get(), keycode);
  return layout == XKB_LAYOUT_INVALID ? 0 : layout;
}

std::vector<KeyPlace> ServerKeymap::places(Keysym keysym) const {
  const auto found = entries_.find(canonical(keysym));
  if (found == entries_.end()) return {};
  std::vector<KeyPlace> result;
  for (const Entry& entry : found->second) {
    if (entry.layout == layout_of(entry.keycode)) result.push_back({entry.keycode, entry.level});
  }
  std::ranges::stable_sort(result, {}, &KeyPlace::level);
  return result;
}

uint32_t ServerKeymap::level_with(Keycode keycode, ModMask modifiers) const {
  xkb_state_update_mask(scratch_.get(), modifiers, 0, 0, 0, 0, group_);
  const xkb_level_index_t level = xkb_state_key_get_level(scratch_.get(), keycode, layout_of(keycode));
  return level == XKB_LEVEL_INVALID ? 0 : level;
}

std::vector<ModMask> ServerKeymap::masks_for(const KeyPlace& place) const {
  std::vector<xkb_mod_mask_t> masks(32);
  const size_t count = xkb_keymap_key_get_mods_for_level(keymap_.get(), place.keycode, layout_of(place.keycode),
                                                         place.level, masks.data(), masks.size());
  masks.resize(count);
  return {masks.begin(), masks.end()};
}

ModMask ServerKeymap::relevant(Keycode keycode) const {
  const xkb_layout_index_t layout = layout_of(keycode);
  const xkb_level_index_t levels = xkb_keymap_num_levels_for_key(keymap_.get(), keycode, layout);
  ModMask all = 0;
  for (xkb_level_index_t level = 0; level < levels; ++level) {
    for (const ModMask mask : masks_for({keycode, level})) all |= mask;
  }
  return all;
}

std::optional<Keycode> ServerKeymap::key_of_modifier(ModMask bit) const {
  for (size_t i = 0; i < kModifiers; ++i) {
    if (bit == 1U << i && modifier_keys_[i] != 0) return modifier_keys_[i];
  }
  return std::nullopt;
}

Keysym ServerKeymap::first_keysym(Keycode keycode) const {
  const xkb_keysym_t* keysyms = nullptr;
  const int count = xkb_keymap_key_get_syms_by_level(keymap_.get(), keycode, 0, 0, &keysyms);
  return count == 1 ? keysyms[0] : 0;
}

std::vector<Keycode> ServerKeymap::unused() const {
  std::vector<bool> used(kKeycodes, false);
  for (const auto& [keysym, entries] : entries_) {
    for (const Entry& entry : entries) used[entry.keycode] = true;
  }
  const xkb_keycode_t last = std::min<xkb_keycode_t>(xkb_keymap_max_keycode(keymap_.get()), kKeycodes - 1);
  std::vector<Keycode> result;
  for (xkb_keycode_t key = xkb_keymap_min_keycode(keymap_.get()); key <= last; ++key) {
    if (!used[key] && modifiers_[key] == 0) result.push_back(static_cast<Keycode>(key));
  }
  return result;
}

}  // namespace vitrine::agent
