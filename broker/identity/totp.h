// Codes of authenticator apps: TOTP (RFC 6238) with SHA-1, six digits and steps of 30 seconds, which is what every app
// understands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vitrine::broker {

inline constexpr int kTotpDigits = 6;
inline constexpr int64_t kTotpStepS = 30;
// Steps before and after the present one that count: clocks of phones differ, and typing takes time.
inline constexpr int64_t kTotpWindow = 1;

// HOTP (RFC 4226, section 5.3): the code of a counter.
std::string hotp_code(std::string_view secret, int64_t counter, int digits = kTotpDigits);

// The step whose code this is, when it is in the window and after `last_step`: a code counts once, and none before it.
// Takes equal time whether it fits or not.
std::optional<int64_t> matching_totp_step(std::string_view secret, std::string_view code, int64_t now_s,
                                          int64_t last_step);

// A new secret: 20 bytes (RFC 4226, section 4).
std::string new_totp_secret();
// RFC 4648 section 6, without padding: how secrets are typed into apps.
std::string base32_encode(std::string_view bytes);
// What the QR code holds, for the app to take in. `account` and `issuer` are what it shows.
std::string totp_uri(std::string_view issuer, std::string_view account, std::string_view secret);

}  // namespace vitrine::broker
