// What holds of the whole REST API: its document, its lists, tokens of programs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/api/openapi.h"
#include "broker/identity/api_tokens.h"
#include "broker/session/session_reports.h"
#include "broker/store/audit.h"
#include "tests/unit/broker/site_fixture.h"

namespace vitrine::broker {
namespace {

TEST(ShapeTest, AShapeBecomesASchema) {
  EXPECT_EQ(schema_of("{name: text, age?: integer|null, of: [Thing], kind: 'a'|'b', more: {*: truth}}").value(),
            Json::parse(R"({"type":"object","required":["name","of","kind","more"],"properties":{
              "name":{"type":"string"},"age":{"anyOf":[{"type":"integer"},{"type":"null"}]},
              "of":{"type":"array","items":{"$ref":"#/components/schemas/Thing"}},
              "kind":{"anyOf":[{"const":"a"},{"const":"b"}]},
              "more":{"type":"object","additionalProperties":{"type":"boolean"}}}})"));
  EXPECT_EQ(schema_of("{name: text(1-60), more?: text(0-500)}").value(),
            Json::parse(R"({"type":"object","required":["name"],"properties":{
              "name":{"type":"string","minLength":1,"maxLength":60},"more":{"type":"string","maxLength":500}}})"));
  for (const char* wrong : {"text(", "text(1)", "text(1-)", "text(-2)", "text(1-2", "", "{", "{a}", "{a: }", "{a: text",
                            "[text", "words", "{a: text} b", "{a: 'x}", "{*: }"}) {
    EXPECT_FALSE(schema_of(wrong).ok()) << wrong;
  }
}

TEST(ShapeTest, WhatDoesNotFitIsNamed) {
  const Json named = {{"Thing", schema_of("{n: integer}").value()}};
  const Json schema = schema_of("{name: text, of?: [Thing], kind?: 'a'|'b'}", ShapeStrictness::kClosed).value();
  const auto said = [&](const char* text) {
    const auto checked = check_schema(Json::parse(text), schema, named);
    return checked.ok() ? std::string() : checked.error().message;
  };
  EXPECT_EQ(said(R"({"name":"x","of":[{"n":1},{"n":2}],"kind":"b"})"), "");
  EXPECT_EQ(said(R"({})"), "\"name\" is missing.");
  EXPECT_EQ(said(R"({"name":5})"), "\"name\" is not text.");
  EXPECT_EQ(said(R"({"name":"x","of":[{"n":1},{"n":"2"}]})"), "\"of[1].n\" is not a whole number.");
  EXPECT_EQ(said(R"({"name":"x","kind":"c"})"), "\"kind\" is not a or b.");
  EXPECT_EQ(said(R"({"name":"x","nmae":"y"})"), "\"nmae\" is not known here; there are kind, name, of.");
  EXPECT_EQ(said(R"([])"), "This is not an object.");
}

class RestTest : public SiteTestBase {
 protected:
  RestTest() : SiteTestBase("https://site") {
    store_.add_catalogue({"notes", "paint"});
    ada_ = store_.add_user("ada", "correct horse battery");
    root_ = store_.add_user("root", "administrator pass", true);
    EXPECT_TRUE(grant(*store_.lease(), "notes", {.group = false, .subject = "ada"}, 1).ok());
    EXPECT_TRUE(grant(*store_.lease(), "desktop", {.group = true, .subject = "everyone"}, 1).ok());
  }
  HttpResponse with_token(const std::string& secret, const std::string& method, const std::string& target,
                          const Json& body = Json(), std::map<std::string, std::string> more = {}) {
    more["authorization"] = "Bearer " + secret;
    more["x-forwarded-for"] = "10.1.1.1";
    return answer_to({.method = method, .target = target, .headers = more, .body = body.is_null() ? "" : body.dump()});
  }
  // Signed in as the administrator, or as ada.
  HttpResponse as(const User& user, const std::string& method, const std::string& target, const Json& body = Json()) {
    const std::string token = open_web_session(*store_.lease(), user.id, "", {}, std::time(nullptr)).take();
    return answer_to({.method = method,
                      .target = target,
                      .headers = {{"cookie", "__Host-vitrine=" + token}, {"x-csrf-token", csrf_token(token)}},
                      .body = body.is_null() ? "" : body.dump()});
  }
  std::string make_token(const std::string& name, const std::vector<std::string>& scopes, int64_t days = 1) {
    const HttpResponse made =
        administer("POST", "/api/admin/tokens", {{"name", name}, {"scopes", scopes}, {"days", days}});
    EXPECT_EQ(made.status, 201) << made.body;
    return text_field(Json::parse(made.body), "secret");
  }
  // As from our own page, where nobody is signed in.
  HttpResponse sign_in(const std::string& target, const Json& body = Json::object()) {
    return answer_to({.method = "POST",
                      .target = target,
                      .headers = {{"origin", "https://site"}, {"x-forwarded-host", "site"}, {"x-vitrine", "1"}},
                      .body = body.dump()});
  }
  // Whether an answer is what the document says of its route, to the last field.
  static void holds(const HttpResponse& answer, const char* method, std::string_view pattern) {
    const RouteDoc* doc = find_doc(method, pattern);
    ASSERT_NE(doc, nullptr) << pattern;
    EXPECT_LT(answer.status, 300) << pattern << ": " << answer.body;
    if (answer.content_type != "application/json") {
      EXPECT_TRUE(doc->answer.empty()) << pattern << ": " << answer.body;
      return;
    }
    const auto checked =
        check_schema(Json::parse(answer.body), schema_of(doc->answer, ShapeStrictness::kClosed).value(),
                     named_schemas(ShapeStrictness::kClosed));
    EXPECT_TRUE(checked.ok()) << method << " " << pattern << ": " << checked.error().message << "\n" << answer.body;
  }
  // An address of a route at which there is something.
  static std::string address_of(const std::string& pattern, const std::string& session) {
    static const std::map<std::string, std::string> kAddresses = {
        {"/api/icons/:id", "/api/icons/notes"},
        {"/api/manifest/:id", "/api/manifest/notes"},
        {"/api/admin/resources/:id/icon", "/api/admin/resources/notes/icon"},
        {"/api/admin/programs/:entry/icon", "/api/admin/programs/none/icon"},
        {"/api/admin/pools/:id", "/api/admin/pools/desktop"},
        {"/api/admin/policies/pools/:pool", "/api/admin/policies/pools/desktop"},
        {"/api/admin/policies/grants/:id/:kind/:subject", "/api/admin/policies/grants/notes/user/ada"},
        {"/api/admin/users/:name/factors", "/api/admin/users/ada/factors"},
        {"/api/admin/users/:name/web-sessions", "/api/admin/users/ada/web-sessions"},
        {"/api/admin/explain", "/api/admin/explain?user=ada&resource=notes"}};
    if (const auto found = kAddresses.find(pattern); found != kAddresses.end()) return found->second;
    std::string target = pattern;
    if (const size_t id = target.find(":id"); id != std::string::npos) target.replace(id, 3, session);
    return target;
  }
  // All pages of a list, and how many there were.
  std::vector<std::string> walk(const std::string& target, const char* list, const char* key, int& pages) {
    std::vector<std::string> found;
    std::string after;
    pages = 0;
    do {
      const HttpResponse answer = administer("GET", target + (after.empty() ? "" : "&after=" + after));
      EXPECT_EQ(answer.status, 200) << answer.body;
      const Json body = Json::parse(answer.body);
      for (const Json& item : body.at(list)) found.push_back(text_field(item, key));
      after = text_field(body, "next");
    } while (++pages < 100 && !after.empty());
    return found;
  }

  User ada_;
  User root_;
};

TEST_F(RestTest, EveryRouteIsDescribedAndEveryDescriptionHasItsRoute) {
  for (const Route& route : router_.routes()) {
    const RouteDoc* doc = find_doc(route.method, route.pattern);
    ASSERT_NE(doc, nullptr) << route.method << " " << route.pattern << " is missing in api/route_docs.cpp";
    EXPECT_FALSE(doc->summary.empty() || doc->summary.ends_with('.')) << route.pattern;
    if (!doc->scope.empty()) {
      EXPECT_EQ(route.access, Access::kAdmin) << route.pattern;
      EXPECT_NE(std::ranges::find(kTokenScopes, doc->scope), kTokenScopes.end()) << doc->scope;
    }
    for (const std::string_view shape : {doc->query, doc->body, doc->answer}) {
      EXPECT_TRUE(shape.empty() || schema_of(shape).ok()) << shape;
    }
  }
  for (const RouteDoc& doc : route_docs()) {
    const auto same = [&](const Route& route) { return doc.method == route.method && doc.pattern == route.pattern; };
    EXPECT_TRUE(std::ranges::any_of(router_.routes(), same)) << doc.pattern;
  }
}

TEST_F(RestTest, TheDocumentNamesEveryRouteAndRefersToWhatItDefines) {
  const Json document = Json::parse(as(ada_, "GET", "/api/openapi.json").body);
  EXPECT_EQ(document.at("openapi"), "3.1.0");
  size_t operations = 0;
  for (const auto& [path, item] : document.at("paths").items()) {
    EXPECT_EQ(path.find(':'), std::string::npos) << path;
    operations += item.size();
  }
  EXPECT_EQ(operations, router_.routes().size());
  const Json& grants = document.at("paths").at("/api/admin/resources/{id}/grants/{kind}/{subject}").at("put");
  EXPECT_EQ(grants.at("parameters").size(), 3U);
  EXPECT_EQ(grants.at("security").at(1).at("token").at(0), "catalogue");
  const std::string text = document.dump();
  const std::string marker = "#/components/schemas/";
  for (size_t at = text.find(marker); at != std::string::npos; at = text.find(marker, at + 1)) {
    const size_t begin = at + marker.size();
    EXPECT_TRUE(document.at("components").at("schemas").contains(text.substr(begin, text.find('"', begin) - begin)));
  }
}

TEST_F(RestTest, AnswersAreAsTheDocumentSays) {
  const Session session = sessions_.open(ada_, "notes", {}, {.name = "ada", .address = "::1"}, 10).take();
  SessionMeasure measure;
  measure.links = 1;
  ASSERT_TRUE(keep_report(*store_.lease(), session.id, measure, 20).ok());
  while (const auto report = provisioner_.next_report(0)) ASSERT_TRUE(sessions_.take_report(*report, 11).ok());
  make_token("reader", {"read"});
  ASSERT_EQ(administer("PUT", "/api/admin/policies/site", {{"max_sessions", 4}}).status, 200);
  ASSERT_EQ(administer("PUT", "/api/admin/second-factor/user/root").status, 204);
  for (const Route& route : router_.routes()) {
    if (std::string_view(route.method) != "GET" || !std::string_view(route.pattern).starts_with("/api/")) continue;
    // That one sends the browser on.
    if (std::string_view(route.pattern) == "/api/sign-in/:provider/return") continue;
    const User& who = route.access == Access::kAdmin ? root_ : ada_;
    const HttpResponse answer = as(who, "GET", address_of(route.pattern, session.id));
    EXPECT_EQ(answer.status, 200) << route.pattern << ": " << answer.body;
    holds(answer, route.method, route.pattern);
  }
}

// The most that the document lets a field of a request have, in characters.
size_t longest_of(const char* method, const char* pattern, const char* field) {
  const Json schema = schema_of(find_doc(method, pattern)->body).value();
  return schema.at("properties").at(field).at("maxLength").get<size_t>();
}

TEST_F(RestTest, TextsAreAsLongAsTheDocumentSaysInAnyScript) {
  const auto repeated = [](const char* character, size_t times) {
    std::string text;
    while (times-- > 0) text += character;
    return text;
  };
  int made = 0;
  const auto status = [&](const char* target, const char* field, const std::string& text) {
    Json body = {{field, text}};
    if (std::string_view(target) == "/api/admin/users") body["name"] = "u" + std::to_string(++made);
    return administer(std::string_view(target).ends_with("notes") ? "PUT" : "POST", target, body).status;
  };
  const char* const kUsers = "/api/admin/users";
  const char* const kNotes = "/api/admin/resources/notes";
  const size_t user = longest_of("POST", kUsers, "display_name");
  const size_t name = longest_of("PUT", "/api/admin/resources/:id", "name");
  const size_t description = longest_of("PUT", "/api/admin/resources/:id", "description");
  for (const char* character : {"x", "\xd8\xb9", "\xe5\x90\x8d", "\xf0\x9f\x96\xa5"}) {  // x, ع, 名, 🖥
    EXPECT_EQ(status(kUsers, "display_name", repeated(character, user)), 201) << character;
    EXPECT_EQ(status(kUsers, "display_name", repeated(character, user + 1)), 400) << character;
    EXPECT_EQ(status(kNotes, "name", repeated(character, name)), 200) << character;
    EXPECT_EQ(status(kNotes, "name", repeated(character, name + 1)), 400) << character;
    EXPECT_EQ(status(kNotes, "description", repeated(character, description)), 200) << character;
    EXPECT_EQ(status(kNotes, "description", repeated(character, description + 1)), 400) << character;
  }
  EXPECT_EQ(status(kUsers, "display_name", ""), 400);
  EXPECT_EQ(status(kNotes, "name", ""), 400);
}

TEST_F(RestTest, ChangesGiveBackWhatTheDocumentSays) {
  const Session session = sessions_.open(ada_, "notes", {}, {.name = "ada", .address = "::1"}, 10).take();
  const auto changes = [&](const char* method, const char* pattern, const std::string& target, const Json& body) {
    holds(administer(method, target, body), method, pattern);
  };
  changes("POST", "/api/admin/users", "/api/admin/users", {{"name", "new"}});
  changes("POST", "/api/admin/users/:name/password", "/api/admin/users/new/password", Json::object());
  changes("POST", "/api/admin/groups", "/api/admin/groups", {{"name", "new"}});
  const Json app = {{"kind", "app"}, {"id", "x"}, {"command", {"true"}}};
  changes("POST", "/api/admin/resources/check", "/api/admin/resources/check", app);
  changes("POST", "/api/admin/resources", "/api/admin/resources", app);
  changes("PUT", "/api/admin/resources/:id", "/api/admin/resources/x", {{"name", "X"}});
  changes("PUT", "/api/admin/resources/:id/terms", "/api/admin/resources/notes/terms", {{"preset", "sharp"}});
  changes("PUT", "/api/admin/pools/:id", "/api/admin/pools/desktop", {{"max", 9}});
  changes("PUT", "/api/admin/policies/site", "/api/admin/policies/site", {{"idle_limit", "2h"}});
  changes("PUT", "/api/admin/settings/:key", "/api/admin/settings/max_desktops", {{"value", 9}});
  changes("PUT", "/api/admin/audit/retention", "/api/admin/audit/retention", {{"days", 30}});
  changes("POST", "/api/admin/sessions", "/api/admin/sessions", {{"user", "ada"}, {"resource", "notes"}});
  changes("POST", "/api/admin/tokens", "/api/admin/tokens", {{"name", "t"}, {"scopes", {"read"}}});
  const Json settings = {{"issuer", "https://id.example"}, {"client_id", "vitrine"}};
  changes("POST", "/api/admin/providers", "/api/admin/providers",
          {{"id", "sso"}, {"kind", "oidc"}, {"settings", settings}});
  changes("PUT", "/api/admin/providers/:id", "/api/admin/providers/sso", {{"enabled", false}});
  holds(as(root_, "GET", "/api/admin/providers"), "GET", "/api/admin/providers");
  changes("PUT", "/api/admin/site", "/api/admin/site?dry_run=1",
          Json::parse(administer("GET", "/api/admin/site").body));

  const auto own = [&](const char* method, const char* pattern, const Json& body) {
    holds(as(ada_, method, address_of(pattern, session.id), body), method, pattern);
  };
  own("POST", "/api/sessions", {{"resource", "notes"}});
  own("POST", "/api/sessions/:id/ticket", Json());
  own("PUT", "/api/me/terms", {{"preset", "saver"}});
  own("PUT", "/api/me/password", {{"old", "correct horse battery"}, {"new", "another long password"}});
  own("POST", "/api/me/totp", Json());
  own("POST", "/api/me/passkeys/question", Json());
  own("POST", "/api/me/step-up/question", Json());
}

TEST_F(RestTest, SigningInGivesWhatTheDocumentSays) {
  const Json words = {{"username", "ada"}, {"password", "correct horse battery"}};
  holds(sign_in("/api/login", words), "POST", "/api/login");
  holds(sign_in("/api/login/passkey"), "POST", "/api/login/passkey");
  ASSERT_EQ(administer("PUT", "/api/admin/second-factor/user/ada").status, 204);
  const HttpResponse next = sign_in("/api/login", words);
  EXPECT_EQ(text_field(Json::parse(next.body), "next"), "enrolment") << next.body;
  holds(next, "POST", "/api/login");
}

// Services add fields of their own to what they send a browser back with.
TEST_F(RestTest, AServicesAnswerMayHoldMoreThanIsRead) {
  const HttpResponse answer = as(
      ada_, "GET", "/api/sign-in/sso/return?code=c&state=s&session_state=x&scope=openid&authuser=0&prompt=none&iss=i");
  EXPECT_EQ(answer.status, 303) << answer.body;
}

TEST_F(RestTest, FieldsOfAnotherTypeAndUnknownWordsOfAQueryAreNamed) {
  const HttpResponse wrong = administer("POST", "/api/admin/users", {{"name", "bob"}, {"admin", "yes"}});
  EXPECT_EQ(wrong.status, 400);
  EXPECT_NE(wrong.body.find("admin"), std::string::npos) << wrong.body;
  EXPECT_FALSE(find_user(*store_.lease(), "bob").value().has_value());
  for (const char* target : {"/api/admin/users?limt=5", "/api/admin/users?limit=0", "/api/admin/users?limit=x",
                             "/api/admin/users?limit=100000", "/api/admin/users?after=x", "/api/admin/users?after=WzFd",
                             "/api/admin/sessions?after=WyJhIiwiYiJd", "/api/me?x=1"}) {
    EXPECT_EQ(as(root_, "GET", target).status, 400) << target;
  }
}

TEST_F(RestTest, ListsComeInPagesThatNeitherRepeatNorSkip) {
  const auto connection = store_.lease();
  std::vector<std::string> names = {"ada", "root"};
  for (int i = 0; i < 25; ++i) {
    names.push_back("user" + std::to_string(i));
    User user{.id = random_id(), .name = names.back(), .display_name = "x"};
    ASSERT_TRUE(add_user(*connection, user).ok());
    ASSERT_TRUE(add_group(*connection, "group" + std::to_string(i), false, 1).ok());
    ASSERT_TRUE(add_member(*connection, "group" + std::to_string(i), user).ok());
    const std::string id = "s" + std::to_string(i);
    ASSERT_TRUE(insert_desktop(*connection, {.id = id, .pool = "desktop", .resource = "notes"}).ok());
    Session session{.id = id, .user_id = user.id, .user = user.name, .resource = "notes", .desktop = id};
    session.started_s = 5;  // all at once: the id decides
    ASSERT_TRUE(insert_session(*connection, session).ok());
    ASSERT_TRUE(keep_report(*connection, id, SessionMeasure(), 7 + i / 5).ok());
  }
  std::ranges::sort(names);
  int pages = 0;
  EXPECT_EQ(walk("/api/admin/users?limit=4", "users", "name", pages), names);
  EXPECT_EQ(pages, 7);
  EXPECT_EQ(walk("/api/admin/users?limit=27", "users", "name", pages).size(), 27U);
  EXPECT_EQ(pages, 1) << "a page that is just full is the last";
  for (const auto& [target, list, key, count] : {std::tuple{"/api/admin/groups?limit=3", "groups", "name", 26U},
                                                 std::tuple{"/api/admin/sessions?limit=3", "sessions", "session", 25U},
                                                 std::tuple{"/api/admin/reports?limit=3", "reports", "session", 25U},
                                                 std::tuple{"/api/admin/resources?limit=2", "resources", "id", 3U}}) {
    std::vector<std::string> found = walk(target, list, key, pages);
    EXPECT_EQ(found.size(), count) << target;
    std::ranges::sort(found);
    EXPECT_EQ(std::ranges::adjacent_find(found), found.end()) << target;
  }
  const Json users = Json::parse(administer("GET", "/api/admin/users?limit=5").body).at("users");
  EXPECT_EQ(users.at(2).at("groups"), Json({"group0"}));
}

TEST_F(RestTest, ATokenDoesWhatItsScopesSayAndNothingElse) {
  const std::string users = make_token("sync", {"users"});
  EXPECT_EQ(with_token(users, "GET", "/api/admin/users").status, 200);
  EXPECT_EQ(with_token(users, "POST", "/api/admin/users", {{"name", "bob"}}).status, 201) << "and needs no CSRF token";
  EXPECT_EQ(with_token(users, "GET", "/api/admin/sessions").status, 403);
  EXPECT_EQ(with_token(users, "POST", "/api/admin/resources", {{"kind", "app"}, {"id", "x"}}).status, 403);
  const std::string read = make_token("reader", {"read"});
  for (const Route& route : router_.routes()) {
    const RouteDoc* doc = find_doc(route.method, route.pattern);
    if (route.access == Access::kOpen || route.access == Access::kSignIn) continue;
    const bool sees = route.access == Access::kAdmin && doc != nullptr && !doc->scope.empty() &&
                      std::string_view(route.method) == "GET";
    const int status = with_token(read, route.method, route.pattern).status;
    EXPECT_THAT(status, sees ? testing::AnyOf(200, 400, 404) : testing::AnyOf(403, 403, 403))
        << route.method << " " << route.pattern;
  }
  EXPECT_EQ(store_.lease()->run("SELECT actor FROM audit WHERE action = 'user.add'", {}).value().rows[0].text(0),
            "token sync");
}

TEST_F(RestTest, ATokenEndsWithItsTimeItsRemovalAndItsOwner) {
  const std::string secret = make_token("sync", {"users"});
  EXPECT_EQ(with_token(secret, "GET", "/api/admin/users").status, 200);
  for (const std::string& wrong : {secret + "x", std::string("vitrine_"), std::string(), std::string(5000, 'a'),
                                   secret.substr(8), "vitrine_" + std::string(43, 'A')}) {
    EXPECT_EQ(with_token(wrong, "GET", "/api/admin/users").status, 401) << wrong;
  }
  const auto rows = store_.lease()->run("SELECT token_hash, used_s, used_from FROM api_tokens", {}).value().rows;
  EXPECT_EQ(rows[0].text(0), sha256_hex(secret)) << "the secret itself is kept nowhere";
  EXPECT_GT(rows[0].integer(1), 0);
  EXPECT_EQ(rows[0].text(2), "10.1.1.1");
  EXPECT_EQ(administer("GET", "/api/admin/tokens").body.find(secret.substr(8)), std::string::npos);
  ASSERT_TRUE(store_.lease()->run("UPDATE api_tokens SET expires_s = 5", {}).ok());
  EXPECT_EQ(with_token(secret, "GET", "/api/admin/users").status, 401);
  EXPECT_EQ(administer("DELETE", "/api/admin/tokens/sync").status, 204);
  EXPECT_EQ(administer("DELETE", "/api/admin/tokens/sync").status, 404);

  const HttpResponse own = as(root_, "POST", "/api/admin/tokens", {{"name", "own"}, {"scopes", {"read"}}});
  const std::string of_root = text_field(Json::parse(own.body), "secret");
  EXPECT_EQ(with_token(of_root, "GET", "/api/admin/users").status, 200);
  ASSERT_TRUE(store_.lease()->run("UPDATE users SET admin = 0 WHERE name = 'root'", {}).ok());
  EXPECT_EQ(with_token(of_root, "GET", "/api/admin/users").status, 401) << "its owner is no administrator any more";
  ASSERT_TRUE(remove_user(*store_.lease(), root_).ok());
  EXPECT_EQ(Json::parse(administer("GET", "/api/admin/tokens").body).at("tokens").size(), 0U);
}

TEST_F(RestTest, TokensAreMadeByPeopleOnlyAndForSomething) {
  const std::string all = make_token("all", {"read", "users", "catalogue", "sessions", "audit", "site"});
  EXPECT_EQ(with_token(all, "POST", "/api/admin/tokens", {{"name", "more"}, {"scopes", {"read"}}}).status, 403);
  EXPECT_EQ(with_token(all, "GET", "/api/me").status, 403);
  EXPECT_EQ(with_token(all, "GET", "/api/admin/users", Json(), {{"origin", "https://evil"}}).status, 403);
  for (const Json& wrong : {Json{{"name", "x"}, {"scopes", Json::array()}}, Json{{"name", "x"}, {"scopes", {"root"}}},
                            Json{{"name", "../x"}, {"scopes", {"read"}}}, Json{{"name", "x"}, {"scopes", "read"}},
                            Json{{"name", "x"}, {"scopes", {"read"}}, {"days", 0}}}) {
    EXPECT_EQ(administer("POST", "/api/admin/tokens", wrong).status, 400) << wrong;
  }
  EXPECT_EQ(administer("POST", "/api/admin/tokens", {{"name", "all"}, {"scopes", {"read"}}}).status, 409);
}

}  // namespace
}  // namespace vitrine::broker
