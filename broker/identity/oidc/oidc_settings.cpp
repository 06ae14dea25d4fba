#include "broker/identity/oidc/oidc_settings.h"

#include <fmt/format.h>

#include "broker/http/http_client.h"
#include "broker/identity/settings_fields.h"

namespace vitrine::broker {

namespace {

constexpr SettingsField kOidcFields[] = {
    {"issuer", SettingsType::kText},
    {"client_id", SettingsType::kText},
    {"scope", SettingsType::kText},
    {"name_claim", SettingsType::kText},
    {"display_name_claim", SettingsType::kText},
    {"groups_claim", SettingsType::kText},
    {"ca_file", SettingsType::kText},
    {"user_info", SettingsType::kTruth},
    {"second_factor_amr", SettingsType::kTextList},
    {"second_factor_acr", SettingsType::kTextList},
};

}  // namespace

Result<OidcSettings> oidc_settings_from(const Json& json) {
  TRY(check_fields(json, kOidcFields));
  OidcSettings settings;
  settings.issuer = text_field(json, "issuer");
  settings.client_id = text_field(json, "client_id");
  settings.scope = text_field(json, "scope", settings.scope);
  settings.name_claim = text_field(json, "name_claim", settings.name_claim);
  settings.display_name_claim = text_field(json, "display_name_claim", settings.display_name_claim);
  settings.groups_claim = text_field(json, "groups_claim", settings.groups_claim);
  settings.ca_file = text_field(json, "ca_file");
  settings.user_info = truth_field(json, "user_info", settings.user_info);
  settings.second_factor_amr = text_list_field(json, "second_factor_amr").value_or(std::vector<std::string>());
  settings.second_factor_acr = text_list_field(json, "second_factor_acr").value_or(std::vector<std::string>());
  TRY(check_web_url(settings.issuer));
  if (settings.issuer.find('?') != std::string::npos) {
    return Error{ErrorCode::kInvalidArgument, "The issuer is an address without \"?\"."};
  }
  if (settings.client_id.empty()) {
    return Error{ErrorCode::kInvalidArgument, "Give the client_id under which the sign-in service knows this server."};
  }
  if ((" " + settings.scope + " ").find(" openid ") == std::string::npos) {
    return Error{ErrorCode::kInvalidArgument, "The scope has to contain \"openid\"."};
  }
  return settings;
}

Json oidc_settings_to(const OidcSettings& settings) {
  return {{"issuer", settings.issuer},
          {"client_id", settings.client_id},
          {"scope", settings.scope},
          {"name_claim", settings.name_claim},
          {"display_name_claim", settings.display_name_claim},
          {"groups_claim", settings.groups_claim},
          {"ca_file", settings.ca_file},
          {"user_info", settings.user_info},
          {"second_factor_amr", settings.second_factor_amr},
          {"second_factor_acr", settings.second_factor_acr}};
}

}  // namespace vitrine::broker
