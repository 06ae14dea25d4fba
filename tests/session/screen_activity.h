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
    switch (world_.random(8)) {
      case 0: write_line(); break;
      case 1: write_line(); break;
      case 2: scroll(); break;
      case 3: drag(); break;
      case 4: show_picture(); break;
      case 5: screen_.fill(place(), colour()); break;
      case 6: open_window(); break;
      case 7: close_window(); break;
    }
    if (world_.chance(8)) screen_.move_pointer({static_cast<int>(world_.random(200)), 50});
    if (world_.chance(16)) screen_.set_cursor(cursor());
    world_.desktop.touch();
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
  void show_picture() {
    const Rect area = intersect(place(), {0, 0, 1 << 14, 160});
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
  // A window or a menu covers what is there, text in it.
  void open_window() {
    if (covered_.size() == kMostWindows) return close_window();
    const Rect area = place();
    std::vector<uint32_t> behind;
    for (int y = area.y; y < area.bottom(); ++y) {
      const uint32_t* row = screen_.pixels().row(y) + area.x;
      behind.insert(behind.end(), row, row + area.width);
    }
    covered_.push_back({area, screen_.pixels().size(), std::move(behind)});
    screen_.fill(area, colour());
    for (int y = area.y; y + 4 < area.bottom(); y += 12) {
      screen_.fill({area.x, y, 1 + static_cast<int>(world_.random(static_cast<uint32_t>(area.width))), 3}, 0x202020);
    }
  }
  // What was behind the last one shows again, as it was.
  void close_window() {
    if (covered_.empty()) return;
    const Covered last = std::move(covered_.back());
    covered_.pop_back();
    if (last.screen != screen_.pixels().size()) return;
    for (int y = 0; y < last.area.height; ++y) {
      std::copy_n(last.pixels.data() + static_cast<size_t>(y) * last.area.width, last.area.width,
                  screen_.pixels().row(last.area.y + y) + last.area.x);
    }
    screen_.damage(last.area);
  }
  agent::CursorImage cursor() {
    agent::CursorImage image{{8, 8}, {1, 1}, std::vector<uint8_t>(8 * 8 * 4)};
    image.rgba[world_.random(256)] = 255;
    return image;
  }

  struct Covered {
    Rect area;
    Size screen;
    std::vector<uint32_t> pixels;
  };
  static constexpr size_t kMostWindows = 4;

  World& world_;
  agent::MemoryScreen& screen_;
  std::vector<Covered> covered_;
};

}  // namespace vitrine::session
