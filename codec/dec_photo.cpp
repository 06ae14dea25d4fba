#include "codec/dec_photo.h"

#include <cstring>
#include <optional>

#include "codec/bitstream.h"
#include "codec/photo_rows.h"

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
using Pairs2 = uint64_t __attribute__((vector_size(16)));
// Blue less green, green, red less green and 0, of two pixels or of one.
using Lanes = int16_t __attribute__((vector_size(16)));
constexpr int kLanes = 4;  // of a pixel

VITRINE_INLINE Lanes split(uint32_t first, uint32_t second) {
  const Words4 words = {first, second, 0, 0};
  const auto all = reinterpret_cast<Lanes>(__builtin_shufflevector(reinterpret_cast<Bytes16>(words), Bytes16{}, 0, 16,
                                                                   1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
  return all - __builtin_shufflevector(all, Lanes{}, 1, 8, 1, 8, 5, 8, 5, 8);
}
VITRINE_INLINE Lanes load_two(const int16_t* at) {
  Lanes lanes;
  std::memcpy(&lanes, at, sizeof(lanes));
  return lanes;
}
VITRINE_INLINE Lanes one_of(uint64_t lanes) {
  return reinterpret_cast<Lanes>(Pairs2{lanes, 0});
}
VITRINE_INLINE Lanes load_one(const int16_t* at) {
  uint64_t lanes;
  std::memcpy(&lanes, at, sizeof(lanes));
  return one_of(lanes);
}
VITRINE_INLINE uint64_t low(Lanes lanes) {
  return reinterpret_cast<Pairs2>(lanes)[0];
}
VITRINE_INLINE Lanes smaller(Lanes a, Lanes b) {
  return a < b ? a : b;
}
VITRINE_INLINE Lanes larger(Lanes a, Lanes b) {
  return a > b ? a : b;
}
VITRINE_INLINE Lanes distance(Lanes a, Lanes b) {
  const Lanes step = a - b;
  return larger(step, -step);
}
VITRINE_INLINE Lanes all(int value) {
  const auto lane = static_cast<int16_t>(value);
  return Lanes{lane, lane, lane, lane, lane, lane, lane, lane};
}
VITRINE_INLINE Lanes weight(const PhotoWeights& weights, size_t neighbour) {
  const int16_t green = weights.green[neighbour];
  const int16_t chroma = weights.chroma[neighbour];
  return Lanes{chroma, green, chroma, 0, chroma, green, chroma, 0};
}

// A row and what is known of the one above.
struct Row {
  const PhotoWeights& weights;
  const uint32_t* above;
  uint32_t* current;
  int width;
  int16_t* lanes;
  int16_t* sums;
  int16_t* rough;
};

// What of a row's sums and roughness the row above alone decides, two pixels at a time. Both have room for one pixel
// more than the row's.
VITRINE_INLINE void look_above(const Row& row) {
  const PhotoWeights weights = row.weights;
  const Lanes north_west = weight(weights, 2);
  const Lanes north_east = weight(weights, 3);
  const Lanes far_west = weight(weights, 4);
  const Lanes far_east = weight(weights, 5);
  for (int x = -PhotoRows::kBeside; x < row.width + PhotoRows::kBeside; x += 2) {
    const Lanes two = split(row.above[x], row.above[x + 1]);
    std::memcpy(row.lanes + kLanes * (x + PhotoRows::kBeside), &two, sizeof(two));
  }
  for (int x = 0; x < row.width; x += 2) {
    const int16_t* const at = row.lanes + kLanes * x;
    const Lanes nww = load_two(at);
    const Lanes nw = load_two(at + kLanes);
    const Lanes n = load_two(at + 2 * kLanes);
    const Lanes ne = load_two(at + 3 * kLanes);
    const Lanes nee = load_two(at + 4 * kLanes);
    const Lanes sum = (nw - n) * north_west + (ne - n) * north_east + (nww - n) * far_west + (nee - n) * far_east +
                      all(kPhotoWeightOne / 2);
    const Lanes around = distance(n, nw) + distance(n, ne) + distance(nw, nww) + distance(ne, nee);
    std::memcpy(row.sums + kLanes * x, &sum, sizeof(sum));
    std::memcpy(row.rough + kLanes * x, &around, sizeof(around));
  }
}

enum class Prediction : uint8_t { kMedian, kWeights, kWeightsAndErrors };

// The median of W, N and W + N - NW is W plus N - W clamped between 0 and N - NW.
VITRINE_INLINE Lanes median(Lanes w, Lanes n, Lanes nw) {
  const Lanes zero = {};
  const Lanes step = n - nw;
  return w + smaller(larger(n - w, smaller(step, zero)), larger(step, zero));
}

VITRINE_INLINE int error_of(uint32_t folded, uint64_t sums, int lane) {
  return photo_turned(photo_unfold(static_cast<int>(folded)), static_cast<int>(sums >> (16 * lane) & 0xffff));
}
VITRINE_INLINE int lane_of(uint64_t lanes, int lane) {
  return static_cast<int16_t>(lanes >> (16 * lane));
}

// False when the chunk ran out of words.
template <Prediction kBy>
VITRINE_INLINE bool decode_row(ChunkReader& shared, PhotoContext* const* contexts, const Row& row) {
  const PhotoWeights weights = row.weights;
  uint32_t* const current = row.current;
  const Lanes west = weight(weights, 0);
  const Lanes far_west = weight(weights, 1);
  const Lanes least = {INT16_MIN, 0, INT16_MIN, 0, 0, 0, 0, 0};
  const Lanes most = {INT16_MAX, 255, INT16_MAX, 0, 0, 0, 0, 0};
  ChunkReader chunk = shared;
  Lanes w = split(current[-1], 0);
  Lanes ww = split(current[-2], 0);
  for (int x = 0; x < row.width; ++x) {
    const int16_t* const above = row.lanes + kLanes * (x + PhotoRows::kBeside);
    const Lanes n = load_one(above);
    Lanes sum = all(kPhotoWeightOne / 2);
    Lanes expected;
    if constexpr (kBy == Prediction::kMedian) {
      expected = median(w, n, load_one(above - kLanes));
    } else {
      sum = load_one(row.sums + kLanes * x) + (w - n) * west + (ww - n) * far_west;
      expected = n + (sum >> kPhotoWeightBits);
    }
    expected = smaller(larger(expected, least), most);
    const Lanes around = load_one(row.rough + kLanes * x) + distance(w, n) + distance(w, ww);
    const uint64_t classes = low(smaller(around, all(kPhotoRoughest)));
    const uint64_t turns = low(sum);
    const uint64_t middles = low(expected);

    const uint32_t green = chunk.read(contexts[classes >> 16 & 0xff][0], chunk.states[0]);
    const uint32_t red = chunk.read(contexts[classes >> 32 & 0xff][kPhotoRoughness], chunk.states[1]);
    const uint32_t blue = chunk.read(contexts[classes & 0xff][2 * kPhotoRoughness], chunk.states[2]);
    const int green_error = error_of(green, turns, 1);
    const auto g = static_cast<uint32_t>(lane_of(middles, 1) + green_error) & 0xff;
    uint32_t r;
    uint32_t b;
    if constexpr (kBy == Prediction::kWeightsAndErrors) {
      const int known = static_cast<int8_t>(green_error);
      const int red_sum = lane_of(turns, 2) + known * weights.green_to_red;
      const int red_error = photo_turned(photo_unfold(static_cast<int>(red)), red_sum);
      r = (g + static_cast<uint32_t>(above[2] + (red_sum >> kPhotoWeightBits) + red_error)) & 0xff;
      const int blue_sum =
          lane_of(turns, 0) + known * weights.green_to_blue + static_cast<int8_t>(red_error) * weights.red_to_blue;
      const int blue_error = photo_turned(photo_unfold(static_cast<int>(blue)), blue_sum);
      b = (g + static_cast<uint32_t>(above[0] + (blue_sum >> kPhotoWeightBits) + blue_error)) & 0xff;
    } else {
      r = (g + static_cast<uint32_t>(lane_of(middles, 2) + error_of(red, turns, 2))) & 0xff;
      b = (g + static_cast<uint32_t>(lane_of(middles, 0) + error_of(blue, turns, 0))) & 0xff;
    }
    current[x] = r << 16 | g << 8 | b;
    if (chunk.in > chunk.end) return false;
    ww = w;
    w = one_of(uint64_t{(b - g) & 0xffff} | uint64_t{g} << 16 | uint64_t{(r - g) & 0xffff} << 32);
  }
  shared = chunk;
  return true;
}

VITRINE_INLINE bool decode_row_by(ChunkReader& chunk, PhotoContext* const* contexts, const Row& row) {
  look_above(row);
  if (row.weights.median) return decode_row<Prediction::kMedian>(chunk, contexts, row);
  if (!row.weights.uses_errors()) return decode_row<Prediction::kWeights>(chunk, contexts, row);
  return decode_row<Prediction::kWeightsAndErrors>(chunk, contexts, row);
}

#if defined(__x86_64__)
__attribute__((target("avx2,bmi2"))) bool decode_row_avx2(ChunkReader& chunk, PhotoContext* const* contexts,
                                                          const Row& row) {
  return decode_row_by(chunk, contexts, row);
}
#endif

bool decode_row_best(ChunkReader& chunk, PhotoContext* const* contexts, const Row& row) {
#if defined(__x86_64__)
  static const bool fast = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
  if (fast) return decode_row_avx2(chunk, contexts, row);
#endif
  return decode_row_by(chunk, contexts, row);
}

// Nothing where they are out of bounds.
std::optional<PhotoWeights> read_weights(ByteReader& reader) {
  PhotoWeights weights;
  const auto next = [&reader] { return static_cast<int8_t>(reader.byte()); };
  weights.green[0] = next();
  if (weights.green[0] == kPhotoMedianMark) return PhotoWeights{};
  weights.median = false;
  for (size_t i = 1; i < kPhotoNeighbours; ++i) weights.green[i] = next();
  for (int8_t& weight : weights.chroma) weight = next();
  weights.green_to_red = next();
  weights.green_to_blue = next();
  weights.red_to_blue = next();
  if (!weights.fits()) return {};
  return weights;
}

}  // namespace

Result<size_t> PhotoDecoder::decode(std::span<const uint8_t> in, uint32_t* pixels, int stride, Size picture,
                                    const Rect& area) {
  ByteReader reader(in);
  const auto sides = PhotoSides::create(reader.byte());
  if (!sides) return Error{ErrorCode::kMalformed, "a photo piece's sides are unknown"};
  PhotoRows rows(PictureView{pixels, picture.width, picture.height, stride}, area, *sides);
  const auto lanes = static_cast<size_t>(area.width + 2 * PhotoRows::kBeside + 2) * kLanes;
  row_.assign(3 * lanes, 0);
  const int chunk_rows = std::max(1, kPhotoChunkPixels / area.width);
  for (int coded = 0; coded < area.height; coded += chunk_rows) {
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
    const int end = std::min(coded + chunk_rows, area.height);
    bool clean = true;
    for (int i = coded; i < end && clean; ++i) {
      rows.next();
      const Row row{*weights,    rows.above(),        rows.current(),         area.width,
                    row_.data(), row_.data() + lanes, row_.data() + 2 * lanes};
      clean = decode_row_best(chunk, model_.by_roughness(), row);
      rows.write(pixels + static_cast<int64_t>(rows.y()) * stride + area.x);
      model_.end_row(area.width);
    }
    clean = clean && chunk.in == chunk.end;
    for (const uint32_t state : chunk.states) clean = clean && state == kPhotoStateFloor;
    if (!clean) return Error{ErrorCode::kMalformed, "photo piece is damaged"};
  }
  return in.size() - reader.rest().size();
}

}  // namespace vitrine::codec
