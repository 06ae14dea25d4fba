// Passkeys: the server's side of WebAuthn Level 2 (W3C Recommendation of 8 April 2021), sections 7.1 and 7.2. Takes
// what the browser and its authenticator answered and says whether it holds; stores nothing.
//
//   authenticator data:  rpIdHash 32 | flags 1 | signCount 4 | attested credential data, if flag AT | extensions, if ED
//   attested credential: aaguid 16 | length 2 | credential id | COSE key
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/result.h"
#include "protocol/messages.h"

namespace vitrine::broker {

// Who the browser must have been talking to.
struct RelyingParty {
  std::string id;      // the host; a passkey belongs to it for good
  std::string origin;  // "https://host:port"
};
// That of the address users open. WebAuthn needs a name: for the addresses of this machine itself that is "localhost".
// Errors: unsupported (another IP address), with a sentence for the page.
Result<RelyingParty> relying_party_of(const std::string& public_url);

struct NewPasskey {
  std::string id;           // the credential's, base64url
  Bytes public_key;         // COSE
  uint32_t sign_count = 0;  // 0: the authenticator does not count
};

// What navigator.credentials.create() answered.
struct RegistrationAnswer {
  Bytes client_data;         // JSON
  Bytes attestation_object;  // CBOR
};
// `challenge` is what we gave, in base64url. User verification (a PIN, a finger, a face) is required, so that the
// passkey can also be the only factor. Errors: malformed, unsupported, forbidden (a sentence each).
Result<NewPasskey> verify_registration(const RelyingParty& party, std::string_view challenge,
                                       const RegistrationAnswer& answer);

// What navigator.credentials.get() answered.
struct AssertionAnswer {
  Bytes client_data;
  Bytes authenticator_data;
  Bytes signature;
};
struct KnownPasskey {
  Bytes public_key;
  uint32_t sign_count = 0;
};
// The new sign count. Errors: malformed; forbidden, naming what does not hold: another origin, site or challenge,
// nobody touched it, `verified_user` asked for and not given, a wrong signature, or a counter that went back (a copy is
// in use).
Result<uint32_t> verify_assertion(const RelyingParty& party, std::string_view challenge, const KnownPasskey& passkey,
                                  const AssertionAnswer& answer, bool verified_user);

}  // namespace vitrine::broker
