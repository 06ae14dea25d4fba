// Any bytes as a token and as a key set: taken apart or refused, and never accepted, since nobody signed them for the
// key made here; nor by keys that came along in the same bytes, unless their own algorithm says so.
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "broker/identity/oidc/jwt.h"
#include "protocol/base/check.h"

namespace {

using namespace vitrine::broker;

constexpr std::array kAll = {JwsAlgorithm::kRs256, JwsAlgorithm::kEs256, JwsAlgorithm::kEdDsa};

// RFC 8037 appendix A.2; its private half signed nothing that could be found by chance.
const Jwk& foreign_key() {
  static const Jwk key =
      Jwk::parse({{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}).take();
  return key;
}

void check_token(std::string_view text, const std::vector<Jwk>& keys) {
  const auto token = parse_jwt(text);
  if (!token.ok()) return;
  CHECK(!check_signature(token.value(), foreign_key(), kAll).ok());
  const Jwk* key = key_for(token.value(), keys);
  if (key == nullptr) return;
  CHECK(token.value().algorithm == jws_algorithm_name(key->algorithm()));
  CHECK(!check_signature(token.value(), *key, {}).ok());
  (void)check_signature(token.value(), *key, kAll);
  (void)check_claims(token.value().claims,
                     {.issuer = "i", .audience = "a", .now_s = 1, .oldest_s = 0, .must_expire = true});
}

// Before the first line feed a token, behind it a key set.
void fuzz(std::string_view text) {
  const size_t end = text.find('\n');
  const auto keys = parse_jwk_set(end == std::string_view::npos ? text : text.substr(end + 1));
  if (keys.ok()) CHECK(keys.value().size() <= kMaxJwks);
  check_token(text.substr(0, end), keys.ok() ? keys.value() : std::vector<Jwk>());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
