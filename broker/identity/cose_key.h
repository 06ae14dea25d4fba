// Public keys as authenticators give them (COSE_Key, RFC 9052 section 7) and signatures under them.
#pragma once

#include <cstdint>
#include <span>

#include "broker/identity/cbor_reader.h"
#include "protocol/base/result.h"

namespace vitrine::broker {

// IANA's numbers of COSE algorithms, in the order in which we ask for them.
enum class CoseAlgorithm : int64_t { kEs256 = -7, kEdDsa = -8, kRs256 = -257 };
inline constexpr CoseAlgorithm kCoseAlgorithms[] = {CoseAlgorithm::kEdDsa, CoseAlgorithm::kEs256,
                                                    CoseAlgorithm::kRs256};

// The bytes of one COSE key at the reader's place, after it was found to be a key of kCoseAlgorithms that OpenSSL
// takes. Errors: malformed; unsupported (another algorithm or curve, RSA below 2048 or above 4096 bits).
struct CoseKey {
  std::span<const uint8_t> bytes;
  CoseAlgorithm algorithm = CoseAlgorithm::kEs256;
};
Result<CoseKey> read_cose_key(CborReader& reader);

// Whether `signature` is the key's over `message`. Errors: as read_cose_key.
Result<bool> verify_cose_signature(std::span<const uint8_t> cose_key, std::span<const uint8_t> message,
                                   std::span<const uint8_t> signature);

}  // namespace vitrine::broker
