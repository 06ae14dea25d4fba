// What programs do to a screen, made from random numbers: text, scrolling, pictures, windows being dragged.
#pragma once

#include <algorithm>

#include "tests/session/world.h"

namespace vitrine::session {

class ScreenActivity {
 public:
  explicit ScreenActivity(World& world) : world_(world), screen_(world.desktop.screen) {}

  // Draws one thing somewhere.
  void draw() {
    switch (world_.random(6)) {
      case 0: write_line(); break;
      case 1: write_line(); break;
      case 2: scroll(); break;
      case 3: drag(); break;
      case 4: show_picture(); break;
      case 5: screen_.fill(place(), colour()); break;
    }
    if (world_.chance(8)) screen_.move_pointer({static_cast<int>(world_.random(200)), 50});
    if (world_.chance(16)) screen_.set_cursor(cursor());
    world_.desktop.touch();
  }

  // A second of a film somewhere, with a line written over it now and then.
  void play_film() {
    const Size size = screen_.pixels().size();
    const Rect area{static_cast<int>(world_.random(60)), static_cast<int>(world_.random(40)),
                    std::min(200 + static_cast<int>(world_.random(100)), size.width - 60),
                    std::min(130 + static_cast<int>(world_.random(60)), size.height - 40)};
    for (int frame = 0; frame < 30; ++frame) {
      show_noise(area);
      if (world_.chance(10)) write_line();
      world_.desktop.touch();
      world_.run(kSecond / 30);
    }
  }

 private:
  uint32_t colour() { return world_.random(0x1000000); }
  Rect place() {
    const Size size = screen_.pixels().size();
    const int width = 1 + static_cast<int>(world_.random(static_cast<uint32_t>(size.width)));
    const int height = 1 + static_cast<int>(world_.random(static_cast<uint32_t>(size.height)));
    const int x = static_cast<int>(world_.random(static_cast<uint32_t>(size.width - width + 1)));
    const int y = static_cast<int>(world_.random(static_cast<uint32_t>(size.height - height + 1)));
    return {x, y, width, height};
  }
  // Two colours in small strokes, as letters have them.
  void write_line() {
    Rect line = place();
    line.height = std::min(line.height, 14);
    screen_.fill(line, 0xffffff);
    for (int x = line.x; x + 7 < line.right(); x += 8) {
      screen_.fill({x, line.y + 2, 2, line.height - 4}, 0x202020);
      screen_.fill({x, line.y + static_cast<int>(world_.random(10)), 6, 2}, 0x202020);
    }
  }
  void scroll() {
    const Rect area = place();
    const int by = std::min(area.height, 1 + static_cast<int>(world_.random(40)));
    codec::Picture& pixels = screen_.pixels();
    for (int y = area.y; y < area.bottom() - by; ++y) {
      std::copy_n(pixels.row(y + by) + area.x, area.width, pixels.row(y) + area.x);
    }
    screen_.damage(area);
    screen_.fill({area.x, area.bottom() - by, area.width, by}, colour());
  }
  // A window moves and what was behind it is shown.
  void drag() {
    const codec::Picture before = screen_.pixels();
    const Rect from = place();
    const Rect to = intersect({from.x + static_cast<int>(world_.random(61)) - 30,
                               from.y + static_cast<int>(world_.random(61)) - 30, from.width, from.height},
                              before.bounds());
    screen_.fill(from, 0x336699);
    for (int y = 0; y < to.height; ++y) {
      std::copy_n(before.row(from.y + y) + from.x, to.width, screen_.pixels().row(to.y + y) + to.x);
    }
    screen_.damage(to);
  }
  void show_picture() { show_noise(intersect(place(), {0, 0, 1 << 14, 160})); }
  void show_noise(const Rect& area) {
    for (int y = area.y; y < area.bottom(); ++y) {
      uint32_t* row = screen_.pixels().row(y);
      for (int x = area.x; x < area.right(); ++x) {
        const uint32_t noise = world_.random(16);
        row[x] =
            ((static_cast<uint32_t>(x) + noise) & 0xff) << 16 | ((static_cast<uint32_t>(y) + noise) & 0xff) << 8 | 99;
      }
    }
    screen_.damage(area);
  }
  agent::CursorImage cursor() {
    agent::CursorImage image{{8, 8}, {1, 1}, std::vector<uint8_t>(8 * 8 * 4)};
    image.rgba[world_.random(256)] = 255;
    return image;
  }

  World& world_;
  agent::MemoryScreen& screen_;
};

}  // namespace vitrine::session
