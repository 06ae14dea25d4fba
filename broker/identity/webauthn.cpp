#include "broker/identity/webauthn.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>

#include "broker/identity/cose_key.h"
#include "broker/identity/secrets.h"
#include "broker/json_fields.h"
#include "protocol/ticket.h"

namespace vitrine::broker {

namespace {

using View = std::span<const uint8_t>;

constexpr size_t kMaxClientData = 4096;
constexpr size_t kMaxAttestation = 16 * 1024;
constexpr size_t kMaxAuthenticatorData = 2048;
constexpr size_t kMaxSignature = 1024;     // RSA-4096 gives 512
constexpr size_t kMaxCredentialId = 1023;  // section 4, "credential ID"
constexpr size_t kHashBytes = SHA256_DIGEST_LENGTH;
constexpr size_t kHeadBytes = kHashBytes + 1 + 4;
constexpr size_t kAaguidBytes = 16;

enum Flag : uint8_t { kUserPresent = 1, kUserVerified = 4, kAttested = 0x40, kExtensions = 0x80 };

Error malformed(const char* what) {
  return {ErrorCode::kMalformed, fmt::format("The authenticator's answer is malformed: {}.", what)};
}
Error refused(const std::string& why) {
  return {ErrorCode::kForbidden, fmt::format("The passkey was not accepted: {}.", why)};
}

std::array<uint8_t, kHashBytes> sha256(View bytes) {
  std::array<uint8_t, kHashBytes> digest{};
  SHA256(bytes.data(), bytes.size(), digest.data());
  return digest;
}
View as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// Section 5.8.1. What the browser itself says of the ceremony; the signature covers its hash.
Result<void> check_client_data(const RelyingParty& party, std::string_view type, std::string_view challenge,
                               const Bytes& bytes) {
  if (bytes.size() > kMaxClientData) return malformed("its client data is too long");
  const auto data = parse_object({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!data.ok()) return malformed("its client data is no JSON");
  const Json& client = data.value();
  if (text_field(client, "type") != type) return refused("it answers another question");
  if (!constant_time_equal(text_field(client, "challenge"), challenge)) {
    return refused("it answers another request. Try again");
  }
  const std::string origin = text_field(client, "origin");
  if (origin != party.origin) {
    return refused(fmt::format("it was used at another address. Passkeys of this site work at {}", party.origin));
  }
  if (truth_field(client, "crossOrigin") || client.contains("topOrigin")) {
    return refused("it was used inside another site's page");
  }
  return {};
}

struct AuthenticatorData {
  uint32_t sign_count = 0;
  uint8_t flags = 0;
  std::optional<NewPasskey> attested;
  CoseAlgorithm algorithm = CoseAlgorithm::kEs256;  // of the attested key
};

Result<View> read_attested(View rest, AuthenticatorData& data) {
  if (rest.size() < kAaguidBytes + 2) return malformed("its new credential is cut short");
  const size_t size = static_cast<size_t>(rest[kAaguidBytes]) << 8 | rest[kAaguidBytes + 1];
  rest = rest.subspan(kAaguidBytes + 2);
  if (size == 0 || size > kMaxCredentialId || size > rest.size()) return malformed("its credential's name is too long");
  NewPasskey passkey{.id = base64url_encode(rest.first(size)), .public_key = {}, .sign_count = data.sign_count};
  CborReader reader(rest.subspan(size));
  const CoseKey key = TRY(read_cose_key(reader));
  passkey.public_key.assign(key.bytes.begin(), key.bytes.end());
  data.attested = std::move(passkey);
  data.algorithm = key.algorithm;
  return reader.rest();
}

// Section 6.1. Nothing may be left over.
Result<AuthenticatorData> read_authenticator_data(View bytes, const RelyingParty& party) {
  if (bytes.size() < kHeadBytes) return malformed("its data is cut short");
  if (bytes.size() > kMaxAttestation) return malformed("its data is too long");
  if (!std::ranges::equal(bytes.first(kHashBytes), sha256(as_bytes(party.id)))) return refused("it is of another site");
  AuthenticatorData data;
  data.flags = bytes[kHashBytes];
  for (size_t i = kHashBytes + 1; i < kHeadBytes; ++i) data.sign_count = data.sign_count << 8 | bytes[i];
  View rest = bytes.subspan(kHeadBytes);
  if ((data.flags & kAttested) != 0) rest = TRY(read_attested(rest, data));
  if ((data.flags & kExtensions) != 0) {
    CborReader reader(rest);
    TRY(reader.skip());
    rest = reader.rest();
  }
  if (!rest.empty()) return malformed("something follows its data");
  return data;
}

Result<void> check_flags(const AuthenticatorData& data, bool verified_user) {
  if ((data.flags & kUserPresent) == 0) return refused("nobody touched it");
  if (verified_user && (data.flags & kUserVerified) == 0) {
    return refused("it did not ask for a PIN, a finger or a face. Set one up on it");
  }
  return {};
}

struct Attestation {
  std::string_view format;
  View statement;  // the whole CBOR item
  View data;
};

Result<Attestation> read_attestation(View bytes) {
  if (bytes.size() > kMaxAttestation) return malformed("its attestation is too long");
  CborReader reader(bytes);
  Attestation found;
  for (uint64_t pairs = TRY(reader.map()); pairs > 0; --pairs) {
    const std::string_view key = TRY(reader.text());
    const View before = reader.rest();
    if (key == "fmt") {
      found.format = TRY(reader.text());
    } else if (key == "authData") {
      found.data = TRY(reader.bytes());
    } else {
      TRY(reader.skip());
      if (key == "attStmt") found.statement = before.first(before.size() - reader.rest().size());
    }
  }
  if (!reader.rest().empty() || found.format.empty() || found.data.empty() || found.statement.empty()) {
    return malformed("its attestation is incomplete");
  }
  return found;
}

// Section 8.2, self attestation: the new key signs for itself, which browsers may leave in although we ask for none.
Result<void> check_self_attestation(const Attestation& attestation, const AuthenticatorData& data,
                                    const Bytes& client_data) {
  CborReader reader(attestation.statement);
  int64_t algorithm = 0;
  View signature;
  for (uint64_t pairs = TRY(reader.map()); pairs > 0; --pairs) {
    const std::string_view key = TRY(reader.text());
    if (key == "alg") {
      algorithm = TRY(reader.integer());
    } else if (key == "sig") {
      signature = TRY(reader.bytes());
    } else {
      return Error{ErrorCode::kUnsupported,
                   "The authenticator insists on a certificate of its maker. Use another one."};
    }
  }
  Bytes message(attestation.data.begin(), attestation.data.end());
  const auto hash = sha256(client_data);
  message.insert(message.end(), hash.begin(), hash.end());
  const bool right = algorithm == static_cast<int64_t>(data.algorithm) && signature.size() <= kMaxSignature &&
                     TRY(verify_cose_signature(data.attested->public_key, message, signature));
  if (!right) return refused("it did not sign its own key");
  return {};
}

bool is_ip_address(const std::string& host) {
  in_addr v4{};
  return host.starts_with('[') || ::inet_pton(AF_INET, host.c_str(), &v4) == 1;
}

}  // namespace

Result<RelyingParty> relying_party_of(const std::string& public_url) {
  constexpr std::string_view kScheme = "https://";
  if (!public_url.starts_with(kScheme)) {
    return Error{ErrorCode::kUnsupported, "Passkeys need an address that begins with https://."};
  }
  const std::string authority =
      public_url.substr(kScheme.size(), public_url.find('/', kScheme.size()) - kScheme.size());
  const size_t port_at = authority.find(':', authority.starts_with('[') ? authority.find(']') : 0);
  std::string host = authority.substr(0, port_at);
  std::string port = port_at == std::string::npos ? "" : authority.substr(port_at);
  if (port == ":443") port.clear();  // browsers leave it out
  if (host.starts_with("127.") || host == "[::1]") host = "localhost";
  if (host.empty() || is_ip_address(host)) {
    return Error{
        ErrorCode::kUnsupported,
        "Passkeys need a domain name, and this Vitrine is opened by an IP address. An administrator can give it "
        "one: vitrine up --public-url https://NAME:PORT"};
  }
  std::ranges::transform(host, host.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return RelyingParty{.id = host, .origin = std::string(kScheme) + host + port};
}

Result<NewPasskey> verify_registration(const RelyingParty& party, std::string_view challenge,
                                       const RegistrationAnswer& answer) {
  TRY(check_client_data(party, "webauthn.create", challenge, answer.client_data));
  const Attestation attestation = TRY(read_attestation(answer.attestation_object));
  AuthenticatorData data = TRY(read_authenticator_data(attestation.data, party));
  TRY(check_flags(data, true));
  if (!data.attested) return malformed("it made no credential");
  if (attestation.format == "packed") {
    TRY(check_self_attestation(attestation, data, answer.client_data));
  } else if (attestation.format != "none") {
    return Error{ErrorCode::kUnsupported, "The authenticator insists on a proof of its make. Use another one."};
  } else if (attestation.statement.size() != 1) {
    return malformed("no attestation, and yet a statement");
  }
  return std::move(*data.attested);
}

Result<uint32_t> verify_assertion(const RelyingParty& party, std::string_view challenge, const KnownPasskey& passkey,
                                  const AssertionAnswer& answer, bool verified_user) {
  if (answer.authenticator_data.size() > kMaxAuthenticatorData || answer.signature.size() > kMaxSignature) {
    return malformed("it is too long");
  }
  TRY(check_client_data(party, "webauthn.get", challenge, answer.client_data));
  const AuthenticatorData data = TRY(read_authenticator_data(answer.authenticator_data, party));
  TRY(check_flags(data, verified_user));
  Bytes message = answer.authenticator_data;
  const auto hash = sha256(answer.client_data);
  message.insert(message.end(), hash.begin(), hash.end());
  if (!TRY(verify_cose_signature(passkey.public_key, message, answer.signature))) {
    return refused("its signature is wrong");
  }
  // Section 7.2, step 21. Both zero: this authenticator does not count.
  const bool counts = data.sign_count != 0 || passkey.sign_count != 0;
  if (counts && data.sign_count <= passkey.sign_count) {
    return refused("its counter went back, so a copy of it may be in use. Remove it and set it up again");
  }
  return data.sign_count;
}

}  // namespace vitrine::broker
