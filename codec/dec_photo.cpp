#include "codec/dec_photo.h"

#include <cstring>

#include "codec/bitstream.h"

namespace vitrine::codec {
namespace {

// The three interleaved states of a chunk and the words they take in turn.
struct ChunkReader {
  uint32_t states[3] = {0, 0, 0};
  const uint8_t* in = nullptr;
  const uint8_t* end = nullptr;
  bool overrun = false;

  VITRINE_INLINE void refill(uint32_t& state) {
    if (state >= kPhotoStateFloor) return;
    if (in == end) {
      overrun = true;
      state |= kPhotoStateFloor;
      return;
    }
    state = state << 16 | in[0] | uint32_t{in[1]} << 8;
    in += 2;
  }

  VITRINE_INLINE int read(PhotoContext& context, int channel) {
    uint32_t& state = states[channel];
    const uint32_t slot = state & (kPhotoScale - 1);
    const uint32_t token = context.token_of_slot[slot];
    const uint32_t range = context.range[token];
    ++context.counts[token];
    ++context.fresh;
    state = (range >> 16) * (state >> kPhotoProbabilityBits) + slot - (range & 0xffff);
    refill(state);
    if (token < kPhotoPlainTokens) return static_cast<int>(token);
    const uint32_t bits = kPhotoGroupBits[token - kPhotoPlainTokens];
    const uint32_t raw = state & ((1U << bits) - 1);
    state >>= bits;
    refill(state);
    return static_cast<int>(kPhotoGroupStart[token - kPhotoPlainTokens] + raw);
  }
};

VITRINE_INLINE void decode_row(ChunkReader& chunk, PhotoModel& model, const uint32_t* above, uint32_t* current,
                               int width) {
  for (int x = 0; x < width; ++x) {
    const PhotoPrediction predicted = photo_predict({current[x - 1], above[x], above[x - 1], above[x + 1]});
    const int folded_green = chunk.read(model.context(predicted.roughness), 0);
    const int folded_red =
        chunk.read(model.context(photo_context(1, predicted.roughness, static_cast<uint8_t>(folded_green))), 1);
    const int folded_blue =
        chunk.read(model.context(photo_context(2, predicted.roughness, static_cast<uint8_t>(folded_red))), 2);
    const int green = photo_unfold(folded_green);
    const auto g = static_cast<uint32_t>(predicted.green + green) & 0xff;
    const auto r = static_cast<uint32_t>(predicted.red + green + photo_unfold(folded_red)) & 0xff;
    const auto b = static_cast<uint32_t>(predicted.blue + green + photo_unfold(folded_blue)) & 0xff;
    current[x] = r << 16 | g << 8 | b;
  }
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
    for (uint32_t& state : chunk.states) {
      const auto bytes = reader.bytes(4);
      if (reader.failed()) break;
      std::memcpy(&state, bytes.data(), 4);
    }
    const auto body = reader.bytes(words * 2);
    if (reader.failed()) return Error{ErrorCode::kMalformed, "photo piece is cut short"};
    chunk.in = body.data();
    chunk.end = body.data() + body.size();
    const int bottom = std::min(top + chunk_rows, area.bottom());
    for (int y = top; y < bottom; ++y) {
      rows.begin(held, area, y);
      decode_row(chunk, model_, rows.above(), rows.current(), area.width);
      std::memcpy(pixels + static_cast<int64_t>(y) * stride + area.x, rows.current(),
                  static_cast<size_t>(area.width) * sizeof(uint32_t));
      model_.end_row(area.width);
    }
    bool clean = !chunk.overrun && chunk.in == chunk.end;
    for (const uint32_t state : chunk.states) clean = clean && state == kPhotoStateFloor;
    if (!clean) return Error{ErrorCode::kMalformed, "photo piece is damaged"};
  }
  return in.size() - reader.rest().size();
}

}  // namespace vitrine::codec
