#include "broker/identity/cose_key.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <memory>
#include <optional>
#include <string>

namespace vitrine::broker {

namespace {

using Bytes = std::span<const uint8_t>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;
using BigNumber = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
using ParamBuild = std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)>;
using Params = std::unique_ptr<OSSL_PARAM, decltype(&OSSL_PARAM_free)>;

constexpr size_t kFieldBytes = 32;  // of P-256 and Ed25519
constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 4096;  // longer ones cost a multiple to verify
constexpr size_t kMaxRsaExponent = 8;
constexpr uint64_t kMaxFields = 16;

// Labels of RFC 9053: what -1, -2 and -3 mean depends on the key's type.
struct Fields {
  std::optional<int64_t> type;       // 1
  std::optional<int64_t> algorithm;  // 3
  std::optional<int64_t> curve;      // -1 as a number
  Bytes first;                       // -1 as bytes: RSA n
  Bytes second;                      // -2: x, RSA e
  Bytes third;                       // -3: y
};

Error malformed() {
  return {ErrorCode::kMalformed, "The authenticator's public key is malformed."};
}
Error unsupported() {
  return {ErrorCode::kUnsupported, "The authenticator's kind of key is not supported. Use another passkey."};
}

Result<Fields> read_fields(CborReader& reader) {
  const uint64_t pairs = TRY(reader.map());
  if (pairs > kMaxFields) return malformed();
  Fields fields;
  for (uint64_t i = 0; i < pairs; ++i) {
    switch (TRY(reader.integer())) {
      case 1: fields.type = TRY(reader.integer()); break;
      case 3: fields.algorithm = TRY(reader.integer()); break;
      case -1:
        if (fields.type == 3) {
          fields.first = TRY(reader.bytes());
        } else {
          fields.curve = TRY(reader.integer());
        }
        break;
      case -2: fields.second = TRY(reader.bytes()); break;
      case -3: fields.third = TRY(reader.bytes()); break;
      default: TRY(reader.skip());
    }
  }
  return fields;
}

BigNumber big_number(Bytes bytes) {
  return {BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr), BN_free};
}

Key key_from(const char* type, OSSL_PARAM_BLD* build) {
  const Params params(OSSL_PARAM_BLD_to_param(build), OSSL_PARAM_free);
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr), EVP_PKEY_CTX_free);
  EVP_PKEY* key = nullptr;
  if (params && context && EVP_PKEY_fromdata_init(context.get()) == 1) {
    (void)EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get());
  }
  return {key, EVP_PKEY_free};
}

Result<Key> p256_key(const Fields& fields) {
  if (fields.curve != 1) return unsupported();
  if (fields.second.size() != kFieldBytes || fields.third.size() != kFieldBytes) return malformed();
  std::string point(1, '\x04');
  point.append(fields.second.begin(), fields.second.end()).append(fields.third.begin(), fields.third.end());
  const ParamBuild build(OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free);
  OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
  OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  Key key = key_from("EC", build.get());
  // A point beside the curve never gets here: OpenSSL refuses it.
  if (!key) return malformed();
  return key;
}

Result<Key> rsa_key(const Fields& fields) {
  if (fields.first.empty() || fields.first.size() > kMaxRsaBits / 8 + 1) return unsupported();
  if (fields.second.empty() || fields.second.size() > kMaxRsaExponent) return malformed();
  const BigNumber n = big_number(fields.first);
  const BigNumber e = big_number(fields.second);
  if (!n || !e || BN_is_odd(n.get()) == 0 || BN_is_odd(e.get()) == 0 || BN_is_one(e.get()) == 1) return malformed();
  if (BN_num_bits(n.get()) < kMinRsaBits || BN_num_bits(n.get()) > kMaxRsaBits) return unsupported();
  const ParamBuild build(OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free);
  OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  Key key = key_from("RSA", build.get());
  if (!key) return malformed();
  return key;
}

Result<Key> ed25519_key(const Fields& fields) {
  if (fields.curve != 6) return unsupported();
  if (fields.second.size() != kFieldBytes) return malformed();
  Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, fields.second.data(), fields.second.size()),
          EVP_PKEY_free);
  if (!key) return malformed();
  return key;
}

// Type and algorithm have to belong together, or a key could be used in a way its owner never meant.
Result<Key> key_of(const Fields& fields) {
  ERR_clear_error();
  if (!fields.type || !fields.algorithm) return malformed();
  if (fields.type == 2 && fields.algorithm == static_cast<int64_t>(CoseAlgorithm::kEs256)) return p256_key(fields);
  if (fields.type == 3 && fields.algorithm == static_cast<int64_t>(CoseAlgorithm::kRs256)) return rsa_key(fields);
  if (fields.type == 1 && fields.algorithm == static_cast<int64_t>(CoseAlgorithm::kEdDsa)) return ed25519_key(fields);
  return unsupported();
}

}  // namespace

Result<CoseKey> read_cose_key(CborReader& reader) {
  const Bytes before = reader.rest();
  const Fields fields = TRY(read_fields(reader));
  TRY(key_of(fields));
  return CoseKey{.bytes = before.first(before.size() - reader.rest().size()),
                 .algorithm = static_cast<CoseAlgorithm>(*fields.algorithm)};
}

Result<bool> verify_cose_signature(Bytes cose_key, Bytes message, Bytes signature) {
  CborReader reader(cose_key);
  const Fields fields = TRY(read_fields(reader));
  const Key key = TRY(key_of(fields));
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const bool hashes_itself = fields.type == 1;  // Ed25519
  const EVP_MD* digest = hashes_itself ? nullptr : EVP_sha256();
  const bool right =
      EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key.get()) == 1 &&
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
  ERR_clear_error();
  return right;
}

}  // namespace vitrine::broker
