#include "broker/identity/password.h"

#include <argon2.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "broker/identity/secrets.h"
#include "protocol/base/utf8.h"

namespace vitrine::broker {

namespace {

constexpr size_t kMinPassword = 10;
constexpr size_t kMaxPassword = 256;  // hashing time does not depend on it, reading it does
constexpr size_t kSaltBytes = 16;
constexpr size_t kHashBytes = 32;
constexpr uint32_t kLanes = 1;  // more would only help an attacker who has idle cores

// The number after `key` in a PHC string; 0 when absent.
uint32_t phc_number(const std::string& phc, std::string_view key) {
  const size_t at = phc.find(key);
  uint32_t number = 0;
  if (at != std::string::npos) {
    const char* begin = phc.data() + at + key.size();
    std::from_chars(begin, phc.data() + phc.size(), number);
  }
  return number;
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

Result<void> check_password_rules(std::string_view user_name, std::string_view password) {
  if (character_count(password).value_or(password.size()) < kMinPassword) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("The password needs at least {} characters.", kMinPassword)};
  }
  if (password.size() > kMaxPassword) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("The password may have at most {} bytes.", kMaxPassword)};
  }
  if (same_ignoring_case(user_name, password)) {
    return Error{ErrorCode::kInvalidArgument, "The password must not be the user's name."};
  }
  if (std::ranges::all_of(password, [&](char c) { return c == password.front(); })) {
    return Error{ErrorCode::kInvalidArgument, "The password must not be one character repeated."};
  }
  return {};
}

PasswordHasher::PasswordHasher(PasswordCost cost) : cost_(cost) {
  auto nobody = hash(random_token());
  CHECK(nobody.ok());
  nobody_ = nobody.take();
}

Result<std::string> PasswordHasher::hash(std::string_view password) {
  const std::string salt = random_bytes(kSaltBytes);
  std::string phc(argon2_encodedlen(cost_.passes, cost_.memory_kib, kLanes, kSaltBytes, kHashBytes, Argon2_id), '\0');
  turns_.acquire();
  ++computed_;
  const int code = argon2id_hash_encoded(cost_.passes, cost_.memory_kib, kLanes, password.data(), password.size(),
                                         salt.data(), salt.size(), kHashBytes, phc.data(), phc.size());
  turns_.release();
  if (code != ARGON2_OK) {
    return Error{ErrorCode::kExhausted, fmt::format("Cannot hash a password: {}.", argon2_error_message(code))};
  }
  phc.resize(phc.find('\0'));
  return phc;
}

bool PasswordHasher::verify(std::string_view password, const std::string& phc) {
  turns_.acquire();
  ++computed_;
  const bool right = argon2id_verify(phc.c_str(), password.data(), password.size()) == ARGON2_OK;
  turns_.release();
  return right;
}

void PasswordHasher::verify_nobody(std::string_view password) {
  (void)verify(password, nobody_);
}

bool PasswordHasher::should_rehash(const std::string& phc) const {
  return phc_number(phc, "$m=") < cost_.memory_kib || phc_number(phc, ",t=") < cost_.passes;
}

}  // namespace vitrine::broker
