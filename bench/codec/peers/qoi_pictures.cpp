#include <zstd.h>

#include "bench/codec/peers/picture_coder.h"
#include "bench/codec/qoi.h"

namespace vitrine::codec {
namespace {

constexpr int kLevel = 1;
// No QOI file is larger than its pixels as four bytes, a header and an end.
size_t most_bytes(const Picture& picture) {
  return static_cast<size_t>(picture.bounds().area()) * 4 + 64;
}

Result<void> encode(const PictureView& view, std::vector<uint8_t>& out) {
  std::vector<uint8_t> plain;
  encode_qoi(view, plain);
  const size_t start = out.size();
  out.resize(start + ZSTD_compressBound(plain.size()));
  const size_t size = ZSTD_compress(out.data() + start, out.size() - start, plain.data(), plain.size(), kLevel);
  if (ZSTD_isError(size) != 0) return Error{ErrorCode::kInternal, ZSTD_getErrorName(size)};
  out.resize(start + size);
  return {};
}

Result<void> decode(std::span<const uint8_t> file, Picture& picture) {
  std::vector<uint8_t> plain(most_bytes(picture));
  const size_t size = ZSTD_decompress(plain.data(), plain.size(), file.data(), file.size());
  if (ZSTD_isError(size) != 0) return Error{ErrorCode::kMalformed, ZSTD_getErrorName(size)};
  return decode_qoi(std::span(plain).first(size), picture);
}

}  // namespace

const PictureCoding kQoiZstd = {encode, decode};

}  // namespace vitrine::codec
