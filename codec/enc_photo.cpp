#include "codec/enc_photo.h"

#include <array>

#include "codec/bitstream.h"
#include "codec/enc_photo_fit.h"
#include "codec/enc_photo_sides.h"
#include "codec/photo_rows.h"

namespace vitrine::codec {
namespace {

// An item is a token (first slot in bits 0..11, slots in the high half) or raw bits (value in bits 0..7, how many in
// bits 8..11, kRawMark). Bits 12 and 13 say which of the three states codes it.
constexpr uint32_t kRawMark = 0x8000;

void push_word(std::vector<uint8_t>& out, uint32_t word) {
  out.push_back(static_cast<uint8_t>(word));
  out.push_back(static_cast<uint8_t>(word >> 8));
}

void write_weights(ByteWriter& writer, const PhotoWeights& weights) {
  const auto write = [&writer](int8_t weight) { writer.byte(static_cast<uint8_t>(weight)); };
  if (weights.median) return write(kPhotoMedianMark);
  for (const int8_t weight : weights.green) write(weight);
  for (const int8_t weight : weights.chroma) write(weight);
  write(weights.green_to_red);
  write(weights.green_to_blue);
  write(weights.red_to_blue);
}

VITRINE_INLINE uint8_t fold(int error) {
  const auto wrapped = static_cast<int16_t>(static_cast<int8_t>(error));
  return static_cast<uint8_t>(wrapped * 2 ^ wrapped >> 15);
}
VITRINE_INLINE int16_t distance(int16_t a, int16_t b) {
  return static_cast<int16_t>(std::abs(a - b));
}

// One channel of a row and of the one above it, both with what is known beside.
struct Plane {
  const int16_t* above;
  const int16_t* current;
  int width;
};

// Nothing in these depends on the pixel before, so the compiler vectorises it; 16 bits make it quick.
VITRINE_INLINE void add_up(const Plane& plane, const PhotoWeights::Neighbours& neighbours, int16_t* sums) {
  const PhotoWeights::Neighbours weights = neighbours;  // the stores might alias it
  for (int x = 0; x < plane.width; ++x) {
    const int16_t n = plane.above[x];
    const auto part = [n](int16_t neighbour, int16_t weight) {
      return static_cast<int16_t>(static_cast<int16_t>(neighbour - n) * weight);
    };
    auto sum = static_cast<int16_t>(kPhotoWeightOne / 2 + part(plane.current[x - 1], weights[0]));
    sum = static_cast<int16_t>(sum + part(plane.current[x - 2], weights[1]));
    sum = static_cast<int16_t>(sum + part(plane.above[x - 1], weights[2]));
    sum = static_cast<int16_t>(sum + part(plane.above[x + 1], weights[3]));
    sum = static_cast<int16_t>(sum + part(plane.above[x - 2], weights[4]));
    sums[x] = static_cast<int16_t>(sum + part(plane.above[x + 2], weights[5]));
  }
}

VITRINE_INLINE void add_errors(const int8_t* errors, int16_t share, int width, int16_t* sums) {
  for (int x = 0; x < width; ++x) sums[x] = static_cast<int16_t>(sums[x] + static_cast<int16_t>(errors[x]) * share);
}

VITRINE_INLINE void measure(const Plane& plane, uint8_t* classes) {
  for (int x = 0; x < plane.width; ++x) {
    const int16_t* const up = plane.above + x;
    const int16_t w = plane.current[x - 1];
    auto rough = static_cast<int16_t>(distance(w, up[0]) + distance(w, plane.current[x - 2]));
    rough = static_cast<int16_t>(rough + distance(up[0], up[-1]) + distance(up[0], up[1]));
    rough = static_cast<int16_t>(rough + distance(up[-1], up[-2]) + distance(up[1], up[2]));
    classes[x] = static_cast<uint8_t>(rough < kPhotoRoughest ? rough : kPhotoRoughest);
  }
}

// Errors as they are and as they are coded. Only green has bounds that are known.
template <bool kBounded>
VITRINE_INLINE void find_errors(const Plane& plane, const int16_t* sums, int8_t* errors, uint8_t* folded) {
  for (int x = 0; x < plane.width; ++x) {
    auto expected = static_cast<int16_t>(plane.above[x] + static_cast<int16_t>(sums[x] >> kPhotoWeightBits));
    if constexpr (kBounded) {
      expected = static_cast<int16_t>(expected < 0 ? 0 : expected);
      expected = static_cast<int16_t>(expected > 255 ? 255 : expected);
    }
    const auto error = static_cast<int8_t>(plane.current[x] - expected);
    errors[x] = error;
    const auto turn = static_cast<int16_t>((sums[x] >> (kPhotoWeightBits - 1) & 1) - 1);
    folded[x] = fold(static_cast<int16_t>((error ^ turn) - turn));
  }
}

VITRINE_INLINE void find_errors_by_median(const Plane& plane, uint8_t* folded) {
  for (int x = 0; x < plane.width; ++x) {
    const int16_t w = plane.current[x - 1];
    const int16_t n = plane.above[x];
    const auto step = static_cast<int16_t>(n - plane.above[x - 1]);
    const auto least = static_cast<int16_t>(step < 0 ? step : 0);
    const auto most = static_cast<int16_t>(step < 0 ? 0 : step);
    auto move = static_cast<int16_t>(n - w);
    move = move < least ? least : move;
    move = move > most ? most : move;
    folded[x] = fold(static_cast<int16_t>(plane.current[x] - w - move));
  }
}

VITRINE_INLINE void split_row(const uint32_t* pixels, int count, int16_t* green, int16_t* red, int16_t* blue) {
  for (int x = 0; x < count; ++x) {
    const auto g = static_cast<int16_t>(pixels[x] >> 8 & 0xff);
    green[x] = g;
    red[x] = static_cast<int16_t>(static_cast<int16_t>(pixels[x] >> 16 & 0xff) - g);
    blue[x] = static_cast<int16_t>(static_cast<int16_t>(pixels[x] & 0xff) - g);
  }
}

}  // namespace

// A row's channels and what becomes of them, in the order green, red, blue.
struct PhotoEncoder::RowWork {
  std::array<std::vector<int16_t>, 3> above, current;
  std::array<std::vector<int8_t>, 3> errors;
  std::array<std::vector<uint8_t>, 3> folded, rough;
  std::vector<int16_t> sums;

  void resize(int width) {
    const auto count = static_cast<size_t>(width);
    const size_t with_sides = count + 2 * PhotoRows::kBeside;
    for (size_t channel = 0; channel < 3; ++channel) {
      above[channel].resize(with_sides);
      current[channel].resize(with_sides);
      errors[channel].resize(count);
      folded[channel].resize(count);
      rough[channel].resize(count);
    }
    sums.resize(count);
  }
  [[nodiscard]] Plane plane(size_t channel, int width) const {
    return {above[channel].data() + PhotoRows::kBeside, current[channel].data() + PhotoRows::kBeside, width};
  }
};

namespace {

template <class Work>
VITRINE_INLINE void predict_row(const uint32_t* above, const uint32_t* current, int width, const PhotoWeights& weights,
                                Work& work) {
  constexpr int kBeside = PhotoRows::kBeside;
  split_row(above - kBeside, width + 2 * kBeside, work.above[0].data(), work.above[1].data(), work.above[2].data());
  split_row(current - kBeside, width + kBeside, work.current[0].data(), work.current[1].data(), work.current[2].data());
  for (size_t channel = 0; channel < 3; ++channel) {
    const Plane plane = work.plane(channel, width);
    measure(plane, work.rough[channel].data());
    if (weights.median) {
      find_errors_by_median(plane, work.folded[channel].data());
      continue;
    }
    add_up(plane, channel == 0 ? weights.green : weights.chroma, work.sums.data());
    if (channel == 0) {
      find_errors<true>(plane, work.sums.data(), work.errors[0].data(), work.folded[0].data());
      continue;
    }
    const int8_t by_green = channel == 1 ? weights.green_to_red : weights.green_to_blue;
    if (by_green != 0) add_errors(work.errors[0].data(), by_green, width, work.sums.data());
    if (channel == 2 && weights.red_to_blue != 0) {
      add_errors(work.errors[1].data(), weights.red_to_blue, width, work.sums.data());
    }
    find_errors<false>(plane, work.sums.data(), work.errors[channel].data(), work.folded[channel].data());
  }
}

#if defined(__x86_64__)
template <class Work>
__attribute__((target("avx2"))) void predict_row_avx2(const uint32_t* above, const uint32_t* current, int width,
                                                      const PhotoWeights& weights, Work& work) {
  predict_row(above, current, width, weights, work);
}
#endif

template <class Work>
void predict_row_best(const uint32_t* above, const uint32_t* current, int width, const PhotoWeights& weights,
                      Work& work) {
#if defined(__x86_64__)
  static const bool fast = __builtin_cpu_supports("avx2");
  if (fast) return predict_row_avx2(above, current, width, weights, work);
#endif
  predict_row(above, current, width, weights, work);
}

}  // namespace

PhotoEncoder::PhotoEncoder() : work_(std::make_unique<RowWork>()) {}
PhotoEncoder::~PhotoEncoder() = default;
PhotoEncoder::PhotoEncoder(PhotoEncoder&&) noexcept = default;
PhotoEncoder& PhotoEncoder::operator=(PhotoEncoder&&) noexcept = default;

void PhotoEncoder::encode(const PictureView& source, const PictureView& held, const Rect& area,
                          std::vector<uint8_t>& out) {
  const PhotoSides sides = choose_photo_sides(source, held, area);
  out.push_back(sides.byte());
  PhotoRows rows(held, area, sides);
  work_->resize(area.width);
  const int chunk_rows = std::max(1, kPhotoChunkPixels / area.width);
  for (int coded = 0; coded < area.height; coded += chunk_rows) {
    const int count = std::min(chunk_rows, area.height - coded);
    const int top = sides.from_bottom ? area.bottom() - coded - count : area.y + coded;
    weights_ = fit_photo_weights(source, {area.x, top, area.width, count}, sides);
    for (int i = 0; i < count; ++i) {
      rows.next();
      rows.read(source.row(rows.y()) + area.x);
      collect_row(rows.above(), rows.current(), area.width);
      model_.end_row(area.width);
    }
    write_chunk(out);
  }
}

// Lists the tokens of a row with the slots their tables give them now.
void PhotoEncoder::collect_row(const uint32_t* above, const uint32_t* current, int width) {
  predict_row_best(above, current, width, weights_, *work_);
  const auto count = static_cast<size_t>(width);
  if (items_.size() < item_count_ + count * 6) items_.resize(item_count_ + count * 6);
  uint32_t* item = items_.data() + item_count_;
  const auto add = [&item](PhotoContext& context, uint8_t folded, uint32_t channel) {
    const uint32_t packed = kPhotoTokenOf[folded];
    const uint32_t token = packed & 0xff;
    ++context.counts[token];
    item[0] = context.range[token] | channel;
    // Written in any case and kept when there are raw bits.
    item[1] = kRawMark | channel | packed >> 8;
    item += token < kPhotoPlainTokens ? 1 : 2;
  };
  PhotoContext* const* const contexts = model_.by_roughness();
  const RowWork& work = *work_;
  for (size_t x = 0; x < count; ++x) {
    add(contexts[work.rough[0][x]][0], work.folded[0][x], 0);
    add(contexts[work.rough[1][x]][kPhotoRoughness], work.folded[1][x], 1 << 12);
    add(contexts[work.rough[2][x]][2 * kPhotoRoughness], work.folded[2][x], 2 << 12);
  }
  item_count_ = static_cast<size_t>(item - items_.data());
}

// The coder runs backwards, so that the decoder can run forwards.
void PhotoEncoder::write_chunk(std::vector<uint8_t>& out) {
  uint32_t states[3] = {kPhotoStateFloor, kPhotoStateFloor, kPhotoStateFloor};
  if (words_.size() <= item_count_) words_.resize(item_count_ + 1);
  uint16_t* word = words_.data();
  for (size_t i = item_count_; i-- > 0;) {
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
  write_weights(writer, weights_);
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
  item_count_ = 0;
}

}  // namespace vitrine::codec
