#include "bench/codec/qoi.h"

#include <algorithm>
#include <array>

namespace vitrine::codec {
namespace {

constexpr uint8_t kIndex = 0x00;  // 00iiiiii: a colour of the table
constexpr uint8_t kDiff = 0x40;   // 01rrggbb: each channel differs by -2..1 from the pixel before
constexpr uint8_t kLuma = 0x80;   // 10gggggg rrrrbbbb: green by -32..31, red and blue relative to it by -8..7
constexpr uint8_t kRun = 0xc0;    // 11llllll: the pixel before 1..62 times
constexpr uint8_t kRgb = 0xfe;    // and three bytes
constexpr int kLongestRun = 62;   // 63 and 64 would read as kRgb and the one for alpha
constexpr size_t kHeaderBytes = 14;
constexpr std::array<uint8_t, 8> kEnd = {0, 0, 0, 0, 0, 0, 0, 1};
// The table starts as transparent black, which no opaque pixel is equal to.
constexpr uint32_t kEmpty = 0xffffffff;

struct Channels {
  int r, g, b;
};
Channels channels(uint32_t pixel) {
  return {static_cast<int>(pixel >> 16 & 255), static_cast<int>(pixel >> 8 & 255), static_cast<int>(pixel & 255)};
}

size_t slot(uint32_t pixel) {
  const Channels c = channels(pixel);
  return static_cast<size_t>(c.r * 3 + c.g * 5 + c.b * 7 + 255 * 11) % 64;
}

void put_header(const PictureView& picture, std::vector<uint8_t>& out) {
  out.insert(out.end(), {'q', 'o', 'i', 'f'});
  for (const int side : {picture.width, picture.height}) {
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<uint8_t>(side >> shift));
  }
  out.insert(out.end(), {3, 0});  // three channels, sRGB
}

void put_pixel(uint32_t pixel, uint32_t before, std::vector<uint8_t>& out) {
  const Channels now = channels(pixel);
  const Channels old = channels(before);
  // Differences wrap around at eight bits.
  const int r = static_cast<int8_t>(now.r - old.r);
  const int g = static_cast<int8_t>(now.g - old.g);
  const int b = static_cast<int8_t>(now.b - old.b);
  const int r_g = static_cast<int8_t>(r - g);
  const int b_g = static_cast<int8_t>(b - g);
  const auto within = [](int value, int low, int high) { return value >= low && value <= high; };
  if (within(r, -2, 1) && within(g, -2, 1) && within(b, -2, 1)) {
    out.push_back(static_cast<uint8_t>(kDiff | (r + 2) << 4 | (g + 2) << 2 | (b + 2)));
  } else if (within(g, -32, 31) && within(r_g, -8, 7) && within(b_g, -8, 7)) {
    out.push_back(static_cast<uint8_t>(kLuma | (g + 32)));
    out.push_back(static_cast<uint8_t>((r_g + 8) << 4 | (b_g + 8)));
  } else {
    out.insert(out.end(),
               {kRgb, static_cast<uint8_t>(now.r), static_cast<uint8_t>(now.g), static_cast<uint8_t>(now.b)});
  }
}

uint32_t pixel_of(int r, int g, int b) {
  return static_cast<uint32_t>((r & 255) << 16 | (g & 255) << 8 | (b & 255));
}

}  // namespace

void encode_qoi(const PictureView& picture, std::vector<uint8_t>& out) {
  put_header(picture, out);
  std::array<uint32_t, 64> table;
  table.fill(kEmpty);
  uint32_t before = 0;
  int run = 0;
  const auto end_run = [&] {
    if (run > 0) out.push_back(static_cast<uint8_t>(kRun | (run - 1)));
    run = 0;
  };
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      const uint32_t pixel = picture.row(y)[x] & kColourMask;
      if (pixel == before) {
        if (++run == kLongestRun) end_run();
        continue;
      }
      end_run();
      const size_t at = slot(pixel);
      if (table[at] == pixel) {
        out.push_back(static_cast<uint8_t>(kIndex | at));
      } else {
        table[at] = pixel;
        put_pixel(pixel, before, out);
      }
      before = pixel;
    }
  }
  end_run();
  out.insert(out.end(), kEnd.begin(), kEnd.end());
}

Result<void> decode_qoi(std::span<const uint8_t> file, Picture& picture) {
  std::vector<uint8_t> header;
  put_header(picture.view(), header);
  if (file.size() < kHeaderBytes + kEnd.size() || !std::equal(header.begin(), header.end(), file.begin())) {
    return Error{ErrorCode::kMalformed, "not a QOI file of three channels and this size"};
  }
  // The end marker is longer than any operation, so one that begins before it can be read whole.
  const auto body = file.subspan(kHeaderBytes);
  const size_t end = body.size() - kEnd.size();
  std::array<uint32_t, 64> table;
  table.fill(kEmpty);
  uint32_t pixel = 0;
  int run = 0;
  size_t at = 0;
  const int64_t count = picture.bounds().area();
  for (int64_t i = 0; i < count; ++i) {
    if (run > 0) {
      --run;
    } else {
      if (at >= end) return Error{ErrorCode::kMalformed, "the QOI file ends before the picture does"};
      const uint8_t first = body[at++];
      const Channels old = channels(pixel);
      if (first == kRgb) {
        pixel = pixel_of(body[at], body[at + 1], body[at + 2]);
        at += 3;
      } else if ((first & 0xc0) == kIndex) {
        pixel = table[first] == kEmpty ? 0 : table[first];
      } else if ((first & 0xc0) == kDiff) {
        pixel = pixel_of(old.r + (first >> 4 & 3) - 2, old.g + (first >> 2 & 3) - 2, old.b + (first & 3) - 2);
      } else if ((first & 0xc0) == kLuma) {
        const int g = (first & 63) - 32;
        pixel = pixel_of(old.r + g + (body[at] >> 4) - 8, old.g + g, old.b + g + (body[at] & 15) - 8);
        ++at;
      } else {
        run = first & 63;
      }
      table[slot(pixel)] = pixel;
    }
    picture.row(0)[i] = pixel;
  }
  if (at != end || run != 0) return Error{ErrorCode::kMalformed, "the QOI file does not end with the picture"};
  return {};
}

}  // namespace vitrine::codec
