// The rows of an area as both sides of the photograph coder see them: in the order they are coded, with what the
// decoder's picture shows around them.
//
// What a window uncovers has the window on two sides and what it belongs to on the others. So an area is coded from
// whichever corner its neighbours go on in it, and says which of them do; the others are taken to repeat what is
// inside.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "codec/picture.h"

namespace vitrine::codec {

// The first two turn the area, the others are meant as it lies when turned.
struct PhotoSides {
  bool from_right = false;
  bool from_bottom = false;
  bool left = true;  // what lies there goes on in the area
  bool top = true;
  bool right = true;

  [[nodiscard]] constexpr uint8_t byte() const {
    return static_cast<uint8_t>(int{from_right} | int{from_bottom} << 1 | int{left} << 2 | int{top} << 3 |
                                int{right} << 4);
  }
  // Nothing when other bits are set.
  [[nodiscard]] static constexpr std::optional<PhotoSides> create(uint8_t byte) {
    if (byte >= 32) return {};
    return PhotoSides{(byte & 1) != 0, (byte & 2) != 0, (byte & 4) != 0, (byte & 8) != 0, (byte & 16) != 0};
  }
  bool operator==(const PhotoSides&) const = default;
};

class PhotoRows {
 public:
  // Pixels known beside a row: at both ends of the row above, and left of the current one.
  static constexpr int kBeside = 2;

  PhotoRows(const PictureView& held, const Rect& area, PhotoSides sides);

  // Makes the current row the one above and starts the next one.
  void next();
  // The picture's row that the current one is.
  [[nodiscard]] int y() const { return y_; }
  // With one more pixel behind what is known, for those who read two at a time.
  [[nodiscard]] uint32_t* above() { return rows_[above_].data() + kBeside; }
  [[nodiscard]] uint32_t* current() { return rows_[1 - above_].data() + kBeside; }
  // Between the current row and the area's part of the picture's.
  void read(const uint32_t* in);
  void write(uint32_t* out);

 private:
  [[nodiscard]] int column(int x) const { return sides_.from_right ? area_.right() - 1 - x : area_.x + x; }
  [[nodiscard]] bool knows(int x, int y) const {
    return column(x) >= 0 && column(x) < held_.width && y >= 0 && y < held_.height;
  }
  // What the picture shows beside a row where that is known and goes on in the area, else `otherwise`.
  [[nodiscard]] uint32_t outside(int x, int y, bool goes_on, uint32_t otherwise) const {
    return goes_on && knows(x, y) ? held_.row(y)[column(x)] & kColourMask : otherwise;
  }
  void begin_above(int y);

  const PictureView held_;
  const Rect area_;
  const PhotoSides sides_;
  std::array<std::vector<uint32_t>, 2> rows_;
  size_t above_ = 0;
  int coded_ = -1;  // rows before the current one
  int y_ = 0;
};

}  // namespace vitrine::codec
