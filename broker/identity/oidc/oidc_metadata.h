// What a provider says of itself (OpenID Connect Discovery 1.0), as far as it is needed here.
#pragma once

#include <string>
#include <vector>

#include "broker/identity/oidc/jwk.h"

namespace vitrine::broker {

struct OidcMetadata {
  std::string authorization_endpoint;
  std::string token_endpoint;
  std::string jwks_uri;
  std::string userinfo_endpoint;     // may be empty
  std::string end_session_endpoint;  // may be empty
  std::vector<JwsAlgorithm> algorithms;
  bool secret_in_header = true;   // client_secret_basic, else client_secret_post
  bool says_who_answers = false;  // the answer carries "iss" (RFC 9207)
  bool back_channel_logout = false;
};

// Where an issuer's document lies.
std::string metadata_url(const std::string& issuer);
// Errors: malformed (another issuer, a missing or unsafe address), unsupported (none of our algorithms, no PKCE).
Result<OidcMetadata> parse_metadata(std::string_view text, const std::string& issuer);

}  // namespace vitrine::broker
