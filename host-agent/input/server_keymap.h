// What the keys of the X server type now: a copy of its XKB map and of its modifier state.
#pragma once

#include <xkbcommon/xkbcommon.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "host-agent/input/keysyms.h"
#include "host-agent/x11/x11_display.h"

namespace vitrine::agent {

using Keycode = uint8_t;
// Bits of the eight real modifiers: Shift, Lock, Control, Mod1 ... Mod5.
using ModMask = uint32_t;
inline constexpr ModMask kShiftMask = 1 << 0;
inline constexpr ModMask kLockMask = 1 << 1;
inline constexpr ModMask kControlMask = 1 << 2;

struct ModifierState {
  ModMask base = 0;     // of keys that are down
  ModMask latched = 0;  // until the next key
  ModMask locked = 0;
  [[nodiscard]] ModMask effective() const { return base | latched | locked; }
};

// Where a keysym is on the keyboard, in the layout that is in use.
struct KeyPlace {
  Keycode keycode = 0;
  uint32_t level = 0;
};

// One thread.
class ServerKeymap {
 public:
  // Reads the map of the core keyboard. Errors: unsupported, closed.
  static Result<ServerKeymap> read(X11Display& display);

  // Whether every key means the same.
  [[nodiscard]] bool equals(const ServerKeymap& other) const;

  // Asks the server for modifiers and layout; the functions below answer for that moment.
  Result<ModifierState> read_state(X11Display& display);

  // All places of a keysym, lowest levels first. Keysyms that mean the same character count as the same.
  [[nodiscard]] std::vector<KeyPlace> places(Keysym keysym) const;
  // The level this key has with these modifiers.
  [[nodiscard]] uint32_t level_with(Keycode keycode, ModMask modifiers) const;
  // Modifier sets that give the level, and all modifiers that matter to the key.
  [[nodiscard]] std::vector<ModMask> masks_for(const KeyPlace& place) const;
  [[nodiscard]] ModMask relevant(Keycode keycode) const;

  // A key that holds this modifier while it is down; locks have none.
  [[nodiscard]] std::optional<Keycode> key_of_modifier(ModMask bit) const;
  // What the key holds while it is down.
  [[nodiscard]] ModMask modifiers_of(Keycode keycode) const { return modifiers_[keycode]; }
  [[nodiscard]] ModMask num_lock() const { return num_lock_; }
  [[nodiscard]] ModMask level3() const { return level3_; }
  [[nodiscard]] ModMask alt() const { return alt_; }
  [[nodiscard]] bool has_caps_lock() const { return has_caps_lock_; }

  // Keys that type nothing at all.
  [[nodiscard]] std::vector<Keycode> unused() const;
  // What the key types without modifiers; 0: nothing.
  [[nodiscard]] Keysym first_keysym(Keycode keycode) const;

 private:
  struct KeymapFree {
    void operator()(xkb_keymap* keymap) const { xkb_keymap_unref(keymap); }
    void operator()(xkb_state* state) const { xkb_state_unref(state); }
    void operator()(xkb_context* context) const { xkb_context_unref(context); }
  };
  struct Entry {
    Keycode keycode;
    xkb_layout_index_t layout;
    xkb_level_index_t level;
  };

  void index_keysyms();
  void try_modifier_keys();
  [[nodiscard]] xkb_layout_index_t layout_of(Keycode keycode) const;

  std::unique_ptr<xkb_keymap, KeymapFree> keymap_;
  std::unique_ptr<xkb_state, KeymapFree> state_;    // the server's
  std::unique_ptr<xkb_state, KeymapFree> scratch_;  // for questions
  uint32_t group_ = 0;
  std::unordered_map<Keysym, std::vector<Entry>> entries_;
  std::vector<ModMask> modifiers_;      // by keycode
  std::vector<Keycode> modifier_keys_;  // by modifier bit; 0: none
  ModMask num_lock_ = 0;
  ModMask level3_ = 0;
  ModMask alt_ = 0;
  bool has_caps_lock_ = false;
};

}  // namespace vitrine::agent
