// An authenticator and the browser before it, in software: makes keys, writes what WebAuthn says, signs. Every part of
// what it answers can be said otherwise, as a forger would.
#pragma once

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <functional>
#include <memory>
#include <string>

#include "broker/identity/cose_key.h"
#include "broker/identity/secrets.h"
#include "broker/identity/webauthn.h"
#include "broker/json_fields.h"
#include "protocol/ticket.h"

namespace vitrine::broker {

// CBOR's head (RFC 8949, section 3): major type and number.
inline std::string cbor_head(int major, uint64_t number) {
  const char kind = static_cast<char>(major << 5);
  if (number < 24) return {static_cast<char>(kind | static_cast<char>(number))};
  if (number < 256) return {static_cast<char>(kind | 24), static_cast<char>(number)};
  return {static_cast<char>(kind | 25), static_cast<char>(number >> 8), static_cast<char>(number)};
}
inline std::string cbor_int(int64_t number) {
  return number < 0 ? cbor_head(1, static_cast<uint64_t>(-1 - number)) : cbor_head(0, static_cast<uint64_t>(number));
}
inline std::string cbor_bytes(const std::string& bytes) {
  return cbor_head(2, bytes.size()) + bytes;
}
inline std::string cbor_text(const std::string& text) {
  return cbor_head(3, text.size()) + text;
}
inline Bytes to_bytes(const std::string& text) {
  return {text.begin(), text.end()};
}

// What a ceremony says, to be changed before it is signed.
struct Ceremony {
  Json client;  // the client data
  std::string rp_id;
  int flags = 0x05;  // user present and verified
  uint32_t sign_count = 0;
  std::string format = "none";
  std::string trailing;  // after the authenticator data
};
using Tweak = std::function<void(Ceremony&)>;

class SoftAuthenticator {
 public:
  explicit SoftAuthenticator(CoseAlgorithm algorithm = CoseAlgorithm::kEs256)
      : algorithm_(algorithm), key_(make_key(algorithm)), id_(random_bytes(32)) {}

  [[nodiscard]] std::string id() const { return base64url_encode(to_bytes(id_)); }

  RegistrationAnswer create(const RelyingParty& party, const std::string& challenge, const Tweak& tweak = {}) {
    Ceremony ceremony = begin(party, "webauthn.create", challenge, tweak);
    const std::string client = ceremony.client.dump();
    const std::string attested =
        std::string(16, '\0') + static_cast<char>(id_.size() >> 8) + static_cast<char>(id_.size()) + id_ + cose_key();
    ceremony.flags |= 0x40;
    const std::string data = head(ceremony) + attested + ceremony.trailing;
    std::string statement = cbor_head(5, 0);
    if (ceremony.format == "packed") {
      statement = cbor_head(5, 2) + cbor_text("alg") + cbor_int(static_cast<int64_t>(algorithm_)) + cbor_text("sig") +
                  cbor_bytes(sign(data + hash(client)));
    }
    const std::string object = cbor_head(5, 3) + cbor_text("fmt") + cbor_text(ceremony.format) + cbor_text("attStmt") +
                               statement + cbor_text("authData") + cbor_bytes(data);
    return {.client_data = to_bytes(client), .attestation_object = to_bytes(object)};
  }

  AssertionAnswer get(const RelyingParty& party, const std::string& challenge, const Tweak& tweak = {}) {
    const Ceremony ceremony = begin(party, "webauthn.get", challenge, tweak);
    const std::string client = ceremony.client.dump();
    const std::string data = head(ceremony) + ceremony.trailing;
    return {.client_data = to_bytes(client),
            .authenticator_data = to_bytes(data),
            .signature = to_bytes(sign(data + hash(client)))};
  }

  uint32_t count = 0;  // the next ceremony adds one, unless it does not count
  bool counts = true;

 private:
  using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

  static Key make_key(CoseAlgorithm algorithm) {
    EVP_PKEY* key = nullptr;
    if (algorithm == CoseAlgorithm::kEs256) key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    if (algorithm == CoseAlgorithm::kEdDsa) key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    if (algorithm == CoseAlgorithm::kRs256) key = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t{2048});
    CHECK(key != nullptr);
    return {key, EVP_PKEY_free};
  }

  Ceremony begin(const RelyingParty& party, const char* type, const std::string& challenge, const Tweak& tweak) {
    if (counts) ++count;
    Ceremony ceremony{
        .client = {{"type", type}, {"challenge", challenge}, {"origin", party.origin}, {"crossOrigin", false}},
        .rp_id = party.id,
        .sign_count = count,
        .trailing = ""};
    if (tweak) tweak(ceremony);
    return ceremony;
  }

  static std::string hash(const std::string& text) {
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
           reinterpret_cast<unsigned char*>(digest.data()));
    return digest;
  }
  static std::string head(const Ceremony& ceremony) {
    std::string bytes = hash(ceremony.rp_id) + static_cast<char>(ceremony.flags);
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(ceremony.sign_count >> shift);
    return bytes;
  }

  std::string number_parameter(const char* name) const {
    BIGNUM* number = nullptr;
    CHECK(EVP_PKEY_get_bn_param(key_.get(), name, &number) == 1);
    std::string bytes(static_cast<size_t>(BN_num_bytes(number)), '\0');
    BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
    BN_free(number);
    return bytes;
  }

  std::string cose_key() const {
    const std::string algorithm = cbor_int(3) + cbor_int(static_cast<int64_t>(algorithm_));
    std::string bytes(65, '\0');
    size_t size = bytes.size();
    auto* at = reinterpret_cast<unsigned char*>(bytes.data());
    switch (algorithm_) {
      case CoseAlgorithm::kEs256:
        CHECK(EVP_PKEY_get_octet_string_param(key_.get(), OSSL_PKEY_PARAM_PUB_KEY, at, size, &size) == 1);
        CHECK(size == 65);
        return cbor_head(5, 5) + cbor_int(1) + cbor_int(2) + algorithm + cbor_int(-1) + cbor_int(1) + cbor_int(-2) +
               cbor_bytes(bytes.substr(1, 32)) + cbor_int(-3) + cbor_bytes(bytes.substr(33));
      case CoseAlgorithm::kEdDsa:
        CHECK(EVP_PKEY_get_raw_public_key(key_.get(), at, &size) == 1);
        return cbor_head(5, 4) + cbor_int(1) + cbor_int(1) + algorithm + cbor_int(-1) + cbor_int(6) + cbor_int(-2) +
               cbor_bytes(bytes.substr(0, size));
      case CoseAlgorithm::kRs256:
        return cbor_head(5, 4) + cbor_int(1) + cbor_int(3) + algorithm + cbor_int(-1) +
               cbor_bytes(number_parameter(OSSL_PKEY_PARAM_RSA_N)) + cbor_int(-2) +
               cbor_bytes(number_parameter(OSSL_PKEY_PARAM_RSA_E));
    }
    return "";
  }

  std::string sign(const std::string& message) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    const EVP_MD* digest = algorithm_ == CoseAlgorithm::kEdDsa ? nullptr : EVP_sha256();
    CHECK(EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()) == 1);
    std::string signature(1024, '\0');
    size_t size = signature.size();
    CHECK(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                         reinterpret_cast<const unsigned char*>(message.data()), message.size()) == 1);
    signature.resize(size);
    return signature;
  }

  CoseAlgorithm algorithm_;
  Key key_;
  std::string id_;
};

}  // namespace vitrine::broker
