// A desktop on which somebody works: writes, scrolls a page, drags a window, watches a film. Everything is drawn at
// given times of virtual time; what one page shows of it is looked at every millisecond.
#pragma once

#include <optional>

#include "tests/session/article.h"
#include "tests/session/office.h"

namespace vitrine::session {

class Desk {
 public:
  Desk(uint64_t seed, Size screen, const LinkConditions& link) : world(screen, seed), face_(seed), seed_(seed) {
    page = &world.open_page(screen, link);
    page->remember(24 * 1024);
    world.desktop.screen.fill(pixels().bounds(), Typeface::kPaper);
  }

  World world;
  VirtualPage* page = nullptr;

  // --- what is on the screen ---
  void show_text(const Rect& area) {
    const int lines = area.height / kLine;
    for (int line = 0; line < lines; ++line)
      face_.write_line(pixels(), {area.x, area.y + line * kLine, area.width, kLine});
    changed(area);
  }
  void open_article(const Rect& window, int height) {
    article_.emplace(Scrolled{make_article({window.width, height}, seed_), window, 0});
    put(article_->content, 0, article_->window);
  }
  void show_photo(const Rect& area, int number) {
    for (int y = area.y; y < area.bottom(); y += kFigure.height) {
      for (int x = area.x; x < area.right(); x += kFigure.width) {
        codec::Picture part(kFigure);
        draw_figure(number++ * 47, part, 0, 0);
        put(part, 0, intersect({x, y, kFigure.width, kFigure.height}, area));
      }
    }
  }
  // A window with text, over whatever is there now.
  void open_window(const Rect& place) {
    behind_ = pixels();
    window_.emplace(make_article({place.width, place.height}, seed_ + 1));
    at_ = place;
    put(*window_, 0, at_);
  }

  // --- what somebody does ---
  // One more letter at the end of a line of this area, on which lines follow each other.
  void write_letter(const Rect& area) {
    const int columns = area.width / Typeface::kWidth;
    const int line = written_ / columns % (area.height / kLine);
    const Rect place{area.x + written_ % columns * Typeface::kWidth, area.y + line * kLine, Typeface::kWidth,
                     Typeface::kHeight};
    ++written_;
    face_.write_letter(pixels(), place.x, place.y);
    changed(place);
  }
  void scroll(int rows) {
    const int most = article_->content.height() - article_->window.height;
    article_->top = std::clamp(article_->top + rows, 0, most);
    put(article_->content, article_->top, article_->window);
  }
  void drag_to(int x, int y) {
    const Rect before = at_;
    at_.x = x;
    at_.y = y;
    put(*behind_, before);
    put(*window_, 0, at_);
  }

  // --- time ---
  // Calls act(i) `count` times, so long apart, and lets the time after the last pass too.
  template <class Act>
  void every(Micros interval, int count, Act act) {
    for (int i = 0; i < count; ++i) {
      act(i);
      world.run(interval);
    }
  }
  bool rest(Micros limit) {
    return world.run_until([this] { return page->is_exact(); }, limit);
  }
  // As often a key is pressed at the page, the program answers it by act(i) once it has it, and the page shows all of
  // `area` exactly some time after: how long that took since the key. The next one waits for that.
  template <class Act>
  Sample times_of_keys(const Rect& area, Micros interval, int count, Act act) {
    Sample times;
    for (int i = 0; i < count; ++i) {
      const Micros begun = world.now();
      const size_t typed = world.desktop.hands.typed.size();
      page->type("a");
      const auto arrived = [&] { return world.desktop.hands.typed.size() > typed; };
      world.run_until(arrived, kLongest);
      act(i);
      while (!page->shows(area) && world.now() < begun + kLongest) world.run(kMillisecond);
      times.add(world.now() - begun);
      world.run(std::max<Micros>(0, begun + interval - world.now()));
    }
    return times;
  }

  // Bytes of a link from when this was made, with what sockets and TLS add to a message.
  class Bytes {
   public:
    explicit Bytes(Desk& desk) : desk_(desk), before_(down().delivered_bytes()) { desk.page->forget_counts(); }
    [[nodiscard]] int64_t count() const {
      constexpr int64_t kFraming = 32;
      return static_cast<int64_t>(down().delivered_bytes() - before_) + kFraming * desk_.page->counts().updates;
    }

   private:
    [[nodiscard]] LinkModel& down() const { return desk_.world.network_of(*desk_.page).down(); }
    Desk& desk_;
    uint64_t before_;
  };

 private:
  static constexpr int kLine = 20;
  static constexpr Micros kLongest = 10 * kSecond;
  struct Scrolled {
    codec::Picture content;
    Rect window;
    int top;
  };

  codec::Picture& pixels() { return world.desktop.screen.pixels(); }
  void changed(const Rect& area) {
    world.desktop.screen.damage(area);
    world.desktop.touch();
  }
  // Rows of a picture from `top` on.
  void put(const codec::Picture& picture, int top, const Rect& place) {
    const Rect shown = intersect(place, pixels().bounds());
    for (int y = shown.y; y < shown.bottom(); ++y) {
      const uint32_t* const from = picture.row(top + y - place.y) + (shown.x - place.x);
      std::copy_n(from, shown.width, pixels().row(y) + shown.x);
    }
    changed(shown);
  }
  // A part of a picture of the whole screen.
  void put(const codec::Picture& whole, const Rect& place) {
    const Rect shown = intersect(place, pixels().bounds());
    for (int y = shown.y; y < shown.bottom(); ++y) {
      std::copy_n(whole.row(y) + shown.x, shown.width, pixels().row(y) + shown.x);
    }
    changed(shown);
  }

  Typeface face_;
  uint64_t seed_;
  int written_ = 0;
  std::optional<Scrolled> article_;
  std::optional<codec::Picture> behind_;
  std::optional<codec::Picture> window_;
  Rect at_;
};

}  // namespace vitrine::session
