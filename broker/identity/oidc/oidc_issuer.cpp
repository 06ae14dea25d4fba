#include "broker/identity/oidc/oidc_issuer.h"

#include <fmt/format.h>

namespace vitrine::broker {

Result<std::string> OidcIssuer::get(const std::string& url, std::string_view what) {
  auto reply = TRY(http_.call({.url = url, .headers = {{"Accept", "application/json"}}, .ca_file = settings_.ca_file}));
  if (reply.status != 200) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("The sign-in service answered {} when asked for its {} ({}).", reply.status, what, url)};
  }
  return std::move(reply.body);
}

Result<OidcMetadata> OidcIssuer::metadata(int64_t now_s) {
  const std::lock_guard lock(mutex_);
  return metadata_locked(now_s);
}

Result<OidcMetadata> OidcIssuer::metadata_locked(int64_t now_s) {
  if (metadata_ && now_s - metadata_s_ < kIssuerFreshS) return *metadata_;
  if (!failure_ || now_s - failed_s_ >= kFailureKeptS) {
    failure_.reset();
    const auto text = get(metadata_url(settings_.issuer), "configuration");
    const auto parsed = text.ok() ? parse_metadata(text.value(), settings_.issuer) : Result<OidcMetadata>(text.error());
    if (parsed.ok()) {
      metadata_ = parsed.value();
      metadata_s_ = now_s;
      return *metadata_;
    }
    failure_ = parsed.error();
    failed_s_ = now_s;
  }
  if (metadata_ && now_s - metadata_s_ < kIssuerUsableS) return *metadata_;
  return *failure_;
}

Result<void> OidcIssuer::fetch_keys_locked(const OidcMetadata& metadata, int64_t now_s) {
  keys_tried_s_ = now_s;
  const std::string text = TRY(get(metadata.jwks_uri, "keys"));
  keys_ = TRY(parse_jwk_set(text));
  keys_s_ = now_s;
  return {};
}

Result<size_t> OidcIssuer::fetch_keys(int64_t now_s) {
  const std::lock_guard lock(mutex_);
  const OidcMetadata metadata = TRY(metadata_locked(now_s));
  TRY(fetch_keys_locked(metadata, now_s));
  return keys_.size();
}

Result<Jwk> OidcIssuer::key_locked(const Jwt& token, const OidcMetadata& metadata, int64_t now_s) {
  const auto known = [&](int64_t longest_s) { return now_s - keys_s_ < longest_s ? key_for(token, keys_) : nullptr; };
  if (const Jwk* key = known(kIssuerFreshS)) return *key;
  if (now_s - keys_tried_s_ >= kKeysAgainS) {
    const auto fetched = fetch_keys_locked(metadata, now_s);
    const Jwk* key = known(fetched.ok() ? kIssuerFreshS : kIssuerUsableS);
    if (key != nullptr) return *key;
    if (!fetched.ok()) return fetched.error();
  }
  return Error{ErrorCode::kUnauthenticated,
               "The token is signed with a key that the sign-in service does not publish."};
}

Result<Jwt> OidcIssuer::verified(std::string_view token, int64_t oldest_s, bool must_expire, int64_t now_s) {
  Jwt jwt = TRY(parse_jwt(token));
  {
    const std::lock_guard lock(mutex_);
    const OidcMetadata metadata = TRY(metadata_locked(now_s));
    const Jwk key = TRY(key_locked(jwt, metadata, now_s));
    TRY(check_signature(jwt, key, metadata.algorithms));
  }
  TRY(check_claims(jwt.claims, {.issuer = settings_.issuer,
                                .audience = settings_.client_id,
                                .now_s = now_s,
                                .oldest_s = oldest_s,
                                .must_expire = must_expire}));
  return jwt;
}

}  // namespace vitrine::broker
