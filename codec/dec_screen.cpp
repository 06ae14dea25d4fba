#include "codec/dec_screen.h"

#include "codec/screen_model.h"

namespace vitrine::codec {

ScreenDecoder::ScreenDecoder() : model_(std::make_unique<ScreenModel>()), window_(std::make_unique<RowWindow>()) {
  reset();
}
ScreenDecoder::~ScreenDecoder() = default;
ScreenDecoder::ScreenDecoder(ScreenDecoder&&) noexcept = default;
ScreenDecoder& ScreenDecoder::operator=(ScreenDecoder&&) noexcept = default;

void ScreenDecoder::reset() {
  model_->reset();
}

Result<size_t> ScreenDecoder::decode(std::span<const uint8_t> in, uint32_t* pixels, int stride, Size picture,
                                     const Rect& area) {
  if (area.empty() || area.x < 0 || area.y < 0 || area.width > picture.width - area.x ||
      area.height > picture.height - area.y) {
    return Error{ErrorCode::kInvalidArgument, "The area of a screen chunk lies outside the picture."};
  }
  const PictureView held{pixels, picture.width, picture.height, stride};
  RangeDecoder coder(in);
  RowCoder<RangeDecoder> rows(*model_, coder);
  window_->start(held, area);
  for (int y = area.y; y < area.bottom() && !coder.overrun(); ++y) {
    window_->load(held, area, y, nullptr);
    rows.code_row(window_->above(), window_->cur(), area.width);
    std::memcpy(pixels + static_cast<int64_t>(y) * stride + area.x, window_->cur(),
                static_cast<size_t>(area.width) * sizeof(uint32_t));
    window_->advance();
  }
  if (coder.overrun()) return Error{ErrorCode::kMalformed, "A screen chunk ends early."};
  return coder.size();
}

uint32_t ScreenDecoder::state_checksum() const {
  return model_->checksum();
}

size_t ScreenDecoder::memory_bytes() const {
  return sizeof(ScreenModel) + window_->memory_bytes();
}

}  // namespace vitrine::codec
