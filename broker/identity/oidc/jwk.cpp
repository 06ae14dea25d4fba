#include "broker/identity/oidc/jwk.h"

#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>

#include "protocol/ticket.h"

namespace vitrine::broker {

namespace {

constexpr int kLeastRsaBits = 2048;  // RFC 7518 section 3.3
constexpr int kMostRsaBits = 8192;   // beyond it a verification takes milliseconds
constexpr size_t kP256Bytes = 32;
constexpr size_t kEd25519Bytes = 32;

using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)>;
using Params = std::unique_ptr<OSSL_PARAM, decltype(&OSSL_PARAM_free)>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

std::shared_ptr<EVP_PKEY> owned(EVP_PKEY* key) {
  return {key, EVP_PKEY_free};
}

Error malformed(std::string_view what) {
  return {ErrorCode::kMalformed, fmt::format("A key of the sign-in service has {}.", what)};
}

Result<Bytes> bytes_field(const Json& json, const char* name) {
  const std::string text = text_field(json, name);
  auto bytes = base64url_decode(text);
  if (text.empty() || !bytes.ok()) return malformed(fmt::format("no proper \"{}\"", name));
  return bytes.take();
}

Number number_of(const Bytes& bytes) {
  return {BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr), BN_free};
}

Result<std::shared_ptr<EVP_PKEY>> key_from(const char* type, const Params& params) {
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr), EVP_PKEY_CTX_free);
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return malformed("values that are no key");
  }
  return owned(key);
}

Result<std::shared_ptr<EVP_PKEY>> rsa_key(const Json& json) {
  const Number n = number_of(TRY(bytes_field(json, "n")));
  const Number e = number_of(TRY(bytes_field(json, "e")));
  if (!n || !e || BN_num_bits(n.get()) < kLeastRsaBits || BN_num_bits(n.get()) > kMostRsaBits) {
    return malformed(fmt::format("a modulus outside of {} to {} bits", kLeastRsaBits, kMostRsaBits));
  }
  if (!BN_is_odd(e.get()) || BN_is_one(e.get()) || BN_num_bits(e.get()) > 64) return malformed("an unusual exponent");
  const ParamBuilder builder(OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free);
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  return key_from("RSA", Params(OSSL_PARAM_BLD_to_param(builder.get()), OSSL_PARAM_free));
}

Result<std::shared_ptr<EVP_PKEY>> p256_key(const Json& json) {
  const Bytes x = TRY(bytes_field(json, "x"));
  const Bytes y = TRY(bytes_field(json, "y"));
  if (x.size() != kP256Bytes || y.size() != kP256Bytes) return malformed("a point of another length");
  Bytes point = {4};  // uncompressed, SEC 1 section 2.3.3
  point.insert(point.end(), x.begin(), x.end());
  point.insert(point.end(), y.begin(), y.end());
  const ParamBuilder builder(OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free);
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  auto key = TRY(key_from("EC", Params(OSSL_PARAM_BLD_to_param(builder.get()), OSSL_PARAM_free)));
  const KeyContext check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr), EVP_PKEY_CTX_free);
  if (!check || EVP_PKEY_public_check(check.get()) != 1) return malformed("a point that is not on its curve");
  return key;
}

Result<std::shared_ptr<EVP_PKEY>> ed25519_key(const Json& json) {
  const Bytes x = TRY(bytes_field(json, "x"));
  if (x.size() != kEd25519Bytes) return malformed("a point of another length");
  EVP_PKEY* key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, x.data(), x.size());
  if (key == nullptr) return malformed("values that are no key");
  return owned(key);
}

// Tokens carry r and s side by side (RFC 7518 section 3.4), OpenSSL wants them in DER. Empty when they are not that.
std::string der_of(std::string_view signature) {
  if (signature.size() != 2 * kP256Bytes) return "";
  const auto* bytes = reinterpret_cast<const unsigned char*>(signature.data());
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(ECDSA_SIG_new(), ECDSA_SIG_free);
  BIGNUM* r = BN_bin2bn(bytes, kP256Bytes, nullptr);
  BIGNUM* s = BN_bin2bn(bytes + kP256Bytes, kP256Bytes, nullptr);
  if (!pair || ECDSA_SIG_set0(pair.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return "";
  }
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  std::string text = size > 0 ? std::string(reinterpret_cast<char*>(der), static_cast<size_t>(size)) : "";
  OPENSSL_free(der);
  return text;
}

}  // namespace

std::string_view jws_algorithm_name(JwsAlgorithm algorithm) {
  switch (algorithm) {
    case JwsAlgorithm::kRs256: return "RS256";
    case JwsAlgorithm::kEs256: return "ES256";
    case JwsAlgorithm::kEdDsa: return "EdDSA";
  }
  return "";
}

Result<Jwk> Jwk::parse(const Json& json) {
  const std::string type = text_field(json, "kty");
  const std::string curve = text_field(json, "crv");
  const Error other{ErrorCode::kUnsupported, "A key is not for RS256, ES256 or EdDSA."};
  JwsAlgorithm algorithm = JwsAlgorithm::kRs256;
  if (type == "EC" && curve == "P-256") {
    algorithm = JwsAlgorithm::kEs256;
  } else if (type == "OKP" && curve == "Ed25519") {
    algorithm = JwsAlgorithm::kEdDsa;
  } else if (type != "RSA") {
    return other;
  }
  if (text_field(json, "use", "sig") != "sig") return other;
  if (text_field(json, "alg", jws_algorithm_name(algorithm)) != jws_algorithm_name(algorithm)) return other;
  Key key;
  switch (algorithm) {
    case JwsAlgorithm::kRs256: key = TRY(rsa_key(json)); break;
    case JwsAlgorithm::kEs256: key = TRY(p256_key(json)); break;
    case JwsAlgorithm::kEdDsa: key = TRY(ed25519_key(json)); break;
  }
  return Jwk(text_field(json, "kid"), algorithm, std::move(key));
}

bool Jwk::verify(std::string_view text, std::string_view signature) const {
  const std::string der = algorithm_ == JwsAlgorithm::kEs256 ? der_of(signature) : std::string(signature);
  const EVP_MD* digest = algorithm_ == JwsAlgorithm::kEdDsa ? nullptr : EVP_sha256();
  const DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return !der.empty() && context && EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key_.get()) == 1 &&
         EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(der.data()), der.size(),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
}

Result<std::vector<Jwk>> parse_jwk_set(std::string_view text) {
  const auto set = parse_object(text);
  const auto keys = set.ok() ? set.value().find("keys") : Json::const_iterator();
  if (!set.ok() || keys == set.value().end() || !keys->is_array()) {
    return Error{ErrorCode::kMalformed, "The sign-in service's keys are no key set (RFC 7517)."};
  }
  if (keys->size() > kMaxJwks) {
    return Error{ErrorCode::kTooLarge, fmt::format("The sign-in service has more than {} keys.", kMaxJwks)};
  }
  std::vector<Jwk> usable;
  for (const Json& json : *keys) {
    auto key = Jwk::parse(json);
    if (key.ok()) usable.push_back(key.take());
  }
  return usable;
}

}  // namespace vitrine::broker
