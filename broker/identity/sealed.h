// Secrets the broker has to read back (client secrets, bind passwords), encrypted with a key that is not in the store:
// AES-256-GCM under a key file of the data folder. A copy of the database alone reveals none of them.
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/result.h"

namespace vitrine::broker {

// Any thread.
class Sealer {
 public:
  // Reads the key, or makes one (0600) when there is no such file. Errors: io, malformed.
  static Result<Sealer> load(const std::string& key_file);
  // Text: base64url of 12 bytes nonce, ciphertext, 16 bytes tag.
  [[nodiscard]] Result<std::string> seal(std::string_view plain) const;
  // Errors: malformed when it was altered or sealed with another key.
  [[nodiscard]] Result<std::string> unseal(std::string_view text) const;

 private:
  explicit Sealer(std::string key) : key_(std::move(key)) {}
  std::string key_;  // 32 bytes
};

}  // namespace vitrine::broker
