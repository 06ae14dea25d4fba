// What administrators' pages follow: sessions as they change, what can be done to them, and publishing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/catalogue/desktop_entry.h"
#include "broker/session/live_sessions.h"
#include "broker/session/session_reports.h"
#include "broker/store/settings.h"
#include "tests/unit/broker/site_fixture.h"

namespace vitrine::broker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class LiveTest : public SiteTestBase {
 protected:
  LiveTest() : SiteTestBase("https://vitrine.example") {
    store_.add_catalogue({"notes", "paint"});
    ada_ = store_.add_user("ada", "correct horse battery");
    EXPECT_TRUE(grant(*store_.lease(), "notes", {.group = true, .subject = "everyone"}, 1).ok());
    EXPECT_TRUE(grant(*store_.lease(), "paint", {.group = true, .subject = "everyone"}, 1).ok());
  }

  Json answer(const std::string& method, const std::string& target, const Json& body = Json()) {
    const HttpResponse response = administer(method, target, body);
    EXPECT_EQ(response.status, 200) << response.body;
    return Json::parse(response.body);
  }
  Session open(const std::string& resource, int64_t now_s) {
    return sessions_.open(ada_, resource, {}, {.name = "ada", .address = "10.0.0.7"}, now_s).take();
  }
  static std::vector<std::string> names(const Json& list) {
    std::vector<std::string> found;
    for (const Json& item : list) found.push_back(item["session"]);
    return found;
  }

  User ada_;
};

TEST_F(LiveTest, SaysWhoHasWhatFromWhereAndHowItAnswers) {
  const Session session = open("notes", 1000);
  ASSERT_TRUE(note_place(*store_.lease(), session.id, {.address = "10.0.0.7", .browser = "Mozilla/5.0"}, 1001).ok());
  SessionMeasure measure;
  measure.links = 1;
  measure.bytes_down = 5000;
  measure.response.add(40 * kMillisecond);
  ASSERT_TRUE(keep_report(*store_.lease(), session.id, measure, 1002).ok());
  const Json one = answer("GET", "/api/admin/live")["sessions"].at(0);
  EXPECT_EQ(one["user"], "ada");
  EXPECT_EQ(one["kind"], "app");
  EXPECT_EQ(one["pool"], "desktop");
  EXPECT_EQ(one["address"], "10.0.0.7");
  EXPECT_EQ(one["browser"], "Mozilla/5.0");
  EXPECT_EQ(one["measure"]["bytes_down"], 5000);
  EXPECT_EQ(one["measure"]["measured_s"], 1002);
  EXPECT_EQ(one["measure"]["response"]["count"], 1);
  EXPECT_EQ(answer("GET", "/api/admin/live/" + session.id)["session"], one);
}

TEST_F(LiveTest, OnlyWhatChangedSinceIsTold) {
  const Session quiet = open("notes", 1000);
  const Session busy = open("paint", 1000);
  EXPECT_EQ(names(answer("GET", "/api/admin/live?since=1001")["sessions"]), std::vector<std::string>());
  ASSERT_TRUE(note_place(*store_.lease(), busy.id, {.address = "10.0.0.8", .browser = ""}, 1005).ok());
  EXPECT_THAT(names(answer("GET", "/api/admin/live?since=1005")["sessions"]), ElementsAre(busy.id));
  ASSERT_TRUE(sessions_.end(quiet, "Enough.", {.name = "boss", .address = ""}, 1010).ok());
  const Json last = answer("GET", "/api/admin/live?since=1010");
  EXPECT_EQ(names(last["sessions"]), std::vector<std::string>());
  EXPECT_THAT(names(last["ended"]), ElementsAre(quiet.id));
  EXPECT_EQ(last["ended"].at(0)["reason"], "Enough.");
  EXPECT_EQ(last["whole"], true);
}

TEST_F(LiveTest, ALongListComesInParts) {
  open("notes", 1000);
  open("paint", 1000);
  const Json first = answer("GET", "/api/admin/live?limit=1");
  ASSERT_EQ(first["sessions"].size(), 1U);
  ASSERT_TRUE(first["next"].is_string());
  const Json second = answer("GET", "/api/admin/live?limit=1&after=" + first["next"].get<std::string>());
  ASSERT_EQ(second["sessions"].size(), 1U);
  EXPECT_NE(first["sessions"].at(0)["session"], second["sessions"].at(0)["session"]);
}

TEST_F(LiveTest, KindsOfActionsSinceANumberAreTold) {
  const auto start = answer("GET", "/api/admin/live")["audit"].get<int64_t>();
  EXPECT_EQ(administer("POST", "/api/admin/groups", {{"name", "writers"}}).status, 201);
  EXPECT_EQ(administer("POST", "/api/admin/groups", {{"name", "readers"}}).status, 201);
  const Json changed = answer("GET", "/api/admin/live?audit=" + std::to_string(start));
  EXPECT_EQ(changed["actions"], Json({"group.add"}));
  EXPECT_EQ(answer("GET", "/api/admin/live?audit=" + changed["audit"].dump())["actions"], Json::array());
  EXPECT_EQ(answer("GET", "/api/admin/live")["actions"], Json());
}

TEST_F(LiveTest, NonsenseInTheAddressIsRefusedWithTheRange) {
  for (const char* target : {"/api/admin/live?since=x", "/api/admin/live?since=-1", "/api/admin/live?limit=0",
                             "/api/admin/live?limit=100000", "/api/admin/live?audit=99999999999999999999"}) {
    const HttpResponse response = administer("GET", target);
    EXPECT_EQ(response.status, 400) << target;
    EXPECT_THAT(response.body, HasSubstr("is a number from")) << target;
  }
}

TEST_F(LiveTest, AMessageAndADisconnectReachTheDesktopOnly) {
  const Session session = open("notes", 1000);
  const std::string path = "/api/admin/sessions/" + session.id;
  EXPECT_EQ(administer("POST", path + "/message", {{"text", "We restart at noon."}}).status, 204);
  EXPECT_EQ(administer("POST", path + "/disconnect", Json::object()).status, 204);
  const auto said = provisioner_.take_said(session.desktop);
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said[0].verb, DesktopVerb::kNotice);
  EXPECT_EQ(said[0].text, "We restart at noon.");
  EXPECT_EQ(said[1].verb, DesktopVerb::kDisconnect);
  EXPECT_THAT(said[1].text, HasSubstr("keeps running"));
  EXPECT_EQ(answer("GET", path.substr(0, 10) + "/live")["sessions"].size(), 1U);
}

TEST_F(LiveTest, WhatCannotBeSentSaysWhy) {
  const Session session = open("notes", 1000);
  const std::string path = "/api/admin/sessions/" + session.id;
  EXPECT_EQ(administer("POST", path + "/message", {{"text", ""}}).status, 400);
  EXPECT_EQ(administer("POST", path + "/message", {{"text", std::string(501, 'x')}}).status, 400);
  EXPECT_EQ(administer("POST", "/api/admin/sessions/none/message", {{"text", "Hello"}}).status, 404);
  EXPECT_EQ(administer("POST", "/api/admin/sessions/none/disconnect", Json::object()).status, 404);
}

TEST_F(LiveTest, ADraftIsCheckedAndNothingIsKept) {
  Json draft = {{"id", "editor"}, {"name", "Editor"}, {"command", {"no-such-program-here"}}, {"pool", "desktop"}};
  Json verdict = answer("POST", "/api/admin/resources/check", draft);
  EXPECT_EQ(verdict["problem"], Json());
  EXPECT_THAT(verdict["warning"].get<std::string>(), HasSubstr("no-such-program-here"));
  draft["id"] = "notes";
  EXPECT_THAT(answer("POST", "/api/admin/resources/check", draft)["problem"].get<std::string>(), HasSubstr("already"));
  draft["id"] = "editor";
  draft["pool"] = "none";
  EXPECT_THAT(answer("POST", "/api/admin/resources/check", draft)["problem"].get<std::string>(),
              HasSubstr("no pool \"none\""));
  EXPECT_FALSE(find_resource(*store_.lease(), "editor").take().has_value());
}

TEST_F(LiveTest, WhatIsPublishedCanBeChangedButNotIntoNonsense) {
  EXPECT_EQ(administer("PUT", "/api/admin/resources/notes",
                       {{"name", "Notebook"}, {"description", "Write"}, {"command", {"mousepad", "--quiet"}}})
                .status,
            200);
  const Resource changed = *find_resource(*store_.lease(), "notes").take();
  EXPECT_EQ(changed.name, "Notebook");
  EXPECT_THAT(changed.command, ElementsAre("mousepad", "--quiet"));
  EXPECT_EQ(changed.pool, "desktop");
  EXPECT_EQ(administer("PUT", "/api/admin/resources/notes", {{"name", ""}}).status, 400);
  EXPECT_EQ(administer("PUT", "/api/admin/resources/notes", {{"command", Json::array()}}).status, 400);
  EXPECT_EQ(administer("PUT", "/api/admin/resources/notes", {{"pool", "paint"}}).status, 404);
  EXPECT_EQ(administer("PUT", "/api/admin/resources/none", {{"name", "x"}}).status, 404);
  EXPECT_EQ(administer("PUT", "/api/admin/resources/desktop", {{"name", "Workplace"}}).status, 200);
  EXPECT_EQ(find_resource(*store_.lease(), "desktop").take()->name, "Workplace");
}

TEST_F(LiveTest, SettingsAreKeptWithinTheirRange) {
  EXPECT_EQ(administer("PUT", "/api/admin/settings/max_desktops", {{"value", 7}}).status, 200);
  EXPECT_EQ(read_number_setting(*store_.lease(), kMaxDesktops).take(), 7);
  EXPECT_EQ(answer("GET", "/api/admin/settings")["settings"].at(0)["value"], 7);
  EXPECT_EQ(administer("PUT", "/api/admin/settings/max_desktops", {{"value", 0}}).status, 400);
  EXPECT_EQ(administer("PUT", "/api/admin/settings/max_desktops", {{"value", "7"}}).status, 400);
  EXPECT_EQ(administer("PUT", "/api/admin/settings/other", {{"value", 7}}).status, 404);
}

TEST(DesktopEntryTest, ExecIsReadAsTheSpecificationSays) {
  EXPECT_THAT(exec_words("mousepad %U"), ElementsAre("mousepad"));
  EXPECT_THAT(exec_words(R"("/opt/My App/run" --name "two words" 100%%)"),
              ElementsAre("/opt/My App/run", "--name", "two words", "100%"));
  EXPECT_THAT(exec_words(R"(sh -c "echo \"hi\"")"), ElementsAre("sh", "-c", R"(echo "hi")"));
  EXPECT_THAT(exec_words(""), ElementsAre());
}

TEST(DesktopEntryTest, NoFileOutsideOfTheirFolderIsRead) {
  EXPECT_TRUE(read_desktop_entry("../../../etc/passwd").empty());
  EXPECT_TRUE(read_desktop_entry("").empty());
}

}  // namespace
}  // namespace vitrine::broker
