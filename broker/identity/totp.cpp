#include "broker/identity/totp.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "broker/identity/secrets.h"
#include "protocol/base/check.h"

namespace vitrine::broker {

namespace {

constexpr size_t kSecretBytes = 20;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

std::string hotp_code(std::string_view secret, int64_t counter, int digits) {
  std::array<unsigned char, 8> message{};
  for (size_t i = 0; i < message.size(); ++i) message[i] = static_cast<unsigned char>(counter >> (8 * (7 - i)));
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  CHECK(HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), message.data(), message.size(), digest.data(),
             &size) != nullptr);
  const size_t at = digest[size - 1] & 15;
  const uint32_t number = (digest[at] & 0x7fU) << 24 | digest[at + 1] << 16 | digest[at + 2] << 8 | digest[at + 3];
  uint32_t modulus = 1;
  for (int i = 0; i < digits; ++i) modulus *= 10;
  return fmt::format("{:0{}}", number % modulus, digits);
}

std::optional<int64_t> matching_totp_step(std::string_view secret, std::string_view code, int64_t now_s,
                                          int64_t last_step) {
  std::optional<int64_t> found;
  const int64_t present = now_s / kTotpStepS;
  for (int64_t step = present - kTotpWindow; step <= present + kTotpWindow; ++step) {
    const bool same = constant_time_equal(hotp_code(secret, step), code);
    if (same && step > last_step && !found) found = step;
  }
  return found;
}

std::string new_totp_secret() {
  return random_bytes(kSecretBytes);
}

std::string base32_encode(std::string_view bytes) {
  std::string text;
  uint32_t held = 0;
  int bits = 0;
  const auto put = [&](uint32_t value) { text += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[value & 31]; };
  for (const char c : bytes) {
    held = held << 8 | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 5; bits -= 5) put(held >> (bits - 5));
    held &= 0xff;
  }
  if (bits > 0) put(held << (5 - bits));
  return text;
}

std::string totp_uri(std::string_view issuer, std::string_view account, std::string_view secret) {
  return fmt::format("otpauth://totp/{}:{}?secret={}&issuer={}", escaped(issuer), escaped(account),
                     base32_encode(secret), escaped(issuer));
}

}  // namespace vitrine::broker
