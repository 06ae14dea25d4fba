#include "broker/identity/secrets.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>
#include <span>

#include "protocol/base/check.h"
#include "protocol/ticket.h"

namespace vitrine::broker {

namespace {

std::string random_characters(std::string_view alphabet, size_t count) {
  CHECK(256 % alphabet.size() == 0);  // otherwise some characters would be likelier
  std::string text = random_bytes(count);
  for (char& c : text) c = alphabet[static_cast<unsigned char>(c) % alphabet.size()];
  return text;
}

std::span<const uint8_t> as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace

std::string random_bytes(size_t count) {
  std::string bytes(count, '\0');
  // Without randomness nothing here is safe, and there is nothing to go on with.
  CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) == 1);
  return bytes;
}

std::string random_id() {
  return random_characters("abcdefghijklmnopqrstuvwxyz234567", 16);
}

std::string random_token() {
  return base64url_encode(as_bytes(random_bytes(32)));
}

std::string random_password() {
  std::string password = random_characters("abcdefghjkmnpqrstuvwxyz23456789z", 16);
  for (const size_t at : {12, 8, 4}) password.insert(at, 1, '-');
  return password;
}

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

std::string hmac_base64url(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size) != nullptr);
  return base64url_encode(std::span(digest.data(), size));
}

bool constant_time_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace vitrine::broker
