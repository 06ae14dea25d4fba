// The attack list: what somebody might try, and where it is shown that it comes to nothing. Here is what has to do with
// the broker's answers; the rest has its own place:
//
//   forged, altered, cut, expired tickets,    tests/unit/protocol/ticket_test, tests/unit/gateway/admission_test,
//   those of another broker or origin         gateway_link_test, tests/e2e/rights.test.mjs
//   replayed tickets                          tests/unit/protocol/used_tickets_test, gateway_link_test, rights.test.mjs
//   tickets carried to another address        admission_test; tickets from before a change: desktop_agent_test
//   WebSocket from a foreign origin           gateway_link_test (RefusesPagesOfOtherOrigins)
//   session fixation, CSRF, foreign origins   api_test, for every route there is
//   enumeration by work, brute force          identity_test (SignInTest, LoginThrottleTest)
//   static files outside the page's folder    gateway_http_test (NothingOutsideTheClientFolderCanBeAskedFor)
//   request smuggling, forged forwarding      gateway_http_test, http_rules_test
//   copied links                              api_test (one-time links), rights.test.mjs
//   a cut or rewritten audit log              audit_test
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <set>

#include "broker/catalogue/policy_store.h"
#include "broker/identity/secrets.h"
#include "broker/provision/files.h"
#include "broker/store/audit.h"
#include "tests/unit/broker/site_fixture.h"

namespace vitrine::broker {
namespace {

using testing::HasSubstr;
using testing::Not;

enum Role : uint8_t { kNobody, kGuest, kUserAda, kOtherUser, kAdministrator, kAdminSocket, kRoles };
constexpr std::array<const char*, kRoles> kRoleNames = {"nobody",       "a guest by link",  "a user",
                                                        "another user", "an administrator", "the admin socket"};

// What each role is answered by the access of a route: a status, or kPass for whatever the handler has to say.
constexpr int kPass = 0;
struct Expected {
  Access access;
  std::array<int, kRoles> status;
};
constexpr Expected kExpected[] = {
    //                     nobody guest  user   other  admin  socket
    {Access::kOpen, {kPass, kPass, kPass, kPass, kPass, kPass}},
    {Access::kSignIn, {kPass, kPass, kPass, kPass, kPass, 401}},
    {Access::kUserOrLink, {401, kPass, kPass, kPass, kPass, 401}},
    {Access::kUser, {401, 403, kPass, kPass, kPass, 401}},
    {Access::kAdmin, {401, 403, 403, 403, kPass, kPass}},
};

class AttackTest : public SiteTestBase {
 protected:
  AttackTest() : SiteTestBase("https://here") {
    store_.add_catalogue({"notes"});
    for (const char* name : {"ada", "eve"}) store_.add_user(name, "correct horse battery");
    store_.add_user("root", "administrator pass", true);
    EXPECT_TRUE(grant(*store_.lease(), "notes", {.group = false, .subject = "ada"}, 1).ok());
  }
  User user(const std::string& name) { return *find_user(*store_.lease(), name).value(); }
  // A browser that is signed in anew, so that a route that signs out disturbs no other.
  std::string token(const std::string& name, const std::string& only = "", int64_t second_factor_s = 0) {
    return open_web_session(*store_.lease(), user(name).id, only,
                            {.provider = "local", .second_factor_s = second_factor_s, .address = "", .browser = ""},
                            std::time(nullptr))
        .take();
  }
  HttpResponse send(const std::string& token, const std::string& method, const std::string& target,
                    const Json& body = Json(), const std::map<std::string, std::string>& extra = {}) {
    HttpRequest request{.method = method,
                        .target = target,
                        .headers = {{"origin", "https://here"},
                                    {"x-vitrine", "1"},
                                    {"x-forwarded-host", "here"},
                                    {"x-forwarded-proto", "https"},
                                    {"x-forwarded-for", "10.0.0.9"}},
                        .body = body.is_null() ? "" : to_line(body)};
    if (!token.empty()) {
      request.headers["cookie"] = "__Host-vitrine=" + token;
      request.headers["x-csrf-token"] = csrf_token(token);
    }
    for (const auto& [name, value] : extra) request.headers[name] = value;
    return answer_to(request);
  }
  HttpResponse as(Role role, const std::string& method, const std::string& target) {
    switch (role) {
      case kNobody: return send("", method, target);
      case kGuest: return send(token("ada", session_), method, target);
      case kUserAda: return send(token("ada"), method, target);
      case kOtherUser: return send(token("eve"), method, target);
      case kAdministrator: return send(token("root"), method, target);
      case kAdminSocket:
      case kRoles: break;
    }
    return administer(method, target);
  }
  std::string open_notes() {
    const auto opened = send(token("ada"), "POST", "/api/sessions", {{"resource", "notes"}});
    return text_field(object_field(parse_object(opened.body).take(), "session"), "id");
  }
  static std::string code(const HttpResponse& response) {
    return text_field(parse_object(response.body).take(), "code");
  }
  static std::string example_of(const Route& route) {
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
  Ticket ticket_in(const HttpResponse& response) {
    const auto bytes = base64url_decode(text_field(parse_object(response.body).take(), "ticket")).take();
    const auto verifier = TicketVerifier::from_pem(signer_.public_key_pem()).take();
    return verifier.verify(bytes, TicketKind::kViewer, static_cast<uint64_t>(std::time(nullptr))).take();
  }

  std::string session_ = "none";
};

TEST_F(AttackTest, EveryRouteAnswersEveryRoleAsItsAccessSays) {
  session_ = open_notes();
  for (const Route& route : router_.routes()) {
    const auto* expected =
        std::ranges::find_if(kExpected, [&](const Expected& one) { return one.access == route.access; });
    ASSERT_NE(expected, std::end(kExpected)) << "an access that this test does not know: " << route.pattern;
    for (int role = kNobody; role < kRoles; ++role) {
      const HttpResponse answer = as(static_cast<Role>(role), route.method, example_of(route));
      int wanted = expected->status[static_cast<size_t>(role)];
      // A guest opens what the link is for and nothing else, not even "nothing".
      if (role == kGuest && std::string(route.method) + route.pattern == "POST/api/sessions") wanted = 403;
      const std::string where =
          std::string(route.method) + " " + route.pattern + " as " + kRoleNames[static_cast<size_t>(role)];
      if (wanted != kPass) {
        EXPECT_EQ(answer.status, wanted) << where;
      } else {
        EXPECT_NE(answer.status, 403) << where << ": " << answer.body;
        EXPECT_LT(answer.status, 500) << where << ": " << answer.body;
        // Signing in without a password is the one way in that says so.
        EXPECT_TRUE(route.access == Access::kSignIn || answer.status != 401) << where;
      }
    }
  }
}

TEST_F(AttackTest, WhatIsAnothersDoesNotExist) {
  session_ = open_notes();
  const std::vector<std::pair<std::string, std::string>> own = {{"GET", "/api/sessions/" + session_},
                                                                {"POST", "/api/sessions/" + session_ + "/ticket"},
                                                                {"GET", "/api/icons/notes"}};
  for (const auto& [method, target] : own) {
    EXPECT_EQ(as(kUserAda, method, target).status, 200) << target;
    EXPECT_EQ(as(kGuest, method, target).status, 200) << target;
    EXPECT_EQ(as(kOtherUser, method, target).status, 404) << target;
    EXPECT_EQ(as(kAdministrator, method, target).status, 404) << target << ": an administrator is no spy";
  }
  EXPECT_EQ(as(kOtherUser, "DELETE", "/api/sessions/" + session_).status, 404);
  EXPECT_EQ(as(kUserAda, "GET", "/api/sessions/" + session_).status, 200);
}

TEST_F(AttackTest, NothingRedirects) {
  for (const std::string target :
       {"/api/login?next=https://evil.example/", "/api/redeem?return=//evil.example", "//evil.example/",
        "/\\evil.example", "/api/me/..//evil.example", "/api/logout?url=https://evil.example", "/%2f%2fevil.example"}) {
    for (const char* method : {"GET", "POST"}) {
      const HttpResponse answer = send(token("ada"), method, target, Json::object());
      EXPECT_TRUE(answer.status < 300 || answer.status >= 400) << target;
      for (const auto& [name, value] : answer.headers) EXPECT_THAT(name, Not(testing::StrCaseEq("location"))) << target;
      EXPECT_THAT(answer.body, Not(HasSubstr("evil.example"))) << target;
    }
  }
}

TEST_F(AttackTest, LinksNameTheSiteAndNotWhatARequestCallsIt) {
  const std::map<std::string, std::string> forged = {
      {"x-forwarded-host", "evil.example"}, {"host", "evil.example"}, {"origin", "https://evil.example"}};
  const HttpResponse answer =
      send(token("root"), "POST", "/api/admin/sessions", {{"user", "ada"}, {"resource", "notes"}}, forged);
  ASSERT_EQ(answer.status, 201) << answer.body;
  EXPECT_TRUE(text_field(parse_object(answer.body).take(), "link").starts_with("https://here/#open="));
}

const std::vector<std::string> kInjections = {"' OR '1'='1",
                                              "'; DROP TABLE users; --",
                                              "\" OR \"\"=\"",
                                              "ada'--",
                                              "$1",
                                              "ada\\",
                                              "%",
                                              "_",
                                              "1); DELETE FROM audit; --",
                                              "\xef\xbc\x87 OR 1=1",
                                              std::string("ada\0eve", 7),
                                              std::string(4000, '\'')};

TEST_F(AttackTest, SqlInTextFieldsIsText) {
  session_ = open_notes();
  const std::string admin = token("root");
  for (const std::string& evil : kInjections) {
    const std::vector<std::tuple<std::string, std::string, Json>> requests = {
        {"POST", "/api/login", {{"username", evil}, {"password", evil}}},
        {"POST", "/api/login", {{"username", "ada"}, {"password", evil}}},
        {"POST", "/api/redeem", {{"code", evil}}},
        {"POST", "/api/sessions", {{"resource", evil}, {"width", evil}}},
        {"PUT", "/api/me/terms", {{"preset", evil}}},
        {"POST", "/api/admin/users", {{"name", evil}, {"password", "correct horse battery"}}},
        {"POST", "/api/admin/users", {{"name", "x1"}, {"password", "correct horse battery"}, {"groups", {evil}}}},
        {"POST", "/api/admin/groups", {{"name", evil}}},
        {"POST", "/api/admin/resources", {{"kind", "app"}, {"id", evil}, {"command", {evil}}}},
        {"POST", "/api/admin/resources", {{"kind", "app"}, {"id", "x2"}, {"pool", evil}, {"command", {"true"}}}},
        {"POST", "/api/admin/sessions", {{"user", evil}, {"resource", evil}}},
        {"PUT", "/api/admin/policies/site", {{evil, evil}, {"hours", evil}}},
        {"PUT", "/api/admin/policies/site", {{"networks", evil}}},
    };
    for (const auto& [method, target, body] : requests) {
      const HttpResponse answer = send(admin, method, target, body);
      EXPECT_GE(answer.status, 400) << target << " " << body;
      EXPECT_LT(answer.status, 500) << target << " " << body << ": " << answer.body;
    }
    std::string escaped;
    for (const char c : evil.substr(0, 200)) {
      constexpr const char* kHex = "0123456789ABCDEF";
      escaped += {'%', kHex[static_cast<unsigned char>(c) >> 4], kHex[static_cast<unsigned char>(c) & 15]};
    }
    for (const auto& [method, target] :
         std::vector<std::pair<std::string, std::string>>{{"GET", "/api/sessions/"},
                                                          {"GET", "/api/icons/"},
                                                          {"DELETE", "/api/admin/users/"},
                                                          {"DELETE", "/api/admin/groups/"},
                                                          {"DELETE", "/api/admin/resources/"},
                                                          {"DELETE", "/api/admin/sessions/"},
                                                          {"PUT", "/api/admin/policies/pools/"},
                                                          {"GET", "/api/admin/policies/grants/notes/user/"},
                                                          {"PUT", "/api/admin/resources/notes/grants/group/"},
                                                          {"GET", "/api/admin/explain?resource=notes&user="}}) {
      const HttpResponse answer =
          send(admin, method, target + escaped, method == "PUT" ? Json{{"view_only", "no"}} : Json());
      EXPECT_EQ(answer.status, 404) << method << " " << target << evil << ": " << answer.body;
    }
    for (const char* field : {"actor", "action", "target", "outcome"}) {
      const HttpResponse answer = send(admin, "GET", std::string("/api/admin/audit?") + field + "=" + escaped);
      EXPECT_EQ(answer.status, 200) << field << answer.body;
    }
  }
  const auto count = [&](const std::string& table) {
    return store_.lease()->run("SELECT COUNT(*) FROM " + table, {}).value().rows.front().integer(0);
  };
  EXPECT_EQ(count("users"), 3);
  EXPECT_EQ(count("apps"), 1);
  EXPECT_EQ(count("entitlements"), 1);
  EXPECT_TRUE(verify_audit(*store_.lease()).ok());
}

TEST_F(AttackTest, WhatMayBeAnyTextComesBackAsItWas) {
  const std::string evil = "Robert'); DROP TABLE users;-- <script>alert(1)</script>";
  ASSERT_EQ(administer("POST", "/api/admin/users",
                       {{"name", "bob"}, {"display_name", evil}, {"password", "correct horse battery"}})
                .status,
            201);
  EXPECT_EQ(user("bob").display_name, evil);
  const HttpResponse me = send(token("bob"), "GET", "/api/me");
  EXPECT_EQ(text_field(object_field(parse_object(me.body).take(), "user"), "display_name"), evil);
  EXPECT_EQ(me.content_type, "application/json");
  EXPECT_THAT(me.headers, testing::Contains(testing::Pair("X-Content-Type-Options", "nosniff")));
}

TEST_F(AttackTest, NoNameLeadsToAFile) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_file(folder.path + "/x.desktop", "[Desktop Entry]\nIcon=../../../../../etc/passwd\n", 0600).ok());
  const std::string up = "../../../../../../../../";
  for (const std::string& entry : {up + folder.path + "/x.desktop", folder.path + "/x.desktop", up + "etc/passwd",
                                   std::string("..\\..\\etc\\passwd"), std::string("x.desktop\0.png", 14)}) {
    ASSERT_EQ(administer("POST", "/api/admin/resources",
                         {{"kind", "app"}, {"id", "trap"}, {"command", {"true"}}, {"desktop_entry", entry}})
                  .status,
              201);
    ASSERT_EQ(administer("PUT", "/api/admin/resources/trap/grants/user/ada").status, 204);
    const HttpResponse icon = send(token("ada"), "GET", "/api/icons/trap");
    EXPECT_EQ(icon.status, 200);
    EXPECT_EQ(icon.content_type, "image/svg+xml");
    EXPECT_THAT(icon.body, Not(HasSubstr("root:")));
    EXPECT_THAT(icon.body, HasSubstr(">T<")) << "the drawn tile";
    ASSERT_EQ(administer("DELETE", "/api/admin/resources/trap").status, 204);
  }
  for (const char* name : {"..", ".", "../ada", "a/b", "/etc", "ada/../eve", "..%2f", "-rf", "~", "a\nb", "", "A"}) {
    EXPECT_FALSE(check_name("user", name).ok()) << name;
  }
  for (const char* target :
       {"/api/icons/..%2f..%2f..%2fetc%2fpasswd", "/api/icons/%2e%2e", "/api/icons/notes%00.png",
        "/api/icons/../../etc/passwd", "/api/sessions/..%2f..%2fadmin%2fusers", "/api/icons/%zz"}) {
    EXPECT_EQ(send(token("ada"), "GET", target).status, 404) << target;
  }
}

TEST_F(AttackTest, AnswersTellNothingOfNames) {
  const auto sign_in = [&](const std::string& name) {
    return send("", "POST", "/api/login", {{"username", name}, {"password", "a wrong password"}});
  };
  ASSERT_TRUE(store_.lease()->run("UPDATE users SET disabled = 1 WHERE name = 'eve'", {}).ok());
  const HttpResponse known = sign_in("ada");
  EXPECT_EQ(known.status, 401);
  for (const char* other : {"nobody", "eve", "admin socket", "ada "}) {
    const HttpResponse answer = sign_in(other);
    EXPECT_EQ(answer.body, known.body) << other;
    EXPECT_EQ(answer.status, known.status);
    EXPECT_EQ(answer.headers, known.headers);
  }
  // The right password of a disabled account tells nothing either.
  EXPECT_EQ(send("", "POST", "/api/login", {{"username", "eve"}, {"password", "correct horse battery"}}).body,
            known.body);
}

TEST_F(AttackTest, GuessingIsPutOffAndLeavesATrace) {
  int put_off = 0;
  for (int i = 0; i < 30; ++i) {
    const auto answer =
        send("", "POST", "/api/login", {{"username", "ada"}, {"password", "guess " + std::to_string(i)}});
    if (answer.status == 429) ++put_off;
  }
  EXPECT_GE(put_off, 20);
  const auto refused = find_audit(*store_.lease(), {.after = 0, .action = "login", .outcome = "refused"}).value();
  EXPECT_EQ(refused.size(), static_cast<size_t>(30 - put_off)) << "and floods no log";
}

TEST_F(AttackTest, StalePagesGetWhatIsTrueNow) {
  session_ = open_notes();
  const std::string page = token("ada");
  const std::string ticket = "/api/sessions/" + session_ + "/ticket";
  EXPECT_NE(ticket_in(send(page, "POST", ticket)).rights & kMayInput, 0U);
  const std::string policy = "/api/admin/policies/grants/notes/user/ada";
  ASSERT_EQ(administer("PUT", policy, {{"view_only", "yes"}}).status, 200);
  constexpr uint32_t kLooks = kMayView | kMayCopyText | kMayCopyHtml | kMayCopyImage;
  EXPECT_EQ(ticket_in(send(page, "POST", ticket)).rights, kLooks);
  // A forged wish for more is no wish at all.
  EXPECT_EQ(ticket_in(send(page, "POST", ticket, {{"rights", 7}, {"view_only", false}, {"address", ""}})).rights,
            kLooks);
  ASSERT_EQ(administer("PUT", policy, {{"networks", "192.0.2.0/24"}}).status, 200);
  EXPECT_EQ(send(page, "POST", ticket).status, 403);
  EXPECT_EQ(send(page, "POST", ticket, Json(), {{"x-real-ip", "192.0.2.1"}, {"forwarded", "for=192.0.2.1"}}).status,
            403);
  ASSERT_EQ(administer("PUT", policy, {{"networks", "any"}, {"step_up", "5m"}}).status, 200);
  const HttpResponse weak = send(page, "POST", ticket);
  EXPECT_EQ(weak.status, 403);
  EXPECT_EQ(code(weak), "step_up_required");
  EXPECT_EQ(send(token("ada", "", std::time(nullptr) - 60), "POST", ticket).status, 200);
  EXPECT_EQ(send(token("ada", session_), "POST", ticket).status, 403) << "a link is no second factor";
  const HttpResponse shown = send(page, "GET", "/api/catalogue");
  EXPECT_EQ(text_field(parse_object(shown.body).take()["resources"][0]["refused"], "code"), "step_up_required");
  ASSERT_EQ(administer("DELETE", "/api/admin/resources/notes/grants/user/ada").status, 204);
  EXPECT_EQ(send(page, "POST", ticket).status, 404);
  EXPECT_EQ(send(page, "POST", "/api/sessions", {{"resource", "notes"}}).status, 404);
}

TEST_F(AttackTest, RefusedAttemptsOfKnownUsersAreInTheAudit) {
  EXPECT_EQ(send(token("eve"), "DELETE", "/api/admin/users/ada").status, 403);
  EXPECT_EQ(send(token("eve"), "POST", "/api/sessions", {{"resource", "notes"}}).status, 404);
  EXPECT_EQ(send("", "DELETE", "/api/admin/users/ada").status, 401);
  std::vector<std::string> told;
  for (const AuditRecord& one : find_audit(*store_.lease(), {.after = 0}).take()) {
    told.push_back(one.entry.actor + " " + one.entry.action + " " + one.entry.target + " " + one.entry.outcome);
  }
  EXPECT_THAT(told, testing::ElementsAre("eve user.remove DELETE /api/admin/users/:name forbidden",
                                         "eve session.open eve/notes not_found"));
}

TEST_F(AttackTest, PoliciesAreExplainedAndTheirChangesRecorded) {
  ASSERT_EQ(administer("PUT", "/api/admin/policies/site", {{"hours", "UTC mon-fri 08:00-18:00"}}).status, 200);
  ASSERT_EQ(administer("PUT", "/api/admin/policies/pools/desktop", {{"view_only", "yes"}}).status, 200);
  EXPECT_EQ(administer("PUT", "/api/admin/policies/site", {{"audio", "no"}}).status, 422);
  EXPECT_EQ(administer("PUT", "/api/admin/policies/grants/notes/group/everyone", {{"view_only", "yes"}}).status, 404);
  const auto explained = [&](const std::string& rest) {
    return parse_object(administer("GET", "/api/admin/explain?user=ada&resource=notes" + rest).body).take();
  };
  const Json sunday = explained("&at=2026-01-04T12:00");
  EXPECT_EQ(sunday["outcome"]["allowed"], false);
  EXPECT_EQ(sunday["outcome"]["reason"], "It can be used from Monday 08:00 (UTC) on.");
  EXPECT_EQ(explained("&at=2026-01-05T12:00:00Z")["outcome"]["allowed"], true);
  EXPECT_EQ(explained("&at=1767614400&from=nowhere")["outcome"]["allowed"], true) << "no networks are demanded";
  const Json& first = sunday["settings"][0];
  EXPECT_EQ(first["name"], "view_only");
  EXPECT_EQ(first["sources"][0], "the default of the pool desktop");
  EXPECT_EQ(administer("GET", "/api/admin/explain?user=ada&resource=notes&at=soon").status, 400);
  EXPECT_EQ(administer("GET", "/api/admin/explain?user=ada").status, 400);
  const auto set = find_audit(*store_.lease(), {.after = 0, .action = "policy.set", .outcome = "ok"}).value();
  ASSERT_EQ(set.size(), 2U);
  EXPECT_EQ(set[1].entry.detail, "from nothing to view_only: yes");
}

}  // namespace
}  // namespace vitrine::broker
