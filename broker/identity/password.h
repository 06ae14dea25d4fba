// Passwords under Argon2id (RFC 9106). The cost is kept with each hash (PHC string), so it can rise: a hash made at a
// lower cost is made anew at the next sign-in.
#pragma once

#include <atomic>
#include <cstdint>
#include <semaphore>
#include <string>
#include <string_view>

#include "protocol/base/result.h"

namespace vitrine::broker {

// 32 MiB and three passes take about 70 ms on one core of 2024: above OWASP's recommendation, and bearable at sign-in.
struct PasswordCost {
  uint32_t memory_kib = 32 * 1024;
  uint32_t passes = 3;
};

// At least 10 characters, at most 256 bytes, not the user's name, not one character repeated.
// Errors: invalid_argument with the sentence to show.
Result<void> check_password_rules(std::string_view user_name, std::string_view password);

// Any thread. At most two hashes are computed at a time, so that a burst of sign-ins takes bounded memory and leaves
// a core for running sessions.
class PasswordHasher {
 public:
  explicit PasswordHasher(PasswordCost cost);

  // Errors: exhausted (no memory).
  Result<std::string> hash(std::string_view password);
  bool verify(std::string_view password, const std::string& phc);
  // As long as verify takes, always wrong: for users who do not exist.
  void verify_nobody(std::string_view password);
  [[nodiscard]] bool should_rehash(const std::string& phc) const;
  // How many hashes were computed so far: what a request cost, without a clock.
  [[nodiscard]] uint64_t computed() const { return computed_; }

 private:
  PasswordCost cost_;
  std::atomic<uint64_t> computed_ = 0;
  std::counting_semaphore<2> turns_{2};
  std::string nobody_;  // a hash at the present cost whose password nobody knows
};

}  // namespace vitrine::broker
