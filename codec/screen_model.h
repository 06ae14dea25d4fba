// The model of the screen coder, shared by both directions: what is predicted, in which context each decision is coded,
// and how the state learns. SCREEN_CODER.md explains it. code_row() is instantiated once for the encoder, where `cur`
// holds the row, and once for the decoder, where it is filled in; so the two cannot drift apart.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "codec/colour_line.h"
#include "codec/equal_run.h"
#include "codec/nibble_model.h"
#include "codec/picture.h"
#include "codec/range_coder.h"
#include "protocol/base/geometry.h"

namespace vitrine::codec {

// A colour last seen in a context: colour | check << 24 | times it was right in a row (at most 7) << 29. The check
// bits are of the context's hash; a slot of another context gives no guess.
struct ColourGuess {
  uint32_t bits = 0;
};

// Contexts of guesses, the widest first: 17, 12, 4 and 2 causal neighbours.
inline constexpr int kOrders = 4;
inline constexpr int kGuessBits[kOrders] = {17, 17, 16, 12};
inline constexpr int kRightMax = 7;
// The context of what the widest order is not sure of: most of a letter.
inline constexpr int kTallBits = 16;
inline constexpr int kRowsAbove = 4;
// How often in a row the widest order was right when nothing else is asked.
inline constexpr uint32_t kSureFrom = 2;
// Shorter runs lie inside of letters and say nothing about others.
inline constexpr int kLongRun = 7;

// Pixels beside the area that contexts and the search for the end of a run may look at.
inline constexpr int kRowMargin = 8;
static_assert(kRowMargin > kEqualRunMargin);

// The trees of one literal byte, each chosen by what is known: one value, another, and the upper halves of two.
// A byte is two nibbles.
struct LiteralTrees {
  NibbleModel upper[3][256];
  NibbleModel lower[3][256][16];
};

// How long the last run was behind something of this shape (what lies on its left), and which colour broke it: the gap
// inside a letter, and often the one to the next.
struct GapGuess {
  uint32_t colour = 0;  // | check << 24
  uint16_t length = 0;  // kGapUnbroken: as long as the row above allowed
  uint16_t right = 0;   // how often, at most kRightMax; 0 in a fresh slot
};
inline constexpr int kGapBits = 13;
inline constexpr uint16_t kGapUnbroken = 0xffff;
// How much of what lies on the left is its shape: wider ones were no better.
inline constexpr int kShapeColumns = 5;
inline constexpr int kGapTrusts = 4;

struct ScreenModel {
  ColourGuess guesses0[1 << kGuessBits[0]];
  ColourGuess guesses1[1 << kGuessBits[1]];
  ColourGuess guesses2[1 << kGuessBits[2]];
  ColourGuess guesses3[1 << kGuessBits[3]];
  ColourGuess tall[1 << kTallBits];
  GapGuess gaps[1 << kGapBits];

  BitModel run_whole[3 * kGapTrusts][16][32];
  BitModel gap_length[kGapTrusts][8];
  BitModel gap_colour[kGapTrusts];
  BitModel run_length[16][64];
  BitModel tall_right[kRightMax + 1][16][8];
  BitModel guess_right[kOrders][kRightMax + 1][16][8];
  SureModel sure_right[kRightMax + 1][2];
  BitModel west[1024], north[1024];
  BitModel literal_near[32];
  NibbleModel literal_delta[3][256];
  BitModel literal_grey[8];
  LiteralTrees grey, red, green, blue;
  NibbleModel line_green[8][ColourLine::kReaches];
  NibbleModel line_blue[kNibbleSymbols][4][ColourLine::kReaches];
  uint32_t ink = 0;           // the strongest colour that was drawn with last
  uint32_t line_history = 0;  // whether colours were off their lines, the last one in bit 0
  uint32_t near_history = 0;
  uint32_t grey_history = 0;

  ScreenModel();
  void reset();
  // Differs, very likely, when the states of two models differ.
  [[nodiscard]] uint32_t checksum() const;
};

using RowsAbove = std::array<const uint32_t*, kRowsAbove>;

// The row being coded and those above it that contexts look at, 24-bit colours, each with kRowMargin pixels beside the
// area.
class RowWindow {
 public:
  // Loads what both sides hold above and beside `area`.
  void start(const PictureView& held, const Rect& area);
  // The next row: its margins come from the held picture, its pixels from `source` (encoder) or are left to be filled.
  void load(const PictureView& held, const Rect& area, int y, const uint32_t* source);
  // Call when the row is complete.
  void advance();

  [[nodiscard]] size_t memory_bytes() const { return storage_.capacity() * sizeof(uint32_t); }

  uint32_t* cur() { return rows_[0] + kRowMargin; }
  // The rows above, the nearest first.
  [[nodiscard]] RowsAbove above() const {
    RowsAbove rows;
    for (size_t i = 0; i < kRowsAbove; ++i) rows[i] = rows_[i + 1] + kRowMargin;
    return rows;
  }

 private:
  void load_outside(const PictureView& held, const Rect& area, int y, uint32_t* row, bool middle);

  std::vector<uint32_t> storage_;
  std::array<uint32_t*, kRowsAbove + 1> rows_{};  // the one being coded, then upwards
  int right_known_ = 0;                           // columns right of the area that the picture has
  int width_ = 0;
};

template <class Coder>
class RowCoder {
 public:
  RowCoder(ScreenModel& model, Coder& coder) : m_(model), coder_(coder) {}

  // Codes `width` pixels of `cur`. All rows may be read kRowMargin pixels to both sides.
  // A function of its own on purpose: a browser swaps in optimised code when a function is called, not while it runs.
  [[gnu::noinline]] void code_row(const RowsAbove& above, uint32_t* cur, int width) {
    above_ = above;
    const uint32_t* const n = above[0];
    const uint32_t* const nn = above[1];
    int known = -1;  // the pixel that surroundings_ belong to
    for (int x = 0; x < width;) {
      if (begins_run(n + x, cur[x - 1])) {
        x += code_run(nn + x, n + x, cur + x, width - x);
        continue;
      }
      if (known != x) around_ = Surroundings(nn + x, n + x, cur + x);
      x = code_sure(nn, n, cur, x, width);
      known = x;
    }
  }

 private:
  static constexpr uint32_t kNothing = 0xffffffff;

  bool bit(BitModel& model, bool value) { return coder_.code(model, value); }

  static bool begins_run(const uint32_t* n, uint32_t west) {
    return ((west ^ n[0]) | (west ^ n[-1]) | (west ^ n[1])) == 0;
  }

  // What lies around a pixel, in hashes that can be cut: nine bits for each of seven columns of the two rows above, the
  // last in the low bits, and 21 for each of three pixels on the left.
  struct Surroundings {
    uint64_t columns = 0;
    uint64_t left = 0;

    Surroundings() = default;
    Surroundings(const uint32_t* nn, const uint32_t* n, const uint32_t* cur) {
      for (int x = -7; x < 0; ++x) add_column(nn[x + 4], n[x + 4]);
      for (int x = -3; x < 0; ++x) add_left(cur[x]);
    }
    // From the pixel at these places of the rows above, which has this colour, to the next.
    void advance(const uint32_t* nn, const uint32_t* n, uint32_t colour) {
      add_column(nn[4], n[4]);
      add_left(colour);
    }
    // The high half of a product depends on every bit of what is multiplied.
    [[nodiscard]] uint32_t wide() const {
      return static_cast<uint32_t>((columns * 0x45ebca6b2f3d27d5u + left * 0x9e3779b97f4a7c15u) >> 32);
    }
    // Without the outer columns and the third pixel.
    [[nodiscard]] uint32_t narrow() const {
      const uint64_t inner = columns >> 9 << 19;
      return static_cast<uint32_t>((inner * 0x165667b19e3779f9u + (left << 22) * 0x58f38dedcc9e2d51u) >> 32);
    }

   private:
    void add_column(uint32_t nn, uint32_t n) {
      columns = columns << 9 | (uint64_t{n} * 0x64d268f3c4ceb9feu + uint64_t{nn} * 0x6c8e9cf570932bd5u) >> 55;
    }
    void add_left(uint32_t colour) { left = left << 21 | uint64_t{colour} * 0x45ebca6b2f3d27d5u >> 43; }
  };

  // The common case in a tight loop: the widest context has been right before, and is again. Narrower ones learn
  // nothing from it. The first pixel for which that is not so is coded otherwise. Answers the next pixel.
  [[gnu::always_inline]] int code_sure(const uint32_t* nn, const uint32_t* n, uint32_t* cur, int x, int width) {
    Surroundings around = around_;
    typename Coder::Ones ones(coder_);
    uint32_t next = around.wide();
    uint32_t next_narrow = around.narrow();
    do {
      const uint32_t hash = next;
      const uint32_t narrow = next_narrow;
      if constexpr (!Coder::kDecodes) {
        // The encoder knows the next pixel's surroundings already: its slot is fetched while this pixel is coded.
        around.advance(nn + x, n + x, cur[x]);
        next = around.wide();
        next_narrow = around.narrow();
        __builtin_prefetch(&m_.guesses0[next >> (32 - kGuessBits[0])]);
        __builtin_prefetch(&m_.guesses1[next_narrow >> (32 - kGuessBits[1])]);
      }
      ColourGuess& slot = m_.guesses0[hash >> (32 - kGuessBits[0])];
      const uint32_t bits = slot.bits;
      const uint32_t colour = bits & kColourMask;
      const bool sure = is_sure(bits, hash);
      SureModel& model = m_.sure_right[bits >> 29][colour == n[x]];
      if (!sure || (!Coder::kDecodes && cur[x] != colour) || !ones.code(model.p)) {
        ones.finish();
        if (sure) {
          coder_.code_with(model.p, false);
          model.adapt_to_zero();
        }
        code_unsure(hash, narrow, nn + x, n + x, cur + x, kNothing, sure);
        if constexpr (Coder::kDecodes) around.advance(nn + x, n + x, cur[x]);
        around_ = around;
        return x + 1;
      }
      model.adapt_to_one();
      slot.bits = bits + (static_cast<uint32_t>(bits >> 29 < kRightMax) << 29);
      if constexpr (Coder::kDecodes) {
        cur[x] = colour;
        around.advance(nn + x, n + x, colour);
        next = around.wide();
        next_narrow = around.narrow();
      }
      ++x;
    } while (x < width && !begins_run(n + x, cur[x - 1]));
    ones.finish();
    around_ = around;
    return x;
  }

  static bool is_sure(uint32_t bits, uint32_t hash) {
    return (((bits >> 24 ^ hash) & 31) == 0) & (bits >> 29 >= kSureFrom);
  }

  // What is expected of a run before it is coded.
  struct Outlook {
    GapGuess* gap;
    uint32_t check;  // in place, << 24
    bool known;
    int trust;    // of kGapTrusts
    bool breaks;  // before the row above lets it end, after the length of `gap`
  };

  Outlook look_out(const uint32_t* nn, const uint32_t* n, const uint32_t* cur, int extent) {
    uint64_t sum = 0;
    for (int x = -kShapeColumns; x < 0; ++x) {
      sum = sum * 0x2127599bf4325c37u + cur[x] + uint64_t{n[x]} * 0x165667b19e3779f9u +
            uint64_t{nn[x]} * 0x58f38dedcc9e2d51u;
    }
    const uint32_t hash = finish_hash(sum);
    GapGuess* const gap = &m_.gaps[hash >> (32 - kGapBits)];
    const uint32_t check = (hash & 255) << 24;
    const bool known = (gap->colour & ~kColourMask) == check && gap->right > 0;
    const int trust = known ? std::min<int>(gap->right, kGapTrusts) - 1 : 0;
    return {gap, check, known, trust, known && gap->length < extent};
  }

  static void learn_gap(const Outlook& outlook, uint16_t length, uint32_t colour) {
    GapGuess& gap = *outlook.gap;
    const bool right = outlook.known && gap.length == length;
    if (!right && gap.right > 2) {
      gap.right /= 2;  // as with colours, what was right is worn down first
      return;
    }
    const int before = right ? gap.right : 0;
    gap = {colour | outlook.check, length, static_cast<uint16_t>(std::min(before + 1, kRightMax))};
  }

  // Pixels equal to the one on the left, as far as the row above keeps its colour, at most `left`; where there are
  // fewer, with the one that differs. Answers how many pixels that were. Where the row two above was of that colour
  // too, and where the run's ends look alike, it is rarely broken; where one of this row was, letters begin.
  [[gnu::noinline]] int code_run(const uint32_t* nn, const uint32_t* n, uint32_t* cur, int left) {
    const uint32_t colour = cur[-1];
    const int extent = 1 + equal_run(n + 2, left - 1, colour);
    const int calm = (nn[0] == colour && cur[-2] == colour) | (nn[extent - 1] == colour) << 1 |
                     (nn[extent / 2] == colour) << 2 | (n[extent] == n[-2]) << 3 | (nn[extent] == colour) << 4;
    const Outlook outlook = look_out(nn, n, cur, extent);
    const int expected = outlook.known ? (outlook.breaks ? 1 : 2) * kGapTrusts + outlook.trust : broken_lately_;
    int length = 0;
    if constexpr (!Coder::kDecodes) length = equal_run(cur, extent, colour);
    const int size = std::bit_width(static_cast<unsigned>(extent));
    const int context = size > 15 ? 15 : size;
    const bool whole = bit(m_.run_whole[expected][context][calm], length == extent);
    if (extent >= kLongRun) broken_lately_ = broken_lately_ >> 1 | (whole ? 0 : 2);
    if (whole) {
      if constexpr (Coder::kDecodes) std::fill_n(cur, extent, colour);
      const bool says_more = outlook.known && !outlook.breaks && outlook.gap->length != kGapUnbroken;
      if (!says_more) learn_gap(outlook, kGapUnbroken, 0);
      return extent;
    }
    const int gap = outlook.gap->length;
    const bool expectedly = outlook.breaks && bit(m_.gap_length[outlook.trust][std::min(size, 7)], length == gap);
    if (expectedly) {
      length = gap;
    } else if (extent > 1) {
      length = code_length(context, length, extent);
    }
    if constexpr (Coder::kDecodes) std::fill_n(cur, length, colour);
    code_break(nn + length, n + length, cur + length, outlook, expectedly);
    learn_gap(outlook, static_cast<uint16_t>(std::min<int>(length, kGapUnbroken - 1)), cur[length]);
    return length + 1;
  }

  // The pixel that ends a run, of another colour than that: the one that ended the last such run, where it ends as that
  // did.
  void code_break(const uint32_t* nn, const uint32_t* n, uint32_t* cur, const Outlook& outlook, bool expectedly) {
    const uint32_t colour = cur[-1];
    const uint32_t guess = outlook.gap->colour & kColourMask;
    if (expectedly && guess != colour && bit(m_.gap_colour[outlook.trust], *cur == guess)) {
      if constexpr (Coder::kDecodes) *cur = guess;
      return;
    }
    const Surroundings around(nn, n, cur);
    code_unsure(around.wide(), around.narrow(), nn, n, cur, colour, false);
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

  // A slot of a table of guesses, and what it says about this context.
  struct Guess {
    ColourGuess* slot;
    uint32_t check;   // in place, << 24
    uint32_t colour;  // kNothing when the slot holds another context
    uint32_t right;
  };

  template <int kBits>
  static Guess find(ColourGuess (&table)[1 << kBits], uint32_t hash) {
    ColourGuess* const slot = &table[hash >> (32 - kBits)];
    const uint32_t check = (hash & 31) << 24;
    const uint32_t bits = slot->bits;
    const bool same = ((bits ^ check) & 31u << 24) == 0;  // often wrong to predict: selected, not branched on
    return {slot, check, same ? bits & kColourMask : kNothing, same ? bits >> 29 : 0};
  }

  // By masks, since branches here are often wrong to predict.
  // A slot that another context has proved right is worn down before it is taken: contexts that come once (photographs,
  // new text) do not wipe out what will return.
  static void learn(const Guess& guess, uint32_t colour) {
    const uint32_t bits = guess.slot->bits;
    const uint32_t right = bits >> 29;
    if (guess.colour == colour) {
      guess.slot->bits = bits + (static_cast<uint32_t>(right < kRightMax) << 29);
    } else if (guess.colour == kNothing && right > 1) {
      guess.slot->bits = bits - (1u << 29);
    } else {
      guess.slot->bits = colour | guess.check;
    }
  }
  static uint32_t all_ones_if(bool condition) { return 0 - static_cast<uint32_t>(condition); }

  static uint32_t finish_hash(uint64_t sum) {
    return static_cast<uint32_t>((sum ^ sum >> 29) * 0x9e3779b97f4a7c15u >> 32);
  }
  static uint64_t sum_two(const uint32_t* n, const uint32_t* cur) {
    return uint64_t{cur[-1]} * 0x4c957f2d85ebca6bu + uint64_t{n[0]} * 0x5851f42dc2b2ae35u;
  }
  static uint32_t hash_two(const uint32_t* n, const uint32_t* cur) { return finish_hash(sum_two(n, cur)); }
  static uint32_t hash_four(const uint32_t* n, const uint32_t* cur) {
    return finish_hash(sum_two(n, cur) + uint64_t{n[-1]} * 0x2127599bf4325c37u + uint64_t{n[1]} * 0x165667b19e3779f9u);
  }
  static uint64_t two_pixels(const uint32_t* at) {
    uint64_t pair;
    std::memcpy(&pair, at, sizeof(pair));
    return pair;
  }
  // Fourteen columns of the rows above and eight pixels on the left.
  [[nodiscard]] uint32_t hash_tall(const uint32_t* n, const uint32_t* cur) const {
    constexpr int kLeft = 6;
    constexpr int kPairs = 7;
    static_assert(2 * kPairs - kLeft <= kRowMargin);
    constexpr uint64_t kFactor = 0x9e3779b97f4a7c15u;
    const std::ptrdiff_t x = n - above_[0] - kLeft;
    uint64_t left = 0;
    for (int pair = -4; pair < 0; ++pair) left = left * kFactor + two_pixels(cur + 2 * pair);
    uint64_t sum = 0;
    for (int pair = 0; pair < kPairs; ++pair) {
      uint64_t columns = 0;
      for (const uint32_t* row : above_) columns = std::rotl(columns, 19) ^ two_pixels(row + x + 2 * pair);
      sum = sum * kFactor + columns;
    }
    sum += left * 0x58f38dedcc9e2d51u;
    return finish_hash(sum);
  }

  // `refuted`: it is coded already that the widest guess is wrong.
  [[gnu::noinline]] void code_unsure(uint32_t wide_hash, uint32_t narrow_hash, const uint32_t* nn, const uint32_t* n,
                                     uint32_t* cur, uint32_t excluded, bool refuted) {
    const Guess wide = find<kGuessBits[0]>(m_.guesses0, wide_hash);
    const Guess next = find<kGuessBits[1]>(m_.guesses1, narrow_hash);
    if (wide.colour == kNothing) return code_surprise(kNothing, wide, next, nn, n, cur, excluded);
    const Guess tall = find<kTallBits>(m_.tall, hash_tall(n, cur));
    const bool worth_asking =
        tall.colour != kNothing && tall.colour != excluded && !(refuted && tall.colour == wide.colour);
    if (worth_asking && bit(tall_model(tall, wide, next, excluded, refuted), *cur == tall.colour)) {
      if constexpr (Coder::kDecodes) *cur = tall.colour;
      learn(wide, tall.colour);
      learn(next, tall.colour);
    } else {
      const bool ask_wide =
          !refuted && wide.colour != kNothing && wide.colour != excluded && wide.colour != tall.colour;
      if (ask_wide && bit(right_model(0, wide, next, cur[-1], n[0], excluded), *cur == wide.colour)) {
        if constexpr (Coder::kDecodes) *cur = wide.colour;
        learn(wide, wide.colour);
        learn(next, wide.colour);
      } else {
        code_surprise(tall.colour, wide, next, nn, n, cur, excluded);
      }
    }
    learn(tall, *cur);
  }

  // The context of "the tall guess is right": how often it was, and what the next two orders say.
  BitModel& tall_model(const Guess& tall, const Guess& wide, const Guess& next, uint32_t excluded, bool refuted) {
    const int place = (excluded != kNothing) | (refuted ? 2 : 0) | (next.colour == tall.colour) << 2;
    return m_.tall_right[tall.right][support_of(tall, wide)][place];
  }

  // What the next order says of a guess: the same, and how often it was right, something else or nothing.
  static uint32_t support_of(const Guess& guess, const Guess& lower) {
    if (lower.colour == guess.colour) return 8 + lower.right;
    return lower.colour != kNothing ? 1 + std::min(lower.right, 6u) : 0;
  }

  // The context of "this guess is right": how often it was, what the next order says, and whether it repeats a
  // neighbour.
  BitModel& right_model(int order, const Guess& guess, const Guess& lower, uint32_t w, uint32_t n, uint32_t excluded) {
    const int place = (guess.colour == w) | (guess.colour == n) << 1 | (excluded != kNothing) << 2;
    return m_.guess_right[order][guess.right][support_of(guess, lower)][place];
  }

  // The tall and the widest context had no guess or a wrong one: the narrower ones are asked, each colour once.
  void code_surprise(uint32_t tall, const Guess& wide, const Guess& next, const uint32_t* nn, const uint32_t* n,
                     uint32_t* cur, uint32_t excluded) {
    const uint32_t w = cur[-1];
    const Guess third = find<kGuessBits[2]>(m_.guesses2, hash_four(n, cur));
    uint32_t colour = *cur;
    const bool next_known =
        (next.colour != kNothing) & (next.colour != excluded) & (next.colour != wide.colour) & (next.colour != tall);
    if (next_known && bit(right_model(1, next, third, w, n[0], excluded), colour == next.colour)) {
      if constexpr (Coder::kDecodes) *cur = next.colour;
      learn(wide, next.colour);
      learn(next, next.colour);
      learn(third, next.colour);
      return;
    }
    const Guess last = find<kGuessBits[3]>(m_.guesses3, hash_two(n, cur));
    const auto asked = [&](uint32_t c) {
      return (c == excluded) | (c == wide.colour) | (c == next.colour) | (c == tall);
    };
    bool found = third.colour != kNothing && !asked(third.colour) &&
                 bit(right_model(2, third, last, w, n[0], excluded), colour == third.colour);
    if (found) {
      colour = third.colour;
    } else {
      const auto asked_all = [&](uint32_t c) { return asked(c) | (c == third.colour); };
      found = last.colour != kNothing && !asked_all(last.colour) &&
              bit(right_model(3, last, wide, w, n[0], excluded), colour == last.colour);
      if (found) {
        colour = last.colour;
      } else {
        const int known = (wide.colour != kNothing) + (next.colour != kNothing) + (third.colour != kNothing);
        const auto tried = [&](uint32_t c) { return asked_all(c) | (c == last.colour); };
        colour = code_neighbour(nn, n, cur, excluded, known, !tried(w), !tried(n[0]) & (n[0] != w));
      }
    }
    if constexpr (Coder::kDecodes) *cur = colour;
    learn(wide, colour);
    learn(next, colour);
    learn(third, colour);
    learn(last, colour);
  }

  // No guess was right: W or N, where they have not been refuted, or a literal.
  uint32_t code_neighbour(const uint32_t* nn, const uint32_t* n, const uint32_t* cur, uint32_t excluded, int known,
                          bool ask_west, bool ask_north) {
    const uint32_t w = cur[-1];
    const uint32_t colour = *cur;
    const int shape = (w == n[0]) | (excluded != kNothing) << 1 | (w == n[-1]) << 2 | (n[0] == n[-1]) << 3 |
                      (n[0] == n[1]) << 4 | (w == cur[-2]) << 5 | (n[0] == nn[0]) << 6 | known << 7;
    if (ask_west && bit(m_.west[shape], colour == w)) return w;
    if (ask_north && bit(m_.north[shape], colour == n[0])) return n[0];
    return code_literal(nn, n, cur, colour);
  }

  static bool is_grey(uint32_t c) { return channel(c, 0) == channel(c, 8) && channel(c, 8) == channel(c, 16); }

  // The median edge detector of LOCO-I (JPEG-LS).
  static int expected(int w, int n, int nw) {
    const int low = w < n ? w : n;
    const int high = w < n ? n : w;
    return nw >= high ? low : nw <= low ? high : w + n - nw;
  }

  uint32_t code_literal(const uint32_t* nn, const uint32_t* n, const uint32_t* cur, uint32_t actual) {
    const uint32_t w = cur[-1];
    const int context = is_grey(w) | is_grey(n[0]) << 1 | (m_.grey_history & 1) << 2;
    const bool grey = bit(m_.literal_grey[context], is_grey(actual));
    m_.grey_history = grey;
    if (grey) {
      const int value =
          code_byte(m_.grey, channel(w, 8), channel(n[0], 8),
                    expected(channel(w, 8), channel(n[0], 8), channel(n[-1], 8)), channel(n[1], 8), channel(actual, 8));
      return static_cast<uint32_t>(value) * 0x010101;
    }
    int guess[3];
    int delta[3];
    bool near = true;
    for (int i = 0; i < 3; ++i) {
      guess[i] = expected(channel(w, i * 8), channel(n[0], i * 8), channel(n[-1], i * 8));
      delta[i] = channel(actual, i * 8) - guess[i];
      near = near && delta[i] >= -8 && delta[i] < 8;
    }
    const auto close = [](uint32_t a, uint32_t b) { return std::abs(channel(a, 8) - channel(b, 8)) < 12; };
    const int smooth = close(w, n[-1]) | close(n[0], n[-1]) << 1 | close(n[0], n[1]) << 2;
    near = bit(m_.literal_near[(m_.near_history & 3) << 3 | smooth], near);
    m_.near_history = m_.near_history << 1 | near;
    const int rough = std::abs(channel(w, 8) - channel(n[-1], 8)) + std::abs(channel(n[0], 8) - channel(n[-1], 8)) +
                      std::abs(channel(n[0], 8) - channel(n[1], 8));
    return near ? code_near(guess, delta, rough > 15 ? 15 : rough)
                : code_far({w, n[0], n[1], n[-1], cur[-2], nn[0]}, actual);
  }

  // Each channel within 8 of what is expected: green by how rough the neighbourhood is, red by how far green was off,
  // blue by both.
  uint32_t code_near(const int (&guess)[3], const int (&delta)[3], int activity) {
    uint32_t colour = 0;
    int context = activity;
    for (const int i : {1, 2, 0}) {
      NibbleModel& model = m_.literal_delta[i][context];
      const int code = NibbleMix(model).code(coder_, delta[i] + 8);
      model.adapt(code);
      context = i == 1 ? code : code * 16 + (context & 15);
      colour |= static_cast<uint32_t>(guess[i] + code - 8) << (i * 8);
    }
    return colour;
  }

  // Colours far from their neighbours: text. Sub-pixel antialiasing is smooth along the subpixels, so red follows
  // the left neighbour's blue, green follows red and blue follows green; other antialiasing keeps to a line.
  uint32_t code_far(const NearbyColours& nearby, uint32_t actual) {
    const uint32_t w = nearby[0];
    const uint32_t n = nearby[1];
    const int wg = channel(w, 8);
    const int wb = channel(w, 0);
    const int red = code_byte(m_.red, wb, channel(n, 16), wb, wg, channel(actual, 16));
    const ColourLine of_ink = line_of_ink(nearby, m_.ink);
    const ColourLine line = of_ink.known() ? of_ink : line_of_neighbours(nearby);
    uint32_t colour = static_cast<uint32_t>(red) << 16;
    const bool on_line = line.known() && code_on_line(line, of_ink.known(), red, actual, colour);
    if (!on_line) {
      const int green = code_byte(m_.green, red, channel(n, 8), red, wb, channel(actual, 8));
      const int blue = code_byte(m_.blue, green, red, green, red, channel(actual, 0));
      colour |= static_cast<uint32_t>(green) << 8 | static_cast<uint32_t>(blue);
    }
    const bool same_ink = of_ink.known() && (m_.line_history & 1) == 0;
    if (!same_ink || saturation(colour) >= saturation(m_.ink)) m_.ink = colour;
    return colour;
  }

  // Green and blue, which are added to `colour`, if both are near to the line. Green's symbol says whether they are.
  bool code_on_line(const ColourLine& line, bool of_ink, int red, uint32_t actual, uint32_t& colour) {
    constexpr int kGreenNear = 3;
    constexpr int kBlueNear = 4;
    constexpr int kOff = kNibbleSymbols - 1;
    const int reach = line.reach(red);
    const int green = line.at(red, 8);
    const int blue = line.at(red, 0);
    const int green_off = channel(actual, 8) - green;
    const int blue_off = channel(actual, 0) - blue;
    const bool near = std::abs(green_off) <= kGreenNear && std::abs(blue_off) <= kBlueNear;
    NibbleModel& of_green = m_.line_green[(m_.line_history & 3) | (of_ink ? 0 : 4)][reach];
    const int code = NibbleMix(of_green).code(coder_, near ? green_off + kGreenNear : kOff);
    of_green.adapt(code);
    NibbleModel& of_blue = m_.line_blue[code][m_.line_history & 3][reach];
    m_.line_history = m_.line_history << 1 | (code == kOff ? 1 : 0);
    if (code == kOff) return false;
    const int blue_code = NibbleMix(of_blue).code(coder_, blue_off + kBlueNear);
    of_blue.adapt(blue_code);
    // Whatever the bytes, each channel stays in its place.
    colour |= static_cast<uint32_t>((green + code - kGreenNear) & 255) << 8 |
              static_cast<uint32_t>((blue + blue_code - kBlueNear) & 255);
    return true;
  }

  int code_byte(LiteralTrees& trees, int first, int second, int both_a, int both_b, int value) {
    const int both = (both_a & 0xf0) | both_b >> 4;
    if constexpr (!Coder::kDecodes) {
      __builtin_prefetch(&trees.lower[0][first][value >> 4]);
      __builtin_prefetch(&trees.lower[1][second][value >> 4]);
      __builtin_prefetch(&trees.lower[2][both][value >> 4]);
    }
    const int high = code_nibble(trees.upper[0][first], trees.upper[1][second], trees.upper[2][both], value >> 4);
    const int low =
        code_nibble(trees.lower[0][first][high], trees.lower[1][second][high], trees.lower[2][both][high], value & 15);
    return high << 4 | low;
  }

  int code_nibble(NibbleModel& a, NibbleModel& b, NibbleModel& c, int value) {
    value = NibbleMix(a, b, c).code(coder_, value);
    a.adapt(value);
    b.adapt(value);
    c.adapt(value);
    return value;
  }

  ScreenModel& m_;
  Coder& coder_;
  RowsAbove above_{};
  Surroundings around_;
  int broken_lately_ = 0;  // whether the last long run was, and the one before: bits 1 and 0
};

}  // namespace vitrine::codec
