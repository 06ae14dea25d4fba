#include <png.h>

#include <csetjmp>
#include <cstring>

#include "bench/codec/peers/picture_coder.h"

namespace vitrine::codec {
namespace {

// libpng leaves by longjmp, so that the functions that call it hold nothing with a destructor.
void append(png_structp png, png_bytep bytes, size_t size) {
  auto& out = *static_cast<std::vector<uint8_t>*>(png_get_io_ptr(png));
  out.insert(out.end(), bytes, bytes + size);
}

void take(png_structp png, png_bytep bytes, size_t size) {
  auto& rest = *static_cast<std::span<const uint8_t>*>(png_get_io_ptr(png));
  if (size > rest.size()) png_error(png, "the file ends early");
  std::memcpy(bytes, rest.data(), size);
  rest = rest.subspan(size);
}

bool write(png_structp png, png_infop info, const PictureView& picture, int level, std::vector<uint8_t>& out) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_write_fn(png, &out, append, nullptr);
  png_set_compression_level(png, level);
  png_set_IHDR(png, info, static_cast<png_uint_32>(picture.width), static_cast<png_uint_32>(picture.height), 8,
               PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  png_set_bgr(png);
  png_set_filler(png, 0, PNG_FILLER_AFTER);  // the X byte is left out
  for (int y = 0; y < picture.height; ++y) png_write_row(png, reinterpret_cast<png_const_bytep>(picture.row(y)));
  png_write_end(png, info);
  return true;
}

bool read(png_structp png, png_infop info, std::span<const uint8_t>& file, Picture& picture) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_read_fn(png, &file, take);
  png_read_info(png, info);
  if (png_get_image_width(png, info) != static_cast<png_uint_32>(picture.width()) ||
      png_get_image_height(png, info) != static_cast<png_uint_32>(picture.height())) {
    png_error(png, "another size");
  }
  png_set_bgr(png);
  png_set_filler(png, 0, PNG_FILLER_AFTER);
  for (int y = 0; y < picture.height(); ++y) png_read_row(png, reinterpret_cast<png_bytep>(picture.row(y)), nullptr);
  png_read_end(png, info);
  return true;
}

template <int kLevel>
Result<void> encode(const PictureView& picture, std::vector<uint8_t>& out) {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png != nullptr ? png_create_info_struct(png) : nullptr;
  const bool good = info != nullptr && write(png, info, picture, kLevel, out);
  png_destroy_write_struct(&png, &info);
  if (!good) return Error{ErrorCode::kInternal, "libpng could not write the picture"};
  return {};
}

Result<void> decode(std::span<const uint8_t> file, Picture& picture) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png != nullptr ? png_create_info_struct(png) : nullptr;
  const bool good = info != nullptr && read(png, info, file, picture);
  png_destroy_read_struct(&png, &info, nullptr);
  if (!good) return Error{ErrorCode::kMalformed, "libpng could not read the picture"};
  return {};
}

}  // namespace

const PictureCoding kPngLevel1 = {encode<1>, decode};
const PictureCoding kPngLevel6 = {encode<6>, decode};

}  // namespace vitrine::codec
