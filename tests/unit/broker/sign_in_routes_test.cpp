// Providers over the API: adding them, signing in and out by them, and users who come and go with them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>

#include "broker/identity/provisioning.h"
#include "broker/identity/user_state.h"
#include "broker/store/audit.h"
#include "tests/unit/broker/openid_provider.h"
#include "tests/unit/broker/site_fixture.h"

namespace vitrine::broker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kOrigin = "https://vitrine.example:8443";

class SignInRoutesTest : public BasicSiteTest<MemoryOpenIdProvider> {
 protected:
  SignInRoutesTest() : BasicSiteTest(kOrigin, "https://login.example", std::time(nullptr)) {
    store_.add_catalogue({"notes"});
    store_.add_user("root", "administrator pass", true);
    EXPECT_TRUE(grant(*store_.lease(), "notes", {.group = true, .subject = "everyone"}, 1).ok());
  }

  struct Browser {
    std::map<std::string, std::string> cookies;
    std::string csrf;
  };

  HttpResponse send(Browser& browser, const std::string& method, const std::string& target,
                    const std::string& body = "", std::map<std::string, std::string> headers = {}) {
    headers.insert({{"x-forwarded-host", "vitrine.example:8443"},
                    {"x-forwarded-proto", "https"},
                    {"x-forwarded-for", "10.1.1.1"},
                    {"x-vitrine", "1"}});
    if (method != "GET") headers.insert({"origin", kOrigin});
    if (!browser.csrf.empty()) headers["x-csrf-token"] = browser.csrf;
    for (const auto& [name, value] : browser.cookies) {
      headers["cookie"] += (headers["cookie"].empty() ? "" : "; ") + name + "=" + value;
    }
    HttpResponse response =
        answer_to({.method = method, .target = target, .headers = headers, .body = body, .local_admin = false});
    for (const auto& [name, value] : response.headers) {
      if (name != "Set-Cookie") continue;
      const size_t equals = value.find('=');
      browser.cookies[value.substr(0, equals)] = value.substr(equals + 1, value.find(';') - equals - 1);
    }
    return response;
  }
  HttpResponse send(Browser& browser, const std::string& method, const std::string& target, const Json& body) {
    return send(browser, method, target, body.dump());
  }
  static Json json_of(const HttpResponse& response) { return Json::parse(response.body, nullptr, false); }
  static std::string location_of(const HttpResponse& response) {
    for (const auto& [name, value] : response.headers) {
      if (name == "Location") return value;
    }
    return "";
  }

  void add_corp(const Json& more = Json::object()) {
    Json settings = {{"issuer", http_.issuer}, {"client_id", "vitrine"}};
    settings.update(more);
    const HttpResponse added = administer(
        "POST", "/api/admin/providers",
        {{"id", "corp"}, {"kind", "oidc"}, {"name", "Corp"}, {"secret", "client secret"}, {"settings", settings}});
    ASSERT_EQ(added.status, 201) << added.body;
  }
  // What the page sends to finish what it began.
  Json answer_for(Browser& browser) {
    const HttpResponse begun = send(browser, "POST", "/api/sign-in/corp/begin", Json::object());
    EXPECT_EQ(begun.status, 200) << begun.body;
    const std::string location = text_field(json_of(begun), "location");
    return {{"provider", "corp"},
            {"code", http_.code_for(location)},
            {"state", form_field(location, "state")},
            {"iss", http_.issuer}};
  }
  HttpResponse finish(Browser& browser, const Json& answer) {
    HttpResponse done = send(browser, "POST", "/api/sign-in/finish", answer);
    if (done.status == 200) browser.csrf = text_field(json_of(done), "csrf");
    return done;
  }
  Browser signed_in() {
    Browser browser;
    const HttpResponse done = finish(browser, answer_for(browser));
    EXPECT_EQ(done.status, 200) << done.body;
    return browser;
  }
  std::string me(Browser& browser) {
    const HttpResponse answer = send(browser, "GET", "/api/me");
    return answer.status == 200 ? text_field(object_field(json_of(answer), "user"), "name")
                                : std::to_string(answer.status);
  }
  User user(const std::string& name) {
    auto found = find_user(*store_.lease(), name).take();
    EXPECT_TRUE(found.has_value()) << name;
    return found.value_or(User{});
  }
  std::string tell_logout(const Json& claims) {
    Browser provider;
    const HttpResponse answer =
        send(provider, "POST", "/api/sign-in/corp/logout", "logout_token=" + http_.key.token(claims),
             {{"content-type", "application/x-www-form-urlencoded"}, {"origin", ""}});
    return std::to_string(answer.status);
  }
  size_t running_of(const User& user) { return running_sessions(*store_.lease(), user.id).value().size(); }
  void open_notes(Browser& browser) {
    const HttpResponse opened =
        send(browser, "POST", "/api/sessions", Json{{"resource", "notes"}, {"width", 800}, {"height", 600}});
    ASSERT_EQ(opened.status, 200) << opened.body;
  }
};

TEST_F(SignInRoutesTest, AUserIsMadeAtTheFirstSignInAndFoundAgainAtTheNext) {
  add_corp();
  http_.claims["groups"] = {"Sales"};
  Browser first = signed_in();
  EXPECT_EQ(me(first), "ada");
  const User made = user("ada");
  EXPECT_EQ(made.provider, "corp");
  EXPECT_THAT(groups_of(*store_.lease(), made.id).value(), ElementsAre("sales"));
  http_.claims["preferred_username"] = "ada.married";
  http_.claims["name"] = "Ada King";
  Browser second = signed_in();
  EXPECT_EQ(me(second), "ada") << "the home folder has this name";
  EXPECT_EQ(user("ada").id, made.id);
  EXPECT_EQ(user("ada").display_name, "Ada King");
}

TEST_F(SignInRoutesTest, ThePageIsToldTheEnabledButtons) {
  Browser browser;
  EXPECT_EQ(send(browser, "GET", "/api/sign-in").body, R"({"redirects":[]})");
  add_corp();
  EXPECT_EQ(send(browser, "GET", "/api/sign-in").body, R"({"redirects":[{"id":"corp","name":"Corp"}]})");
  ASSERT_EQ(administer("PUT", "/api/admin/providers/corp", {{"enabled", false}}).status, 200);
  EXPECT_EQ(send(browser, "GET", "/api/sign-in").body, R"({"redirects":[]})");
  EXPECT_EQ(send(browser, "POST", "/api/sign-in/corp/begin", Json::object()).status, 404);
}

TEST_F(SignInRoutesTest, TheWayBackDecidesNothingAndLeadsNowhereElse) {
  add_corp();
  Browser browser;
  for (const char* query : {"?code=a&state=b", "?code=a&state=b&next=https://evil.example", "", "?state=%23%0d%0aX: y",
                            "?code=//evil.example", "?iss=https%3A%2F%2Fevil.example"}) {
    const HttpResponse answer = send(browser, "GET", std::string("/api/sign-in/corp/return") + query);
    EXPECT_EQ(answer.status, 303);
    const std::string location = location_of(answer);
    EXPECT_TRUE(location.starts_with("/#/return/corp?")) << location;
    EXPECT_EQ(location.find_first_of("\r\n "), std::string::npos) << location;
    EXPECT_EQ(location.find("next="), std::string::npos) << location;
  }
  EXPECT_TRUE(browser.cookies.empty());
  EXPECT_EQ(location_of(send(browser, "GET", "/api/sign-in/%2F%2Fevil.example/return")),
            "/#/return/%2F%2Fevil.example?");
  EXPECT_EQ(send(browser, "GET", "/api/sign-in/corp/return?code=" + std::string(3500, 'a')).status, 413);
}

TEST_F(SignInRoutesTest, AnAnswerInAnotherBrowserSignsNobodyIn) {
  add_corp();
  Browser attacker;
  Browser victim;
  const Json answer = answer_for(attacker);
  EXPECT_EQ(finish(victim, answer).status, 401);
  (void)answer_for(victim);
  EXPECT_EQ(finish(victim, answer).status, 401);
  EXPECT_EQ(me(victim), "401");
  EXPECT_EQ(finish(attacker, answer).status, 200);
}

TEST_F(SignInRoutesTest, AnAnswerIsTakenOnce) {
  add_corp();
  Browser browser;
  const Json answer = answer_for(browser);
  const auto cookies = browser.cookies;
  ASSERT_EQ(finish(browser, answer).status, 200);
  EXPECT_EQ(browser.cookies["__Host-vitrine-return"], "") << "the memory goes with its use";
  Browser again{.cookies = cookies, .csrf = ""};
  const int asked = http_.asked["/token"];
  EXPECT_THAT(finish(again, answer).body, HasSubstr("finished already"));
  EXPECT_EQ(http_.asked["/token"], asked);
}

TEST_F(SignInRoutesTest, TheWebSessionFromBeforeEnds) {
  add_corp();
  Browser browser;
  const HttpResponse local =
      send(browser, "POST", "/api/login", Json{{"username", "root"}, {"password", "administrator pass"}});
  ASSERT_EQ(local.status, 200);
  Browser old = browser;
  EXPECT_EQ(me(old), "root");
  ASSERT_EQ(finish(browser, answer_for(browser)).status, 200);
  EXPECT_EQ(me(browser), "ada");
  EXPECT_EQ(me(old), "401") << "a session from before must not live on";
}

TEST_F(SignInRoutesTest, FinishingNeedsOurOwnPage) {
  add_corp();
  Browser browser;
  const Json answer = answer_for(browser);
  for (const char* origin : {"https://evil.example", "null", ""}) {
    Browser copy = browser;
    EXPECT_EQ(send(copy, "POST", "/api/sign-in/finish", answer.dump(), {{"origin", origin}}).status, 403) << origin;
  }
}

TEST_F(SignInRoutesTest, ANameThatIsTakenIsRefusedAndNeverMerged) {
  add_corp();
  http_.claims["preferred_username"] = "root";
  Browser browser;
  const HttpResponse answer = finish(browser, answer_for(browser));
  EXPECT_EQ(answer.status, 409);
  EXPECT_THAT(answer.body, HasSubstr("belongs to another user here, who signs in with a local password"));
  EXPECT_EQ(user("root").provider, "local");
  EXPECT_EQ(me(browser), "401");
  http_.claims.update({{"preferred_username", "ada"}, {"sub", "u-1"}});
  (void)signed_in();
  http_.claims["sub"] = "u-2";  // the name was given to somebody else there
  EXPECT_EQ(finish(browser, answer_for(browser)).status, 409);
}

TEST_F(SignInRoutesTest, ANameThatCannotBeOneIsRefused) {
  add_corp();
  for (const char* name : {"../root", "Ada Lovelace", "ädä", ".hidden"}) {
    http_.claims["preferred_username"] = name;
    Browser browser;
    const HttpResponse answer = finish(browser, answer_for(browser));
    EXPECT_EQ(answer.status, 400) << name;
    EXPECT_THAT(answer.body, HasSubstr("cannot be a user name here"));
  }
}

TEST_F(SignInRoutesTest, GroupsFollowTheProviderAndLocalMembershipsStay) {
  add_corp({{"group_map", {{"CN=Sales Team", "sales"}}}, {"group_prefix", "corp-"}});
  http_.claims["groups"] = {"cn=sales team", "IT & Ops", "everyone"};
  (void)signed_in();
  const User ada = user("ada");
  EXPECT_THAT(groups_of(*store_.lease(), ada.id).value(), ElementsAre("corp-everyone", "corp-it---ops", "sales"));
  ASSERT_TRUE(add_group(*store_.lease(), "readers", false, 1).ok());
  ASSERT_TRUE(add_member(*store_.lease(), "readers", ada).ok());
  ASSERT_TRUE(add_member(*store_.lease(), "sales", ada).ok());
  EXPECT_THAT(remove_member(*store_.lease(), "corp-everyone", ada).error().message, HasSubstr("provider corp says so"));
  http_.claims["groups"] = Json::array();
  (void)signed_in();
  EXPECT_THAT(groups_of(*store_.lease(), ada.id).value(), ElementsAre("readers", "sales")) << "what was given here";
  EXPECT_TRUE(remove_member(*store_.lease(), "sales", ada).ok());
}

TEST_F(SignInRoutesTest, AdministratorsFollowTheirGroupWhenOneIsNamed) {
  add_corp({{"admin_group", "vitrine-admins"}});
  http_.claims["groups"] = {"vitrine-admins"};
  (void)signed_in();
  EXPECT_TRUE(user("ada").admin);
  http_.claims["groups"] = Json::array();
  (void)signed_in();
  EXPECT_FALSE(user("ada").admin);
}

TEST_F(SignInRoutesTest, TheProviderEndsASessionOnce) {
  add_corp();
  Browser browser = signed_in();
  open_notes(browser);
  EXPECT_EQ(running_of(user("ada")), 1U);
  Json other = http_.logout_claims("j-0");
  other["sid"] = "another";
  EXPECT_EQ(tell_logout(other), "200");
  EXPECT_EQ(me(browser), "ada") << "another session was meant";
  EXPECT_EQ(tell_logout(http_.logout_claims("j-1")), "200");
  EXPECT_EQ(me(browser), "401");
  EXPECT_EQ(running_of(user("ada")), 0U);
  Browser next = signed_in();
  EXPECT_EQ(tell_logout(http_.logout_claims("j-1")), "400") << "replayed";
  EXPECT_EQ(me(next), "ada");
}

TEST_F(SignInRoutesTest, TheProviderEndsAllSessionsOfAUser) {
  add_corp();
  Browser one = signed_in();
  Browser two = signed_in();
  http_.claims.update({{"sub", "u-2"}, {"preferred_username", "eve"}});
  Browser eve = signed_in();
  Json claims = http_.logout_claims("j-1");
  claims.erase("sid");
  claims["sub"] = "u-1";
  EXPECT_EQ(tell_logout(claims), "200");
  EXPECT_EQ(me(one), "401");
  EXPECT_EQ(me(two), "401");
  EXPECT_EQ(me(eve), "eve");
}

TEST_F(SignInRoutesTest, ForgedLogoutsEndNothing) {
  add_corp();
  Browser browser = signed_in();
  http_.key = SigningKey("RS256", "key-1");
  EXPECT_EQ(tell_logout(http_.logout_claims("j-1")), "400");
  Browser stranger;
  for (const char* body : {"", "logout_token=", "logout_token=a.b.c", "{}", "logout_token=%00"}) {
    EXPECT_EQ(send(stranger, "POST", "/api/sign-in/corp/logout", body, {{"origin", ""}}).status, 400) << body;
  }
  EXPECT_EQ(me(browser), "ada");
}

TEST_F(SignInRoutesTest, SigningOutNamesTheProvidersPage) {
  add_corp();
  Browser browser = signed_in();
  const HttpResponse out = send(browser, "POST", "/api/logout", Json::object());
  ASSERT_EQ(out.status, 200);
  EXPECT_TRUE(text_field(json_of(out), "location").starts_with("https://login.example/end?id_token_hint=")) << out.body;
  EXPECT_EQ(me(browser), "401");
}

TEST_F(SignInRoutesTest, ADisabledUserIsOutAtOnceUntilEnabled) {
  add_corp();
  Browser browser = signed_in();
  open_notes(browser);
  ASSERT_EQ(administer("POST", "/api/admin/users/ada/disable").status, 204);
  EXPECT_EQ(me(browser), "401");
  EXPECT_EQ(running_of(user("ada")), 0U);
  Browser again;
  const HttpResponse refused = finish(again, answer_for(again));
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("disabled"));
  ASSERT_EQ(administer("POST", "/api/admin/users/ada/enable").status, 204);
  EXPECT_EQ(finish(again, answer_for(again)).status, 200);
  EXPECT_EQ(administer("POST", "/api/admin/users/root/disable").status, 409) << "the last administrator";
}

TEST_F(SignInRoutesTest, RemovingAProviderPutsItsUsersOut) {
  add_corp();
  Browser browser = signed_in();
  open_notes(browser);
  ASSERT_EQ(administer("DELETE", "/api/admin/providers/corp").status, 204);
  EXPECT_EQ(me(browser), "401");
  EXPECT_EQ(running_of(user("ada")), 0U);
  // Another system under the same id does not get its users, though subjects and names be equal.
  http_.issuer = "https://evil.example";
  add_corp();
  Browser taken;
  EXPECT_EQ(finish(taken, answer_for(taken)).status, 409);
}

TEST_F(SignInRoutesTest, SecretsAreSealedAndNeverShown) {
  add_corp();
  const std::string kept = store_.lease()->run("SELECT secret FROM providers", {}).value().rows[0].text(0);
  EXPECT_EQ(kept.find("client"), std::string::npos);
  EXPECT_EQ(sealer_.unseal(kept, secret_words("corp")).value(), "client secret");
  EXPECT_EQ(administer("GET", "/api/admin/providers").body.find(kept), std::string::npos);
  EXPECT_THAT(administer("GET", "/api/admin/providers").body, HasSubstr(R"("has_secret":true)"));
  const HttpResponse moved =
      administer("PUT", "/api/admin/providers/corp", {{"settings", {{"issuer", "https://evil.example"}}}});
  EXPECT_EQ(moved.status, 400) << "a secret must not be sent to a new address";
  const std::string token = store_.lease()->run("SELECT secret FROM providers", {}).value().rows[0].text(0);
  EXPECT_EQ(token, kept);
}

TEST_F(SignInRoutesTest, WrongSettingsAreNamed) {
  const auto add = [&](const char* kind, const Json& settings) {
    return administer("POST", "/api/admin/providers", {{"id", "x"}, {"kind", kind}, {"settings", settings}});
  };
  const std::vector<std::tuple<const char*, Json, const char*>> wrong = {
      {"oidc", Json::object(), "no address like"},
      {"oidc", {{"issuer", "http://login.example"}, {"client_id", "a"}}, "no address like"},
      {"oidc", {{"issuer", "https://login.example"}}, "client_id"},
      {"oidc", {{"issuer", "https://login.example"}, {"client_id", "a"}, {"scope", "email"}}, "openid"},
      {"oidc", {{"isuer", "https://login.example"}}, "isuer"},
      {"oidc", {{"issuer", "https://login.example"}, {"client_id", 7}}, "client_id"},
      {"ldap", {{"url", "ldap://ldap.example"}, {"base", "dc=x"}}, "in the clear"},
      {"ldap", {{"url", "http://ldap.example"}, {"base", "dc=x"}}, "no address like"},
      {"ldap", {{"url", "ldaps://ldap.example"}}, "base"},
      {"ldap", {{"url", "ldaps://ldap.example"}, {"base", "nonsense"}}, "no DN"},
      {"ldap", {{"url", "ldaps://ldap.example"}, {"base", "dc=x"}, {"name_attribute", "a)(b"}}, "no name of an LDAP"},
      {"ldap", {{"url", "ldaps://ldap.example"}, {"base", "dc=x"}, {"user_filter", "(a=b"}}, "parentheses"},
      {"ldap", {{"url", "ldaps://ldap.example"}, {"base", "dc=x"}, {"nesting", "all"}}, "nesting is one of"},
      {"saml", Json::object(), "oidc"},
  };
  for (const auto& [kind, settings, sentence] : wrong) {
    const HttpResponse answer = add(kind, settings);
    EXPECT_EQ(answer.status, 400) << settings.dump();
    EXPECT_THAT(answer.body, HasSubstr(sentence)) << settings.dump();
  }
  for (const char* id : {"local", "link", "../x", "", "Corp"}) {
    EXPECT_EQ(
        administer("POST", "/api/admin/providers",
                   {{"id", id}, {"kind", "oidc"}, {"settings", {{"issuer", "https://a.example"}, {"client_id", "a"}}}})
            .status,
        400)
        << id;
  }
}

TEST_F(SignInRoutesTest, ATestSaysStepByStepWhatWorks) {
  add_corp();
  const Json good = json_of(administer("POST", "/api/admin/providers/corp/test", Json::object()));
  EXPECT_TRUE(truth_field(good, "ok")) << good;
  EXPECT_THAT(good.dump(), HasSubstr("publishes 1 keys"));
  http_.keys_gone = true;
  const Json keys = json_of(administer("POST", "/api/admin/providers/corp/test", Json::object()));
  EXPECT_FALSE(truth_field(keys, "ok", true));
  EXPECT_THAT(keys.dump(), HasSubstr("answered 404 when asked for its keys"));
  http_.all_gone = true;
  EXPECT_THAT(administer("POST", "/api/admin/providers/corp/test", Json::object()).body,
              HasSubstr("cannot be reached"));
}

TEST_F(SignInRoutesTest, WhatIsWrongOutThereIsNotForStrangers) {
  add_corp();
  http_.all_gone = true;
  Browser browser;
  const HttpResponse answer = send(browser, "POST", "/api/sign-in/corp/begin", Json::object());
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("Corp cannot be used to sign in now"));
  EXPECT_EQ(answer.body.find("login.example"), std::string::npos);
}

TEST_F(SignInRoutesTest, EverySignInIsRecorded) {
  add_corp();
  Browser browser;
  (void)finish(browser, answer_for(browser));
  (void)finish(browser, {{"provider", "corp"}, {"code", "x"}, {"state", "y"}});
  const auto rows = store_.lease()
                        ->run(
                            "SELECT actor, action, target, outcome FROM audit WHERE action IN ('login', "
                            "'user.provision', 'provider.add') ORDER BY number",
                            {})
                        .value()
                        .rows;
  std::vector<std::string> lines;
  for (const SqlRow& row : rows)
    lines.push_back(row.text(0) + "|" + row.text(1) + "|" + row.text(2) + "|" + row.text(3));
  EXPECT_THAT(lines, ElementsAre("admin socket|provider.add|corp|ok", "provider corp|user.provision|ada|ok",
                                 "ada|login|provider corp|ok", "|login|provider corp|refused"));
  EXPECT_TRUE(verify_audit(*store_.lease()).ok());
}

// --- passwords that are checked elsewhere -------------------------------------------------------------------------

// A directory in memory.
class MemoryPasswordLogin : public PasswordLogin {
 public:
  explicit MemoryPasswordLogin(Database& database) : database_(database) {}
  Result<std::optional<User>> log_in(const std::string& name, const std::string& password, int64_t now_s) override {
    asked.push_back(name);
    if (away) return Error{ErrorCode::kUnavailable, "The directory does not answer."};
    if (password != "directory password") return std::optional<User>();
    const Database::Lease connection = TRY(database_.lease());
    const Provider provider{.id = "ldap", .kind = ProviderKind::kLdap, .name = "Directory"};
    return std::optional(TRY(provision(
        *connection, provider, {.subject = "s-" + name, .name = name, .display_name = "", .groups = {}}, now_s)));
  }
  bool away = false;
  std::vector<std::string> asked;

 private:
  Database& database_;
};

TEST(DirectorySignInTest, LocalUsersComeFirstAndEveryWrongPasswordIsAskedElsewhereAlike) {
  TestStore store;
  store.add_user("ada", "correct horse battery");
  MemoryPasswordLogin directory(store.database);
  PasswordSignIn sign_in(store.database, store.hasher, &directory);
  const auto ask = [&](const char* name, const char* password) { return sign_in.sign_in(name, password, "::1", 10); };
  EXPECT_EQ(ask("ada", "correct horse battery").value().user->provider, "local");
  EXPECT_THAT(directory.asked, ElementsAre());
  EXPECT_FALSE(ask("ada", "wrong").value().user);
  EXPECT_FALSE(ask("nobody", "wrong").value().user);
  EXPECT_THAT(directory.asked, ElementsAre("ada", "nobody"));
  EXPECT_EQ(ask("Eve", "directory password").value().user->name, "eve");
  EXPECT_EQ(ask("ada", "directory password").error().code, ErrorCode::kConflict) << "never merged by name";
}

TEST(DirectorySignInTest, ADirectoryThatIsAwayIsNoWrongPassword) {
  TestStore store;
  store.add_user("ada", "correct horse battery");
  MemoryPasswordLogin directory(store.database);
  directory.away = true;
  PasswordSignIn sign_in(store.database, store.hasher, &directory);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(sign_in.sign_in("eve", "directory password", "::1", 10).error().code, ErrorCode::kUnavailable);
  }
  directory.away = false;
  EXPECT_TRUE(sign_in.sign_in("eve", "directory password", "::1", 10).value().user) << "nothing was throttled";
}

}  // namespace
}  // namespace vitrine::broker
