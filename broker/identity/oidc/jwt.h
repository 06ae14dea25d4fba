// JSON Web Tokens in compact form (RFC 7519, RFC 7515): taking them apart, and proving who signed them.
// No socket, no clock.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/identity/oidc/jwk.h"

namespace vitrine::broker {

inline constexpr size_t kMaxToken = 64 * 1024;  // a thousand groups fit
// How far another machine's clock may be off. Longer would lengthen the life of every token.
inline constexpr int64_t kMaxSkewS = 60;

struct Jwt {
  std::string algorithm;  // as the token claims; proves nothing
  std::string key_id;     // may be empty
  std::string type;       // "JWT", "logout+jwt", ...; lower case; may be empty
  Json claims;
  std::string signed_text;
  std::string signature;
};

// Takes apart, believes nothing. Errors: malformed, too_large, unsupported (extensions that must be understood).
Result<Jwt> parse_jwt(std::string_view token);

// The key of `keys` that may have signed it: by its id, or the only one of its algorithm when it names none.
const Jwk* key_for(const Jwt& token, const std::vector<Jwk>& keys);

// Errors: unauthenticated when the key did not sign it, or when its algorithm is not the key's or not in `allowed`
// ("none" and HMAC are in no list: the algorithm is the key's, not the token's).
Result<void> check_signature(const Jwt& token, const Jwk& key, std::span<const JwsAlgorithm> allowed);

struct ExpectedClaims {
  std::string issuer;
  std::string audience;
  int64_t now_s = 0;
  int64_t oldest_s = 0;  // issued before it: refused
  bool must_expire = true;
};

// iss, aud, azp, exp, nbf and iat (OpenID Connect Core section 3.1.3.7). Errors: unauthenticated, with the sentence.
Result<void> check_claims(const Json& claims, const ExpectedClaims& expected);

}  // namespace vitrine::broker
