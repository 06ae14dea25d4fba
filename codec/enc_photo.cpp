#include "codec/enc_photo.h"

#include "codec/bitstream.h"

namespace vitrine::codec {
namespace {

constexpr uint32_t kRawMark = 0x8000;  // in the low half of an item: raw bits; their count is in bits 8..11

void push_word(std::vector<uint8_t>& out, uint32_t word) {
  out.push_back(static_cast<uint8_t>(word));
  out.push_back(static_cast<uint8_t>(word >> 8));
}

}  // namespace

void PhotoEncoder::encode(const PictureView& source, const PictureView& held, const Rect& area,
                          std::vector<uint8_t>& out) {
  PhotoRows rows(area.width);
  const int chunk_rows = std::max(1, kPhotoChunkPixels / area.width);
  for (int y = area.y; y < area.bottom(); ++y) {
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
  const size_t start = items_.size();
  items_.resize(start + static_cast<size_t>(width) * 6);
  uint32_t* item = items_.data() + start;
  const auto add = [&](int context_index, uint8_t folded, uint32_t channel) {
    PhotoContext& context = model_.context(context_index);
    const PhotoToken token = kPhotoTokenOf[folded];
    ++context.counts[token.token];
    ++context.fresh;
    // The channel picks the coder's state; it rides in bits 12 and 13, which first slots (12 bits) leave free.
    *item++ = context.range[token.token] | channel << 12;
    if (token.raw_bits > 0) *item++ = kRawMark | channel << 12 | uint32_t{token.raw_bits} << 8 | token.raw;
  };
  for (int x = 0; x < width; ++x) {
    const uint32_t pixel = current[x];
    const PhotoPrediction predicted = photo_predict({current[x - 1], above[x], above[x - 1], above[x + 1]});
    const int green = static_cast<int>(pixel >> 8 & 0xff) - predicted.green;
    const int red = static_cast<int>(pixel >> 16 & 0xff) - predicted.red - green;
    const int blue = static_cast<int>(pixel & 0xff) - predicted.blue - green;
    const uint8_t folded_green = photo_fold(green);
    const uint8_t folded_red = photo_fold(red);
    add(predicted.roughness, folded_green, 0);
    add(photo_context(1, predicted.roughness, folded_green), folded_red, 1);
    add(photo_context(2, predicted.roughness, folded_red), photo_fold(blue), 2);
  }
  items_.resize(start + static_cast<size_t>(item - (items_.data() + start)));
}

// The coder runs backwards, so that the decoder can run forwards.
void PhotoEncoder::write_chunk(std::vector<uint8_t>& out) {
  uint32_t states[3] = {kPhotoStateFloor, kPhotoStateFloor, kPhotoStateFloor};
  words_.resize(items_.size());
  uint16_t* word = words_.data();
  for (size_t i = items_.size(); i-- > 0;) {
    const uint32_t item = items_[i];
    uint32_t& state = states[item >> 12 & 3];
    if ((item & kRawMark) != 0) {
      const uint32_t bits = item >> 8 & 15;
      if (state >= 1U << (32 - bits)) {
        *word++ = static_cast<uint16_t>(state);
        state >>= 16;
      }
      state = state << bits | (item & 0xff);
      continue;
    }
    const uint32_t slots = item >> 16;
    if (state >= slots << (32 - kPhotoProbabilityBits)) {
      *word++ = static_cast<uint16_t>(state);
      state >>= 16;
    }
    state = (state / slots << kPhotoProbabilityBits) + (item & (kPhotoScale - 1)) + state % slots;
  }
  const auto count = static_cast<size_t>(word - words_.data());
  ByteWriter(out).varint(static_cast<uint32_t>(count));
  for (const uint32_t state : states) {
    push_word(out, state & 0xffff);
    push_word(out, state >> 16);
  }
  for (size_t i = count; i-- > 0;) push_word(out, words_[i]);
  items_.clear();
}

}  // namespace vitrine::codec
