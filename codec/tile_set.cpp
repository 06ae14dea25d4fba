#include "codec/tile_set.h"

namespace vitrine::codec {
namespace {

// The bits of word `word` that columns [left, right) cover.
uint64_t span_mask(int word, int left, int right) {
  const int from = std::max(left - word * 64, 0);
  const int to = std::min(right - word * 64, 64);
  if (from >= to) return 0;
  const uint64_t below_to = to == 64 ? ~uint64_t{0} : (uint64_t{1} << to) - 1;
  return below_to & ~((uint64_t{1} << from) - 1);
}

}  // namespace

void TileSet::insert(const Rect& cells) {
  for (int y = cells.y; y < cells.bottom(); ++y) {
    for (int w = cells.x / 64; w * 64 < cells.right(); ++w) row(y)[w] |= span_mask(w, cells.x, cells.right());
  }
}

void TileSet::erase(const Rect& cells) {
  for (int y = cells.y; y < cells.bottom(); ++y) {
    for (int w = cells.x / 64; w * 64 < cells.right(); ++w) row(y)[w] &= ~span_mask(w, cells.x, cells.right());
  }
}

bool TileSet::any() const {
  for (const uint64_t word : bits_) {
    if (word != 0) return true;
  }
  return false;
}

bool TileSet::row_any(int y) const {
  for (int w = 0; w < words_; ++w) {
    if (row(y)[w] != 0) return true;
  }
  return false;
}

int64_t TileSet::count() const {
  int64_t total = 0;
  for (const uint64_t word : bits_) total += std::popcount(word);
  return total;
}

int64_t TileSet::count(const Rect& cells) const {
  int64_t total = 0;
  for (int y = cells.y; y < cells.bottom(); ++y) {
    for (int w = cells.x / 64; w * 64 < cells.right(); ++w) {
      total += std::popcount(row(y)[w] & span_mask(w, cells.x, cells.right()));
    }
  }
  return total;
}

Rect TileSet::bounds() const {
  int left = columns_;
  int right = 0;
  int top = rows_;
  int bottom = 0;
  for (int y = 0; y < rows_; ++y) {
    for (int w = 0; w < words_; ++w) {
      const uint64_t bits = row(y)[w];
      if (bits == 0) continue;
      left = std::min(left, w * 64 + std::countr_zero(bits));
      right = std::max(right, w * 64 + 64 - std::countl_zero(bits));
      top = std::min(top, y);
      bottom = y + 1;
    }
  }
  if (right == 0) return {};
  return {left, top, right - left, bottom - top};
}

TileSet TileSet::interior() const {
  TileSet result = *this;
  result.clear();
  // Columns past the last are in no set, nor are rows beyond the first and last.
  for (int y = 1; y + 1 < rows_; ++y) {
    uint64_t before = 0;
    for (int w = 0; w < words_; ++w) {
      const auto all = [&](int word) {
        return word < words_ ? row(y - 1)[word] & row(y)[word] & row(y + 1)[word] : uint64_t{0};
      };
      const uint64_t here = all(w);
      result.row(y)[w] = here & (here << 1 | before >> 63) & (here >> 1 | all(w + 1) << 63);
      before = here;
    }
  }
  return result;
}

TileSet& TileSet::operator|=(const TileSet& other) {
  for (size_t i = 0; i < bits_.size(); ++i) bits_[i] |= other.bits_[i];
  return *this;
}

TileSet& TileSet::operator&=(const TileSet& other) {
  for (size_t i = 0; i < bits_.size(); ++i) bits_[i] &= other.bits_[i];
  return *this;
}

TileSet& TileSet::operator-=(const TileSet& other) {
  for (size_t i = 0; i < bits_.size(); ++i) bits_[i] &= ~other.bits_[i];
  return *this;
}

std::vector<Rect> TileSet::rectangles() const {
  std::vector<Rect> done;
  std::vector<Rect> open;  // rectangles whose last row is the previous one, ordered by x
  std::vector<Rect> next;
  for (int y = 0; y < rows_; ++y) {
    next.clear();
    size_t candidate = 0;
    for (int x = 0; x < columns_;) {
      const uint64_t rest = row(y)[x >> 6] >> (x & 63);
      if (rest == 0) {
        x = (x | 63) + 1;
        continue;
      }
      x += std::countr_zero(rest);
      int end = x;
      while (end < columns_ && test(end, y)) ++end;
      while (candidate < open.size() && open[candidate].x < x) done.push_back(open[candidate++]);
      if (candidate < open.size() && open[candidate].x == x && open[candidate].right() == end) {
        next.push_back(open[candidate++]);
        ++next.back().height;
      } else {
        next.push_back({x, y, end - x, 1});
      }
      x = end;
    }
    while (candidate < open.size()) done.push_back(open[candidate++]);
    open.swap(next);
  }
  done.insert(done.end(), open.begin(), open.end());
  return done;
}

}  // namespace vitrine::codec
