#include "broker/identity/oidc/oidc_login.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>

#include "broker/identity/secrets.h"
#include "protocol/ticket.h"

namespace vitrine::broker {

namespace {

constexpr std::string_view kLogoutEvent = "http://schemas.openid.net/event/backchannel-logout";
constexpr int64_t kLogoutTokenS = 300;  // a provider tells at once; older ones are replays
constexpr size_t kMaxSubject = 255;     // OpenID Connect Core section 2
constexpr size_t kMaxCode = 4096;

Error refused(std::string sentence) {
  return {ErrorCode::kUnauthenticated, std::move(sentence)};
}

std::string sha256_base64url(std::string_view text, size_t bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return base64url_encode({digest.data(), bytes});
}

std::string base64(std::string_view text) {
  std::string code(4 * ((text.size() + 2) / 3), '\0');
  std::string padded(code.size() + 1, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(padded.data()), reinterpret_cast<const unsigned char*>(text.data()),
                  static_cast<int>(text.size()));
  return padded.substr(0, code.size());
}

// What a stranger may put into a sentence of ours.
std::string plain_words(const std::string& text) {
  std::string plain;
  for (const char c : text.substr(0, 100)) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    plain += word || c == '_' || c == ' ' || c == '.' || c == '-' ? c : '?';
  }
  return plain;
}

// The claim of this name, or the one a path with dots leads to.
const Json* claim(const Json& claims, const std::string& name) {
  const Json* at = &claims;
  if (const auto whole = claims.find(name); whole != claims.end()) return &*whole;
  for (size_t begin = 0; begin <= name.size();) {
    const size_t end = std::min(name.find('.', begin), name.size());
    if (!at->is_object()) return nullptr;
    const auto found = at->find(name.substr(begin, end - begin));
    if (found == at->end()) return nullptr;
    at = &*found;
    begin = end + 1;
  }
  return at;
}

std::string text_claim(const Json& claims, const std::string& name) {
  const Json* found = claim(claims, name);
  return found != nullptr && found->is_string() ? found->get<std::string>() : "";
}

std::vector<std::string> list_claim(const Json& claims, const std::string& name) {
  const Json* found = claim(claims, name);
  if (found == nullptr) return {};
  if (found->is_string()) return {found->get<std::string>()};
  std::vector<std::string> list;
  if (!found->is_array()) return list;
  for (const Json& item : *found) {
    if (item.is_string()) list.push_back(item.get<std::string>());
  }
  return list;
}

Error error_of_answer(const std::string& code) {
  if (code == "access_denied") return refused("Signing in was cancelled at the sign-in service.");
  if (code == "temporarily_unavailable" || code == "server_error") {
    return refused("The sign-in service has a problem. Try again later.");
  }
  return refused(fmt::format("The sign-in service refused: {}. Tell your administrator.", plain_words(code)));
}

// When the second factor was given that the ID token tells of, by the provider's own account of it (OpenID Connect Core
// section 2: amr, acr, auth_time). Without a time it may be hours old, so it does not count. From the signed token
// alone: what user info adds is no statement about this sign-in.
int64_t second_factor_of(const OidcSettings& settings, const Json& claims, int64_t now_s) {
  const auto named = [](const std::vector<std::string>& wanted, const std::string& said) {
    return !said.empty() && std::ranges::find(wanted, said) != wanted.end();
  };
  const auto methods = text_list_field(claims, "amr").value_or(std::vector<std::string>());
  const bool given =
      named(settings.second_factor_acr, text_field(claims, "acr")) ||
      std::ranges::any_of(methods, [&](const std::string& one) { return named(settings.second_factor_amr, one); });
  return given ? std::clamp<int64_t>(number_field(claims, "auth_time"), 0, now_s) : 0;
}

}  // namespace

Result<RedirectStart> OidcLogin::begin(const std::string& return_url, int64_t now_s) {
  const OidcMetadata metadata = TRY(issuer_.metadata(now_s));
  const Memory memory{.state = random_token(), .nonce = random_token(), .verifier = random_token(), .begun_s = now_s};
  const std::string query = form_of({{"response_type", "code"},
                                     {"client_id", issuer_.settings().client_id},
                                     {"redirect_uri", return_url},
                                     {"scope", issuer_.settings().scope},
                                     {"state", memory.state},
                                     {"nonce", memory.nonce},
                                     {"code_challenge", sha256_base64url(memory.verifier, SHA256_DIGEST_LENGTH)},
                                     {"code_challenge_method", "S256"}});
  const Json kept = {{"purpose", "oidc"},       {"provider", provider_}, {"state", memory.state},
                     {"nonce", memory.nonce},   {"begun_s", now_s},      {"verifier", memory.verifier},
                     {"return_url", return_url}};
  const bool has_query = metadata.authorization_endpoint.find('?') != std::string::npos;
  return RedirectStart{.location = metadata.authorization_endpoint + (has_query ? "&" : "?") + query,
                       .memory = sealer_.seal(to_line(kept), "redirect:" + provider_)};
}

Result<OidcLogin::Memory> OidcLogin::recall(const std::string& sealed, const std::string& return_url,
                                            int64_t now_s) const {
  const auto text = sealer_.unseal(sealed, "redirect:" + provider_);
  const auto parsed = text.ok() ? parse_object(text.value()) : Result<Json>(text.error());
  const Json kept = parsed.ok() ? parsed.value() : Json::object();
  Memory memory{.state = text_field(kept, "state"),
                .nonce = text_field(kept, "nonce"),
                .verifier = text_field(kept, "verifier"),
                .begun_s = number_field(kept, "begun_s")};
  const bool ours = text_field(kept, "purpose") == "oidc" && text_field(kept, "provider") == provider_ &&
                    text_field(kept, "return_url") == return_url && !memory.state.empty();
  if (!ours) return refused("This sign-in was not begun in this browser, or in another tab since. Begin again.");
  if (now_s - memory.begun_s > kRedirectLoginS || memory.begun_s - now_s > kMaxSkewS) {
    return refused("This sign-in took too long. Begin again.");
  }
  return memory;
}

Result<RedirectIdentity> OidcLogin::finish(const std::string& memory_text, const std::string& return_url,
                                           const RedirectAnswer& answer, int64_t now_s) {
  const Memory memory = TRY(recall(memory_text, return_url, now_s));
  if (!constant_time_equal(answer.state, memory.state)) {
    return refused("This answer belongs to another sign-in. Begin again.");
  }
  const OidcMetadata metadata = TRY(issuer_.metadata(now_s));
  const bool unnamed = answer.issuer.empty() && !metadata.says_who_answers;
  if (!unnamed && answer.issuer != issuer_.settings().issuer) {
    return refused("The answer comes from another sign-in service than the one that was asked. Begin again.");
  }
  if (!answer.error.empty()) return error_of_answer(answer.error);
  if (answer.code.empty() || answer.code.size() > kMaxCode) return refused("The sign-in service sent no code.");

  const Json tokens = TRY(redeem(metadata, answer.code, memory.verifier, return_url));
  const std::string id_token = text_field(tokens, "id_token");
  if (id_token.empty()) return refused("The sign-in service sent no ID token. Is \"openid\" in the scope?");
  const Jwt jwt = TRY(issuer_.verified(id_token, memory.begun_s, true, now_s));
  if (jwt.type != "" && jwt.type != "jwt") return refused("The sign-in service sent a token of another kind.");
  if (!constant_time_equal(text_field(jwt.claims, "nonce"), memory.nonce)) {
    return refused("The sign-in service's token was made for another sign-in. Begin again.");
  }
  const std::string access_token = text_field(tokens, "access_token");
  // The left half of the hash that goes with the algorithm (section 3.1.3.6); EdDSA names none.
  const std::string hash = text_field(jwt.claims, "at_hash");
  if (!hash.empty() && jwt.algorithm != "EdDSA" && hash != sha256_base64url(access_token, SHA256_DIGEST_LENGTH / 2)) {
    return refused("The sign-in service's tokens do not belong together.");
  }
  const Json claims = TRY(all_claims(metadata, jwt.claims, access_token));
  return RedirectIdentity{.identity = TRY(identity_of(claims)),
                          .session = {.sid = text_field(jwt.claims, "sid"), .id_token = id_token},
                          .second_factor_s = second_factor_of(issuer_.settings(), jwt.claims, now_s)};
}

Result<Json> OidcLogin::redeem(const OidcMetadata& metadata, const std::string& code, const std::string& verifier,
                               const std::string& return_url) {
  const OidcSettings& settings = issuer_.settings();
  HttpCall call{.url = metadata.token_endpoint,
                .headers = {{"Accept", "application/json"}},
                .form = "",
                .ca_file = settings.ca_file};
  std::vector<std::pair<std::string, std::string>> fields = {
      {"grant_type", "authorization_code"}, {"code", code}, {"redirect_uri", return_url}, {"code_verifier", verifier}};
  if (!secret_.empty() && metadata.secret_in_header) {
    call.headers.emplace_back("Authorization",
                              "Basic " + base64(form_encoded(settings.client_id) + ":" + form_encoded(secret_)));
  } else {
    fields.emplace_back("client_id", settings.client_id);
    if (!secret_.empty()) fields.emplace_back("client_secret", secret_);
  }
  call.form = form_of(fields);
  const HttpReply reply = TRY(http_.call(call));
  const auto json = parse_object(reply.body);
  if (reply.status == 200 && json.ok()) return json.value();
  const std::string error = json.ok() ? text_field(json.value(), "error") : "";
  spdlog::warn("Sign-in service {}: the token endpoint answered {} {}", provider_, reply.status, plain_words(error));
  if (error == "invalid_grant")
    return refused("The sign-in service's code was used already or has expired. Begin again.");
  if (error == "invalid_client" || error == "unauthorized_client") {
    return refused("The sign-in service does not accept this server's client secret. Tell your administrator.");
  }
  return refused("The sign-in service did not confirm who you are. Try again later.");
}

Result<Json> OidcLogin::all_claims(const OidcMetadata& metadata, const Json& own, const std::string& access_token) {
  if (!issuer_.settings().user_info || metadata.userinfo_endpoint.empty() || access_token.empty()) return own;
  const bool header_safe = std::ranges::all_of(access_token, [](char c) { return c > ' ' && c < 127; });
  if (!header_safe) return refused("The sign-in service sent an access token that is none.");
  const HttpReply reply =
      TRY(http_.call({.url = metadata.userinfo_endpoint,
                      .headers = {{"Authorization", "Bearer " + access_token}, {"Accept", "application/json"}},
                      .ca_file = issuer_.settings().ca_file}));
  const auto json = parse_object(reply.body);
  if (reply.status != 200 || !json.ok()) {
    return refused(fmt::format("The sign-in service answered {} when asked who you are.", reply.status));
  }
  if (text_field(json.value(), "sub") != text_field(own, "sub")) {
    return refused("The sign-in service says different things about who you are.");
  }
  Json all = json.value();
  all.update(own);
  return all;
}

Result<Identity> OidcLogin::identity_of(const Json& claims) const {
  const OidcSettings& settings = issuer_.settings();
  const std::string subject = text_field(claims, "sub");
  if (subject.empty() || subject.size() > kMaxSubject) return refused("The sign-in service does not say who you are.");
  Identity identity{.subject = settings.issuer + "|" + subject,
                    .name = text_claim(claims, settings.name_claim),
                    .display_name = text_claim(claims, settings.display_name_claim),
                    .groups = list_claim(claims, settings.groups_claim)};
  if (identity.name.empty()) {
    return refused(
        fmt::format("The sign-in service does not say your user name (claim \"{}\"). Tell your administrator.",
                    settings.name_claim));
  }
  return identity;
}

Result<std::string> OidcLogin::sign_out_url(const RedirectSession& session, const std::string& after_url,
                                            int64_t now_s) {
  const OidcMetadata metadata = TRY(issuer_.metadata(now_s));
  if (metadata.end_session_endpoint.empty()) return std::string();
  const bool has_query = metadata.end_session_endpoint.find('?') != std::string::npos;
  return metadata.end_session_endpoint + (has_query ? "&" : "?") +
         form_of({{"id_token_hint", session.id_token},
                  {"client_id", issuer_.settings().client_id},
                  {"post_logout_redirect_uri", after_url}});
}

Result<BackChannelLogout> OidcLogin::logout(std::string_view token, int64_t now_s) {
  const Jwt jwt = TRY(issuer_.verified(token, now_s - kLogoutTokenS, false, now_s));
  const Json& claims = jwt.claims;
  const Json events = object_field(claims, "events");
  const auto event = events.find(kLogoutEvent);
  if (event == events.end() || !event->is_object()) return refused("This is no logout token.");
  // A nonce marks an ID token, which must not be taken for a logout token.
  if (claims.contains("nonce")) return refused("A logout token has no nonce.");
  const std::string subject = text_field(claims, "sub");
  BackChannelLogout logout{.subject = subject.empty() ? "" : issuer_.settings().issuer + "|" + subject,
                           .sid = text_field(claims, "sid"),
                           .token_id = text_field(claims, "jti")};
  if (logout.token_id.empty()) return refused("The logout token has no id.");
  if (logout.subject.empty() && logout.sid.empty()) return refused("The logout token does not say whose session.");
  return logout;
}

}  // namespace vitrine::broker
