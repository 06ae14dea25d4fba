// Providers and the state of users, for administrators.
#include <fmt/format.h>

#include "broker/api/path_user.h"
#include "broker/api/router.h"
#include "broker/identity/sign_in_providers.h"
#include "broker/identity/user_state.h"
#include "protocol/base/utf8.h"

namespace vitrine::broker {

namespace {

Error no_such_provider(const std::string& id) {
  return {ErrorCode::kNotFound, fmt::format("There is no provider \"{}\". See: vitrine provider list", id)};
}

// Never with the secret, only whether there is one.
Json provider_json(const Provider& provider, const ApiRequest& request) {
  Json json = {{"id", provider.id},
               {"kind", provider_kind_name(provider.kind)},
               {"name", provider.name},
               {"position", provider.position},
               {"enabled", provider.enabled},
               {"settings", provider.settings},
               {"has_secret", !provider.secret.empty()}};
  if (provider.kind == ProviderKind::kOidc) {
    const std::string here = request.services.public_url + "/api/sign-in/" + provider.id;
    json["return_url"] = here + "/return";
    json["logout_url"] = here + "/logout";
    json["after_logout_url"] = request.services.public_url + "/";
  }
  return json;
}

Result<HttpResponse> get_providers(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  Json list = Json::array();
  for (const Provider& provider : TRY(list_providers(*connection))) list.push_back(provider_json(provider, request));
  return json_response(200, {{"providers", list}});
}

// The request's secret, sealed for this provider; nothing when it gives none.
Result<std::optional<std::string>> given_secret(const ApiRequest& request, const std::string& provider) {
  const auto found = request.body.find("secret");
  if (found == request.body.end()) return std::optional<std::string>();
  if (!found->is_string() || !has_characters(found->get_ref<const std::string&>(), 0, 1000)) {
    return Error{ErrorCode::kInvalidArgument, "The secret is a text of at most 1,000 characters; empty: none."};
  }
  if (found->get_ref<const std::string&>().empty()) return std::optional(std::string());
  return std::optional(request.services.sealer.seal(found->get<std::string>(), secret_words(provider)));
}

Result<HttpResponse> post_provider(ApiRequest& request) {
  Provider provider{.id = text_field(request.body, "id"), .created_s = request.now_s};
  request.audit_target = provider.id;
  const auto kind = provider_kind(text_field(request.body, "kind"));
  if (!kind) return Error{ErrorCode::kInvalidArgument, "The kind is \"oidc\" or \"ldap\"."};
  provider.kind = *kind;
  provider.name = text_field(request.body, "name", provider.id);
  provider.position = number_field(request.body, "position", 100);
  provider.enabled = truth_field(request.body, "enabled", true);
  provider.settings = TRY(complete_settings(provider.kind, object_field(request.body, "settings")));
  provider.secret = TRY(given_secret(request, provider.id)).value_or("");
  const Database::Lease connection = TRY(request.services.database.lease());
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  TRY(add_provider(*connection, provider));
  TRY(transaction.commit());
  return json_response(201, {{"provider", provider_json(provider, request)}});
}

// What the request does not name stays as it is.
Result<HttpResponse> put_provider(ApiRequest& request) {
  const auto secret = TRY(given_secret(request, request.path["id"]));
  const Database::Lease connection = TRY(request.services.database.lease());
  SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
  auto provider = TRY(find_provider(*connection, request.path["id"]));
  if (!provider) return no_such_provider(request.path["id"]);
  Json settings = provider->settings;
  const Json changes = object_field(request.body, "settings");
  if (changes.contains("flavour")) {
    return Error{ErrorCode::kInvalidArgument, "The flavour only chooses what a new provider begins with."};
  }
  settings.update(changes);
  if (!secret) TRY(check_secret_stays(*provider, settings));
  provider->settings = TRY(complete_settings(provider->kind, settings));
  provider->name = text_field(request.body, "name", provider->name);
  provider->position = number_field(request.body, "position", provider->position);
  provider->enabled = truth_field(request.body, "enabled", provider->enabled);
  if (secret) {
    provider->secret = *secret;
    provider->secret_source.clear();
  }
  TRY(update_provider(*connection, *provider));
  TRY(transaction.commit());
  return json_response(200, {{"provider", provider_json(*provider, request)}});
}

// Nobody vouches for its users any more, so they are put out.
Result<HttpResponse> delete_provider(ApiRequest& request) {
  const std::string& id = request.path["id"];
  std::vector<std::string> users;
  {
    const Database::Lease connection = TRY(request.services.database.lease());
    SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
    if (!TRY(find_provider(*connection, id))) return no_such_provider(id);
    TRY(retire_provider(*connection, id));
    users = TRY(ids_of_provider(*connection, id));
    TRY(transaction.commit());
  }
  for (const std::string& user : users) {
    TRY(request.services.sessions.end_all_of(user, "The way you signed in was removed.", request.asker, request.now_s));
  }
  return empty_response();
}

Result<HttpResponse> post_provider_test(ApiRequest& request) {
  const std::string user = text_field(request.body, "user").substr(0, 256);
  const auto found = TRY(request.services.providers.test(request.path["id"], user, request.now_s));
  Json steps = Json::array();
  bool ok = true;
  for (const ProviderTestStep& step : found) {
    steps.push_back({{"step", step.name}, {"ok", step.ok}, {"detail", step.detail}});
    ok = ok && step.ok;
  }
  return json_response(200, {{"ok", ok}, {"steps", steps}});
}

Result<HttpResponse> post_disable(ApiRequest& request) {
  std::optional<User> user;
  {
    const Database::Lease connection = TRY(request.services.database.lease());
    SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
    user = TRY(user_of_path(request, *connection));
    TRY(disable_user(*connection, *user, DisabledBy::kAdministrator));
    TRY(transaction.commit());
  }
  TRY(request.services.sessions.end_all_of(user->id, "Your account was disabled.", request.asker, request.now_s));
  return empty_response();
}

Result<HttpResponse> post_enable(ApiRequest& request) {
  const Database::Lease connection = TRY(request.services.database.lease());
  const User user = TRY(user_of_path(request, *connection));
  TRY(enable_user(*connection, user));
  return empty_response();
}

constexpr Route kProviderRoutes[] = {
    {"GET", "/api/admin/providers", Access::kAdmin, nullptr, get_providers},
    {"POST", "/api/admin/providers", Access::kAdmin, "provider.add", post_provider},
    {"PUT", "/api/admin/providers/:id", Access::kAdmin, "provider.set", put_provider},
    {"DELETE", "/api/admin/providers/:id", Access::kAdmin, "provider.remove", delete_provider},
    {"POST", "/api/admin/providers/:id/test", Access::kAdmin, "provider.test", post_provider_test},
    {"POST", "/api/admin/users/:name/disable", Access::kAdmin, "user.disable", post_disable},
    {"POST", "/api/admin/users/:name/enable", Access::kAdmin, "user.enable", post_enable},
};

}  // namespace

std::span<const Route> provider_routes() {
  return kProviderRoutes;
}

}  // namespace vitrine::broker
