// Writes a short recording of a made-up screen: a page of text-like marks that scrolls, a window that moves, a noisy
// picture, a still end. Small enough to put every benchmark through in a second, so that none of them rots.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>

#include "bench/codec/frames.h"

namespace vitrine::codec {
namespace {

constexpr uint32_t kPaper = 0xfafafa;
constexpr uint32_t kInk = 0x202428;
constexpr int kLetterWidth = 7;
constexpr int kLineHeight = 14;
constexpr int kFrames = 8;
constexpr int kStillFrames = 2;

void fill(Picture& picture, const Rect& area, uint32_t colour) {
  const Rect inside = intersect(area, picture.bounds());
  for (int y = inside.y; y < inside.bottom(); ++y) std::fill_n(picture.row(y) + inside.x, inside.width, colour);
}

// Each letter is four strokes that its place decides; every fifth place is a space.
void draw_text(Picture& picture, int scrolled) {
  fill(picture, picture.bounds(), kPaper);
  for (int line = scrolled / kLineHeight; line * kLineHeight - scrolled < picture.height(); ++line) {
    std::minstd_rand random(static_cast<unsigned>(line + 1));
    for (int x = 8; x + kLetterWidth < picture.width(); x += kLetterWidth) {
      const auto letter = static_cast<unsigned>(random());
      if (letter % 5 == 0) continue;
      const int y = line * kLineHeight - scrolled + 3;
      for (int stroke = 0; stroke < 4; ++stroke) {
        const int along = static_cast<int>(letter >> (stroke * 3) & 3);
        fill(picture, stroke % 2 == 0 ? Rect{x + along, y, 1, 9} : Rect{x, y + 2 * along, 5, 1}, kInk);
      }
    }
  }
}

void draw_noise(Picture& picture, const Rect& area) {
  std::minstd_rand random(5);
  for (int y = area.y; y < area.bottom(); ++y) {
    for (int x = area.x; x < area.right(); ++x) {
      const auto light = static_cast<uint32_t>(100 + (x - area.x) / 2 + static_cast<int>(random() % 16));
      picture.row(y)[x] = light << 16 | (light + 20) << 8 | (light / 2);
    }
  }
}

void draw(Picture& picture, int number) {
  const int step = std::min(number, kFrames - kStillFrames);
  draw_text(picture, 5 * step);
  const Rect photo = intersect({picture.width() / 4, picture.height() / 4, 224, 160}, picture.bounds());
  if (step >= 2) draw_noise(picture, photo);
  fill(picture, {10 + 9 * step, 20 + 4 * step, 100, 60}, 0x3b5878);
  fill(picture, {12 + 9 * step, 34 + 4 * step, 96, 44}, 0xffffff);
}

bool write(const std::string& path, Size size) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  Picture picture(size);
  for (int number = 0; number < kFrames; ++number) {
    draw(picture, number);
    out.write(reinterpret_cast<const char*>(picture.row(0)), static_cast<std::streamsize>(picture.bounds().area() * 4));
  }
  out.close();
  return static_cast<bool>(out);
}

}  // namespace
}  // namespace vitrine::codec

int main(int argc, char** argv) {
  using namespace vitrine::codec;
  std::string path;
  std::string size = "480x320";
  CLI::App app("Writes a short made-up recording");
  app.add_option("file", path, "what to write")->required();
  app.add_option("--size", size, "WIDTHxHEIGHT of the frames");
  CLI11_PARSE(app, argc, argv);
  const auto parsed = parse_size(size);
  if (!parsed.ok() || !write(path, parsed.value())) {
    std::fprintf(stderr, "%s\n", parsed.ok() ? (path + ": cannot be written").c_str() : parsed.error().message.c_str());
    return 1;
  }
  return 0;
}
