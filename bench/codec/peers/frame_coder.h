// Another way to bring a screen to a viewer: what our codec is compared with. State is kept from frame to frame on
// both sides; every body encoded has to be decoded, in order.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "codec/picture.h"
#include "protocol/base/result.h"

namespace vitrine::codec {

class FrameCoder {
 public:
  virtual ~FrameCoder() = default;
  // Appends what changes the picture shown before into `frame`. `changed` are disjoint rectangles outside of which
  // nothing changed. Gives the number of pixels it coded. Errors: what the library says.
  virtual Result<int64_t> encode(const Picture& frame, std::span<const Rect> changed, std::vector<uint8_t>& body) = 0;
  virtual Result<void> decode(std::span<const uint8_t> body, Picture& shown) = 0;
};

// One entry of the list of peers.
struct Peer {
  std::string name;
  bool lossless = false;
  // Errors: unsupported (the library here lacks the coding, or the coding that size).
  Result<std::unique_ptr<FrameCoder>> (*create)(Size size) = nullptr;
};

// All peers, lossless ones first.
std::span<const Peer> peers();

}  // namespace vitrine::codec
