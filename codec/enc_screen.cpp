#include "codec/enc_screen.h"

#include "codec/screen_model.h"
#include "protocol/base/check.h"

namespace vitrine::codec {

ScreenEncoder::ScreenEncoder() : model_(std::make_unique<ScreenModel>()), window_(std::make_unique<RowWindow>()) {
  reset();
}
ScreenEncoder::~ScreenEncoder() = default;
ScreenEncoder::ScreenEncoder(ScreenEncoder&&) noexcept = default;
ScreenEncoder& ScreenEncoder::operator=(ScreenEncoder&&) noexcept = default;

void ScreenEncoder::reset() {
  model_->reset();
}

int ScreenEncoder::encode(const PictureView& source, const PictureView& held, const Rect& area,
                          std::vector<uint8_t>& out, size_t max_bytes) {
  CHECK(!area.empty() && intersect(area, held.bounds()) == area && intersect(area, source.bounds()) == area);
  RangeEncoder coder(out);
  RowCoder<RangeEncoder> rows(*model_, coder);
  window_->start(held, area);
  int done = 0;
  while (done < area.height && (done == 0 || coder.size() <= max_bytes)) {
    const int y = area.y + done;
    window_->load(held, area, y, source.row(y) + area.x);
    rows.code_row(window_->north2(), window_->north(), window_->cur(), area.width);
    window_->advance();
    ++done;
  }
  coder.finish();
  return done;
}

uint32_t ScreenEncoder::state_checksum() const {
  return model_->checksum();
}

size_t ScreenEncoder::memory_bytes() const {
  return sizeof(ScreenModel) + window_->memory_bytes();
}

}  // namespace vitrine::codec
