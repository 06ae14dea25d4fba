// What an administrator says of an OpenID provider.
#pragma once

#include <string>
#include <vector>

#include "broker/identity/group_mapping.h"
#include "broker/json_fields.h"
#include "protocol/base/result.h"

namespace vitrine::broker {

struct OidcSettings {
  std::string issuer;  // exactly as the provider writes it
  std::string client_id;
  std::string scope = "openid profile email";
  std::string name_claim = "preferred_username";  // a dot leads into an object: "realm_access.roles"
  std::string display_name_claim = "name";
  std::string groups_claim = "groups";
  std::string ca_file;
  // What the ID token's amr or acr says after a second factor was given there: "mfa", "otp", ... Empty: it never counts.
  std::vector<std::string> second_factor_amr;
  std::vector<std::string> second_factor_acr;
  bool user_info = true;  // ask the userinfo endpoint for claims that the ID token lacks
};

// Errors: invalid_argument, naming the field. Unknown fields are refused.
Result<OidcSettings> oidc_settings_from(const Json& json);
Json oidc_settings_to(const OidcSettings& settings);

}  // namespace vitrine::broker
