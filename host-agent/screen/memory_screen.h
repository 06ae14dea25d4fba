// The in-memory twin of a screen, for tests and simulations: what is drawn on it is seen only after a capture().
#pragma once

#include <string>

#include "host-agent/screen/screen_source.h"

namespace vitrine::agent {

class MemoryScreen : public ScreenSource {
 public:
  explicit MemoryScreen(Size size);

  // --- the desktop's side ---
  void fill(const Rect& area, uint32_t colour);
  // Anything may be drawn through row pointers; damage() has to follow.
  codec::Picture& pixels() { return pixels_; }
  void damage(const Rect& area);
  void set_cursor(CursorImage cursor);
  void move_pointer(Point to);
  // Somebody else changed the screen's size; the new one is black.
  void set_size(Size size);
  // From now on every function fails with this sentence, as when the X server died.
  void fail(std::string sentence) { failure_ = std::move(sentence); }

  [[nodiscard]] int captures() const { return captures_; }
  [[nodiscard]] int event_reads() const { return event_reads_; }
  [[nodiscard]] const ScreenMode& last_mode() const { return last_mode_; }

  Result<ScreenEvents> take_events() override;
  Result<std::vector<Rect>> capture() override;
  [[nodiscard]] const ScreenContent& content() const override { return content_; }
  Result<void> resize(const ScreenMode& wanted) override;

 private:
  codec::Picture pixels_;  // what the desktop shows
  ScreenContent content_;  // what was read of it
  ScreenEvents events_;
  std::vector<Rect> damage_;
  ScreenMode last_mode_;
  std::string failure_;
  int captures_ = 0;
  int event_reads_ = 0;
};

}  // namespace vitrine::agent
