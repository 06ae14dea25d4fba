#include "broker/identity/oidc/jwt.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "protocol/ticket.h"

namespace vitrine::broker {

namespace {

constexpr int kMaxDepth = 32;  // of JSON; claims are a few levels deep

Error refused(std::string sentence) {
  return {ErrorCode::kUnauthenticated, std::move(sentence)};
}

// Before parsing, so that no depth has to be trusted to a library's destructors.
bool too_deep(std::string_view json) {
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (quoted && c == '\\') ++i;
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (depth > kMaxDepth) return true;
  }
  return false;
}

Result<Json> json_part(std::string_view part, std::string_view what) {
  const auto bytes = base64url_decode(part);
  const Error bad{ErrorCode::kMalformed, fmt::format("The token's {} is not JSON in base64url.", what)};
  if (!bytes.ok()) return bad;
  const std::string_view text(reinterpret_cast<const char*>(bytes.value().data()), bytes.value().size());
  if (too_deep(text)) return bad;
  auto json = parse_object(text);
  if (!json.ok()) return bad;
  return json.take();
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

// NumericDate; some write fractions.
std::optional<int64_t> time_claim(const Json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_number()) return std::nullopt;
  const double seconds = found->get<double>();
  if (!(seconds >= 0) || seconds > 9e15) return std::nullopt;
  return static_cast<int64_t>(seconds);
}

Result<void> check_audience(const Json& claims, const std::string& audience) {
  std::vector<std::string> named = text_list_field(claims, "aud").value_or(std::vector<std::string>());
  if (const std::string one = text_field(claims, "aud"); !one.empty()) named = {one};
  if (std::ranges::find(named, audience) == named.end()) {
    return refused("The sign-in service vouched for somebody to another application, not to this one.");
  }
  const bool has_party = claims.contains("azp");
  if ((named.size() > 1 || has_party) && text_field(claims, "azp") != audience) {
    return refused("The sign-in service gave this token to another application.");
  }
  return {};
}

Result<void> check_times(const Json& claims, const ExpectedClaims& expected) {
  const auto issued = time_claim(claims, "iat");
  const auto expires = time_claim(claims, "exp");
  const auto not_before = time_claim(claims, "nbf");
  if (!issued) return refused("The sign-in service's token does not say when it was made.");
  if (expected.must_expire && !expires) return refused("The sign-in service's token never expires.");
  if (*issued > expected.now_s + kMaxSkewS) {
    return refused(fmt::format("The sign-in service's clock is {} seconds ahead of this server's. Set both by NTP.",
                               *issued - expected.now_s));
  }
  if (not_before && *not_before > expected.now_s + kMaxSkewS) {
    return refused("The sign-in service's token is not valid yet. Set both clocks by NTP.");
  }
  if (expires && *expires <= expected.now_s - kMaxSkewS) {
    return refused(
        fmt::format("The sign-in service's token expired {} seconds ago. Sign in again; if that does not "
                    "help, the clocks of both servers differ: set them by NTP.",
                    expected.now_s - *expires));
  }
  if (*issued < expected.oldest_s - kMaxSkewS) return refused("The sign-in service sent a token made earlier.");
  return {};
}

}  // namespace

Result<Jwt> parse_jwt(std::string_view token) {
  if (token.size() > kMaxToken) return Error{ErrorCode::kTooLarge, "The token is too long."};
  const size_t first = token.find('.');
  const size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
    return Error{ErrorCode::kMalformed, "This is no signed token: it does not have three parts."};
  }
  const Json header = TRY(json_part(token.substr(0, first), "header"));
  Jwt jwt{.algorithm = text_field(header, "alg"),
          .key_id = text_field(header, "kid"),
          .type = lower_case(text_field(header, "typ")),
          .claims = TRY(json_part(token.substr(first + 1, second - first - 1), "payload")),
          .signed_text = std::string(token.substr(0, second)),
          .signature = ""};
  if (header.contains("crit") || header.contains("b64")) {
    return Error{ErrorCode::kUnsupported, "The token uses extensions this program does not know."};
  }
  const auto signature = base64url_decode(token.substr(second + 1));
  if (!signature.ok()) return Error{ErrorCode::kMalformed, "The token's signature is not base64url."};
  jwt.signature.assign(signature.value().begin(), signature.value().end());
  return jwt;
}

const Jwk* key_for(const Jwt& token, const std::vector<Jwk>& keys) {
  const Jwk* found = nullptr;
  for (const Jwk& key : keys) {
    if (jws_algorithm_name(key.algorithm()) != token.algorithm) continue;
    if (!token.key_id.empty() && key.id() != token.key_id) continue;
    if (found != nullptr) return nullptr;  // more than one could be meant
    found = &key;
  }
  return found;
}

Result<void> check_signature(const Jwt& token, const Jwk& key, std::span<const JwsAlgorithm> allowed) {
  const bool agreed = std::ranges::find(allowed, key.algorithm()) != allowed.end();
  if (!agreed || token.algorithm != jws_algorithm_name(key.algorithm())) {
    return refused("The sign-in service's token is signed by a method that was not agreed on.");
  }
  if (!key.verify(token.signed_text, token.signature)) {
    return refused("The sign-in service's token has a wrong signature.");
  }
  return {};
}

Result<void> check_claims(const Json& claims, const ExpectedClaims& expected) {
  if (const std::string issuer = text_field(claims, "iss"); issuer != expected.issuer) {
    return refused(
        fmt::format("The token comes from \"{}\" and not from \"{}\".", issuer.substr(0, 200), expected.issuer));
  }
  TRY(check_audience(claims, expected.audience));
  return check_times(claims, expected);
}

}  // namespace vitrine::broker
