// Still pictures sent rectangle by rectangle, as VNC and its relatives do: each changed rectangle is a file of its own.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "bench/codec/peers/frame_coder.h"

namespace vitrine::codec {

// A coding of still pictures. Both functions say what failed in words of the library.
struct PictureCoding {
  Result<void> (*encode)(const PictureView& picture, std::vector<uint8_t>& out) = nullptr;
  // `picture` has the size that was encoded.
  Result<void> (*decode)(std::span<const uint8_t> file, Picture& picture) = nullptr;
};

extern const PictureCoding kPngLevel1;
extern const PictureCoding kPngLevel6;
extern const PictureCoding kWebpLevel0;
extern const PictureCoding kWebpLevel3;
extern const PictureCoding kQoiZstd;

std::unique_ptr<FrameCoder> make_picture_coder(const PictureCoding& coding);

}  // namespace vitrine::codec
