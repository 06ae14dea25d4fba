#include "codec/screen_model.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

namespace vitrine::codec {

namespace {

// Makes all elements of an array, of however many dimensions, fresh ones: the first is copied in doubling steps.
// (Assigning a fresh ScreenModel would put megabytes on the stack or into the program, and plain loops are slow without
// optimisation.)
template <class T>
void restart(T& part) {
  using Element = std::remove_all_extents_t<T>;
  static_assert(std::is_trivially_copyable_v<Element>);
  const Element fresh{};
  auto* const bytes = reinterpret_cast<unsigned char*>(&part);
  std::memcpy(bytes, &fresh, sizeof(Element));
  for (size_t done = sizeof(Element); done < sizeof(T);) {
    const size_t step = std::min(done, sizeof(T) - done);
    std::memcpy(bytes + done, bytes, step);
    done += step;
  }
}

template <class... T>
void restart_all(T&... parts) {
  (restart(parts), ...);
}

void restart_trees(LiteralTrees& trees) {
  restart_all(trees.upper, trees.lower);
}

// What to expect of a tall guess before any was asked: most are right where the next order says the same or they were
// right before. As if it came from kSeen decisions.
BitModel tall_prior(size_t right, size_t support) {
  constexpr uint16_t kAgreed = 60'000;
  constexpr uint16_t kProved = 55'000;
  constexpr uint16_t kOnce = 40'000;
  constexpr uint16_t kSeen = 2;
  static_assert(int64_t{65535} * kBitModelRate[kSeen] <= INT32_MAX, "adapt() computes with int");
  return {support >= 8 ? kAgreed : right > 0 ? kProved : kOnce, kSeen};
}

}  // namespace

ScreenModel::ScreenModel() {
  // What lies between the members counts in the checksum too.
  std::memset(static_cast<void*>(this), 0, sizeof(ScreenModel));
  reset();
}

void ScreenModel::reset() {
  restart_all(guesses0, guesses1, guesses2, guesses3, tall, gaps, gap_length, gap_colour, sure_right, run_whole,
              run_length, tall_right, guess_right, west, north, literal_near, literal_delta, literal_grey, line_green,
              line_blue, ink, line_history, near_history, grey_history);
  for (size_t right = 0; right <= kRightMax; ++right) {
    for (size_t support = 0; support < 16; ++support) {
      for (BitModel& model : tall_right[right][support]) model = tall_prior(right, support);
    }
  }
  for (LiteralTrees* trees : {&grey, &red, &green, &blue}) restart_trees(*trees);
}

uint32_t ScreenModel::checksum() const {
  static_assert(sizeof(ScreenModel) % 4 == 0);
  uint32_t lanes[4] = {1, 2, 3, 4};
  const auto* bytes = reinterpret_cast<const uint8_t*>(this);
  for (size_t i = 0; i < sizeof(ScreenModel); i += 4) {
    uint32_t word;
    std::memcpy(&word, bytes + i, 4);
    uint32_t& lane = lanes[i / 4 % 4];
    lane = std::rotl((lane ^ word) * 0x9e3779b1u, 13);
  }
  return ((lanes[0] * 31 + lanes[1]) * 31 + lanes[2]) * 31 + lanes[3];
}

void RowWindow::start(const PictureView& held, const Rect& area) {
  const size_t stride = static_cast<size_t>(area.width) + 2 * kRowMargin;
  storage_.resize(rows_.size() * stride);
  for (size_t i = 0; i < rows_.size(); ++i) rows_[i] = storage_.data() + i * stride;
  width_ = area.width;
  right_known_ = std::min(kRowMargin, held.width - area.right());
  for (int i = kRowsAbove; i > 0; --i) {
    const int y = area.y - i;
    uint32_t* const row = rows_[static_cast<size_t>(i)];
    if (y < 0) {
      std::fill_n(row, stride, 0u);
      continue;
    }
    load_outside(held, area, y, row, true);
    std::fill_n(row + kRowMargin + width_ + right_known_, kRowMargin - right_known_,
                row[kRowMargin + width_ + right_known_ - 1]);
  }
}

// Columns the picture lacks on the left repeat its first one where that is known, else the pixel above.
void RowWindow::load_outside(const PictureView& held, const Rect& area, int y, uint32_t* row, bool middle) {
  const uint32_t* const pixels = held.row(y);
  const int left_known = std::min(kRowMargin, area.x);
  const int first = middle ? area.x - left_known : area.right();
  for (int x = area.x - left_known; x < area.x; ++x) row[kRowMargin + x - area.x] = pixels[x] & kColourMask;
  for (int x = std::max(first, area.x); x < area.right() + right_known_; ++x) {
    row[kRowMargin + x - area.x] = pixels[x] & kColourMask;
  }
  const uint32_t edge = left_known > 0 ? row[kRowMargin - left_known] : middle ? row[kRowMargin] : rows_[1][kRowMargin];
  std::fill_n(row, kRowMargin - left_known, edge);
}

void RowWindow::load(const PictureView& held, const Rect& area, int y, const uint32_t* source) {
  load_outside(held, area, y, rows_[0], false);
  if (source == nullptr) return;
  uint32_t* const row = cur();
  const int width = width_;  // a local: the stores below might alias the member
  for (int x = 0; x < width; ++x) row[x] = source[x] & kColourMask;
}

void RowWindow::advance() {
  const int known = kRowMargin + width_ + right_known_;
  std::fill_n(rows_[0] + known, kRowMargin - right_known_, rows_[0][known - 1]);
  std::rotate(rows_.begin(), rows_.end() - 1, rows_.end());
}

}  // namespace vitrine::codec
