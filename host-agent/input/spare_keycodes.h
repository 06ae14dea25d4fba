// Keycodes that type nothing on the server's map, lent to keysyms the map lacks.
//
// A program learns of a new meaning before it gets the key (the server keeps that order), but asks for the map as it
// is when it gets round to it; so a keycode keeps its meaning for a while after it was used, the longest-unused one is
// taken first, and one that is held down is never taken. The list is kept on the root window too: an agent that is
// started again finds the keycodes of the one before, which look used by then.
#pragma once

#include <optional>
#include <vector>

#include "host-agent/input/server_keymap.h"
#include "host-agent/x11/x11_display.h"
#include "protocol/base/time.h"

namespace vitrine::agent {

// How long programs are given to read a keyboard map after they were sent a key of it.
inline constexpr Micros kKeycodeRest = 100 * kMillisecond;

// One thread.
class SpareKeycodes {
 public:
  struct Loan {
    Keycode keycode = 0;       // 0: none now
    Micros again_at = kNever;  // when to ask again; kNever: there are no spare keycodes
    bool remapped = false;
  };

  // Finds the spare keycodes of this map; meanings that the map still has are kept. Errors: closed.
  Result<void> learn(X11Display& display, const ServerKeymap& keymap);
  // A keycode that types `keysym`, whatever the modifiers. `held` must not be lent.
  Loan lend(X11Display& display, Keysym keysym, const std::vector<Keycode>& held, Micros now);
  // Gives all of them back their nothing.
  void clear(X11Display& display);

  [[nodiscard]] bool contains(Keycode keycode) const;
  [[nodiscard]] size_t size() const { return spares_.size(); }

 private:
  struct Spare {
    Keycode keycode = 0;
    Keysym keysym = 0;
    Micros used_at = -kKeycodeRest;
  };
  std::vector<Spare> spares_;
};

}  // namespace vitrine::agent
