#include "broker/identity/oidc/oidc_metadata.h"

#include <fmt/format.h>

#include <algorithm>

#include "broker/http/http_client.h"

namespace vitrine::broker {

namespace {

constexpr JwsAlgorithm kOurs[] = {JwsAlgorithm::kRs256, JwsAlgorithm::kEs256, JwsAlgorithm::kEdDsa};

bool contains(const std::vector<std::string>& list, std::string_view wanted) {
  return std::ranges::find(list, wanted) != list.end();
}

Result<std::string> endpoint(const Json& json, const char* name, bool needed) {
  const std::string url = text_field(json, name);
  if (url.empty() && !needed) return url;
  if (url.empty() || !check_web_url(url).ok()) {
    return Error{ErrorCode::kMalformed,
                 fmt::format("The sign-in service names no proper {} (\"{}\").", name, url.substr(0, 200))};
  }
  return url;
}

Result<std::vector<JwsAlgorithm>> algorithms_of(const Json& json) {
  const auto named = text_list_field(json, "id_token_signing_alg_values_supported");
  std::vector<JwsAlgorithm> usable;
  for (const JwsAlgorithm algorithm : kOurs) {
    // RS256 is what a provider that names none has to support.
    const bool has = named ? contains(*named, jws_algorithm_name(algorithm)) : algorithm == JwsAlgorithm::kRs256;
    if (has) usable.push_back(algorithm);
  }
  if (usable.empty()) {
    return Error{ErrorCode::kUnsupported, "The sign-in service signs by none of RS256, ES256 and EdDSA."};
  }
  return usable;
}

}  // namespace

std::string metadata_url(const std::string& issuer) {
  return issuer.substr(0, issuer.find_last_not_of('/') + 1) + "/.well-known/openid-configuration";
}

Result<OidcMetadata> parse_metadata(std::string_view text, const std::string& issuer) {
  const auto parsed = parse_object(text);
  if (!parsed.ok()) {
    return Error{ErrorCode::kMalformed,
                 fmt::format("What lies at {} is no OpenID configuration. Check the issuer.", metadata_url(issuer))};
  }
  const Json& json = parsed.value();
  if (const std::string own = text_field(json, "issuer"); own != issuer) {
    return Error{ErrorCode::kMalformed,
                 fmt::format("The sign-in service calls itself \"{}\", not \"{}\". Give the issuer exactly as it does, "
                             "down to the last \"/\".",
                             own.substr(0, 200), issuer)};
  }
  OidcMetadata metadata;
  metadata.authorization_endpoint = TRY(endpoint(json, "authorization_endpoint", true));
  metadata.token_endpoint = TRY(endpoint(json, "token_endpoint", true));
  metadata.jwks_uri = TRY(endpoint(json, "jwks_uri", true));
  metadata.userinfo_endpoint = TRY(endpoint(json, "userinfo_endpoint", false));
  metadata.end_session_endpoint = TRY(endpoint(json, "end_session_endpoint", false));
  metadata.algorithms = TRY(algorithms_of(json));
  if (const auto methods = text_list_field(json, "code_challenge_methods_supported");
      methods && !contains(*methods, "S256")) {
    return Error{ErrorCode::kUnsupported, "The sign-in service does not support PKCE with S256."};
  }
  if (const auto methods = text_list_field(json, "token_endpoint_auth_methods_supported")) {
    metadata.secret_in_header = contains(*methods, "client_secret_basic") || !contains(*methods, "client_secret_post");
  }
  metadata.says_who_answers = truth_field(json, "authorization_response_iss_parameter_supported");
  metadata.back_channel_logout = truth_field(json, "backchannel_logout_supported");
  return metadata;
}

}  // namespace vitrine::broker
