#include "codec/enc_screen.h"

#include "codec/enc_diff.h"
#include "codec/screen_model.h"
#include "protocol/base/check.h"

namespace vitrine::codec {
namespace {

template <class Element>
void fetch(const Element* first, size_t count) {
  constexpr size_t kPerLine = 64 / sizeof(Element);
  for (size_t i = 0; i < count; i += kPerLine) __builtin_prefetch(first + i);
}

}  // namespace

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
                          std::vector<uint8_t>& out, size_t max_bytes, const RowPainter* paint) {
  CHECK(!area.empty() && intersect(area, held.bounds()) == area && intersect(area, source.bounds()) == area);
  RangeEncoder coder(out);
  RowCoder<RangeEncoder> rows(*model_, coder);
  window_->start(held, area);
  int done = 0;
  while (done < area.height && (done == 0 || coder.size() <= max_bytes)) {
    const int y = area.y + done;
    window_->load(held, area, y, source.row(y) + area.x);
    // It is there by the time it is coded: a row takes longer than memory does.
    if (y + 1 < area.bottom()) fetch(source.row(y + 1) + area.x, static_cast<size_t>(area.width));
    rows.code_row(window_->above(), window_->cur(), area.width);
    if (paint != nullptr) paint->paint(window_->cur(), {area.x, y, area.width, 1});
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
