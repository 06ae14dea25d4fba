// An OpenID provider in memory, behind HttpClient: real keys and signatures, the test's own clock, and whatever lies
// a test wants it to tell.
#pragma once

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "broker/http/http_client.h"
#include "broker/json_fields.h"
#include "protocol/base/check.h"
#include "protocol/ticket.h"

namespace vitrine::broker {

inline std::string base64url(std::string_view text) {
  return base64url_encode({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

// A key pair for "RS256", "ES256" or "EdDSA".
class SigningKey {
 public:
  SigningKey(std::string algorithm, std::string id) : algorithm_(std::move(algorithm)), id_(std::move(id)) {
    EVP_PKEY* key = algorithm_ == "RS256"   ? EVP_RSA_gen(2048)
                    : algorithm_ == "ES256" ? EVP_EC_gen("P-256")
                                            : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    CHECK(key != nullptr);
    key_ = {key, EVP_PKEY_free};
  }
  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] const std::string& algorithm() const { return algorithm_; }

  [[nodiscard]] Json jwk() const {
    Json json = {{"kid", id_}, {"use", "sig"}, {"alg", algorithm_}};
    if (algorithm_ == "RS256") {
      json.update({{"kty", "RSA"}, {"n", number(OSSL_PKEY_PARAM_RSA_N)}, {"e", number(OSSL_PKEY_PARAM_RSA_E)}});
    } else if (algorithm_ == "ES256") {
      json.update({{"kty", "EC"}, {"crv", "P-256"}});
      json.update({{"x", number(OSSL_PKEY_PARAM_EC_PUB_X, 32)}, {"y", number(OSSL_PKEY_PARAM_EC_PUB_Y, 32)}});
    } else {
      std::array<uint8_t, 32> raw{};
      size_t size = raw.size();
      CHECK(EVP_PKEY_get_raw_public_key(key_.get(), raw.data(), &size) == 1);
      json.update({{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", base64url_encode(raw)}});
    }
    return json;
  }

  [[nodiscard]] std::string sign(const std::string& text) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    const EVP_MD* digest = algorithm_ == "EdDSA" ? nullptr : EVP_sha256();
    CHECK(EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()) == 1);
    std::string signature(512, '\0');
    size_t size = signature.size();
    CHECK(EVP_DigestSign(context.get(), reinterpret_cast<uint8_t*>(signature.data()), &size,
                         reinterpret_cast<const uint8_t*>(text.data()), text.size()) == 1);
    signature.resize(size);
    return algorithm_ == "ES256" ? side_by_side(signature) : signature;
  }

  [[nodiscard]] std::string token(const Json& claims, Json header = Json::object()) const {
    Json whole = {{"alg", algorithm_}, {"kid", id_}};
    whole.update(header);
    const std::string text = base64url(whole.dump()) + "." + base64url(claims.dump());
    return text + "." + base64url(sign(text));
  }

 private:
  [[nodiscard]] std::string number(const char* name, int bytes = 0) const {
    BIGNUM* value = nullptr;
    CHECK(EVP_PKEY_get_bn_param(key_.get(), name, &value) == 1);
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> owned(value, BN_free);
    std::string text(static_cast<size_t>(bytes != 0 ? bytes : BN_num_bytes(value)), '\0');
    BN_bn2binpad(value, reinterpret_cast<uint8_t*>(text.data()), static_cast<int>(text.size()));
    return base64url(text);
  }
  // DER to r and s of 32 bytes each.
  static std::string side_by_side(const std::string& der) {
    const auto* at = reinterpret_cast<const uint8_t*>(der.data());
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free);
    std::string both(64, '\0');
    auto* bytes = reinterpret_cast<uint8_t*>(both.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), bytes, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), bytes + 32, 32);
    return both;
  }

  std::string algorithm_;
  std::string id_;
  std::shared_ptr<EVP_PKEY> key_;
};

inline const SigningKey& common_key() {
  static const SigningKey key("RS256", "key-1");
  return key;
}

class MemoryOpenIdProvider : public HttpClient {
 public:
  explicit MemoryOpenIdProvider(std::string issuer_url = "https://login.example", int64_t now = 1'800'000'000)
      : issuer(std::move(issuer_url)), now_s(now) {}

  std::string issuer;
  int64_t now_s;
  std::string client_id = "vitrine";
  SigningKey key = common_key();  // making one takes a while
  Json metadata_changes = Json::object();
  Json claims = {{"sub", "u-1"}, {"preferred_username", "Ada"}, {"name", "Ada Lovelace"}};  // of whoever signs in
  Json user_info = Json::object();                                                          // besides "sub"
  std::function<std::string(const Json& claims)> make_token;                                // in place of key.token
  bool keys_gone = false;
  bool all_gone = false;
  std::map<std::string, int> asked;  // by path
  std::string last_form;

  // The user signs in: what the browser brings back from `location`.
  std::string code_for(const std::string& location) {
    const std::string query = location.substr(location.find('?') + 1);
    const std::string code = "code-" + std::to_string(codes_.size() + 1);
    codes_[code] = {.challenge = form_field(query, "code_challenge"),
                    .nonce = form_field(query, "nonce"),
                    .return_url = form_field(query, "redirect_uri")};
    return code;
  }

  Json id_claims(const std::string& nonce) const {
    Json all = {{"iss", issuer}, {"aud", client_id}, {"iat", now_s}, {"exp", now_s + 300}, {"sid", "session-1"}};
    if (!nonce.empty()) all["nonce"] = nonce;
    all.update(claims);
    return all;
  }
  Json logout_claims(const std::string& id) const {
    return {{"iss", issuer},
            {"aud", client_id},
            {"iat", now_s},
            {"exp", now_s + 120},
            {"jti", id},
            {"sid", "session-1"},
            {"events", {{"http://schemas.openid.net/event/backchannel-logout", Json::object()}}}};
  }

  Result<HttpReply> call(const HttpCall& call) override {
    const std::string path = call.url.substr(std::min(call.url.size(), issuer.size()));
    ++asked[path];
    if (all_gone) return Error{ErrorCode::kUnavailable, issuer + " cannot be reached: connection refused."};
    if (path == "/.well-known/openid-configuration") return HttpReply{200, metadata().dump()};
    if (path == "/jwks") return keys_gone ? HttpReply{404, ""} : HttpReply{200, Json{{"keys", {key.jwk()}}}.dump()};
    if (path == "/token") return token(call);
    if (path == "/me") return me(call);
    return HttpReply{404, "no such page"};
  }

 private:
  struct Code {
    std::string challenge;
    std::string nonce;
    std::string return_url;
  };

  [[nodiscard]] Json metadata() const {
    Json json = {{"issuer", issuer},
                 {"authorization_endpoint", issuer + "/auth"},
                 {"token_endpoint", issuer + "/token"},
                 {"jwks_uri", issuer + "/jwks"},
                 {"userinfo_endpoint", issuer + "/me"},
                 {"end_session_endpoint", issuer + "/end"},
                 {"code_challenge_methods_supported", {"S256"}},
                 {"id_token_signing_alg_values_supported", {"RS256", "ES256", "EdDSA"}},
                 {"authorization_response_iss_parameter_supported", true},
                 {"backchannel_logout_supported", true}};
    json.update(metadata_changes);
    return json;
  }

  HttpReply token(const HttpCall& call) {
    last_form = call.form;
    const auto found = codes_.find(form_field(call.form, "code"));
    const std::string verifier = form_field(call.form, "code_verifier");
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    SHA256(reinterpret_cast<const uint8_t*>(verifier.data()), verifier.size(),
           reinterpret_cast<uint8_t*>(digest.data()));
    if (found == codes_.end() || base64url(digest) != found->second.challenge ||
        form_field(call.form, "redirect_uri") != found->second.return_url) {
      return {400, R"({"error":"invalid_grant"})"};
    }
    const Json all = id_claims(found->second.nonce);
    codes_.erase(found);  // a code is used once
    const std::string id_token = make_token ? make_token(all) : key.token(all);
    return {200, Json{{"id_token", id_token}, {"access_token", "access"}, {"token_type", "Bearer"}}.dump()};
  }

  HttpReply me(const HttpCall& call) {
    for (const auto& [name, value] : call.headers) {
      if (name != "Authorization" || value != "Bearer access") continue;
      Json json = {{"sub", claims["sub"]}};
      json.update(user_info);
      return {200, json.dump()};
    }
    return {401, ""};
  }

  std::map<std::string, Code> codes_;
};

}  // namespace vitrine::broker
