#include "codec/enc_jpeg.h"

#include <turbojpeg.h>

#include <algorithm>
#include <span>

namespace vitrine::codec {
namespace {

// Whether a DQT segment holds one of our tables (8 bits each) and nothing else.
bool quantisers_match(std::span<const uint8_t> segment, int quality) {
  const std::array<uint8_t, 64> tables[2] = {scaled_quantisers(kLuminanceQuantisers, quality),
                                             scaled_quantisers(kChrominanceQuantisers, quality)};
  while (!segment.empty()) {
    if (segment.size() < 65 || segment[0] > 1) return false;
    for (size_t k = 0; k < 64; ++k) {
      if (segment[1 + k] != tables[segment[0]][kZigzag[k]]) return false;
    }
    segment = segment.subspan(65);
  }
  return true;
}

// The same for a DHT segment.
bool huffman_matches(std::span<const uint8_t> segment) {
  while (!segment.empty()) {
    const HuffmanSpec* spec = nullptr;
    switch (segment[0]) {
      case 0x00: spec = &kLuminanceDc; break;
      case 0x01: spec = &kChrominanceDc; break;
      case 0x10: spec = &kLuminanceAc; break;
      case 0x11: spec = &kChrominanceAc; break;
      default: return false;
    }
    size_t symbols = 0;
    for (const uint8_t count : spec->counts) symbols += count;
    if (segment.size() < 17 + symbols) return false;
    if (!std::equal(spec->counts.begin(), spec->counts.end(), segment.begin() + 1)) return false;
    if (!std::equal(spec->symbols.begin(), spec->symbols.begin() + static_cast<int64_t>(symbols),
                    segment.begin() + 17)) {
      return false;
    }
    segment = segment.subspan(17 + symbols);
  }
  return true;
}

// The scan of a JPEG file that uses our tables; empty otherwise.
std::span<const uint8_t> find_scan(std::span<const uint8_t> file, int quality) {
  size_t at = 2;
  while (at + 4 <= file.size() && file[at] == 0xff) {
    const uint8_t marker = file[at + 1];
    const size_t length = static_cast<size_t>(file[at + 2] << 8 | file[at + 3]);
    if (length < 2 || at + 2 + length > file.size()) return {};
    const auto segment = file.subspan(at + 4, length - 2);
    if (marker == 0xdb && !quantisers_match(segment, quality)) return {};
    if (marker == 0xc4 && !huffman_matches(segment)) return {};
    if (marker == 0xdd || (marker > 0xc0 && marker <= 0xcf && marker != 0xc4)) return {};  // restarts; not baseline
    at += 2 + length;
    if (marker != 0xda) continue;
    if (file.size() < at + 2 || file[file.size() - 2] != 0xff || file[file.size() - 1] != 0xd9) return {};
    return file.subspan(at, file.size() - 2 - at);
  }
  return {};
}

}  // namespace

struct JpegEncoder::Compressor {
  Compressor() : handle(tjInitCompress()) {}
  ~Compressor() {
    if (handle != nullptr) tjDestroy(handle);
  }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  tjhandle handle;
  std::vector<uint8_t> file;
};

JpegEncoder::JpegEncoder() : compressor_(std::make_unique<Compressor>()) {}
JpegEncoder::~JpegEncoder() = default;
JpegEncoder::JpegEncoder(JpegEncoder&&) noexcept = default;
JpegEncoder& JpegEncoder::operator=(JpegEncoder&&) noexcept = default;

bool JpegEncoder::encode(const PictureView& source, const Rect& area, int quality, JpegSampling sampling,
                         std::vector<uint8_t>& scan) {
  if (compressor_->handle == nullptr) return false;
  const int subsampling = sampling == JpegSampling::k420 ? TJSAMP_420 : TJSAMP_444;
  auto& file = compressor_->file;
  // Only ever grown: shrinking and growing again would clear it each time.
  file.resize(std::max<size_t>(file.size(), tjBufSize(area.width, area.height, subsampling)));
  auto* data = file.data();
  auto size = static_cast<unsigned long>(file.size());
  const auto* pixels = reinterpret_cast<const unsigned char*>(source.row(area.y) + area.x);
  if (tjCompress2(compressor_->handle, pixels, area.width, source.stride * 4, area.height, TJPF_BGRX, &data, &size,
                  subsampling, quality, TJFLAG_NOREALLOC | TJFLAG_ACCURATEDCT) != 0) {
    return false;
  }
  const auto found = find_scan({data, size}, quality);
  scan.insert(scan.end(), found.begin(), found.end());
  return !found.empty();
}

}  // namespace vitrine::codec
