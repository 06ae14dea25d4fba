#include "host-agent/input/spare_keycodes.h"

#include <algorithm>
#include <array>

namespace vitrine::agent {
namespace {

constexpr const char* kProperty = "_VITRINE_SPARE_KEYCODES";
// More are never needed at once, and some are left to others who do the same.
constexpr size_t kMostSpares = 48;

void map_key(X11Display& display, Keycode keycode, Keysym keysym) {
  // The same on both levels, so that Shift makes no difference.
  const std::array<xcb_keysym_t, 2> keysyms{keysym, keysym};
  xcb_change_keyboard_mapping(display.connection(), 1, keycode, keysyms.size(), keysyms.data());
}

}  // namespace

Result<void> SpareKeycodes::learn(X11Display& display, const ServerKeymap& keymap) {
  xcb_connection_t* const x = display.connection();
  const xcb_atom_t property = TRY(display.atom(kProperty));
  const auto cookie = xcb_get_property(x, 0, display.root(), property, XCB_ATOM_INTEGER, 0, 64);
  const XcbPtr<xcb_get_property_reply_t> reply(xcb_get_property_reply(x, cookie, nullptr));
  if (reply == nullptr) return display.failure("GetProperty");
  const auto* const listed = static_cast<const Keycode*>(xcb_get_property_value(reply.get()));
  const auto count = reply->format == 8 ? static_cast<size_t>(xcb_get_property_value_length(reply.get())) : 0;

  std::vector<Keycode> free = keymap.unused();
  // What an agent lent before counts as spare unless another layout now gives it several meanings.
  for (size_t i = 0; i < count; ++i) {
    if (keymap.modifiers_of(listed[i]) == 0 && keymap.relevant(listed[i]) <= kShiftMask) free.push_back(listed[i]);
  }
  std::vector<Spare> spares;
  for (const Keycode keycode : free) {
    const auto same = [keycode](const Spare& spare) { return spare.keycode == keycode; };
    if (spares.size() == kMostSpares || std::ranges::any_of(spares, same)) continue;
    const auto before = std::ranges::find_if(spares_, same);
    Spare spare{.keycode = keycode, .keysym = keymap.first_keysym(keycode)};
    if (before != spares_.end()) spare.used_at = before->used_at;
    spares.push_back(spare);
  }
  spares_ = std::move(spares);
  std::vector<Keycode> list;
  for (const Spare& spare : spares_) list.push_back(spare.keycode);
  xcb_change_property(x, XCB_PROP_MODE_REPLACE, display.root(), property, XCB_ATOM_INTEGER, 8,
                      static_cast<uint32_t>(list.size()), list.data());
  return {};
}

SpareKeycodes::Loan SpareKeycodes::lend(X11Display& display, Keysym keysym, const std::vector<Keycode>& held,
                                        Micros now) {
  Spare* oldest = nullptr;
  for (Spare& spare : spares_) {
    if (spare.keysym == keysym) {
      spare.used_at = now;
      return {.keycode = spare.keycode};
    }
    if (std::ranges::find(held, spare.keycode) != held.end()) continue;
    if (oldest == nullptr || spare.used_at < oldest->used_at) oldest = &spare;
  }
  if (oldest == nullptr) return {};
  if (oldest->used_at + kKeycodeRest > now) return {.again_at = oldest->used_at + kKeycodeRest};
  oldest->keysym = keysym;
  oldest->used_at = now;
  map_key(display, oldest->keycode, keysym);
  return {.keycode = oldest->keycode, .remapped = true};
}

void SpareKeycodes::clear(X11Display& display) {
  for (Spare& spare : spares_) {
    if (spare.keysym != 0) map_key(display, spare.keycode, 0);
    spare.keysym = 0;
  }
}

bool SpareKeycodes::contains(Keycode keycode) const {
  return std::ranges::find(spares_, keycode, &Spare::keycode) != spares_.end();
}

}  // namespace vitrine::agent
