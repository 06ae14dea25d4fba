// The screen coder against hostile bytes and against itself. The first byte chooses:
// even: the rest are areas and chunks, as a peer could send them, for one decoder that is never reset between them;
// odd: the rest are pixels, coded area by area; the decoder has to show the same.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "codec/dec_screen.h"
#include "codec/enc_screen.h"
#include "protocol/base/check.h"

namespace vitrine::codec {
namespace {

constexpr Size kScreen{48, 40};

// Four bytes make an area, inside the screen or not.
Rect take_area(std::span<const uint8_t>& bytes) {
  const Rect area{bytes[0] % 64 - 4, bytes[1] % 64 - 4, bytes[2] % 56, bytes[3] % 56};
  bytes = bytes.subspan(4);
  return area;
}

void decode_hostile(std::span<const uint8_t> bytes) {
  Picture shown(kScreen);
  static ScreenDecoder decoder;
  decoder.reset();
  for (int chunk = 0; chunk < 16 && bytes.size() > 4; ++chunk) {
    const Rect area = take_area(bytes);
    const auto taken = decoder.decode(bytes, shown.row(0), shown.width(), shown.size(), area);
    if (!taken.ok()) continue;
    auto copy = taken;
    CHECK(copy.value() <= bytes.size());
    bytes = bytes.subspan(copy.value());
  }
}

void round_trip(std::span<const uint8_t> bytes) {
  Picture source(kScreen);
  Picture held(kScreen);
  Picture shown(kScreen);
  static ScreenEncoder encoder;
  static ScreenDecoder decoder;
  encoder.reset();
  decoder.reset();
  for (int chunk = 0; chunk < 8 && bytes.size() > 4; ++chunk) {
    Rect area = intersect(take_area(bytes), source.bounds());
    if (area.empty()) continue;
    for (int y = area.y; y < area.bottom(); ++y) {
      // Each byte is a pixel of one of 64 colours, so that contexts repeat.
      for (int x = area.x; x < area.right() && !bytes.empty(); ++x, bytes = bytes.subspan(1)) {
        source.row(y)[x] = (bytes[0] & 63u) * 0x01f3a7c5u;
      }
    }
    std::vector<uint8_t> out;
    area.height = encoder.encode(source.view(), held.view(), area, out, 40);
    auto taken = decoder.decode(out, shown.row(0), shown.width(), shown.size(), area);
    CHECK(taken.ok() && taken.value() == out.size());
    for (int y = area.y; y < area.bottom(); ++y) {
      std::copy_n(source.row(y) + area.x, area.width, held.row(y) + area.x);
    }
    for (int y = 0; y < kScreen.height; ++y) {
      for (int x = 0; x < kScreen.width; ++x) CHECK(((held.row(y)[x] ^ shown.row(y)[x]) & kColourMask) == 0);
    }
  }
  // The states are megabytes: compared for one input in 16.
  if (bytes.size() % 16 == 0) CHECK(encoder.state_checksum() == decoder.state_checksum());
}

}  // namespace
}  // namespace vitrine::codec

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::span<const uint8_t> rest(data + 1, size - 1);
  if ((data[0] & 1) == 0) {
    vitrine::codec::decode_hostile(rest);
  } else {
    vitrine::codec::round_trip(rest);
  }
  return 0;
}
