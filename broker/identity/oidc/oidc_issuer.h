// One provider's metadata and keys, fetched when needed and kept for a while.
#pragma once

#include <mutex>
#include <optional>

#include "broker/http/http_client.h"
#include "broker/identity/oidc/jwt.h"
#include "broker/identity/oidc/oidc_metadata.h"
#include "broker/identity/oidc/oidc_settings.h"

namespace vitrine::broker {

inline constexpr int64_t kIssuerFreshS = 3600;        // then metadata and keys are fetched anew: withdrawn keys go
inline constexpr int64_t kIssuerUsableS = 24 * 3600;  // as long as they serve while the provider cannot be asked
inline constexpr int64_t kKeysAgainS = 30;            // an unknown key id makes us look again, no more often than this
inline constexpr int64_t kFailureKeptS = 10;          // a provider that is down is not asked again before

// Any thread; one asks the provider at a time, the others wait for what it says.
class OidcIssuer {
 public:
  OidcIssuer(OidcSettings settings, HttpClient& http) : settings_(std::move(settings)), http_(http) {}

  [[nodiscard]] const OidcSettings& settings() const { return settings_; }
  // Errors: what parse_metadata and the HTTP client give.
  Result<OidcMetadata> metadata(int64_t now_s);
  // The claims of a token that this provider signed for us. `oldest_s`: when the earliest one may have been made.
  // Errors: unauthenticated, malformed, or that the keys cannot be had.
  Result<Jwt> verified(std::string_view token, int64_t oldest_s, bool must_expire, int64_t now_s);
  // How many usable keys there are, freshly fetched. For the test of a provider.
  Result<size_t> fetch_keys(int64_t now_s);

 private:
  Result<std::string> get(const std::string& url, std::string_view what);
  Result<OidcMetadata> metadata_locked(int64_t now_s);
  Result<void> fetch_keys_locked(const OidcMetadata& metadata, int64_t now_s);
  Result<Jwk> key_locked(const Jwt& token, const OidcMetadata& metadata, int64_t now_s);

  const OidcSettings settings_;
  HttpClient& http_;
  std::mutex mutex_;
  std::optional<OidcMetadata> metadata_;
  int64_t metadata_s_ = 0;  // when it was fetched
  std::optional<Error> failure_;
  int64_t failed_s_ = 0;
  std::vector<Jwk> keys_;
  int64_t keys_s_ = 0;
  int64_t keys_tried_s_ = 0;
};

}  // namespace vitrine::broker
