#include "broker/identity/sealed.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <memory>

#include "broker/identity/secrets.h"
#include "broker/provision/files.h"
#include "protocol/ticket.h"

namespace vitrine::broker {

namespace {

constexpr size_t kKeyBytes = 32;
constexpr size_t kNonceBytes = 12;  // NIST SP 800-38D: the length GCM is made for
constexpr size_t kTagBytes = 16;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}
const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Error not_ours() {
  return {ErrorCode::kMalformed,
          "A stored secret cannot be read with keys/store.key. Restore the key file that belongs to this store, or set "
          "the secret again."};
}

}  // namespace

Result<Sealer> Sealer::load(const std::string& key_file) {
  const auto found = read_file(key_file);
  if (found.ok()) {
    const auto key = base64url_decode(found.value().substr(0, found.value().find_last_not_of("\r\n ") + 1));
    if (!key.ok() || key.value().size() != kKeyBytes) {
      return Error{ErrorCode::kMalformed, fmt::format("{} holds no key. Restore it from a backup.", key_file)};
    }
    return Sealer(std::string(key.value().begin(), key.value().end()));
  }
  if (found.error().code != ErrorCode::kNotFound) return found.error();
  const std::string key = random_bytes(kKeyBytes);
  TRY(write_file(key_file, base64url_encode({bytes_of(std::string_view(key)), key.size()}) + "\n", 0600));
  return Sealer(key);
}

Result<std::string> Sealer::seal(std::string_view plain) const {
  std::string sealed = random_bytes(kNonceBytes);
  sealed.resize(kNonceBytes + plain.size() + kTagBytes);
  const Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  unsigned char* cipher = bytes_of(sealed) + kNonceBytes;
  int length = 0;
  const bool done =
      context && EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key_), bytes_of(sealed)) == 1 &&
      EVP_EncryptUpdate(context.get(), cipher, &length, bytes_of(plain), static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(context.get(), cipher + length, &length) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, cipher + plain.size()) == 1;
  if (!done) return Error{ErrorCode::kInternal, "Cannot encrypt a secret."};
  return base64url_encode({bytes_of(std::string_view(sealed)), sealed.size()});
}

Result<std::string> Sealer::unseal(std::string_view text) const {
  const auto decoded = base64url_decode(text);
  if (!decoded.ok() || decoded.value().size() < kNonceBytes + kTagBytes) return not_ours();
  Bytes sealed = decoded.value();
  const size_t size = sealed.size() - kNonceBytes - kTagBytes;
  std::string plain(size, '\0');
  const Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int length = 0;
  const bool done =
      context && EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key_), sealed.data()) == 1 &&
      EVP_DecryptUpdate(context.get(), bytes_of(plain), &length, sealed.data() + kNonceBytes, static_cast<int>(size)) ==
          1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, sealed.data() + kNonceBytes + size) == 1 &&
      EVP_DecryptFinal_ex(context.get(), bytes_of(plain) + length, &length) == 1;
  if (!done) return not_ours();
  return plain;
}

}  // namespace vitrine::broker
