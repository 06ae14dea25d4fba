#include "codec/dec_photo.h"

#include <cstring>
#include <optional>

#include "codec/bitstream.h"

namespace vitrine::codec {
namespace {

// A pixel takes at most twelve bytes; reading ahead of the check needs two more.
constexpr size_t kPadding = 16;

// The three interleaved states of a chunk and the words they take in turn. Nothing here branches on what is read but
// the rare raw bits: mispredicted branches would cost more than all the rest.
struct ChunkReader {
  uint32_t states[3] = {0, 0, 0};
  const uint8_t* in = nullptr;
  const uint8_t* end = nullptr;

  VITRINE_INLINE void refill(uint32_t& state) {
    uint16_t word;
    std::memcpy(&word, in, 2);
    const uint32_t needed = 0U - static_cast<uint32_t>(state < kPhotoStateFloor);
    state = state << (needed & 16) | (word & needed);
    in += needed & 2;
  }

  VITRINE_INLINE uint32_t read(PhotoContext& context, uint32_t& state) {
    const uint32_t slot = state & (kPhotoScale - 1);
    const uint32_t token = context.token_of_slot[slot];
    const uint32_t range = context.range[token];
    ++context.counts[token];
    state = (range >> 16) * (state >> kPhotoProbabilityBits) + slot - (range & 0xffff);
    refill(state);
    if (__builtin_expect(token < kPhotoPlainTokens, 1)) return token;
    const uint32_t bits = kPhotoGroupBits[token - kPhotoPlainTokens];
    const uint32_t raw = state & ((1U << bits) - 1);
    state >>= bits;
    refill(state);
    return kPhotoGroupStart[token - kPhotoPlainTokens] + raw;
  }
};

using Bytes16 = uint8_t __attribute__((vector_size(16)));
using Words4 = uint32_t __attribute__((vector_size(16)));
using Lanes = int16_t __attribute__((vector_size(16)));  // blue, green, red, 0, and four unused

VITRINE_INLINE Lanes unpack(uint32_t pixel) {
  const Words4 word = {pixel, 0, 0, 0};
  return reinterpret_cast<Lanes>(__builtin_shufflevector(reinterpret_cast<Bytes16>(word), Bytes16{}, 0, 16, 1, 17, 2,
                                                         18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
}
VITRINE_INLINE Lanes smaller(Lanes a, Lanes b) {
  return a < b ? a : b;
}
VITRINE_INLINE Lanes larger(Lanes a, Lanes b) {
  return a > b ? a : b;
}

VITRINE_INLINE Lanes all(int16_t value) {
  return Lanes{value, value, value, value, value, value, value, value};
}

// The arithmetic of PhotoWeights::predict() for three channels at once.
template <bool kMedian>
VITRINE_INLINE Lanes predict(Lanes w, Lanes n, Lanes nw, Lanes ne, const PhotoWeights& weights) {
  const Lanes zero = {};
  if constexpr (kMedian) {
    // The median of W, N and W + N - NW is W plus N - W clamped between 0 and N - NW.
    const Lanes step = n - nw;
    return w + smaller(larger(n - w, smaller(step, zero)), larger(step, zero));
  } else {
    const Lanes sum = (n - w) * all(weights.north) + (nw - w) * all(weights.north_west) +
                      (ne - w) * all(weights.north_east) + all(kPhotoWeightOne / 2);
    return smaller(larger(w + (sum >> kPhotoWeightBits), zero), all(255));
  }
}

// False when the chunk ran out of words.
template <bool kMedian>
VITRINE_INLINE bool decode_row(ChunkReader& shared, PhotoContext* contexts, const PhotoWeights& shared_weights,
                               const uint32_t* above, uint32_t* current, int width) {
  const PhotoWeights weights = shared_weights;
  ChunkReader chunk = shared;
  uint32_t west = current[-1];
  Lanes w = unpack(west);
  Lanes nw = unpack(above[-1]);
  Lanes n = unpack(above[0]);
  for (int x = 0; x < width; ++x) {
    const Lanes ne = unpack(above[x + 1]);
    const Lanes predicted = predict<kMedian>(w, n, nw, ne, weights);
    const int rough = std::abs(w[1] - nw[1]) + std::abs(n[1] - nw[1]) + std::abs(ne[1] - n[1]);
    const uint32_t classes = kPhotoRoughnessOf[static_cast<size_t>(rough)];
    PhotoContext* const chroma = contexts + (classes >> 16);

    const uint32_t green = chunk.read(contexts[classes & 0xffff], chunk.states[0]);
    const uint32_t red = chunk.read(chroma[kPhotoErrorClass[green]], chunk.states[1]);
    const uint32_t blue = chunk.read(chroma[kPhotoChroma + kPhotoErrorClass[red]], chunk.states[2]);
    const int error = photo_unfold(static_cast<int>(green));
    const auto g = static_cast<uint32_t>(predicted[1] + error) & 0xff;
    const auto r = static_cast<uint32_t>(predicted[2] + error + photo_unfold(static_cast<int>(red))) & 0xff;
    const auto b = static_cast<uint32_t>(predicted[0] + error + photo_unfold(static_cast<int>(blue))) & 0xff;
    west = r << 16 | g << 8 | b;
    current[x] = west;
    if (chunk.in > chunk.end) return false;
    w = unpack(west);
    nw = n;
    n = ne;
  }
  shared = chunk;
  return true;
}

VITRINE_INLINE bool decode_row_by(ChunkReader& chunk, PhotoContext* contexts, const PhotoWeights& weights,
                                  const uint32_t* above, uint32_t* current, int width) {
  return weights.median ? decode_row<true>(chunk, contexts, weights, above, current, width)
                        : decode_row<false>(chunk, contexts, weights, above, current, width);
}

#if defined(__x86_64__)
__attribute__((target("avx2,bmi2"))) bool decode_row_avx2(ChunkReader& chunk, PhotoContext* contexts,
                                                          const PhotoWeights& weights, const uint32_t* above,
                                                          uint32_t* current, int width) {
  return decode_row_by(chunk, contexts, weights, above, current, width);
}
#endif

bool decode_row_best(ChunkReader& chunk, PhotoContext* contexts, const PhotoWeights& weights, const uint32_t* above,
                     uint32_t* current, int width) {
#if defined(__x86_64__)
  static const bool fast = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
  if (fast) return decode_row_avx2(chunk, contexts, weights, above, current, width);
#endif
  return decode_row_by(chunk, contexts, weights, above, current, width);
}

// Nothing where they are out of bounds.
std::optional<PhotoWeights> read_weights(ByteReader& reader) {
  const auto north = static_cast<int8_t>(reader.byte());
  if (north == kPhotoMedianMark) return PhotoWeights{};
  const auto north_west = static_cast<int8_t>(reader.byte());
  const auto north_east = static_cast<int8_t>(reader.byte());
  return PhotoWeights::create(north, north_west, north_east);
}

}  // namespace

Result<size_t> PhotoDecoder::decode(std::span<const uint8_t> in, uint32_t* pixels, int stride, Size picture,
                                    const Rect& area) {
  ByteReader reader(in);
  const PictureView held{pixels, picture.width, picture.height, stride};
  PhotoRows rows(area.width);
  const int chunk_rows = std::max(1, kPhotoChunkPixels / area.width);
  for (int top = area.y; top < area.bottom(); top += chunk_rows) {
    ChunkReader chunk;
    const size_t words = reader.varint();
    const auto weights = read_weights(reader);
    if (!weights) return Error{ErrorCode::kMalformed, "a photo chunk's weights are out of bounds"};
    for (uint32_t& state : chunk.states) {
      const auto bytes = reader.bytes(4);
      if (reader.failed()) break;
      std::memcpy(&state, bytes.data(), 4);
    }
    const auto body = reader.bytes(words * 2);
    if (reader.failed()) return Error{ErrorCode::kMalformed, "photo piece is cut short"};
    words_.assign(body.size() + kPadding, 0);
    if (!body.empty()) std::memcpy(words_.data(), body.data(), body.size());
    chunk.in = words_.data();
    chunk.end = chunk.in + body.size();
    const int bottom = std::min(top + chunk_rows, area.bottom());
    bool clean = true;
    for (int y = top; y < bottom && clean; ++y) {
      rows.begin(held, area, y);
      clean = decode_row_best(chunk, model_.contexts(), *weights, rows.above(), rows.current(), area.width);
      std::memcpy(pixels + static_cast<int64_t>(y) * stride + area.x, rows.current(),
                  static_cast<size_t>(area.width) * sizeof(uint32_t));
      model_.end_row(area.width);
    }
    clean = clean && chunk.in == chunk.end;
    for (const uint32_t state : chunk.states) clean = clean && state == kPhotoStateFloor;
    if (!clean) return Error{ErrorCode::kMalformed, "photo piece is damaged"};
  }
  return in.size() - reader.rest().size();
}

}  // namespace vitrine::codec
