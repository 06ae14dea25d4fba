#include "broker/identity/sealed.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <memory>
#include <span>

#include "broker/identity/secrets.h"
#include "broker/provision/files.h"
#include "protocol/base/check.h"
#include "protocol/ticket.h"

namespace vitrine::broker {

namespace {

// "1." and base64url of: nonce (12 bytes), ciphertext, tag (16 bytes). The number is the form's version.
constexpr std::string_view kForm = "1.";
constexpr size_t kKeyBytes = 32;
constexpr size_t kNonceBytes = 12;  // random: safe for 2^32 values under one key (NIST SP 800-38D, 8.3)
constexpr size_t kTagBytes = 16;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

Error does_not_open() {
  return {ErrorCode::kMalformed,
          "A secret in the store does not open with keys/store.key of the data folder. Put back the key file that "
          "belongs to this store, or set the secret anew."};
}

}  // namespace

Sealer::Sealer(std::string key) : key_(std::move(key)) {
  CHECK(key_.size() == kKeyBytes);
}

Result<Sealer> Sealer::open(const std::string& path) {
  const auto text = read_file(path);
  if (!text.ok() && text.error().code != ErrorCode::kNotFound) return text.error();
  if (!text.ok()) {
    std::string key = random_bytes(kKeyBytes);
    TRY(write_file(path, base64url_encode(std::span(bytes_of(key), key.size())) + "\n", 0600));
    return Sealer(std::move(key));
  }
  std::string_view line = text.value();
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  const auto key = base64url_decode(line);
  if (!key.ok() || key.value().size() != kKeyBytes) {
    return Error{ErrorCode::kMalformed,
                 fmt::format("{} holds no key. Put back the file from a backup; without it the second factors in the "
                             "store cannot be read.",
                             path)};
  }
  return Sealer(std::string(key.value().begin(), key.value().end()));
}

std::string Sealer::seal(std::string_view plain, std::string_view bound_to) const {
  std::string out = random_bytes(kNonceBytes);
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  CHECK(cipher != nullptr);
  CHECK(EVP_EncryptInit_ex2(cipher.get(), EVP_aes_256_gcm(), bytes_of(std::string_view(key_)), bytes_of(out),
                            nullptr) == 1);
  int size = 0;
  CHECK(EVP_EncryptUpdate(cipher.get(), nullptr, &size, bytes_of(bound_to), static_cast<int>(bound_to.size())) == 1);
  out.resize(kNonceBytes + plain.size() + kTagBytes);
  unsigned char* at = bytes_of(out) + kNonceBytes;
  CHECK(EVP_EncryptUpdate(cipher.get(), at, &size, bytes_of(plain), static_cast<int>(plain.size())) == 1);
  CHECK(EVP_EncryptFinal_ex(cipher.get(), at + size, &size) == 1);
  CHECK(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, at + plain.size()) == 1);
  return std::string(kForm) + base64url_encode(std::span(bytes_of(out), out.size()));
}

Result<std::string> Sealer::unseal(std::string_view sealed, std::string_view bound_to) const {
  if (!sealed.starts_with(kForm)) return does_not_open();
  const auto decoded = base64url_decode(sealed.substr(kForm.size()));
  if (!decoded.ok() || decoded.value().size() < kNonceBytes + kTagBytes) return does_not_open();
  Bytes in = decoded.value();
  const size_t size = in.size() - kNonceBytes - kTagBytes;
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  CHECK(cipher != nullptr);
  CHECK(EVP_DecryptInit_ex2(cipher.get(), EVP_aes_256_gcm(), bytes_of(std::string_view(key_)), in.data(), nullptr) ==
        1);
  int written = 0;
  CHECK(EVP_DecryptUpdate(cipher.get(), nullptr, &written, bytes_of(bound_to), static_cast<int>(bound_to.size())) == 1);
  std::string plain(size, '\0');
  CHECK(EVP_DecryptUpdate(cipher.get(), bytes_of(plain), &written, in.data() + kNonceBytes, static_cast<int>(size)) ==
        1);
  CHECK(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, in.data() + kNonceBytes + size) == 1);
  if (EVP_DecryptFinal_ex(cipher.get(), bytes_of(plain) + size, &written) != 1) return does_not_open();
  return plain;
}

std::string Sealer::fingerprint(std::string_view text, std::string_view bound_to) const {
  // The words come first with their length, so that no text runs into them.
  return hmac_base64url(key_, fmt::format("fingerprint {} {} {}", bound_to.size(), bound_to, text));
}

}  // namespace vitrine::broker
