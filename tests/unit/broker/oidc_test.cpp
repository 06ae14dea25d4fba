// Signing in at an OpenID provider that tells the truth, and at some that do not. Real signatures, virtual time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "broker/identity/oidc/oidc_login.h"
#include "broker/identity/secrets.h"
#include "tests/unit/broker/fixture.h"
#include "tests/unit/broker/openid_provider.h"

namespace vitrine::broker {
namespace {

using testing::HasSubstr;

constexpr const char* kReturn = "https://vitrine.example/api/sign-in/corp/return";

class OidcTest : public testing::Test {
 protected:
  static OidcSettings settings() {
    OidcSettings made;
    made.issuer = "https://login.example";
    made.client_id = "vitrine";
    return made;
  }
  static OidcLogin login_at(HttpClient& http, const Sealer& sealer, const std::string& id = "corp",
                            const OidcSettings& with = settings()) {
    return {id, with, "secret", http, sealer};
  }

  // A whole sign-in; `change` may falsify what the browser brings back.
  Result<RedirectIdentity> sign_in(const std::function<void(RedirectAnswer&)>& change = {}) {
    const RedirectStart start = TRY(login_.begin(kReturn, now()));
    const std::string query = start.location.substr(start.location.find('?') + 1);
    RedirectAnswer answer{.code = provider_.code_for(start.location),
                          .state = form_field(query, "state"),
                          .issuer = provider_.issuer,
                          .error = ""};
    if (change) change(answer);
    return login_.finish(start.memory, kReturn, answer, now());
  }
  void refused(const std::string& sentence, const std::function<void(RedirectAnswer&)>& change = {}) {
    const auto result = sign_in(change);
    ASSERT_FALSE(result.ok());
    EXPECT_THAT(result.error().message, HasSubstr(sentence));
    EXPECT_EQ(result.error().code, ErrorCode::kUnauthenticated) << result.error().message;
  }
  int64_t now() const { return provider_.now_s; }

  TemporaryFolder folder_;
  Sealer sealer_ = Sealer::open(folder_.path + "/store.key").take();
  MemoryOpenIdProvider provider_;
  OidcLogin login_{"corp", settings(), "secret", provider_, sealer_};
};

TEST_F(OidcTest, AUserComesBackWithNameSubjectAndGroups) {
  provider_.claims["groups"] = {"Sales", "Staff"};
  const auto result = sign_in();
  ASSERT_TRUE(result.ok()) << result.error().message;
  const Identity& identity = result.value().identity;
  EXPECT_EQ(identity.subject, "https://login.example|u-1");
  EXPECT_EQ(identity.name, "Ada");
  EXPECT_EQ(identity.display_name, "Ada Lovelace");
  EXPECT_THAT(identity.groups, testing::ElementsAre("Sales", "Staff"));
  EXPECT_EQ(result.value().session.sid, "session-1");
}

TEST_F(OidcTest, ASecondFactorThereCountsWhereTheSettingsSaySoAndTheTokenSaysWhen) {
  OidcSettings with = settings();
  with.second_factor_amr = {"mfa", "otp"};
  with.second_factor_acr = {"gold"};
  OidcLogin counting = login_at(provider_, sealer_, "corp", with);
  const auto given_s = [&](OidcLogin& login, const Json& claims) {
    Json before = provider_.claims;
    provider_.claims.update(claims);
    const RedirectStart start = login.begin(kReturn, now()).take();
    const RedirectAnswer answer{.code = provider_.code_for(start.location),
                                .state = form_field(start.location.substr(start.location.find('?') + 1), "state"),
                                .issuer = provider_.issuer,
                                .error = ""};
    const auto result = login.finish(start.memory, kReturn, answer, now());
    provider_.claims = before;
    EXPECT_TRUE(result.ok()) << result.error().message;
    return result.ok() ? result.value().second_factor_s : -1;
  };
  const int64_t then = now() - 100;
  EXPECT_EQ(given_s(counting, {{"amr", {"pwd", "otp"}}, {"auth_time", then}}), then);
  EXPECT_EQ(given_s(counting, {{"acr", "gold"}, {"auth_time", then}}), then);
  EXPECT_EQ(given_s(counting, {{"acr", "gold"}, {"auth_time", now() + 1000}}), now()) << "never in the future";
  EXPECT_EQ(given_s(counting, {{"amr", {"pwd"}}, {"acr", "silver"}, {"auth_time", then}}), 0);
  EXPECT_EQ(given_s(counting, {{"amr", "otp"}, {"auth_time", then}}), 0) << "a list is a list";
  EXPECT_EQ(given_s(counting, {{"amr", {"otp"}}}), 0) << "nobody knows how old it is";
  EXPECT_EQ(given_s(counting, {{"auth_time", then}}), 0);
  EXPECT_EQ(given_s(login_, {{"amr", {"otp"}}, {"auth_time", then}}), 0) << "no setting says that it counts";
}

TEST_F(OidcTest, EachOfOurAlgorithmsIsTaken) {
  for (const char* algorithm : {"RS256", "ES256", "EdDSA"}) {
    MemoryOpenIdProvider provider;
    provider.key = SigningKey(algorithm, "other");
    OidcLogin login = login_at(provider, sealer_);
    const RedirectStart start = login.begin(kReturn, now()).take();
    const auto result = login.finish(start.memory, kReturn,
                                     {.code = provider.code_for(start.location),
                                      .state = form_field(start.location, "state"),
                                      .issuer = provider.issuer,
                                      .error = ""},
                                     now());
    EXPECT_TRUE(result.ok()) << algorithm << ": " << result.error().message;
  }
}

TEST_F(OidcTest, GroupsComeFromUserInfoAndFromInsideOfObjects) {
  OidcSettings with = settings();
  with.groups_claim = "realm_access.roles";
  provider_.user_info = {{"realm_access", {{"roles", {"one", "two"}}}}, {"preferred_username", "not-this-one"}};
  OidcLogin login = login_at(provider_, sealer_, "corp", with);
  const RedirectStart start = login.begin(kReturn, now()).take();
  const auto result = login.finish(start.memory, kReturn,
                                   {.code = provider_.code_for(start.location),
                                    .state = form_field(start.location, "state"),
                                    .issuer = provider_.issuer,
                                    .error = ""},
                                   now());
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_THAT(result.value().identity.groups, testing::ElementsAre("one", "two"));
  EXPECT_EQ(result.value().identity.name, "Ada") << "what is signed goes before what is not";
}

TEST_F(OidcTest, UserInfoOfSomebodyElseIsRefused) {
  provider_.user_info = {{"sub", "u-2"}};
  refused("different things");
}

TEST_F(OidcTest, TheRequestHasEverythingThatProtectsTheAnswer) {
  const std::string location = login_.begin(kReturn, now()).value().location;
  const std::string query = location.substr(location.find('?') + 1);
  EXPECT_TRUE(location.starts_with("https://login.example/auth?"));
  EXPECT_EQ(form_field(query, "response_type"), "code");
  EXPECT_EQ(form_field(query, "code_challenge_method"), "S256");
  EXPECT_EQ(form_field(query, "redirect_uri"), kReturn);
  std::set<std::string> secrets;
  for (const char* name : {"state", "nonce", "code_challenge"}) {
    EXPECT_EQ(form_field(query, name).size(), 43U) << name;
    secrets.insert(form_field(query, name));
    EXPECT_NE(form_field(login_.begin(kReturn, now()).value().location, name), form_field(query, name));
  }
  EXPECT_EQ(secrets.size(), 3U);
}

TEST_F(OidcTest, TheClientSecretIsSentAsTheProviderWants) {
  ASSERT_TRUE(sign_in().ok());
  EXPECT_EQ(form_field(provider_.last_form, "client_secret"), "") << "it belongs in the header";
  MemoryOpenIdProvider other;
  other.metadata_changes = {{"token_endpoint_auth_methods_supported", {"client_secret_post"}}};
  OidcLogin login = login_at(other, sealer_);
  const RedirectStart start = login.begin(kReturn, now()).take();
  ASSERT_TRUE(login
                  .finish(start.memory, kReturn,
                          {.code = other.code_for(start.location),
                           .state = form_field(start.location, "state"),
                           .issuer = other.issuer,
                           .error = ""},
                          now())
                  .ok());
  EXPECT_EQ(form_field(other.last_form, "client_secret"), "secret");
}

// --- a provider that says nonsense, or is not there ---------------------------------------------------------------

TEST_F(OidcTest, AnotherIssuerThanTheConfiguredOneIsRefused) {
  for (const char* other : {"https://login.example/", "https://evil.example", "http://login.example", ""}) {
    MemoryOpenIdProvider provider;
    provider.metadata_changes = {{"issuer", other}};
    const auto begun = login_at(provider, sealer_).begin(kReturn, now());
    ASSERT_FALSE(begun.ok()) << other;
    EXPECT_THAT(begun.error().message, HasSubstr("calls itself"));
  }
}

TEST_F(OidcTest, UnsafeOrMissingAddressesAreRefused) {
  for (const char* name : {"authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"}) {
    for (const char* url :
         {"http://login.example/x", "javascript:alert(1)", "https://user@login.example/", "file:///x"}) {
      MemoryOpenIdProvider provider;
      provider.metadata_changes = {{name, url}};
      EXPECT_FALSE(login_at(provider, sealer_).begin(kReturn, now()).ok()) << name << " " << url;
    }
  }
  MemoryOpenIdProvider without;
  without.metadata_changes = {{"token_endpoint", nullptr}};
  EXPECT_FALSE(login_at(without, sealer_).begin(kReturn, now()).ok());
}

TEST_F(OidcTest, AProviderWithoutPkceOrWithoutOurAlgorithmsIsRefused) {
  MemoryOpenIdProvider plain;
  plain.metadata_changes = {{"code_challenge_methods_supported", {"plain"}}};
  EXPECT_FALSE(login_at(plain, sealer_).begin(kReturn, now()).ok());
  MemoryOpenIdProvider hmac;
  hmac.metadata_changes = {{"id_token_signing_alg_values_supported", {"HS256", "none"}}};
  EXPECT_FALSE(login_at(hmac, sealer_).begin(kReturn, now()).ok());
}

TEST_F(OidcTest, AProviderThatIsDownIsNotAskedByEverySignIn) {
  provider_.all_gone = true;
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(login_.begin(kReturn, now()).ok());
  EXPECT_EQ(provider_.asked["/.well-known/openid-configuration"], 1);
  provider_.all_gone = false;
  provider_.now_s += kFailureKeptS;
  EXPECT_TRUE(login_.begin(kReturn, now()).ok());
}

TEST_F(OidcTest, KnownMetadataServeWhileTheProviderCannotBeAsked) {
  ASSERT_TRUE(login_.begin(kReturn, now()).ok());
  provider_.all_gone = true;
  provider_.now_s += kIssuerFreshS + 1;
  EXPECT_TRUE(login_.begin(kReturn, now()).ok());
  provider_.now_s += kIssuerUsableS;
  EXPECT_FALSE(login_.begin(kReturn, now()).ok());
}

// --- forged tokens ------------------------------------------------------------------------------------------------

TEST_F(OidcTest, ATokenWithoutSignatureIsRefused) {
  provider_.make_token = [](const Json& claims) {
    return base64url(R"({"alg":"none"})") + "." + base64url(claims.dump()) + ".";
  };
  refused("");
  for (const char* none : {"none", "None", "NONE", "nOnE", ""}) {
    provider_.make_token = [none](const Json& claims) {
      return base64url(Json{{"alg", none}, {"kid", "key-1"}}.dump()) + "." + base64url(claims.dump()) + ".";
    };
    provider_.now_s += kKeysAgainS;
    refused("");
  }
}

TEST_F(OidcTest, ThePublicKeyIsNoHmacSecret) {
  // The attack: HS256 with the published RSA key, in each form a careless library might use, as the secret.
  const Json jwk = provider_.key.jwk();
  for (const std::string& secret : {jwk.dump(), jwk["n"].get<std::string>(), std::string("secret")}) {
    provider_.make_token = [&](const Json& claims) {
      const std::string text = base64url(R"({"alg":"HS256","kid":"key-1"})") + "." + base64url(claims.dump());
      return text + "." + hmac_base64url(secret, text);
    };
    provider_.now_s += kKeysAgainS;
    refused("");
  }
}

TEST_F(OidcTest, AnAlgorithmThatTheProviderDoesNotNameIsRefused) {
  provider_.metadata_changes = {{"id_token_signing_alg_values_supported", {"ES256"}}};
  refused("not agreed on");
}

TEST_F(OidcTest, AKeyOfAnotherTypeUnderTheSameIdIsRefused) {
  const SigningKey other("ES256", "key-1");
  provider_.make_token = [&](const Json& claims) { return other.token(claims); };
  refused("does not publish");
  provider_.now_s += kKeysAgainS;
  provider_.make_token = [&](const Json& claims) { return other.token(claims, {{"alg", "RS256"}}); };
  refused("wrong signature");
}

TEST_F(OidcTest, AnAlteredTokenIsRefused) {
  provider_.make_token = [this](const Json& claims) {
    Json changed = claims;
    changed["sub"] = "administrator";
    const std::string good = provider_.key.token(claims);
    const size_t first = good.find('.');
    const size_t second = good.rfind('.');
    return good.substr(0, first + 1) + base64url(changed.dump()) + good.substr(second);
  };
  refused("wrong signature");
}

TEST_F(OidcTest, AKeyInTheTokensOwnHeaderCountsForNothing) {
  const SigningKey own("RS256", "key-1");
  provider_.make_token = [&](const Json& claims) {
    return own.token(claims, {{"jwk", own.jwk()}, {"jku", "https://evil.example/jwks"}});
  };
  refused("wrong signature");
  EXPECT_EQ(provider_.asked["/jwks"], 1);
}

TEST_F(OidcTest, ExtensionsThatMustBeUnderstoodAreRefused) {
  provider_.make_token = [this](const Json& claims) { return provider_.key.token(claims, {{"crit", {"b64"}}}); };
  const auto result = sign_in();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kUnsupported);
}

TEST_F(OidcTest, ClaimsThatAreNotForUsAreRefused) {
  const std::vector<std::pair<Json, std::string>> lies = {
      {{{"iss", "https://evil.example"}}, "comes from"},
      {{{"iss", "https://login.example/"}}, "comes from"},
      {{{"aud", "another"}}, "another application"},
      {{{"aud", Json::array({"vitrine", "another"})}}, "another application"},
      {{{"aud", Json::array({"vitrine", "another"})}, {"azp", "another"}}, "another application"},
      {{{"azp", "another"}}, "another application"},
      {{{"aud", 7}}, "another application"},
      {{{"exp", now() - 61}}, "expired 61 seconds ago"},
      {{{"exp", nullptr}}, "never expires"},
      {{{"exp", "tomorrow"}}, "never expires"},
      {{{"iat", now() + 61}}, "61 seconds ahead"},
      {{{"iat", nullptr}}, "when it was made"},
      {{{"iat", now() - 3600}}, "made earlier"},
      {{{"nbf", now() + 61}}, "not valid yet"},
      {{{"nonce", "another"}}, "another sign-in"},
      {{{"nonce", nullptr}}, "another sign-in"},
      {{{"at_hash", "another"}}, "do not belong together"},
      {{{"sub", ""}}, "who you are"},
      {{{"preferred_username", 7}}, "preferred_username"},
  };
  for (const auto& [lie, sentence] : lies) {
    provider_.make_token = [&, lie = lie](Json claims) {
      claims.update(lie);
      return provider_.key.token(claims);
    };
    SCOPED_TRACE(lie.dump());
    refused(sentence);
  }
}

TEST_F(OidcTest, ClocksMayDifferByAMinute) {
  for (const int64_t skew : {-60, 60}) {
    provider_.make_token = [&](Json claims) {
      claims.update({{"iat", now() + skew}, {"exp", now() + skew + 1}});
      return provider_.key.token(claims);
    };
    EXPECT_TRUE(sign_in().ok()) << skew;
  }
}

// --- keys ---------------------------------------------------------------------------------------------------------

TEST_F(OidcTest, ARotatedKeyIsFetchedAndAnUnknownOneNotAskedForAgainAndAgain) {
  ASSERT_TRUE(sign_in().ok());
  ASSERT_TRUE(sign_in().ok());
  EXPECT_EQ(provider_.asked["/jwks"], 1);
  provider_.key = SigningKey("RS256", "key-2");
  provider_.now_s += kKeysAgainS;
  EXPECT_TRUE(sign_in().ok());
  EXPECT_EQ(provider_.asked["/jwks"], 2);
  const SigningKey foreign("RS256", "key-3");
  provider_.make_token = [&](const Json& claims) { return foreign.token(claims); };
  for (int i = 0; i < 10; ++i) refused("does not publish");
  EXPECT_EQ(provider_.asked["/jwks"], 2);
}

TEST_F(OidcTest, AWithdrawnKeyEndsWithinTheHour) {
  ASSERT_TRUE(sign_in().ok());
  const SigningKey withdrawn = provider_.key;
  provider_.key = SigningKey("RS256", "key-2");
  provider_.make_token = [&](const Json& claims) { return withdrawn.token(claims); };
  EXPECT_TRUE(sign_in().ok());
  provider_.now_s += kIssuerFreshS;
  refused("does not publish");
}

TEST_F(OidcTest, WithoutKeysNobodyIsLetInAndKnownOnesServeForADay) {
  provider_.keys_gone = true;
  const auto result = sign_in();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(result.error().message, HasSubstr("answered 404 when asked for its keys"));
  provider_.keys_gone = false;
  provider_.now_s += kKeysAgainS;
  ASSERT_TRUE(sign_in().ok());
  provider_.keys_gone = true;
  provider_.now_s += kIssuerFreshS;
  EXPECT_TRUE(sign_in().ok());
}

TEST(JwkTest, WeakAndForeignKeysArePassedOver) {
  const SigningKey good("RS256", "good");
  Json weak = good.jwk();
  weak["n"] = base64url("\xff" + std::string(100, 'x'));
  Json symmetric = {{"kty", "oct"}, {"k", base64url("secret")}, {"kid", "good"}};
  Json encryption = good.jwk();
  encryption["use"] = "enc";
  Json off_curve = SigningKey("ES256", "e").jwk();
  off_curve["y"] = off_curve["x"];
  const Json set = {{"keys", {weak, symmetric, encryption, off_curve, "nonsense", good.jwk()}}};
  const auto keys = parse_jwk_set(set.dump());
  ASSERT_TRUE(keys.ok());
  ASSERT_EQ(keys.value().size(), 1U);
  EXPECT_EQ(keys.value()[0].id(), "good");
  Json many = {{"keys", Json::array()}};
  for (size_t i = 0; i <= kMaxJwks; ++i) many["keys"].push_back(symmetric);
  EXPECT_EQ(parse_jwk_set(many.dump()).error().code, ErrorCode::kTooLarge);
}

TEST(JwtTest, WhatIsNoTokenSaysSo) {
  for (const std::string& bad :
       {std::string(""), std::string("a.b"), std::string("a.b.c"), std::string("a.b.c.d"), std::string(70'000, 'a'),
        base64url("{}") + "." + base64url("[]") + ".", base64url("{}") + "." + base64url("{}") + ".=",
        base64url("{}") + "." + base64url(R"({"a":)" + std::string(40, '[') + std::string(40, ']') + "}") + "."}) {
    EXPECT_FALSE(parse_jwt(bad).ok()) << bad.substr(0, 80);
  }
}

// --- the browser's way back ---------------------------------------------------------------------------------------

TEST_F(OidcTest, AnAnswerToAnotherRequestIsRefused) {
  refused("another sign-in", [](RedirectAnswer& answer) { answer.state = "x"; });
  refused("another sign-in", [](RedirectAnswer& answer) { answer.state.clear(); });
}

TEST_F(OidcTest, AMixedUpAnswerIsRefused) {
  refused("another sign-in service", [](RedirectAnswer& answer) { answer.issuer = "https://evil.example"; });
  refused("another sign-in service", [](RedirectAnswer& answer) { answer.issuer.clear(); });
  EXPECT_EQ(provider_.asked["/token"], 0) << "the code went to somebody";
}

TEST_F(OidcTest, AProviderThatDoesNotNameItselfMayStaySilentButNotLie) {
  provider_.metadata_changes = {{"authorization_response_iss_parameter_supported", false}};
  EXPECT_TRUE(sign_in([](RedirectAnswer& answer) { answer.issuer.clear(); }).ok());
  refused("another sign-in service", [](RedirectAnswer& answer) { answer.issuer = "https://evil.example"; });
}

TEST_F(OidcTest, ACodeOfAnotherBrowserIsRefused) {
  // Code injection: the victim's code with the attacker's own state. PKCE binds the code to the verifier.
  const RedirectStart victim = login_.begin(kReturn, now()).take();
  const std::string stolen = provider_.code_for(victim.location);
  refused("used already", [&](RedirectAnswer& answer) { answer.code = stolen; });
}

TEST_F(OidcTest, AReplayedAnswerIsRefused) {
  const RedirectStart start = login_.begin(kReturn, now()).take();
  const RedirectAnswer answer{.code = provider_.code_for(start.location),
                              .state = form_field(start.location, "state"),
                              .issuer = provider_.issuer,
                              .error = ""};
  EXPECT_TRUE(login_.finish(start.memory, kReturn, answer, now()).ok());
  EXPECT_FALSE(login_.finish(start.memory, kReturn, answer, now()).ok());
}

TEST_F(OidcTest, TheMemoryIsOfThisProviderThisAddressAndTenMinutes) {
  const RedirectStart start = login_.begin(kReturn, now()).take();
  const RedirectAnswer answer{.code = provider_.code_for(start.location),
                              .state = form_field(start.location, "state"),
                              .issuer = provider_.issuer,
                              .error = ""};
  EXPECT_FALSE(login_at(provider_, sealer_, "other").finish(start.memory, kReturn, answer, now()).ok());
  EXPECT_FALSE(login_.finish(start.memory, "https://other.example/return", answer, now()).ok());
  EXPECT_FALSE(login_.finish(start.memory, kReturn, answer, now() + kRedirectLoginS + 1).ok());
  EXPECT_FALSE(login_.finish("", kReturn, answer, now()).ok());
  EXPECT_FALSE(login_.finish(sealer_.seal("no json", "redirect:corp"), kReturn, answer, now()).ok());
  EXPECT_EQ(provider_.asked["/token"], 0);
  EXPECT_TRUE(login_.finish(start.memory, kReturn, answer, now()).ok());
}

TEST_F(OidcTest, ErrorsOfTheProviderBecomeSentencesWithoutItsMarkup) {
  refused("cancelled", [](RedirectAnswer& answer) { answer.error = "access_denied"; });
  const auto result = sign_in([](RedirectAnswer& answer) { answer.error = "<script>alert(1)</script>"; });
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message.find('<'), std::string::npos);
}

// --- signing out --------------------------------------------------------------------------------------------------

TEST_F(OidcTest, SigningOutLeadsToTheProvidersPage) {
  const std::string url =
      login_.sign_out_url({.sid = "s", .id_token = "a.b.c"}, "https://vitrine.example/", now()).value();
  EXPECT_TRUE(url.starts_with("https://login.example/end?id_token_hint=a.b.c&")) << url;
  EXPECT_EQ(form_field(url, "post_logout_redirect_uri"), "https://vitrine.example/");
}

TEST_F(OidcTest, ALogoutTokenNamesTheSession) {
  const auto logout = login_.logout(provider_.key.token(provider_.logout_claims("j-1")), now());
  ASSERT_TRUE(logout.ok()) << logout.error().message;
  EXPECT_EQ(logout.value().sid, "session-1");
  EXPECT_EQ(logout.value().subject, "");
  EXPECT_EQ(logout.value().token_id, "j-1");
}

TEST_F(OidcTest, WhatIsNoLogoutTokenEndsNothing) {
  const std::vector<Json> lies = {
      {{"events", nullptr}},
      {{"events", {{"something else", Json::object()}}}},
      {{"nonce", "x"}},
      {{"jti", nullptr}},
      {{"sid", nullptr}},
      {{"aud", "another"}},
      {{"iss", "https://evil.example"}},
      {{"iat", now() - 400}},
      {{"exp", now() - 100}},
  };
  for (const Json& lie : lies) {
    Json claims = provider_.logout_claims("j-1");
    claims.update(lie);
    EXPECT_FALSE(login_.logout(provider_.key.token(claims), now()).ok()) << lie.dump();
  }
  EXPECT_FALSE(login_.logout(provider_.key.token(provider_.id_claims("n")), now()).ok()) << "an ID token";
  EXPECT_FALSE(login_.logout(SigningKey("RS256", "key-1").token(provider_.logout_claims("j")), now()).ok());
}

}  // namespace
}  // namespace vitrine::broker
