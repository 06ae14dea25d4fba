// The decoder on arbitrary bytes: the first two choose the picture's size, the rest are bodies of up to 4 KiB or what
// is left. After a refused body the link would be reset, so the run ends there.
#include <algorithm>
#include <cstdint>
#include <span>

#include "codec/bitstream.h"
#include "codec/dec_decoder.h"

using vitrine::codec::Operation;

// As much as the largest picture here.
constexpr int64_t kArchivePixels = 256 * 256;

constexpr uint8_t kLoad = 0xfe;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const vitrine::Size picture{1 + data[0], 1 + data[1]};
  auto decoder = vitrine::codec::Decoder::create(picture, kArchivePixels);
  if (!decoder.ok()) return 0;
  std::span<const uint8_t> rest(data + 2, size - 2);
  while (!rest.empty()) {
    const auto body = rest.first(std::min<size_t>(rest.size(), 4096));
    rest = rest.subspan(body.size());
    // No operation: the rest is a record of a snapshot, and what is loaded is restarted before it is used.
    if (body[0] == kLoad) {
      if (!decoder.value().load(body.subspan(1)).ok() || !decoder.value().restart(picture).ok()) break;
      continue;
    }
    // What asks for the picture before a restart has one.
    if (body[0] == static_cast<uint8_t>(Operation::kRestore)) (void)decoder.value().restart(picture);
    if (!decoder.value().apply(body).ok()) break;
    (void)decoder.value().tile_hash(0);
  }
  return 0;
}
