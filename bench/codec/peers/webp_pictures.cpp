#include <webp/decode.h>
#include <webp/encode.h>

#include "bench/codec/peers/picture_coder.h"

namespace vitrine::codec {
namespace {

int append(const uint8_t* bytes, size_t size, const WebPPicture* picture) {
  auto& out = *static_cast<std::vector<uint8_t>*>(picture->custom_ptr);
  out.insert(out.end(), bytes, bytes + size);
  return 1;
}

// `kLevel`: effort of the lossless coder, 0 (fast) to 9.
template <int kLevel>
Result<void> encode(const PictureView& view, std::vector<uint8_t>& out) {
  WebPConfig config;
  WebPPicture picture;
  if (WebPConfigInit(&config) == 0 || WebPConfigLosslessPreset(&config, kLevel) == 0 ||
      WebPPictureInit(&picture) == 0) {
    return Error{ErrorCode::kUnsupported, "this libwebp is another than the one built for"};
  }
  picture.use_argb = 1;
  picture.width = view.width;
  picture.height = view.height;
  picture.writer = append;
  picture.custom_ptr = &out;
  const bool good =
      WebPPictureImportBGRX(&picture, reinterpret_cast<const uint8_t*>(view.pixels), view.stride * 4) != 0 &&
      WebPEncode(&config, &picture) != 0;
  WebPPictureFree(&picture);
  if (!good) return Error{ErrorCode::kInternal, "libwebp error " + std::to_string(picture.error_code)};
  return {};
}

Result<void> decode(std::span<const uint8_t> file, Picture& picture) {
  int width = 0;
  int height = 0;
  const bool good = WebPGetInfo(file.data(), file.size(), &width, &height) != 0 && width == picture.width() &&
                    height == picture.height() &&
                    WebPDecodeBGRAInto(file.data(), file.size(), reinterpret_cast<uint8_t*>(picture.row(0)),
                                       static_cast<size_t>(picture.bounds().area()) * 4, width * 4) != nullptr;
  if (!good) return Error{ErrorCode::kMalformed, "libwebp could not read the picture"};
  return {};
}

}  // namespace

const PictureCoding kWebpLevel0 = {encode<0>, decode};
const PictureCoding kWebpLevel3 = {encode<3>, decode};

}  // namespace vitrine::codec
