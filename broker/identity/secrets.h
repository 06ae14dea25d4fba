// Random identifiers and tokens, and the hashes under which secrets are kept.
#pragma once

#include <string>
#include <string_view>

namespace vitrine::broker {

// 80 random bits as 16 characters of a-z and 2-7: names rows, and folders whose sockets have to fit 107 bytes.
std::string random_id();
// 256 random bits in base64url, for cookies and one-time codes.
std::string random_token();
// A password that can be read aloud: groups of letters and digits without look-alikes, 77 bits.
std::string random_password();
// `count` random bytes.
std::string random_bytes(size_t count);

std::string sha256_hex(std::string_view text);
// HMAC-SHA-256 (RFC 2104) in base64url.
std::string hmac_base64url(std::string_view key, std::string_view text);
// Takes equal time whatever differs.
bool constant_time_equal(std::string_view a, std::string_view b);

}  // namespace vitrine::broker
