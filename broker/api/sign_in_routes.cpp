// Signing in and out at other systems: the browser's way there and back (identity/oidc/oidc_login.h draws it), and
// what those systems tell us by themselves.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "broker/api/redirect_cookie.h"
#include "broker/api/sign_out.h"
#include "broker/api/signed_in.h"
#include "broker/identity/provisioning.h"
#include "broker/identity/sign_in_providers.h"
#include "broker/identity/used_once.h"
#include "broker/store/audit.h"

namespace vitrine::broker {

namespace {

constexpr size_t kMaxAnswer = 3000;  // of a return's query; an address may have 4,096 bytes

std::string return_url(const ApiRequest& request, const std::string& provider) {
  return fmt::format("{}/api/sign-in/{}/return", request.origin, provider);
}

// What went wrong out there is the administrator's business; the person gets who to ask.
Error for_people(const ActiveProvider& provider, const Error& error) {
  if (error.code == ErrorCode::kUnauthenticated || error.code == ErrorCode::kExhausted) return error;
  spdlog::error("Provider {}: {}", provider.row.id, error.message);
  return {
      ErrorCode::kUnavailable,
      fmt::format("{} cannot be used to sign in now. Try again later, or tell your administrator.", provider.row.name)};
}

Result<std::shared_ptr<ActiveProvider>> redirect_provider(ApiRequest& request, const std::string& id) {
  auto provider = TRY(request.services.providers.find(id));
  if (!provider->oidc) return Error{ErrorCode::kNotFound, "There is no such way of signing in any more."};
  return provider;
}

Result<HttpResponse> get_ways(ApiRequest& request) {
  Json redirects = Json::array();
  for (const auto& provider : TRY(request.services.providers.active())) {
    if (provider->oidc) redirects.push_back({{"id", provider->row.id}, {"name", provider->row.name}});
  }
  return json_response(200, {{"redirects", redirects}});
}

Result<HttpResponse> post_begin(ApiRequest& request) {
  const auto provider = TRY(redirect_provider(request, request.path["provider"]));
  const auto waiting = TRY(request.services.providers.turn());
  const auto start = provider->oidc->begin(return_url(request, provider->row.id), request.now_s);
  if (!start.ok()) return for_people(*provider, start.error());
  HttpResponse response = json_response(200, {{"location", start.value().location}});
  response.headers.emplace_back("Set-Cookie", redirect_cookie(start.value().memory, kRedirectLoginS));
  return response;
}

// Decides nothing and reads no cookie: another site sends the browser here.
Result<HttpResponse> get_return(ApiRequest& request) {
  const std::string& target = request.http.target;
  const size_t at = target.find('?');
  const std::string query = at == std::string::npos ? "" : target.substr(at + 1);
  if (query.size() > kMaxAnswer) return Error{ErrorCode::kTooLarge, "The sign-in service's answer is too long."};
  std::vector<std::pair<std::string, std::string>> fields;
  for (const char* name : {"code", "state", "iss", "error"}) {
    if (std::string value = form_field(query, name); !value.empty()) fields.emplace_back(name, std::move(value));
  }
  HttpResponse response = empty_response();
  response.status = 303;
  // A path of our own, whatever the query says; what follows '#' is the page's to read.
  response.headers.emplace_back(
      "Location", fmt::format("/#/return/{}?{}", form_encoded(request.path["provider"]), form_of(fields)));
  return response;
}

struct Finished {
  User user;
  RedirectSession session;
  int64_t second_factor_s = 0;
};

Result<Finished> finished(ApiRequest& request, ActiveProvider& provider, const std::string& memory) {
  const RedirectAnswer answer{.code = text_field(request.body, "code"),
                              .state = text_field(request.body, "state"),
                              .issuer = text_field(request.body, "iss"),
                              .error = text_field(request.body, "error")};
  const std::string key = "return:" + memory;
  const Error again{ErrorCode::kUnauthenticated, "This sign-in was finished already. Begin again."};
  {
    const Database::Lease connection = TRY(request.services.database.lease());
    if (TRY(was_used(*connection, key))) return again;
  }
  auto identity = [&]() -> Result<RedirectIdentity> {
    const auto waiting = TRY(request.services.providers.turn());
    return provider.oidc->finish(memory, return_url(request, provider.row.id), answer, request.now_s);
  }();
  if (!identity.ok()) return for_people(provider, identity.error());
  const Database::Lease connection = TRY(request.services.database.lease());
  const auto first = use_once(*connection, key, request.now_s + kRedirectLoginS + kMaxSkewS, request.now_s);
  if (!first.ok()) return first.error().code == ErrorCode::kConflict ? again : first.error();
  return Finished{.user = TRY(provision(*connection, provider.row, identity.value().identity, request.now_s)),
                  .session = identity.value().session,
                  .second_factor_s = identity.value().second_factor_s};
}

Result<HttpResponse> post_finish(ApiRequest& request) {
  const std::string id = text_field(request.body, "provider");
  const auto provider = TRY(redirect_provider(request, id));
  const std::string memory = redirect_memory(request.http.header("cookie"));
  const auto result = finished(request, *provider, memory);
  const Database::Lease connection = TRY(request.services.database.lease());
  TRY(append_audit_alone(*connection,
                         {.actor = result.ok() ? result.value().user.name : "",
                          .address = request.asker.address,
                          .action = "login",
                          .target = "provider " + id,
                          .outcome = result.ok() ? "ok" : "refused",
                          .detail = result.ok() ? "" : result.error().message},
                         request.now_s));
  if (!result.ok()) {
    HttpResponse response = problem_response(result.error());
    response.headers.emplace_back("Set-Cookie", redirect_cookie("", 0));
    return response;
  }
  SignInProof proof = proof_of(request, id, result.value().second_factor_s);
  proof.sid = result.value().session.sid;
  proof.id_token = request.services.sealer.seal(result.value().session.id_token, "id token:" + id);
  HttpResponse response = TRY(signed_in(request, *connection, result.value().user, proof));
  response.headers.emplace_back("Set-Cookie", redirect_cookie("", 0));
  return response;
}

// Ends the web sessions a provider names, and the desktops of their users as signing out does.
Result<void> end_named(ApiRequest& request, const std::string& provider, const BackChannelLogout& logout) {
  std::vector<std::string> users;
  {
    const Database::Lease connection = TRY(request.services.database.lease());
    SqlTransaction transaction = TRY(SqlTransaction::begin(*connection));
    // The key is proven genuine: the token's signature was checked.
    const auto first = use_once(*connection, "logout:" + provider + ":" + logout.token_id,
                                request.now_s + 2 * kRedirectLoginS, request.now_s);
    if (!first.ok() && first.error().code == ErrorCode::kConflict) {
      return Error{ErrorCode::kInvalidArgument, "This logout token was used already."};
    }
    TRY(first);
    users = TRY(close_web_sessions_at(*connection, provider, logout.subject, logout.sid));
    TRY(append_audit(*connection,
                     {.actor = "provider " + provider,
                      .address = request.asker.address,
                      .action = "logout",
                      .target = fmt::format("{} users", users.size()),
                      .outcome = "ok",
                      .detail = "The sign-in service ended the session."},
                     request.now_s));
    TRY(transaction.commit());
  }
  const Asker asker{.name = "provider " + provider, .address = request.asker.address};
  for (const std::string& user : users) {
    TRY(request.services.sessions.end_all_of(user, "You were signed out.", asker, request.now_s));
  }
  return {};
}

// OpenID Connect Back-Channel Logout 1.0, section 2.5: the provider's own request, proven by the token alone.
Result<HttpResponse> post_logout_there(ApiRequest& request) {
  const auto provider = TRY(redirect_provider(request, request.path["provider"]));
  const auto logout = [&]() -> Result<BackChannelLogout> {
    const auto waiting = TRY(request.services.providers.turn());
    return provider->oidc->logout(form_field(request.http.body, "logout_token"), request.now_s);
  }();
  if (!logout.ok()) {
    spdlog::warn("Provider {}: a logout token was refused: {}", provider->row.id, logout.error().message);
    const bool theirs = logout.error().code != ErrorCode::kUnavailable && logout.error().code != ErrorCode::kExhausted;
    return theirs ? Error{ErrorCode::kInvalidArgument, logout.error().message} : logout.error();
  }
  TRY(end_named(request, provider->row.id, logout.value()));
  HttpResponse response = empty_response();
  response.status = 200;
  return response;
}

constexpr Route kSignInRoutes[] = {
    {"GET", "/api/sign-in", Access::kOpen, nullptr, get_ways},
    {"POST", "/api/sign-in/finish", Access::kSignIn, nullptr, post_finish},
    {"POST", "/api/sign-in/:provider/begin", Access::kSignIn, nullptr, post_begin},
    {"GET", "/api/sign-in/:provider/return", Access::kOpen, nullptr, get_return},
    {"POST", "/api/sign-in/:provider/logout", Access::kOpen, nullptr, post_logout_there},
};

}  // namespace

std::string sign_out_elsewhere(ApiRequest& request) {
  const SignInProof& proof = request.web.proof;
  if (proof.id_token.empty()) return "";
  const auto url = [&]() -> Result<std::string> {
    const auto provider = TRY(redirect_provider(request, proof.provider));
    const std::string id_token = TRY(request.services.sealer.unseal(proof.id_token, "id token:" + proof.provider));
    const auto waiting = TRY(request.services.providers.turn());
    return provider->oidc->sign_out_url({.sid = proof.sid, .id_token = id_token}, request.origin + "/", request.now_s);
  }();
  if (url.ok()) return url.value();
  spdlog::warn("Signing out at {}: {}", proof.provider, url.error().message);
  return "";
}

std::span<const Route> sign_in_routes() {
  return kSignInRoutes;
}

}  // namespace vitrine::broker
