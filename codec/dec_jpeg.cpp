#include "codec/dec_jpeg.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "codec/simd.h"

namespace vitrine::codec {
namespace {

constexpr int kLookupBits = 10;

// Decoding tables of one Huffman table.
struct HuffmanTable {
  // By the next kLookupBits bits: code length in the low byte (0: longer than that), symbol in the high byte.
  std::array<uint16_t, 1 << kLookupBits> lookup{};
  std::array<uint32_t, 18> limit{};  // by length: first code past those of this length, left-aligned to 16 bits
  std::array<int32_t, 17> offset{};  // by length: index of a code's symbol minus the code
  std::array<uint8_t, 162> symbols{};
};

constexpr HuffmanTable make_table(const HuffmanSpec& spec) {
  HuffmanTable table;
  table.symbols = spec.symbols;
  uint32_t code = 0;
  int index = 0;
  for (int length = 1; length <= 16; ++length) {
    table.offset[length] = index - static_cast<int32_t>(code);
    for (int i = 0; i < spec.counts[length - 1]; ++i, ++code, ++index) {
      if (length > kLookupBits) continue;
      const uint32_t first = code << (kLookupBits - length);
      for (uint32_t j = 0; j < uint32_t{1} << (kLookupBits - length); ++j) {
        table.lookup[first + j] = static_cast<uint16_t>(spec.symbols[index] << 8 | length);
      }
    }
    table.limit[length] = code << (16 - length);
    code <<= 1;
  }
  table.limit[17] = UINT32_MAX;
  return table;
}

constexpr HuffmanTable kDcTables[2] = {make_table(kLuminanceDc), make_table(kChrominanceDc)};
constexpr HuffmanTable kAcTables[2] = {make_table(kLuminanceAc), make_table(kChrominanceAc)};

// An AC coefficient by the next kQuickBits bits, when its code and its value fit into them.
constexpr int kQuickBits = 12;
struct QuickCoefficient {
  int16_t value = 0;
  uint8_t run = 0;     // zeros before it
  uint8_t length = 0;  // bits of both; 0: they do not fit
};
constexpr uint8_t kEndOfBlock = 64;  // as a run it ends every block
using QuickTable = std::array<QuickCoefficient, size_t{1} << kQuickBits>;

constexpr QuickTable make_quick_table(const HuffmanSpec& spec) {
  QuickTable table{};
  const auto fill = [&table](uint32_t bits, int length, QuickCoefficient entry) {
    entry.length = static_cast<uint8_t>(length);
    const uint32_t first = bits << (kQuickBits - length);
    for (uint32_t i = 0; i < uint32_t{1} << (kQuickBits - length); ++i) table[first + i] = entry;
  };
  uint32_t code = 0;
  size_t index = 0;
  for (int length = 1; length <= kQuickBits; ++length, code <<= 1) {
    for (int i = 0; i < spec.counts[static_cast<size_t>(length) - 1]; ++i, ++code, ++index) {
      const int symbol = spec.symbols[index];
      const int size = symbol & 15;
      if (symbol == 0) fill(code, length, {0, kEndOfBlock, 0});
      if (size == 0 || size > 10 || length + size > kQuickBits) continue;
      for (int bits = 0; bits < 1 << size; ++bits) {
        const int value = bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;
        fill(code << size | static_cast<uint32_t>(bits), length + size,
             {static_cast<int16_t>(value), static_cast<uint8_t>(symbol >> 4), 0});
      }
    }
  }
  return table;
}

constexpr QuickTable kQuickTables[2] = {make_quick_table(kLuminanceAc), make_quick_table(kChrominanceAc)};

// Where a coefficient lies in a transposed block.
constexpr auto kTransposed = [] {
  std::array<uint8_t, 64> place{};
  for (size_t k = 0; k < 64; ++k) place[k] = static_cast<uint8_t>((kZigzag[k] & 7) * 8 + (kZigzag[k] >> 3));
  return place;
}();

// Bits of the scan, most significant first, stuffing removed. Past the end it gives zeros and remembers.
class BitReader {
 public:
  explicit BitReader(std::span<const uint8_t> in) : in_(in.data()), end_(in.data() + in.size()) {}

  // At least 32 bits are in the window afterwards.
  VITRINE_INLINE void refill() {
    if (count_ > 32) return;
    if (end_ - in_ >= 4) {
      uint32_t word;
      std::memcpy(&word, in_, 4);
      // No byte is 0xff exactly when no byte of the complement is zero.
      if ((((~word) - 0x01010101U) & word & 0x80808080U) == 0) {
        window_ |= uint64_t{__builtin_bswap32(word)} << (32 - count_);
        count_ += 32;
        in_ += 4;
        return;
      }
    }
    while (count_ <= 32) refill_byte();
  }
  [[nodiscard]] VITRINE_INLINE uint32_t peek(int bits) const { return static_cast<uint32_t>(window_ >> (64 - bits)); }
  VITRINE_INLINE void skip(int bits) {
    window_ <<= bits;
    count_ -= bits;
  }
  // Whether bits past the end were used.
  [[nodiscard]] bool overrun() const { return padding_ > count_; }
  // Whether the scan ended where it should: less than a byte is left.
  [[nodiscard]] bool finished() const { return in_ == end_ && count_ - padding_ < 8; }

 private:
  void refill_byte() {
    uint64_t byte = 0;
    if (in_ == end_) {
      padding_ += 8;
    } else {
      byte = *in_++;
      if (byte == 0xff) {
        // A marker inside the scan is not ours; its bytes count as the end.
        if (in_ == end_ || *in_ != 0) {
          in_ = end_;
          byte = 0;
          padding_ += 8;
        } else {
          ++in_;
        }
      }
    }
    window_ |= byte << (56 - count_);
    count_ += 8;
  }

  const uint8_t* in_;
  const uint8_t* end_;
  uint64_t window_ = 0;
  int count_ = 0;
  int padding_ = 0;
};

// The symbol of the next code, or -1. Needs 16 bits in the window.
VITRINE_INLINE int read_symbol(BitReader& bits, const HuffmanTable& table) {
  const uint16_t entry = table.lookup[bits.peek(kLookupBits)];
  if (entry != 0) {
    bits.skip(entry & 0xff);
    return entry >> 8;
  }
  const uint32_t next = bits.peek(16);
  int length = kLookupBits + 1;
  while (length <= 16 && next >= table.limit[length]) ++length;
  if (length > 16) return -1;
  bits.skip(length);
  const int index = static_cast<int>(next >> (16 - length)) + table.offset[length];
  return table.symbols[static_cast<size_t>(index)];
}

// A signed magnitude of `size` bits, 1..11 (T.81 F.2.2.1).
VITRINE_INLINE int read_magnitude(BitReader& bits, int size) {
  const auto value = static_cast<int>(bits.peek(size));
  bits.skip(size);
  return value < (1 << (size - 1)) ? value - (1 << size) + 1 : value;
}

// A block's coefficients, dequantised, transposed (column * 8 + row) for the inverse transform.
struct Block {
  alignas(32) int32_t values[64];
  int last = 0;  // highest zigzag index that is not zero
};

struct Quantisers {
  std::array<int32_t, 64> zigzag{};
};

VITRINE_INLINE bool read_block(BitReader& bits, int table, const Quantisers& quantisers, int16_t& dc, Block& block) {
  std::memset(block.values, 0, sizeof block.values);
  block.last = 0;
  bits.refill();
  const int size = read_symbol(bits, kDcTables[table]);
  if (size < 0 || size > 11) return false;
  // A hostile sum may wrap; honest ones stay within 11 bits.
  if (size > 0) dc = static_cast<int16_t>(dc + read_magnitude(bits, size));
  block.values[0] = dc * quantisers.zigzag[0];
  for (int k = 1; k < 64; ++k) {
    bits.refill();
    const QuickCoefficient quick = kQuickTables[table][bits.peek(kQuickBits)];
    if (quick.length != 0) {
      bits.skip(quick.length);
      k += quick.run;
      if (quick.run == kEndOfBlock) break;
      if (k > 63) return false;
      block.values[kTransposed[static_cast<size_t>(k)]] = quick.value * quantisers.zigzag[static_cast<size_t>(k)];
      block.last = k;
      continue;
    }
    const int symbol = read_symbol(bits, kAcTables[table]);
    if (symbol < 0) return false;
    const int magnitude = symbol & 15;
    if (magnitude == 0) {
      if (symbol == 0) break;
      if (symbol != 0xf0) return false;
      k += 15;
      continue;
    }
    k += symbol >> 4;
    if (k > 63 || magnitude > 10) return false;
    block.values[kTransposed[static_cast<size_t>(k)]] = read_magnitude(bits, magnitude) * quantisers.zigzag[k];
    block.last = k;
  }
  return true;
}

using Lanes = uint32_t __attribute__((vector_size(32)));
using SignedLanes = int32_t __attribute__((vector_size(32)));

VITRINE_INLINE Lanes shift_right(Lanes value, int bits) {
  return reinterpret_cast<Lanes>(reinterpret_cast<SignedLanes>(value) >> bits);
}

// One dimension of the inverse DCT of Loeffler, Ligtenberg and Moschytz with 13-bit constants, on eight vectors of
// eight lanes. `round` and `shift` scale the result.
VITRINE_INLINE void inverse_dct(Lanes* v, uint32_t round, int shift) {
  constexpr uint32_t k0298 = 2446, k0390 = 3196, k0541 = 4433, k0765 = 6270, k0899 = 7373, k1175 = 9633, k1501 = 12299,
                     k1847 = 15137, k1961 = 16069, k2053 = 16819, k2562 = 20995, k3072 = 25172;
  const Lanes even = (v[2] + v[6]) * k0541;
  const Lanes e2 = even - v[6] * k1847;
  const Lanes e3 = even + v[2] * k0765;
  const Lanes e0 = (v[0] + v[4]) << 13;
  const Lanes e1 = (v[0] - v[4]) << 13;
  const Lanes s0 = e0 + e3 + round;
  const Lanes s3 = e0 - e3 + round;
  const Lanes s1 = e1 + e2 + round;
  const Lanes s2 = e1 - e2 + round;

  const Lanes z5 = (v[7] + v[3] + v[5] + v[1]) * k1175;
  const Lanes z1 = (v[7] + v[1]) * k0899;
  const Lanes z2 = (v[5] + v[3]) * k2562;
  const Lanes z3 = z5 - (v[7] + v[3]) * k1961;
  const Lanes z4 = z5 - (v[5] + v[1]) * k0390;
  const Lanes o0 = v[7] * k0298 - z1 + z3;
  const Lanes o1 = v[5] * k2053 - z2 + z4;
  const Lanes o2 = v[3] * k3072 - z2 + z3;
  const Lanes o3 = v[1] * k1501 - z1 + z4;

  v[0] = shift_right(s0 + o3, shift);
  v[7] = shift_right(s0 - o3, shift);
  v[1] = shift_right(s1 + o2, shift);
  v[6] = shift_right(s1 - o2, shift);
  v[2] = shift_right(s2 + o1, shift);
  v[5] = shift_right(s2 - o1, shift);
  v[3] = shift_right(s3 + o0, shift);
  v[4] = shift_right(s3 - o0, shift);
}

VITRINE_INLINE void transpose(Lanes* v) {
  Lanes a[8];
  for (int i = 0; i < 8; i += 2) {
    a[i] = __builtin_shufflevector(v[i], v[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    a[i + 1] = __builtin_shufflevector(v[i], v[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
  Lanes b[8];
  for (int i = 0; i < 8; i += 4) {
    for (int j = 0; j < 2; ++j) {
      b[i + j] = __builtin_shufflevector(a[i + j], a[i + 2 + j], 0, 1, 8, 9, 4, 5, 12, 13);
      b[i + 2 + j] = __builtin_shufflevector(a[i + j], a[i + 2 + j], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  }
  for (int j = 0; j < 4; ++j) {
    v[j] = __builtin_shufflevector(b[j], b[4 + j], 0, 1, 2, 3, 8, 9, 10, 11);
    v[4 + j] = __builtin_shufflevector(b[j], b[4 + j], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

VITRINE_INLINE void store_clamped(Lanes value, uint8_t* out) {
  SignedLanes v = reinterpret_cast<SignedLanes>(value) + 128;
  const SignedLanes below = v < 0;
  v &= ~below;
  const SignedLanes above = v > 255;
  v = (v & ~above) | (above & 255);
  for (int i = 0; i < 8; ++i) out[i] = static_cast<uint8_t>(v[i]);
}

VITRINE_INLINE void write_block(const Block& block, uint8_t* out, int64_t stride) {
  if (block.last == 0) {
    const int level = std::clamp(((block.values[0] + 4) >> 3) + 128, 0, 255);
    for (int y = 0; y < 8; ++y) std::memset(out + y * stride, level, 8);
    return;
  }
  Lanes v[8];
  std::memcpy(v, block.values, sizeof v);
  inverse_dct(v, 1U << 10, 11);
  transpose(v);
  inverse_dct(v, 1U << 17, 18);
  for (int y = 0; y < 8; ++y) store_clamped(v[y], out + y * stride);
}

VITRINE_INLINE bool read_planes(const JpegScan& scan, JpegScratch& planes) {
  const int side = scan.sampling == JpegSampling::k420 ? 16 : 8;
  const int luma_blocks = side / 8;
  const int columns = (scan.size.width + side - 1) / side;
  const int rows = (scan.size.height + side - 1) / side;
  planes.component[0].resize(columns * side, rows * side);
  planes.component[1].resize(columns * 8, rows * 8);
  planes.component[2].resize(columns * 8, rows * 8);

  Quantisers quantisers[2];
  const auto luminance = scaled_quantisers(kLuminanceQuantisers, scan.quality);
  const auto chrominance = scaled_quantisers(kChrominanceQuantisers, scan.quality);
  for (size_t k = 0; k < 64; ++k) {
    quantisers[0].zigzag[k] = luminance[kZigzag[k]];
    quantisers[1].zigzag[k] = chrominance[kZigzag[k]];
  }

  BitReader bits(scan.bytes);
  int16_t dc[3] = {0, 0, 0};
  Block block;
  for (int my = 0; my < rows; ++my) {
    for (int mx = 0; mx < columns; ++mx) {
      JpegScratch::Plane& luma = planes.component[0];
      for (int b = 0; b < luma_blocks * luma_blocks; ++b) {
        if (!read_block(bits, 0, quantisers[0], dc[0], block)) return false;
        const int x = mx * side + b % luma_blocks * 8;
        write_block(block, luma.row(my * side + b / luma_blocks * 8) + x, luma.width);
      }
      for (int c = 1; c < 3; ++c) {
        if (!read_block(bits, 1, quantisers[1], dc[c], block)) return false;
        write_block(block, planes.component[c].row(my * 8) + mx * 8, planes.component[c].width);
      }
    }
    if (bits.overrun()) return false;
  }
  return bits.finished();
}

// A row of chroma at full width by the triangle filter: `near` weighs three times `far`.
VITRINE_INLINE void upsample_row(const uint8_t* near, const uint8_t* far, int width, int16_t* sums, uint8_t* out) {
  for (int x = 0; x < width; ++x) sums[x] = static_cast<int16_t>(near[x] * 3 + far[x]);
  out[0] = static_cast<uint8_t>((sums[0] * 4 + 8) >> 4);
  for (int x = 1; x < width; ++x) out[2 * x] = static_cast<uint8_t>((sums[x] * 3 + sums[x - 1] + 8) >> 4);
  for (int x = 0; x + 1 < width; ++x) out[2 * x + 1] = static_cast<uint8_t>((sums[x] * 3 + sums[x + 1] + 7) >> 4);
  out[2 * width - 1] = static_cast<uint8_t>((sums[width - 1] * 4 + 7) >> 4);
}

VITRINE_INLINE void convert_row(const uint8_t* luma, const uint8_t* blue, const uint8_t* red, int width,
                                uint32_t* out) {
  for (int x = 0; x < width; ++x) {
    // ITU-R BT.601 as JFIF says it, in 16-bit fixed point.
    const int y = (luma[x] << 16) + 32768;
    const int cb = blue[x] - 128;
    const int cr = red[x] - 128;
    const int r = std::min(std::max((y + 91881 * cr) >> 16, 0), 255);
    const int g = std::min(std::max((y - 22554 * cb - 46802 * cr) >> 16, 0), 255);
    const int b = std::min(std::max((y + 116130 * cb) >> 16, 0), 255);
    out[x] = static_cast<uint32_t>(r << 16 | g << 8 | b);
  }
}

VITRINE_INLINE Result<void> decode(const JpegScan& scan, uint32_t* pixels, int64_t stride, JpegScratch& scratch) {
  if (scan.quality < 1 || scan.quality > 100 || scan.size.width <= 0 || scan.size.height <= 0) {
    return Error{ErrorCode::kMalformed, "JPEG piece has impossible parameters"};
  }
  if (!read_planes(scan, scratch)) return Error{ErrorCode::kMalformed, "JPEG piece is damaged"};
  auto& [luma, blue, red] = scratch.component;
  if (scan.sampling == JpegSampling::k444) {
    for (int y = 0; y < scan.size.height; ++y) {
      convert_row(luma.row(y), blue.row(y), red.row(y), scan.size.width, pixels + y * stride);
    }
    return {};
  }
  // The filter ends at the picture's last real sample, not in the padding of its last block.
  const int width = (scan.size.width + 1) / 2;
  const int height = (scan.size.height + 1) / 2;
  scratch.sums.resize(static_cast<size_t>(width));
  scratch.full.resize(static_cast<size_t>(width) * 4);
  int16_t* const sums = scratch.sums.data();
  uint8_t* const full = scratch.full.data();
  for (int y = 0; y < scan.size.height; ++y) {
    const int near = y / 2;
    const int far = std::clamp(near + ((y & 1) != 0 ? 1 : -1), 0, height - 1);
    upsample_row(blue.row(near), blue.row(far), width, sums, full);
    upsample_row(red.row(near), red.row(far), width, sums, full + 2 * width);
    convert_row(luma.row(y), full, full + 2 * width, scan.size.width, pixels + y * stride);
  }
  return {};
}

#if defined(__x86_64__)
__attribute__((target("avx2,bmi2"))) Result<void> decode_avx2(const JpegScan& scan, uint32_t* pixels, int64_t stride,
                                                              JpegScratch& scratch) {
  return decode(scan, pixels, stride, scratch);
}
#endif

}  // namespace

Result<void> decode_jpeg_plain(const JpegScan& scan, uint32_t* pixels, int64_t stride) {
  JpegScratch scratch;
  return decode(scan, pixels, stride, scratch);
}

Result<void> decode_jpeg(const JpegScan& scan, uint32_t* pixels, int64_t stride, JpegScratch& scratch) {
#if defined(__x86_64__)
  static const bool fast = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
  if (fast) return decode_avx2(scan, pixels, stride, scratch);
#endif
  return decode(scan, pixels, stride, scratch);
}

Result<void> decode_jpeg(const JpegScan& scan, uint32_t* pixels, int64_t stride) {
  JpegScratch scratch;
  return decode_jpeg(scan, pixels, stride, scratch);
}

}  // namespace vitrine::codec
