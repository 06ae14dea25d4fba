#include "codec/enc_restless.h"

#include <utility>

namespace vitrine::codec {
namespace {

// So many changes without a motion make a film, each within this time of the one before.
constexpr uint8_t kFruitless = 4;
constexpr uint32_t kPauseMs = 300;
// A film's cells are looked at with every so manieth change: half a second at 30 pictures a second.
constexpr uint8_t kLookAgain = 16;
static_assert(256 % kLookAgain == 0 && kFruitless < kLookAgain);

}  // namespace

RestlessCells::RestlessCells(const CellGrid& grid)
    : grid_(grid), fruitless_(index(0, grid.rows()), 0), changed_ms_(fruitless_.size(), 0) {}

TileSet RestlessCells::worth_searching(const TileSet& changed, const TileSet& natural, Micros now) {
  const auto now_ms = static_cast<uint32_t>(now / kMillisecond);
  TileSet worth = changed;
  changed.for_each([&](int x, int y) {
    const size_t cell = index(x, y);
    if (now_ms - std::exchange(changed_ms_[cell], now_ms) > kPauseMs) fruitless_[cell] = 0;
    const uint8_t fruitless = fruitless_[cell];
    if (fruitless >= kFruitless && fruitless % kLookAgain != 0 && natural.test(x, y)) worth.erase(x, y);
  });
  return worth;
}

void RestlessCells::note(const TileSet& changed, std::span<const Motion> motions) {
  TileSet moved(grid_);
  for (const Motion& motion : motions) {
    for (const Rect& area : motion.areas) moved.insert(grid_.cells_of(area));
  }
  changed.for_each([&](int x, int y) {
    uint8_t& fruitless = fruitless_[index(x, y)];
    if (moved.test(x, y)) {
      fruitless = 0;
    } else {
      fruitless = fruitless == UINT8_MAX ? kLookAgain : static_cast<uint8_t>(fruitless + 1);
    }
  });
}

}  // namespace vitrine::codec
