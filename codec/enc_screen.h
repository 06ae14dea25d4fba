// The lossless screen coder, sending side. One per link: its state learns from every chunk and is never thrown away, so
// chunks must reach the decoder in the order they were encoded, each exactly once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "codec/picture.h"
#include "protocol/base/geometry.h"

namespace vitrine::codec {

struct ScreenModel;
class RowWindow;
class RowPainter;

class ScreenEncoder {
 public:
  ScreenEncoder();
  ~ScreenEncoder();
  ScreenEncoder(ScreenEncoder&&) noexcept;
  ScreenEncoder& operator=(ScreenEncoder&&) noexcept;

  void reset();

  // Appends a chunk with the rows of `area` to `out` and answers how many rows it holds: all, or fewer when the chunk
  // passed `max_bytes` (checked after each row, at least one is always coded). The caller decodes exactly
  // those rows and hands the rest to another coding; nothing has to be undone.
  //
  // `area` lies inside both pictures. Outside `area` only `held` is read: it is what the decoder's picture
  // shows before this chunk. The coded rows have to get into it: afterwards, or by `paint` as they come.
  int encode(const PictureView& source, const PictureView& held, const Rect& area, std::vector<uint8_t>& out,
             size_t max_bytes = SIZE_MAX, const RowPainter* paint = nullptr);

  // Equal to the decoder's after the same chunks.
  [[nodiscard]] uint32_t state_checksum() const;
  [[nodiscard]] size_t memory_bytes() const;

 private:
  std::unique_ptr<ScreenModel> model_;
  std::unique_ptr<RowWindow> window_;
};

}  // namespace vitrine::codec
