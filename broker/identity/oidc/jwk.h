// Keys that sign tokens: JSON Web Keys (RFC 7517, RFC 8037) as OpenSSL keys.
//
// A key is good for one algorithm, which follows from its type and curve and never from a token:
//   RSA, 2048 bits or more -> RS256    EC on P-256 -> ES256    OKP on Ed25519 -> EdDSA
// Keys of other kinds, for encryption or with a private or symmetric part only, are passed over.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker/json_fields.h"
#include "protocol/base/result.h"

struct evp_pkey_st;

namespace vitrine::broker {

enum class JwsAlgorithm : uint8_t { kRs256, kEs256, kEdDsa };

// "RS256", "ES256", "EdDSA"; RFC 7518 section 3.1, RFC 8037.
std::string_view jws_algorithm_name(JwsAlgorithm algorithm);

class Jwk {
 public:
  // Errors: unsupported (not for our algorithms), malformed.
  static Result<Jwk> parse(const Json& json);

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] JwsAlgorithm algorithm() const { return algorithm_; }
  // Whether `signature`, as it stands in a token, is this key's over `text`.
  [[nodiscard]] bool verify(std::string_view text, std::string_view signature) const;

 private:
  using Key = std::shared_ptr<evp_pkey_st>;  // immutable, shared by the copies of a key set
  Jwk(std::string id, JwsAlgorithm algorithm, Key key)
      : id_(std::move(id)), algorithm_(algorithm), key_(std::move(key)) {}
  std::string id_;
  JwsAlgorithm algorithm_;
  Key key_;
};

// The usable keys of a set. Errors: malformed; too_large with more than kMaxJwks keys.
inline constexpr size_t kMaxJwks = 64;  // providers publish two to five
Result<std::vector<Jwk>> parse_jwk_set(std::string_view text);

}  // namespace vitrine::broker
