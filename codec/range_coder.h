// An adaptive binary range coder: 32-bit range, 16-bit probabilities, bytes out with carry.
//
// A chunk has no length field and no end mark. When the last decision is coded, the encoder writes only as many bytes
// as pin the value down whatever bytes follow (one, rarely two), and the decoder derives the same number from its
// range. So chunks stand back to back in one buffer, each costing about a byte more than its entropy.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::codec {

// The probability that a decision is 1, learned quickly at first and ever more slowly up to 1/kSlowest.
struct BitModel {
  uint16_t p = 1 << 15;  // of 1, in 1/65536; the update keeps it inside (0, 65536)
  uint16_t seen = 0;     // decisions so far, saturating: the index of the learning rate
};

inline constexpr int kBitModelSlowest = 60;

// 65536 / (decisions seen + 1.6): the rate of a running average.
inline constexpr auto kBitModelRate = [] {
  std::array<uint16_t, kBitModelSlowest + 1> rate{};
  for (int i = 0; i <= kBitModelSlowest; ++i) rate[i] = static_cast<uint16_t>(655360 / (i * 10 + 16));
  return rate;
}();

inline void adapt(BitModel& model, bool bit) {
  const int target = bit ? 65535 - 16 : 16;
  const int step = ((target - model.p) * kBitModelRate[model.seen]) >> 16;
  model.p = static_cast<uint16_t>(model.p + step);
  model.seen = static_cast<uint16_t>(model.seen + (model.seen < kBitModelSlowest));
}

// For decisions that are nearly always 1 and many: half the work, and what a BitModel becomes in the end.
struct SureModel {
  uint16_t p = 63000;  // of 1, in 1/65536; the updates keep it inside (0, 65536)

  void adapt_to_one() { p = static_cast<uint16_t>(p + ((65535 - p) >> 6)); }
  void adapt_to_zero() { p = static_cast<uint16_t>(p - (p >> 6)); }
};

inline constexpr uint32_t kRangeFloor = 1u << 24;  // below it a byte moves out

// How many bytes after the ones already moved out pin the value down.
inline int range_tail_bytes(uint32_t range) {
  return range >= 2 * kRangeFloor ? 1 : 2;
}

class RangeEncoder {
 public:
  static constexpr bool kDecodes = false;

  explicit RangeEncoder(std::vector<uint8_t>& out) : out_(out), start_(out.size()) {}

  bool code(BitModel& model, bool bit) {
    code_with(model.p, bit);
    adapt(model, bit);
    return bit;
  }
  // `p` is the probability of 1 in 1/65536, 0 < p < 65536.
  bool code_with(uint32_t p, bool bit) {
    const uint32_t bound = (range_ >> 16) * p;
    const uint32_t zero = static_cast<uint32_t>(bit) - 1;  // all ones when the bit is 0
    low_ += bound & zero;
    range_ = bound + ((range_ - 2 * bound) & zero);
    if (range_ < kRangeFloor) [[unlikely]]
      renormalise();
    return bit;
  }
  // Decisions that are known to be 1, in a row: what changes stays in registers.
  class Ones {
   public:
    explicit Ones(RangeEncoder& coder) : coder_(coder), range_(coder.range_) {}
    bool code(uint32_t p) {
      range_ = (range_ >> 16) * p;
      if (range_ < kRangeFloor) [[unlikely]] {
        coder_.range_ = range_;
        coder_.renormalise();
        range_ = coder_.range_;
      }
      return true;
    }
    void finish() { coder_.range_ = range_; }

   private:
    RangeEncoder& coder_;
    uint32_t range_;
  };
  // One of several symbols: those below it have the frequency `from` together, with it `to`, of 1 << `bits`.
  void code_share(uint32_t from, uint32_t to, int bits) {
    const uint32_t unit = range_ >> bits;
    low_ += unit * from;
    range_ = unit * (to - from);
    if (range_ < kRangeFloor) renormalise();
  }
  // Bytes of this chunk so far, without the tail.
  [[nodiscard]] size_t size() const { return out_.size() - start_; }
  void finish() {
    const int tail = range_tail_bytes(range_);
    const uint32_t unit = tail == 1 ? kRangeFloor : 1u << 16;
    low_ = (low_ + unit - 1) & ~uint64_t{unit - 1};
    for (int i = 0; i < tail; ++i) move_byte_out();
  }

 private:
  // Apart from the decisions, which are many a byte, so that they stay small.
  [[gnu::noinline]] void renormalise() {
    while (range_ < kRangeFloor) move_byte_out();
  }
  void move_byte_out() {
    if (low_ >> 32) {
      for (size_t i = out_.size(); i > start_ && ++out_[i - 1] == 0; --i) {
      }
      low_ &= 0xffffffff;
    }
    out_.push_back(static_cast<uint8_t>(low_ >> 24));
    low_ = (low_ << 8) & 0xffffffff;
    range_ <<= 8;
  }

  std::vector<uint8_t>& out_;
  size_t start_;
  uint64_t low_ = 0;  // bit 32 is a carry not yet passed on
  uint32_t range_ = 0xffffffff;
};

// Reads zeros past the end; overrun() tells. Whatever the bytes, each decision costs the same bounded work.
class RangeDecoder {
 public:
  static constexpr bool kDecodes = true;

  explicit RangeDecoder(std::span<const uint8_t> in) : in_(in.data()), end_(in.size()) {
    for (int i = 0; i < 4; ++i) code_ = code_ << 8 | next_byte();
  }

  bool code(BitModel& model, bool /*unknown*/) {
    const bool bit = code_with(model.p, false);
    adapt(model, bit);
    return bit;
  }
  bool code_with(uint32_t p, bool /*unknown*/) {
    const uint32_t bound = (range_ >> 16) * p;
    const bool bit = code_ < bound;
    if (bit) {
      range_ = bound;
    } else {
      code_ -= bound;
      range_ -= bound;
    }
    if (range_ < kRangeFloor) renormalise();
    return bit;
  }
  // Decisions as long as they are 1: code() takes nothing and answers false at the first that is not.
  class Ones {
   public:
    explicit Ones(RangeDecoder& coder) : coder_(coder), range_(coder.range_), code_(coder.code_) {}
    bool code(uint32_t p) {
      const uint32_t bound = (range_ >> 16) * p;
      if (code_ >= bound) return false;
      range_ = bound;
      if (range_ < kRangeFloor) [[unlikely]] {
        finish();
        coder_.renormalise();
        range_ = coder_.range_;
        code_ = coder_.code_;
      }
      return true;
    }
    void finish() {
      coder_.range_ = range_;
      coder_.code_ = code_;
    }

   private:
    RangeDecoder& coder_;
    uint32_t range_;
    uint32_t code_;
  };
  // In which symbol's share the value lies, as a frequency below 1 << `bits`.
  [[nodiscard]] uint32_t frequency(int bits) const {
    const uint32_t share = code_ / (range_ >> bits);
    const uint32_t last = (1u << bits) - 1;
    return share < last ? share : last;
  }
  void code_share(uint32_t from, uint32_t to, int bits) {
    const uint32_t unit = range_ >> bits;
    code_ -= unit * from;
    range_ = unit * (to - from);
    if (range_ < kRangeFloor) renormalise();
  }
  // The chunk's size once everything is decoded.
  [[nodiscard]] size_t size() const { return position_ - 4 + range_tail_bytes(range_); }
  [[nodiscard]] bool overrun() const { return size() > end_; }

 private:
  void renormalise() {
    while (range_ < kRangeFloor) {
      code_ = code_ << 8 | next_byte();
      range_ <<= 8;
    }
  }
  uint8_t next_byte() {
    const size_t i = position_++;
    return i < end_ ? in_[i] : uint8_t{0};
  }

  const uint8_t* in_;
  size_t end_;
  size_t position_ = 0;
  uint32_t code_ = 0;
  uint32_t range_ = 0xffffffff;
};

}  // namespace vitrine::codec
