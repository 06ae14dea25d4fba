#include "codec/enc_photo.h"

#include "codec/bitstream.h"
#include "codec/enc_photo_fit.h"

namespace vitrine::codec {
namespace {

// An item is a token (first slot in bits 0..11, slots in the high half) or raw bits (value in bits 0..7, how many in
// bits 8..11, kRawMark). Bits 12 and 13 say which of the three states codes it.
constexpr uint32_t kRawMark = 0x8000;

void push_word(std::vector<uint8_t>& out, uint32_t word) {
  out.push_back(static_cast<uint8_t>(word));
  out.push_back(static_cast<uint8_t>(word >> 8));
}

VITRINE_INLINE int16_t channel_of(uint32_t pixel, int shift) {
  return static_cast<int16_t>(pixel >> shift & 0xff);
}

// The arithmetic of PhotoWeights::predict() in 16 bits, which is what makes it quick.
template <bool kMedian>
VITRINE_INLINE int16_t error_of(const uint32_t* above, const uint32_t* current, int x, int shift,
                                const PhotoWeights& weights) {
  const int16_t w = channel_of(current[x - 1], shift);
  const int16_t n = channel_of(above[x], shift);
  const int16_t nw = channel_of(above[x - 1], shift);
  if constexpr (kMedian) {
    const auto step = static_cast<int16_t>(n - nw);
    const auto low = static_cast<int16_t>(step < 0 ? step : 0);
    const auto high = static_cast<int16_t>(step < 0 ? 0 : step);
    auto move = static_cast<int16_t>(n - w);
    move = move < low ? low : move;
    move = move > high ? high : move;
    return static_cast<int16_t>(channel_of(current[x], shift) - w - move);
  } else {
    const int16_t ne = channel_of(above[x + 1], shift);
    const auto part = [w](int16_t neighbour, int16_t weight) {
      return static_cast<int16_t>(static_cast<int16_t>(neighbour - w) * weight);
    };
    auto sum = static_cast<int16_t>(part(n, weights.north) + part(nw, weights.north_west));
    sum = static_cast<int16_t>(sum + part(ne, weights.north_east));
    sum = static_cast<int16_t>(static_cast<int16_t>(sum + kPhotoWeightOne / 2) >> kPhotoWeightBits);
    auto expected = static_cast<int16_t>(w + sum);
    expected = static_cast<int16_t>(expected < 0 ? 0 : expected);
    expected = static_cast<int16_t>(expected > 255 ? 255 : expected);
    return static_cast<int16_t>(channel_of(current[x], shift) - expected);
  }
}

VITRINE_INLINE uint8_t fold(int16_t error) {
  const auto wrapped = static_cast<int16_t>(static_cast<int8_t>(error));
  return static_cast<uint8_t>(wrapped * 2 ^ wrapped >> 15);
}

// Errors of a row; nothing here depends on the pixel before, so the compiler vectorises it.
template <bool kMedian>
VITRINE_INLINE void predict_channels(const uint32_t* above, const uint32_t* current, int width,
                                     const PhotoWeights& weights, uint8_t* green, uint8_t* red, uint8_t* blue) {
  const PhotoWeights local = weights;  // the stores below might alias it
  for (int x = 0; x < width; ++x) {
    const int16_t error = error_of<kMedian>(above, current, x, 8, local);
    green[x] = fold(error);
    red[x] = fold(static_cast<int16_t>(error_of<kMedian>(above, current, x, 16, local) - error));
    blue[x] = fold(static_cast<int16_t>(error_of<kMedian>(above, current, x, 0, local) - error));
  }
}

VITRINE_INLINE void predict_row(const uint32_t* above, const uint32_t* current, int width, const PhotoWeights& weights,
                                uint8_t* green, uint8_t* red, uint8_t* blue, uint16_t* rough) {
  if (weights.median) {
    predict_channels<true>(above, current, width, weights, green, red, blue);
  } else {
    predict_channels<false>(above, current, width, weights, green, red, blue);
  }
  for (int x = 0; x < width; ++x) {
    const int w = channel_of(current[x - 1], 8);
    const int n = channel_of(above[x], 8);
    const int nw = channel_of(above[x - 1], 8);
    const int ne = channel_of(above[x + 1], 8);
    rough[x] = static_cast<uint16_t>(std::abs(w - nw) + std::abs(n - nw) + std::abs(ne - n));
  }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) void predict_row_avx2(const uint32_t* above, const uint32_t* current, int width,
                                                      const PhotoWeights& weights, uint8_t* green, uint8_t* red,
                                                      uint8_t* blue, uint16_t* rough) {
  predict_row(above, current, width, weights, green, red, blue, rough);
}
#endif

void predict_row_best(const uint32_t* above, const uint32_t* current, int width, const PhotoWeights& weights,
                      uint8_t* green, uint8_t* red, uint8_t* blue, uint16_t* rough) {
#if defined(__x86_64__)
  static const bool fast = __builtin_cpu_supports("avx2");
  if (fast) return predict_row_avx2(above, current, width, weights, green, red, blue, rough);
#endif
  predict_row(above, current, width, weights, green, red, blue, rough);
}

}  // namespace

void PhotoEncoder::encode(const PictureView& source, const PictureView& held, const Rect& area,
                          std::vector<uint8_t>& out) {
  PhotoRows rows(area.width);
  const int chunk_rows = std::max(1, kPhotoChunkPixels / area.width);
  for (int y = area.y; y < area.bottom(); ++y) {
    if ((y - area.y) % chunk_rows == 0) {
      weights_ = fit_photo_weights(source, {area.x, y, area.width, std::min(chunk_rows, area.bottom() - y)});
    }
    rows.begin(held, area, y);
    const uint32_t* in = source.row(y) + area.x;
    uint32_t* current = rows.current();
    for (int x = 0; x < area.width; ++x) current[x] = in[x] & kColourMask;
    collect_row(rows.above(), current, area.width);
    model_.end_row(area.width);
    if ((y - area.y + 1) % chunk_rows == 0 || y + 1 == area.bottom()) write_chunk(out);
  }
}

// Lists the tokens of a row with the slots their tables give them now.
void PhotoEncoder::collect_row(const uint32_t* above, const uint32_t* current, int width) {
  const auto count = static_cast<size_t>(width);
  errors_.resize(count * 3);
  rough_.resize(count);
  uint8_t* const green = errors_.data();
  uint8_t* const red = green + count;
  uint8_t* const blue = red + count;
  predict_row_best(above, current, width, weights_, green, red, blue, rough_.data());

  const size_t start = items_.size();
  items_.resize(start + count * 6);
  uint32_t* item = items_.data() + start;
  PhotoContext* const contexts = model_.contexts();
  const auto add = [&item](PhotoContext& context, uint8_t folded, uint32_t channel) {
    const uint32_t packed = kPhotoTokenOf[folded];
    const uint32_t token = packed & 0xff;
    ++context.counts[token];
    item[0] = context.range[token] | channel;
    // Written in any case and kept when there are raw bits.
    item[1] = kRawMark | channel | packed >> 8;
    item += token < kPhotoPlainTokens ? 1 : 2;
  };
  for (size_t x = 0; x < count; ++x) {
    const uint32_t classes = kPhotoRoughnessOf[rough_[x]];
    PhotoContext* const chroma = contexts + (classes >> 16);
    add(contexts[classes & 0xffff], green[x], 0);
    add(chroma[kPhotoErrorClass[green[x]]], red[x], 1 << 12);
    add(chroma[kPhotoChroma + kPhotoErrorClass[red[x]]], blue[x], 2 << 12);
  }
  items_.resize(start + static_cast<size_t>(item - (items_.data() + start)));
}

// The coder runs backwards, so that the decoder can run forwards.
void PhotoEncoder::write_chunk(std::vector<uint8_t>& out) {
  uint32_t states[3] = {kPhotoStateFloor, kPhotoStateFloor, kPhotoStateFloor};
  words_.resize(items_.size() + 1);
  uint16_t* word = words_.data();
  for (size_t i = items_.size(); i-- > 0;) {
    const uint32_t item = items_[i];
    uint32_t& kept = states[item >> 12 & 3];
    uint32_t state = kept;
    const bool raw = (item & kRawMark) != 0;
    const uint32_t bits = item >> 8 & 15;
    const uint32_t slots = item >> 16;
    // A word leaves when the state would grow past 32 bits.
    const uint64_t limit = raw ? uint64_t{1} << (32 - bits) : uint64_t{slots} << (32 - kPhotoProbabilityBits);
    const uint32_t full = 0U - static_cast<uint32_t>(state >= limit);
    *word = static_cast<uint16_t>(state);
    word += full & 1;
    state >>= full & 16;
    if (__builtin_expect(raw, 0)) {
      kept = state << bits | (item & 0xff);
    } else {
      kept = (state / slots << kPhotoProbabilityBits) + (item & (kPhotoScale - 1)) + state % slots;
    }
  }
  const auto count = static_cast<size_t>(word - words_.data());
  ByteWriter writer(out);
  writer.varint(static_cast<uint32_t>(count));
  writer.byte(static_cast<uint8_t>(weights_.median ? kPhotoMedianMark : weights_.north));
  if (!weights_.median) {
    writer.byte(static_cast<uint8_t>(weights_.north_west));
    writer.byte(static_cast<uint8_t>(weights_.north_east));
  }
  for (const uint32_t state : states) {
    push_word(out, state & 0xffff);
    push_word(out, state >> 16);
  }
  const size_t at = out.size();
  out.resize(at + count * 2);
  for (size_t i = 0; i < count; ++i) {
    const uint16_t value = words_[count - 1 - i];
    out[at + 2 * i] = static_cast<uint8_t>(value);
    out[at + 2 * i + 1] = static_cast<uint8_t>(value >> 8);
  }
  items_.clear();
}

}  // namespace vitrine::codec
