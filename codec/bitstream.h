// The frame of an update body: operations one after the other, each a code byte and its parameters (BITSTREAM.md).
// Numbers are varints: seven bits a byte, low bits first, the top bit set on all but the last, shortest form not
// demanded, at most 32 bits.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "codec/picture.h"
#include "protocol/base/result.h"

namespace vitrine::codec {

enum class Operation : uint8_t {
  kReset = 0,   // coder state as at the start of the link; the picture stays
  kCopy = 1,    // pieces of the picture as it was before this operation
  kFlat = 2,    // one colour
  kScreen = 3,  // the lossless coder for text and user interfaces
  kJpeg = 4,    // baseline JPEG scan
  kPhoto = 5,   // the lossless coder for photographs
  kVideo = 6,   // a frame of a moving picture, shown over the picture
  kKeep = 7,    // areas to remember before they are painted over, or the opening of the archive
  kRecall = 8,  // areas that were kept
  // Tiles of the picture before the reset.
  kRestore = 9,
};
inline constexpr int kOperationCount = 10;

// Pixels all operations of one body may write, in pictures. Honest updates stay below 2; the rest bounds the time a
// hostile body of many overlapping rectangles can take.
inline constexpr int64_t kMaxPicturesPerUpdate = 4;
// Copies in one operation, bounding the memory for their rectangles.
inline constexpr uint32_t kMaxCopies = 4096;

class ByteWriter {
 public:
  explicit ByteWriter(std::vector<uint8_t>& out) : out_(out) {}

  void byte(uint8_t value) { out_.push_back(value); }
  void varint(uint32_t value) {
    while (value >= 0x80) {
      out_.push_back(static_cast<uint8_t>(value | 0x80));
      value >>= 7;
    }
    out_.push_back(static_cast<uint8_t>(value));
  }
  void number(int value) { varint(static_cast<uint32_t>(value)); }
  void zigzag(int value) {
    const auto bits = static_cast<uint32_t>(value);
    varint(bits << 1 ^ (value < 0 ? ~uint32_t{0} : 0));
  }
  // Red, green, blue.
  void colour(uint32_t pixel) {
    for (int shift = 16; shift >= 0; shift -= 8) byte(static_cast<uint8_t>(pixel >> shift));
  }
  void operation(Operation operation) { byte(static_cast<uint8_t>(operation)); }
  void rect(const Rect& area) {
    number(area.x);
    number(area.y);
    number(area.width);
    number(area.height);
  }
  void bytes(std::span<const uint8_t> data) { out_.insert(out_.end(), data.begin(), data.end()); }

 private:
  std::vector<uint8_t>& out_;
};

// Reads what ByteWriter wrote; after the first fault everything reads as 0 and failed() stays true.
class ByteReader {
 public:
  explicit ByteReader(std::span<const uint8_t> in) : in_(in) {}

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool at_end() const { return failed_ || at_ == in_.size(); }
  [[nodiscard]] std::span<const uint8_t> rest() const { return in_.subspan(at_); }

  uint8_t byte() {
    if (failed_ || at_ == in_.size()) {
      failed_ = true;
      return 0;
    }
    return in_[at_++];
  }
  uint32_t varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      const uint8_t next = byte();
      value |= uint64_t{next & 0x7fU} << shift;
      if ((next & 0x80) == 0) {
        if (value > UINT32_MAX) failed_ = true;
        return failed_ ? 0 : static_cast<uint32_t>(value);
      }
    }
    failed_ = true;
    return 0;
  }
  int zigzag() {
    const uint32_t bits = varint();
    return static_cast<int>(bits >> 1 ^ ((bits & 1) != 0 ? ~uint32_t{0} : 0));
  }
  uint32_t colour() {
    uint32_t pixel = 0;
    for (int i = 0; i < 3; ++i) pixel = pixel << 8 | byte();
    return pixel;
  }
  std::span<const uint8_t> bytes(size_t count) {
    if (failed_ || count > in_.size() - at_) {
      failed_ = true;
      return {};
    }
    const auto taken = in_.subspan(at_, count);
    at_ += count;
    return taken;
  }
  // A rectangle that is not empty and lies inside `picture`.
  Rect rect(Size picture) {
    const uint32_t x = varint();
    const uint32_t y = varint();
    const uint32_t width = varint();
    const uint32_t height = varint();
    const auto w = static_cast<uint32_t>(picture.width);
    const auto h = static_cast<uint32_t>(picture.height);
    if (failed_ || x >= w || y >= h || width == 0 || height == 0 || width > w - x || height > h - y) {
      failed_ = true;
      return {};
    }
    return {static_cast<int>(x), static_cast<int>(y), static_cast<int>(width), static_cast<int>(height)};
  }
  void fail() { failed_ = true; }

 private:
  std::span<const uint8_t> in_;
  size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace vitrine::codec
