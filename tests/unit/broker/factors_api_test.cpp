// Second factors, passkeys and the account over the API, as pages and attackers use it.
#include <gmock/gmock.h>

#include "broker/identity/second_factors.h"
#include "broker/identity/totp.h"
#include "broker/store/audit.h"
#include "tests/unit/broker/api_fixture.h"
#include "tests/unit/broker/soft_authenticator.h"

namespace vitrine::broker {
namespace {

class FactorsApiTest : public ApiTest {
 protected:
  const RelyingParty party_{.id = "vitrine.example", .origin = kOrigin};
  const HttpHeaders signing_in_ = {{"X-Vitrine", "1"}};

  // A browser between its password and its second step.
  struct Step {
    Browser browser;
    std::string cookie;  // the step cookie
    Json answer;
    [[nodiscard]] std::string challenge() const { return text_field(answer, "challenge"); }
  };
  Step password(const std::string& name = "ada", const std::string& word = "correct horse battery") {
    Step step;
    const HttpAnswer answer =
        send(step.browser, "POST", "/api/login", {{"username", name}, {"password", word}}, signing_in_);
    EXPECT_EQ(answer.status, 200) << answer.body;
    step.answer = answer.json();
    step.cookie = cookie_of(answer);
    return step;
  }
  HttpAnswer post_step(const Step& step, const std::string& target, Json body) {
    body["challenge"] = step.challenge();
    HttpHeaders headers = signing_in_;
    headers["Cookie"] = "__Host-vitrine-step=" + step.cookie;
    return send(step.browser, "POST", target, body, headers);
  }
  HttpAnswer second(const Step& step, const Json& body) { return post_step(step, "/api/login/second-step", body); }
  static Browser let_in(const HttpAnswer& answer) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    return {.cookie = cookie_of(answer), .csrf = text_field(answer.json(), "csrf")};
  }

  // The code after the present one: in the window, and not used up by confirming the app.
  std::string next_code() { return hotp_code(secret_, std::time(nullptr) / kTotpStepS + 1); }
  // The app takes in what the QR code says.
  Json take_in(const HttpAnswer& offered) {
    const Json offer = offered.json();
    const auto link = text_field(offer, "uri");
    secret_ = from_base32(text_field(offer, "secret"));
    EXPECT_NE(link.find(text_field(offer, "secret")), std::string::npos);
    confirmed_code_ = hotp_code(secret_, std::time(nullptr) / kTotpStepS);
    return {{"enrolment", text_field(offer, "enrolment")}, {"code", confirmed_code_}};
  }
  static std::string from_base32(const std::string& text) {
    std::string bytes;
    uint32_t held = 0;
    int bits = 0;
    for (const char c : text) {
      held = held << 5 | static_cast<uint32_t>(c >= 'A' ? c - 'A' : c - '2' + 26);
      if ((bits += 5) >= 8) bytes += static_cast<char>(held >> (bits -= 8));
    }
    return bytes;
  }
  // Gives the recovery codes.
  std::vector<std::string> enrol(const Browser& browser) {
    const HttpAnswer set = send(browser, "PUT", "/api/me/totp", take_in(send(browser, "POST", "/api/me/totp")));
    EXPECT_EQ(set.status, 201) << set.body;
    return text_list_field(set.json(), "recovery_codes").value_or(std::vector<std::string>());
  }
  static Json credential(SoftAuthenticator& passkey, const AssertionAnswer& answer, const std::string& user_handle) {
    return {{"id", passkey.id()},
            {"client_data", base64url_encode(answer.client_data)},
            {"authenticator_data", base64url_encode(answer.authenticator_data)},
            {"signature", base64url_encode(answer.signature)},
            {"user_handle", base64url_encode(to_bytes(user_handle))}};
  }
  HttpAnswer add_passkey(const Browser& browser, SoftAuthenticator& passkey, const Tweak& tweak = {}) {
    const Json asked = send(browser, "POST", "/api/me/passkeys/question").json();
    const RegistrationAnswer made = passkey.create(party_, text_field(asked, "challenge"), tweak);
    return send(browser, "POST", "/api/me/passkeys",
                {{"challenge", text_field(asked, "challenge")},
                 {"name", "Key ring"},
                 {"credential",
                  {{"client_data", base64url_encode(made.client_data)},
                   {"attestation_object", base64url_encode(made.attestation_object)}}}});
  }
  Step passkey_question() {
    Step step;
    const HttpAnswer answer = send(step.browser, "POST", "/api/login/passkey", Json::object(), signing_in_);
    step.answer = answer.json();
    step.cookie = cookie_of(answer);
    return step;
  }
  HttpAnswer passkey_sign_in(const Step& step, SoftAuthenticator& passkey, const std::string& user,
                             const Tweak& tweak = {}) {
    const std::string handle = find_user(*store_.lease(), user).value()->id;
    return post_step(step, "/api/login/passkey/answer",
                     {{"credential", credential(passkey, passkey.get(party_, step.challenge(), tweak), handle)}});
  }
  int status_of_me(const Browser& browser) { return send(browser, "GET", "/api/me").status; }

  std::string secret_;
  std::string confirmed_code_;
};

TEST_F(FactorsApiTest, APasswordAloneIsNoSignInWhereThereIsASecondFactor) {
  const auto codes = enrol(ada());
  EXPECT_EQ(codes.size(), 10U);
  const Step step = password();
  EXPECT_EQ(text_field(step.answer, "next"), "second_factor");
  EXPECT_EQ(step.answer.at("methods"), Json({"totp", "recovery"}));
  EXPECT_FALSE(step.answer.contains("csrf"));
  for (const std::string& stolen : {step.cookie, step.challenge()}) {
    EXPECT_EQ(status_of_me({.cookie = stolen, .csrf = ""}), 401) << "neither is a web session";
  }
  const Browser in = let_in(second(step, {{"method", "totp"}, {"code", next_code()}}));
  EXPECT_EQ(status_of_me(in), 200);
  EXPECT_EQ(second(step, {{"method", "totp"}, {"code", next_code()}}).status, 409) << "the challenge is used up";
}

TEST_F(FactorsApiTest, ACodeSignsInOnce) {
  enrol(ada());
  EXPECT_EQ(second(password(), {{"method", "totp"}, {"code", confirmed_code_}}).status, 403)
      << "it confirmed the app already";
  const std::string code = next_code();
  let_in(second(password(), {{"method", "totp"}, {"code", code}}));
  const HttpAnswer replayed = second(password(), {{"method", "totp"}, {"code", code}});
  EXPECT_EQ(replayed.status, 403);
  EXPECT_EQ(cookie_of(replayed), "");
}

TEST_F(FactorsApiTest, ARecoveryCodeSignsInOnce) {
  const auto codes = enrol(ada());
  let_in(second(password(), {{"method", "recovery"}, {"code", codes[0]}}));
  EXPECT_EQ(second(password(), {{"method", "recovery"}, {"code", codes[0]}}).status, 403);
  const Browser in = let_in(second(password(), {{"method", "recovery"}, {"code", " " + codes[1] + " "}}));
  EXPECT_EQ(number_field(send(in, "GET", "/api/me/account").json().at("second_factor"), "recovery_codes"), 8);
}

TEST_F(FactorsApiTest, AChallengeIsOfNoUseInAnotherBrowser) {
  enrol(ada());
  Step stolen = password();
  stolen.cookie = password().cookie;
  EXPECT_EQ(second(stolen, {{"method", "totp"}, {"code", next_code()}}).status, 409);
  stolen.cookie.clear();
  EXPECT_EQ(second(stolen, {{"method", "totp"}, {"code", next_code()}}).status, 409);
}

TEST_F(FactorsApiTest, GuessingCodesEndsTheChallengeAndThenWaits) {
  enrol(ada());
  const Step first = password();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(second(first, {{"method", "totp"}, {"code", "000000"}}).status, 403);
  EXPECT_EQ(second(first, {{"method", "totp"}, {"code", next_code()}}).status, 409) << "a right code comes too late";
  // The waits begin with a second, which may be over by the next request; they double.
  HttpAnswer waiting;
  for (int i = 0; i < 8 && waiting.status != 429; ++i) {
    waiting = second(password(), {{"method", "recovery"}, {"code", "abcd-efgh-jkmn"}});
  }
  EXPECT_EQ(waiting.status, 429) << "a new challenge brings no new attempts";
  EXPECT_GE(std::stoi(waiting.headers["Retry-After"]), 1);
}

TEST_F(FactorsApiTest, TheStepCookieIsBoundToThisSite) {
  enrol(ada());
  Browser browser;
  const HttpAnswer answer = log_in(browser, "ada", "correct horse battery");
  const std::string& cookie = answer.headers.at("Set-Cookie");
  EXPECT_TRUE(cookie.starts_with("__Host-vitrine-step="));
  for (const char* needed : {"; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict", "; Max-Age=300"}) {
    EXPECT_NE(cookie.find(needed), std::string::npos) << needed;
  }
}

TEST_F(FactorsApiTest, ASignInNeverTakesOverATokenFromBefore) {
  enrol(ada());
  Step step = password();
  step.browser.cookie = "a-token-an-attacker-chose-aaaaaaaaaaaaaaaaa";
  HttpHeaders headers = signing_in_;
  headers["Cookie"] = "__Host-vitrine=" + step.browser.cookie + "; __Host-vitrine-step=" + step.cookie;
  const HttpAnswer answer = send({}, "POST", "/api/login/second-step",
                                 {{"challenge", step.challenge()}, {"method", "totp"}, {"code", next_code()}}, headers);
  EXPECT_NE(let_in(answer).cookie, step.browser.cookie);
  EXPECT_EQ(status_of_me(step.browser), 401);
}

TEST_F(FactorsApiTest, NothingTellsWhoHasASecondFactor) {
  enrol(ada());
  Browser browser;
  const HttpAnswer with = log_in(browser, "ada", "wrong password");
  const HttpAnswer without = log_in(browser, "eve", "wrong password");
  const HttpAnswer nobody = log_in(browser, "nobody", "wrong password");
  EXPECT_EQ(with.status, 401);
  EXPECT_EQ(with.body, without.body);
  EXPECT_EQ(with.body, nobody.body);
  EXPECT_EQ(send({}, "POST", "/api/login/passkey", Json::object(), signing_in_).json().at("passkeys").at("ids"),
            Json::array())
      << "a passkey sign-in names nobody's passkeys";
}

TEST_F(FactorsApiTest, APasskeyThatVerifiedItsUserSignsInAlone) {
  SoftAuthenticator passkey;
  const HttpAnswer added = add_passkey(ada(), passkey);
  ASSERT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(added.json().at("recovery_codes").size(), 10U);
  const Browser in = let_in(passkey_sign_in(passkey_question(), passkey, "ada"));
  const Json sessions = send(in, "GET", "/api/me/web-sessions").json().at("web_sessions");
  ASSERT_EQ(sessions.size(), 2U);
  const Json& this_one = sessions.at(truth_field(sessions.at(0), "this_one") ? 0 : 1);
  EXPECT_TRUE(this_one.at("second_factor_s").is_number()) << "and counts as two factors";
}

TEST_F(FactorsApiTest, ForgedAndReplayedPasskeysAreRefused) {
  SoftAuthenticator passkey;
  ASSERT_EQ(add_passkey(ada(), passkey).status, 201);
  const auto refused = [&](const Tweak& tweak) {
    return passkey_sign_in(passkey_question(), passkey, "ada", tweak).status == 403;
  };
  EXPECT_TRUE(refused([](Ceremony& c) { c.client["origin"] = "https://vitrine.example.evil"; }));
  EXPECT_TRUE(refused([](Ceremony& c) { c.rp_id = "evil.example"; }));
  EXPECT_TRUE(refused([](Ceremony& c) { c.flags = 0x01; })) << "without its user verified it is one factor";
  EXPECT_TRUE(refused([](Ceremony& c) { c.sign_count = 1; })) << "a copy of it";
  EXPECT_EQ(passkey_sign_in(passkey_question(), passkey, "eve").status, 403) << "it names another user";
  SoftAuthenticator stranger;
  EXPECT_EQ(passkey_sign_in(passkey_question(), stranger, "ada").status, 403);

  const Step step = passkey_question();
  const std::string handle = find_user(*store_.lease(), "ada").value()->id;
  const Json answer = {{"credential", credential(passkey, passkey.get(party_, step.challenge()), handle)}};
  let_in(post_step(step, "/api/login/passkey/answer", answer));
  EXPECT_EQ(post_step(step, "/api/login/passkey/answer", answer).status, 409);
  EXPECT_EQ(post_step(passkey_question(), "/api/login/passkey/answer", answer).status, 403) << "to another question";
}

TEST_F(FactorsApiTest, APasskeyIsTheSecondStepAfterThePassword) {
  SoftAuthenticator passkey;
  SoftAuthenticator of_eve;
  ASSERT_EQ(add_passkey(ada(), passkey).status, 201);
  ASSERT_EQ(add_passkey(eve(), of_eve).status, 201);
  const Step step = password();
  EXPECT_EQ(step.answer.at("passkeys").at("ids"), Json({passkey.id()}));
  const auto answered = [&](SoftAuthenticator& with) {
    const AssertionAnswer answer = with.get(party_, step.challenge(), [](Ceremony& c) { c.flags = 0x01; });
    return second(step, {{"method", "passkey"}, {"credential", credential(with, answer, "")}});
  };
  EXPECT_EQ(answered(of_eve).status, 403);
  let_in(answered(passkey));
}

TEST_F(FactorsApiTest, WhoMustHaveASecondFactorSetsItUpAtSignIn) {
  const Browser before = ada();
  ASSERT_EQ(administer("PUT", "/api/admin/second-factor/group/everyone").status, 204);
  const Step step = password();
  EXPECT_EQ(text_field(step.answer, "next"), "enrolment");
  EXPECT_EQ(second(step, {{"method", "totp"}, {"code", "000000"}}).status, 403);
  const Json confirmation = take_in(post_step(step, "/api/login/enrolment", Json::object()));
  Json body = confirmation;
  body["method"] = "enrol";
  body["code"] = "000000";
  EXPECT_EQ(second(step, body).status, 403);
  body["code"] = text_field(confirmation, "code");
  Step elsewhere = password();
  EXPECT_EQ(second(elsewhere, body).status, 409) << "the offer belongs to another challenge";
  const HttpAnswer in = second(step, body);
  EXPECT_EQ(status_of_me(let_in(in)), 200);
  EXPECT_EQ(in.json().at("recovery_codes").size(), 10U);
  EXPECT_EQ(
      send(let_in(second(password(), {{"method", "totp"}, {"code", next_code()}})), "DELETE", "/api/me/totp").status,
      409)
      << "the last one has to stay";
}

TEST_F(FactorsApiTest, ChangingFactorsNeedsAFreshProof) {
  const Browser browser = ada();
  enrol(browser);
  for (const auto& [method, target] : {std::pair{"DELETE", "/api/me/totp"},
                                       {"POST", "/api/me/totp"},
                                       {"POST", "/api/me/recovery-codes"},
                                       {"POST", "/api/me/passkeys/question"}}) {
    const HttpAnswer answer = send(browser, method, target);
    EXPECT_EQ(answer.status, 403) << target;
    EXPECT_EQ(text_field(answer.json(), "code"), "step_up_required") << target;
  }
  const Json question = send(browser, "POST", "/api/me/step-up/question").json();
  EXPECT_EQ(question.at("methods"), Json({"totp", "recovery"}));
  Json proof = {{"challenge", text_field(question, "challenge")}, {"method", "totp"}, {"code", "000000"}};
  EXPECT_EQ(send(browser, "POST", "/api/me/step-up", proof).status, 403);
  EXPECT_EQ(send(eve(), "POST", "/api/me/step-up", proof).status, 409) << "another's question";
  proof["code"] = next_code();
  const Browser rotated = let_in(send(browser, "POST", "/api/me/step-up", proof));
  EXPECT_EQ(status_of_me(browser), 401) << "the token from before is worthless";
  EXPECT_EQ(send(rotated, "POST", "/api/me/recovery-codes").status, 201);
  EXPECT_EQ(send(rotated, "DELETE", "/api/me/totp").status, 204);
  EXPECT_EQ(text_field(password().answer.at("user"), "name"), "ada") << "and without it the password is enough again";
}

TEST_F(FactorsApiTest, WithoutASecondFactorThePasswordIsTheFreshProof) {
  const Browser browser = ada();
  ASSERT_TRUE(store_.lease()->run("UPDATE web_sessions SET proved_s = proved_s - 901", {}).ok());
  const HttpAnswer refused = send(browser, "POST", "/api/me/totp");
  EXPECT_EQ(text_field(refused.json(), "code"), "password_required");
  const auto prove = [&](const std::string& word) {
    const Json question = send(browser, "POST", "/api/me/step-up/question").json();
    EXPECT_EQ(question.at("methods"), Json({"password"}));
    return send(browser, "POST", "/api/me/step-up",
                {{"challenge", text_field(question, "challenge")}, {"method", "password"}, {"password", word}});
  };
  EXPECT_EQ(prove("wrong password").status, 403);
  const Browser rotated = let_in(prove("correct horse battery"));
  EXPECT_EQ(enrol(rotated).size(), 10U);
  const Json sessions = send(rotated, "GET", "/api/me/web-sessions").json().at("web_sessions");
  EXPECT_TRUE(sessions.at(0).at("second_factor_s").is_null()) << "a password is no second factor";
}

TEST_F(FactorsApiTest, AChangedPasswordSignsTheOthersOut) {
  const Browser other = ada();
  const Browser browser = ada();
  const auto change = [&](const Browser& from, const std::string& old, const std::string& wanted) {
    return send(from, "PUT", "/api/me/password", {{"old", old}, {"new", wanted}});
  };
  EXPECT_EQ(change(browser, "wrong password", "a new long password").status, 403);
  EXPECT_EQ(change(browser, "correct horse battery", "short").status, 400);
  const Browser after = let_in(change(browser, "correct horse battery", "a new long password"));
  EXPECT_EQ(status_of_me(other), 401);
  EXPECT_EQ(status_of_me(browser), 401);
  EXPECT_EQ(status_of_me(after), 200);
  Browser again;
  EXPECT_EQ(log_in(again, "ada", "correct horse battery").status, 401);
  EXPECT_EQ(log_in(again, "ada", "a new long password").status, 200);
  int status = 0;
  for (int i = 0; i < 12 && status != 429; ++i) status = change(again, "wrong guess", "a newer long password").status;
  EXPECT_EQ(status, 429) << "guessed through a stolen browser";
}

TEST_F(FactorsApiTest, WebSessionsAreListedAndEnded) {
  const HttpHeaders firefox = {{"User-Agent", "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0"}};
  const Browser browser = ada();
  Browser second_one;
  HttpHeaders headers = signing_in_;
  headers.insert(firefox.begin(), firefox.end());
  second_one = let_in(send({.address = "10.9.9.9"}, "POST", "/api/login",
                           {{"username", "ada"}, {"password", "correct horse battery"}}, headers));
  const Browser stranger = eve();
  const Json list = send(browser, "GET", "/api/me/web-sessions").json().at("web_sessions");
  ASSERT_EQ(list.size(), 2U);
  std::string id;
  for (const Json& one : list) {
    if (truth_field(one, "this_one")) continue;
    id = text_field(one, "id");
    EXPECT_EQ(text_field(one, "browser"), "Firefox on Windows");
    EXPECT_EQ(text_field(one, "address"), "10.9.9.9");
  }
  EXPECT_EQ(send(stranger, "DELETE", "/api/me/web-sessions/" + id).status, 404) << "another user's";
  EXPECT_EQ(send(browser, "DELETE", "/api/me/web-sessions/" + id).status, 204);
  EXPECT_EQ(status_of_me(second_one), 401);
  const Browser third = ada();
  EXPECT_EQ(send(browser, "POST", "/api/me/web-sessions/sign-out", {{"keep_this", true}}).status, 204);
  EXPECT_EQ(status_of_me(third), 401);
  EXPECT_EQ(status_of_me(browser), 200);
  send(browser, "POST", "/api/sessions", open_body("notes"));
  EXPECT_EQ(send(browser, "POST", "/api/me/web-sessions/sign-out", Json::object()).status, 204);
  EXPECT_EQ(status_of_me(browser), 401);
  EXPECT_TRUE(provisioner_.running().empty()) << "as with signing out here";
  EXPECT_EQ(status_of_me(stranger), 200);
}

TEST_F(FactorsApiTest, AnAdministratorForgetsLostFactors) {
  const Browser browser = ada();
  enrol(browser);
  EXPECT_TRUE(truth_field(administer("GET", "/api/admin/users/ada/factors").json().at("second_factor"), "on"));
  EXPECT_EQ(administer("DELETE", "/api/admin/users/ada/factors").status, 204);
  EXPECT_EQ(status_of_me(browser), 401);
  EXPECT_EQ(text_field(password().answer.at("user"), "name"), "ada");
}

TEST_F(FactorsApiTest, ADisabledUserGetsNoFurtherThanThePassword) {
  enrol(ada());
  const Step step = password();
  ASSERT_TRUE(store_.lease()->run("UPDATE users SET disabled = 1 WHERE name = 'ada'", {}).ok());
  EXPECT_EQ(second(step, {{"method", "totp"}, {"code", next_code()}}).status, 409);
}

TEST_F(FactorsApiTest, TheAuditTellsEachStepAndNoSecret) {
  const auto codes = enrol(ada());
  second(password(), {{"method", "totp"}, {"code", "000000"}});
  let_in(second(password(), {{"method", "recovery"}, {"code", codes[0]}}));
  std::vector<std::string> told;
  const SqlResult audit =
      store_.lease()->run("SELECT actor, action, outcome, detail FROM audit ORDER BY number", {}).take();
  for (const SqlRow& row : audit.rows) {
    told.push_back(row.text(0) + " " + row.text(1) + " " + row.text(2) + " " + row.text(3));
    EXPECT_EQ(told.back().find(codes[0]), std::string::npos);
  }
  EXPECT_THAT(told, testing::ElementsAre("ada login ok ", "ada totp.set ok ", "ada login second_factor ",
                                         "ada login refused second factor: totp", "ada login second_factor ",
                                         "ada login ok second factor: recovery"));
  EXPECT_TRUE(verify_audit(*store_.lease()).ok());
}

}  // namespace
}  // namespace vitrine::broker
