#include "host-agent/input/xtest_input.h"

#include <spdlog/spdlog.h>
#include <xcb/xtest.h>
#include <xkbcommon/xkbcommon-keysyms.h>
#include <xkbcommon/xkbcommon-x11.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "host-agent/x11/xcb_xkb.h"
#include "protocol/messages.h"

namespace vitrine::agent {
namespace {

// Text of four full messages; a person cannot type ahead of that.
constexpr size_t kMostJobs = 16 * 1024;
// The first script whose letters no Latin shortcut uses (Greek).
constexpr char32_t kFirstNonLatin = 0x370;

struct ModifierKey {
  std::string_view key;
  uint32_t bit;
};
constexpr ModifierKey kModifierKeys[] = {
    {"Shift", kModShift}, {"Control", kModControl}, {"Alt", kModAlt}, {"Meta", kModMeta}, {"AltGraph", kModAltGraph}};

uint32_t modifier_bit(std::string_view key) {
  const auto* const found = std::ranges::find(kModifierKeys, key, &ModifierKey::key);
  return found == std::end(kModifierKeys) ? 0 : found->bit;
}

bool is_shortcut(const KeyInput& input) {
  return (input.modifiers & (kModControl | kModAlt | kModMeta)) != 0 && (input.modifiers & kModAltGraph) == 0;
}

}  // namespace

// --- set-up -----------------------------------------------------------------------------------------------------

Result<std::unique_ptr<XtestInput>> XtestInput::create(X11Display& display, const std::string& devices) {
  std::unique_ptr<XtestInput> input(new XtestInput(display));
  TRY(input->start());
  input->pointer_.use_devices(devices);
  return input;
}

XtestInput::~XtestInput() {
  undo_adjustment();
  while (!held_.empty()) release_key(held_.begin());
  pointer_.release_all();
  spares_.clear(display_);
  xcb_flush(display_.connection());
}

Result<void> XtestInput::start() {
  xcb_connection_t* const x = display_.connection();
  TRY(display_.extension(&xcb_test_id, "XTEST"));
  TRY(display_.extension(&xcb_xkb_id, "XKEYBOARD"));
  if (xkb_x11_setup_xkb_extension(x, XKB_X11_MIN_MAJOR_XKB_VERSION, XKB_X11_MIN_MINOR_XKB_VERSION,
                                  XKB_X11_SETUP_XKB_EXTENSION_NO_FLAGS, nullptr, nullptr, &xkb_event_, nullptr) == 0) {
    return display_.failure("XKEYBOARD");
  }
  constexpr uint16_t kEvents = XCB_XKB_EVENT_TYPE_NEW_KEYBOARD_NOTIFY | XCB_XKB_EVENT_TYPE_MAP_NOTIFY;
  constexpr uint16_t kParts = XCB_XKB_MAP_PART_KEY_TYPES | XCB_XKB_MAP_PART_KEY_SYMS | XCB_XKB_MAP_PART_MODIFIER_MAP |
                              XCB_XKB_MAP_PART_VIRTUAL_MODS;
  xcb_xkb_select_events(x, XCB_XKB_ID_USE_CORE_KBD, kEvents, 0, kEvents, kParts, kParts, nullptr);
  display_.on_event([this](const xcb_generic_event_t& event) { handle_event(event); });
  lift_leftovers();
  return refresh_keymap();
}

// An agent that was killed could lift nothing, and the server keeps down what it held. This display has no other hands.
void XtestInput::lift_leftovers() {
  xcb_connection_t* const x = display_.connection();
  const auto keys_asked = xcb_query_keymap(x);
  const auto pointer_asked = xcb_query_pointer(x, display_.root());
  const XcbPtr<xcb_query_keymap_reply_t> keys(xcb_query_keymap_reply(x, keys_asked, nullptr));
  const XcbPtr<xcb_query_pointer_reply_t> pointer(xcb_query_pointer_reply(x, pointer_asked, nullptr));
  for (int keycode = 8; keys && keycode < 256; ++keycode) {
    if ((keys->keys[keycode / 8] >> (keycode % 8) & 1) != 0) fake(XCB_KEY_RELEASE, static_cast<uint8_t>(keycode));
  }
  for (int button = 1; pointer && button <= 5; ++button) {
    if ((pointer->mask & (XCB_BUTTON_MASK_1 << (button - 1))) != 0) {
      fake(XCB_BUTTON_RELEASE, static_cast<uint8_t>(button));
    }
  }
}

void XtestInput::handle_event(const xcb_generic_event_t& event) {
  if ((event.response_type & 0x7f) != xkb_event_) return;
  const uint8_t kind = event.pad0;  // xkbType
  if (kind == XCB_XKB_MAP_NOTIFY) {
    // Our own loans come back as events; only changes of other keys are news.
    const auto& change = reinterpret_cast<const xcb_xkb_map_notify_event_t&>(event);
    bool ours = change.nKeySyms > 0;
    for (int i = 0; i < change.nKeySyms && ours; ++i) {
      ours = spares_.contains(static_cast<Keycode>(change.firstKeySym + i));
    }
    if (!ours) keymap_stale_ = true;
  } else if (kind == XCB_XKB_NEW_KEYBOARD_NOTIFY) {
    keymap_stale_ = true;
  }
}

Result<void> XtestInput::refresh_keymap() {
  TRY(display_.dispatch());
  if (!keymap_stale_) return {};
  keymap_stale_ = false;
  ServerKeymap read = TRY(ServerKeymap::read(display_));
  // The server calls it a new keyboard, too, when the first key comes from the one that XTEST feeds.
  const bool same = keymap_ && keymap_->equals(read);
  // What a key held by the old map cannot be told from the new one, so nothing could lift it for a stroke.
  while (!same && !held_.empty()) release_key(held_.begin());
  keymap_.emplace(std::move(read));
  TRY(spares_.learn(display_, *keymap_));
  return {};
}

// --- jobs -------------------------------------------------------------------------------------------------------

void XtestInput::enqueue(Job job) {
  if (jobs_.size() >= kMostJobs) {
    if (!full_) spdlog::warn("input is left out: {} keys wait for programs to keep up", jobs_.size());
    full_ = true;
    return;
  }
  full_ = false;
  jobs_.push_back(std::move(job));
}

Result<void> XtestInput::key(Holder holder, const KeyInput& input) {
  enqueue(KeyJob{holder, input});
  return {};
}

Result<void> XtestInput::text(Holder, std::string_view utf8) {
  for (const char32_t character : characters_of(utf8)) enqueue(CharacterJob{character});
  return {};
}

Result<void> XtestInput::pointer(Holder holder, const PointerInput& input) {
  enqueue(PointerJob{holder, input});
  return {};
}

Result<void> XtestInput::release_all(Holder holder) {
  enqueue(ReleaseJob{holder});
  return {};
}

Result<Micros> XtestInput::proceed(Micros now) {
  Micros again = 0;
  while (!jobs_.empty() && again == 0) {
    again = TRY(perform(jobs_.front(), now));
    if (again == 0) jobs_.pop_front();
  }
  if (xcb_flush(display_.connection()) <= 0) return display_.failure("XTEST");
  return jobs_.empty() ? kNever : again;
}

Result<Micros> XtestInput::perform(const Job& job, Micros now) {
  undo_adjustment();
  if (const auto* key_job = std::get_if<KeyJob>(&job)) return perform_key(*key_job, now);
  if (const auto* character = std::get_if<CharacterJob>(&job)) return perform_character(character->character, now);
  if (const auto* pointer_job = std::get_if<PointerJob>(&job))
    pointer_.perform(pointer_job->holder, pointer_job->input);
  if (const auto* release = std::get_if<ReleaseJob>(&job)) perform_release(release->holder);
  return Micros{0};
}

Result<Micros> XtestInput::perform_key(const KeyJob& job, Micros now) {
  const KeyName name{job.holder, job.input.code.empty() ? job.input.key : job.input.code};
  const auto held = held_.find(name);
  if (!job.input.down) {
    if (held != held_.end()) release_key(held);
    return Micros{0};
  }
  if (held != held_.end()) return Micros{0};  // a repeat; the server makes its own
  std::vector<Keysym> keysyms = keysyms_for(job.input.code, job.input.key);
  // Ctrl+C on a Russian keyboard says Control and a Cyrillic letter; programs know the shortcut by the Latin one.
  const auto character = only_character(job.input.key);
  if (is_shortcut(job.input) && character && *character >= kFirstNonLatin) {
    if (const Keysym latin = us_keysym_of(job.input.code); latin != 0) keysyms = {latin};
  }
  if (keysyms.empty()) {
    // Several characters at once, as some layouts have; held down they would not repeat anyway.
    const auto characters = characters_of(job.input.key);
    const bool text = characters.size() > 1 && static_cast<uint8_t>(job.input.key[0]) >= 0x80;
    for (size_t i = 0; text && i < characters.size(); ++i) {
      jobs_.insert(jobs_.begin() + 1 + static_cast<std::ptrdiff_t>(i), CharacterJob{characters[i]});
    }
    return Micros{0};
  }
  lift_stale_modifiers(job.holder, job.input);
  Keycode keycode = 0;
  const Micros again = TRY(press(keysyms, job.input, now, keycode));
  if (again != 0 || keycode == 0) return again;
  const uint32_t bit = modifier_bit(job.input.key);
  held_[name] = {keycode, bit != 0 && (job.input.modifiers & bit) != 0, bit};
  return Micros{0};
}

Result<Micros> XtestInput::perform_character(char32_t character, Micros now) {
  const Keysym keysym = keysym_of_character(character);
  if (keysym == 0) return Micros{0};
  Keycode keycode = 0;
  const Micros again = TRY(press({keysym}, {.down = true, .code = {}, .key = {}, .modifiers = 0}, now, keycode));
  if (keycode != 0) {
    fake(XCB_KEY_RELEASE, keycode);
    undo_adjustment();
  }
  return again;
}

void XtestInput::perform_release(Holder holder) {
  for (auto at = held_.begin(); at != held_.end();) {
    const auto next = std::next(at);
    if (at->first.first == holder) release_key(at);
    at = next;
  }
  pointer_.release(holder);
}

// --- keys -------------------------------------------------------------------------------------------------------

Result<Micros> XtestInput::press(const std::vector<Keysym>& keysyms, const KeyInput& input, Micros now,
                                 Keycode& pressed) {
  TRY(refresh_keymap());
  ModifierState state = TRY(keymap_->read_state(display_));
  follow_locks(input, keysyms, state);
  state = TRY(keymap_->read_state(display_));
  std::optional<Plan> best;
  Keysym chosen = 0;
  for (const Keysym keysym : keysyms) {
    best = plan(keysym, input, state);
    chosen = keysym;
    if (best) break;
  }
  if (!best) {
    // A modifier that the map lacks cannot be lent: it would modify nothing.
    chosen = keysyms.front();
    if (is_modifier(chosen)) return Micros{0};
    chosen = unambiguous(chosen);
    const SpareKeycodes::Loan loan = spares_.lend(display_, chosen, down(), now);
    if (loan.keycode == 0) {
      if (loan.again_at == kNever) spdlog::warn("a key is left out: the keyboard map has no spare keycode for it");
      return loan.again_at == kNever ? Micros{0} : loan.again_at;
    }
    // Programs capitalise what Caps Lock meets on a key that does not care for it.
    best = Plan{.keycode = loan.keycode, .remove = is_printable(chosen) ? state.locked & kLockMask : 0};
  }
  adjust(best->add, best->remove | foreign_levels(best->keycode, chosen, input), state);
  if (is_down(best->keycode)) fake(XCB_KEY_RELEASE, best->keycode);
  fake(XCB_KEY_PRESS, best->keycode);
  pressed = best->keycode;
  return Micros{0};
}

// The cheapest place of the keysym: no change of modifiers, the same physical key, the lowest level.
std::optional<XtestInput::Plan> XtestInput::plan(Keysym keysym, const KeyInput& input,
                                                 const ModifierState& state) const {
  const auto physical = evdev_keycode_of(input.code);
  std::optional<Plan> best;
  for (const KeyPlace& place : keymap_->places(keysym)) {
    if (spares_.contains(place.keycode)) continue;
    auto candidate = plan_at(place, keysym, state);
    if (!candidate) continue;
    candidate->cost = candidate->cost * 2 + (physical == place.keycode ? 0 : 1);
    if (!best || candidate->cost < best->cost) best = candidate;
  }
  return best;
}

std::optional<XtestInput::Plan> XtestInput::plan_at(const KeyPlace& place, Keysym keysym,
                                                    const ModifierState& state) const {
  const ModMask effective = state.effective();
  const ModMask relevant = keymap_->relevant(place.keycode);
  Plan result{.keycode = place.keycode};
  // Programs capitalise a small letter themselves where Caps Lock is not part of the key's levels.
  if ((effective & kLockMask) != 0 && (relevant & kLockMask) == 0 && xkb_keysym_to_upper(keysym) != keysym) {
    result.remove |= kLockMask;
    result.cost = 1;
  }
  if (keymap_->level_with(place.keycode, effective) == place.level) return result;
  std::optional<Plan> best;
  for (const ModMask mask : keymap_->masks_for(place)) {
    Plan candidate = result;
    candidate.add = mask & ~effective;
    candidate.remove |= effective & relevant & ~mask;
    bool possible = true;
    for (ModMask bit = 1; bit <= 0x80; bit <<= 1) {
      if ((candidate.add & bit) == 0) continue;
      const bool lock = bit == kLockMask || bit == keymap_->num_lock();
      possible = possible && (lock || keymap_->key_of_modifier(bit).has_value());
      candidate.cost += lock ? 3 : 0;
    }
    candidate.cost += std::popcount(candidate.add) + std::popcount(candidate.remove);
    if (possible && (!best || candidate.cost < best->cost)) best = candidate;
  }
  return best;
}

// Modifiers that the viewer's own layout has used up to make this character: AltGr, and the Control and Alt that
// Windows reports for it. They must not make a shortcut of it here.
ModMask XtestInput::foreign_levels(Keycode keycode, Keysym keysym, const KeyInput& input) const {
  if (!is_printable(keysym) || (input.modifiers & kModAltGraph) == 0) return 0;
  ModMask foreign = 0;
  if ((input.modifiers & kModControl) == 0) foreign |= kControlMask;
  if ((input.modifiers & kModAlt) == 0) foreign |= keymap_->alt();
  if ((keymap_->relevant(keycode) & keymap_->level3()) == 0) foreign |= keymap_->level3();
  return foreign;
}

void XtestInput::adjust(ModMask add, ModMask remove, const ModifierState& state) {
  const ModMask locks = kLockMask | keymap_->num_lock();
  const ModMask unlock = remove & state.locked;
  const ModMask lock = add & locks;
  if ((lock | unlock) != 0) {
    adjustment_.locks_changed = lock | unlock;
    adjustment_.locks_before = state.locked & adjustment_.locks_changed;
    set_locks(adjustment_.locks_changed, lock);
  }
  if ((remove & state.base) != 0) {
    for (const Keycode keycode : down()) {
      if ((keymap_->modifiers_of(keycode) & remove & state.base) == 0) continue;
      fake(XCB_KEY_RELEASE, keycode);
      adjustment_.lifted.push_back(keycode);
    }
  }
  for (ModMask bit = 1; bit <= 0x80; bit <<= 1) {
    if ((add & bit & ~locks) == 0) continue;
    const Keycode keycode = *keymap_->key_of_modifier(bit);
    fake(XCB_KEY_PRESS, keycode);
    adjustment_.pressed.push_back(keycode);
  }
}

void XtestInput::undo_adjustment() {
  if (adjustment_.empty()) return;
  for (const Keycode keycode : adjustment_.pressed) fake(XCB_KEY_RELEASE, keycode);
  for (const Keycode keycode : adjustment_.lifted) {
    if (is_down(keycode)) fake(XCB_KEY_PRESS, keycode);
  }
  if (adjustment_.locks_changed != 0) set_locks(adjustment_.locks_changed, adjustment_.locks_before);
  adjustment_ = {};
}

// Caps Lock as the browser reports it; Num Lock as the number pad's keys show it (not all systems report it).
void XtestInput::follow_locks(const KeyInput& input, const std::vector<Keysym>& keysyms, const ModifierState& state) {
  if (input.code.empty() || is_modifier(keysyms.front())) return;
  const bool caps = (input.modifiers & kModCapsLock) != 0;
  if (keymap_->has_caps_lock() && caps != ((state.locked & kLockMask) != 0)) {
    set_locks(kLockMask, caps ? kLockMask : 0);
  }
  const ModMask num = keymap_->num_lock();
  if (num == 0 || !input.code.starts_with("Numpad")) return;
  const bool digit = only_character(input.key).has_value() && input.key[0] >= ',' && input.key[0] <= '9' &&
                     input.key[0] != '-' && input.key[0] != '/';
  const bool move = input.key.size() > 1 && input.key != "Enter";
  if ((digit && (state.locked & num) == 0) || (move && (state.locked & num) != 0)) set_locks(num, digit ? num : 0);
}

// The release of a modifier can get lost (the system took it with the focus). Where presses of modifiers said so
// themselves, a later key that denies them tells.
void XtestInput::lift_stale_modifiers(Holder holder, const KeyInput& input) {
  if (modifier_bit(input.key) != 0 || input.code.empty()) return;
  for (auto at = held_.begin(); at != held_.end();) {
    const auto next = std::next(at);
    const HeldKey& key = at->second;
    if (at->first.first == holder && key.modifiers_told && (input.modifiers & key.modifier) == 0) release_key(at);
    at = next;
  }
}

void XtestInput::set_locks(ModMask which, ModMask to) {
  xcb_xkb_latch_lock_state(display_.connection(), XCB_XKB_ID_USE_CORE_KBD, static_cast<uint8_t>(which),
                           static_cast<uint8_t>(to), 0, 0, 0, 0, 0);
}

void XtestInput::release_key(std::map<KeyName, HeldKey>::iterator held) {
  const Keycode keycode = held->second.keycode;
  held_.erase(held);
  if (!is_down(keycode)) fake(XCB_KEY_RELEASE, keycode);
}

bool XtestInput::is_down(Keycode keycode) const {
  return std::ranges::any_of(held_, [keycode](const auto& entry) { return entry.second.keycode == keycode; });
}

std::vector<Keycode> XtestInput::down() const {
  std::vector<Keycode> result;
  for (const auto& [name, key] : held_) result.push_back(key.keycode);
  std::ranges::sort(result);
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

void XtestInput::fake(uint8_t type, uint8_t detail, Point at) {
  pointer_.before_requests();
  xcb_test_fake_input(display_.connection(), type, detail, XCB_CURRENT_TIME, display_.root(),
                      static_cast<int16_t>(at.x), static_cast<int16_t>(at.y), 0);
}

}  // namespace vitrine::agent
