// Hands on an X server: XTEST keys and buttons.
//
// A key is pressed by what it means, not by where it is: its keysym is looked up in the server's map, and the modifiers
// that the map wants for it are put right for as long as it takes (a German AltGr+Q is Shift+2 on a US map). A keysym
// that the map lacks borrows a spare keycode. The key that comes up is the key that went down, whatever the browser
// calls it by then. Repeats are the server's. The pointer is x_pointer.h's.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "host-agent/input/input_sink.h"
#include "host-agent/input/server_keymap.h"
#include "host-agent/input/spare_keycodes.h"
#include "host-agent/input/x_pointer.h"
#include "host-agent/x11/x11_display.h"

namespace vitrine::agent {

// One thread. The display is borrowed.
class XtestInput : public InputSink {
 public:
  // `devices`: the folder with the sockets of the server's own pointers; empty when it has none. Errors: unsupported,
  // closed.
  static Result<std::unique_ptr<XtestInput>> create(X11Display& display, const std::string& devices = "");
  ~XtestInput() override;

  Result<void> key(Holder holder, const KeyInput& input) override;
  Result<void> text(Holder holder, std::string_view utf8) override;
  Result<void> pointer(Holder holder, const PointerInput& input) override;
  Result<void> release_all(Holder holder) override;
  Result<Micros> proceed(Micros now) override;

  // All that the pointer did has happened when it returns.
  void settle_pointer() { pointer_.before_requests(); }
  [[nodiscard]] size_t spare_keycodes() const { return spares_.size(); }

 private:
  using KeyName = std::pair<Holder, std::string>;
  struct HeldKey {
    Keycode keycode = 0;
    bool modifiers_told = false;  // its press carried its own modifier bit, so later events can be trusted to
    uint32_t modifier = 0;        // bit of KeyInput::modifiers that it stands for
  };
  // Jobs wait in order behind text whose keycodes have to rest.
  struct KeyJob {
    Holder holder;
    KeyInput input;
  };
  struct CharacterJob {
    char32_t character;
  };
  struct PointerJob {
    Holder holder;
    PointerInput input;
  };
  struct ReleaseJob {
    Holder holder;
  };
  using Job = std::variant<KeyJob, CharacterJob, PointerJob, ReleaseJob>;
  // What was changed around a key and is put back before the next input.
  struct Adjustment {
    std::vector<Keycode> pressed;
    std::vector<Keycode> lifted;
    ModMask locks_changed = 0;
    ModMask locks_before = 0;
    [[nodiscard]] bool empty() const { return pressed.empty() && lifted.empty() && locks_changed == 0; }
  };
  // A key to press and the modifiers it is pressed with.
  struct Plan {
    Keycode keycode = 0;
    ModMask add = 0;
    ModMask remove = 0;
    int cost = 0;
  };

  explicit XtestInput(X11Display& display) : display_(display), pointer_(display) {}
  Result<void> start();
  void handle_event(const xcb_generic_event_t& event);
  void enqueue(Job job);
  // When to try again; 0 when done.
  Result<Micros> perform(const Job& job, Micros now);
  Result<Micros> perform_key(const KeyJob& job, Micros now);
  Result<Micros> perform_character(char32_t character, Micros now);
  void perform_release(Holder holder);

  Result<void> refresh_keymap();
  Result<Micros> press(const std::vector<Keysym>& keysyms, const KeyInput& input, Micros now, Keycode& pressed);
  [[nodiscard]] std::optional<Plan> plan(Keysym keysym, const KeyInput& input, const ModifierState& state) const;
  [[nodiscard]] std::optional<Plan> plan_at(const KeyPlace& place, Keysym keysym, const ModifierState& state) const;
  [[nodiscard]] ModMask foreign_levels(Keycode keycode, Keysym keysym, const KeyInput& input) const;
  void adjust(ModMask add, ModMask remove, const ModifierState& state);
  void undo_adjustment();
  void follow_locks(const KeyInput& input, const std::vector<Keysym>& keysyms, const ModifierState& state);
  void lift_stale_modifiers(Holder holder, const KeyInput& input);
  void set_locks(ModMask which, ModMask to);
  void release_key(std::map<KeyName, HeldKey>::iterator held);
  [[nodiscard]] bool is_down(Keycode keycode) const;
  [[nodiscard]] std::vector<Keycode> down() const;
  void lift_leftovers();
  void fake(uint8_t type, uint8_t detail, Point at = {});

  X11Display& display_;
  std::optional<ServerKeymap> keymap_;
  SpareKeycodes spares_;
  bool keymap_stale_ = true;
  uint8_t xkb_event_ = 0;
  std::map<KeyName, HeldKey> held_;
  XPointer pointer_;
  Adjustment adjustment_;
  std::deque<Job> jobs_;
  bool full_ = false;
};

}  // namespace vitrine::agent
