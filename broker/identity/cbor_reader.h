// Reading CBOR (RFC 8949) that a stranger sent, piece by piece and without ever allocating what it claims to hold:
// definite lengths only and no tags, which is how authenticators write (CTAP2 canonical form).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/base/result.h"

namespace vitrine::broker {

// Over bytes that outlive it. Errors of all: malformed.
class CborReader {
 public:
  explicit CborReader(std::span<const uint8_t> bytes) : rest_(bytes) {}

  // The number of pairs that follow.
  Result<uint64_t> map();
  Result<int64_t> integer();
  Result<std::string_view> text();
  Result<std::span<const uint8_t>> bytes();
  // Passes over one whole item, at most kMaxDepth deep.
  Result<void> skip();

  [[nodiscard]] std::span<const uint8_t> rest() const { return rest_; }

  static constexpr int kMaxDepth = 8;  // attestation statements nest three deep

 private:
  Result<void> skip_at(int depth);

  std::span<const uint8_t> rest_;
};

}  // namespace vitrine::broker
