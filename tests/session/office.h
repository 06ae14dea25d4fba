// A desktop in use, for measurements in virtual time: a film, a program that answers keys with a square of a new
// colour, and what a person at one of the pages feels of it.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include "tests/session/film_scene.h"
#include "tests/session/world.h"

namespace vitrine::session {

// Values of which shares are asked.
class Sample {
 public:
  void add(Micros value) { values_.push_back(value); }
  [[nodiscard]] size_t count() const { return values_.size(); }
  [[nodiscard]] const std::vector<Micros>& values() const { return values_; }
  // The least value that `share` of them do not pass; kNever of none.
  [[nodiscard]] Micros quantile(double share) const {
    if (values_.empty()) return kNever;
    std::vector<Micros> sorted = values_;
    std::ranges::sort(sorted);
    return sorted[static_cast<size_t>(std::ceil(share * static_cast<double>(sorted.size()))) - 1];
  }

 private:
  std::vector<Micros> values_;
};

// What one page feels. The age of a picture is the time since the newest update it shows was captured.
struct Felt {
  Sample keys;  // from the key to the pixels of its answer
  Micros oldest_picture = 0;
  uint64_t bytes = 0;
  double queue_p95_ms = 0;
  double standing_queue_p95_ms = 0;
};

// Where things are. Without a scene the film is waves with fresh grain, the worst there is for any coder.
struct OfficeRoom {
  Size screen{640, 480};
  Rect film{0, 0, 480, 272};
  Rect answer{600, 400, 16, 16};
  bool scene = false;
};
// A film of 1280x720 by the real coder.
inline constexpr OfficeRoom kCinema{{1360, 720}, {0, 0, 1280, 720}, {1312, 400, 16, 16}, true};

class Office {
 public:
  explicit Office(uint64_t seed = 1, const OfficeRoom& room = {}) : world(room.screen, seed), room_(room) {
    if (room.scene) scene_.emplace(Size{room.film.width, room.film.height});
  }

  World world;
  bool film = false;           // 30 pictures a second of something that moves
  bool typing = false;         // about six keys a second, at the first page
  Micros step = kMillisecond;  // how exactly times are known
  Micros program_takes = 0;    // from a key to its answer on the screen

  VirtualPage& open(const LinkConditions& link) {
    pages_.push_back(&world.open_page(room_.screen, link));
    return *pages_.back();
  }
  // A photograph comes up, all at once.
  void show_photo(const Rect& area) {
    paint(area, static_cast<int>(world.random(1000)), 24);
    world.desktop.touch();
  }

  // Lets time pass and says what this page felt meanwhile.
  Felt run(VirtualPage& page, Micros duration) {
    LinkModel& down = world.network_of(page).down();
    down.queue_delays().clear();
    down.standing_queue().clear();
    const uint64_t bytes_before = down.delivered_bytes();
    Felt felt;
    const Micros end = world.now() + duration;
    while (world.now() < end) {
      act();
      world.run(step);
      answer();
      look(felt);
      felt.oldest_picture = std::max(felt.oldest_picture, world.now() - page.shown_capture());
    }
    felt.bytes = down.delivered_bytes() - bytes_before;
    felt.queue_p95_ms = down.queue_delays().percentile_ms(0.95);
    felt.standing_queue_p95_ms = down.standing_queue().intervals().percentile_ms(0.95);
    return felt;
  }
  [[nodiscard]] Micros newest_film() const { return film_at_; }

 private:
  void act() {
    if (film && world.now() >= next_film_) {
      next_film_ = world.now() + kSecond / 30;
      film_at_ = world.now();
      ++film_number_;
      if (scene_) {
        scene_->draw(film_number_, world.desktop.screen.pixels(), room_.film);
        world.desktop.screen.damage(room_.film);
      } else {
        paint(room_.film, film_number_ * 5, 12);
      }
      world.desktop.touch();
    }
    if (typing && !waiting_ && world.now() >= next_key_ && pages_.front()->connected()) {
      next_key_ = world.now() + (100 + world.random(140)) * kMillisecond;
      typed_before_ = world.desktop.hands.typed.size();
      waiting_ = world.now();
      answered_ = false;
      pages_.front()->type("a");
    }
  }
  // The program's part.
  void answer() {
    if (!waiting_ || answered_ || world.desktop.hands.typed.size() == typed_before_) return;
    if (!injected_) injected_ = world.now();
    if (world.now() - *injected_ < program_takes) return;
    injected_.reset();
    answered_ = true;
    colour_ = (colour_ + 0x35719b) & 0xffffff;
    world.desktop.screen.fill(room_.answer, colour_);
    world.desktop.touch();
  }
  void look(Felt& felt) {
    if (!waiting_ || !answered_ || pages_.front()->pixel(room_.answer.x, room_.answer.y) != colour_) return;
    felt.keys.add(world.now() - *waiting_);
    waiting_.reset();
  }
  // Natural: soft waves with a grain that changes with every picture.
  void paint(const Rect& area, int phase, uint32_t grain) {
    agent::MemoryScreen& screen = world.desktop.screen;
    for (int y = area.y; y < area.bottom(); ++y) {
      uint32_t* const row = screen.pixels().row(y);
      for (int x = area.x; x < area.right(); ++x) {
        grain_ = grain_ * 1664525 + 1013904223;
        const uint32_t noise = (grain_ >> 24) % grain;
        const auto wave =
            static_cast<uint32_t>(96 + 60 * kWave[(x + phase) & 63] / 64 + 60 * kWave[(y * 2 + phase) & 63] / 64);
        row[x] = (wave + noise) << 16 | (wave / 2 + noise) << 8 | (255 - wave - noise / 2);
      }
    }
    screen.damage(area);
  }

  static constexpr auto kWave = [] {
    std::array<int, 64> wave{};
    for (int i = 0; i < 64; ++i) wave[static_cast<size_t>(i)] = i < 32 ? i * 4 - 64 : 64 - (i - 32) * 4;
    return wave;
  }();

  OfficeRoom room_;
  std::optional<FilmScene> scene_;
  std::vector<VirtualPage*> pages_;
  uint32_t grain_ = 1;
  int film_number_ = 0;
  Micros film_at_ = 0;
  Micros next_film_ = 0;
  Micros next_key_ = 0;
  std::optional<Micros> waiting_;   // since when for the answer to a key
  std::optional<Micros> injected_;  // when the program got it
  bool answered_ = false;
  size_t typed_before_ = 0;
  uint32_t colour_ = 0x123456;
};

}  // namespace vitrine::session
