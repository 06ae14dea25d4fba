// The API over its real sockets, as the gateway and the administrator's verbs use it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <set>
#include <thread>

#include "broker/catalogue/first_start.h"
#include "broker/store/audit.h"
#include "tests/unit/broker/api_fixture.h"

namespace vitrine::broker {
namespace {

std::string example_of(const Route& route) {
  std::string target;
  for (const char* c = route.pattern; *c != 0; ++c) {
    if (*c != ':') {
      target += *c;
      continue;
    }
    target += "thing";
    while (c[1] != 0 && c[1] != '/') ++c;
  }
  return target;
}

std::string described(const Route& route) {
  return std::string(route.method) + " " + route.pattern;
}

bool needs_sign_in(const Route& route) {
  return route.access != Access::kOpen && route.access != Access::kSignIn;
}

TEST_F(ApiTest, EveryRouteRefusesWhoIsNotSignedIn) {
  ASSERT_GT(router_.routes().size(), 20U);
  for (const Route& route : router_.routes()) {
    if (!needs_sign_in(route)) continue;
    for (const std::string cookie : {"", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "%00", "a b"}) {
      const Browser stranger{.cookie = cookie, .csrf = "x"};
      const HttpAnswer answer = send(stranger, route.method, example_of(route));
      EXPECT_EQ(answer.status, 401) << described(route);
      EXPECT_EQ(answer.headers.at("Content-Type"), "application/problem+json");
    }
  }
}

TEST_F(ApiTest, EveryRouteThatChangesSomethingRefusesAWrongOrMissingToken) {
  const Browser good = ada();
  const Browser other = eve();
  for (const Route& route : router_.routes()) {
    if (!needs_sign_in(route) || std::string_view(route.method) == "GET") continue;
    for (const std::string& csrf : {std::string(), std::string("wrong"), other.csrf, good.csrf + "x"}) {
      Browser forged = good;
      forged.csrf = csrf;
      EXPECT_EQ(send(forged, route.method, example_of(route)).status, 403) << described(route);
    }
  }
  EXPECT_EQ(send(good, "GET", "/api/me").status, 200) << "nothing of this signed ada out";
}

TEST_F(ApiTest, EveryRouteRefusesOtherSites) {
  for (const Route& route : router_.routes()) {
    for (const char* origin :
         {"https://evil.example", "http://vitrine.example:8443", "https://vitrine.example", "null"}) {
      Browser foreign = ada();
      foreign.origin = origin;
      EXPECT_EQ(send(foreign, route.method, example_of(route), Json(), {{"X-Vitrine", "1"}}).status, 403)
          << described(route) << " from " << origin;
    }
  }
}

TEST_F(ApiTest, SigningInNeedsItsHeaders) {
  for (const char* target : {"/api/login", "/api/redeem"}) {
    EXPECT_EQ(
        send({.cookie = "", .csrf = "", .origin = ""}, "POST", target, Json::object(), {{"X-Vitrine", "1"}}).status,
        403);
    EXPECT_EQ(send({}, "POST", target, Json::object()).status, 403);
  }
}

TEST_F(ApiTest, EveryAdminRouteRefusesUsersAndServesAdministrators) {
  const Browser user = ada();
  const Browser admin = signed_in("root", "administrator pass");
  for (const Route& route : router_.routes()) {
    if (route.access != Access::kAdmin) continue;
    EXPECT_EQ(send(user, route.method, example_of(route)).status, 403) << described(route);
    EXPECT_THAT(send(admin, route.method, example_of(route)).status, testing::AnyOf(200, 400, 404)) << described(route);
    EXPECT_THAT(administer(route.method, example_of(route)).status, testing::AnyOf(200, 400, 404)) << described(route);
  }
}

TEST_F(ApiTest, TheAdminSocketIsNobodysBrowser) {
  for (const Route& route : router_.routes()) {
    if (route.access == Access::kAdmin || route.access == Access::kOpen) continue;
    EXPECT_EQ(administer(route.method, example_of(route), Json::object()).status, 401) << described(route);
  }
}

TEST_F(ApiTest, OtherMethodsAndAddressesAreNamed) {
  for (const Route& route : router_.routes()) {
    const HttpAnswer answer = send({}, "PATCH", example_of(route));
    EXPECT_EQ(answer.status, 405) << described(route);
    EXPECT_NE(answer.headers.at("Allow").find(route.method), std::string::npos);
  }
  for (const char* target :
       {"/", "/api", "/api/", "/api/sessions/", "/api/sessions/a/b/c", "/api//me", "/api/../api/me", "/api/admin"}) {
    EXPECT_EQ(send({}, "GET", target).status, 404) << target;
  }
}

TEST_F(ApiTest, WrongPasswordsAreAnsweredAlike) {
  Browser browser;
  const HttpAnswer known = log_in(browser, "ada", "wrong password");
  const HttpAnswer unknown = log_in(browser, "nobody", "wrong password");
  EXPECT_EQ(known.status, 401);
  EXPECT_EQ(known.body, unknown.body);
  EXPECT_EQ(cookie_of(known), "");
  for (int i = 0; i < 4; ++i) log_in(browser, "ada", "wrong password");
  const HttpAnswer throttled = log_in(browser, "ada", "correct horse battery");
  EXPECT_EQ(throttled.status, 429);
  EXPECT_EQ(throttled.headers.at("Retry-After"), "1");
}

TEST_F(ApiTest, TheCookieIsBoundToThisSiteAndPage) {
  Browser browser;
  const HttpAnswer answer = log_in(browser, "ada", "correct horse battery");
  const std::string& cookie = answer.headers.at("Set-Cookie");
  EXPECT_TRUE(cookie.starts_with("__Host-vitrine="));
  for (const char* needed : {"; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict"}) {
    EXPECT_NE(cookie.find(needed), std::string::npos) << needed;
  }
  EXPECT_EQ(answer.headers.at("Cache-Control"), "no-store");
  EXPECT_EQ(text_field(object_field(answer.json(), "user"), "name"), "ada");
}

TEST_F(ApiTest, SigningInGivesAFreshCookieAndClosesTheOldOne) {
  Browser browser = ada();
  const Browser before = browser;
  log_in(browser, "ada", "correct horse battery");
  EXPECT_NE(browser.cookie, before.cookie);
  EXPECT_EQ(send(before, "GET", "/api/me").status, 401);
  Browser fixed{.cookie = "a-token-an-attacker-chose-aaaaaaaaaaaaaaaaa", .csrf = ""};
  log_in(fixed, "ada", "correct horse battery");
  EXPECT_NE(fixed.cookie, "a-token-an-attacker-chose-aaaaaaaaaaaaaaaaa");
}

TEST_F(ApiTest, TheCatalogueShowsWhatIsYours) {
  const auto ids = [&](const Browser& browser) {
    std::vector<std::string> found;
    const Json resources = send(browser, "GET", "/api/catalogue").json().at("resources");
    for (const Json& one : resources) found.push_back(text_field(one, "id"));
    return found;
  };
  EXPECT_THAT(ids(ada()), testing::ElementsAre("desktop", "notes"));
  EXPECT_THAT(ids(eve()), testing::ElementsAre("desktop"));
  const HttpAnswer icon = send(ada(), "GET", "/api/icons/notes");
  EXPECT_EQ(icon.status, 200);
  EXPECT_EQ(icon.headers.at("Content-Type"), "image/svg+xml");
  EXPECT_NE(icon.headers.at("Content-Security-Policy").find("default-src 'none'"), std::string::npos);
  EXPECT_EQ(send(eve(), "GET", "/api/icons/notes").body, send(eve(), "GET", "/api/icons/nothing").body);
}

TEST_F(ApiTest, AnAppIsInstalledByThoseWhoMayOpenIt) {
  const HttpAnswer answer = send(ada(), "GET", "/api/manifest/notes");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.headers.at("Content-Type"), "application/manifest+json");
  const Json manifest = answer.json();
  EXPECT_EQ(text_field(manifest, "id"), "/?app=notes");
  EXPECT_EQ(text_field(manifest, "start_url"), "/?app=notes#/s/notes");
  EXPECT_EQ(text_field(manifest.at("icons").at(0), "src"), "/api/icons/notes");
  EXPECT_EQ(text_field(manifest.at("icons").at(0), "sizes"), "any");
  EXPECT_EQ(send(eve(), "GET", "/api/manifest/notes").status, 404);
  EXPECT_EQ(send({}, "GET", "/api/manifest/notes").status, 401);
}

TEST_F(ApiTest, TheManifestOfAUserNamesWhatIsGrantedAsShortcuts) {
  const auto shortcuts = [&](const Browser& browser) {
    std::vector<std::string> found;
    const Json manifest = send(browser, "GET", "/api/manifest").json();
    for (const Json& one : manifest.at("shortcuts")) found.push_back(text_field(one, "url"));
    return found;
  };
  EXPECT_THAT(shortcuts(ada()), testing::ElementsAre("/?app=desktop#/s/desktop", "/?app=notes#/s/notes"));
  EXPECT_THAT(shortcuts(eve()), testing::ElementsAre("/?app=desktop#/s/desktop"));
  EXPECT_EQ(send({}, "GET", "/api/manifest").status, 401);
}

TEST_F(ApiTest, OpeningAnswersAtOnceWithATicketForThisOrigin) {
  const Browser browser = ada();
  const HttpAnswer answer = send(browser, "POST", "/api/sessions", open_body("notes"));
  ASSERT_EQ(answer.status, 200) << answer.body;
  const Json body = answer.json();
  EXPECT_EQ(text_field(body.at("session"), "state"), "provisioning");
  EXPECT_EQ(number_field(body, "expires_s"), 60);
  const Bytes bytes = base64url_decode(text_field(body, "ticket")).value();
  const Ticket ticket = TicketVerifier::from_pem(signer_.public_key_pem())
                            .value()
                            .verify(bytes, TicketKind::kViewer, static_cast<uint64_t>(std::time(nullptr)))
                            .value();
  EXPECT_EQ(ticket.origin, kOrigin);
  EXPECT_EQ(ticket.session, text_field(body.at("session"), "id"));
  const HttpAnswer again = send(browser, "POST", "/api/sessions", open_body("notes"));
  EXPECT_EQ(text_field(again.json().at("session"), "id"), ticket.session);
  EXPECT_NE(text_field(again.json(), "ticket"), text_field(body, "ticket"));
}

TEST_F(ApiTest, WithoutEntitlementAResourceOrSessionDoesNotExist) {
  const Browser owner = ada();
  const Browser other = eve();
  const HttpAnswer hidden = send(other, "POST", "/api/sessions", open_body("notes"));
  EXPECT_EQ(hidden.status, 404);
  EXPECT_EQ(hidden.body, send(other, "POST", "/api/sessions", open_body("no-such-thing")).body);
  const std::string id =
      text_field(send(owner, "POST", "/api/sessions", open_body("notes")).json().at("session"), "id");
  const std::string unknown = "aaaaaaaaaaaaaaaa";
  for (const auto& [method, tail] : {std::pair{"GET", ""}, {"DELETE", ""}, {"POST", "/ticket"}}) {
    const HttpAnswer foreign = send(other, method, "/api/sessions/" + id + tail);
    EXPECT_EQ(foreign.status, 404) << method;
    EXPECT_EQ(foreign.body, send(other, method, "/api/sessions/" + unknown + tail).body) << method;
  }
  ASSERT_EQ(administer("DELETE", "/api/admin/resources/notes/grants/user/ada").status, 204);
  EXPECT_EQ(send(owner, "POST", "/api/sessions/" + id + "/ticket").status, 404) << "the right was taken away";
}

TEST_F(ApiTest, EndingASessionTellsItsPageWhy) {
  const Browser browser = ada();
  const std::string id =
      text_field(send(browser, "POST", "/api/sessions", open_body("notes")).json().at("session"), "id");
  EXPECT_EQ(administer("DELETE", "/api/admin/sessions/" + id).status, 204);
  const Json session = send(browser, "GET", "/api/sessions/" + id).json().at("session");
  EXPECT_EQ(text_field(session, "state"), "ended");
  EXPECT_EQ(text_field(session, "detail"), "An administrator ended this session.");
  EXPECT_EQ(send(browser, "POST", "/api/sessions/" + id + "/ticket").status, 409);
  EXPECT_EQ(send(browser, "DELETE", "/api/sessions/" + id).status, 204) << "ending twice is fine";
  EXPECT_TRUE(send(browser, "GET", "/api/sessions").json().at("sessions").empty());
}

TEST_F(ApiTest, SigningOutEndsTheWebSessionAndTheDesktops) {
  const Browser browser = ada();
  send(browser, "POST", "/api/sessions", open_body("notes"));
  const HttpAnswer answer = send(browser, "POST", "/api/logout", Json::object());
  EXPECT_EQ(answer.status, 204);
  EXPECT_NE(answer.headers.at("Set-Cookie").find("Max-Age=0"), std::string::npos);
  EXPECT_EQ(send(browser, "GET", "/api/me").status, 401);
  EXPECT_TRUE(provisioner_.running().empty());
}

TEST_F(ApiTest, AGuestByLinkGetsItsSessionAndNothingElse) {
  const Browser visitor = guest();
  const Json me = send(visitor, "GET", "/api/me").json();
  const std::string id = text_field(me, "session");
  EXPECT_EQ(send(visitor, "POST", "/api/sessions/" + id + "/ticket").status, 200);
  EXPECT_EQ(send(visitor, "GET", "/api/catalogue").json().at("resources").size(), 1U);
  EXPECT_EQ(send(visitor, "POST", "/api/sessions", open_body("notes")).status, 200) << "back to the same session";
  EXPECT_EQ(send(visitor, "POST", "/api/sessions", open_body("desktop")).status, 403);
  const std::string other =
      text_field(send(ada(), "POST", "/api/sessions", open_body("desktop")).json().at("session"), "id");
  EXPECT_EQ(send(visitor, "GET", "/api/sessions/" + other).status, 404);
  EXPECT_EQ(send(visitor, "GET", "/api/sessions").json().at("sessions").size(), 1U);
  EXPECT_EQ(send(visitor, "POST", "/api/logout", Json::object()).status, 204);
  EXPECT_EQ(provisioner_.running().size(), 2U) << "the owner's sessions stay";
}

TEST_F(ApiTest, ALinkIsUsedUpByItsFirstUse) {
  const HttpAnswer made = administer("POST", "/api/admin/sessions", {{"user", "ada"}, {"resource", "notes"}});
  const std::string link = text_field(made.json(), "link");
  ASSERT_TRUE(link.starts_with(std::string(kOrigin) + "/#open="));
  const Json code = {{"code", link.substr(link.find('=') + 1)}};
  EXPECT_EQ(send({}, "POST", "/api/redeem", code, {{"X-Vitrine", "1"}}).status, 200);
  const HttpAnswer second = send({}, "POST", "/api/redeem", code, {{"X-Vitrine", "1"}});
  EXPECT_EQ(second.status, 401);
  EXPECT_NE(text_field(second.json(), "detail").find("used already"), std::string::npos);
  EXPECT_EQ(administer("POST", "/api/admin/sessions", {{"user", "eve"}, {"resource", "notes"}}).status, 404);
}

TEST_F(ApiTest, AChangedPasswordOrRemovedUserIsOutAtOnce) {
  const Browser browser = ada();
  EXPECT_EQ(administer("POST", "/api/admin/users/ada/password", {{"password", "a new long password"}}).status, 200);
  EXPECT_EQ(send(browser, "GET", "/api/me").status, 401);
  Browser again;
  EXPECT_EQ(log_in(again, "ada", "correct horse battery").status, 401);
  EXPECT_EQ(log_in(again, "ada", "a new long password").status, 200);
  send(again, "POST", "/api/sessions", open_body("notes"));
  EXPECT_EQ(administer("DELETE", "/api/admin/users/ada").status, 204);
  EXPECT_EQ(send(again, "GET", "/api/me").status, 401);
  EXPECT_TRUE(provisioner_.running().empty());
}

TEST_F(ApiTest, AdminVerbsSayWhatIsWrong) {
  const auto refused = [&](int status, const char* method, const std::string& target, const Json& body = Json()) {
    const HttpAnswer answer = administer(method, target, body);
    EXPECT_EQ(answer.status, status) << method << " " << target << ": " << answer.body;
    EXPECT_FALSE(text_field(answer.json(), "detail").empty());
  };
  refused(409, "POST", "/api/admin/users", {{"name", "Ada"}, {"password", "correct horse battery"}});
  refused(400, "POST", "/api/admin/users", {{"name", "../../etc"}, {"password", "correct horse battery"}});
  refused(400, "POST", "/api/admin/users", {{"name", "bob"}, {"password", "short"}});
  refused(404, "POST", "/api/admin/users",
          {{"name", "bob"}, {"password", "correct horse battery"}, {"groups", {"nobody"}}});
  EXPECT_FALSE(find_user(*store_.lease(), "bob").value().has_value()) << "half of it was done";
  refused(404, "DELETE", "/api/admin/users/nobody");
  refused(409, "DELETE", "/api/admin/users/root");
  refused(400, "POST", "/api/admin/resources", {{"kind", "app"}, {"id", "bad name"}, {"command", {"true"}}});
  refused(400, "POST", "/api/admin/resources", {{"kind", "app"}, {"id", "empty"}});
  refused(404, "POST", "/api/admin/resources",
          {{"kind", "app"}, {"id", "x"}, {"pool", "nowhere"}, {"command", {"true"}}});
  refused(409, "POST", "/api/admin/resources", {{"kind", "app"}, {"id", "desktop"}, {"command", {"true"}}});
  refused(409, "DELETE", "/api/admin/resources/desktop");
  refused(404, "PUT", "/api/admin/resources/notes/grants/user/nobody");
  refused(400, "PUT", "/api/admin/resources/notes/grants/robot/ada");
  refused(409, "DELETE", "/api/admin/groups/everyone");
  EXPECT_EQ(
      administer("POST", "/api/admin/resources", {{"kind", "app"}, {"id", "new"}, {"command", {"no-such-program"}}})
          .status,
      201);
}

TEST_F(ApiTest, MalformedRequestsDisturbNobody) {
  const std::string head =
      "POST /api/login HTTP/1.1\r\nHost: x\r\nOrigin: https://x\r\nX-Forwarded-Host: x\r\nX-Vitrine: 1\r\n";
  const auto status = [&](const std::string& bytes) { return parse_answer(exchange_bytes(gateway_, bytes)).status; };
  EXPECT_EQ(status("not http at all\r\n\r\n"), 400);
  EXPECT_EQ(status("GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\n\r\n"), 413);
  EXPECT_EQ(status(head + "Content-Length: 100000\r\n\r\n" + std::string(100'000, 'a')), 413);
  EXPECT_EQ(status(head + "Content-Length: 99999999999999999999999\r\n\r\n"), 400);
  for (const char* body :
       {"", "{", "[]", "\"x\"", "{\"username\":5}", "{\"username\":null,\"password\":[]}", "\xff\xfe"}) {
    const std::string length = std::to_string(std::string_view(body).size());
    EXPECT_EQ(status(head + "Connection: close\r\nContent-Length: " + length + "\r\n\r\n" + body), 400) << body;
  }
  EXPECT_EQ(status(head + "Connection: close\r\nContent-Length: 200001\r\n\r\n" + std::string(200'001, '[')), 413);
  EXPECT_EQ(send({}, "GET", "/api/health").status, 200);
}

TEST_F(ApiTest, ManyAtOnceAreAllAnswered) {
  const Browser browser = ada();
  std::vector<std::jthread> threads;
  std::atomic<int> good = 0;
  std::set<std::string> ids;
  std::mutex mutex;
  for (int i = 0; i < 24; ++i) {
    threads.emplace_back([&] {
      const HttpAnswer answer = send(browser, "POST", "/api/sessions", open_body("notes"));
      if (answer.status == 200) ++good;
      const std::lock_guard lock(mutex);
      if (answer.status == 200) ids.insert(text_field(answer.json().at("session"), "id"));
    });
  }
  threads.clear();
  EXPECT_EQ(good, 24);
  EXPECT_EQ(ids.size(), 1U) << "one session, whoever was first";
  EXPECT_EQ(provisioner_.running().size(), 1U);
}

TEST_F(ApiTest, TheAuditTellsWhoDidWhatAndItsChainHolds) {
  Browser browser = ada();
  log_in(browser, "ada", "wrong password");
  send(browser, "POST", "/api/sessions", open_body("notes"));
  administer("POST", "/api/admin/users", {{"name", "bob"}, {"password", "correct horse battery"}});
  administer("DELETE", "/api/admin/users/nobody");
  const auto rows =
      store_.lease()->run("SELECT actor, action, target, outcome FROM audit ORDER BY number", {}).value().rows;
  std::vector<std::string> told;
  for (const SqlRow& row : rows) {
    told.push_back(row.text(0) + " " + row.text(1) + " " + row.text(2).substr(0, 9) + " " + row.text(3));
    EXPECT_EQ(row.text(2).find("battery"), std::string::npos);
  }
  EXPECT_THAT(told, testing::ElementsAre("ada login  ok", "ada login  refused", "ada session.open ada/notes ok",
                                         "admin socket user.add bob ok", "admin socket user.remove nobody not_found"));
  EXPECT_TRUE(verify_audit(*store_.lease()).ok());
}

TEST(FirstStartTest, TheAdministratorsPasswordIsMadeUntilItWasToldOnce) {
  TestStore store;
  const auto prepare = [&] { return prepare_first_start(*store.lease(), store.hasher, 1).value(); };
  const auto first = prepare();
  ASSERT_TRUE(first.has_value());
  EXPECT_GE(list_resources(*store.lease()).value().size(), 4U);
  const auto second = prepare();
  ASSERT_TRUE(second.has_value()) << "a broker killed before it could tell must not lock everybody out";
  EXPECT_NE(first, second);
  PasswordSignIn sign_in(store.database, store.hasher);
  EXPECT_FALSE(sign_in.sign_in("admin", *first, "::1", 1).value().user.has_value());
  EXPECT_TRUE(sign_in.sign_in("admin", *second, "::1", 1).value().user->admin);
  ASSERT_TRUE(administrator_was_told(*store.lease()).ok());
  EXPECT_FALSE(prepare().has_value());
}

TEST_F(ApiTest, AnAdministratorSeesAndEndsTheBrowsersOfAUser) {
  const Browser first = ada();
  Browser second = ada();
  const Browser stranger = eve();
  ASSERT_EQ(send(first, "POST", "/api/sessions", open_body("notes")).status, 200);
  const Json listed = administer("GET", "/api/admin/users/ada/web-sessions").json().at("web_sessions");
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(text_field(listed.at(0), "address"), "10.1.1.1");
  EXPECT_EQ(administer("DELETE", "/api/admin/users/eve/web-sessions/" + text_field(listed.at(0), "id")).status, 404)
      << "it is not hers";
  EXPECT_EQ(administer("DELETE", "/api/admin/users/ada/web-sessions/" + text_field(listed.at(0), "id")).status, 204);
  EXPECT_EQ((send(first, "GET", "/api/me").status == 200) + (send(second, "GET", "/api/me").status == 200), 1);
  EXPECT_EQ(send(stranger, "POST", "/api/admin/users/ada/sign-out", Json::object()).status, 403);
  ASSERT_EQ(administer("POST", "/api/admin/users/ada/sign-out").status, 204);
  EXPECT_EQ(send(first, "GET", "/api/me").status, 401);
  EXPECT_EQ(send(second, "GET", "/api/me").status, 401);
  EXPECT_TRUE(administer("GET", "/api/admin/sessions").json().at("sessions").empty()) << "what ran has ended";
  EXPECT_EQ(send(stranger, "GET", "/api/me").status, 200);
  EXPECT_EQ(administer("GET", "/api/admin/users/nobody/web-sessions").status, 404);
}

TEST_F(ApiTest, WhoeverWaitsGetsAPlaceAndTheDesktopWhenOneIsFree) {
  ASSERT_EQ(administer("PUT", "/api/admin/pools/desktop", {{"max", 1}}).status, 200);
  const Browser first = ada();
  const Browser second = eve();
  const HttpAnswer opened = send(first, "POST", "/api/sessions", open_body("desktop"));
  ASSERT_EQ(opened.status, 200);
  Json patient = open_body("desktop");
  patient["wait"] = true;
  const HttpAnswer waits = send(second, "POST", "/api/sessions", patient);
  ASSERT_EQ(waits.status, 202) << waits.body;
  EXPECT_EQ(number_field(waits.json().at("waiting"), "place"), 1);
  EXPECT_EQ(send(second, "POST", "/api/sessions", open_body("desktop")).status, 503) << "and who does not is told why";
  const Json tiles = send(second, "GET", "/api/catalogue").json().at("resources");
  EXPECT_EQ(tiles.at(0).at("busy"), (Json{{"code", "full"}, {"in_use", 1}, {"most", 1}}));
  EXPECT_EQ(send(second, "DELETE", "/api/waiting/desktop").status, 204);
  ASSERT_EQ(send(second, "POST", "/api/sessions", patient).status, 202);
  const std::string session = text_field(opened.json().at("session"), "id");
  ASSERT_EQ(send(first, "DELETE", "/api/sessions/" + session).status, 204);
  EXPECT_EQ(send(second, "POST", "/api/sessions", patient).status, 200);
  ASSERT_EQ(administer("PUT", "/api/admin/pools/desktop", {{"draining", true}, {"message", "Soon."}}).status, 200);
  EXPECT_EQ(send(first, "GET", "/api/catalogue").json().at("resources").at(0).at("busy"),
            (Json{{"code", "draining"}, {"message", "Soon."}}));
}

}  // namespace
}  // namespace vitrine::broker
