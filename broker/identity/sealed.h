// Secrets that must be read again (TOTP keys, client secrets): encrypted with AES-256-GCM under a key that is not in
// the store, so a stolen copy of the store or of its backup gives none of them away.
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/result.h"

namespace vitrine::broker {

// Any thread; never changes.
class Sealer {
 public:
  // Reads the key file, or makes it (0600) with a new key when there is none. Brokers of one store share the file.
  // Errors: malformed (the file holds no key), io.
  static Result<Sealer> open(const std::string& path);
  // Under `key`, 32 bytes.
  explicit Sealer(std::string key);

  // Text for the store. `bound_to` says what it is and whose ("totp:USER"): it opens under the same words only, so a
  // sealed value moved to another row opens nothing.
  [[nodiscard]] std::string seal(std::string_view plain, std::string_view bound_to) const;
  // Errors: malformed (another key, other words, or altered).
  [[nodiscard]] Result<std::string> unseal(std::string_view sealed, std::string_view bound_to) const;
  // A hash that nobody can try guesses against without the key; for secrets too short for a plain hash.
  [[nodiscard]] std::string fingerprint(std::string_view text, std::string_view bound_to) const;

 private:
  std::string key_;
};

}  // namespace vitrine::broker
