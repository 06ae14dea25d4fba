// The model of the screen coder, shared by both directions: what is predicted, in which context each decision is coded,
// and how the state learns. SCREEN_CODER.md explains it. code_row() is instantiated once for the encoder, where `cur`
// holds the row, and once for the decoder, where it is filled in; so the two cannot drift apart.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

#include "codec/picture.h"
#include "codec/range_coder.h"
#include "protocol/base/geometry.h"

namespace vitrine::codec {

// A colour last seen in a context, and how often in a row it was right there (or has been wrong: 0).
struct ColourGuess {
  uint32_t bits = 0;  // colour | right << 24

  [[nodiscard]] uint32_t colour() const { return bits & kColourMask; }
  [[nodiscard]] int right() const { return static_cast<int>(bits >> 24); }
};

inline constexpr int kWideBits = 14;    // guesses by ten neighbours: 64 KiB
inline constexpr int kNarrowBits = 12;  // guesses by four neighbours: 16 KiB
inline constexpr int kCacheColours = 16;
inline constexpr int kRowMargin = 4;  // pixels beside the area that contexts may look at

struct ScreenModel {
  std::array<ColourGuess, 1 << kWideBits> wide;
  std::array<ColourGuess, 1 << kNarrowBits> narrow;
  std::array<uint32_t, kCacheColours> cache;  // most recently missed colour first

  BitModel run_whole[16][4];
  BitModel run_length[16][64];
  BitModel wide_right[8][8][16];
  BitModel narrow_right[8][8][4];
  BitModel west[16], north[16];
  BitModel cached[4];
  BitModel cache_index[kCacheColours];
  BitModel literal_grey[2];
  BitModel literal_green[256];
  BitModel literal_other[2][256];

  void reset();
  // Differs, very likely, when the states of two models differ.
  [[nodiscard]] uint32_t checksum() const;
};

// The three rows contexts look at, 24-bit colours, each with kRowMargin pixels beside the area.
class RowWindow {
 public:
  // Loads what both sides hold above and beside `area`.
  void start(const PictureView& held, const Rect& area);
  // The next row: its margins come from the held picture, its pixels from `source` (encoder) or are left to be filled.
  void load(const PictureView& held, const Rect& area, int y, const uint32_t* source);
  // Call when the row is complete.
  void advance();

  [[nodiscard]] size_t memory_bytes() const { return storage_.capacity() * sizeof(uint32_t); }

  uint32_t* cur() { return rows_[2] + kRowMargin; }
  [[nodiscard]] const uint32_t* north() const { return rows_[1] + kRowMargin; }
  [[nodiscard]] const uint32_t* north2() const { return rows_[0] + kRowMargin; }

 private:
  void load_outside(const PictureView& held, const Rect& area, int y, uint32_t* row, bool middle);

  std::vector<uint32_t> storage_;
  uint32_t* rows_[3] = {};
  int right_known_ = 0;  // columns right of the area that the picture has
  int width_ = 0;
};

// How many of `count` pixels from `pixels` on equal `colour`, counted to the first that does not.
inline int equal_run(const uint32_t* pixels, int count, uint32_t colour) {
  const uint64_t pair = uint64_t{colour} << 32 | colour;
  int i = 0;
  for (; i + 4 <= count; i += 4) {
    uint64_t a, b;
    std::memcpy(&a, pixels + i, 8);
    std::memcpy(&b, pixels + i + 2, 8);
    if (((a ^ pair) | (b ^ pair)) != 0) break;
  }
  while (i < count && pixels[i] == colour) ++i;
  return i;
}

template <class Coder>
class RowCoder {
 public:
  RowCoder(ScreenModel& model, Coder& coder) : m_(model), coder_(coder) {}

  // Codes `width` pixels of `cur`; `n` and `nn` are the rows above. All may be read kRowMargin pixels to both sides.
  void code_row(const uint32_t* nn, const uint32_t* n, uint32_t* cur, int width) {
    int x = 0;
    while (x < width) {
      const uint32_t west = cur[x - 1];
      uint32_t excluded = kNothing;
      if (west == n[x] && west == n[x - 1] && west == n[x + 1]) {
        const int extent = 1 + equal_run(n + x + 2, width - x - 1, west);
        const int length = code_run(cur + x, extent, west, nn[x] == west && cur[x - 2] == west);
        x += length;
        if (length == extent) continue;
        excluded = west;
      }
      code_pixel(nn + x, n + x, cur + x, excluded);
      ++x;
    }
  }

 private:
  static constexpr uint32_t kNothing = 0xffffffff;

  bool bit(BitModel& model, bool value) { return coder_.code(model, value); }

  // Pixels equal to `colour`, at most `extent`; fewer mean that the next one differs.
  int code_run(uint32_t* cur, int extent, uint32_t colour, bool calm) {
    int length = 0;
    if constexpr (!Coder::kDecodes) length = equal_run(cur, extent, colour);
    const int size = std::bit_width(static_cast<unsigned>(extent));
    const int context = size > 15 ? 15 : size;
    if (bit(m_.run_whole[context][calm], length == extent)) {
      length = extent;
    } else if (extent > 1) {
      length = code_length(context, length, extent);
    }
    if constexpr (Coder::kDecodes) std::fill_n(cur, length, colour);
    return length;
  }

  // 0 <= length < extent: how many bits it has, then those below the first, highest one modelled.
  int code_length(int context, int length, int extent) {
    BitModel* const models = m_.run_length[context];
    const int size = std::bit_width(static_cast<unsigned>(length));
    const int largest = std::bit_width(static_cast<unsigned>(extent - 1));
    int coded = 0;
    while (coded < largest && !bit(models[coded], coded == size)) ++coded;
    if (coded <= 1) return coded;
    int value = 1;
    for (int i = coded - 2; i >= 0; --i)
      value = value * 2 + bit(models[16 + coded * 3 + (i == coded - 2 ? 0 : 1)], length >> i & 1);
    return value < extent ? value : extent - 1;
  }

  static uint32_t mix(uint32_t hash, uint32_t colour) { return (hash ^ colour) * 0x9e3779b1u; }

  void code_pixel(const uint32_t* nn, const uint32_t* n, uint32_t* cur, uint32_t excluded) {
    const uint32_t w = cur[-1];
    uint32_t hash = std::rotl(mix(mix(mix(mix(0x1234567, w), n[0]), n[-1]), n[1]), 15);
    ColourGuess& narrow = m_.narrow[hash >> (32 - kNarrowBits)];
    hash = mix(mix(mix(hash, cur[-2]), n[2]), n[-2]);
    hash = mix(mix(mix(hash, nn[0]), nn[1]), nn[-1]);
    ColourGuess& wide = m_.wide[hash >> (32 - kWideBits)];
    const uint32_t colour = code_colour(wide, narrow, w, n[0], *cur, excluded);
    if constexpr (Coder::kDecodes) *cur = colour;
    learn(wide, colour);
    learn(narrow, colour);
  }

  static void learn(ColourGuess& guess, uint32_t colour) {
    if (guess.colour() != colour) {
      guess.bits = colour;
    } else if (guess.right() < 255) {
      guess.bits += 1u << 24;
    }
  }

  static int trust(const ColourGuess& guess) {
    const int size = std::bit_width(static_cast<unsigned>(guess.right()));
    return size > 7 ? 7 : size;
  }

  uint32_t code_colour(const ColourGuess& wide, const ColourGuess& narrow, uint32_t w, uint32_t n, uint32_t actual,
                       uint32_t excluded) {
    const int wide_trust = trust(wide);
    const int narrow_trust = trust(narrow);
    const uint32_t first = wide.colour();
    const uint32_t second = narrow.colour();
    const int place = (first == w) | (first == n) << 1 | (first == second) << 2 | (excluded != kNothing) << 3;
    if (first != excluded && bit(m_.wide_right[wide_trust][narrow_trust][place], actual == first)) return first;
    if (second != first && second != excluded &&
        bit(m_.narrow_right[narrow_trust][wide_trust][(second == w) | (second == n) << 1], actual == second)) {
      return second;
    }
    const int state = (first == n) | (second == n) << 1 | (w == n) << 2;
    if (w != first && w != second && w != excluded && bit(m_.west[state], actual == w)) return w;
    if (n != first && n != second && n != w && n != excluded && bit(m_.north[state], actual == n)) return n;
    return code_rare(n, actual);
  }

  uint32_t code_rare(uint32_t n, uint32_t actual) {
    int index = 0;
    if constexpr (!Coder::kDecodes) {
      while (index < kCacheColours && m_.cache[index] != actual) ++index;
    }
    uint32_t colour = 0;
    if (bit(m_.cached[0], index < kCacheColours)) {
      int i = 0;
      while (i < kCacheColours - 1 && !bit(m_.cache_index[i], i == index)) ++i;
      index = i;
      colour = m_.cache[index];
    } else {
      index = kCacheColours - 1;
      colour = code_literal(n, actual);
    }
    std::memmove(&m_.cache[1], &m_.cache[0], static_cast<size_t>(index) * sizeof(uint32_t));
    m_.cache[0] = colour;
    return colour;
  }

  int code_byte(BitModel* tree, int value) {
    unsigned node = 1;
    for (int i = 7; i >= 0; --i) node = node * 2 + bit(tree[node], value >> i & 1);
    return static_cast<int>(node & 255);
  }

  // Green against the pixel above, red and blue as their differences' differences: all zero for greys.
  uint32_t code_literal(uint32_t n, uint32_t actual) {
    const int dg = static_cast<int>((actual >> 8) - (n >> 8)) & 255;
    const int dr = static_cast<int>((actual >> 16) - (n >> 16)) & 255;
    const int db = static_cast<int>(actual - n) & 255;
    const int green = code_byte(m_.literal_green, dg);
    const bool grey = bit(m_.literal_grey[0], dr == dg && db == dg);
    int red = green;
    int blue = green;
    if (!grey) {
      red = (code_byte(m_.literal_other[0], (dr - dg) & 255) + green) & 255;
      blue = (code_byte(m_.literal_other[1], (db - dg) & 255) + green) & 255;
    }
    const uint32_t r = ((n >> 16) + static_cast<uint32_t>(red)) & 255;
    const uint32_t g = ((n >> 8) + static_cast<uint32_t>(green)) & 255;
    const uint32_t b = (n + static_cast<uint32_t>(blue)) & 255;
    return r << 16 | g << 8 | b;
  }

  ScreenModel& m_;
  Coder& coder_;
};

}  // namespace vitrine::codec
