// Signing in at an OpenID provider: authorization code with PKCE (OpenID Connect Core section 3.1, RFC 7636).
//
//   page        POST /api/sign-in/ID/begin ── begin() ──▶ provider's address; cookie: sealed {state, nonce, verifier}
//   browser     goes to the provider, signs in, comes back to GET /api/sign-in/ID/return, which reads no cookie and
//               only hands code, state and iss to the page
//   page        POST /api/sign-in/finish with them and the cookie ── finish() ──▶ token endpoint, checks, user
//
// The step that signs in is thus a request of our own page: it carries the strict cookies that a browser withholds on
// the way back from another site, so the web session it replaces is closed, and a link of another site signs nobody in.
#pragma once

#include "broker/identity/login.h"
#include "broker/identity/oidc/oidc_issuer.h"
#include "broker/identity/sealed.h"

namespace vitrine::broker {

inline constexpr int64_t kRedirectLoginS = 600;  // from the button to the return; people look for their second factor

// Whose sessions a provider wants ended. One of subject and sid may be empty.
struct BackChannelLogout {
  std::string subject;  // as Identity's
  std::string sid;
  std::string token_id;  // to be taken once
};

class OidcLogin : public RedirectLogin {
 public:
  OidcLogin(std::string provider, OidcSettings settings, std::string client_secret, HttpClient& http,
            const Sealer& sealer)
      : provider_(std::move(provider)),
        secret_(std::move(client_secret)),
        http_(http),
        sealer_(sealer),
        issuer_(std::move(settings), http) {}

  Result<RedirectStart> begin(const std::string& return_url, int64_t now_s) override;
  Result<RedirectIdentity> finish(const std::string& memory, const std::string& return_url,
                                  const RedirectAnswer& answer, int64_t now_s) override;
  Result<std::string> sign_out_url(const RedirectSession& session, const std::string& after_url,
                                   int64_t now_s) override;
  // A logout token (OpenID Connect Back-Channel Logout 1.0). Errors: unauthenticated, malformed, as the issuer's.
  Result<BackChannelLogout> logout(std::string_view token, int64_t now_s);

  OidcIssuer& issuer() { return issuer_; }

 private:
  struct Memory {
    std::string state;
    std::string nonce;
    std::string verifier;
    int64_t begun_s = 0;
  };
  Result<Memory> recall(const std::string& sealed, const std::string& return_url, int64_t now_s) const;
  Result<Json> redeem(const OidcMetadata& metadata, const std::string& code, const std::string& verifier,
                      const std::string& return_url);
  Result<Json> all_claims(const OidcMetadata& metadata, const Json& own, const std::string& access_token);
  [[nodiscard]] Result<Identity> identity_of(const Json& claims) const;

  const std::string provider_;
  const std::string secret_;
  HttpClient& http_;
  const Sealer& sealer_;
  OidcIssuer issuer_;
};

}  // namespace vitrine::broker
